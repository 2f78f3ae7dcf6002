using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>Why a task is where it is.</summary>
/// <param name="Sentences">The same for people, one sentence each.</param>
/// <param name="Placements">Whom the scheduler chose from, each time that it chose; the oldest first.</param>
public sealed record WhyView(
    string Task, string State, string? Reason, IReadOnlyList<string> Sentences,
    IReadOnlyList<PlacementView> Placements, IReadOnlyList<AttemptView> Attempts, IReadOnlyList<RefusalCount> Refusals,
    IReadOnlyList<HistoryView> History, VerdictView? Verdict, SettlementView? Settlement)
{
    /// <summary>In which batch its money went to the chain; null before that, or where there is none.</summary>
    public MoneyTrailView? Batch { get; init; }

    public static WhyView Of(
        StoredTask task, IReadOnlyList<StoredPlacement> placements, IReadOnlyList<StoredAttempt> attempts,
        IReadOnlyList<HistoryLine> history, StoredVerdict? verdict, StoredSettlement? settlement)
    {
        List<PlacementView> placed = [.. placements.Select(each => PlacementView.Of(each, attempts))];
        var refusals = attempts.Where(attempt => attempt.End == nameof(AttemptEnd.Refused))
            .GroupBy(attempt => attempt.Detail ?? attempt.End!, StringComparer.Ordinal)
            .Select(group => new RefusalCount(group.Key, group.Count()))
            .OrderByDescending(count => count.Count).ThenBy(count => count.Reason, StringComparer.Ordinal).ToList();
        return new WhyView(
            task.Id.ToString(), task.State, task.Reason, Say(task, placed, attempts, verdict, settlement), placed,
            [.. attempts.Select(AttemptView.Of)], refusals, [.. history.Select(HistoryView.Of)],
            VerdictView.Of(verdict), SettlementView.Of(settlement));
    }

    private static List<string> Say(
        StoredTask task, List<PlacementView> placed, IReadOnlyList<StoredAttempt> attempts, StoredVerdict? verdict,
        StoredSettlement? settlement)
    {
        List<string> lines =
        [
            $"Task {task.Id} is {task.State}" + (task.Reason is { } why and not "None" ? $": {why}." : "."),
            attempts.Count == 0
                ? "No provider was asked to run it."
                : $"{attempts.Count} attempts were placed with "
                    + $"{attempts.Select(attempt => attempt.Provider).Distinct().Count()} providers.",
        ];
        foreach (var placement in placed) lines.Add(placement.Say());
        foreach (var attempt in attempts) lines.Add(Say(attempt));
        if (verdict?.Verdict is { } signed)
        {
            lines.Add($"In round {verdict.Round} {signed.Signatures.Count} validators found it "
                + $"{signed.Verdict.Outcome}.");
            foreach (var finding in signed.Verdict.Findings.Span)
                lines.Add($"{finding.Attempt} of {finding.Provider} is {finding.Judgement} with {finding.Pay}.");
        }
        if (settlement is { } paid)
            lines.Add($"{paid.Held} were held; {paid.Refund} went back, {paid.Treasury} to the treasury and "
                + $"{paid.Creator} to the creator of the model.");
        return lines;
    }

    private static string Say(StoredAttempt attempt) => attempt.End switch
    {
        null => $"{attempt.Id} runs at {attempt.Provider} since {WallTime.Time(attempt.GrantedAt):u}.",
        nameof(AttemptEnd.Finished) =>
            $"{attempt.Id} at {attempt.Provider} delivered a result after {(attempt.RunTime?.Micros ?? 0) / 1_000} ms.",
        _ => $"{attempt.Id} at {attempt.Provider} ended as {attempt.Detail ?? attempt.End}.",
    };
}

public sealed record RefusalCount(string Reason, int Count);

public sealed record AttemptView(
    string Id, string Provider, string Offer, int Replica, int Rank, DateTimeOffset GrantedAt, DateTimeOffset? ClosedAt,
    string? End, string? Failure, string? Refusal, string? Detail, string PriceCap, string? Paid, long? RunTimeMicros,
    string? Result)
{
    public static AttemptView Of(StoredAttempt attempt) => new(
        attempt.Id.ToString(), attempt.Provider.ToString(), attempt.Offer.ToString(), attempt.Replica, attempt.Rank,
        WallTime.Time(attempt.GrantedAt), WallTime.TimeOrNull(attempt.ClosedAt), attempt.End, attempt.Failure,
        attempt.End == nameof(AttemptEnd.Refused) ? attempt.Detail : null, attempt.Detail, attempt.PriceCap.ToString(),
        attempt.Paid?.ToString(), attempt.RunTime?.Micros,
        attempt.Receipt is { } receipt ? "sha256:" + receipt.Receipt.Result : null);
}

public sealed record HistoryView(DateTimeOffset At, string Kind, string About, string Detail)
{
    public static HistoryView Of(HistoryLine line) =>
        new(WallTime.Time(line.At), line.Kind, line.About, line.Detail);
}

public sealed record VerdictView(
    int Round, string Outcome, string? Result, uint CheatPassPpb, IReadOnlyList<FindingView> Findings,
    DateTimeOffset? PostedAt, DateTimeOffset? PayableAt)
{
    public static VerdictView? Of(StoredVerdict? stored) => stored?.Verdict is not { Verdict: var verdict }
        ? null
        : new VerdictView(
            verdict.Round, verdict.Outcome.ToString(), verdict.Result.IsZero ? null : "sha256:" + verdict.Result,
            verdict.CheatPassPpb, [.. verdict.Findings.Span.ToArray().Select(FindingView.Of)],
            WallTime.TimeOrNull(stored.PostedAt), WallTime.TimeOrNull(stored.PayableAt));
}

public sealed record FindingView(string Attempt, string Provider, string Judgement, string Pay)
{
    public static FindingView Of(Finding finding) => new(
        finding.Attempt.ToString(), finding.Provider.ToString(), finding.Judgement.ToString(), finding.Pay.ToString());
}

/// <param name="Payouts">Empty where the hold expired and all was given back.</param>
public sealed record SettlementView(
    DateTimeOffset At, string Held, string Refund, string Treasury, string Creator, IReadOnlyList<PayoutView> Payouts,
    IReadOnlyList<PayoutView> Slashings)
{
    public static SettlementView? Of(StoredSettlement? stored) => stored is null
        ? null
        : new SettlementView(
            WallTime.Time(stored.At), stored.Held.ToString(), stored.Refund.ToString(), stored.Treasury.ToString(),
            stored.Creator.ToString(),
            [.. (stored.Settlement?.Payouts ?? []).Span.ToArray().Select(paid =>
                new PayoutView(paid.Attempt.ToString(), paid.Provider.ToString(), paid.Amount.ToString()))],
            [.. (stored.Settlement?.Slashings ?? []).Span.ToArray().Select(slashed => new PayoutView(
                slashed.Attempt.ToString(), slashed.Provider.ToString(),
                (slashed.ToRequester + slashed.ToTreasury).ToString()))]);
}

/// <param name="State">cut, posted, settled or voided.</param>
/// <param name="PostedIn">The transaction, as far as this node has seen it.</param>
public sealed record MoneyTrailView(string Number, string State, string Root, string? PostedIn, string? SettledIn);

public sealed record PayoutView(string Attempt, string Provider, string Amount);
