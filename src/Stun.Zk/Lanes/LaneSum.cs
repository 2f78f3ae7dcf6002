using System.Runtime.CompilerServices;
using Stun.Zk.Curves;
using Stun.Zk.Fields;
using Stun.Zk.Files;
using Stun.Zk.Sums;

namespace Stun.Zk.Lanes;

/// <summary>
/// Pippenger's method (1976) with batches of affine additions. For each window the points are sorted by their digits;
/// the points of a bucket are added in pairs, round by round, all buckets at once, so that no two additions of a round
/// wait for each other, however unevenly the digits fall. Then the buckets of all windows are summed with their
/// numbers, in strips that again go side by side.
/// </summary>
internal sealed unsafe class LaneSum<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T> where T : unmanaged, IField<T>
{
    // Strips of buckets that are summed side by side: enough to fill a batch, few enough to add up one by one.
    private const int StripsWanted = 512;

    private readonly AffinePoint<T>* points;
    private readonly Limbs* shifted;
    private readonly int count;
    private readonly Digits digits;
    private readonly AffinePoint<T>* buckets;
    private readonly CancellationToken cancel;

    private LaneSum(AffinePoint<T>* points, Limbs* shifted, int count, Digits digits, AffinePoint<T>* buckets,
        CancellationToken cancel)
    {
        this.cancel = cancel;
        this.points = points;
        this.shifted = shifted;
        this.count = count;
        this.digits = digits;
        this.buckets = buckets;
    }

    /// <param name="points">Points in the form of the scalar fields, none of them infinity.</param>
    /// <param name="shifted">What <see cref="Digits.Shifted"/> makes of the scalars.</param>
    /// <param name="digits">How the scalars are cut.</param>
    /// <param name="cancel">Looked at with every bucket.</param>
    public static CurvePoint<T> Of(ReadOnlySpan<AffinePoint<T>> points, ReadOnlySpan<Limbs> shifted, Digits digits,
        CancellationToken cancel)
    {
        using var entered = new NativeArray<AffinePoint<T>>(points.Length, cleared: false);
        using var buckets = new NativeArray<AffinePoint<T>>(digits.Windows * digits.Buckets);
        var sums = new CurvePoint<T>[digits.Windows];
        fixed (AffinePoint<T>* source = points)
        fixed (Limbs* scalars = shifted)
        {
            Enter(source, entered.Pointer, points.Length);
            var sum = new LaneSum<TLanes, T>(entered.Pointer, scalars, points.Length, digits, buckets.Pointer,
                cancel);
            var threads = Math.Min(Environment.ProcessorCount, digits.Windows);
            var options = new ParallelOptions { CancellationToken = cancel };
            Parallel.For(0, threads, options, thread => sum.FillBuckets(thread, threads));
            Parallel.For(0, threads, options, thread => sum.SumBuckets(thread, threads, sums));
        }
        return ScalarSum.Combined<T>(sums, digits.Width);
    }

    /// <summary>Brings coordinates into the form of lanes: a product with a constant each.</summary>
    private static void Enter(AffinePoint<T>* source, AffinePoint<T>* target, int count)
    {
        const int Piece = 4096;
        nint from = (nint)source, to = (nint)target;
        Parallel.For(0, (count + Piece - 1) / Piece, piece =>
        {
            var numbers = sizeof(AffinePoint<T>) / sizeof(Limbs);
            var length = Math.Min(Piece, count - (piece * Piece)) * numbers;
            var start = (long)piece * Piece * numbers;
            OctetConversion<BasePrime>.Enter((Limbs*)from + start, (Limbs*)to + start, length);
        });
    }

    private void FillBuckets(int thread, int threads)
    {
        using var sorter = new WindowSorter(count, digits);
        using var adder = new BatchAdder<TLanes, T>();
        using var first = new NativeArray<AffinePoint<T>>((count / 2) + digits.Buckets + 1, cleared: false);
        using var second = new NativeArray<AffinePoint<T>>((count / 4) + digits.Buckets + 1, cleared: false);
        for (var window = thread; window < digits.Windows; window += threads)
        {
            sorter.Sort(shifted, window);
            var longest = FirstRound(sorter, adder, first.Pointer);
            var source = first.Pointer;
            var target = second.Pointer;
            while (longest > 1)
            {
                longest = NextRound(sorter, adder, source, target);
                var summed = target;
                target = source;
                source = summed;
            }
            Keep(sorter, source, buckets + ((long)window * digits.Buckets));
        }
    }

