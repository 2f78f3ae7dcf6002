using System.Numerics;

namespace Stun.Node.Storage;

/// <summary>
/// How long things took, counted in buckets of which four make an octave: whatever the size of a wait, a percentile is
/// off by a quarter of it at most, and the histograms of two spans of time are added by adding counts.
/// </summary>
public sealed class WaitHistogram
{
    /// <summary>Fifty days; what takes longer is counted with what takes so long.</summary>
    private const long MicrosMax = (1L << 42) - 1;

    private const int PerOctave = 4;
    internal const int BucketCount = 41 * PerOctave;
    private readonly long[] counts = new long[BucketCount];

    public long Count { get; private set; }

    /// <summary>Those that are not empty, the shortest waits first.</summary>
    public IEnumerable<(int Index, long Count)> Buckets =>
        counts.Index().Where(bucket => bucket.Item != 0).Select(bucket => (bucket.Index, bucket.Item));

    public void Add(Duration wait) => Add(IndexOf(wait.Micros), 1);

    public void Add(WaitHistogram other)
    {
        foreach (var (index, count) in other.Buckets) Add(index, count);
    }

    internal void Add(int index, long count)
    {
        counts[index] += count;
        Count += count;
    }

    /// <summary>So many thousandths of all took at most so long; null where there are none.</summary>
    public Duration? Percentile(int permille)
    {
        if (Count == 0) return null;
        var rank = Math.Max(1, (long)(((Int128)Count * permille + 999) / 1_000));
        foreach (var (index, count) in Buckets)
        {
            if (rank > count)
            {
                rank -= count;
                continue;
            }
            // As if those of one bucket were spread evenly over it.
            var (low, high) = (LowOf(index), LastOf(index));
            return new Duration(low + (long)((Int128)(high - low) * rank / count));
        }
        throw new InvariantException("the counts of the buckets add up to the count of all");
    }

    /// <summary>The longest wait, in microseconds, that is counted there.</summary>
    public static long LastOf(int index) => LowOf(index + 1) - 1;

    internal static int IndexOf(long micros)
    {
        var wait = Math.Clamp(micros, 0, MicrosMax);
        if (wait < PerOctave) return (int)wait;
        var octave = BitOperations.Log2((ulong)wait);
        return ((octave - 1) * PerOctave) + (int)((wait >> (octave - 2)) & (PerOctave - 1));
    }

    private static long LowOf(int index) => index < PerOctave
        ? index
        : (PerOctave + (long)(index % PerOctave)) << ((index / PerOctave) - 1);
}
