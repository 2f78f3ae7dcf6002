namespace Stun.Node;

/// <summary>Between the protocol's time and the framework's.</summary>
public static class WallTime
{
    public static Instant Now(TimeProvider clock) => At(clock.GetUtcNow());

    public static Instant At(DateTimeOffset at) =>
        new((at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);

    /// <summary>What does not fit into a calendar is shown as its first or last day.</summary>
    public static DateTimeOffset Time(Instant at)
    {
        var (least, most) = (At(DateTimeOffset.MinValue).Micros, At(DateTimeOffset.MaxValue).Micros);
        return DateTimeOffset.UnixEpoch.AddTicks(Math.Clamp(at.Micros, least, most) * TimeSpan.TicksPerMicrosecond);
    }

    public static DateTimeOffset? TimeOrNull(Instant? at) => at is { } instant ? Time(instant) : null;
}
