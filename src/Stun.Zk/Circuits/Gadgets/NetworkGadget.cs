using Stun.Zk.Fields;
using Stun.Zk.Networks;

namespace Stun.Zk.Circuits.Gadgets;

/// <summary>
/// A layer of a small quantised network: whole weights of 8 bits, sums of whole numbers, division by a power of two
/// rounded down, and what is negative becomes zero. A weight that is a secret costs ten constraints: nine for its
/// range, one for its product.
/// </summary>
public static class NetworkGadget
{
    /// <summary>Holds every value to 8 bits with a sign.</summary>
    public static void RequireBytes(CircuitBuilder builder, IEnumerable<Signal> values)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(values);
        foreach (var value in values) builder.ToSigned(value, 8);
    }

    /// <param name="inputs">Held to 8 bits with a sign.</param>
    /// <param name="weights">Row by row, held to 8 bits with a sign.</param>
    /// <param name="biases">Held to <see cref="LayerShape.BiasBits"/> with a sign.</param>
    public static Signal[] Layer(
        CircuitBuilder builder, LayerShape shape, Signal[] inputs, ReadOnlySpan<Signal> weights,
        ReadOnlySpan<Signal> biases)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(inputs);
        using var scope = builder.Within("layer");
        var outputs = new Signal[shape.Outputs];
        var products = new Signal[shape.Inputs + 1];
        for (var row = 0; row < outputs.Length; row++)
        {
            for (var i = 0; i < shape.Inputs; i++)
                products[i] = builder.Multiply(weights[row * shape.Inputs + i], inputs[i], "weighted");
            products[shape.Inputs] = biases[row];
            outputs[row] = Activate(builder, shape, builder.Sum(products));
        }
        return outputs;
    }

    private static Signal Activate(CircuitBuilder builder, LayerShape shape, Signal sum)
    {
        using var scope = builder.Within("activate");
        // What no sum can reach need not be looked for: the width follows from the shape alone.
        var scaled = builder.ToSigned(sum, shape.SumBits).ShiftRight(shape.Shift);
        return shape.HasRelu ? Clamp(builder, scaled.ClampNegative()) : scaled.Signal;
    }

    /// <summary>At most 127: if any bit above the lowest seven is set, all seven are.</summary>
    private static Signal Clamp(CircuitBuilder builder, Unsigned value)
    {
        const int Kept = 7;
        if (value.Width <= Kept) return value.Signal;
        var low = Unsigned.OfBits(builder, [.. value.Bits.Take(Kept)]);
        var fits = builder.IsZero(builder.Sum([.. value.Bits.Skip(Kept).Select(bit => bit.Signal)]));
        return fits.Select(low.Signal, builder.Constant(sbyte.MaxValue));
    }
}
