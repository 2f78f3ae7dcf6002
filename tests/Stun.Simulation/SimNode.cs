namespace Stun.Simulation;

/// <summary>
/// One role's host in the simulated world: inbox, runner, disk and clock. It does what the real host does, in the same
/// order: drain a batch, run the machine, write the journal, and only then let effects go.
/// </summary>
public sealed class SimNode(World world, int index, Address address, Func<Prng, Machine> build)
{
    /// <summary>More than this waiting means that somebody sends without end.</summary>
    private const int InboxMax = 20_000;

    private const int BatchMax = 64;

    private readonly Queue<Input> inbox = new();
    private Runner runner = new(build(world.Dice.Fork()));
    private bool isStepPlanned;
    private bool isWritePlanned;
    private Instant alarm = Instant.Never;

    public int Index => index;
    public Address Address => address;
    public Machine Machine => runner.Machine;
    public SimDisk Disk { get; } = new();
    public bool IsUp { get; private set; } = true;

    /// <summary>Counts restarts: an answer to a question of an earlier life reaches nobody.</summary>
    public int Life { get; private set; }

    public Duration ClockOffset { get; private set; }

    public Instant DiskFreeAt { get; set; }

    public Instant Clock => world.Now + ClockOffset;

    public void Start() => Carry(runner.Recover(Clock, Disk.Journal));

    public void Deliver(Input input)
    {
        if (!IsUp) return;
        inbox.Enqueue(input);
        Laws.Require(inbox.Count <= InboxMax, "Queues_keep_their_limits", $"the inbox of node {index} overflows");
        PlanStep();
    }

    public void StepClock(Duration step)
    {
        ClockOffset += step;
        if (IsUp) SetAlarm();
    }

    public void Crash()
    {
        if (!IsUp) return;
        IsUp = false;
        Life++;
        inbox.Clear();
        isStepPlanned = isWritePlanned = false;
        alarm = Instant.Never;
        Disk.Crash(world.Dice, world.Options.TornWrites);
        world.Hands.Forget(this);
    }

    public void Restart()
    {
        if (IsUp) return;
        IsUp = true;
        runner = new Runner(build(world.Dice.Fork()));
        Disk.Truncate(runner.Replay(Disk.Journal));
        if (world.Options.SnapshotEvery > Duration.Zero && world.Dice.Chance(500_000))
        {
            Cut();
            runner = new Runner(build(world.Dice.Fork()));
            runner.Restore([Disk.Journal.ToArray()]);
        }
        Carry(runner.Resume(Clock));
    }

    /// <summary>As a host does now and then: a snapshot takes the place of the journal so far.</summary>
    public void CutJournal()
    {
        if (IsQuiet) Cut();
    }

    /// <summary>
    /// The laws of the journal: replayed, it gives the very state that is held, and so does a snapshot.
    /// </summary>
    public void RequireReplayable()
    {
        if (!IsQuiet) return;
        var replayed = build(new Prng(0));
        Runner.Replay(replayed, Disk.Journal);
        RequireHeld(replayed, "A_replayed_journal_gives_the_state_that_was_held");
        var restored = new Runner(build(new Prng(0)));
        restored.Restore(runner.Snapshot());
        RequireHeld(restored.Machine, "A_restored_snapshot_gives_the_state_that_was_held");
    }

    /// <summary>All that the machine has become is in its journal.</summary>
    private bool IsQuiet => IsUp && Disk.PendingCount == 0 && runner.HeldCount == 0;

    private void Cut()
    {
        Disk.Replace(runner.Snapshot());
        world.Tally.Cuts++;
    }

    /// <summary>Equal by digest, and equal in all that a snapshot says.</summary>
    private void RequireHeld(Machine copy, string law)
    {
        var (held, found) = (new StateDigest(), new StateDigest());
        Machine.DigestState(held);
        copy.DigestState(found);
        var isSame = held.Value == found.Value;
        Laws.Require(isSame, law, $"{Machine.GetType().Name}, node {index}");
        using var entries = copy.Snapshot().GetEnumerator();
        foreach (var entry in Machine.Snapshot())
            isSame &= entries.MoveNext() && entry.AsSpan().SequenceEqual(entries.Current);
        Laws.Require(isSame && !entries.MoveNext(), law, $"snapshots of {Machine.GetType().Name}, node {index}");
    }

    private void PlanStep()
    {
        if (isStepPlanned) return;
        isStepPlanned = true;
        var life = Life;
        world.At(world.Now + new Duration(20), () =>
        {
            if (life == Life) Step();
        });
    }

    private void Step()
    {
        isStepPlanned = false;
        var inputs = new Input[Math.Min(inbox.Count, BatchMax)];
        for (var item = 0; item < inputs.Length; item++) inputs[item] = inbox.Dequeue();
        Carry(runner.Receive(Clock, inputs));
        if (inbox.Count > 0) PlanStep();
    }

    private void Carry(Batch batch)
    {
        world.Trace(index, batch);
        // An empty batch need not be written, but its effects may not overtake those of a batch that must.
        if (batch.Frame.IsEmpty && Disk.PendingCount == 0) Release(batch.Number);
        else
        {
            Disk.Write(batch.Number, batch.Frame);
            PlanWrite();
        }
        SetAlarm();
    }

    private void PlanWrite()
    {
        if (isWritePlanned || Disk.PendingCount == 0) return;
        isWritePlanned = true;
        var life = Life;
        var takes = world.Dice.Between(new Duration(30), world.Options.WriteMax);
        var from = world.Now < DiskFreeAt ? DiskFreeAt : world.Now;
        world.At(from + takes, () =>
        {
            if (life != Life) return;
            isWritePlanned = false;
            if (world.Now < DiskFreeAt)
            {
                PlanWrite();
                return;
            }
            Release(Disk.Complete());
            PlanWrite();
        });
    }

    private void Release(ulong number)
    {
        foreach (var effect in runner.Acknowledge(number)) world.Hands.Carry(this, effect);
    }

    private void SetAlarm()
    {
        var wanted = runner.WakesAt;
        if (wanted == Instant.Never) return;
        var at = wanted + (Duration.Zero - ClockOffset);
        if (at < world.Now) at = world.Now + new Duration(20);
        if (alarm <= at && alarm > world.Now) return;
        alarm = at;
        var life = Life;
        world.At(at, () =>
        {
            if (life != Life || alarm != at) return;
            alarm = Instant.Never;
            if (runner.WakesAt <= Clock) Carry(runner.Wake(Clock));
            else SetAlarm();
        });
    }
}
