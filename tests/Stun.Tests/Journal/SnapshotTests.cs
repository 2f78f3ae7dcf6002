using System.Reflection;
using Stun.Engine.Admission;
using Stun.Engine.Leases;
using Stun.Engine.Scheduling;
using Stun.Engine.Settlement;
using Stun.Engine.Verification;
using Stun.Tests.Scenes;
using Stun.Tests.Settlement;
using Stun.Tests.Wire;

namespace Stun.Tests.Journal;

/// <summary>
/// What a snapshot says is all that its machine was: nothing that it says is idle, nothing is missing.
/// </summary>
public sealed class SnapshotTests
{
    [Fact]
    public void A_scheduler_in_the_middle_of_everything_is_whole_in_its_snapshot()
    {
        var busy = new BusyScheduler();
        Assert.Equal(TaskPhase.Checking, busy.PhaseOf(busy.Checking));
        Assert.Equal(TaskPhase.Holding, busy.PhaseOf(busy.Holding));
        Assert.Equal(TaskPhase.Queued, busy.PhaseOf(busy.Queued));
        Assert.NotEmpty(busy.Net.Task(busy.Queued).Refusals.Span.ToArray());
        Assert.Equal(TaskPhase.Running, busy.PhaseOf(busy.Running));
        AttemptEnd[] ends = [AttemptEnd.Lost, AttemptEnd.Failed, AttemptEnd.Running];
        Assert.Equal(ends, busy.Net.Task(busy.Running).Attempts.Select(attempt => attempt.End));
        Assert.Equal(TaskPhase.Judging, busy.PhaseOf(busy.Judging));
        Assert.Equal(TaskPhase.Posting, busy.PhaseOf(busy.Posting));
        Assert.Equal(TaskPhase.Pending, busy.PhaseOf(busy.Pending));
        Assert.Equal((TaskPhase.Judging, 1), (busy.PhaseOf(busy.Disputed), busy.Net.Task(busy.Disputed).Round));
        Assert.Equal(Outcome.Cancelled, busy.Net.Task(busy.Cancelled).Outcome);
        Assert.Equal(TaskPhase.Ended, busy.PhaseOf(busy.Ended));
        Assert.Null(busy.Net.Machine.State.Find(busy.Forgotten.Id));
        busy.Net.Harness.RequireReplayable();
        RequireEachEntryCounts(busy.Net.Harness);
        RequireAllCases<SchedulerEvent>(busy.Net.Harness.Machine, EngineWire.DecodeSchedulerEvent);
        RequireEachFieldCounts<SchedulerEvent>(
            busy.Net.Harness, EngineWire.DecodeSchedulerEvent, EngineWire.Encode);
    }

    [Fact]
    public void A_scheduler_goes_on_from_its_snapshot_as_it_would_have_gone_on()
    {
        var busy = new BusyScheduler();
        var net = busy.Net;
        net.Harness.Host = net.Answer;
        net.HasChain = true;
        net.Harness.RestartFromSnapshot();
        var (shrunk, left) = (net.Granted(busy.Shrunk).Single(), net.Granted(busy.Left).Single());
        var second = net.Granted(busy.Compared)[1];
        net.Harness.Forget();
        // The end of a forgotten task is told, its key is taken, and money held before an order comes is known of.
        net.Tell(Scene.Gateway, new Message.SubmitTask(busy.Forgotten.Signed));
        Assert.Equal(busy.Forgotten.Id, net.Harness.SentTo<Message.TaskEnded>(Scene.Gateway)
            .Single(ended => ended.Task == busy.Forgotten.Id).Task);
        var sameKey = busy.Forgotten with { PriceLimit = new Amount(2_000_000) };
        net.Tell(Scene.Gateway, new Message.SubmitTask(sameKey.Signed));
        Assert.Equal(
            Refusal.IdempotencyConflict, Assert.Single(net.Harness.SentOf<Message.TaskRefused>()).Reason);
        // One more vote for what one validator has voted for already.
        var verdict = net.Task(busy.Judging).Votes[Scene.Validator(1)].Verdict;
        net.Vote(0, verdict);
        Assert.Equal(TaskPhase.Posting, busy.PhaseOf(busy.Judging));
        // Leases end well on an offer that has shrunk, and on one that is gone.
        net.Reveal(busy.Shrunk, shrunk);
        net.Reveal(busy.Left, left);
        Assert.Equal(TaskPhase.Judging, busy.PhaseOf(busy.Shrunk));
        Assert.Equal(TaskPhase.Judging, busy.PhaseOf(busy.Left));
        Assert.Equal(5, net.Machine.State.Offers.Count);
        // The other replica has committed before.
        net.Commit(busy.Compared, second);
        Assert.NotEmpty(net.Harness.SentOf<Message.AskReveal>());
        net.Harness.RequireReplayable();
        net.Pass(Duration.Seconds(1_300), 0, 1, 2);
        Assert.Equal(TaskPhase.Ended, busy.PhaseOf(busy.Pending));
        Assert.Equal(TaskPhase.Ended, busy.PhaseOf(busy.Posting));
        net.Harness.RequireReplayable();
    }

