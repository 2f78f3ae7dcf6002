using Stun.Engine.Admission;
using Stun.Engine.Settlement;
using Stun.Tests.Scenes;

namespace Stun.Tests.Journal;

/// <summary>Journal first, effects after; a life from the journal is the same life.</summary>
public sealed class RunnerTests
{
    [Fact]
    public void No_effect_leaves_before_the_journal_has_its_batch()
    {
        var runner = NewRunner();
        var first = Deposit(runner, 1);
        Assert.False(first.Frame.IsEmpty);
        Assert.Equal(2, runner.HeldCount);
        Assert.Empty(runner.Acknowledge(first.Number - 1));
        Assert.Single(runner.Acknowledge(first.Number));
        Assert.Equal(0, runner.HeldCount);
    }

    [Fact]
    public void Effects_leave_in_the_order_of_their_batches()
    {
        var runner = NewRunner();
        var last = default(Batch);
        for (var nonce = 1UL; nonce <= 5; nonce++) last = Deposit(runner, nonce);
        var calls = Calls(runner.Acknowledge(last.Number - 2));
        Assert.Equal([1UL, 2UL, 3UL], calls);
        Assert.Equal([4UL, 5UL], Calls(runner.Acknowledge(last.Number)));
        Assert.Empty(runner.Acknowledge(last.Number));
    }

    /// <summary>A batch that changed nothing writes nothing, but its effects may not overtake earlier ones.</summary>
    [Fact]
    public void A_batch_without_events_still_waits_for_the_batches_before_it()
    {
        var runner = NewRunner();
        var first = Deposit(runner, 1);
        var empty = Deposit(runner, 1);
        Assert.True(empty.Frame.IsEmpty);
        Assert.Equal(first.Number + 1, empty.Number);
        Assert.Equal([1UL], Calls(runner.Acknowledge(first.Number)));
        Assert.Equal([1UL], Calls(runner.Acknowledge(empty.Number)));
    }

    [Fact]
    public void Inputs_of_one_batch_share_one_frame()
    {
        var runner = NewRunner();
        Input[] inputs = [DepositOf(1), DepositOf(2), DepositOf(3)];
        var batch = runner.Receive(Scene.Start, inputs);
        var (batches, events, bytes) = Runner.Replay(NewMachine(), batch.Frame.Span);
        Assert.Equal((batch.Number, 3L, batch.Frame.Length), (batches, events, bytes));
    }

    [Fact]
    public void Recovery_goes_on_numbering_where_the_journal_ends_and_asks_for_what_was_open()
    {
        var order = new OrderBuilder();
        var gateway = new MachineHarness(_ => new GatewayMachine(Scene.Scheduler, Scene.Terms), Scene.Gateway);
        gateway.Tell(order.Requester, new Message.SubmitTask(order.Signed));
        gateway.Forget();
        gateway.Restart();
        Assert.Single(gateway.SentTo<Message.SubmitTask>(Scene.Scheduler));

        var runner = NewRunner();
        var journal = new List<byte>();
        for (var nonce = 1UL; nonce <= 3; nonce++) journal.AddRange(Deposit(runner, nonce).Frame.Span);
        var (batches, _, _) = Runner.Replay(NewMachine(), journal.ToArray());
        var second = new Runner(NewMachine());
        Assert.Equal(batches + 1, second.Recover(Scene.Start, journal.ToArray()).Number);
        Assert.Equal(Scene.DigestOf(runner.Machine), Scene.DigestOf(second.Machine));
    }

    [Fact]
    public void A_journal_replayed_in_two_machines_gives_equal_states()
    {
        var runner = NewRunner();
        var journal = new List<byte>();
        for (var nonce = 1UL; nonce <= 20; nonce++) journal.AddRange(Deposit(runner, nonce).Frame.Span);
        var (one, two) = (NewMachine(), NewMachine());
        Runner.Replay(one, journal.ToArray());
        Runner.Replay(two, journal.ToArray());
        Assert.Equal(Scene.DigestOf(one), Scene.DigestOf(two));
        Assert.Equal(Scene.DigestOf(runner.Machine), Scene.DigestOf(one));
        Runner.Replay(two, Deposit(runner, 21).Frame.Span);
        Assert.NotEqual(Scene.DigestOf(one), Scene.DigestOf(two));
    }

