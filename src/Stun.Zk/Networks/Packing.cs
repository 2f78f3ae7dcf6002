using System.Numerics;
using Stun.Zk.Fields;

namespace Stun.Zk.Networks;

/// <summary>
/// Small signed numbers side by side in scalars, each moved up to be positive: hashing costs by scalar, and weights
/// are thirty-one to one. In a circuit the same sum costs nothing.
/// </summary>
public static class Packing
{
    /// <summary>Whole bits below the prime.</summary>
    private const int ScalarBits = 253;

    public static int PerScalar(int width) => ScalarBits / width;

    public static int ScalarsFor(int count, int width) => (count + PerScalar(width) - 1) / PerScalar(width);

    /// <param name="width">How many bits with a sign every number fits into.</param>
    public static Fr[] Pack(IReadOnlyList<long> values, int width)
    {
        ArgumentNullException.ThrowIfNull(values);
        var packed = new Fr[ScalarsFor(values.Count, width)];
        for (var scalar = 0; scalar < packed.Length; scalar++)
        {
            var sum = BigInteger.Zero;
            var first = scalar * PerScalar(width);
            for (var i = Math.Min(values.Count, first + PerScalar(width)) - 1; i >= first; i--)
            {
                var moved = values[i] + (1L << (width - 1));
                if (moved < 0 || moved >> width != 0)
                    throw new ArgumentException($"The number {values[i]} does not fit into {width} bits.");
                sum = (sum << width) | moved;
            }
            packed[scalar] = Fr.FromBigInteger(sum);
        }
        return packed;
    }

    /// <summary>The numbers again. Anything that packing does not give is refused.</summary>
    public static bool TryUnpack(ReadOnlySpan<Fr> packed, int count, int width, out long[] values)
    {
        values = new long[count];
        if (packed.Length != ScalarsFor(count, width)) return false;
        for (var scalar = 0; scalar < packed.Length; scalar++)
        {
            var rest = packed[scalar].ToBigInteger();
            var first = scalar * PerScalar(width);
            for (var i = first; i < Math.Min(count, first + PerScalar(width)); i++, rest >>= width)
                values[i] = (long)(rest & ((BigInteger.One << width) - 1)) - (1L << (width - 1));
            if (!rest.IsZero) return false;
        }
        return true;
    }
}
