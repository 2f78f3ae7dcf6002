using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>
/// Adds the figures of a window up, and gives the same answer for a moment: however many people look at once, the
/// database is asked once.
/// </summary>
internal sealed class StatisticsDesk(StatisticsQueries queries, bool hasChain, Func<Instant> now)
{
    private const int CheatsShown = 50;
    private static readonly Duration SameFor = Duration.Seconds(1);
    private readonly Lock gate = new();
    private readonly Dictionary<string, (Instant At, StatisticsView View)> answers = [];

    /// <param name="Bucket">Seconds that are shown as one; whole steps of what is kept.</param>
    private sealed record Window(string Name, long Step, long Bucket, int Count);

    private static readonly IReadOnlyList<Window> Windows =
    [
        new("1h", StatisticsRows.Minute, 60, 60), new("6h", StatisticsRows.Minute, 300, 72),
        new("24h", StatisticsRows.Minute, 900, 96), new("7d", StatisticsRows.Hour, 7_200, 84),
        new("30d", StatisticsRows.Hour, 21_600, 120),
    ];

    public static string Names => string.Join(", ", Windows.Select(window => window.Name));

    /// <summary>Null for a window that there is not.</summary>
    public StatisticsView? Find(string name)
    {
        if (Windows.FirstOrDefault(window => window.Name == name) is not { } window) return null;
        lock (gate)
        {
            var at = now();
            if (answers.TryGetValue(name, out var known) && at - known.At < SameFor && at >= known.At)
                return known.View;
            var view = Add(window, at);
            answers[name] = (at, view);
            return view;
        }
    }

    private StatisticsView Add(Window window, Instant at)
    {
        var seconds = at.Micros / 1_000_000;
        var last = seconds - (seconds % window.Bucket);
        var first = last - ((window.Count - 1) * window.Bucket);
        var buckets = new StatisticsCell[window.Count];
        for (var index = 0; index < buckets.Length; index++) buckets[index] = new StatisticsCell();
        var sum = new StatisticsCell();
        foreach (var (begin, cell) in queries.Cells(window.Step, first, last + window.Bucket))
        {
            buckets[(begin - first) / window.Bucket].Add(cell);
            sum.Add(cell);
        }
        var ever = queries.AllTime();
        var supply = queries.Regions();
        var (online, known) = queries.ProviderCounts();
        var ended = sum[Tally.Complete] + sum[Tally.Failed];
        return new StatisticsView(
            window.Name, DateTimeOffset.FromUnixTimeSeconds(first), WallTime.Time(at), window.Bucket,
            [.. buckets.Select((cell, index) => StatisticsBucket.Of(first + (index * window.Bucket), cell))],
            TasksOf(sum, ever), ended == 0 ? null : sum[Tally.Complete] * 1_000_000 / ended,
            new LatencyFigures(
                WaitFigures.Of(sum[Wait.Queue]), WaitFigures.Of(sum[Wait.Run]),
                WaitFigures.Of(sum[Wait.Verification]), WaitFigures.Of(sum[Wait.Total])),
            VerificationOf(sum),
            [.. queries.Cheats(new Instant(first * 1_000_000), CheatsShown).Select(CheatView.Of)],
            EscrowOf(sum, ever), hasChain ? GasOf(first) : null,
            new ProviderFigures(online, known, [.. supply.Select(RegionFigures.Of)]),
            supply.Sum(region => region.Offers));
    }

    private static TaskFigures TasksOf(StatisticsCell sum, StatisticsCell ever) => new(
        sum[Tally.Submitted], sum[Tally.Complete], sum[Tally.Failed], sum[Tally.Cancelled], sum[Tally.Refused],
        sum[Tally.Attempts],
        ever[Tally.Submitted] - ever[Tally.Complete] - ever[Tally.Failed] - ever[Tally.Cancelled]
            - ever[Tally.Refused]);

    private static VerificationFigures VerificationOf(StatisticsCell sum) => new(
        sum[Tally.VerdictComplete], sum[Tally.VerdictFailed], sum[Tally.VerdictCancelled], sum[Tally.FindingPaid],
        sum[Tally.FindingUnpaid], sum[Tally.FindingFraud], sum[Tally.Disagreements], sum[Tally.Disputes]);

    private static EscrowFigures EscrowOf(StatisticsCell sum, StatisticsCell ever) => new(
        (ever[Coins.Held] - Amount.Min(ever[Coins.Held], ever[Coins.Released])).ToString(), sum[Coins.Paid].ToString(),
        sum[Coins.Fees].ToString(), sum[Coins.Creators].ToString(), sum[Coins.Refunded].ToString(),
        sum[Coins.Slashed].ToString());

    private GasFigures GasOf(long from)
    {
        var spent = queries.Gas(from);
        return new GasFigures(spent.Batches, spent.Tasks, spent.Gas,
            spent.Batches == 0 ? null : spent.Gas / spent.Batches, spent.Tasks == 0 ? null : spent.Gas / spent.Tasks);
    }
}
