using Stun.Engine.Settlement;
using Stun.Tests.Scenes;

namespace Stun.Tests.Settlement;

/// <summary>The way of an order's money, call by call.</summary>
public sealed class EscrowTests
{
    private static readonly Amount Stake = new(10_000_000);
    private static readonly OrderBuilder Order = new();
    private readonly Bank bank = new(Scene.Terms);

    [Fact]
    public void Nothing_is_paid_before_the_dispute_window_is_over()
    {
        var task = bank.Hold(Order);
        Assert.Equal(EscrowRefusal.WindowOpen, bank.Settle(task));
        Assert.Equal(EscrowRefusal.None, bank.Post(Paid(task).Signed));
        bank.PassWindow(Order);
        bank.Now += new Duration(-1);
        Assert.Equal(EscrowRefusal.WindowOpen, bank.Settle(task));
        Assert.Equal(Amount.Zero, bank.Available(Scene.Provider()));
        Assert.Equal(Order.PriceLimit, bank.Of(Account.Held(task)));
        bank.Now += new Duration(1);
        Assert.Equal(EscrowRefusal.None, bank.Settle(task));
        Assert.Equal(new Amount(850), bank.Available(Scene.Provider()));
        Assert.Equal(new Amount(150), bank.Available(Scene.Treasury));
        Assert.Equal(Order.PriceLimit - new Amount(1_000), bank.Available(Order.Requester));
        Assert.Equal(Amount.Zero, bank.Of(Account.Held(task)));
        Assert.Equal(EscrowRefusal.AlreadyFinal, bank.Post(Paid(task).Signed));
    }

    [Fact]
    public void Without_verification_there_is_nothing_to_dispute_and_no_window()
    {
        var order = Order with { Verification = new VerificationPolicy.None() };
        var task = bank.Hold(order);
        bank.Post(Paid(task).Signed);
        Assert.Equal(EscrowRefusal.WindowClosed, bank.Dispute(Scene.Stranger, task));
        Assert.Equal(EscrowRefusal.None, bank.Settle(task));
    }

    [Fact]
    public void A_hold_without_a_verdict_gives_the_money_back()
    {
        var task = bank.Hold(Order);
        bank.Now = Scene.Terms.ExpiresAt(Order.Order) + new Duration(-1);
        Assert.Equal(EscrowRefusal.WindowOpen, bank.Expire(task));
        bank.Now += new Duration(1);
        Assert.Equal(EscrowRefusal.None, bank.Expire(task));
        Assert.Equal(Order.PriceLimit, bank.Available(Order.Requester));
        Assert.Equal(Order.PriceLimit, Assert.Single(bank.LogOf<EscrowEvent.HoldExpired>()).Refund);
        Assert.NotEqual(EscrowRefusal.None, bank.Post(Paid(task).Signed));
        Assert.NotEqual(EscrowRefusal.None, bank.Expire(task));
        Assert.Empty(bank.Escrow.OpenHolds);
    }

    [Fact]
    public void A_hold_with_a_verdict_does_not_expire()
    {
        var task = bank.Hold(Order);
        bank.Post(Paid(task).Signed);
        bank.Now = Scene.Terms.ExpiresAt(Order.Order);
        Assert.Equal(EscrowRefusal.WindowOpen, bank.Expire(task));
        Assert.Equal(EscrowRefusal.None, bank.Settle(task));
    }

    [Fact]
    public void A_verdict_with_too_few_votes_is_refused()
    {
        var task = bank.Hold(Order);
        var verdict = Paid(task).Verdict;
        Assert.Equal(EscrowRefusal.TooFewSignatures, bank.Post(Scene.Sign(verdict)));
        Assert.Equal(EscrowRefusal.TooFewSignatures, bank.Post(Scene.Sign(verdict, Scene.Validator(0))));
        // The same one twice, and two in falling order, which could hide the same one twice.
        foreach (var first in (Address[])[Scene.Validator(0), Scene.Validator(1)])
            Assert.Equal(
                EscrowRefusal.NotAValidator, bank.Post(Scene.Sign(verdict, first, Scene.Validator(0))));
        Assert.Empty(bank.LogOf<EscrowEvent.VerdictPosted>());
        Assert.Equal(EscrowRefusal.None, bank.Post(Scene.Sign(verdict, Scene.Validator(0), Scene.Validator(2))));
    }

