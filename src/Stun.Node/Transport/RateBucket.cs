namespace Stun.Node.Transport;

/// <summary>
/// So many posts a second, with a store for bursts. Whoever is faster is read more slowly, and loses nothing.
/// </summary>
/// <remarks>For one reader at a time; two links of one peer overlap for a moment at most.</remarks>
internal sealed class RateBucket(int perSecond, int burst, TimeProvider time)
{
    private double tokens = burst;
    private long filledAt = time.GetTimestamp();

    /// <summary>How long to wait before the post that was just counted may be handed on.</summary>
    public TimeSpan Take()
    {
        var now = time.GetTimestamp();
        tokens = Math.Min(burst, tokens + (time.GetElapsedTime(filledAt, now).TotalSeconds * perSecond));
        filledAt = now;
        tokens--;
        return tokens >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-tokens / perSecond);
    }
}
