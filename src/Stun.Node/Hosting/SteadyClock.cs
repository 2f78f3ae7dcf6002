namespace Stun.Node.Hosting;

/// <summary>
/// The time that roles are told: the machine's, but never one that was there before. A clock that is set forward is
/// followed at once. One that is set back is waited for at seven eighths of the speed, so that alarms still ring and
/// leases still end.
/// </summary>
/// <remarks>
/// Without it a step of an hour back would leave every alarm an hour away, and the node would stand still for as long.
/// </remarks>
internal sealed class SteadyClock(TimeProvider time)
{
    private const int SlowedBy = 8;

    private readonly Lock gate = new();
    private long lastTicks = WallOf(time);
    private long lastStamp = time.GetTimestamp();

    public Instant Now
    {
        get
        {
            lock (gate)
            {
                var stamp = time.GetTimestamp();
                var passed = time.GetElapsedTime(lastStamp, stamp).Ticks;
                lastStamp = stamp;
                lastTicks = Math.Max(WallOf(time), lastTicks + passed - (passed / SlowedBy));
                return new Instant(lastTicks / TimeSpan.TicksPerMicrosecond);
            }
        }
    }

    private static long WallOf(TimeProvider time) => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks;
}