    [Fact]
    public void A_vote_of_a_stranger_does_not_count()
    {
        var task = bank.Hold(Order);
        var verdict = Paid(task).Verdict;
        Address[] voters = [.. new[] { Scene.Validator(0), Scene.Stranger }.Order()];
        Assert.Equal(EscrowRefusal.NotAValidator, bank.Post(Scene.Sign(verdict, voters)));
        // A validator's vote that somebody else has signed, or that was cast for another verdict.
        var forged = new VoteSignature(Scene.Validator(1), Scene.VoteOf(Scene.Stranger, verdict).Signature);
        var good = Scene.Sign(verdict, Scene.Validator(0));
        Assert.Equal(EscrowRefusal.BadSignature, bank.Post(good with { Signatures = good.Signatures.Add(forged) }));
        var other = Scene.VoteOf(Scene.Validator(1), verdict with { CheatPassPpb = 1 }).Signature;
        forged = forged with { Signature = other };
        Assert.Equal(EscrowRefusal.BadSignature, bank.Post(good with { Signatures = good.Signatures.Add(forged) }));
        Assert.Empty(bank.LogOf<EscrowEvent.VerdictPosted>());
    }

    [Fact]
    public void A_batch_whose_root_is_not_that_of_its_verdicts_is_refused_whole()
    {
        var task = bank.Hold(Order);
        var signed = Paid(task).Signed;
        var before = bank.Digest();
        Assert.Equal(EscrowRefusal.BadRoot, bank.Call(
            Scene.Scheduler, new EscrowCall.PostBatch(Scene.DigestOf(1), [signed])));
        Assert.Equal(EscrowRefusal.BadRoot, bank.Call(
            Scene.Scheduler, new EscrowCall.PostBatch(Digest.Zero, [signed])));
        Assert.Equal(before, bank.Digest());
    }

    [Fact]
    public void One_bad_verdict_does_not_hold_up_the_others_of_its_batch()
    {
        OrderBuilder[] orders = [.. Enumerable.Range(1, 3).Select(key => Order with { Key = (ulong)key })];
        TaskId[] tasks = [.. orders.Select(bank.Hold)];
        var bad = Scene.Sign(Paid(tasks[1]).Verdict, Scene.Validator(0));
        var refusal = bank.Post(Paid(tasks[0]).Signed, bad, Paid(tasks[2]).Signed);
        Assert.Equal(EscrowRefusal.TooFewSignatures, refusal);
        Assert.Equal(
            [tasks[0], tasks[2]], bank.LogOf<EscrowEvent.VerdictPosted>().Select(posted => posted.Verdict.Task));
    }

    [Fact]
    public void A_verdict_that_charges_more_than_is_held_is_refused()
    {
        var task = bank.Hold(Order);
        var half = Order.PriceLimit.DividedBy(2);
        var above = new VerdictBuilder(task)
            .Pay(Scene.Provider(0), half).Pay(Scene.Provider(1), half + new Amount(1));
        Assert.Equal(EscrowRefusal.OverLimit, bank.Post(above.Signed));
        var exact = new VerdictBuilder(task).Pay(Scene.Provider(0), half).Pay(Scene.Provider(1), half);
        Assert.Equal(EscrowRefusal.None, bank.Post(exact.Signed));
    }

    [Fact]
    public void A_verdict_for_another_round_or_an_unknown_task_is_refused()
    {
        var task = bank.Hold(Order);
        var later = new VerdictBuilder(task) { Round = 1 };
        Assert.Equal(EscrowRefusal.StaleRound, bank.Post(later.Signed));
        Assert.Equal(EscrowRefusal.UnknownTask, bank.Post(Paid(new TaskId(1, 1)).Signed));
        Assert.Equal(EscrowRefusal.None, bank.Post(Paid(task).Signed));
        Assert.Equal(EscrowRefusal.StaleRound, bank.Post(Paid(task).Signed));
    }

