using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Stun.Zk.Fields;

namespace Stun.Zk.Lanes;

/// <summary>
/// The arithmetic of <see cref="OctetField{TPrime}"/> for machines with AVX2 and no AVX-512: each half of an octet by
/// itself, four lanes at a time. What each method takes and gives is said there.
/// </summary>
internal static unsafe class QuadField<TPrime> where TPrime : struct, IPrime
{
    private const ulong Mask = (1UL << Octet.LimbBits) - 1;

    // What keeps a limb positive while a carry is cut from it, and what the next limb gives back.
    private const ulong Bias = 1UL << 35;
    private const ulong BiasLess = Bias - (Bias >> 29);

    // Limb i of a half lies two vectors behind limb i - 1.
    public static void Multiply(Octet* result, Octet* left, Octet* right)
    {
        Vector256<ulong>* r = (Vector256<ulong>*)result, a = (Vector256<ulong>*)left, b = (Vector256<ulong>*)right;
        MultiplyHalf(r, a, b);
        MultiplyHalf(r + 1, a + 1, b + 1);
    }

    public static void Add(Octet* result, Octet* left, Octet* right)
    {
        Vector256<ulong>* r = (Vector256<ulong>*)result, a = (Vector256<ulong>*)left, b = (Vector256<ulong>*)right;
        AddHalf(r, a, b);
        AddHalf(r + 1, a + 1, b + 1);
    }

    public static void Subtract(Octet* result, Octet* left, Octet* right)
    {
        Vector256<ulong>* r = (Vector256<ulong>*)result, a = (Vector256<ulong>*)left, b = (Vector256<ulong>*)right;
        SubtractHalf(r, a, b);
        SubtractHalf(r + 1, a + 1, b + 1);
    }

