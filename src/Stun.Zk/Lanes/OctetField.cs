using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Stun.Zk.Fields;

namespace Stun.Zk.Lanes;

/// <summary>
/// Arithmetic of eight numbers at once modulo a prime p of 254 bits, in Montgomery's form with the radix 2^261. The
/// instruction that all rests on multiplies 32 by 32 bits in eight lanes (AVX-512); where a machine has only the one
/// for four lanes (AVX2), <see cref="QuadField{TPrime}"/> takes one half after the other, and where it has neither,
/// nothing here is called.
/// </summary>
/// <remarks>
/// Numbers are not kept below p. The radix is 169 p: a product of numbers below A p and B p comes out below
/// (AB / 169 + 1) p, so that there is room for sums and differences between two products, and nothing is ever compared
/// with p. Each method says what it takes.
/// </remarks>
internal static unsafe class OctetField<TPrime> where TPrime : struct, IPrime
{
    private const ulong Mask = (1UL << Octet.LimbBits) - 1;

    // 2^40 / (the top limb of p, and one): what an estimate of a quotient by p is made with.
    internal const ulong QuotientFactor = 346695;

    // Literals once the compiler has seen them; a call in their place would cost every register.
    internal static ulong P0
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TPrime.P0 & Mask;
    }

    internal static ulong P1
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (TPrime.P0 >> 29) & Mask;
    }

    internal static ulong P2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ((TPrime.P0 >> 58) | (TPrime.P1 << 6)) & Mask;
    }

    internal static ulong P3
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (TPrime.P1 >> 23) & Mask;
    }

    internal static ulong P4
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ((TPrime.P1 >> 52) | (TPrime.P2 << 12)) & Mask;
    }

    internal static ulong P5
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (TPrime.P2 >> 17) & Mask;
    }

    internal static ulong P6
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ((TPrime.P2 >> 46) | (TPrime.P3 << 18)) & Mask;
    }

    internal static ulong P7
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (TPrime.P3 >> 11) & Mask;
    }

    internal static ulong P8
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TPrime.P3 >> 40;
    }

    /// <summary>The product over the radix. Takes limbs of 29 bits and numbers with AB below 169.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(Octet* result, Octet* left, Octet* right)
    {
        if (!Avx512F.IsSupported)
        {
            QuadField<TPrime>.Multiply(result, left, right);
            return;
        }
        Vector512<ulong> a0 = left->L0, a1 = left->L1, a2 = left->L2, a3 = left->L3, a4 = left->L4;
        Vector512<ulong> a5 = left->L5, a6 = left->L6, a7 = left->L7, a8 = left->L8;
        Vector512<ulong> t1 = default, t2 = default, t3 = default, t4 = default, t5 = default, t6 = default;
        Vector512<ulong> t7 = default, t8 = default;
        var mask = Vector512.Create(Mask);
        var inverse = Vector512.Create(TPrime.NegatedInverse & Mask);
        var p0 = Vector512.Create(P0);
        var p1 = Vector512.Create(P1);
        var p2 = Vector512.Create(P2);
        var p3 = Vector512.Create(P3);
        var p4 = Vector512.Create(P4);
        var p5 = Vector512.Create(P5);
        var p6 = Vector512.Create(P6);
        var p7 = Vector512.Create(P7);
        var p8 = Vector512.Create(P8);
        for (var i = 0; i < 9; i++)
        {
            var b = *(&right->L0 + i);
            var t0 = t1 + Product(a0, b);
            var m = Product(t0, inverse) & mask;
            t1 = t2 + Product(a1, b) + Product(m, p1) + ((t0 + Product(m, p0)) >>> 29);
            t2 = t3 + Product(a2, b) + Product(m, p2);
            t3 = t4 + Product(a3, b) + Product(m, p3);
            t4 = t5 + Product(a4, b) + Product(m, p4);
            t5 = t6 + Product(a5, b) + Product(m, p5);
            t6 = t7 + Product(a6, b) + Product(m, p6);
            t7 = t8 + Product(a7, b) + Product(m, p7);
            t8 = Product(a8, b) + Product(m, p8);
        }
        Carry(result, t1, t2, t3, t4, t5, t6, t7, t8);
    }

    /// <summary>The sum. Takes limbs of 29 bits and numbers whose sum lies below 169 p.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(Octet* result, Octet* left, Octet* right)
    {
        if (!Avx512F.IsSupported)
        {
            QuadField<TPrime>.Add(result, left, right);
            return;
        }
        Vector512<ulong>* a = &left->L0, b = &right->L0;
        var top = a[8] + b[8];
        Carry(result, a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4], a[5] + b[5], a[6] + b[6],
            a[7] + b[7]);
        result->L8 += top;
    }

    /// <summary>The difference plus 8 p. Takes any left, and a right below 8 p.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Subtract(Octet* result, Octet* left, Octet* right)
    {
        if (!Avx512F.IsSupported)
        {
            QuadField<TPrime>.Subtract(result, left, right);
            return;
        }
        var mask = Vector512.Create(Mask);
        Vector512<ulong>* r = &result->L0, a = &left->L0, b = &right->L0;
        // Each limb of 8 p borrows from the next, so that no limb of a difference is negative.
        var t = a[0] + Vector512.Create((P0 << 3) + (1UL << 32)) - b[0];
        r[0] = t & mask;
        t = (t >>> 29) + a[1] + Vector512.Create((P1 << 3) + (1UL << 32) - 8) - b[1];
        r[1] = t & mask;
        t = (t >>> 29) + a[2] + Vector512.Create((P2 << 3) + (1UL << 32) - 8) - b[2];
        r[2] = t & mask;
        t = (t >>> 29) + a[3] + Vector512.Create((P3 << 3) + (1UL << 32) - 8) - b[3];
        r[3] = t & mask;
        t = (t >>> 29) + a[4] + Vector512.Create((P4 << 3) + (1UL << 32) - 8) - b[4];
        r[4] = t & mask;
        t = (t >>> 29) + a[5] + Vector512.Create((P5 << 3) + (1UL << 32) - 8) - b[5];
        r[5] = t & mask;
        t = (t >>> 29) + a[6] + Vector512.Create((P6 << 3) + (1UL << 32) - 8) - b[6];
        r[6] = t & mask;
        t = (t >>> 29) + a[7] + Vector512.Create((P7 << 3) + (1UL << 32) - 8) - b[7];
        r[7] = t & mask;
        r[8] = (t >>> 29) + a[8] + Vector512.Create((P8 << 3) - 8) - b[8];
    }

    /// <summary>Less the multiple of p that an estimate from the top limb gives: below 1.02 p. Takes 20 p.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Reduce(Octet* value)
    {
        if (!Avx512F.IsSupported)
        {
            QuadField<TPrime>.Reduce(value);
            return;
        }
        var mask = Vector512.Create(Mask).AsInt64();
        var quotient = Product(value->L8, Vector512.Create(QuotientFactor)) >>> 40;
        var v = (Vector512<long>*)&value->L0;
        var t = v[0] - Product(quotient, Vector512.Create(P0)).AsInt64();
        v[0] = t & mask;
        t = (t >> 29) + v[1] - Product(quotient, Vector512.Create(P1)).AsInt64();
        v[1] = t & mask;
        t = (t >> 29) + v[2] - Product(quotient, Vector512.Create(P2)).AsInt64();
        v[2] = t & mask;
        t = (t >> 29) + v[3] - Product(quotient, Vector512.Create(P3)).AsInt64();
        v[3] = t & mask;
        t = (t >> 29) + v[4] - Product(quotient, Vector512.Create(P4)).AsInt64();
        v[4] = t & mask;
        t = (t >> 29) + v[5] - Product(quotient, Vector512.Create(P5)).AsInt64();
        v[5] = t & mask;
        t = (t >> 29) + v[6] - Product(quotient, Vector512.Create(P6)).AsInt64();
        v[6] = t & mask;
        t = (t >> 29) + v[7] - Product(quotient, Vector512.Create(P7)).AsInt64();
        v[7] = t & mask;
        v[8] = (t >> 29) + v[8] - Product(quotient, Vector512.Create(P8)).AsInt64();
    }

    /// <summary>Eight times the same number, of 256 bits at most.</summary>
    public static void Broadcast(Octet* result, in Limbs value) =>
        OctetWords.Unpack(result, Vector512.Create(value.L0), Vector512.Create(value.L1), Vector512.Create(value.L2),
            Vector512.Create(value.L3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Product(Vector512<ulong> a, Vector512<ulong> b) =>
        Avx512F.Multiply(a.AsUInt32(), b.AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Carry(Octet* result, Vector512<ulong> t1, Vector512<ulong> t2, Vector512<ulong> t3,
        Vector512<ulong> t4, Vector512<ulong> t5, Vector512<ulong> t6, Vector512<ulong> t7, Vector512<ulong> t8)
    {
        var mask = Vector512.Create(Mask);
        result->L0 = t1 & mask;
        t2 += t1 >>> 29;
        result->L1 = t2 & mask;
        t3 += t2 >>> 29;
        result->L2 = t3 & mask;
        t4 += t3 >>> 29;
        result->L3 = t4 & mask;
        t5 += t4 >>> 29;
        result->L4 = t5 & mask;
        t6 += t5 >>> 29;
        result->L5 = t6 & mask;
        t7 += t6 >>> 29;
        result->L6 = t7 & mask;
        t8 += t7 >>> 29;
        result->L7 = t8 & mask;
        result->L8 = t8 >>> 29;
    }
}