    [Fact]
    public void A_gateway_remembers_who_waits_and_what_has_passed()
    {
        var gateway = new MachineHarness(_ => new GatewayMachine(Scene.Scheduler, Scene.Terms), Scene.Gateway);
        OrderBuilder[] orders = [.. Enumerable.Range(1, 3).Select(key => new OrderBuilder { Key = (ulong)key })];
        foreach (var order in orders) gateway.Tell(order.Requester, new Message.SubmitTask(order.Signed));
        gateway.Tell(Scene.Scheduler, new Message.TaskAccepted(orders[0].Id));
        gateway.Tell(Scene.Scheduler, new Message.TaskRefused(orders[1].Id, Refusal.OverQuota));
        gateway.RequireReplayable();
        RequireEachEntryCounts(gateway);
        gateway.RestartFromSnapshot();
        Assert.Equal(2, ((GatewayMachine)gateway.Machine).WaitingCount);
        gateway.Forget();
        gateway.Pass(Limits.ResendAfter);
        Assert.Equal(orders[2].Signed, Assert.Single(gateway.SentOf<Message.SubmitTask>()).Order);
        gateway.Tell(Scene.Scheduler, new Message.TaskAccepted(orders[0].Id));
        Assert.Single(gateway.SentTo<Message.TaskAccepted>(orders[0].Requester));
        // An order that nobody asks about is forgotten a day after its deadline.
        gateway.PassTo(orders[0].Deadline + Limits.WaitingKept);
        Assert.Equal(0, ((GatewayMachine)gateway.Machine).WaitingCount);
        gateway.RequireReplayable();
    }

