namespace Stun.Cbor;

/// <summary>
/// A floating-point item as its raw IEEE 754 bits. Pure code does not calculate with binary floats, whose rounding may
/// differ from machine to machine; who must have the value converts the bits at the edge.
/// </summary>
/// <param name="Bits">In the lowest <paramref name="Width"/> bits.</param>
/// <param name="Width">16, 32 or 64.</param>
public readonly record struct CborFloat(ulong Bits, int Width)
{
    /// <summary>The shortest form with the same value, which for a NaN means the same payload.</summary>
    public CborFloat Shortest()
    {
        var shortest = this;
        if (shortest.Width == 64 && TryNarrow(shortest.Bits, Double, Single, out var single))
            shortest = new CborFloat(single, 32);
        if (shortest.Width == 32 && TryNarrow(shortest.Bits, Single, Half, out var half))
            shortest = new CborFloat(half, 16);
        return shortest;
    }

    private readonly record struct Layout(int FractionBits, int ExponentBits)
    {
        public int Bias => (1 << (ExponentBits - 1)) - 1;
        public ulong ExponentMask => (1UL << ExponentBits) - 1;
        public int SignShift => FractionBits + ExponentBits;
    }

    private static readonly Layout Half = new(10, 5);
    private static readonly Layout Single = new(23, 8);
    private static readonly Layout Double = new(52, 11);

    private static bool TryNarrow(ulong bits, Layout from, Layout to, out ulong narrow)
    {
        var sign = (bits >> from.SignShift) << to.SignShift;
        var exponent = (bits >> from.FractionBits) & from.ExponentMask;
        var fraction = bits & ((1UL << from.FractionBits) - 1);
        var surplus = from.FractionBits - to.FractionBits;
        narrow = sign;

        if (exponent == from.ExponentMask)
        {
            narrow |= (to.ExponentMask << to.FractionBits) | (fraction >> surplus);
            return TrailingZeros(fraction) >= surplus;
        }
        // The wide format's subnormals are smaller than the narrow one's smallest number.
        if (exponent == 0) return fraction == 0;

        var power = (int)exponent - from.Bias;
        var powerMin = 1 - to.Bias;
        if (power > to.Bias) return false;
        if (power >= powerMin)
        {
            narrow |= ((ulong)(power + to.Bias) << to.FractionBits) | (fraction >> surplus);
            return TrailingZeros(fraction) >= surplus;
        }
        // It may still be a subnormal of the narrow format: the leading one becomes explicit.
        var shift = surplus + powerMin - power;
        if (shift > from.FractionBits) return false;
        var significand = fraction | (1UL << from.FractionBits);
        narrow |= significand >> shift;
        return TrailingZeros(significand) >= shift;
    }

    private static int TrailingZeros(ulong value) => System.Numerics.BitOperations.TrailingZeroCount(value);
}