    public static void Reduce(Octet* value)
    {
        ReduceHalf((Vector256<ulong>*)value);
        ReduceHalf((Vector256<ulong>*)value + 1);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyHalf(Vector256<ulong>* result, Vector256<ulong>* a, Vector256<ulong>* right)
    {
        Vector256<ulong> t1 = default, t2 = default, t3 = default, t4 = default, t5 = default, t6 = default;
        Vector256<ulong> t7 = default, t8 = default;
        var mask = Vector256.Create(Mask);
        for (var i = 0; i < 18; i += 2)
        {
            var b = right[i];
            var t0 = t1 + Product(a[0], b);
            var m = Product(t0, Vector256.Create(TPrime.NegatedInverse & Mask)) & mask;
            t1 = t2 + Product(a[2], b) + Product(m, Vector256.Create(OctetField<TPrime>.P1))
                + ((t0 + Product(m, Vector256.Create(OctetField<TPrime>.P0))) >>> 29);
            t2 = t3 + Product(a[4], b) + Product(m, Vector256.Create(OctetField<TPrime>.P2));
            t3 = t4 + Product(a[6], b) + Product(m, Vector256.Create(OctetField<TPrime>.P3));
            t4 = t5 + Product(a[8], b) + Product(m, Vector256.Create(OctetField<TPrime>.P4));
            t5 = t6 + Product(a[10], b) + Product(m, Vector256.Create(OctetField<TPrime>.P5));
            t6 = t7 + Product(a[12], b) + Product(m, Vector256.Create(OctetField<TPrime>.P6));
            t7 = t8 + Product(a[14], b) + Product(m, Vector256.Create(OctetField<TPrime>.P7));
            t8 = Product(a[16], b) + Product(m, Vector256.Create(OctetField<TPrime>.P8));
        }
        Carry(result, t1, t2, t3, t4, t5, t6, t7, t8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddHalf(Vector256<ulong>* result, Vector256<ulong>* a, Vector256<ulong>* b)
    {
        var top = a[16] + b[16];
        Carry(result, a[0] + b[0], a[2] + b[2], a[4] + b[4], a[6] + b[6], a[8] + b[8], a[10] + b[10], a[12] + b[12],
            a[14] + b[14]);
        result[16] += top;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SubtractHalf(Vector256<ulong>* r, Vector256<ulong>* a, Vector256<ulong>* b)
    {
        const ulong Lent = 1UL << 32;
        const ulong Between = Lent - 8;
        var mask = Vector256.Create(Mask);
        var t = a[0] + Vector256.Create((OctetField<TPrime>.P0 << 3) + Lent) - b[0];
        r[0] = t & mask;
        t = (t >>> 29) + a[2] + Vector256.Create((OctetField<TPrime>.P1 << 3) + Between) - b[2];
        r[2] = t & mask;
        t = (t >>> 29) + a[4] + Vector256.Create((OctetField<TPrime>.P2 << 3) + Between) - b[4];
        r[4] = t & mask;
        t = (t >>> 29) + a[6] + Vector256.Create((OctetField<TPrime>.P3 << 3) + Between) - b[6];
        r[6] = t & mask;
        t = (t >>> 29) + a[8] + Vector256.Create((OctetField<TPrime>.P4 << 3) + Between) - b[8];
        r[8] = t & mask;
        t = (t >>> 29) + a[10] + Vector256.Create((OctetField<TPrime>.P5 << 3) + Between) - b[10];
        r[10] = t & mask;
        t = (t >>> 29) + a[12] + Vector256.Create((OctetField<TPrime>.P6 << 3) + Between) - b[12];
        r[12] = t & mask;
        t = (t >>> 29) + a[14] + Vector256.Create((OctetField<TPrime>.P7 << 3) + Between) - b[14];
        r[14] = t & mask;
        r[16] = (t >>> 29) + a[16] + Vector256.Create((OctetField<TPrime>.P8 << 3) - 8) - b[16];
    }

    /// <summary>AVX2 shifts no signed words: a bias keeps them positive.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ReduceHalf(Vector256<ulong>* v)
    {
        var mask = Vector256.Create(Mask);
        var quotient = Product(v[16], Vector256.Create(OctetField<TPrime>.QuotientFactor)) >>> 40;
        var less = Vector256.Create(BiasLess);
        var t = v[0] + Vector256.Create(Bias) - Product(quotient, Vector256.Create(OctetField<TPrime>.P0));
        v[0] = t & mask;
        t = (t >>> 29) + v[2] + less - Product(quotient, Vector256.Create(OctetField<TPrime>.P1));
        v[2] = t & mask;
        t = (t >>> 29) + v[4] + less - Product(quotient, Vector256.Create(OctetField<TPrime>.P2));
        v[4] = t & mask;
        t = (t >>> 29) + v[6] + less - Product(quotient, Vector256.Create(OctetField<TPrime>.P3));
        v[6] = t & mask;
        t = (t >>> 29) + v[8] + less - Product(quotient, Vector256.Create(OctetField<TPrime>.P4));
        v[8] = t & mask;
        t = (t >>> 29) + v[10] + less - Product(quotient, Vector256.Create(OctetField<TPrime>.P5));
        v[10] = t & mask;
        t = (t >>> 29) + v[12] + less - Product(quotient, Vector256.Create(OctetField<TPrime>.P6));
        v[12] = t & mask;
        t = (t >>> 29) + v[14] + less - Product(quotient, Vector256.Create(OctetField<TPrime>.P7));
        v[14] = t & mask;
        v[16] = (t >>> 29) + v[16] - Vector256.Create(Bias >> 29)
            - Product(quotient, Vector256.Create(OctetField<TPrime>.P8));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Product(Vector256<ulong> a, Vector256<ulong> b) =>
        Avx2.Multiply(a.AsUInt32(), b.AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Carry(Vector256<ulong>* result, Vector256<ulong> t1, Vector256<ulong> t2, Vector256<ulong> t3,
        Vector256<ulong> t4, Vector256<ulong> t5, Vector256<ulong> t6, Vector256<ulong> t7, Vector256<ulong> t8)
    {
        var mask = Vector256.Create(Mask);
        result[0] = t1 & mask;
        t2 += t1 >>> 29;
        result[2] = t2 & mask;
        t3 += t2 >>> 29;
        result[4] = t3 & mask;
        t4 += t3 >>> 29;
        result[6] = t4 & mask;
        t5 += t4 >>> 29;
        result[8] = t5 & mask;
        t6 += t5 >>> 29;
        result[10] = t6 & mask;
        t7 += t6 >>> 29;
        result[12] = t7 & mask;
        t8 += t7 >>> 29;
        result[14] = t8 & mask;
        result[16] = t8 >>> 29;
    }
}
