using System.Collections.Concurrent;

namespace Stun.Node.Gateway;

/// <param name="Burst">So many at once after a pause.</param>
public sealed record Rate(int PerSecond, int Burst);

/// <summary>
/// How often each of many may come. A bucket is one number: when it would be full again (the generic cell rate
/// algorithm), so that taking from it needs no lock and leaves nothing to collect.
/// </summary>
public sealed class RateLimits<TKey>(Rate rate, TimeProvider clock)
    where TKey : notnull
{
    /// <summary>Some 100 bytes each. Whoever could open more could as well wait for a bucket to fill.</summary>
    private const int BucketsMax = 100_000;

    private readonly ConcurrentDictionary<TKey, Bucket> buckets = new();
    private readonly long step = Math.Max(1, TimeSpan.TicksPerSecond / rate.PerSecond);
    private readonly string[] numbers = [.. Enumerable.Range(0, Math.Min(rate.Burst, 100_000) + 1).Select(n => $"{n}")];

    private sealed class Bucket
    {
        public long FullAt;
    }

    public int Count => buckets.Count;

    /// <summary>As text, for a header.</summary>
    public string Limit => numbers[^1];

    /// <summary>Takes one.</summary>
    /// <param name="left">How many could follow at once.</param>
    /// <returns>How long to wait when there is none; else zero.</returns>
    public TimeSpan Take(TKey key, out int left)
    {
        var now = clock.GetUtcNow().Ticks;
        var bucket = buckets.TryGetValue(key, out var known) ? known : Open(key, now);
        while (true)
        {
            var before = FullAt(bucket, now);
            var after = Math.Max(before, now) + step;
            var late = after - now - (step * rate.Burst);
            if (late > 0)
            {
                left = 0;
                return TimeSpan.FromTicks(late);
            }
            left = (int)(-late / step);
            if (Interlocked.CompareExchange(ref bucket.FullAt, after, before) == before) return TimeSpan.Zero;
        }
    }

    /// <summary>Whether one could be taken; takes none.</summary>
    public TimeSpan Look(TKey key)
    {
        if (!buckets.TryGetValue(key, out var bucket)) return TimeSpan.Zero;
        var now = clock.GetUtcNow().Ticks;
        var late = Math.Max(FullAt(bucket, now), now) + step - now - (step * rate.Burst);
        return late > 0 ? TimeSpan.FromTicks(late) : TimeSpan.Zero;
    }

    /// <summary>A number as text without making one.</summary>
    public string Text(int left) => numbers[Math.Clamp(left, 0, numbers.Length - 1)];

    /// <summary>
    /// No bucket is emptier than empty: one that seems so was filled by a clock that has been set back since, and
    /// would keep everybody out for as long as it was set back.
    /// </summary>
    private long FullAt(Bucket bucket, long now)
    {
        var latest = now + (step * rate.Burst);
        while (true)
        {
            var fullAt = Volatile.Read(ref bucket.FullAt);
            if (fullAt <= latest) return fullAt;
            // Kept, so that it fills up from now on.
            Interlocked.CompareExchange(ref bucket.FullAt, latest, fullAt);
        }
    }

    private Bucket Open(TKey key, long now)
    {
        if (buckets.Count >= BucketsMax)
        {
            // A full bucket is the same as none.
            foreach (var (old, bucket) in buckets)
                if (Volatile.Read(ref bucket.FullAt) <= now) buckets.TryRemove(old, out _);
            if (buckets.Count >= BucketsMax) buckets.Clear();
        }
        return buckets.GetOrAdd(key, _ => new Bucket());
    }
}
