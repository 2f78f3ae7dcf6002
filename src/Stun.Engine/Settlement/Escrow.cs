namespace Stun.Engine.Settlement;

/// <summary>
/// What the escrow contract does, as a pure machine of transactions: the reference for every chain's contract, and
/// the escrow itself where a network runs without a chain.
/// </summary>
/// <remarks>
/// The money of an order:
///
///   HoldFunds ─► Held ── PostBatch ─► Pending ── Settle, after the window ─► Final
///                 │                      │  ▲                                ▲
///                 │                      └──┼─ OpenDispute ─► Disputed ──────┤ next round, or time-out
///                 └── ExpireHold, after deadline and grace ──────────────────┘
///
/// Each call may come twice, late or from anybody: what it may do depends on state and signatures alone.
/// </remarks>
public sealed class Escrow
{
    private readonly NetworkTerms terms;
    private readonly SignatureCheck signatures;
    private readonly Ledger ledger = new();
    private readonly StakeBook stakes;
    private readonly SortedDictionary<TaskId, Hold> holds = [];
    private readonly SortedSet<(Instant At, TaskId Task)> forgettable = [];
    private readonly Transfers transfers;
    private Instant clock = new(long.MinValue);
    private ulong logged;

    public Escrow(NetworkTerms terms, SignatureCheck signatures)
    {
        (this.terms, this.signatures) = (terms, signatures);
        stakes = new StakeBook(ledger, terms);
        transfers = new Transfers(ledger, stakes);
        if (terms.Chain is not null) Chain = new ChainBook(ledger, stakes, terms, signatures);
    }

    /// <summary>Null where no chain keeps the money.</summary>
    public ChainBook? Chain { get; }

    public Ledger Ledger => ledger;

    public Amount StakeOf(Address provider) => ledger.BalanceOf(Account.Stake(provider));

    /// <summary>Orders whose money has not found its way yet.</summary>
    public IEnumerable<TaskId> OpenHolds
    {
        get
        {
            foreach (var (task, hold) in holds)
                if (hold.State != HoldState.Final) yield return task;
        }
    }

    /// <summary>Runs one transaction. A refused one changes nothing.</summary>
    public EscrowRefusal Execute(Instant now, Address caller, EscrowCall call, List<EscrowEvent> log)
    {
        // A clock that steps back must not bring forgotten orders to life again.
        if (now < clock) now = clock;
        var before = log.Count;
        var refusal = Dispatch(now, caller, call, log);
        if (!LeavesTrace(call, refusal, log.Count - before)) return refusal;
        clock = now;
        for (var index = before; index < log.Count; index++) Chain?.Follow(logged++, log[index], OrderOf(log[index]));
        Forget(now);
        return refusal;
    }

    /// <summary>
    /// Whether a transaction may have changed something: then the journal must repeat it. It is in the log, but for the
    /// mere fact that something of the chain was taken in.
    /// </summary>
    public static bool LeavesTrace(EscrowCall call, EscrowRefusal refusal, int loggedCount) =>
        loggedCount > 0 || (call is EscrowCall.TakeFromChain && refusal == EscrowRefusal.None);

    private EscrowRefusal Dispatch(Instant now, Address caller, EscrowCall call, List<EscrowEvent> log) =>
        call switch
        {
            EscrowCall.Deposit or EscrowCall.AddStake or EscrowCall.BeginUnstake or EscrowCall.FinishUnstake
                when Chain is not null => EscrowRefusal.OnChainOnly,
            EscrowCall.Deposit or EscrowCall.Withdraw or EscrowCall.AddStake or EscrowCall.BeginUnstake
                or EscrowCall.FinishUnstake => transfers.Execute(now, caller, call, log),
            EscrowCall.HoldFunds hold => HoldFunds(now, hold.Order, log),
            EscrowCall.PostBatch post => PostBatch(now, post, log),
            EscrowCall.OpenDispute dispute => OpenDispute(now, caller, dispute, log),
            EscrowCall.Settle settle => Settle(now, settle.Tasks, log),
            EscrowCall.ExpireHold expire => ExpireHold(now, expire.Task, log),
            EscrowCall.TakeFromChain or EscrowCall.CutBatch when Chain is null || caller != terms.Book =>
                EscrowRefusal.NotTheBook,
            EscrowCall.TakeFromChain taken => TakeFromChain(now, taken, log),
            EscrowCall.CutBatch => Chain!.Cut(now, log),
            EscrowCall.SignBatch sign => Chain?.Sign(caller, sign, log) ?? EscrowRefusal.UnknownBatch,
            _ => throw new InvariantException("every escrow call is known"),
        };

