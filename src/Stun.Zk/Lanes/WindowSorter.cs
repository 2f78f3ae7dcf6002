using System.Runtime.CompilerServices;
using Stun.Zk.Fields;
using Stun.Zk.Files;
using Stun.Zk.Sums;

namespace Stun.Zk.Lanes;

/// <summary>Sorts the points of a sum by their digits in one window, by counting.</summary>
internal sealed unsafe class WindowSorter(int count, Digits digits) : IDisposable
{
    private readonly NativeArray<int> places = new(digits.Buckets);
    private readonly NativeArray<short> values = new(count, cleared: false);

    /// <summary>The points in the order of their buckets: twice the index, and one if the negative is meant.</summary>
    public NativeArray<uint> Order { get; } = new(count, cleared: false);

    /// <summary>How many points each bucket has.</summary>
    public NativeArray<int> Lengths { get; } = new(digits.Buckets);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Sort(Limbs* shifted, int window)
    {
        Lengths.Span.Clear();
        var lengths = Lengths.Pointer;
        for (var i = 0; i < count; i++)
        {
            var digit = digits.Of(shifted[i], window);
            values.Pointer[i] = (short)digit;
            if (digit != 0) lengths[Math.Abs(digit) - 1]++;
        }
        var at = 0;
        for (var bucket = 0; bucket < digits.Buckets; bucket++)
        {
            places.Pointer[bucket] = at;
            at += lengths[bucket];
        }
        for (var i = 0; i < count; i++)
        {
            int digit = values.Pointer[i];
            if (digit == 0) continue;
            Order.Pointer[places.Pointer[Math.Abs(digit) - 1]++] = ((uint)i << 1) | (digit < 0 ? 1u : 0u);
        }
    }

    public void Dispose()
    {
        places.Dispose();
        values.Dispose();
        Order.Dispose();
        Lengths.Dispose();
    }
}