    [Fact]
    public void A_provider_remembers_its_leases_and_the_plans_it_has_seen_in_their_order()
    {
        var self = Scene.Provider();
        var offer = SchedulerScene.OfferOf(0);
        offer = offer with { Hardware = offer.Hardware with { GpuCount = 8 } };
        var provider = new MachineHarness(
            dice => new ProviderMachine(self, Scene.Scheduler, [offer], Scene.Terms, dice), self)
        {
            Host = SceneHost.Of(self),
        };
        // The first lease outlives the memory of its plan: 4,096 tasks come after it.
        for (var key = 1UL; key <= 4_100; key++) Grant(key);
        provider.Tell(self, DoneWith(4_098, 5));
        provider.Host = SceneHost.Answer;
        provider.Tell(self, DoneWith(4_099, 6));
        provider.Tell(self, Answered(4_100, new RunOutcome.Failed(RunFailure.OutOfMemory, "full")));
        Assert.Equal([1UL, 4_098, 4_099, 4_100], Held());
        provider.RequireReplayable();
        RequireEachEntryCounts(provider, step: 97);
        RequireAllCases<ProviderEvent>(provider.Machine, EngineWire.DecodeProviderEvent);
        provider.Host = SceneHost.Of(self);
        provider.RestartFromSnapshot();
        provider.Forget();
        provider.Pass(Limits.ResendAfter);
        Assert.Equal(
            [Scene.DigestOf(5), Scene.DigestOf(6)],
            provider.SentOf<Message.RevealResult>().Select(reveal => reveal.Receipt.Receipt.Result));
        Assert.Equal("full", Assert.Single(provider.SentOf<Message.FailAttempt>()).Detail);
        // What is remembered longest is forgotten first: the plan for task 6 is old, that for task 5 is not known.
        Grant(4_200);
        Grant(6, attempt: 5_006, generation: 1);
        Grant(5, attempt: 5_005, generation: 1);
        var refused = Assert.Single(provider.SentOf<Message.RefuseLease>());
        Assert.Equal((new AttemptId(5_006), LeaseRefusal.StaleGeneration), (refused.Attempt, refused.Reason));
        provider.RequireReplayable();

        void Grant(ulong key, ulong? attempt = null, ulong generation = 1)
        {
            var order = new OrderBuilder { Key = key };
            var id = new AttemptId(attempt ?? key);
            var lease = new Lease(
                id, order.Id, offer.Id, self, generation, 0, 0, new Amount(1_000), new Amount(10_000), Scene.Start,
                Scene.Start + Limits.LeaseTerm, null);
            provider.Tell(Scene.Scheduler, new Message.GrantLease(lease, order.Signed));
            if (key is > 1 and < 4_098) provider.Tell(Scene.Scheduler, new Message.CloseLease(id, AttemptEnd.Revoked));
        }

        Message DoneWith(ulong attempt, ulong result) =>
            Answered(attempt, new RunOutcome.Done(Scene.DigestOf(result), Scene.DigestOf(80), Duration.Seconds(4)));

        Message Answered(ulong attempt, RunOutcome outcome) => new Message.Answered(
            provider.Asked.Last(ask => ask.Asked is Ask.Run run && run.Lease.Attempt.Value == attempt).Id,
            new Answer.RunDone(new AttemptId(attempt), outcome));

        IEnumerable<ulong> Held() =>
            ((ProviderMachine)provider.Machine).Held.Select(held => held.Lease.Attempt.Value);
    }

    [Fact]
    public void A_validator_remembers_votes_verdicts_disputes_and_records()
    {
        var self = Scene.Validator();
        var host = SceneHost.Of(self);
        var validator = new MachineHarness(dice => new ValidatorMachine(self, Scene.ChainTerms, dice), self)
        {
            Host = ask => ask is Ask.Rerun run
                ? new Answer.RerunDone(run.Task, run.Rank, Scene.DigestOf(5))
                : host(ask),
        };
        OrderBuilder[] orders = [.. Enumerable.Range(1, 6).Select(key => new OrderBuilder { Key = (ulong)key })];
        var index = 0UL;
        foreach (var order in orders) Log(new EscrowEvent.FundsHeld(order.Id, order.Requester, order.PriceLimit));
        // Voted for; voted against what was accepted; disputed, and voted on again; posted without a vote; settled.
        foreach (var order in orders[..3]) Show(order);
        foreach (var order in orders[1..5]) Log(new EscrowEvent.VerdictPosted(VerdictOn(order), Scene.Start));
        Log(new EscrowEvent.DisputeOpened(orders[2].Id, 1, Scene.Stranger));
        Log(new EscrowEvent.TaskSettled(SettlementOf(orders[4]), VerdictOn(orders[4])));
        Show(orders[5]);
        var mine = validator.SentOf<Message.CastVote>().Last().Vote.Verdict;
        Log(new EscrowEvent.TaskSettled(Division.Of(
            Scene.ChainTerms, orders[5].Id, orders[5].Requester, Address.Zero, orders[5].PriceLimit, mine), mine));
        Log(new EscrowEvent.BatchCut(
            new ChainBatch(1, Scene.DigestOf(1), 1, Scene.DigestOf(2)), [index - 1], [], [], []));
        Log(new EscrowEvent.BatchPosted(1, Scene.Start, Scene.Start));
        validator.RequireReplayable();
        RequireEachEntryCounts(validator);
        var cases = RequireAllCases<ValidatorEvent>(validator.Machine, EngineWire.DecodeValidatorEvent);
        Assert.Equal(3, cases.OfType<ValidatorEvent.Voted>().Count());
        RequireEachFieldCounts<ValidatorEvent>(validator, EngineWire.DecodeValidatorEvent, EngineWire.Encode);
        validator.Forget();
        validator.RestartFromSnapshot();
        var disputes = validator.AskedOf<Ask.CallEscrow>().Select(ask => ask.Call);
        Assert.Equal(new EscrowCall.OpenDispute(orders[1].Id, 0), Assert.Single(disputes));
        Assert.Equal(index, Assert.Single(validator.AskedOf<Ask.FollowEscrow>()).From);
        Assert.Equal(2U, ((ValidatorMachine)validator.Machine).Reputation.PaidCount(Scene.Provider()));
        // One vote per task and round, also after the snapshot.
        Show(orders[0]);
        Assert.Empty(validator.AskedOf<Ask.Rerun>());
        Assert.Single(validator.SentOf<Message.CastVote>());
        Log(new EscrowEvent.HoldExpired(orders[0].Id, orders[0].PriceLimit));
        validator.RequireReplayable();

        void Log(EscrowEvent happened) =>
            validator.Tell(self, new Message.EscrowLogged(index++, Scene.Start, happened));

        void Show(OrderBuilder order) => validator.Tell(
            Scene.Scheduler, new Message.JudgeTask(new EvidenceBuilder(order).Finish(0, 5).Evidence));
    }