    [Fact]
    public void An_order_is_held_for_only_with_its_requesters_signature_and_money_and_in_time()
    {
        var forged = Scene.SignAs(Scene.Stranger, Order.Order);
        Assert.Equal(
            EscrowRefusal.InsufficientFunds, bank.Call(Scene.Stranger, new EscrowCall.HoldFunds(Order.Signed)));
        bank.Fund(Order.Requester, Order.PriceLimit);
        Assert.Equal(EscrowRefusal.BadSignature, bank.Call(Scene.Stranger, new EscrowCall.HoldFunds(forged)));
        bank.Now = Order.Deadline;
        Assert.Equal(EscrowRefusal.DeadlinePassed, bank.Call(Scene.Stranger, new EscrowCall.HoldFunds(Order.Signed)));
        // What a forger sends leaves no trace: else it could end the task of an order that is not its own.
        Assert.Equal(2, bank.LogOf<EscrowEvent.HoldRefused>().Count());
        Assert.Equal(Order.PriceLimit, bank.Available(Order.Requester));
    }

    [Fact]
    public void A_fraud_costs_a_multiple_of_the_price_limit_and_makes_its_requester_good_but_not_rich()
    {
        bank.Stake(Scene.Provider(), Stake);
        var task = bank.Hold(Order);
        bank.Post(new VerdictBuilder(task) { Outcome = Outcome.Failed }.Fraud(Scene.Provider()).Signed);
        bank.PassWindow(Order);
        bank.Settle(task);
        Assert.Equal(Stake - new Amount(2_000_000), bank.Of(Account.Stake(Scene.Provider())));
        // The refund and as much again: nobody earns by ordering what is sure to be called a fraud.
        Assert.Equal(new Amount(200_000), bank.Available(Order.Requester));
        Assert.Equal(new Amount(1_900_000), bank.Available(Scene.Treasury));
    }

    /// <summary>Found by review: a clock that stepped back brought a forgotten order back, to be paid again.</summary>
    [Fact]
    public void A_clock_that_steps_back_pays_nothing_twice()
    {
        var task = bank.Hold(Order);
        var verdict = Paid(task).Signed;
        bank.Post(verdict);
        bank.PassWindow(Order);
        bank.Settle(task);
        bank.Now = Order.Deadline + Duration.Seconds(1);
        bank.Fund(Scene.Stranger, new Amount(1));
        bank.Now = Scene.Start;
        bank.Fund(Order.Requester, Order.PriceLimit);
        Assert.Equal(
            EscrowRefusal.DeadlinePassed, bank.Call(Scene.Stranger, new EscrowCall.HoldFunds(Order.Signed)));
        Assert.Equal(EscrowRefusal.UnknownTask, bank.Post(verdict));
        Assert.Single(bank.LogOf<EscrowEvent.TaskSettled>());
    }

    [Fact]
    public void A_late_duplicate_of_a_forgotten_order_is_refused_by_its_deadline()
    {
        var task = bank.Hold(Order);
        bank.Post(Paid(task).Signed);
        bank.Now = Order.Deadline + Duration.Seconds(1);
        Assert.Equal(EscrowRefusal.None, bank.Settle(task));
        // Any further call that leaves a trace lets the escrow forget what is final and past its deadline.
        bank.Fund(Order.Requester, Order.PriceLimit);
        Assert.Equal(EscrowRefusal.UnknownTask, bank.Settle(task));
        var before = bank.Available(Order.Requester);
        Assert.Equal(EscrowRefusal.DeadlinePassed, bank.Call(Scene.Stranger, new EscrowCall.HoldFunds(Order.Signed)));
        Assert.Equal(EscrowRefusal.UnknownTask, bank.Post(Paid(task).Signed));
        Assert.Equal(before, bank.Available(Order.Requester));
        Assert.Single(bank.LogOf<EscrowEvent.TaskSettled>());
    }

    private static VerdictBuilder Paid(TaskId task) =>
        new VerdictBuilder(task).Pay(Scene.Provider(), new Amount(1_000));
}
