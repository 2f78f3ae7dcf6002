using System.Runtime.CompilerServices;

namespace Stun.Zk.Fields;

/// <summary>The order of BN254's groups: the prime of scalars, witnesses and circuits.</summary>
internal readonly struct ScalarPrime : IPrime
{
    public static ulong P0
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 0x43e1f593f0000001;
    }

    public static ulong P1
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 0x2833e84879b97091;
    }

    public static ulong P2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 0xb85045b68181585d;
    }

    public static ulong P3
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 0x30644e72e131a029;
    }

    public static ulong NegatedInverse
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 0xc2e1f593efffffff;
    }

    public static Limbs SquaredRadix
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(0x1bb8e645ae216da7, 0x53fe3ab1e35c59e3, 0x8c49833d53bb8085, 0x0216d0b17f4e44a5);
    }

    public static Limbs Radix
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(0xac96341c4ffffffb, 0x36fc76959f60cd29, 0x666ea36f7879462e, 0x0e0a77c19a07df2f);
    }
}
