using Stun.Engine.Leases;
using Stun.Tests.Scenes;

namespace Stun.Tests.Leases;

/// <summary>A provider: what it takes, what it refuses, and that it says how it stands until it is closed.</summary>
public sealed class ProviderTests
{
    private static readonly Address Self = Scene.Provider();
    private static readonly OrderBuilder Order = new();
    private static readonly Offer Offer = SchedulerScene.OfferOf(0);
    private readonly MachineHarness provider;

    public ProviderTests() => provider = new MachineHarness(
        dice => new ProviderMachine(Self, Scene.Scheduler, [Offer], Scene.Terms, dice), Self)
    {
        Host = SceneHost.Of(Self),
    };

    [Fact]
    public void A_lease_is_accepted_run_signed_and_revealed_until_it_is_closed()
    {
        Grant(Order);
        Assert.Single(provider.SentTo<Message.AcceptLease>(Scene.Scheduler));
        Assert.Single(provider.AskedOf<Ask.Run>());
        Finish(1, 5);
        var reveal = Assert.Single(provider.SentTo<Message.RevealResult>(Scene.Scheduler));
        Assert.True(Scene.IsSigned(reveal.Receipt));
        Assert.Equal(Scene.DigestOf(5), reveal.Receipt.Receipt.Result);
        provider.Pass(Limits.ResendAfter * 2);
        Assert.Equal(3, provider.SentTo<Message.RevealResult>(Scene.Scheduler).Count());
        provider.Tell(Scene.Scheduler, new Message.CloseLease(new AttemptId(1), AttemptEnd.Finished));
        Assert.Empty(Machine.Held);
        provider.RequireReplayable();
    }

    [Fact]
    public void Where_results_are_compared_it_commits_first_and_reveals_when_it_is_asked()
    {
        Grant(Order with { Verification = new VerificationPolicy.Redundant(2, 3) });
        Finish(1, 5);
        var commit = Assert.Single(provider.SentTo<Message.CommitResult>(Scene.Scheduler));
        Assert.Empty(provider.SentOf<Message.RevealResult>());
        provider.Tell(Scene.Stranger, new Message.AskReveal(new AttemptId(1)));
        Assert.Empty(provider.SentOf<Message.RevealResult>());
        provider.Tell(Scene.Scheduler, new Message.AskReveal(new AttemptId(1)));
        var shown = Assert.Single(provider.SentTo<Message.RevealResult>(Scene.Scheduler)).Receipt;
        Assert.Equal(
            commit.Commitment,
            TypedData.Commitment(TypedData.Digest(Scene.Terms.Domain, shown.Receipt), shown.Salt));
        // A salt that could be guessed would hide nothing: it is drawn, and kept over a crash.
        Assert.NotEqual(Digest.Zero, shown.Salt);
        provider.Restart();
        provider.Tell(Scene.Scheduler, new Message.AskReveal(new AttemptId(1)));
        Assert.Equal(shown, provider.SentTo<Message.RevealResult>(Scene.Scheduler).Last().Receipt);
    }

