namespace Stun.Tests.Scenes;

/// <summary>
/// Drives one real machine through its runner as a host does: journal first, then effects, and what the machine asks
/// of its host is answered at once, or kept where the host has no answer.
/// </summary>
internal sealed class MachineHarness
{
    private readonly Func<Prng, Machine> build;
    private readonly List<byte> journal = [];
    private readonly Queue<Input> answers = new();
    private Runner runner;
    private ulong lives;

    public MachineHarness(Func<Prng, Machine> build, Address self)
    {
        this.build = build;
        Self = self;
        runner = new Runner(build(new Prng(++lives)));
        Carry(runner.Recover(Now, []));
    }

    public Address Self { get; }

    public Instant Now { get; private set; } = Scene.Start;

    public Machine Machine => runner.Machine;

    public ReadOnlySpan<byte> Journal => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(journal);

    /// <summary>What has left the machine since the last <see cref="Forget"/>.</summary>
    public List<Effect.Send> Sent { get; } = [];

    public List<Effect.Note> Notes { get; } = [];

    /// <summary>Everything asked of the host, answered or not.</summary>
    public List<Effect.Ask> Asked { get; } = [];

    /// <summary>The host: gives null for what it will answer later, or never.</summary>
    public Func<Ask, Answer?> Host { get; set; } = SceneHost.Answer;

    public IEnumerable<T> SentOf<T>() where T : Message => Sent.Select(send => send.Message).OfType<T>();

    public IEnumerable<T> SentTo<T>(Address to) where T : Message =>
        Sent.Where(send => send.To == to).Select(send => send.Message).OfType<T>();

    public IEnumerable<T> AskedOf<T>() where T : Ask => Asked.Select(ask => ask.Asked).OfType<T>();

    public int NoteCount(NoteKind kind) => Notes.Count(note => note.Kind == kind);

    public void Tell(Address from, Message message)
    {
        Receive(new Input(from, message));
        while (answers.TryDequeue(out var answer)) Receive(answer);
    }

    /// <summary>A late answer to a question that the host did not answer at once.</summary>
    public void AnswerTo<T>(Answer answer) where T : Ask =>
        Tell(Self, new Message.Answered(Asked.Last(ask => ask.Asked is T).Id, answer));

    /// <summary>Lets time go by, waking the machine whenever it wants to be woken.</summary>
    public void Pass(Duration time)
    {
        var end = Now + time;
        for (var wakes = 0; runner.WakesAt <= end; wakes++)
        {
            Assert.True(wakes < 100_000, "The machine wants to be woken for ever.");
            if (runner.WakesAt > Now) Now = runner.WakesAt;
            Carry(runner.Wake(Now));
            while (answers.TryDequeue(out var answer)) Receive(answer);
        }
        Now = end;
    }

    public void PassTo(Instant at) => Pass(at - Now);

    /// <summary>A crash and a new life from the journal.</summary>
    public void Restart()
    {
        answers.Clear();
        runner = new Runner(build(new Prng(++lives)));
        Carry(runner.Recover(Now, Journal));
        while (answers.TryDequeue(out var answer)) Receive(answer);
    }

    /// <summary>A snapshot takes the place of the journal, and a new life begins from it.</summary>
    public void RestartFromSnapshot()
    {
        var snapshot = runner.Snapshot();
        journal.Clear();
        foreach (var frame in snapshot) journal.AddRange(frame);
        Restart();
    }

    /// <summary>A machine like this one, with no past.</summary>
    public Machine NewMachine() => build(new Prng(0));

    public void Forget()
    {
        Sent.Clear();
        Notes.Clear();
        Asked.Clear();
    }

    /// <summary>The journal alone gives the state that is held, and so does a snapshot.</summary>
    public void RequireReplayable()
    {
        var copy = NewMachine();
        Runner.Replay(copy, Journal);
        RequireHeld(copy);
        var restored = new Runner(NewMachine());
        restored.Restore(runner.Snapshot());
        RequireHeld(restored.Machine);
    }

    private void RequireHeld(Machine copy)
    {
        Assert.Equal(Scene.DigestOf(Machine), Scene.DigestOf(copy));
        Assert.Equal(Machine.Snapshot(), copy.Snapshot());
    }

    private void Receive(Input input) => Carry(runner.Receive(Now, [input]));

    private void Carry(Batch batch)
    {
        journal.AddRange(batch.Frame.Span);
        foreach (var effect in runner.Acknowledge(batch.Number)) Carry(effect);
    }

    private void Carry(Effect effect)
    {
        switch (effect)
        {
            case Effect.Send send: Sent.Add(send); break;
            case Effect.Note note: Notes.Add(note); break;
            case Effect.Ask ask:
                Asked.Add(ask);
                if (Host(ask.Asked) is { } answer)
                    answers.Enqueue(new Input(Self, new Message.Answered(ask.Id, answer)));
                break;
        }
    }
}
