using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Stun.Zk.Fields;

/// <summary>
/// Arithmetic modulo a prime of 254 bits in Montgomery's form (P. Montgomery, 1985). The top word of the prime leaves
/// two bits free, so that a product needs no word for carries beyond the fourth: rows of product and reduction are
/// interleaved, and each row's two carries meet in the top word. Nothing here claims to take constant time.
/// </summary>
internal static class Montgomery<TPrime> where TPrime : struct, IPrime
{
    public static Limbs Prime
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(TPrime.P0, TPrime.P1, TPrime.P2, TPrime.P3);
    }

    // Compiled at its best at once: a short proof would be over before it is found out how often this is called.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Limbs Multiply(in Limbs a, in Limbs b)
    {
        ulong a0 = a.L0, a1 = a.L1, a2 = a.L2, a3 = a.L3;
        ulong t0 = 0, t1 = 0, t2 = 0, t3 = 0;
        Row(b.L0, a0, a1, a2, a3, ref t0, ref t1, ref t2, ref t3);
        Row(b.L1, a0, a1, a2, a3, ref t0, ref t1, ref t2, ref t3);
        Row(b.L2, a0, a1, a2, a3, ref t0, ref t1, ref t2, ref t3);
        Row(b.L3, a0, a1, a2, a3, ref t0, ref t1, ref t2, ref t3);
        return Reduced(t0, t1, t2, t3);
    }

    /// <summary>a b + c d, reduced once in the place of twice. One of the four may be the prime itself.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Limbs MultiplyPair(in Limbs a, in Limbs b, in Limbs c, in Limbs d)
    {
        ulong t0 = 0, t1 = 0, t2 = 0, t3 = 0;
        PairRow(a, b.L0, c, d.L0, ref t0, ref t1, ref t2, ref t3);
        PairRow(a, b.L1, c, d.L1, ref t0, ref t1, ref t2, ref t3);
        PairRow(a, b.L2, c, d.L2, ref t0, ref t1, ref t2, ref t3);
        PairRow(a, b.L3, c, d.L3, ref t0, ref t1, ref t2, ref t3);
        // Below p (1 + 2 p / 2^256), which is less than twice the prime.
        return Reduced(t0, t1, t2, t3);
    }

    /// <summary>The prime less a number, so that zero becomes the prime itself.</summary>
    public static Limbs Complement(in Limbs a)
    {
        var borrow = TPrime.P0 < a.L0 ? 1UL : 0UL;
        var d0 = TPrime.P0 - a.L0;
        var d1 = Difference(TPrime.P1, a.L1, ref borrow);
        var d2 = Difference(TPrime.P2, a.L2, ref borrow);
        return new Limbs(d0, d1, d2, TPrime.P3 - a.L3 - borrow);
    }

    public static Limbs Add(in Limbs a, in Limbs b)
    {
        var s0 = a.L0 + b.L0;
        var c = s0 < a.L0 ? 1UL : 0UL;
        var s1 = Sum(a.L1, b.L1, ref c);
        var s2 = Sum(a.L2, b.L2, ref c);
        return Reduced(s0, s1, s2, a.L3 + b.L3 + c);
    }

    public static Limbs Subtract(in Limbs a, in Limbs b)
    {
        var borrow = a.L0 < b.L0 ? 1UL : 0UL;
        var d0 = a.L0 - b.L0;
        var d1 = Difference(a.L1, b.L1, ref borrow);
        var d2 = Difference(a.L2, b.L2, ref borrow);
        var d3 = Difference(a.L3, b.L3, ref borrow);
        var mask = 0UL - borrow;
        var p0 = TPrime.P0 & mask;
        d0 += p0;
        var c = d0 < p0 ? 1UL : 0UL;
        d1 = Sum(d1, TPrime.P1 & mask, ref c);
        d2 = Sum(d2, TPrime.P2 & mask, ref c);
        return new Limbs(d0, d1, d2, d3 + (TPrime.P3 & mask) + c);
    }

    public static Limbs Negate(in Limbs a) => a.IsZero ? a : Subtract(Prime, a);

    /// <summary>A number below twice the prime, brought below it.</summary>
    public static Limbs Settled(in Limbs value) => Reduced(value.L0, value.L1, value.L2, value.L3);

    public static Limbs FromCanonical(in Limbs value) => Multiply(value, TPrime.SquaredRadix);

    public static Limbs ToCanonical(in Limbs value) => Multiply(value, new Limbs(1, 0, 0, 0));

    /// <summary>Fermat's inverse, by windows of four bits of p - 2; that of zero is zero.</summary>
    public static Limbs Inverse(in Limbs value) =>
        Power(value, new Limbs(TPrime.P0 - 2, TPrime.P1, TPrime.P2, TPrime.P3));

    public static Limbs Power(in Limbs value, in Limbs exponent)
    {
        Span<Limbs> table = stackalloc Limbs[16];
        table[0] = TPrime.Radix;
        for (var i = 1; i < 16; i++) table[i] = Multiply(table[i - 1], value);
        var result = TPrime.Radix;
        ReadOnlySpan<ulong> words = [exponent.L3, exponent.L2, exponent.L1, exponent.L0];
        foreach (var word in words)
        {
            for (var shift = 60; shift >= 0; shift -= 4)
            {
                for (var i = 0; i < 4; i++) result = Multiply(result, result);
                result = Multiply(result, table[(int)(word >> shift) & 15]);
            }
        }
        return result;
    }

    /// <summary>A decimal number as the JSON of proofs has it: digits only, no leading zero, below the prime.</summary>
    public static bool TryParse(string? text, out Limbs value)
    {
        value = default;
        // Both primes have 77 digits: what is longer need not be read to be refused.
        if (text is null || text.Length is 0 or > 77 || (text.Length > 1 && text[0] == '0')) return false;
        if (!BigInteger.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
        if (number >= Prime.ToBigInteger()) return false;
        value = From(number);
        return true;
    }

    /// <summary>The number in Montgomery's form, taken modulo the prime; negative numbers too.</summary>
    public static Limbs From(BigInteger value)
    {
        var prime = Prime.ToBigInteger();
        var rest = value % prime;
        return FromCanonical(Limbs.From(rest.Sign < 0 ? rest + prime : rest));
    }

    /// <summary>One row of the product and one of the reduction: t = (t + a * b + m * p) / 2^64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row(ulong b, ulong a0, ulong a1, ulong a2, ulong a3,
        ref ulong t0, ref ulong t1, ref ulong t2, ref ulong t3)
    {
        var high = 0UL;
        var low = MultiplyAdd(a0, b, t0, ref high);
        var m = low * TPrime.NegatedInverse;
        // The low word of the sum is zero, by the choice of m: there is a carry unless both words are zero.
        var carry = High(m, TPrime.P0) + (low != 0 ? 1UL : 0UL);

        low = MultiplyAdd(a1, b, t1, ref high);
        t0 = MultiplyAdd(m, TPrime.P1, low, ref carry);
        low = MultiplyAdd(a2, b, t2, ref high);
        t1 = MultiplyAdd(m, TPrime.P2, low, ref carry);
        low = MultiplyAdd(a3, b, t3, ref high);
        t2 = MultiplyAdd(m, TPrime.P3, low, ref carry);
        t3 = carry + high;
    }

    /// <summary>As a row, of two products: t = (t + a * b + c * d + m * p) / 2^64, below 3 p, which four words hold.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PairRow(in Limbs a, ulong b, in Limbs c, ulong d,
        ref ulong t0, ref ulong t1, ref ulong t2, ref ulong t3)
    {
        ulong first = 0, second = 0;
        var low = MultiplyAdd(c.L0, d, MultiplyAdd(a.L0, b, t0, ref first), ref second);
        var m = low * TPrime.NegatedInverse;
        var carry = High(m, TPrime.P0) + (low != 0 ? 1UL : 0UL);

        low = MultiplyAdd(c.L1, d, MultiplyAdd(a.L1, b, t1, ref first), ref second);
        t0 = MultiplyAdd(m, TPrime.P1, low, ref carry);
        low = MultiplyAdd(c.L2, d, MultiplyAdd(a.L2, b, t2, ref first), ref second);
        t1 = MultiplyAdd(m, TPrime.P2, low, ref carry);
        low = MultiplyAdd(c.L3, d, MultiplyAdd(a.L3, b, t3, ref first), ref second);
        t2 = MultiplyAdd(m, TPrime.P3, low, ref carry);
        t3 = carry + first + second;
    }

    /// <summary>The low word of a * b + addend + carry; its high word becomes the carry. It cannot overflow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong MultiplyAdd(ulong a, ulong b, ulong addend, ref ulong carry)
    {
        var high = High(a, b);
        var low = a * b;
        low += addend;
        high += low < addend ? 1UL : 0UL;
        low += carry;
        high += low < carry ? 1UL : 0UL;
        carry = high;
        return low;
    }

    /// <summary>
    /// The high word of a product. Where there is an instruction that keeps it in a register, multiplying twice is
    /// faster than taking both words at once, of which the compiler sends one through memory.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong High(ulong a, ulong b) =>
        Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(a, b) : Math.BigMul(a, b, out _);

    /// <summary>Less the prime, if the number is not below it. The number is below twice the prime.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Limbs Reduced(ulong t0, ulong t1, ulong t2, ulong t3)
    {
        var borrow = t0 < TPrime.P0 ? 1UL : 0UL;
        var d0 = t0 - TPrime.P0;
        var d1 = Difference(t1, TPrime.P1, ref borrow);
        var d2 = Difference(t2, TPrime.P2, ref borrow);
        var d3 = Difference(t3, TPrime.P3, ref borrow);
        return borrow != 0 ? new Limbs(t0, t1, t2, t3) : new Limbs(d0, d1, d2, d3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Sum(ulong a, ulong b, ref ulong carry)
    {
        var sum = a + b;
        var over = sum < a ? 1UL : 0UL;
        sum += carry;
        carry = over | (sum < carry ? 1UL : 0UL);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Difference(ulong a, ulong b, ref ulong borrow)
    {
        var difference = a - b;
        var under = a < b ? 1UL : 0UL;
        var result = difference - borrow;
        borrow = under | (difference < borrow ? 1UL : 0UL);
        return result;
    }
}
