using System.Numerics;
using Stun.Zk.Fields;
using Stun.Zk.Files;

namespace Stun.Zk.Lanes;

/// <summary>Rows of numbers from the radix 2^256 of the scalar fields to 2^261 of lanes.</summary>
internal static unsafe class OctetConversion<TPrime> where TPrime : struct, IPrime
{
    // 2^5 in the form of lanes, 2^266: the factor between the radices.
    private static readonly Limbs Factor = Limbs.From(
        BigInteger.ModPow(2, 266, Montgomery<TPrime>.Prime.ToBigInteger()));

    // 2^5 in the form of the scalar fields.
    private static readonly Limbs ScalarFactor = Montgomery<TPrime>.From(BigInteger.One << 5);

    // One in the form of the scalar fields read as lanes: 2^256, the factor back.
    private static readonly Limbs One = TPrime.Radix;

    // The inverse of 2^5 in the form of the scalar fields.
    private static readonly Limbs ScalarInverse = Montgomery<TPrime>.Inverse(ScalarFactor);

    public static void Enter(Limbs* source, Limbs* target, int count)
    {
        using var work = new NativeArray<Octet>(2);
        Octet* factor = work.Pointer, value = factor + 1;
        OctetField<TPrime>.Broadcast(factor, Factor);
        var i = 0;
        for (; i + 8 <= count; i += 8)
        {
            OctetWords.Load(value, (ulong*)(source + i), 4);
            OctetField<TPrime>.Multiply(value, value, factor);
            OctetField<TPrime>.Reduce(value);
            OctetWords.Store(value, (ulong*)(target + i), 4);
        }
        for (; i < count; i++) target[i] = Montgomery<TPrime>.Multiply(source[i], ScalarFactor);
    }

    /// <summary>The way back, in place; what comes out is below the prime.</summary>
    public static void Leave(Limbs* values, int count)
    {
        using var work = new NativeArray<Octet>(2);
        Octet* factor = work.Pointer, value = factor + 1;
        OctetField<TPrime>.Broadcast(factor, One);
        var i = 0;
        for (; i + 8 <= count; i += 8)
        {
            OctetWords.Load(value, (ulong*)(values + i), 4);
            OctetField<TPrime>.Multiply(value, value, factor);
            OctetField<TPrime>.Reduce(value);
            OctetWords.Store(value, (ulong*)(values + i), 4);
        }
        for (var settled = 0; settled < i; settled++) values[settled] = Montgomery<TPrime>.Settled(values[settled]);
        for (; i < count; i++) values[i] = Montgomery<TPrime>.Multiply(values[i], ScalarInverse);
    }
}
