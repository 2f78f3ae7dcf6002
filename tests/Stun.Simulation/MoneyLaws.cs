using Stun.Engine.Settlement;

namespace Stun.Simulation;

/// <summary>
/// Reads the escrow's log from the beginning with a ledger of its own, written a second time and in the plainest way,
/// so that a mistake in the engine is not made again by its judge.
/// </summary>
internal sealed class MoneyLaws(World world)
{
    private readonly SortedDictionary<Address, Int128> balances = [];
    private readonly SortedDictionary<TaskId, EscrowEvent.FundsHeld> held = [];
    private readonly SortedSet<TaskId> settled = [];
    private readonly SortedSet<Address> staked = [];

    public void Check()
    {
        world.Cast.Escrow.Escrow.Ledger.RequireConserved();
        foreach (var happened in world.Cast.Escrow.Log) Read(happened);
        foreach (var task in held.Keys)
            Laws.Require(settled.Contains(task), "Every_task_ends", $"{task} holds money and was never settled");
        world.Tally.Settled = settled.Count;
        CheckBalances();
    }

    private void Read(EscrowEvent happened)
    {
        switch (happened)
        {
            case EscrowEvent.Deposited deposit: Add(deposit.Owner, deposit.Amount); break;
            case EscrowEvent.StakeChanged changed when staked.Add(changed.Provider):
                Take(changed.Provider, SimMarket.Stake);
                break;
            case EscrowEvent.FundsHeld hold:
                Laws.Require(held.TryAdd(hold.Task, hold), "A_task_is_settled_once", $"{hold.Task} is held for twice");
                Take(hold.Requester, hold.Amount);
                break;
            case EscrowEvent.HoldExpired expired:
                Settle(expired.Task);
                Add(held[expired.Task].Requester, expired.Refund);
                var all = held[expired.Task].Amount;
                Laws.Require(all == expired.Refund, "Money_is_conserved", "an expired hold gives back all");
                break;
            case EscrowEvent.TaskSettled done:
                Settle(done.Settlement.Task);
                CheckShares(done);
                CheckFindings(done);
                Pay(done.Settlement);
                break;
            case EscrowEvent.DisputeOpened: world.Tally.Disputes++; break;
        }
    }

    private void Settle(TaskId task) =>
        Laws.Require(settled.Add(task), "A_task_is_settled_once", $"{task} is settled twice");

    private void Pay(Settlement settlement)
    {
        Add(settlement.Requester, settlement.Refund);
        if (!settlement.ModelCreator.IsZero) Add(settlement.ModelCreator, settlement.Creator);
        foreach (var payout in settlement.Payouts) Add(payout.Provider, payout.Amount);
        foreach (var slashing in settlement.Slashings) Add(settlement.Requester, slashing.ToRequester);
    }

    private void CheckShares(EscrowEvent.TaskSettled done)
    {
        var settlement = done.Settlement;
        Int128 treasury = 0, creator = 0, payouts = 0, paid = 0;
        foreach (var finding in done.Verdict.Findings)
        {
            if (finding.Judgement != Judgement.Paid) continue;
            var pay = (Int128)finding.Pay.Units;
            var (fee, share) = (pay * 15 / 100, settlement.ModelCreator.IsZero ? 0 : pay * 5 / 100);
            treasury += fee;
            creator += share;
            payouts += pay - fee - share;
        }
        foreach (var payout in settlement.Payouts) paid += (Int128)payout.Amount.Units;
        var exact = (Int128)settlement.Treasury.Units == treasury
            && (Int128)settlement.Creator.Units == creator && paid == payouts;
        Laws.Require(exact, "Shares_are_exact", $"the shares of {settlement.Task} are not 80/15/5");
        var limit = (Int128)held[settlement.Task].Amount.Units;
        var charged = treasury + creator + paid;
        Laws.Require(charged <= limit, "Nobody_pays_above_the_limit", $"{settlement.Task} cost {charged} of {limit}");
        Laws.Require(
            charged + (Int128)settlement.Refund.Units == limit,
            "Money_is_conserved", $"the settlement of {settlement.Task} loses or makes money");
    }

    private void CheckFindings(EscrowEvent.TaskSettled done)
    {
        foreach (var slashing in done.Settlement.Slashings)
        {
            world.Tally.Slashed++;
            Laws.Require(
                world.Laws.IsCheated(slashing.Attempt), "No_honest_provider_is_slashed", $"{slashing.Provider} is");
            Laws.Require(
                slashing.ToRequester + slashing.ToTreasury == done.Settlement.Held * 20,
                "A_fraud_costs_twenty_times_the_limit", $"{slashing.Provider} lost another amount");
        }
        world.Tally.Attempts += done.Verdict.Findings.Count;
        // Of a cancelled task nobody takes a result: its runners are paid for their time, right or wrong.
        if (done.Verdict.Outcome == Outcome.Cancelled) return;
        var isPassed = done.Verdict.Findings.Span.ToArray().Any(
            finding => finding.Judgement == Judgement.Paid && world.Laws.IsCheated(finding.Attempt));
        Laws.Require(
            done.Verdict.Outcome != Outcome.Complete || isPassed
                || world.Cast.Truth.IsRight(done.Settlement.Task, 0, done.Verdict.Result),
            "A_complete_task_has_its_right_result", $"{done.Settlement.Task} has {done.Verdict.Result}");
        var policy = NameOf(world.Cast.Requesters.SpecOf(done.Settlement.Task).Verification);
        foreach (var finding in done.Verdict.Findings)
        {
            if (!world.Laws.IsCheated(finding.Attempt)) continue;
            world.Tally.CountCheat(policy, finding.Judgement == Judgement.Paid, done.Verdict.CheatPassPpb);
        }
    }

    /// <summary>The engine's ledger agrees with the log, account by account.</summary>
    private void CheckBalances()
    {
        var ledger = world.Cast.Escrow.Escrow.Ledger;
        foreach (var (owner, balance) in balances)
        {
            // Bonds of disputes move beside the log, between validators and the treasury.
            if (world.Cast.Terms.Validators.Contains(owner) || owner == world.Cast.Terms.Treasury) continue;
            Laws.Require(
                (Int128)ledger.BalanceOf(Account.Available(owner)).Units == balance,
                "Money_is_conserved", $"the balance of {owner} is not what the log says");
        }
    }

    private void Add(Address owner, Amount amount) =>
        balances[owner] = balances.GetValueOrDefault(owner) + (Int128)amount.Units;

    private void Take(Address owner, Amount amount) =>
        balances[owner] = balances.GetValueOrDefault(owner) - (Int128)amount.Units;

    private static string NameOf(VerificationPolicy policy) => policy switch
    {
        VerificationPolicy.None => "none",
        VerificationPolicy.SampledAudit sampled => $"audit {sampled.RatePpmMin / 10_000,2} %",
        VerificationPolicy.Redundant redundant => $"redundant {redundant.Agreeing} of {redundant.Attempts}",
        VerificationPolicy.ZkProof => "zk proof",
        _ => "tee quote",
    };
}