    [Fact]
    public void A_machine_that_is_woken_once_is_not_woken_for_ever()
    {
        var runner = NewRunner();
        runner.Wake(Scene.Start);
        Assert.Equal(Instant.Never, runner.WakesAt);
    }

    [Fact]
    public void A_snapshot_stands_in_the_place_of_the_journal_and_later_batches_follow_it()
    {
        var runner = NewRunner();
        var last = default(Batch);
        for (var nonce = 1UL; nonce <= 20; nonce++) last = Deposit(runner, nonce);
        var snapshot = runner.Snapshot();
        var later = Deposit(runner, 21);
        var second = new Runner(NewMachine());
        second.Restore(snapshot);
        Assert.Equal(later.Frame.Length, second.Replay(later.Frame.Span));
        Assert.Equal(Scene.DigestOf(runner.Machine), Scene.DigestOf(second.Machine));
        Assert.Equal(last.Number + 2, second.Resume(Scene.Start).Number);
    }

    [Fact]
    public void A_snapshot_of_a_machine_without_a_past_still_holds_the_number()
    {
        var runner = new Runner(new GatewayMachine(Scene.Scheduler, Scene.Terms));
        Assert.Equal(1UL, runner.Resume(Scene.Start).Number);
        var second = new Runner(new GatewayMachine(Scene.Scheduler, Scene.Terms));
        second.Restore(runner.Snapshot());
        Assert.Equal(2UL, second.Resume(Scene.Start).Number);
    }

    /// <summary>Joined or apart: no frame is larger than what one buffer of a reader holds.</summary>
    [Fact]
    public void A_large_snapshot_is_many_frames_of_limited_size()
    {
        const int LargestFrame = 16 + WireLimits.MessageBytesMax;
        var runner = NewRunner();
        for (var nonce = 1UL; nonce <= 30_000; nonce++) Deposit(runner, nonce);
        var frames = runner.Snapshot();
        Assert.InRange(frames.Count, 2, 10);
        Assert.All(frames, frame => Assert.InRange(frame.Length, 1, LargestFrame));
        var (apart, joined) = (new Runner(NewMachine()), new Runner(NewMachine()));
        apart.Restore(frames);
        joined.Restore([[.. frames.SelectMany(frame => frame)]]);
        Assert.Equal(Scene.DigestOf(runner.Machine), Scene.DigestOf(apart.Machine));
        Assert.Equal(Scene.DigestOf(runner.Machine), Scene.DigestOf(joined.Machine));
    }

    [Fact]
    public void A_snapshot_that_is_torn_or_comes_late_is_refused()
    {
        var runner = NewRunner();
        Deposit(runner, 1);
        var frame = Assert.Single(runner.Snapshot());
        Assert.Throws<InvariantException>(() => new Runner(NewMachine()).Restore([frame[..^1]]));
        frame[^1] ^= 1;
        Assert.Throws<InvariantException>(() => new Runner(NewMachine()).Restore([frame]));
        Assert.Throws<InvariantException>(() => runner.Restore(runner.Snapshot()));
    }

    private static EscrowMachine NewMachine() => new(Scene.Terms, Scene.Keys.Check);

    private static Runner NewRunner()
    {
        var runner = new Runner(NewMachine());
        runner.Recover(Scene.Start, []);
        return runner;
    }

    private static Input DepositOf(ulong nonce) => new(
        Scene.Requester(), new Message.CallEscrow(nonce, new EscrowCall.Deposit(nonce, new Amount(nonce))));

    private static Batch Deposit(Runner runner, ulong nonce) => runner.Receive(Scene.Start, [DepositOf(nonce)]);

    private static IEnumerable<ulong> Calls(List<Effect> effects) =>
        effects.OfType<Effect.Send>().Select(send => ((Message.EscrowAnswered)send.Message).Call);
}
