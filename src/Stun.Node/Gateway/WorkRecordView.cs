using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>
/// What the network measured of a provider's work. Nothing here is the provider's word alone: times are between a lease
/// and its result by the scheduler's clock, and findings are the validators'.
/// </summary>
/// <param name="LastSeen">Now, of one that is there.</param>
/// <param name="WatchedFrom">Since when it is known whether it is there; null where that was never looked at.</param>
/// <param name="OnlinePpm">Of the time since then; null while there is none.</param>
/// <param name="Delivered">Attempts that came to a result, by which Delivery and Overhead are counted.</param>
/// <param name="Verified">Paid on a verdict that a cheat could have failed.</param>
/// <param name="Unchecked">Paid without anybody having looked.</param>
/// <param name="Disagreements">Not paid because others agreed on another result.</param>
/// <param name="ProgramFailures">
/// Of those that failed: as a program fails by itself (exit code, memory, time, disk, too many lines).
/// </param>
/// <param name="RunMicros">Run time that it is paid for: as its receipts state, and never more than was waited.</param>
/// <param name="Delivery">From lease to result.</param>
/// <param name="Overhead">What of that is in no receipt: the way there, images, inputs, the start, the way back.
/// </param>
/// <param name="Comparison">With others that ran the same tasks; null where nobody else did.</param>
public sealed record WorkRecordView(
    DateTimeOffset LastSeen, DateTimeOffset? WatchedFrom, uint? OnlinePpm, long Delivered, long Verified,
    long Unchecked, long Frauds, long Disagreements, long ProgramFailures, long RunMicros, WaitFigures Delivery,
    WaitFigures Overhead, ComparisonView? Comparison)
{
    public static WorkRecordView Of(StoredProvider provider, WorkRecord work, Instant now)
    {
        // Of several markets the one that saw most of it: in the others it may never have offered anything.
        var watches = provider.Watches.Where(watch => watch.From.Micros > 0).ToList();
        var share = watches.Max(watch => watch.SharePpm(now));
        return new WorkRecordView(
            WallTime.Time(provider.IsOnline ? now : provider.SinceAt),
            watches.Count == 0 ? null : WallTime.Time(watches.Min(watch => watch.From)), share,
            work[WorkWait.Delivery].Count, work[WorkTally.Verified], work[WorkTally.Unchecked],
            work[WorkTally.Frauds], work[WorkTally.Disagreements], work[WorkTally.ProgramFailures],
            work[WorkTime.Run].Micros, WaitFigures.Of(work[WorkWait.Delivery]),
            WaitFigures.Of(work[WorkWait.Overhead]), ComparisonView.Of(work));
    }
}

/// <summary>How long it took where others ran the same tasks and were paid as well.</summary>
/// <param name="Count">Results that could be compared.</param>
/// <param name="OthersMicros">Their mean for each, added up.</param>
/// <param name="TimePpm">Its time in parts per million of theirs: less than a million is faster.</param>
public sealed record ComparisonView(long Count, long OwnMicros, long OthersMicros, long TimePpm)
{
    public static ComparisonView? Of(WorkRecord work)
    {
        var (own, others) = (work[WorkTime.Compared].Micros, work[WorkTime.Others].Micros);
        return others <= 0 ? null : new ComparisonView(
            work[WorkTally.Compared], own, others, (long)Int128.Min((Int128)own * 1_000_000 / others, long.MaxValue));
    }
}
