using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Stun.Zk.Fields;

namespace Stun.Zk.Lanes;

/// <summary>Eight coordinates of the first group.</summary>
internal unsafe struct BaseLanes : ILanes<BaseLanes, Fq>
{
    private Octet value;

    // 2^266 and 2^251: between the radices 2^256 and 2^261 by a product of Montgomery's.
    private static readonly Fq ToLanes = new(Montgomery<BasePrime>.From(System.Numerics.BigInteger.One << 5));
    private static readonly Fq FromLanes = ToLanes.Inverse();

    public static void Multiply(BaseLanes* result, BaseLanes* left, BaseLanes* right) =>
        OctetField<BasePrime>.Multiply((Octet*)result, (Octet*)left, (Octet*)right);

    public static void Square(BaseLanes* result, BaseLanes* value) => Multiply(result, value, value);

    public static void Subtract(BaseLanes* result, BaseLanes* left, BaseLanes* right) =>
        OctetField<BasePrime>.Subtract((Octet*)result, (Octet*)left, (Octet*)right);

    public static void Reduce(BaseLanes* value) => OctetField<BasePrime>.Reduce((Octet*)value);

    public static void Load(BaseLanes* result, nint* addresses, int words) =>
        OctetWords.Load((Octet*)result, addresses, words);

    public static void Store(BaseLanes* value, nint* addresses, int words) =>
        OctetWords.Store((Octet*)value, addresses, words);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Replace(BaseLanes* value, Vector512<ulong> mask, BaseLanes* replacement)
    {
        Vector512<ulong>* v = &value->value.L0, r = &replacement->value.L0;
        for (var i = 0; i < 9; i++) v[i] = Vector512.ConditionalSelect(mask, r[i], v[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Vector512<ulong> Bits(BaseLanes* value)
    {
        var v = &value->value;
        return v->L0 | v->L1 | v->L2 | v->L3 | v->L4 | v->L5 | v->L6 | v->L7 | v->L8;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Vector512<ulong> Difference(BaseLanes* left, BaseLanes* right)
    {
        Octet* a = &left->value, b = &right->value;
        return (a->L0 ^ b->L0) | (a->L1 ^ b->L1) | (a->L2 ^ b->L2) | (a->L3 ^ b->L3) | (a->L4 ^ b->L4)
            | (a->L5 ^ b->L5) | (a->L6 ^ b->L6) | (a->L7 ^ b->L7) | (a->L8 ^ b->L8);
    }

    public static Fq Entered(in Fq value) => value * ToLanes;

    public static Fq Left(in Fq value) => value * FromLanes;
}
