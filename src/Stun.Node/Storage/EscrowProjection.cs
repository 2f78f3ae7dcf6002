using Stun.Engine.Scheduling;

namespace Stun.Node.Storage;

/// <summary>
/// Balances, verdicts on their way and settlements, from the escrow's log. All shards follow one log, so of each entry
/// the balances are changed once, by whoever comes to it first.
/// </summary>
internal sealed class EscrowProjection(
    SqlText sql, TaskRows tasks, AccountRows accounts, NetworkTerms terms, ulong next)
{
    /// <summary>Is told each entry of the log once, by whichever shard comes to it first.</summary>
    public event Action<Instant, EscrowEvent> FollowedOnce = (_, _) => { };

    /// <summary>The first entry of the log that has not changed the balances yet.</summary>
    public ulong Next { get; private set; } = next;

    /// <returns>What there is to say about a task; null if nothing.</returns>
    public TaskLine? Follow(SchedulerEvent.EscrowFollowed followed)
    {
        if (Next <= followed.Index)
        {
            Account(followed.Index, followed.Event);
            BatchRows.Follow(sql, followed.At, followed.Event);
            FollowedOnce(followed.At, followed.Event);
            Next = followed.Index + 1;
        }
        return followed.Event switch
        {
            EscrowEvent.FundsHeld held => new TaskLine(held.Task, "held", "", $"{held.Amount} is held for it"),
            EscrowEvent.HoldRefused refused =>
                new TaskLine(refused.Task, "hold-refused", "", refused.Reason.ToString()),
            EscrowEvent.VerdictPosted posted => Post(followed.At, posted),
            EscrowEvent.DisputeOpened dispute =>
                new TaskLine(dispute.Task, "disputed", dispute.By.ToString(),
                    $"round {dispute.Round} is to judge again"),
            EscrowEvent.TaskSettled settled => Settle(followed.At, settled),
            EscrowEvent.HoldExpired expired => Expire(followed.At, expired),
            _ => null,
        };
    }

    private TaskLine Post(Instant at, EscrowEvent.VerdictPosted posted)
    {
        var task = tasks[posted.Verdict.Task];
        if (tasks.Has(sql, task))
        {
            var row = tasks.Verdict(task, posted.Verdict.Round);
            (row.PostedAt, row.PayableAt) = (at.Micros, posted.PayableAt.Micros);
            if (task.State is "judging" or "posting") tasks.Change(task.Id).State = "pending";
        }
        return new TaskLine(posted.Verdict.Task, "posted", $"round {posted.Verdict.Round}",
            $"payable at {posted.PayableAt} unless somebody disputes");
    }

    private TaskLine Settle(Instant at, EscrowEvent.TaskSettled settled)
    {
        var settlement = settled.Settlement;
        Settled(at, settlement.Task, ProtocolWire.Encode(settlement),
            settlement.Held, settlement.Refund, settlement.Treasury, settlement.Creator);
        foreach (var payout in settlement.Payouts)
            if (tasks.Attempt(sql, payout.Attempt).Task?.Id == settlement.Task)
                tasks.Change(sql, payout.Attempt)!.Paid = payout.Amount;
        var slashed = settlement.Slashings.Count == 0 ? "" : $", {settlement.Slashings.Count} slashed";
        return new TaskLine(settlement.Task, "settled", "",
            $"of {settlement.Held}: {settlement.Refund} given back, {settlement.Treasury} to the treasury, "
            + $"{settlement.Payouts.Count} paid{slashed}");
    }

    private TaskLine Expire(Instant at, EscrowEvent.HoldExpired expired)
    {
        Settled(at, expired.Task, null, expired.Refund, expired.Refund, Amount.Zero, Amount.Zero);
        return new TaskLine(expired.Task, "hold-expired", "", $"{expired.Refund} given back");
    }

    private void Settled(
        Instant at, TaskId id, byte[]? settlement, Amount held, Amount refund, Amount treasury, Amount creator)
    {
        var task = tasks[id];
        if (tasks.Has(sql, task)) tasks.Settle(task, at, settlement, held, refund, treasury, creator);
    }

    private void Account(ulong index, EscrowEvent happened)
    {
        switch (happened)
        {
            case EscrowEvent.Deposited deposited: Change(deposited.Owner, plus: deposited.Amount); break;
            case EscrowEvent.Withdrawn withdrawn: Change(withdrawn.Owner, minus: withdrawn.Amount); break;
            case EscrowEvent.TakenOut taken: Change(taken.Owner, minus: taken.Amount); break;
            case EscrowEvent.StakeChanged changed: Stake(index, changed); break;
            case EscrowEvent.SlashedAlone slashed: SlashAlone(slashed); break;
            case EscrowEvent.FundsHeld held: Hold(held); break;
            case EscrowEvent.VerdictPosted posted:
                if (accounts.ChangeHold(sql, posted.Verdict.Task) is { } judged) judged.Verdict = posted.Verdict;
                break;
            case EscrowEvent.DisputeOpened dispute:
                Change(dispute.By, minus: BondOfDispute);
                if (accounts.ChangeHold(sql, dispute.Task) is { } disputed) disputed.DisputedBy = dispute.By;
                break;
            case EscrowEvent.TaskSettled settled: Pay(index, settled); break;
            case EscrowEvent.HoldExpired expired:
                Release(expired.Task);
                break;
        }
    }

    /// <summary>
    /// The log tells a stake as it now is, not why. More of it came out of the balance. Less of it is on its way out,
    /// or slashed: then the settlement that follows takes it from there. The same means that what was on its way out is
    /// free, or that a slash took only of that: which of the two, the next entries tell.
    /// </summary>
    private void Stake(ulong index, EscrowEvent.StakeChanged changed)
    {
        var account = accounts.Find(sql, changed.Provider);
        if (changed.Stake == account.Stake && account.Unbonding.IsZero) return;
        accounts.Change(sql, changed.Provider);
        if (changed.Stake > account.Stake) account.Balance -= changed.Stake - account.Stake;
        else if (changed.Stake < account.Stake) account.Unbonding += account.Stake - changed.Stake;
        else
        {
            (account.Freed, account.FreedIndex) = (account.Unbonding, checked((long)index));
            account.Balance += account.Unbonding;
            account.Unbonding = Amount.Zero;
        }
        account.Stake = changed.Stake;
    }

    /// <summary>
    /// The entries just before a settlement, one for each of its slashes, are theirs: what was taken there for a stake
    /// set free was not.
    /// </summary>
    private void Slash(ulong index, Settlement settlement)
    {
        var first = checked((long)index) - settlement.Slashings.Count;
        foreach (var slashing in settlement.Slashings)
        {
            var account = accounts.Change(sql, slashing.Provider);
            var freed = account.FreedIndex >= first ? account.Freed!.Value : Amount.Zero;
            account.Balance -= freed;
            account.Unbonding = account.Unbonding + freed - slashing.ToRequester - slashing.ToTreasury;
            (account.Freed, account.FreedIndex) = (null, null);
            Change(settlement.Requester, plus: slashing.ToRequester);
            Change(terms.Treasury, plus: slashing.ToTreasury);
        }
    }

    private void SlashAlone(EscrowEvent.SlashedAlone slashed)
    {
        var account = accounts.Change(sql, slashed.Provider);
        account.Unbonding -= slashed.FromUnbonding;
        account.Stake = slashed.Stake;
    }

    private void Hold(EscrowEvent.FundsHeld held)
    {
        var account = accounts.Change(sql, held.Requester);
        account.Balance -= held.Amount;
        account.Held += held.Amount;
        accounts.Hold(held.Task, held.Requester, held.Amount);
    }

    private void Pay(ulong index, EscrowEvent.TaskSettled settled)
    {
        var settlement = settled.Settlement;
        GiveBond(settled);
        // All of it back to its owner first, then from there to those who get a part.
        Release(settlement.Task);
        Change(settlement.Requester, minus: settlement.Held - settlement.Refund);
        foreach (var payout in settlement.Payouts) Change(payout.Provider, plus: payout.Amount);
        Change(terms.Treasury, plus: settlement.Treasury);
        Change(settlement.ModelCreator, plus: settlement.Creator);
        Slash(index, settlement);
    }

    /// <summary>
    /// As the escrow does: who disputed gets the bond back if the verdict changed, or if nobody judged again in time.
    /// </summary>
    private void GiveBond(EscrowEvent.TaskSettled settled)
    {
        if (accounts.FindHold(sql, settled.Verdict.Task) is not { DisputedBy: { } by, Verdict: { } first }) return;
        var isSame = settled.Verdict.Round != first.Round && settled.Verdict.Outcome == first.Outcome
            && settled.Verdict.Findings == first.Findings;
        Change(isSame ? terms.Treasury : by, plus: BondOfDispute);
    }

    /// <summary>A batch carries no bonds.</summary>
    private Amount BondOfDispute => terms.Chain is null ? terms.DisputeBond : Amount.Zero;

    private void Release(TaskId task)
    {
        if (accounts.FindHold(sql, task) is not { } hold) return;
        var account = accounts.Change(sql, hold.Requester);
        account.Balance += hold.Amount;
        account.Held -= hold.Amount;
        accounts.Release(task);
    }

    private void Change(Address address, Amount plus = default, Amount minus = default)
    {
        if (plus.IsZero && minus.IsZero) return;
        var account = accounts.Change(sql, address);
        account.Balance = account.Balance + plus - minus;
    }
}