    public void DigestState(StateDigest digest)
    {
        digest.Add(clock);
        digest.Add(logged);
        ledger.DigestState(digest);
        stakes.DigestState(digest);
        Chain?.DigestState(digest);
        transfers.DigestState(digest);
        foreach (var (task, hold) in holds)
        {
            digest.Add(task);
            hold.DigestState(digest);
        }
    }

    /// <summary>What all transactions so far have come to; <see cref="Restore"/> takes it over.</summary>
    public IEnumerable<EscrowEntry> Summary()
    {
        yield return new EscrowEntry.SumsRestored(clock, ledger.Deposited, ledger.Withdrawn, logged);
        foreach (var (account, balance) in ledger.Balances)
            yield return new EscrowEntry.BalanceRestored(account, balance);
        foreach (var part in transfers.Summary()) yield return part;
        foreach (var (provider, at) in stakes.Unbonding) yield return new EscrowEntry.UnbondingRestored(provider, at);
        foreach (var (task, hold) in holds)
        {
            yield return new EscrowEntry.HoldRestored(
                task, hold.Order, hold.State, hold.PayableAt, hold.DisputedBy, hold.DisputeEndsAt);
            if (hold.Verdict is not null) yield return new EscrowEntry.VerdictRestored(hold.Verdict);
        }
        if (Chain is null) yield break;
        foreach (var part in Chain.Summary()) yield return part;
    }

    public void Restore(EscrowEntry part)
    {
        switch (part)
        {
            case EscrowEntry.SumsRestored sums:
                (clock, logged) = (sums.Clock, sums.Logged);
                ledger.Restore(sums.Deposited, sums.Withdrawn);
                break;
            case EscrowEntry.BalanceRestored balance: ledger.Restore(balance.Account, balance.Balance); break;
            case EscrowEntry.NonceRestored nonce: transfers.Restore(nonce); break;
            case EscrowEntry.UnbondingRestored unbonding: stakes.Restore(unbonding.Provider, unbonding.At); break;
            case EscrowEntry.HoldRestored hold: Restore(hold); break;
            case EscrowEntry.VerdictRestored verdict: holds[verdict.Verdict.Task].Verdict = verdict.Verdict; break;
            default:
                Invariant.Require(Chain?.TryRestore(part) == true, "every escrow entry is known");
                break;
        }
    }

    /// <summary>What was ordered, for the line on the chain; its hold is still here when it is settled.</summary>
    private Digest OrderOf(EscrowEvent happened) => happened is EscrowEvent.TaskSettled settled
        ? TypedData.StructHash(holds[settled.Settlement.Task].Order)
        : Digest.Zero;

    private void Restore(EscrowEntry.HoldRestored restored)
    {
        var hold = new Hold(restored.Order)
        {
            State = restored.State,
            PayableAt = restored.PayableAt,
            DisputedBy = restored.DisputedBy,
            DisputeEndsAt = restored.DisputeEndsAt,
        };
        holds.Add(restored.Task, hold);
        if (hold.State == HoldState.Final) forgettable.Add((hold.Order.Deadline, restored.Task));
    }

    private EscrowRefusal HoldFunds(Instant now, SignedOrder signed, List<EscrowEvent> log)
    {
        var order = signed.Order;
        var task = TypedData.TaskIdOf(terms.Domain, order);
        if (holds.ContainsKey(task)) return EscrowRefusal.AlreadyDone;
        var refusal = EscrowRefusal.None;
        // First of all: what a forger sends says nothing about the order, and leaves nothing in the log.
        if (!signatures(order.Requester, TypedData.Digest(terms.Domain, order), signed.Signature))
            return EscrowRefusal.BadSignature;
        if (order.Deadline <= now) refusal = EscrowRefusal.DeadlinePassed;
        // The windows are made of them; and an order comes here past the scheduler if its requester likes.
        else if (order.RunTimeMax <= Duration.Zero || order.RunTimeMax > Limits.RunTimeMax
            || order.Deadline > now + Limits.DeadlineMax || order.PriceLimit > Limits.MoneyMax)
            refusal = EscrowRefusal.OverLimit;
        // What its owner wants back may be gone before the task is paid.
        else if (ledger.BalanceOf(Account.Available(order.Requester))
            < order.PriceLimit + (Chain?.LeavingOf(order.Requester) ?? Amount.Zero))
            refusal = EscrowRefusal.InsufficientFunds;
        if (refusal != EscrowRefusal.None)
        {
            log.Add(new EscrowEvent.HoldRefused(task, refusal));
            return refusal;
        }
        ledger.Move(Account.Available(order.Requester), Account.Held(task), order.PriceLimit);
        holds.Add(task, new Hold(order));
        log.Add(new EscrowEvent.FundsHeld(task, order.Requester, order.PriceLimit));
        return EscrowRefusal.None;
    }

