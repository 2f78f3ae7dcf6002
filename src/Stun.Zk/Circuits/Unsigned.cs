using Stun.Zk.Fields;

namespace Stun.Zk.Circuits;

/// <summary>
/// A whole number that the constraints hold below 2^width, with its bits. A field has no order of its own: comparing
/// is only sound for values whose range is held, so only this type can be compared.
/// </summary>
public sealed class Unsigned
{
    /// <summary>The widest number that has only one sum of bits: 2^253 is below the prime, 2^254 is not.</summary>
    public const int WidthMax = 253;

    internal Unsigned(Signal signal, Bit[] bits)
    {
        Signal = signal;
        Bits = bits;
    }

    public Signal Signal { get; }

    /// <summary>The least significant first.</summary>
    public IReadOnlyList<Bit> Bits { get; }

    public int Width => Bits.Count;

    /// <summary>The bits from one place on, as a number: division by a power of two, rounded down.</summary>
    public Unsigned ShiftRight(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Width);
        return OfBits(Signal.Builder, [.. Bits.Skip(count)]);
    }

    /// <summary>The number that bits make. Free: bits are held to 0 and 1 already.</summary>
    public static Unsigned OfBits(CircuitBuilder builder, IReadOnlyList<Bit> bits)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(bits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits.Count, WidthMax);
        return new Unsigned(WeightedSum(builder, bits), [.. bits]);
    }

    /// <summary>The sum of the bits by their places, modulo the prime.</summary>
    internal static Signal WeightedSum(CircuitBuilder builder, IReadOnlyList<Bit> bits)
    {
        var factors = new Fr[bits.Count];
        var power = Fr.One;
        for (var i = 0; i < factors.Length; i++, power = power.Doubled()) factors[i] = power;
        return builder.Sum([.. bits.Select(bit => bit.Signal)], factors);
    }
}
