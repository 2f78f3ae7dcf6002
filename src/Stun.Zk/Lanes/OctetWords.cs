using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Stun.Zk.Lanes;

/// <summary>
/// Between memory, where a number is four words in a row, and octets: eight numbers are loaded from wherever they lie,
/// turned by four interleavings and four permutations, and cut into limbs.
/// </summary>
internal static unsafe class OctetWords
{
    private const ulong Mask = (1UL << Octet.LimbBits) - 1;

    /// <summary>The numbers at eight addresses, each moved by the same count of words. Lowest bits are tags.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Load(Octet* result, nint* addresses, int words)
    {
        if (!Avx512F.IsSupported)
        {
            var half = (Vector256<ulong>*)result;
            for (var i = 0; i < 2; i++, half++, addresses += 4)
            {
                QuadWords.Load(half, Address(addresses[0], words), Address(addresses[1], words),
                    Address(addresses[2], words), Address(addresses[3], words));
            }
            return;
        }
        LoadRows(result,
            Pair(Address(addresses[0], words), Address(addresses[4], words)),
            Pair(Address(addresses[1], words), Address(addresses[5], words)),
            Pair(Address(addresses[2], words), Address(addresses[6], words)),
            Pair(Address(addresses[3], words), Address(addresses[7], words)));
    }

    /// <summary>Eight numbers that lie at equal distances, counted in words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Load(Octet* result, ulong* first, int stride)
    {
        if (!Avx512F.IsSupported)
        {
            var half = (Vector256<ulong>*)result;
            for (var i = 0; i < 2; i++, half++, first += 4 * stride)
            {
                QuadWords.Load(half, first, first + stride, first + (2 * stride), first + (3 * stride));
            }
            return;
        }
        LoadRows(result,
            Pair(first, first + (4 * stride)),
            Pair(first + stride, first + (5 * stride)),
            Pair(first + (2 * stride), first + (6 * stride)),
            Pair(first + (3 * stride), first + (7 * stride)));
    }

    /// <summary>Stores numbers below 2^256 with limbs of 29 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Store(Octet* value, nint* addresses, int words)
    {
        if (!Avx512F.IsSupported)
        {
            var half = (Vector256<ulong>*)value;
            for (var i = 0; i < 2; i++, half++, addresses += 4)
            {
                QuadWords.Store(half, Address(addresses[0], words), Address(addresses[1], words),
                    Address(addresses[2], words), Address(addresses[3], words));
            }
            return;
        }
        StoreRows(value, out var r0, out var r1, out var r2, out var r3);
        Put(r0, Address(addresses[0], words), Address(addresses[4], words));
        Put(r1, Address(addresses[1], words), Address(addresses[5], words));
        Put(r2, Address(addresses[2], words), Address(addresses[6], words));
        Put(r3, Address(addresses[3], words), Address(addresses[7], words));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Store(Octet* value, ulong* first, int stride)
    {
        if (!Avx512F.IsSupported)
        {
            var half = (Vector256<ulong>*)value;
            for (var i = 0; i < 2; i++, half++, first += 4 * stride)
            {
                QuadWords.Store(half, first, first + stride, first + (2 * stride), first + (3 * stride));
            }
            return;
        }
        StoreRows(value, out var r0, out var r1, out var r2, out var r3);
        Put(r0, first, first + (4 * stride));
        Put(r1, first + stride, first + (5 * stride));
        Put(r2, first + (2 * stride), first + (6 * stride));
        Put(r3, first + (3 * stride), first + (7 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(Octet* result, Vector512<ulong> w0, Vector512<ulong> w1, Vector512<ulong> w2,
        Vector512<ulong> w3)
    {
        var mask = Vector512.Create(Mask);
        result->L0 = w0 & mask;
        result->L1 = (w0 >>> 29) & mask;
        result->L2 = ((w0 >>> 58) | (w1 << 6)) & mask;
        result->L3 = (w1 >>> 23) & mask;
        result->L4 = ((w1 >>> 52) | (w2 << 12)) & mask;
        result->L5 = (w2 >>> 17) & mask;
        result->L6 = ((w2 >>> 46) | (w3 << 18)) & mask;
        result->L7 = (w3 >>> 11) & mask;
        result->L8 = w3 >>> 40;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadRows(Octet* result, Vector512<ulong> r0, Vector512<ulong> r1, Vector512<ulong> r2,
        Vector512<ulong> r3)
    {
        var even01 = Avx512F.UnpackLow(r0, r1);
        var odd01 = Avx512F.UnpackHigh(r0, r1);
        var even23 = Avx512F.UnpackLow(r2, r3);
        var odd23 = Avx512F.UnpackHigh(r2, r3);
        var low = Low;
        var high = High;
        Unpack(result, Avx512F.PermuteVar8x64x2(even01, low, even23), Avx512F.PermuteVar8x64x2(odd01, low, odd23),
            Avx512F.PermuteVar8x64x2(even01, high, even23), Avx512F.PermuteVar8x64x2(odd01, high, odd23));
    }

    private static Vector512<ulong> Low
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.Create(0UL, 1, 8, 9, 4, 5, 12, 13);
    }

    private static Vector512<ulong> High
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.Create(2UL, 3, 10, 11, 6, 7, 14, 15);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRows(Octet* value, out Vector512<ulong> r0, out Vector512<ulong> r1,
        out Vector512<ulong> r2, out Vector512<ulong> r3)
    {
        var w0 = value->L0 | (value->L1 << 29) | (value->L2 << 58);
        var w1 = (value->L2 >>> 6) | (value->L3 << 23) | (value->L4 << 52);
        var w2 = (value->L4 >>> 12) | (value->L5 << 17) | (value->L6 << 46);
        var w3 = (value->L6 >>> 18) | (value->L7 << 11) | (value->L8 << 40);
        var low = Low;
        var high = High;
        var even01 = Avx512F.PermuteVar8x64x2(w0, low, w2);
        var odd01 = Avx512F.PermuteVar8x64x2(w1, low, w3);
        var even23 = Avx512F.PermuteVar8x64x2(w0, high, w2);
        var odd23 = Avx512F.PermuteVar8x64x2(w1, high, w3);
        r0 = Avx512F.UnpackLow(even01, odd01);
        r1 = Avx512F.UnpackHigh(even01, odd01);
        r2 = Avx512F.UnpackLow(even23, odd23);
        r3 = Avx512F.UnpackHigh(even23, odd23);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong* Address(nint tagged, int words) => (ulong*)(tagged & ~(nint)1) + words;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Pair(ulong* lower, ulong* upper) =>
        Vector512.Create(Vector256.Load(lower), Vector256.Load(upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(Vector512<ulong> row, ulong* lower, ulong* upper)
    {
        row.GetLower().Store(lower);
        row.GetUpper().Store(upper);
    }
}