    /// <summary>Adds neighbours of the sorted points; the points themselves stay where they lie.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int FirstRound(WindowSorter sorter, BatchAdder<TLanes, T> adder, AffinePoint<T>* target)
    {
        var longest = 0;
        var at = sorter.Order.Pointer;
        foreach (ref var length in sorter.Lengths.Span)
        {
            cancel.ThrowIfCancellationRequested();
            for (var i = 0; i + 1 < length; i += 2, at += 2) adder.Add(Tagged(at[0]), Tagged(at[1]), (nint)target++);
            if ((length & 1) == 1) Copy(*at++, target++);
            length = (length + 1) / 2;
            longest = Math.Max(longest, length);
        }
        adder.Flush();
        return longest;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int NextRound(WindowSorter sorter, BatchAdder<TLanes, T> adder, AffinePoint<T>* source,
        AffinePoint<T>* target)
    {
        var longest = 0;
        foreach (ref var length in sorter.Lengths.Span)
        {
            for (var i = 0; i + 1 < length; i += 2, source += 2)
            {
                adder.Add((nint)source, (nint)(source + 1), (nint)target++);
            }
            if ((length & 1) == 1) *target++ = *source++;
            length = (length + 1) / 2;
            longest = Math.Max(longest, length);
        }
        adder.Flush();
        return longest;
    }

    private static void Keep(WindowSorter sorter, AffinePoint<T>* source, AffinePoint<T>* target)
    {
        foreach (var length in sorter.Lengths.Span)
        {
            if (length > 0) *target = *source++;
            target++;
        }
    }

    private nint Tagged(uint entry) => (nint)(points + (entry >> 1)) | (nint)(entry & 1);

    private void Copy(uint entry, AffinePoint<T>* target)
    {
        var point = points[entry >> 1];
        if ((entry & 1) == 1)
        {
            // Through the scalar form: numbers of lanes need not be below p, as a negative demands.
            point = BatchAdder<TLanes, T>.Entered(-BatchAdder<TLanes, T>.Left(point));
        }
        *target = point;
    }

    /// <summary>
    /// Sums the buckets of some windows, each with its number. A window's buckets are cut into strips; along all strips
    /// at once a running sum S collects the buckets from the top, and T collects the running sums.
    /// </summary>
    private void SumBuckets(int thread, int threads, CurvePoint<T>[] sums)
    {
        var first = digits.Windows * thread / threads;
        var windows = (digits.Windows * (thread + 1) / threads) - first;
        if (windows == 0) return;
        var strips = 1;
        while (strips * 2 * windows <= StripsWanted && strips < digits.Buckets / 4) strips *= 2;
        var length = digits.Buckets / strips;
        using var running = new NativeArray<AffinePoint<T>>(windows * strips);
        using var total = new NativeArray<AffinePoint<T>>(windows * strips);
        using var adder = new BatchAdder<TLanes, T>();
        var start = buckets + ((long)first * digits.Buckets);
        for (var step = length - 1; step >= 0; step--)
        {
            cancel.ThrowIfCancellationRequested();
            for (var i = 0; i < running.Length; i++)
            {
                var sum = (nint)(running.Pointer + i);
                adder.Add(sum, (nint)(start + ((long)i * length) + step), sum);
            }
            adder.Flush();
            for (var i = 0; i < running.Length; i++)
            {
                var sum = (nint)(total.Pointer + i);
                adder.Add(sum, (nint)(running.Pointer + i), sum);
            }
            adder.Flush();
        }
        for (var window = 0; window < windows; window++)
        {
            sums[first + window] = Joined(running.Span.Slice(window * strips, strips),
                total.Span.Slice(window * strips, strips), length);
        }
    }

    /// <summary>
    /// Strip number k counts its buckets from one: what is missing is k times its length times its sum.
    /// </summary>
    private static CurvePoint<T> Joined(ReadOnlySpan<AffinePoint<T>> running, ReadOnlySpan<AffinePoint<T>> total,
        int length)
    {
        CurvePoint<T> result = default, above = default, weighted = default;
        for (var k = running.Length - 1; k >= 0; k--)
        {
            result.Add(BatchAdder<TLanes, T>.Left(total[k]));
            weighted.Add(above);
            above.Add(BatchAdder<TLanes, T>.Left(running[k]));
        }
        for (; length > 1; length /= 2) weighted.Double();
        result.Add(weighted);
        return result;
    }
}
