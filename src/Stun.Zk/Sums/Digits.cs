using Stun.Zk.Fields;

namespace Stun.Zk.Sums;

/// <summary>
/// How a sum of multiples is cut into windows. Digits are signed, from -2^(c-1) to 2^(c-1), which halves the buckets:
/// the negative of a point is free.
/// </summary>
internal readonly struct Digits
{
    public Digits(int width, int bits)
    {
        Width = width;
        // The topmost window has at most width - 1 bits of the scalar, so that the carry from below fits it.
        Windows = (bits / width) + 1;
    }

    public int Width { get; }

    public int Windows { get; }

    public int Buckets => 1 << (Width - 1);

    /// <summary>The width with the fewest additions: points into buckets, and twice each bucket.</summary>
    public static Digits For(int points, int bits, int widest)
    {
        var best = new Digits(2, bits);
        var least = long.MaxValue;
        for (var width = 2; width <= widest; width++)
        {
            var digits = new Digits(width, bits);
            var cost = digits.Windows * (points + (3L * digits.Buckets));
            if (cost >= least) continue;
            least = cost;
            best = digits;
        }
        return best;
    }

    /// <summary>The largest number of bits that one of the scalars has.</summary>
    public static int BitsOf(ReadOnlySpan<Limbs> scalars)
    {
        ulong l0 = 0, l1 = 0, l2 = 0, l3 = 0;
        foreach (ref readonly var scalar in scalars)
        {
            l0 |= scalar.L0;
            l1 |= scalar.L1;
            l2 |= scalar.L2;
            l3 |= scalar.L3;
        }
        if (l3 != 0) return 256 - (int)ulong.LeadingZeroCount(l3);
        if (l2 != 0) return 192 - (int)ulong.LeadingZeroCount(l2);
        return l1 != 0 ? 128 - (int)ulong.LeadingZeroCount(l1) : 64 - (int)ulong.LeadingZeroCount(l0);
    }

    /// <summary>The signed digit of one window of a scalar that went through <see cref="Shifted"/>.</summary>
    public int Of(in Limbs shifted, int window)
    {
        var start = window * Width;
        var word = start >> 6;
        var shift = start & 63;
        var bits = Word(shifted, word) >> shift;
        if (shift + Width > 64) bits |= Word(shifted, word + 1) << (64 - shift);
        var digit = (int)(bits & ((1UL << Width) - 1));
        return window == Windows - 1 ? digit : digit - Buckets;
    }

    /// <summary>
    /// The scalar plus half a window in each window but the topmost: its plain digits less that half are the signed
    /// ones, and the carries between them are those of one ordinary sum.
    /// </summary>
    public Limbs Shifted(in Limbs scalar)
    {
        ulong h0 = 0, h1 = 0, h2 = 0, h3 = 0;
        for (var window = 0; window < Windows - 1; window++)
        {
            var bit = (window * Width) + Width - 1;
            if (bit < 64) h0 |= 1UL << bit;
            else if (bit < 128) h1 |= 1UL << (bit - 64);
            else if (bit < 192) h2 |= 1UL << (bit - 128);
            else h3 |= 1UL << (bit - 192);
        }
        return Sum(scalar, new Limbs(h0, h1, h2, h3));
    }

    internal static Limbs Sum(in Limbs a, in Limbs b)
    {
        var s0 = a.L0 + b.L0;
        var c = s0 < a.L0 ? 1UL : 0UL;
        var s1 = a.L1 + b.L1;
        var d = s1 < a.L1 ? 1UL : 0UL;
        s1 += c;
        d += s1 < c ? 1UL : 0UL;
        var s2 = a.L2 + b.L2;
        var e = s2 < a.L2 ? 1UL : 0UL;
        s2 += d;
        e += s2 < d ? 1UL : 0UL;
        return new Limbs(s0, s1, s2, a.L3 + b.L3 + e);
    }

    private static ulong Word(in Limbs value, int index) => index switch
    {
        0 => value.L0,
        1 => value.L1,
        2 => value.L2,
        3 => value.L3,
        _ => 0,
    };
}
