using Stun.Engine.Scheduling;

namespace Stun.Tests.Scenes;

/// <summary>
/// A scheduler in the middle of everything: a task in each phase, attempts that ended in different ways, offers that
/// shrank or left under their leases, a task that is forgotten and money held for one that never came.
/// </summary>
internal sealed class BusyScheduler
{
    private static readonly Duration Long = Duration.Seconds(50_000);
    private readonly int[] alive = [0, 1, 2, 3, 4, 5];

    public BusyScheduler()
    {
        foreach (var provider in alive) Net.Join(provider);
        Forget(Forgotten);
        Settle(Ended);
        Deliver(Disputed);
        Agree(Disputed);
        Deliver(Pending);
        Agree(Pending);
        Pass(Scene.Terms.BatchPause + Duration.Seconds(1));
        Net.Bank.Fund(Scene.Validator(2), Scene.Terms.DisputeBond);
        Net.Bank.Dispute(Scene.Validator(2), Disputed.Id);
        Pass(Duration.Seconds(1));
        Net.Vote(0, VerdictOn(Disputed, round: 1));
        Deliver(Judging);
        Net.Vote(1, VerdictOn(Judging));
        Run();
        Net.Submit(Queued);
        Net.Submit(Cancelled);
        var cancel = new Message.CancelTask(
            Cancelled.Id, Scene.SignCancel(Cancelled.Requester, Cancelled.Id));
        Net.Tell(Scene.Gateway, cancel);
        Net.Bank.Hold(OrderOf(99));
        Deliver(Posting);
        Agree(Posting);
        // Nobody has paid in for this one: it fails at once.
        Net.Tell(Scene.Gateway, new Message.SubmitTask(Unpaid.Signed));
        Net.Tell(Scene.Gateway, new Message.EndNoted(Unpaid.Id));
        Net.HasChain = false;
        Net.Submit(Holding);
        Net.Harness.Host = _ => null;
        Net.Submit(Checking);
    }

    public SchedulerScene Net { get; } = new();

    public OrderBuilder Forgotten { get; } = OrderOf(1);
    public OrderBuilder Ended { get; } = OrderOf(2);
    public OrderBuilder Disputed { get; } = OrderOf(3);
    public OrderBuilder Pending { get; } = OrderOf(4);
    public OrderBuilder Judging { get; } = OrderOf(5);
    public OrderBuilder Running { get; } = At(3, OrderOf(6));
    public OrderBuilder Compared { get; } =
        OrderOf(7) with { Verification = new VerificationPolicy.Redundant(2, 3) };
    public OrderBuilder Shrunk { get; } = At(4, OrderOf(8));
    public OrderBuilder Left { get; } = At(5, OrderOf(9));
    public OrderBuilder Queued { get; } = OrderOf(10) with { Resources = OrderOf(10).Resources with { GpuCount = 5 } };
    public OrderBuilder Cancelled { get; } = OrderOf(11);
    public OrderBuilder Posting { get; } = OrderOf(12);
    public OrderBuilder Holding { get; } = OrderOf(13);
    public OrderBuilder Checking { get; } = OrderOf(14);
    public OrderBuilder Unpaid { get; } = OrderOf(15) with { Requester = Scene.Requester(5) };

    public TaskPhase PhaseOf(OrderBuilder order) => Net.Task(order).Phase;

    private static OrderBuilder OrderOf(ulong key) => new()
    {
        Key = key,
        RunTimeMax = Duration.Seconds(200),
        PriceLimit = new Amount(1_000_000),
        Deadline = Scene.Start + Long,
    };

    private static OrderBuilder At(int provider, OrderBuilder order) =>
        order with { Policy = RequesterPolicy.Open with { ProvidersAllowed = [Scene.Provider(provider)] } };

    private void Pass(Duration time) => Net.Pass(time, alive);

    /// <summary>A lost attempt with a checkpoint and another that goes on from it; one committed of two; two leases
    /// whose offers change under them.</summary>
    private void Run()
    {
        Net.Submit(Running);
        var lost = Net.Granted(Running).Single();
        Net.Accept(lost);
        // Renewed later than granted, or nobody could tell a lease that was extended from one that was not.
        Pass(Limits.RenewEvery);
        var checkpoint = new Checkpoint(lost.Attempt, Scene.DigestOf(33), 400_000);
        Net.Tell(lost.Provider, new Message.RenewLease(lost.Attempt, checkpoint));
        Pass(Limits.LeaseTerm + Duration.Seconds(20));
        var failed = Net.Granted(Running).Last();
        Net.Tell(failed.Provider, new Message.FailAttempt(failed.Attempt, RunFailure.Runtime, "full"));
        Pass(Duration.Seconds(5));
        Net.Accept(Net.Granted(Running).Last());
        Net.Submit(Compared);
        foreach (var lease in Net.Granted(Compared)) Net.Accept(lease);
        Net.Commit(Compared, Net.Granted(Compared)[0]);
        Net.Submit(Shrunk);
        Net.Accept(Net.Granted(Shrunk).Single());
        var small = SchedulerScene.OfferOf(4);
        small = small with { Version = 2, Hardware = small.Hardware with { GpuCount = 0 } };
        Net.Tell(4, new Message.PostOffer(small));
        Net.Submit(Left);
        Net.Accept(Net.Granted(Left).Single());
        Net.Tell(5, new Message.WithdrawOffer(new OfferId(1), 1));
    }

    private void Deliver(OrderBuilder order)
    {
        Net.Submit(order);
        var lease = Net.Granted(order).Single();
        Net.Accept(lease);
        Net.Reveal(order, lease);
    }

    private Verdict VerdictOn(OrderBuilder order, ushort round = 0) => new VerdictBuilder(order.Id) { Round = round }
        .Pay(Net.Task(order).Attempts[0].Lease.Provider, new Amount(1_000)).Verdict;

    private void Agree(OrderBuilder order)
    {
        Net.Vote(0, VerdictOn(order));
        Net.Vote(1, VerdictOn(order));
    }

    private void Settle(OrderBuilder order)
    {
        Deliver(order);
        Agree(order);
        Pass(Scene.Terms.DisputeWindow + (order.RunTimeMax * 2) + Duration.Seconds(70));
    }

    private void Forget(OrderBuilder order)
    {
        Settle(order);
        Net.Tell(Scene.Gateway, new Message.EndNoted(order.Id));
        Pass(Limits.EndedKept + Duration.Seconds(5));
    }
}