    public static TheoryData<string, LeaseRefusal> Refusals => new()
    {
        { "from a stranger", LeaseRefusal.Policy },
        { "for another provider", LeaseRefusal.UnknownOffer },
        { "for an unknown offer", LeaseRefusal.UnknownOffer },
        { "for another task", LeaseRefusal.Policy },
        { "below the price", LeaseRefusal.Policy },
        { "for more than it has", LeaseRefusal.Busy },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void A_lease_that_does_not_belong_here_is_refused(string how, LeaseRefusal reason)
    {
        var lease = LeaseOf(Order, 1);
        var order = Order;
        (lease, order) = how switch
        {
            "for another provider" => (lease with { Provider = Scene.Provider(1) }, order),
            "for an unknown offer" => (lease with { Offer = new OfferId(9) }, order),
            "for another task" => (lease, order with { Key = 2 }),
            "below the price" => (lease with { PricePerSecond = new Amount(999) }, order),
            "for more than it has" => Large(),
            _ => (lease, order),
        };
        var from = how == "from a stranger" ? Scene.Stranger : Scene.Scheduler;
        provider.Tell(from, new Message.GrantLease(lease, order.Signed));
        Assert.Equal(reason, Assert.Single(provider.SentTo<Message.RefuseLease>(from)).Reason);
        Assert.Empty(Machine.Held);
        Assert.Empty(provider.AskedOf<Ask.Run>());

        static (Lease, OrderBuilder) Large()
        {
            var large = Order with { Resources = Order.Resources with { GpuCount = 5 } };
            return (LeaseOf(large, 1), large);
        }
    }

    [Fact]
    public void Nothing_is_leased_twice_at_a_time()
    {
        for (var attempt = 1UL; attempt <= 6; attempt++) Grant(Order with { Key = attempt }, attempt);
        // Four devices, one each: the provider is the last to say no.
        Assert.Equal(4, Machine.Held.Count());
        Assert.Equal(4, Machine.LoadOf(Offer.Id).GpuCount);
        Assert.Equal(2, provider.SentOf<Message.RefuseLease>().Count(refused => refused.Reason == LeaseRefusal.Busy));
        provider.Tell(Scene.Scheduler, new Message.CloseLease(new AttemptId(2), AttemptEnd.Revoked));
        Assert.Equal(new AttemptId(2), Assert.Single(provider.AskedOf<Ask.StopRun>()).Attempt);
        Grant(Order with { Key = 9 }, 9);
        Assert.Equal(4, Machine.Held.Count());
    }

    [Fact]
    public void An_older_plan_for_the_same_work_is_refused()
    {
        Grant(Order, 2, generation: 7);
        provider.Tell(Scene.Scheduler, new Message.CloseLease(new AttemptId(2), AttemptEnd.Revoked));
        Grant(Order, 1, generation: 6);
        Grant(Order, 2, generation: 7);
        Assert.Equal(2, provider.SentOf<Message.RefuseLease>()
            .Count(refused => refused.Reason == LeaseRefusal.StaleGeneration));
        Grant(Order, 3, generation: 8);
        Assert.Single(Machine.Held);
    }

    [Fact]
    public void A_grant_sent_twice_is_one_run()
    {
        Grant(Order);
        Grant(Order);
        Assert.Single(provider.AskedOf<Ask.Run>());
        Assert.Equal(2, provider.SentOf<Message.AcceptLease>().Count());
    }

    [Fact]
    public void A_lease_that_is_not_extended_ends_and_its_run_is_stopped()
    {
        Grant(Order);
        provider.Pass(Duration.Seconds(20));
        provider.Tell(Scene.Stranger, new Message.ExtendLease(new AttemptId(1), Instant.Never));
        provider.Pass(Duration.Seconds(5));
        Assert.True(provider.SentOf<Message.RenewLease>().Count() >= 2);
        provider.Tell(Scene.Scheduler, new Message.ExtendLease(new AttemptId(1), Instant.Never));
        provider.Pass(Limits.LeaseTerm + new Duration(-1));
        Assert.Single(Machine.Held);
        provider.Pass(new Duration(1));
        Assert.Empty(Machine.Held);
        Assert.Single(provider.AskedOf<Ask.StopRun>());
    }

    [Fact]
    public void A_restarted_provider_runs_again_what_it_held_and_signs_what_was_not_signed()
    {
        Grant(Order);
        provider.Restart();
        Assert.Equal(2, provider.AskedOf<Ask.Run>().Count());
        provider.Host = SceneHost.Answer;
        Finish(1, 5);
        Assert.Empty(provider.SentOf<Message.RevealResult>());
        provider.Host = SceneHost.Of(Self);
        provider.Restart();
        Assert.NotEmpty(provider.SentOf<Message.RevealResult>());
    }

    [Fact]
    public void A_run_that_fails_is_told_until_the_lease_is_closed()
    {
        Grant(Order);
        provider.AnswerTo<Ask.Run>(
            new Answer.RunDone(new AttemptId(1), new RunOutcome.Failed(RunFailure.OutOfMemory, "")));
        provider.Pass(Limits.ResendAfter * 2);
        Assert.All(provider.SentOf<Message.FailAttempt>(), fail => Assert.Equal(RunFailure.OutOfMemory, fail.Reason));
        Assert.Equal(3, provider.SentOf<Message.FailAttempt>().Count());
    }

    [Fact]
    public void An_owner_who_does_not_want_a_lease_is_obeyed()
    {
        provider.Host = ask => ask is Ask.CheckPolicy
            ? new Answer.PolicyChecked(false, "images: not on the list")
            : SceneHost.Answer(ask);
        Grant(Order);
        var refused = Assert.Single(provider.SentOf<Message.RefuseLease>());
        Assert.Equal(LeaseRefusal.Policy, refused.Reason);
        Assert.Equal("images: not on the list", refused.Detail);
        Assert.Empty(provider.AskedOf<Ask.Run>());
    }

    [Fact]
    public void An_offer_is_posted_until_it_is_noted_and_then_only_kept_warm()
    {
        provider.Forget();
        provider.Pass(Limits.HeartbeatEvery * 3);
        Assert.Equal(3, provider.SentOf<Message.PostOffer>().Count());
        provider.Tell(Scene.Scheduler, new Message.OfferNoted(Offer.Id, 1));
        provider.Forget();
        provider.Pass(Limits.HeartbeatEvery * 3);
        Assert.Empty(provider.SentOf<Message.PostOffer>());
        Assert.Equal(3, provider.SentOf<Message.Heartbeat>().Count());
    }

    private ProviderMachine Machine => (ProviderMachine)provider.Machine;

    private static Lease LeaseOf(OrderBuilder order, ulong attempt, ulong generation = 1) => new(
        new AttemptId(attempt), order.Id, Offer.Id, Self, generation, 0, 0, new Amount(1_000), new Amount(10_000),
        Scene.Start, Scene.Start + Limits.LeaseTerm, null);

    private void Grant(OrderBuilder order, ulong attempt = 1, ulong generation = 1) => provider.Tell(
        Scene.Scheduler, new Message.GrantLease(LeaseOf(order, attempt, generation), order.Signed));

    private void Finish(ulong attempt, ulong result) => provider.AnswerTo<Ask.Run>(new Answer.RunDone(
        new AttemptId(attempt), new RunOutcome.Done(Scene.DigestOf(result), Digest.Zero, Duration.Seconds(4))));
}
