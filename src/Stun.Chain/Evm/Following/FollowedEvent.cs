using Stun.Chain.Evm.Rpc;

namespace Stun.Chain.Evm.Following;

/// <summary>What a follower tells, in order.</summary>
/// <param name="Cursor">From here it goes on with what comes next.</param>
public abstract record FollowedEvent(LogCursor Cursor)
{
    /// <summary>A log is there.</summary>
    public sealed record Seen(EvmLog Log, LogCursor Cursor) : FollowedEvent(Cursor);

    /// <summary>
    /// A log that was seen is not in the chain any more; the last one seen comes first. Only the provisional stream
    /// says so.
    /// </summary>
    public sealed record Retracted(EvmLog Log, LogCursor Cursor) : FollowedEvent(Cursor);

    /// <summary>Up to here everything is told and final, so that a caller can keep the place.</summary>
    public sealed record Reached(LogCursor Cursor) : FollowedEvent(Cursor);
}
