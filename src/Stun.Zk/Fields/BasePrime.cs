using System.Runtime.CompilerServices;

namespace Stun.Zk.Fields;

/// <summary>The prime of the coordinates of BN254's points.</summary>
internal readonly struct BasePrime : IPrime
{
    public static ulong P0
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 0x3c208c16d87cfd47;
    }

    public static ulong P1
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 0x97816a916871ca8d;
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
        get => 0x87d20782e4866389;
    }

    public static Limbs SquaredRadix
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(0xf32cfc5b538afa89, 0xb5e71911d44501fb, 0x47ab1eff0a417ff6, 0x06d89f71cab8351f);
    }

    public static Limbs Radix
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(0xd35d438dc58f0d9d, 0x0a78eb28f5c70b3d, 0x666ea36f7879462c, 0x0e0a77c19a07df2f);
    }
}
