using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Stun.Zk.Lanes;

/// <summary>
/// What <see cref="OctetWords"/> does, for machines with AVX2 and no AVX-512: four numbers at a time, which become or
/// were one half of an octet.
/// </summary>
internal static unsafe class QuadWords
{
    private const ulong Mask = (1UL << Octet.LimbBits) - 1;

    /// <param name="half">The half of the octet, and the first of its vectors.</param>
    /// <param name="n0">The first of four numbers.</param>
    /// <param name="n1">The second.</param>
    /// <param name="n2">The third.</param>
    /// <param name="n3">The fourth.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Load(Vector256<ulong>* half, ulong* n0, ulong* n1, ulong* n2, ulong* n3)
    {
        Vector256<ulong> r0 = Vector256.Load(n0), r1 = Vector256.Load(n1);
        Vector256<ulong> r2 = Vector256.Load(n2), r3 = Vector256.Load(n3);
        var even01 = Avx2.UnpackLow(r0, r1);
        var odd01 = Avx2.UnpackHigh(r0, r1);
        var even23 = Avx2.UnpackLow(r2, r3);
        var odd23 = Avx2.UnpackHigh(r2, r3);
        Unpack(half, Avx2.Permute2x128(even01, even23, 0x20), Avx2.Permute2x128(odd01, odd23, 0x20),
            Avx2.Permute2x128(even01, even23, 0x31), Avx2.Permute2x128(odd01, odd23, 0x31));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Store(Vector256<ulong>* half, ulong* n0, ulong* n1, ulong* n2, ulong* n3)
    {
        var w0 = half[0] | (half[2] << 29) | (half[4] << 58);
        var w1 = (half[4] >>> 6) | (half[6] << 23) | (half[8] << 52);
        var w2 = (half[8] >>> 12) | (half[10] << 17) | (half[12] << 46);
        var w3 = (half[12] >>> 18) | (half[14] << 11) | (half[16] << 40);
        var even01 = Avx2.Permute2x128(w0, w2, 0x20);
        var odd01 = Avx2.Permute2x128(w1, w3, 0x20);
        var even23 = Avx2.Permute2x128(w0, w2, 0x31);
        var odd23 = Avx2.Permute2x128(w1, w3, 0x31);
        Avx2.UnpackLow(even01, odd01).Store(n0);
        Avx2.UnpackHigh(even01, odd01).Store(n1);
        Avx2.UnpackLow(even23, odd23).Store(n2);
        Avx2.UnpackHigh(even23, odd23).Store(n3);
    }

    /// <summary>Cuts four words, each of four numbers, into limbs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(Vector256<ulong>* half, Vector256<ulong> w0, Vector256<ulong> w1, Vector256<ulong> w2,
        Vector256<ulong> w3)
    {
        var mask = Vector256.Create(Mask);
        half[0] = w0 & mask;
        half[2] = (w0 >>> 29) & mask;
        half[4] = ((w0 >>> 58) | (w1 << 6)) & mask;
        half[6] = (w1 >>> 23) & mask;
        half[8] = ((w1 >>> 52) | (w2 << 12)) & mask;
        half[10] = (w2 >>> 17) & mask;
        half[12] = ((w2 >>> 46) | (w3 << 18)) & mask;
        half[14] = (w3 >>> 11) & mask;
        half[16] = w3 >>> 40;
    }
}
