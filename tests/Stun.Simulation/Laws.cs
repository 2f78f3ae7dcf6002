using Stun.Engine.Leases;
using Stun.Engine.Settlement;

namespace Stun.Simulation;

/// <summary>
/// What must hold in every world. Written a second time and in the plainest way, so that a mistake in the engine is not
/// made again by its judge.
/// </summary>
public sealed class Laws(World world)
{
    private readonly HashSet<AttemptId> cheated = [];

    /// <summary>The last run of an attempt counts: a restarted provider runs it again and may behave this time.</summary>
    public void NoteRun(AttemptId attempt, bool isCheat)
    {
        if (isCheat) cheated.Add(attempt);
        else cheated.Remove(attempt);
    }

    /// <summary>No_device_is_leased_twice_at_a_time: what runs on an offer fits its hardware.</summary>
    public void CheckDevices(SimNode node, Lease started)
    {
        var provider = (ProviderMachine)node.Machine;
        var offer = provider.Offers.Span.ToArray().First(offer => offer.Id == started.Offer);
        var load = default(DeviceLoad);
        foreach (var lease in world.Hands.RunningOn(node.Index, started.Offer))
            if (provider.Held.FirstOrDefault(held => held.Lease.Attempt == lease.Attempt) is { } held)
                load = load.With(held.Order.Order.Spec.Resources);
        if (!load.Fits(offer.Hardware)) throw new SimFailureException($"a device of {node.Address} is leased twice at a time");
        CheckGrants(offer);
    }

    public void CheckAtEnd()
    {
        foreach (var node in world.Cast.Nodes) node.RequireReplayable();
        world.Cast.Escrow.Escrow.Ledger.RequireConserved();
        CheckMoney();
        CheckEmpty();
    }

    /// <summary>No_place_is_leased_twice: the scheduler's open leases of an offer fit it, and each place has one.</summary>
    private void CheckGrants(Offer offer)
    {
        var load = default(DeviceLoad);
        foreach (var task in world.Cast.Scheduler.State.Tasks)
        {
            var open = task.Attempts.Where(attempt => attempt.IsOpen).ToArray();
            foreach (var attempt in open.Where(attempt => attempt.Lease.Provider == offer.Provider && attempt.Lease.Offer == offer.Id))
                load = load.With(task.Spec.Resources);
            if (open.Select(attempt => (attempt.Lease.Replica, attempt.Lease.Rank)).Distinct().Count() != open.Length)
                throw new SimFailureException($"a place of {task.Id} is leased twice");
            if (open.Select(attempt => attempt.Lease.Provider).Distinct().Count() != open.Length)
                throw new SimFailureException($"{task.Id} is compared with itself: one provider holds two of its leases");
        }
        if (!load.Fits(offer.Hardware)) throw new SimFailureException($"more of offer {offer.Id} is granted than there is");
    }

    /// <summary>
    /// Reads the escrow's log from the beginning with a ledger of its own: Money_is_conserved, A_task_is_settled_once,
    /// Shares_are_exact, No_honest_provider_is_slashed, Nobody_pays_above_the_limit.
    /// </summary>
    private void CheckMoney()
    {
        var balances = new SortedDictionary<Address, Int128>();
        var held = new SortedDictionary<TaskId, Amount>();
        var settled = new SortedSet<TaskId>();
        void Add(Address owner, Int128 change) => balances[owner] = balances.GetValueOrDefault(owner) + change;
        foreach (var happened in world.Cast.Escrow.Log)
        {
            switch (happened)
            {
                case EscrowEvent.Deposited deposit: Add(deposit.Owner, (Int128)deposit.Amount.Units); break;
                case EscrowEvent.FundsHeld hold:
                    if (!held.TryAdd(hold.Task, hold.Amount)) throw new SimFailureException($"money is held twice for {hold.Task}");
                    Add(hold.Requester, -(Int128)hold.Amount.Units);
                    break;
                case EscrowEvent.HoldExpired expired:
                    if (!settled.Add(expired.Task)) throw new SimFailureException($"{expired.Task} is settled twice");
                    if (held[expired.Task] != expired.Refund) throw new SimFailureException("an expired hold gives back all");
                    break;
                case EscrowEvent.TaskSettled done:
                    if (!settled.Add(done.Settlement.Task)) throw new SimFailureException($"{done.Settlement.Task} is settled twice");
                    CheckShares(done, held[done.Settlement.Task]);
                    CheckFindings(done);
                    break;
                case EscrowEvent.DisputeOpened: world.Tally.Disputes++; break;
            }
        }
        world.Tally.Settled = settled.Count;
        foreach (var task in held.Keys)
            if (!settled.Contains(task)) throw new SimFailureException($"{task} holds money and was never settled");
        CheckBalances();
    }

