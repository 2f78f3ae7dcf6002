using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>What the network does, over a span of time.</summary>
/// <param name="SuccessPpm">Of the tasks that ended and were not cancelled; null where none did.</param>
/// <param name="Gas">Null where no chain keeps the money.</param>
/// <param name="Offers">Of providers that are there.</param>
public sealed record StatisticsView(
    string Window, DateTimeOffset Since, DateTimeOffset Until, long BucketSeconds,
    IReadOnlyList<StatisticsBucket> Series, TaskFigures Tasks, long? SuccessPpm, LatencyFigures Latency,
    VerificationFigures Verification, IReadOnlyList<CheatView> Cheats, EscrowFigures Escrow, GasFigures? Gas,
    ProviderFigures Providers, long Offers);

/// <param name="Cheats">Frauds and disagreements.</param>
/// <param name="Paid">To providers.</param>
public sealed record StatisticsBucket(
    DateTimeOffset At, long Submitted, long Complete, long Failed, long Cancelled, long Refused, long Attempts,
    long Cheats, string Paid)
{
    public static StatisticsBucket Of(long at, StatisticsCell cell) => new(
        DateTimeOffset.FromUnixTimeSeconds(at), cell[Tally.Submitted], cell[Tally.Complete], cell[Tally.Failed],
        cell[Tally.Cancelled], cell[Tally.Refused], cell[Tally.Attempts],
        cell[Tally.FindingFraud] + cell[Tally.Disagreements], cell[Coins.Paid].ToString());
}

/// <param name="UnderWay">Now; the others are of the window.</param>
public sealed record TaskFigures(
    long Submitted, long Complete, long Failed, long Cancelled, long Refused, long Attempts, long UnderWay);

/// <param name="Queue">From the queue to a lease.</param>
/// <param name="Run">Of the program, as receipts have it.</param>
/// <param name="Verification">From the last result until its first verdict was posted.</param>
/// <param name="Total">From the order until a complete task was paid.</param>
public sealed record LatencyFigures(WaitFigures Queue, WaitFigures Run, WaitFigures Verification, WaitFigures Total);

/// <param name="Buckets">Those that are not empty, the shortest first.</param>
public sealed record WaitFigures(
    long Count, long? P50Micros, long? P95Micros, long? P99Micros, IReadOnlyList<WaitBucket> Buckets)
{
    public static WaitFigures Of(WaitHistogram waits) => new(
        waits.Count, waits.Percentile(500)?.Micros, waits.Percentile(950)?.Micros, waits.Percentile(990)?.Micros,
        [.. waits.Buckets.Select(bucket => new WaitBucket(WaitHistogram.LastOf(bucket.Index), bucket.Count))]);
}

/// <param name="UpToMicros">The longest wait that is counted here.</param>
public sealed record WaitBucket(long UpToMicros, long Count);

/// <param name="Complete">Verdicts by what they say, when they were paid.</param>
/// <param name="Paid">Findings about single attempts.</param>
/// <param name="Disagreements">Unpaid because others agreed on another result.</param>
public sealed record VerificationFigures(
    long Complete, long Failed, long Cancelled, long Paid, long Unpaid, long Fraud, long Disagreements, long Disputes);

/// <param name="Kind">fraud: proven by the validators' own run; disagreement: others agreed on another result.</param>
public sealed record CheatView(
    DateTimeOffset At, string Task, string Attempt, string Provider, string Kind, string Reason, string Slashed)
{
    public static CheatView Of(StoredCheat cheat) => new(
        WallTime.Time(cheat.At), cheat.Task.ToString(), cheat.Attempt.ToString(), cheat.Provider.ToString(),
        cheat.Kind, cheat.Reason, cheat.Slashed.ToString());
}

/// <param name="Held">For tasks, now; the others are of the window.</param>
public sealed record EscrowFigures(
    string Held, string Paid, string Fees, string Creators, string Refunded, string Slashed);

/// <summary>What batches cost on the chain, in the window.</summary>
/// <param name="Tasks">In those batches.</param>
public sealed record GasFigures(long Batches, long Tasks, long Gas, long? GasPerBatch, long? GasPerTask);

/// <param name="Known">That ever offered something.</param>
public sealed record ProviderFigures(long Online, long Known, IReadOnlyList<RegionFigures> Regions);

public sealed record RegionFigures(string Region, long Online, long Offers, string PriceMin, string PriceMax)
{
    public static RegionFigures Of(RegionSupply supply) => new(
        supply.Region, supply.Online, supply.Offers, supply.PriceMin.ToString(), supply.PriceMax.ToString());
}
