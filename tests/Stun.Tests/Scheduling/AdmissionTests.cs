using Stun.Engine.Admission;
using Stun.Engine.Scheduling;
using Stun.Tests.Scenes;

namespace Stun.Tests.Scheduling;

/// <summary>How an order comes in: checked, held for, or refused with a reason.</summary>
public sealed class AdmissionTests
{
    private static readonly OrderBuilder Order = new();
    private readonly SchedulerScene scene = new();

    [Fact]
    public void A_good_order_is_accepted_held_for_and_queued()
    {
        scene.Submit(Order);
        Assert.Equal(TaskPhase.Queued, scene.Task(Order).Phase);
        Assert.Single(scene.Harness.SentTo<Message.TaskAccepted>(Scene.Gateway));
        Assert.Equal(Order.PriceLimit, scene.Bank.Of(Engine.Settlement.Account.Held(Order.Id)));
    }

    /// <summary>Found by review: who called the escrow before the scheduler had the order stranded the task.</summary>
    [Fact]
    public void Money_that_was_held_before_the_order_came_is_not_forgotten()
    {
        scene.Bank.Hold(Order);
        scene.Pass(Limits.ResendAfter);
        scene.Tell(Scene.Gateway, new Message.SubmitTask(Order.Signed));
        Assert.Equal(TaskPhase.Queued, scene.Task(Order).Phase);
    }

    [Fact]
    public void An_order_sent_twice_is_one_task()
    {
        scene.Submit(Order);
        scene.Tell(Scene.Gateway, new Message.SubmitTask(Order.Signed));
        scene.Tell(Scene.Stranger, new Message.SubmitTask(Order.Signed));
        Assert.Single(scene.Machine.State.Tasks);
        Assert.Single(scene.Harness.SentTo<Message.TaskAccepted>(Scene.Stranger));
        Assert.Equal(Order.PriceLimit, scene.Bank.Of(Engine.Settlement.Account.Held(Order.Id)));
    }

    [Fact]
    public void A_changed_order_is_another_task()
    {
        var order = Order.Order;
        TaskOrder[] changed =
        [
            order with { Requester = Scene.Requester(1) }, order with { IdempotencyKey = 2 },
            order with { RunTimeMax = order.RunTimeMax + new Duration(1) },
            order with { PriceLimit = order.PriceLimit + new Amount(1) },
            order with { Deadline = order.Deadline + new Duration(1) }, order with { Priority = Priority.Urgent },
            order with { ModelCreator = Scene.Creator }, order with { Home = Region.Parse("eu-de") },
            order with { Spec = order.Spec with { Command = ["run", "more"] } },
            order with { Spec = order.Spec with { Comparator = new Comparator.Json() } },
            order with { Spec = order.Spec with { Policy = new RequesterPolicy(1, Amount.Zero, [], []) } },
        ];
        SortedSet<TaskId> ids = [Order.Id];
        Assert.All(changed, one => Assert.True(ids.Add(Scene.IdOf(one)), $"{one} has the id of another order."));
        // Nobody between requester and escrow can change an order: its signature is for the other task.
        foreach (var one in changed)
        {
            var forged = new SignedOrder(one, Order.Signed.Signature);
            scene.Tell(Scene.Gateway, new Message.SubmitTask(forged));
            Assert.Equal(
                new Message.TaskRefused(Scene.IdOf(one), Refusal.BadSignature),
                scene.Harness.SentOf<Message.TaskRefused>().Last());
            Assert.Equal(
                EscrowRefusal.BadSignature, scene.Bank.Call(Scene.Gateway, new EscrowCall.HoldFunds(forged)));
        }
        // And the same order at another escrow is another task, too.
        var elsewhere = new TypedDataDomain(1, Scene.Escrow);
        Assert.NotEqual(Order.Id, TypedData.TaskIdOf(elsewhere, order));
    }

    [Fact]
    public void One_idempotency_key_is_one_order_of_a_requester()
    {
        scene.Submit(Order);
        var other = Order with { PriceLimit = Order.PriceLimit + new Amount(1) };
        scene.Submit(other);
        Assert.Equal(
            new Message.TaskRefused(other.Id, Refusal.IdempotencyConflict),
            scene.Harness.SentOf<Message.TaskRefused>().Last());
        var others = other with { Requester = Scene.Requester(1) };
        scene.Submit(others);
        Assert.Equal(TaskPhase.Queued, scene.Task(others).Phase);
    }

    /// <summary>An order that is not its requester's takes no key from it: else a forger could block it.</summary>
    [Fact]
    public void A_forged_order_takes_no_idempotency_key()
    {
        var other = Order with { PriceLimit = Order.PriceLimit + new Amount(1) };
        scene.Tell(Scene.Gateway, new Message.SubmitTask(Scene.SignAs(Scene.Stranger, other.Order)));
        Assert.Equal(Refusal.BadSignature, scene.Harness.SentOf<Message.TaskRefused>().Last().Reason);
        scene.Submit(Order);
        Assert.Equal(TaskPhase.Queued, scene.Task(Order).Phase);
    }