    private static void CheckShares(EscrowEvent.TaskSettled done, Amount held)
    {
        var settlement = done.Settlement;
        Int128 treasury = 0, creator = 0, payouts = 0;
        foreach (var finding in done.Verdict.Findings)
        {
            var pay = (Int128)finding.Pay.Units;
            if (finding.Judgement != Judgement.Paid) continue;
            var (fee, share) = (pay * 15 / 100, settlement.ModelCreator.IsZero ? 0 : pay * 5 / 100);
            treasury += fee;
            creator += share;
            payouts += pay - fee - share;
        }
        Int128 paid = 0;
        foreach (var payout in settlement.Payouts) paid += (Int128)payout.Amount.Units;
        if ((Int128)settlement.Treasury.Units != treasury || (Int128)settlement.Creator.Units != creator || paid != payouts)
            throw new SimFailureException($"the shares of {settlement.Task} are not 80/15/5");
        if ((Int128)settlement.Refund.Units + treasury + creator + paid != (Int128)held.Units)
            throw new SimFailureException($"the settlement of {settlement.Task} loses or makes money");
    }

    private void CheckFindings(EscrowEvent.TaskSettled done)
    {
        foreach (var slashing in done.Settlement.Slashings)
        {
            world.Tally.Slashed++;
            if (!world.Cast.IsCheat(slashing.Provider) || !cheated.Contains(slashing.Attempt))
                throw new SimFailureException($"the honest provider {slashing.Provider} is slashed");
        }
        var verification = world.Cast.Requesters.SpecOf(done.Settlement.Task).Verification;
        world.Tally.Attempts += done.Verdict.Findings.Count;
        // Of a cancelled task nobody takes a result: its runners are paid for their time, right or wrong.
        if (done.Verdict.Outcome == Outcome.Cancelled) return;
        foreach (var finding in done.Verdict.Findings)
            if (cheated.Contains(finding.Attempt))
                world.Tally.CountCheat(NameOf(verification), finding.Judgement == Judgement.Paid, done.Verdict.CheatPassPpb);
    }

    /// <summary>The engine's ledger agrees with the log, account by account.</summary>
    private void CheckBalances()
    {
        var ledger = world.Cast.Escrow.Escrow.Ledger;
        var expected = ShadowLedger.Read(world.Cast.Escrow.Log, world.Cast.Terms, SimMarket.Stake);
        foreach (var (owner, balance) in expected.Where(entry => entry.Key != world.Cast.Terms.Treasury))
        {
            // Bonds of disputes move beside the log; they are small, and their sum is in the treasury or came back.
            if (world.Cast.Terms.Validators.Contains(owner)) continue;
            if ((Int128)ledger.BalanceOf(Account.Available(owner)).Units != balance)
                throw new SimFailureException($"the balance of {owner} is not what the log says");
        }
    }

    private void CheckEmpty()
    {
        if (world.Hands.RunningCount > 0) throw new SimFailureException("something still runs when all is over");
        foreach (var node in world.Cast.Nodes)
            if (node.Machine is ProviderMachine provider && provider.Held.Any())
                throw new SimFailureException($"{node.Address} still holds a lease when all is over");
    }

    private static string NameOf(VerificationPolicy policy) => policy switch
    {
        VerificationPolicy.None => "none",
        VerificationPolicy.SampledAudit sampled => $"audit {sampled.RatePpmMin / 10_000} %",
        VerificationPolicy.Redundant redundant => $"redundant {redundant.Agreeing} of {redundant.Attempts}",
        VerificationPolicy.ZkProof => "zk proof",
        _ => "tee quote",
    };
}

/// <summary>Balances recomputed from the escrow's log alone, by the plainest sums.</summary>
internal static class ShadowLedger
{
    public static SortedDictionary<Address, Int128> Read(IEnumerable<EscrowEvent> log, NetworkTerms terms, Amount stake)
    {
        var balances = new SortedDictionary<Address, Int128>();
        void Add(Address owner, Amount amount, int sign) =>
            balances[owner] = balances.GetValueOrDefault(owner) + (sign * (Int128)amount.Units);
        var requesterOf = new SortedDictionary<TaskId, Address>();
        var staked = new SortedSet<Address>();
        foreach (var happened in log)
        {
            switch (happened)
            {
                case EscrowEvent.Deposited deposit: Add(deposit.Owner, deposit.Amount, 1); break;
                case EscrowEvent.StakeChanged changed when staked.Add(changed.Provider): Add(changed.Provider, stake, -1); break;
                case EscrowEvent.FundsHeld hold:
                    requesterOf[hold.Task] = hold.Requester;
                    Add(hold.Requester, hold.Amount, -1);
                    break;
                case EscrowEvent.HoldExpired expired: Add(requesterOf[expired.Task], expired.Refund, 1); break;
                case EscrowEvent.TaskSettled { Settlement: var settlement }:
                    Add(settlement.Requester, settlement.Refund, 1);
                    Add(terms.Treasury, settlement.Treasury, 1);
                    if (!settlement.ModelCreator.IsZero) Add(settlement.ModelCreator, settlement.Creator, 1);
                    foreach (var payout in settlement.Payouts) Add(payout.Provider, payout.Amount, 1);
                    foreach (var slashing in settlement.Slashings) Add(settlement.Requester, slashing.ToRequester, 1);
                    break;
            }
        }
        return balances;
    }
}
