using Stun.Engine.Scheduling;
using Stun.Engine.Verification;
using Stun.Node.Policies;

namespace Stun.Node.Storage;

/// <summary>
/// What becomes of each provider: whether it is there, what it runs and how that ended, what it earns, and what moves
/// its reputation.
/// </summary>
internal sealed class ProviderProjection(
    SqlText sql, string shard, TaskRows tasks, ProviderRows providers, StatisticsProjection statistics,
    NetworkTerms terms)
{
    private const string Fraud = "fraud", Disagreement = "disagreement", NoAnswer = "NoAnswer";

    /// <summary>As lines have it that are of no task.</summary>
    private readonly string nobody = default(TaskId).ToString();

    /// <summary>The last one that was bound by a commitment: the extension of its lease, in the same batch, says when.
    /// </summary>
    private AttemptId? committed;

    /// <param name="seq">Of the line that it may write: that of the task or the offer has another.</param>
    /// <param name="now">The latest time that is known, for events that carry none.</param>
    public void Apply(long seq, Instant now, SchedulerEvent happened)
    {
        switch (happened)
        {
            case SchedulerEvent.OfferHeard heard:
                MarkHeard(heard.Provider, heard.Offer, null);
                See(seq, now, heard.Provider);
                break;
            case SchedulerEvent.OfferPosted posted: See(seq, now, posted.Offer.Provider); break;
            case SchedulerEvent.OfferSilent silent:
                MarkHeard(silent.Provider, silent.Offer, silent.At);
                Miss(seq, now, silent.Provider);
                break;
            case SchedulerEvent.OfferWithdrawn withdrawn: Miss(seq, now, withdrawn.Provider); break;
            case SchedulerEvent.TaskPlaced placed:
                foreach (var lease in placed.Leases)
                    providers.Market(sql, lease.Provider).Attempts[(int)AttemptEnd.Running]++;
                break;
            case SchedulerEvent.ResultCommitted bound: committed = bound.Attempt; break;
            case SchedulerEvent.LeaseExtended extended when extended.Attempt == committed: Bind(extended); break;
            case SchedulerEvent.ResultRevealed revealed: Deliver(revealed); break;
            case SchedulerEvent.AttemptClosed closed: Close(now, closed); break;
            case SchedulerEvent.EscrowFollowed { Event: EscrowEvent.TaskSettled settled } followed:
                if (!tasks.Has(sql, tasks[settled.Settlement.Task])) break;
                CountFindings(settled.Verdict);
                TellCheats(seq, followed.At, settled);
                break;
        }
    }

    /// <summary>Of the one log that all shards follow, once.</summary>
    public void FollowOnce(Instant at, EscrowEvent happened)
    {
        if (happened is not EscrowEvent.TaskSettled settled) return;
        foreach (var finding in settled.Verdict.Findings)
        {
            var row = providers.Standing(sql, finding.Provider);
            var (record, move) = ReputationMoves.Follow(terms, row.Record, finding, at, settled);
            row.Record = record;
            if (move is null) continue;
            row.Moves.Insert(0, move);
            if (row.Moves.Count > ReputationMoves.Max) row.Moves.RemoveAt(ReputationMoves.Max);
        }
        foreach (var payout in settled.Settlement.Payouts)
        {
            var row = providers.Standing(sql, payout.Provider);
            row.Earned += payout.Amount;
            row.PayoutCount++;
            providers.Earn(sql, payout.Provider, at, payout.Amount);
        }
        foreach (var slashing in settled.Settlement.Slashings)
            providers.Standing(sql, slashing.Provider).Slashed += slashing.ToRequester + slashing.ToTreasury;
    }

    private void MarkHeard(Address provider, OfferId offer, Instant? silentAt) => sql.Execute(
        "UPDATE offers SET silent_at = @at WHERE shard = @shard AND provider = @provider AND id = @id",
        ("at", silentAt?.Micros), ("shard", shard), ("provider", provider.ToString()),
        ("id", SqlValue.Of(offer.Value)));

    private void See(long seq, Instant now, Address provider)
    {
        var row = providers.Market(sql, provider);
        if (row.IsOnline) return;
        if (row.FirstSeenAt.Micros == 0) (row.FirstSeenAt, row.WatchedFrom) = (now, now);
        (row.IsOnline, row.SinceAt) = (true, now);
        tasks.Line(nobody, seq, now, "provider-online", provider.ToString(), "");
    }

    private void Miss(long seq, Instant now, Address provider)
    {
        var row = providers.Market(sql, provider);
        if (!row.IsOnline) return;
        var left = sql.Long(
            """
            SELECT COUNT(*) FROM offers
            WHERE shard = @shard AND provider = @provider AND withdrawn_at IS NULL AND silent_at IS NULL
            """, ("shard", shard), ("provider", provider.ToString()));
        if (left > 0) return;
        row.Online += now - row.SinceAt;
        (row.IsOnline, row.SinceAt) = (false, now);
        tasks.Line(nobody, seq, now, "provider-offline", provider.ToString(), "");
    }

    private void Close(Instant now, SchedulerEvent.AttemptClosed closed)
    {
        if (End(closed.Attempt, closed.End) is not { } provider) return;
        if (closed.Failure is RunFailure.ExitCode or RunFailure.OutOfMemory or RunFailure.TimedOut
            or RunFailure.DiskFull or RunFailure.LogFlood)
            providers.Work(sql, provider).Count(WorkTally.ProgramFailures);
        if (closed.End != AttemptEnd.Refused) return;
        // What a provider says is its own words: only the names of rules are counted. Who said nothing refused, too.
        var rule = closed.Detail.Split(':')[0];
        var reason = PolicyRules.Names.Contains(rule) ? rule : closed.Refusal?.ToString() ?? NoAnswer;
        providers.Refuse(provider, reason, now);
    }

    private Address? End(AttemptId id, AttemptEnd end)
    {
        var attempt = tasks.Attempt(sql, id);
        if (attempt.Task is null) return null;
        var counts = providers.Market(sql, attempt.Provider).Attempts;
        counts[(int)attempt.End]--;
        counts[(int)end]++;
        attempt.End = end;
        return attempt.Provider;
    }

    /// <summary>
    /// From a commitment on a lease covers the wait for the others, which is nobody's time of work: the scheduler
    /// extends it from the moment of the commitment by one term.
    /// </summary>
    private void Bind(SchedulerEvent.LeaseExtended extended)
    {
        committed = null;
        if (tasks.Change(sql, extended.Attempt) is { } attempt)
            attempt.DeliveredAt ??= extended.ExpiresAt + (Duration.Zero - Limits.LeaseTerm);
    }

    private void Deliver(SchedulerEvent.ResultRevealed revealed)
    {
        if (End(revealed.Attempt, AttemptEnd.Finished) is not { } provider) return;
        var attempt = tasks.Change(sql, revealed.Attempt)!;
        attempt.DeliveredAt ??= revealed.At;
        if (Waited(attempt) is { } waited)
            providers.Work(sql, provider).Deliver(waited, revealed.Receipt.Receipt.RunTime);
    }

    private static Duration? Waited(AttemptRow attempt) =>
        attempt is { GrantedAt: { } from, DeliveredAt: { } until } && until >= from ? until - from : null;

    private void CountFindings(Verdict verdict)
    {
        var isChecked = verdict.CheatPassPpb < PassProbability.Certain;
        List<(Address Provider, Duration Waited)> paid = [];
        foreach (var finding in verdict.Findings)
        {
            if (finding.Judgement == Judgement.Unpaid) continue;
            providers.Work(sql, finding.Provider).Count(finding.Judgement == Judgement.Fraud ? WorkTally.Frauds
                : isChecked ? WorkTally.Verified : WorkTally.Unchecked);
            var attempt = tasks.Attempt(sql, finding.Attempt);
            if (finding.Judgement == Judgement.Paid && attempt.IsFirstOfGang && Waited(attempt) is { } waited)
                paid.Add((finding.Provider, waited));
        }
        foreach (var (provider, own) in paid)
        {
            var others = paid.FindAll(other => other.Provider != provider);
            if (others.Count == 0) continue;
            var mean = others.Sum(other => other.Waited.Micros) / others.Count;
            providers.Work(sql, provider).Compare(own, new Duration(mean));
        }
    }

    private void TellCheats(long seq, Instant at, EscrowEvent.TaskSettled settled)
    {
        var task = settled.Settlement.Task;
        List<StoredCheat> cheats = [];
        foreach (var finding in settled.Verdict.Findings)
            if (CheatOf(at, finding, settled) is { } cheat) cheats.Add(cheat);
        if (cheats.Count == 0) return;
        foreach (var cheat in cheats)
        {
            providers.Cheat(cheat);
            if (cheat.Kind == Disagreement) providers.Work(sql, cheat.Provider).Count(WorkTally.Disagreements);
        }
        statistics.Disagree(at, cheats.Count(cheat => cheat.Kind == Disagreement));
        var who = string.Join(' ', cheats.Select(cheat => cheat.Provider).Distinct());
        var what = string.Join(", ", cheats.Select(cheat => $"{cheat.Kind} of {cheat.Provider}"));
        tasks.Line(nobody, seq, at, "cheat-caught", who, $"task {task}: {what}");
    }

    private StoredCheat? CheatOf(Instant at, Finding finding, EscrowEvent.TaskSettled settled)
    {
        if (finding.Judgement == Judgement.Fraud)
        {
            var slashed = Amount.Zero;
            foreach (var slashing in settled.Settlement.Slashings)
                if (slashing.Attempt == finding.Attempt) slashed += slashing.ToRequester + slashing.ToTreasury;
            return Cheat(Fraud, "the validators' own run shows another result", slashed);
        }
        if (finding.Judgement != Judgement.Unpaid || settled.Verdict.Outcome != Outcome.Complete) return null;
        // Whoever delivered nothing, or what was accepted, is only not paid.
        var attempt = tasks.Attempt(sql, finding.Attempt);
        if (attempt.End != AttemptEnd.Finished || tasks.ResultOf(sql, attempt) is not { } result) return null;
        return result == settled.Verdict.Result ? null
            : Cheat(Disagreement, "others agreed on another result", Amount.Zero);

        StoredCheat Cheat(string kind, string reason, Amount slashed) => new(
            at, settled.Settlement.Task, finding.Attempt, finding.Provider, kind, reason, slashed);
    }
}
