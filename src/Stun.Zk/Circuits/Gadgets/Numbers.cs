using System.Numerics;
using Stun.Zk.Fields;

namespace Stun.Zk.Circuits.Gadgets;

/// <summary>Ranges, bits, equality and order.</summary>
public static class Numbers
{
    /// <summary>Holds a value below 2^width. Costs width + 1 constraints.</summary>
    public static Unsigned ToUnsigned(this CircuitBuilder builder, Signal value, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, Unsigned.WidthMax);
        return new Unsigned(value, Bits(builder, value, width));
    }

    /// <summary>Holds a value from -2^(width-1) to 2^(width-1) - 1. Costs width + 1 constraints.</summary>
    public static Signed ToSigned(this CircuitBuilder builder, Signal value, int width) =>
        new(value, builder.ToUnsigned(value + Signed.Half(width), width));

    /// <summary>
    /// All 254 bits of any value, the least significant first: those of the number below the prime, and not those of
    /// the same number plus the prime, which have the same sum in the field.
    /// </summary>
    public static Bit[] ToCanonicalBits(this CircuitBuilder builder, Signal value)
    {
        using var scope = builder.Within("canonical");
        var bits = Bits(builder, value, 254);
        RequireAtMost(builder, bits, Fr.Modulus - 1);
        return bits;
    }

    /// <summary>Whether a value is zero. Costs two constraints.</summary>
    public static Bit IsZero(this CircuitBuilder builder, Signal value)
    {
        using var scope = builder.Within("is-zero");
        if (value.IsConstant) return builder.Constant(value.ConstantPart.IsZero);
        // Of zero every number is an inverse: it is multiplied by zero, and the answer is 1 whatever it is.
        var inverse = builder.FreeHint("inverse", [value], (from, to) => to[0] = from[0].Inverse());
        var isZero = 1 - builder.Multiply(value, inverse, "nonzero");
        builder.RequireProduct(value, isZero, builder.Zero, "zero-or-not");
        return new Bit(isZero);
    }

    public static Bit IsEqual(this CircuitBuilder builder, Signal left, Signal right) =>
        builder.IsZero(left - right);

    /// <summary>One over a value that must not be zero. Costs a constraint.</summary>
    public static Signal Inverse(this CircuitBuilder builder, Signal value)
    {
        var inverse = builder.Hint("inverse", 1, [value], (from, to) => to[0] = from[0].Inverse())[0];
        builder.RequireProduct(value, inverse, builder.One, "inverse");
        return inverse;
    }

    /// <summary>Whether left is below right. Costs the wider width + 2 constraints.</summary>
    public static Bit IsLess(this CircuitBuilder builder, Unsigned left, Unsigned right)
    {
        using var scope = builder.Within("is-less");
        var width = ComparedWidth(left, right);
        // The difference moved up by 2^width has one bit more, which says which of both is larger.
        var difference = left.Signal - right.Signal + Fr.FromBigInteger(BigInteger.One << width);
        return !builder.ToUnsigned(difference, width + 1).Bits[^1];
    }

    /// <summary>Whether left is at most right.</summary>
    public static Bit IsAtMost(this CircuitBuilder builder, Unsigned left, Unsigned right) =>
        !builder.IsLess(right, left);

    /// <summary>Holds left at or below right. Costs the wider width + 1 constraints.</summary>
    public static void RequireAtMost(this CircuitBuilder builder, Unsigned left, Unsigned right)
    {
        using var scope = builder.Within("at-most");
        // A negative difference wraps around the prime, and is then wider: up to 252 bits that leaves no doubt.
        builder.ToUnsigned(right.Signal - left.Signal, ComparedWidth(left, right));
    }

    public static void RequireTrue(this CircuitBuilder builder, Bit bit, string label = "true") =>
        builder.RequireEqual(bit.Signal, builder.One, label);

    /// <summary>At most the limit, without wrapping. The limit has as many bits as are given.</summary>
    internal static void RequireAtMost(CircuitBuilder builder, IReadOnlyList<Bit> bits, BigInteger limit)
    {
        // From the top: as long as all bits were those of the limit, none may be set where the limit has a zero.
        var agrees = builder.Constant(true);
        for (var i = bits.Count - 1; i >= 0; i--)
        {
            if ((limit >> i).IsEven)
                builder.RequireProduct(bits[i].Signal, agrees.Signal, builder.Zero, $"limit[{i}]");
            else
                agrees &= bits[i];
        }
    }

    private static int ComparedWidth(Unsigned left, Unsigned right)
    {
        var width = Math.Max(left.Width, right.Width);
        return width < Unsigned.WidthMax
            ? width
            : throw new CircuitException($"Numbers of {width} bits cannot be compared; the widest have 252.");
    }

    /// <summary>Bits whose sum is the value; which sum, with 254 of them, is not yet said.</summary>
    private static Bit[] Bits(CircuitBuilder builder, Signal value, int width)
    {
        using var scope = builder.Within("bits");
        if (value.IsConstant) return ConstantBits(builder, value.ConstantPart, width);
        var hinted = builder.Hint("bit", width, [value], SplitBits);
        Bit[] bits = [.. hinted.Select(bit => builder.RequireBit(bit))];
        builder.RequireEqual(Unsigned.WeightedSum(builder, bits), value, "sum-of-bits");
        return bits;
    }

    private static Bit[] ConstantBits(CircuitBuilder builder, Fr value, int width)
    {
        var number = value.ToBigInteger();
        if (number >> width != 0)
            throw new CircuitException($"The constant {number} does not fit into {width} bits.");
        return [.. Enumerable.Range(0, width).Select(i => builder.Constant(!(number >> i).IsEven))];
    }

    internal static void SplitBits(ReadOnlySpan<Fr> from, Span<Fr> to)
    {
        var limbs = from[0].ToCanonical();
        for (var i = 0; i < to.Length; i++)
        {
            var limb = (i >> 6) switch { 0 => limbs.L0, 1 => limbs.L1, 2 => limbs.L2, _ => limbs.L3 };
            if ((limb >> (i & 63) & 1) != 0) to[i] = Fr.One;
            else to[i] = Fr.Zero;
        }
    }
}
