using Stun.Engine.Settlement;
using Stun.Tests.Scenes;

namespace Stun.Tests.Settlement;

public sealed class DisputeTests
{
    private static readonly OrderBuilder Order = new();
    private static readonly Address Disputer = Scene.Validator(2);
    private readonly Bank bank = new(Scene.Terms);

    [Fact]
    public void A_dispute_that_changes_nothing_forfeits_its_bond()
    {
        var task = Posted();
        Assert.Equal(EscrowRefusal.None, bank.Dispute(Disputer, task));
        Assert.Equal(Amount.Zero, bank.Available(Disputer));
        Assert.Equal(Scene.Terms.DisputeBond, bank.Of(Account.Bond(task)));
        Assert.Equal(EscrowRefusal.None, bank.Post(Paid(task, 1).Signed));
        Assert.Equal(Amount.Zero, bank.Available(Disputer));
        Assert.Equal(Scene.Terms.DisputeBond + new Amount(150), bank.Available(Scene.Treasury));
        Assert.Equal(Amount.Zero, bank.Of(Account.Bond(task)));
        Assert.Single(bank.LogOf<EscrowEvent.TaskSettled>());
    }

    [Fact]
    public void A_dispute_that_changes_the_judgement_gets_its_bond_back()
    {
        bank.Stake(Scene.Provider(), new Amount(10_000_000));
        var task = Posted();
        bank.Dispute(Disputer, task);
        var changed = new VerdictBuilder(task) { Round = 1, Outcome = Outcome.Failed }.Fraud(Scene.Provider());
        Assert.Equal(EscrowRefusal.None, bank.Post(changed.Signed));
        Assert.Equal(Scene.Terms.DisputeBond, bank.Available(Disputer));
        Assert.Equal(Order.PriceLimit * 2, bank.Available(Order.Requester));
        Assert.Equal(Amount.Zero, bank.Available(Scene.Provider()));
    }

    [Fact]
    public void A_disputed_task_is_not_paid_until_it_is_judged_again_or_nobody_has_in_time()
    {
        var task = Posted();
        bank.Dispute(Disputer, task);
        bank.PassWindow(Order);
        Assert.Equal(EscrowRefusal.WindowOpen, bank.Settle(task));
        // The next round has its own number; the first round's verdict is no answer.
        Assert.Equal(EscrowRefusal.StaleRound, bank.Post(Paid(task, 0).Signed));
        bank.Now = Scene.Start + Scene.Terms.DisputeTimeout + (Order.RunTimeMax * 2) + new Duration(-1);
        Assert.Equal(EscrowRefusal.WindowOpen, bank.Settle(task));
        bank.Now += new Duration(1);
        Assert.Equal(EscrowRefusal.None, bank.Settle(task));
        // Silence is not the disputer's fault.
        Assert.Equal(Scene.Terms.DisputeBond, bank.Available(Disputer));
        Assert.Equal(new Amount(850), bank.Available(Scene.Provider()));
    }

    [Fact]
    public void A_dispute_is_refused_without_a_verdict_of_that_round_a_bond_or_in_a_closed_window()
    {
        var task = bank.Hold(Order);
        bank.Fund(Disputer, Scene.Terms.DisputeBond);
        Assert.Equal(EscrowRefusal.UnknownTask, bank.Dispute(Disputer, new TaskId(1, 1)));
        Assert.Equal(EscrowRefusal.StaleRound, bank.Dispute(Disputer, task));
        bank.Post(Paid(task, 0).Signed);
        Assert.Equal(EscrowRefusal.StaleRound, bank.Dispute(Disputer, task, 1));
        Assert.Equal(EscrowRefusal.InsufficientFunds, bank.Dispute(Scene.Stranger, task));
        bank.PassWindow(Order);
        Assert.Equal(EscrowRefusal.WindowClosed, bank.Dispute(Disputer, task));
        bank.Settle(task);
        Assert.Equal(EscrowRefusal.AlreadyFinal, bank.Dispute(Disputer, task));
        Assert.Equal(Scene.Terms.DisputeBond, bank.Available(Disputer));
    }

    [Fact]
    public void A_second_dispute_of_one_round_takes_no_second_bond()
    {
        var task = Posted();
        bank.Fund(Scene.Validator(1), Scene.Terms.DisputeBond);
        Assert.Equal(EscrowRefusal.None, bank.Dispute(Disputer, task));
        Assert.Equal(EscrowRefusal.AlreadyDone, bank.Dispute(Scene.Validator(1), task));
        Assert.Equal(Scene.Terms.DisputeBond, bank.Available(Scene.Validator(1)));
    }

    private TaskId Posted()
    {
        var task = bank.Hold(Order);
        bank.Fund(Disputer, Scene.Terms.DisputeBond);
        Assert.Equal(EscrowRefusal.None, bank.Post(Paid(task, 0).Signed));
        return task;
    }

    private static VerdictBuilder Paid(TaskId task, ushort round) =>
        new VerdictBuilder(task) { Round = round }.Pay(Scene.Provider(), new Amount(1_000));
}
