using Stun.Engine.Scheduling;

namespace Stun.Node.Storage;

/// <summary>
/// Counts what happens, as it happens: what is asked for later is added up from minutes, and nobody goes through all
/// tasks for it.
/// </summary>
internal sealed class StatisticsProjection(SqlText sql, string shard, TaskRows tasks, StatisticsRows statistics)
{
    /// <param name="now">The latest time that is known, for events that carry none.</param>
    public void Apply(Instant now, SchedulerEvent happened)
    {
        switch (happened)
        {
            case SchedulerEvent.OrderReceived received:
                At(received.At).Count(Tally.Submitted);
                tasks[received.Task].ReceivedAt = received.At;
                break;
            case SchedulerEvent.OrderDropped: At(now).Count(Tally.Refused); break;
            case SchedulerEvent.TaskQueued queued: tasks[queued.Task].WaitsFrom = queued.At; break;
            case SchedulerEvent.ReplicaAdded added: tasks[added.Task].WaitsFrom = added.At; break;
            case SchedulerEvent.TaskPlaced { Leases.Count: > 0 } placed: Place(placed); break;
            case SchedulerEvent.ResultRevealed revealed: Reveal(revealed); break;
            case SchedulerEvent.EscrowFollowed { Event: EscrowEvent.VerdictPosted posted } followed:
                Post(followed.At, posted.Verdict);
                break;
            case SchedulerEvent.TaskEnded ended: End(ended); break;
        }
    }

    /// <summary>Of the one log that all shards follow, once.</summary>
    public void FollowOnce(Instant at, EscrowEvent happened)
    {
        switch (happened)
        {
            case EscrowEvent.FundsHeld held: Network(at).Add(Coins.Held, held.Amount); break;
            case EscrowEvent.DisputeOpened: Network(at).Count(Tally.Disputes); break;
            case EscrowEvent.HoldExpired expired:
                Network(at).Add(Coins.Released, expired.Refund);
                Network(at).Add(Coins.Refunded, expired.Refund);
                break;
            case EscrowEvent.TaskSettled settled: Settle(Network(at), settled); break;
        }
    }

    public void Disagree(Instant at, int count)
    {
        if (count > 0) At(at).Count(Tally.Disagreements, count);
    }

    private StatisticsMoment At(Instant at) => statistics.At(sql, shard, at);

    private StatisticsMoment Network(Instant at) => statistics.At(sql, StatisticsRows.OfNetwork, at);

    private void Place(SchedulerEvent.TaskPlaced placed)
    {
        var at = placed.Leases[0].GrantedAt;
        At(at).Count(Tally.Attempts, placed.Leases.Count);
        var task = tasks[placed.Task];
        if ((task.WaitsFrom ?? tasks.ReadTimes(sql, task).WaitsFrom) is { } from) At(at).Add(Wait.Queue, at - from);
    }

    private void Reveal(SchedulerEvent.ResultRevealed revealed)
    {
        At(revealed.At).Add(Wait.Run, revealed.Receipt.Receipt.RunTime);
        if (tasks.Attempt(sql, revealed.Attempt).Task is { } task) task.DeliveredAt = revealed.At;
    }

    private void Post(Instant at, Verdict verdict)
    {
        var task = tasks[verdict.Task];
        if (verdict.Round != 0 || !tasks.Has(sql, task)) return;
        if ((task.DeliveredAt ?? tasks.ReadTimes(sql, task).DeliveredAt) is { } delivered)
            At(at).Add(Wait.Verification, at - delivered);
    }

    private void End(SchedulerEvent.TaskEnded ended)
    {
        var moment = At(ended.At);
        moment.Count(ended.State switch
        {
            FinalState.Complete => Tally.Complete,
            FinalState.Cancelled => Tally.Cancelled,
            _ => Tally.Failed,
        });
        if (ended.State != FinalState.Complete) return;
        var task = tasks[ended.Task];
        if ((task.ReceivedAt ?? tasks.ReadTimes(sql, task).ReceivedAt) is { } received)
            moment.Add(Wait.Total, ended.At - received);
    }

    private static void Settle(StatisticsMoment moment, EscrowEvent.TaskSettled settled)
    {
        var settlement = settled.Settlement;
        moment.Add(Coins.Released, settlement.Held);
        moment.Add(Coins.Fees, settlement.Treasury);
        moment.Add(Coins.Creators, settlement.Creator);
        moment.Add(Coins.Refunded, settlement.Refund);
        foreach (var payout in settlement.Payouts) moment.Add(Coins.Paid, payout.Amount);
        foreach (var slashing in settlement.Slashings)
            moment.Add(Coins.Slashed, slashing.ToRequester + slashing.ToTreasury);
        moment.Count(settled.Verdict.Outcome switch
        {
            Outcome.Complete => Tally.VerdictComplete,
            Outcome.Cancelled => Tally.VerdictCancelled,
            _ => Tally.VerdictFailed,
        });
        foreach (var finding in settled.Verdict.Findings)
            moment.Count(finding.Judgement switch
            {
                Judgement.Paid => Tally.FindingPaid,
                Judgement.Fraud => Tally.FindingFraud,
                _ => Tally.FindingUnpaid,
            });
    }
}