    private EscrowRefusal PostBatch(Instant now, EscrowCall.PostBatch post, List<EscrowEvent> log)
    {
        var leaves = new Digest[post.Verdicts.Count];
        for (var index = 0; index < leaves.Length; index++)
            leaves[index] = TypedData.Digest(terms.Domain, post.Verdicts[index].Verdict);
        if (MerkleTree.Root(leaves) != post.Root) return EscrowRefusal.BadRoot;
        var worst = EscrowRefusal.None;
        for (var index = 0; index < leaves.Length; index++)
        {
            // One bad verdict does not hold up the others of its batch.
            var refusal = Post(now, post.Verdicts[index], leaves[index], log);
            if (refusal != EscrowRefusal.None) worst = refusal;
        }
        return worst;
    }

    private EscrowRefusal Post(Instant now, SignedVerdict signed, Digest digest, List<EscrowEvent> log)
    {
        var verdict = signed.Verdict;
        if (!holds.TryGetValue(verdict.Task, out var hold)) return EscrowRefusal.UnknownTask;
        if (hold.State == HoldState.Final) return EscrowRefusal.AlreadyFinal;
        var expected = hold.State == HoldState.Disputed ? hold.Verdict!.Round + 1 : 0;
        if (hold.State == HoldState.Pending || verdict.Round != expected) return EscrowRefusal.StaleRound;
        if (Division.ChargesMoreThan(hold.Order.PriceLimit, verdict)) return EscrowRefusal.OverLimit;
        var refusal = CheckQuorum(signed, digest);
        if (refusal != EscrowRefusal.None) return refusal;
        if (hold.State == HoldState.Disputed)
        {
            CloseDispute(hold, verdict.Task, justified: !SameJudgement(hold.Verdict!, verdict));
            hold.Verdict = verdict;
            Pay(verdict.Task, hold, log);
            return EscrowRefusal.None;
        }
        hold.State = HoldState.Pending;
        hold.Verdict = verdict;
        hold.PayableAt = now + WindowOf(hold.Order);
        log.Add(new EscrowEvent.VerdictPosted(verdict, hold.PayableAt));
        return EscrowRefusal.None;
    }

    /// <summary>Whoever asked for no verification has nothing to dispute, and its provider need not wait.</summary>
    private Duration WindowOf(TaskOrder order) =>
        order.Spec.Verification is VerificationPolicy.None
            ? Duration.Zero
            : terms.DisputeWindow + (order.RunTimeMax * 2);

    private EscrowRefusal CheckQuorum(SignedVerdict signed, Digest digest)
    {
        if (signed.Signatures.Count < terms.Quorum) return EscrowRefusal.TooFewSignatures;
        var last = Address.Zero;
        foreach (var vote in signed.Signatures)
        {
            // Strictly rising addresses: nobody is counted twice.
            if (vote.Validator.CompareTo(last) <= 0) return EscrowRefusal.NotAValidator;
            if (!terms.Validators.Contains(vote.Validator)) return EscrowRefusal.NotAValidator;
            if (!signatures(vote.Validator, digest, vote.Signature)) return EscrowRefusal.BadSignature;
            last = vote.Validator;
        }
        return EscrowRefusal.None;
    }

    private EscrowRefusal OpenDispute(
        Instant now, Address caller, EscrowCall.OpenDispute dispute, List<EscrowEvent> log)
    {
        if (!holds.TryGetValue(dispute.Task, out var hold)) return EscrowRefusal.UnknownTask;
        if (hold.State is HoldState.Final) return EscrowRefusal.AlreadyFinal;
        if (hold.State is HoldState.Disputed) return EscrowRefusal.AlreadyDone;
        if (hold.State is HoldState.Held || hold.Verdict!.Round != dispute.Round) return EscrowRefusal.StaleRound;
        if (now >= hold.PayableAt) return EscrowRefusal.WindowClosed;
        // A batch carries no bonds. There a validator stakes its seat, and only validators have seen the evidence.
        if (Chain is not null && !terms.Validators.Contains(caller)) return EscrowRefusal.NotAValidator;
        if (ledger.BalanceOf(Account.Available(caller)) < BondOfDispute) return EscrowRefusal.InsufficientFunds;
        ledger.Move(Account.Available(caller), Account.Bond(dispute.Task), BondOfDispute);
        hold.State = HoldState.Disputed;
        hold.DisputedBy = caller;
        hold.DisputeEndsAt = now + terms.DisputeTimeout + (hold.Order.RunTimeMax * 2);
        log.Add(new EscrowEvent.DisputeOpened(dispute.Task, (ushort)(dispute.Round + 1), caller));
        return EscrowRefusal.None;
    }

    private Amount BondOfDispute => Chain is null ? terms.DisputeBond : Amount.Zero;