    [Fact]
    public void An_escrow_goes_on_from_its_snapshot_as_it_would_have_gone_on()
    {
        HashSet<Type> seen = [];
        for (var seed = 1UL; seed <= 40; seed++)
        {
            var (one, other) = (NewEscrow(), NewEscrow());
            var calls = new RandomCalls(seed);
            var count = 0UL;
            foreach (var (caller, call) in calls.Beginning()) Tell(caller, call);
            for (; count < 160; count++)
            {
                // From here on the second one lives by its snapshot, and again and again.
                if (count % 40 == 20) other.RestartFromSnapshot();
                var pause = calls.NextPause();
                one.Pass(pause);
                other.Pass(pause);
                var (caller, call) = calls.Next();
                Tell(caller, call);
                Assert.Equal(one.Sent, other.Sent);
                Assert.Equal(Scene.DigestOf(one.Machine), Scene.DigestOf(other.Machine));
            }
            Assert.Equal(Log(one), Log(other));
            one.RequireReplayable();
            foreach (var part in Parts(other.Machine, EngineWire.DecodeEscrowEntry)) seen.Add(part.GetType());
            if (seed % 8 == 0) RequireEachEntryCounts(one);

            void Tell(Address caller, EscrowCall call)
            {
                one.Tell(caller, new Message.CallEscrow(count, call));
                other.Tell(caller, new Message.CallEscrow(count, call));
            }
        }
        // Those of a chain: ChainBookTests.
        Assert.Equal(RestoringCases<EscrowEntry>().Except(
            ["ChainRestored", "LeavingRestored", "EntryRestored", "BatchRestored"]),
            seen.Select(type => type.Name).Order());

        static MachineHarness NewEscrow() =>
            new(_ => new EscrowMachine(Scene.Terms, Scene.Keys.Check), Scene.Escrow);

        static IEnumerable<EscrowEvent> Log(MachineHarness escrow) => ((EscrowMachine)escrow.Machine).Log;
    }

    [Fact]
    public void A_follower_of_an_escrow_that_was_cut_gets_its_log_from_the_beginning()
    {
        var escrow = new MachineHarness(_ => new EscrowMachine(Scene.Terms, Scene.Keys.Check), Scene.Escrow);
        for (var nonce = 1UL; nonce <= 3; nonce++)
            escrow.Tell(Scene.Requester(), new Message.CallEscrow(
                nonce, new EscrowCall.Deposit(nonce, new Amount(nonce))));
        escrow.RestartFromSnapshot();
        escrow.Tell(Scene.Scheduler, new Message.FollowEscrow(0));
        var told = escrow.SentTo<Message.EscrowLogged>(Scene.Scheduler).ToArray();
        Assert.Equal([0UL, 1UL, 2UL], told.Select(logged => logged.Index));
        Assert.Equal(new EscrowEvent.Deposited(Scene.Requester(), new Amount(1)), told[0].Event);
    }

    private static Verdict VerdictOn(OrderBuilder order) =>
        new VerdictBuilder(order.Id).Pay(Scene.Provider(), new Amount(9)).Verdict;