    [Fact]
    public void A_requester_over_its_quota_is_refused()
    {
        // Filled through the state's own events: a hundred thousand conversations would show nothing more.
        var state = scene.Machine.State;
        for (var key = 0UL; key < Limits.OpenTasksPerRequesterMax; key++)
        {
            var id = new TaskId(9, key);
            var order = new SignedOrder(Order.Order with { IdempotencyKey = key + 1_000 }, Signature.None);
            state.Apply(new SchedulerEvent.OrderReceived(Scene.Start, id, order, Scene.Gateway));
            state.Apply(new SchedulerEvent.OrderAdmitted(id));
        }
        scene.Submit(Order);
        Assert.Equal(
            new Message.TaskRefused(Order.Id, Refusal.OverQuota), scene.Harness.SentOf<Message.TaskRefused>().Last());
        var others = Order with { Requester = Scene.Requester(1) };
        scene.Submit(others);
        Assert.Equal(TaskPhase.Queued, scene.Task(others).Phase);
        // Whoever ends one has room for another.
        state.Apply(new SchedulerEvent.TaskEnded(
            Scene.Start, new TaskId(9, 0), FinalState.Failed, EndReason.HoldRefused));
        scene.Submit(Order);
        Assert.Equal(TaskPhase.Queued, scene.Task(Order).Phase);
    }

    [Fact]
    public void A_requester_without_the_money_gets_an_end_with_its_reason()
    {
        scene.Tell(Scene.Gateway, new Message.SubmitTask(Order.Signed));
        var ended = scene.Harness.SentTo<Message.TaskEnded>(Scene.Gateway).Last();
        Assert.Equal((FinalState.Failed, EndReason.InsufficientFunds), (ended.State, ended.Reason));
    }

    /// <summary>
    /// Found by review: the escrow told everybody of a forged hold, and the scheduler ended the task.
    /// </summary>
    [Fact]
    public void A_hold_that_a_forger_sends_does_not_end_the_genuine_order()
    {
        scene.HasChain = false;
        scene.Submit(Order);
        Assert.Equal(TaskPhase.Holding, scene.Task(Order).Phase);
        var forged = new EscrowCall.HoldFunds(Order.Signed with { Signature = Signature.None });
        Assert.Equal(EscrowRefusal.BadSignature, scene.Bank.Call(Scene.Stranger, forged));
        scene.HasChain = true;
        scene.Pass(Limits.EscrowResendAfter + Duration.Seconds(1));
        Assert.Equal(TaskPhase.Queued, scene.Task(Order).Phase);
    }

    [Fact]
    public void A_cancellation_signed_by_a_stranger_is_refused()
    {
        scene.Submit(Order);
        foreach (var signature in (Signature[])
            [Signature.None, Scene.SignCancel(Scene.Stranger, Order.Id),
             Scene.SignCancel(Order.Requester, new TaskId(1, 1)), Order.Signed.Signature])
        {
            scene.Tell(Scene.Gateway, new Message.CancelTask(Order.Id, signature));
            Assert.False(scene.Task(Order).CancelAsked);
            Assert.Equal(TaskPhase.Queued, scene.Task(Order).Phase);
        }
        // Whoever brings it: the requester's signature is what counts.
        scene.Tell(Scene.Stranger, new Message.CancelTask(Order.Id, Scene.SignCancel(Order.Requester, Order.Id)));
        Assert.True(scene.Task(Order).CancelAsked);
        Assert.Equal(Outcome.Cancelled, scene.Task(Order).Outcome);
    }

    [Fact]
    public void A_task_that_nobody_can_run_ends_with_its_deadline_and_costs_nothing()
    {
        scene.Submit(Order);
        scene.Pass(Order.Deadline - scene.Harness.Now + Duration.Seconds(1));
        Assert.Equal(TaskPhase.Judging, scene.Task(Order).Phase);
        Assert.Equal(EndReason.NoCapacityByDeadline, scene.Task(Order).Reason);
        Assert.Equal(Outcome.Failed, scene.LastEvidence.Outcome);
    }

    [Fact]
    public void A_gateway_repeats_an_order_until_the_scheduler_has_it_and_passes_the_answers_on()
    {
        var gateway = new MachineHarness(_ => new GatewayMachine(Scene.Scheduler, Scene.Terms), Scene.Gateway);
        gateway.Tell(Order.Requester, new Message.SubmitTask(Order.Signed));
        gateway.Pass(Limits.ResendAfter * 2);
        Assert.Equal(3, gateway.SentTo<Message.SubmitTask>(Scene.Scheduler).Count());
        gateway.Tell(Scene.Stranger, new Message.TaskAccepted(Order.Id));
        Assert.Empty(gateway.SentTo<Message.TaskAccepted>(Order.Requester));
        gateway.Tell(Scene.Scheduler, new Message.TaskAccepted(Order.Id));
        gateway.Pass(Limits.ResendAfter * 5);
        Assert.Equal(3, gateway.SentTo<Message.SubmitTask>(Scene.Scheduler).Count());
        gateway.Restart();
        var ended = new Message.TaskEnded(Order.Id, FinalState.Complete, EndReason.Verified, Scene.DigestOf(5));
        gateway.Tell(Scene.Scheduler, ended);
        gateway.Tell(Scene.Scheduler, ended);
        Assert.Equal(ended, Assert.Single(gateway.SentTo<Message.TaskEnded>(Order.Requester)));
        Assert.Equal(2, gateway.SentTo<Message.EndNoted>(Scene.Scheduler).Count());
        gateway.RequireReplayable();
    }
}
