using System.Runtime.CompilerServices;
using Stun.Zk.Curves;
using Stun.Zk.Fields;
using Stun.Zk.Files;
using Stun.Zk.Sums;

namespace Stun.Zk.Lanes;

/// <summary>
/// Multiples of one point by many scalars. A table has all multiples that one window of signed digits can ask for, for
/// each window; then a multiple is one addition a window, and those of many scalars go side by side.
/// </summary>
internal sealed unsafe class LaneMultiples<TLanes, T> : IDisposable
    where TLanes : unmanaged, ILanes<TLanes, T> where T : unmanaged, IField<T>
{
    // Above that, a table in G2 would leave the caches.
    private const int WidthMax = 13;

    private const int Piece = 2048;

    // Of the prime of scalars.
    private const int Bits = 254;

    private readonly Digits digits;
    private readonly NativeArray<AffinePoint<T>> table;

    /// <param name="basis">The point, not infinity.</param>
    /// <param name="count">How many scalars are expected: a large table pays for many only.</param>
    public LaneMultiples(in AffinePoint<T> basis, int count)
    {
        digits = For(count);
        table = new NativeArray<AffinePoint<T>>(digits.Windows * digits.Buckets, cleared: false);
        var bases = new CurvePoint<T>[digits.Windows];
        var current = CurvePoint<T>.From(basis);
        foreach (ref var window in bases.AsSpan())
        {
            window = current;
            for (var i = 0; i < digits.Width; i++) current.Double();
        }
        var affine = new AffinePoint<T>[bases.Length];
        CurvePoint<T>.ToAffine(bases, affine);
        using var adder = new BatchAdder<TLanes, T>();
        for (var window = 0; window < affine.Length; window++)
        {
            *Row(window) = BatchAdder<TLanes, T>.Entered(affine[window]);
        }
        for (var known = 1; known < digits.Buckets; known *= 2)
        {
            for (var window = 0; window < affine.Length; window++) Extend(adder, Row(window), known);
            adder.Flush();
        }
    }

    /// <summary>The multiples by all scalars, on all processors.</summary>
    public void Multiply(ReadOnlySpan<Fr> scalars, Span<AffinePoint<T>> results)
    {
        fixed (Fr* scalar = scalars)
        fixed (AffinePoint<T>* result = results)
        {
            nint input = (nint)scalar, output = (nint)result;
            var count = scalars.Length;
            Parallel.For(0, (count + Piece - 1) / Piece, piece =>
            {
                var start = piece * Piece;
                MultiplyPiece((Fr*)input + start, (AffinePoint<T>*)output + start, Math.Min(Piece, count - start));
            });
        }
    }

    public void Dispose() => table.Dispose();

    private static Digits For(int count)
    {
        var best = new Digits(2, Bits);
        for (var width = 3; width <= WidthMax; width++)
        {
            var digits = new Digits(width, Bits);
            if (Cost(digits, count) < Cost(best, count)) best = digits;
        }
        return best;
    }

    private static long Cost(Digits digits, int count) => digits.Windows * ((long)count + digits.Buckets);

    private AffinePoint<T>* Row(int window) => table.Pointer + ((long)window * digits.Buckets);

    /// <summary>From so many multiples to twice as many. The last sum is a doubling, which the adder knows.</summary>
    private static void Extend(BatchAdder<TLanes, T> adder, AffinePoint<T>* row, int known)
    {
        var largest = (nint)(row + known - 1);
        for (var i = 0; i < known; i++) adder.Add((nint)(row + i), largest, (nint)(row + known + i));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MultiplyPiece(Fr* scalars, AffinePoint<T>* results, int count)
    {
        using var shifted = new NativeArray<Limbs>(count, cleared: false);
        var half = digits.Shifted(default);
        for (var i = 0; i < count; i++) shifted.Pointer[i] = Digits.Sum(scalars[i].ToCanonical(), half);
        new Span<AffinePoint<T>>(results, count).Clear();
        using var adder = new BatchAdder<TLanes, T>();
        for (var window = 0; window < digits.Windows; window++)
        {
            var row = Row(window);
            for (var i = 0; i < count; i++)
            {
                var digit = digits.Of(shifted.Pointer[i], window);
                if (digit == 0) continue;
                var multiple = (nint)(row + Math.Abs(digit) - 1);
                adder.Add((nint)(results + i), digit < 0 ? multiple | 1 : multiple, (nint)(results + i));
            }
            adder.Flush();
        }
        OctetConversion<BasePrime>.Leave((Limbs*)results, count * (sizeof(AffinePoint<T>) / sizeof(Limbs)));
    }
}