    private static Stun.Protocol.Settlement SettlementOf(OrderBuilder order) => new(
        order.Id, Outcome.Complete, order.Requester, order.PriceLimit, order.PriceLimit, Amount.Zero, Address.Zero,
        Amount.Zero, [], []);

    /// <summary>
    /// Each entry, left out alone, is missed: the rest cannot be replayed, or its state has another digest.
    /// </summary>
    private static void RequireEachEntryCounts(MachineHarness harness, int step = 1)
    {
        byte[][] entries = [.. harness.Machine.Snapshot()];
        Assert.NotEmpty(entries);
        for (var missing = 0; missing < entries.Length; missing += step)
            Assert.True(
                IsMissed(harness, [.. entries[..missing], .. entries[(missing + 1)..]]),
                $"Nobody misses entry {missing}: {Convert.ToHexString(entries[missing])}");
    }

    private static bool IsMissed(MachineHarness harness, byte[][] entries)
    {
        var machine = harness.NewMachine();
        try
        {
            foreach (var entry in entries) machine.Replay(entry);
        }
        catch (Exception refused) when (refused is InvariantException or KeyNotFoundException or ArgumentException)
        {
            return true;
        }
        return Scene.DigestOf(machine) != Scene.DigestOf(harness.Machine);
    }

    private delegate TEvent Decoder<TEvent>(ReadOnlySpan<byte> entry);

    /// <summary>
    /// Each field of an event that is only for snapshots, emptied in each entry in turn, is missed at least once.
    /// </summary>
    private static void RequireEachFieldCounts<TEvent>(
        MachineHarness harness, Decoder<TEvent> decode, Func<TEvent, byte[]> encode)
        where TEvent : notnull
    {
        byte[][] entries = [.. harness.Machine.Snapshot()];
        var parts = Parts(harness.Machine, decode);
        List<string> idle = [];
        foreach (var type in parts.Select(part => part.GetType()).Distinct().Where(IsRestoring))
        {
            foreach (var field in type.GetProperties().Where(field => field.CanWrite))
            {
                var isMissed = parts.Index().Where(part => part.Item.GetType() == type).Any(part =>
                    Emptied(part.Item, field) is { } emptied
                    && IsMissed(harness, [.. entries[..part.Index], encode(emptied), .. entries[(part.Index + 1)..]]));
                if (!isMissed && !IsWhole(field)) idle.Add($"{type.Name}.{field.Name}");
            }
        }
        Assert.Empty(idle);
    }

    /// <summary>A part that cannot be emptied: what it is made of is looked at by its digest alone.</summary>
    private static bool IsWhole(PropertyInfo field) =>
        !field.PropertyType.IsValueType
        && new NullabilityInfoContext().Create(field).WriteState != NullabilityState.Nullable;

    private static TEvent? Emptied<TEvent>(TEvent part, PropertyInfo field)
        where TEvent : notnull
    {
        if (IsWhole(field)) return default;
        var copy = part.GetType().GetMethod("<Clone>$")!.Invoke(part, null)!;
        var nothing = field.PropertyType.IsValueType ? Activator.CreateInstance(field.PropertyType) : null;
        field.SetValue(copy, nothing);
        return (TEvent)copy;
    }

    private static bool IsRestoring(Type type) => type.Name.EndsWith("Restored", StringComparison.Ordinal);

    private static TEvent[] Parts<TEvent>(Machine machine, Decoder<TEvent> decode) =>
        [.. machine.Snapshot().Select(entry => decode(entry))];

    /// <summary>The state at hand makes use of every event that is only for snapshots.</summary>
    private static TEvent[] RequireAllCases<TEvent>(Machine machine, Decoder<TEvent> decode)
        where TEvent : notnull
    {
        var parts = Parts(machine, decode);
        var used = parts.Select(part => part.GetType().Name).Distinct().ToArray();
        Assert.Empty(RestoringCases<TEvent>().Except(used));
        return parts;
    }

    private static IEnumerable<string> RestoringCases<TEvent>() => WireValues.CasesOf(typeof(TEvent))
        .Where(IsRestoring).Select(type => type.Name).Order();
}
