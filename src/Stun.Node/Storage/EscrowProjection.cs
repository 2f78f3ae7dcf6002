using Stun.Engine.Scheduling;

namespace Stun.Node.Storage;

/// <summary>
/// Balances, verdicts on their way and settlements, from the escrow's log. All shards follow one log, so of each entry
/// the balances are changed once, by whoever comes to it first.
/// </summary>
internal sealed class EscrowProjection(SqlText sql, string shard, NetworkTerms terms)
{
    private const string Next = "escrow-next";

    /// <returns>What there is to say about a task; null if nothing.</returns>
    public TaskLine? Follow(SchedulerEvent.EscrowFollowed followed)
    {
        if ((ulong)ReadModel.Value(sql, Next) <= followed.Index)
        {
            Account(followed.Index, followed.Event);
            ReadModel.Set(sql, Next, checked((long)followed.Index + 1));
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
        var task = posted.Verdict.Task.ToString();
        sql.Execute("""
            INSERT INTO verdicts (shard, task, round, posted_at, payable_at)
            SELECT shard, id, @round, @at, @payable FROM tasks WHERE id = @task AND shard = @shard
            ON CONFLICT (task, round) DO UPDATE SET posted_at = excluded.posted_at, payable_at = excluded.payable_at
            """,
            ("shard", shard), ("task", task), ("round", (long)posted.Verdict.Round), ("at", at.Micros),
            ("payable", posted.PayableAt.Micros));
        sql.Execute("""
            UPDATE tasks SET state = 'pending' WHERE id = @task AND shard = @shard AND state IN ('judging', 'posting')
            """, ("task", task), ("shard", shard));
        return new TaskLine(posted.Verdict.Task, "posted", $"round {posted.Verdict.Round}",
            $"payable at {posted.PayableAt} unless somebody disputes");
    }

    private TaskLine Settle(Instant at, EscrowEvent.TaskSettled settled)
    {
        var settlement = settled.Settlement;
        Settled(at, settlement.Task, ProtocolWire.Encode(settlement),
            settlement.Held, settlement.Refund, settlement.Treasury, settlement.Creator);
        foreach (var payout in settlement.Payouts)
            sql.Execute("UPDATE attempts SET paid = @paid WHERE shard = @shard AND id = @id AND task = @task",
                ("paid", SqlValue.Of(payout.Amount)), ("shard", shard), ("id", SqlValue.Of(payout.Attempt.Value)),
                ("task", settlement.Task.ToString()));
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
        Instant at, TaskId task, byte[]? settlement, Amount held, Amount refund, Amount treasury, Amount creator) =>
        sql.Execute("""
            INSERT INTO settlements (shard, task, at, settlement, held, refund, treasury, creator)
            SELECT shard, id, @at, @settlement, @held, @refund, @treasury, @creator
            FROM tasks WHERE id = @task AND shard = @shard
            ON CONFLICT (task) DO NOTHING
            """,
            ("shard", shard), ("task", task.ToString()), ("at", at.Micros), ("settlement", settlement),
            ("held", SqlValue.Of(held)), ("refund", SqlValue.Of(refund)), ("treasury", SqlValue.Of(treasury)),
            ("creator", SqlValue.Of(creator)));

    private void Account(ulong index, EscrowEvent happened)
    {
        switch (happened)
        {
            case EscrowEvent.Deposited deposited: Change(deposited.Owner, plus: deposited.Amount); break;
            case EscrowEvent.Withdrawn withdrawn: Change(withdrawn.Owner, minus: withdrawn.Amount); break;
            case EscrowEvent.StakeChanged changed: Stake(index, changed); break;
            case EscrowEvent.FundsHeld held: Hold(held); break;
            case EscrowEvent.VerdictPosted posted:
                sql.Execute("UPDATE holds SET verdict = @verdict WHERE task = @task",
                    ("verdict", ProtocolWire.Encode(posted.Verdict)), ("task", posted.Verdict.Task.ToString()));
                break;
            case EscrowEvent.DisputeOpened dispute:
                Change(dispute.By, minus: terms.DisputeBond);
                sql.Execute("UPDATE holds SET disputed_by = @by WHERE task = @task",
                    ("by", dispute.By.ToString()), ("task", dispute.Task.ToString()));
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
        var before = Row(changed.Provider);
        if (changed.Stake > before.Stake)
            Write(before with { Balance = before.Balance - (changed.Stake - before.Stake), Stake = changed.Stake });
        else if (changed.Stake < before.Stake)
            Write(before with { Unbonding = before.Unbonding + (before.Stake - changed.Stake), Stake = changed.Stake });
        else if (!before.Unbonding.IsZero)
        {
            Write(before with { Balance = before.Balance + before.Unbonding, Unbonding = Amount.Zero });
            sql.Execute("UPDATE accounts SET freed = @freed, freed_index = @index WHERE address = @address",
                ("freed", SqlValue.Of(before.Unbonding)), ("index", checked((long)index)),
                ("address", changed.Provider.ToString()));
        }
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
            var freed = sql.First("SELECT freed FROM accounts WHERE address = @address AND freed_index >= @first",
                row => new { Amount = SqlValue.Amount(row, 0) },
                ("address", slashing.Provider.ToString()), ("first", first))?.Amount ?? Amount.Zero;
            var before = Row(slashing.Provider);
            Write(before with
            {
                Balance = before.Balance - freed,
                Unbonding = before.Unbonding + freed - slashing.ToRequester - slashing.ToTreasury,
            });
            sql.Execute("UPDATE accounts SET freed = NULL, freed_index = NULL WHERE address = @address",
                ("address", slashing.Provider.ToString()));
            Change(settlement.Requester, plus: slashing.ToRequester);
            Change(terms.Treasury, plus: slashing.ToTreasury);
        }
    }

    private void Hold(EscrowEvent.FundsHeld held)
    {
        var before = Row(held.Requester);
        Write(before with { Balance = before.Balance - held.Amount, Held = before.Held + held.Amount });
        sql.Execute("INSERT INTO holds (task, requester, amount) VALUES (@task, @requester, @amount)",
            ("task", held.Task.ToString()), ("requester", held.Requester.ToString()),
            ("amount", SqlValue.Of(held.Amount)));
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
        var hold = sql.First("SELECT disputed_by, verdict FROM holds WHERE task = @task AND disputed_by IS NOT NULL",
            row => new { By = SqlValue.Address(row, 0), Verdict = SqlValue.Bytes(row, 1) },
            ("task", settled.Verdict.Task.ToString()));
        if (hold is null) return;
        var first = ProtocolWire.DecodeVerdict(hold.Verdict);
        var isSame = settled.Verdict.Round != first.Round && settled.Verdict.Outcome == first.Outcome
            && settled.Verdict.Findings == first.Findings;
        Change(isSame ? terms.Treasury : hold.By, plus: terms.DisputeBond);
    }

    private void Release(TaskId task)
    {
        var hold = sql.First("SELECT requester, amount FROM holds WHERE task = @task",
            row => new { Requester = SqlValue.Address(row, 0), Amount = SqlValue.Amount(row, 1) },
            ("task", task.ToString()));
        if (hold is null) return;
        var before = Row(hold.Requester);
        Write(before with { Balance = before.Balance + hold.Amount, Held = before.Held - hold.Amount });
        sql.Execute("DELETE FROM holds WHERE task = @task", ("task", task.ToString()));
    }

    private void Change(Address address, Amount plus = default, Amount minus = default)
    {
        if (plus.IsZero && minus.IsZero) return;
        var before = Row(address);
        Write(before with { Balance = before.Balance + plus - minus });
    }

    private StoredAccount Row(Address address) => ReadModelQueries.Account(sql, address)
        ?? new StoredAccount(address, Amount.Zero, Amount.Zero, Amount.Zero, Amount.Zero);

    private void Write(StoredAccount account) =>
        sql.Execute("""
            INSERT INTO accounts (address, balance, held, stake, unbonding)
            VALUES (@address, @balance, @held, @stake, @unbonding)
            ON CONFLICT (address) DO UPDATE SET balance = excluded.balance, held = excluded.held,
                stake = excluded.stake, unbonding = excluded.unbonding
            """,
            ("address", account.Address.ToString()), ("balance", SqlValue.Of(account.Balance)),
            ("held", SqlValue.Of(account.Held)), ("stake", SqlValue.Of(account.Stake)),
            ("unbonding", SqlValue.Of(account.Unbonding)));
}