    private void CloseDispute(Hold hold, TaskId task, bool justified)
    {
        var bond = Account.Bond(task);
        var to = justified ? hold.DisputedBy : terms.Treasury;
        ledger.Move(bond, Account.Available(to), ledger.BalanceOf(bond));
    }

    private EscrowRefusal Settle(Instant now, ValueList<TaskId> tasks, List<EscrowEvent> log)
    {
        var worst = EscrowRefusal.None;
        foreach (var task in tasks)
        {
            var refusal = SettleOne(now, task, log);
            if (refusal is not (EscrowRefusal.None or EscrowRefusal.AlreadyFinal)) worst = refusal;
        }
        return worst;
    }

    private EscrowRefusal SettleOne(Instant now, TaskId task, List<EscrowEvent> log)
    {
        if (!holds.TryGetValue(task, out var hold)) return EscrowRefusal.UnknownTask;
        switch (hold.State)
        {
            case HoldState.Final:
                return EscrowRefusal.AlreadyFinal;
            case HoldState.Pending when now >= hold.PayableAt:
                Pay(task, hold, log);
                return EscrowRefusal.None;
            case HoldState.Disputed when now >= hold.DisputeEndsAt:
                // Nobody judged again in time: the first verdict stands, and who asked is not punished for silence.
                CloseDispute(hold, task, justified: true);
                Pay(task, hold, log);
                return EscrowRefusal.None;
            default:
                return EscrowRefusal.WindowOpen;
        }
    }

    private void Pay(TaskId task, Hold hold, List<EscrowEvent> log)
    {
        var verdict = hold.Verdict!;
        var order = hold.Order;
        var settlement = Division.Of(terms, task, order.Requester, order.ModelCreator, order.PriceLimit, verdict);
        Division.RequireWhole(settlement);
        var held = Account.Held(task);
        foreach (var payout in settlement.Payouts)
            ledger.Move(held, Account.Available(payout.Provider), payout.Amount);
        ledger.Move(held, Account.Available(terms.Treasury), settlement.Treasury);
        ledger.Move(held, Account.Available(order.ModelCreator), settlement.Creator);
        ledger.Move(held, Account.Available(order.Requester), settlement.Refund);
        Invariant.Require(ledger.BalanceOf(held).IsZero, "nothing stays held for a settled task");
        List<Slashing> slashings = [];
        foreach (var finding in verdict.Findings)
        {
            if (finding.Judgement != Judgement.Fraud) continue;
            var amount = order.PriceLimit * terms.SlashMultiple;
            slashings.Add(stakes.Slash(finding, order.Requester, amount, compensationMax: order.PriceLimit));
            log.Add(new EscrowEvent.StakeChanged(finding.Provider, StakeOf(finding.Provider)));
        }
        Finish(task, hold);
        log.Add(new EscrowEvent.TaskSettled(
            settlement with { Slashings = ValueList.From(slashings) }, verdict));
    }

    private EscrowRefusal TakeFromChain(Instant now, EscrowCall.TakeFromChain taken, List<EscrowEvent> log)
    {
        var isNew = taken.Position.CompareTo(Chain!.Position) > 0;
        // A claim takes from the balance: what is held for the task is free again, and pays for it.
        if (isNew && taken.Event is ChainEvent.ClaimPaid { Task: var task } && holds.TryGetValue(task, out var hold)
            && hold.State != HoldState.Final) Release(task, hold, log);
        return Chain.Take(now, taken, log);
    }

    private EscrowRefusal ExpireHold(Instant now, TaskId task, List<EscrowEvent> log)
    {
        if (!holds.TryGetValue(task, out var hold)) return EscrowRefusal.UnknownTask;
        if (hold.State == HoldState.Final) return EscrowRefusal.AlreadyFinal;
        if (hold.State != HoldState.Held || now < terms.ExpiresAt(hold.Order))
            return EscrowRefusal.WindowOpen;
        Release(task, hold, log);
        return EscrowRefusal.None;
    }

    private void Release(TaskId task, Hold hold, List<EscrowEvent> log)
    {
        ledger.Move(Account.Held(task), Account.Available(hold.Order.Requester), hold.Order.PriceLimit);
        Finish(task, hold);
        log.Add(new EscrowEvent.HoldExpired(task, hold.Order.PriceLimit));
    }

    /// <summary>A final hold is remembered until its order's own deadline would refuse a second one.</summary>
    private void Finish(TaskId task, Hold hold)
    {
        hold.State = HoldState.Final;
        forgettable.Add((hold.Order.Deadline, task));
    }

    private void Forget(Instant now)
    {
        while (forgettable.Count > 0 && forgettable.Min.At < now)
        {
            holds.Remove(forgettable.Min.Task);
            forgettable.Remove(forgettable.Min);
        }
    }

    private static bool SameJudgement(Verdict first, Verdict second) =>
        first.Outcome == second.Outcome && first.Findings == second.Findings;
}
