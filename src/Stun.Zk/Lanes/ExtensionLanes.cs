using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Stun.Zk.Fields;

namespace Stun.Zk.Lanes;

/// <summary>
/// Eight coordinates of the second group. With factors below 10 p a product comes out below 7 p in either part, so
/// that sums of two parts stay below 20 p and products of such sums within what the radix allows.
/// </summary>
internal unsafe struct ExtensionLanes : ILanes<ExtensionLanes, Fq2>
{
    // Four octets, and what is lost to begin at a cache line.
    private const int WorkSize = (4 * 9 * 64) + 64;

    private Octet c0;
    private Octet c1;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(ExtensionLanes* result, ExtensionLanes* left, ExtensionLanes* right)
    {
        var bytes = stackalloc byte[WorkSize];
        var work = Aligned(bytes);
        Octet* low = work, high = work + 1, sum0 = work + 2, sum1 = work + 3;
        OctetField<BasePrime>.Add(sum0, &left->c0, &left->c1);
        OctetField<BasePrime>.Add(sum1, &right->c0, &right->c1);
        OctetField<BasePrime>.Reduce(sum0);
        OctetField<BasePrime>.Multiply(low, &left->c0, &right->c0);
        OctetField<BasePrime>.Multiply(high, &left->c1, &right->c1);
        OctetField<BasePrime>.Multiply(sum0, sum0, sum1);
        SubtractSmall(&result->c0, low, high);
        OctetField<BasePrime>.Add(low, low, high);
        SubtractSmall(&result->c1, sum0, low);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Square(ExtensionLanes* result, ExtensionLanes* value)
    {
        var bytes = stackalloc byte[WorkSize];
        var work = Aligned(bytes);
        Octet* sum = work, difference = work + 1, cross = work + 2;
        OctetField<BasePrime>.Add(sum, &value->c0, &value->c1);
        OctetField<BasePrime>.Subtract(difference, &value->c0, &value->c1);
        OctetField<BasePrime>.Reduce(sum);
        OctetField<BasePrime>.Multiply(cross, &value->c0, &value->c1);
        OctetField<BasePrime>.Multiply(&result->c0, sum, difference);
        OctetField<BasePrime>.Add(&result->c1, cross, cross);
    }

    public static void Subtract(ExtensionLanes* result, ExtensionLanes* left, ExtensionLanes* right)
    {
        OctetField<BasePrime>.Subtract(&result->c0, &left->c0, &right->c0);
        OctetField<BasePrime>.Subtract(&result->c1, &left->c1, &right->c1);
    }

    public static void Reduce(ExtensionLanes* value)
    {
        OctetField<BasePrime>.Reduce(&value->c0);
        OctetField<BasePrime>.Reduce(&value->c1);
    }

    public static void Load(ExtensionLanes* result, nint* addresses, int words)
    {
        OctetWords.Load(&result->c0, addresses, words);
        OctetWords.Load(&result->c1, addresses, words + 4);
    }

    public static void Store(ExtensionLanes* value, nint* addresses, int words)
    {
        OctetWords.Store(&value->c0, addresses, words);
        OctetWords.Store(&value->c1, addresses, words + 4);
    }

    public static void Replace(ExtensionLanes* value, Vector512<ulong> mask, ExtensionLanes* replacement)
    {
        BaseLanes.Replace((BaseLanes*)&value->c0, mask, (BaseLanes*)&replacement->c0);
        BaseLanes.Replace((BaseLanes*)&value->c1, mask, (BaseLanes*)&replacement->c1);
    }

    public static Vector512<ulong> Bits(ExtensionLanes* value) =>
        BaseLanes.Bits((BaseLanes*)&value->c0) | BaseLanes.Bits((BaseLanes*)&value->c1);

    public static Vector512<ulong> Difference(ExtensionLanes* left, ExtensionLanes* right) =>
        BaseLanes.Difference((BaseLanes*)&left->c0, (BaseLanes*)&right->c0)
        | BaseLanes.Difference((BaseLanes*)&left->c1, (BaseLanes*)&right->c1);

    public static Fq2 Entered(in Fq2 value) => new(BaseLanes.Entered(value.C0), BaseLanes.Entered(value.C1));

    public static Fq2 Left(in Fq2 value) => new(BaseLanes.Left(value.C0), BaseLanes.Left(value.C1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Octet* Aligned(byte* bytes) => (Octet*)(((nint)bytes + 63) & ~(nint)63);

    /// <summary>A difference of products, reduced, so that whatever follows has room.</summary>
    private static void SubtractSmall(Octet* result, Octet* left, Octet* right)
    {
        OctetField<BasePrime>.Subtract(result, left, right);
        OctetField<BasePrime>.Reduce(result);
    }
}
