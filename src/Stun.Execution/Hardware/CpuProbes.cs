using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Stun.Execution.Hardware;

/// <summary>
/// Memory bandwidth by the triad of STREAM (McCalpin), integer throughput by SHA-256, and floating point by fused
/// multiply-adds in vectors that the processor has.
/// </summary>
internal static unsafe class CpuProbes
{
    private const int Sha256Block = 64 << 10;
    private const int FloatRepeats = 20_000;
    private const int Accumulators = 12;
    private const int TriadBlock = 32 << 10;

    public static ProbeRate Memory(int threadCount, long bytes, ProbeBudget budget)
    {
        // Three arrays on each thread, together larger than the caches.
        var count = (int)Math.Min(bytes / 3 / sizeof(double) / threadCount, 1 << 28) / TriadBlock * TriadBlock;
        if (count == 0) return ProbeRate.None;
        var arrays = new double*[threadCount];
        try
        {
            return ProbeThreads.Measure(threadCount, budget, index =>
            {
                var all = (double*)NativeMemory.AlignedAlloc((nuint)count * 3 * sizeof(double), 64);
                arrays[index] = all;
                new Span<double>(all, count).Clear();
                new Span<double>(all + count, count).Fill(1.5);
                new Span<double>(all + (2L * count), count).Fill(2.5);
                var at = 0;
                return () =>
                {
                    Triad(all + at, all + count + at, all + (2L * count) + at, TriadBlock);
                    at = at + TriadBlock >= count ? 0 : at + TriadBlock;
                    return 3L * sizeof(double) * TriadBlock;
                };
            });
        }
        finally
        {
            foreach (var array in arrays) NativeMemory.AlignedFree(array);
        }
    }

    public static ProbeRate Sha256(int threadCount, ProbeBudget budget) =>
        ProbeThreads.Measure(threadCount, budget, index =>
        {
            var data = new byte[Sha256Block];
            data.AsSpan().Fill((byte)index);
            return () =>
            {
                // Each hash begins the next block: no result can be left out.
                SHA256.HashData(data, data.AsSpan(0, SHA256.HashSizeInBytes));
                return Sha256Block;
            };
        });

    public static ProbeRate Float(int threadCount, ProbeBudget budget) =>
        ProbeThreads.Measure(threadCount, budget, _ =>
        {
            var kept = 0f;
            return () =>
            {
                kept += MultiplyAdds(FloatRepeats);
                if (float.IsNaN(kept)) throw new InvalidOperationException("The sum of multiply-adds is no number.");
                return 2L * FloatRepeats * Accumulators * Vector<float>.Count;
            };
        });

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Triad(double* a, double* b, double* c, int count)
    {
        var factor = new Vector<double>(3);
        for (var index = 0; index < count; index += Vector<double>.Count)
            Vector.Store(Vector.Load(b + index) + (factor * Vector.Load(c + index)), a + index);
    }

    /// <summary>Twelve sums that do not wait for each other: more than a core can have under way at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float MultiplyAdds(int repeats)
    {
        // A factor below one keeps the sums finite; they come to rest at a fixed value.
        var (m, d) = (new Vector<float>(0.999f), new Vector<float>(0.001f));
        Vector<float> a = d, b = d, c = d, e = d, f = d, g = d, h = d, i = d, j = d, k = d, l = d, n = d;
        for (var turn = 0; turn < repeats; turn++)
        {
            a = Vector.FusedMultiplyAdd(a, m, d);
            b = Vector.FusedMultiplyAdd(b, m, d);
            c = Vector.FusedMultiplyAdd(c, m, d);
            e = Vector.FusedMultiplyAdd(e, m, d);
            f = Vector.FusedMultiplyAdd(f, m, d);
            g = Vector.FusedMultiplyAdd(g, m, d);
            h = Vector.FusedMultiplyAdd(h, m, d);
            i = Vector.FusedMultiplyAdd(i, m, d);
            j = Vector.FusedMultiplyAdd(j, m, d);
            k = Vector.FusedMultiplyAdd(k, m, d);
            l = Vector.FusedMultiplyAdd(l, m, d);
            n = Vector.FusedMultiplyAdd(n, m, d);
        }
        return Vector.Sum(a + b + c + e + f + g + h + i + j + k + l + n);
    }
}
