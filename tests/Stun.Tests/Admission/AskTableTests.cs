using Stun.Tests.Scenes;

namespace Stun.Tests.Admission;

public sealed class AskTableTests
{
    private readonly AskTable<TaskId> asks = new(new Prng(1));

    [Fact]
    public void An_answer_finds_its_question_once()
    {
        var id = Ask(1);
        Assert.True(asks.Waits(Task(1)));
        Assert.True(asks.TryClose(id, out var about));
        Assert.Equal(Task(1), about);
        Assert.False(asks.TryClose(id, out _));
        Assert.False(asks.Waits(Task(1)));
        Assert.Equal(0, asks.Count);
    }

    [Fact]
    public void Asking_again_replaces_the_older_question()
    {
        var older = Ask(1);
        var newer = Ask(1);
        Assert.NotEqual(older, newer);
        Assert.False(asks.TryClose(older, out _));
        Assert.True(asks.Waits(Task(1)));
        Assert.True(asks.TryClose(newer, out _));
    }

    [Fact]
    public void A_dropped_question_has_no_answer()
    {
        var (id, other) = (Ask(1), Ask(2));
        asks.Drop(Task(1));
        asks.Drop(Task(3));
        Assert.False(asks.TryClose(id, out _));
        Assert.True(asks.TryClose(other, out var about));
        Assert.Equal(Task(2), about);
    }

    [Fact]
    public void No_life_answers_for_another()
    {
        SortedSet<ulong> ids = [];
        var prng = new Prng(9);
        for (var life = 0; life < 1_000; life++)
        {
            var table = new AskTable<TaskId>(prng.Fork());
            var runner = new Runner(new Asker(table));
            var batch = runner.Wake(Scene.Start);
            foreach (var ask in runner.Acknowledge(batch.Number).OfType<Effect.Ask>()) Assert.True(ids.Add(ask.Id));
        }
        Assert.Equal(3_000, ids.Count);
    }

    private ulong Ask(ulong number)
    {
        var asker = new Asker(asks, number);
        var runner = new Runner(asker);
        var batch = runner.Wake(Scene.Start);
        return ((Effect.Ask)runner.Acknowledge(batch.Number).Single()).Id;
    }

    private static TaskId Task(ulong number) => new(number, number);

    /// <summary>Asks one question, or three, when it is woken: effects are seen only through a runner.</summary>
    private sealed class Asker(AskTable<TaskId> table, ulong only = 0) : Machine
    {
        public override void Wake(Instant now, Outbox outbox)
        {
            for (var number = 1UL; number <= 3; number++)
                if (only == 0 || only == number) table.Ask(Task(number), new Ask.Sign(Digest.Zero), outbox);
        }

        public override void Receive(Instant now, Address from, Message message, Outbox outbox) { }

        public override void Resume(Instant now, Outbox outbox) { }

        public override void Replay(ReadOnlySpan<byte> entry) { }

        public override void DigestState(StateDigest digest) { }

        public override IEnumerable<byte[]> Snapshot() => [];
    }
}
