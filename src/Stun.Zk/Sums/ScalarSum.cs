using Stun.Zk.Curves;
using Stun.Zk.Fields;

namespace Stun.Zk.Sums;

/// <summary>
/// Pippenger's method (1976) with one addition after the other, for either group and any machine. Each window
/// is summed by one thread.
/// </summary>
internal static class ScalarSum
{
    // How many additions there are between two looks at the token, less one.
    private const int Gap = 1023;

    public static CurvePoint<T> Of<T>(ReadOnlySpan<AffinePoint<T>> points, ReadOnlySpan<Limbs> scalars,
        CancellationToken cancel) where T : unmanaged, IField<T>
    {
        var bits = Digits.BitsOf(scalars);
        if (bits == 0) return default;
        var digits = Digits.For(points.Length, bits, 14);
        var sums = new CurvePoint<T>[digits.Windows];
        unsafe
        {
            fixed (AffinePoint<T>* point = points)
            fixed (Limbs* scalar = scalars)
            {
                var input = new Input<T>(point, scalar, points.Length, digits, sums, cancel);
                if (points.Length < 64)
                {
                    for (var window = 0; window < sums.Length; window++) input.Add(window);
                }
                else
                {
                    Parallel.For(0, sums.Length, new ParallelOptions { CancellationToken = cancel }, input.Add);
                }
            }
        }
        return Combined<T>(sums, digits.Width);
    }

    /// <summary>The sums of all windows, each shifted to its place.</summary>
    public static CurvePoint<T> Combined<T>(ReadOnlySpan<CurvePoint<T>> windows, int width)
        where T : unmanaged, IField<T>
    {
        CurvePoint<T> result = default;
        for (var window = windows.Length - 1; window >= 0; window--)
        {
            for (var i = 0; i < width; i++) result.Double();
            result.Add(windows[window]);
        }
        return result;
    }

    /// <summary>Pointers, because a span cannot go to another thread; the caller pins what they point to.</summary>
    private sealed unsafe class Input<T>(AffinePoint<T>* points, Limbs* scalars, int count, Digits digits,
        CurvePoint<T>[] sums, CancellationToken cancel) where T : unmanaged, IField<T>
    {
        public void Add(int window)
        {
            var buckets = new CurvePoint<T>[digits.Buckets];
            for (var i = 0; i < count; i++)
            {
                if ((i & Gap) == 0) cancel.ThrowIfCancellationRequested();
                if (scalars[i].IsZero) continue;
                var digit = digits.Of(digits.Shifted(scalars[i]), window);
                if (digit > 0) buckets[digit - 1].Add(points[i]);
                else if (digit < 0) buckets[-digit - 1].Subtract(points[i]);
            }
            CurvePoint<T> running = default, sum = default;
            for (var i = buckets.Length - 1; i >= 0; i--)
            {
                running.Add(buckets[i]);
                sum.Add(running);
            }
            sums[window] = sum;
        }
    }
}
