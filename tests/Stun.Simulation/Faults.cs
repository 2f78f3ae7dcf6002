namespace Stun.Simulation;

/// <summary>What goes wrong during the safety phase, and how it heals.</summary>
public sealed class Faults(World world)
{
    public bool AreOn { get; private set; } = true;

    public void Start()
    {
        Repeat(world.Options.CrashEvery, Crash);
        Repeat(world.Options.PartitionEvery, Partition);
        Repeat(world.Options.DiskFullEvery, FillDisk);
        Repeat(world.Options.ClockStepEvery, StepClock);
        // No fault, but what follows one may go by what was cut.
        Repeat(world.Options.SnapshotEvery, () => AnyNode().CutJournal());
    }

    public void Heal()
    {
        AreOn = false;
        world.Network.Heal();
        foreach (var node in world.Cast.Nodes)
        {
            node.DiskFreeAt = world.Now;
            node.Restart();
        }
    }

    /// <summary>Again and again, at random times around this mean, until the faults end.</summary>
    private void Repeat(Duration mean, Action act)
    {
        if (mean == Duration.Zero) return;
        world.At(world.Now + world.Dice.Between(Duration.Millis(1), mean * 2), () =>
        {
            if (!AreOn) return;
            act();
            Repeat(mean, act);
        });
    }

    private SimNode AnyNode() => world.Cast.Nodes[world.Dice.Below(world.Cast.Nodes.Count)];

    private void Crash()
    {
        var node = AnyNode();
        node.RequireReplayable();
        node.Crash();
        world.Tally.Faults++;
        world.Tally.Crashes++;
        var life = node.Life;
        world.At(world.Now + world.Dice.Between(Duration.Millis(10), world.Options.DowntimeMax), () =>
        {
            if (node.Life == life) node.Restart();
        });
    }

    private void Partition()
    {
        List<Address> side = [];
        foreach (var node in world.Cast.Nodes)
            if (world.Dice.Chance(500_000)) side.Add(node.Address);
        world.Network.Partition(side);
        world.Tally.Faults++;
        world.At(world.Now + world.Dice.Between(Duration.Seconds(1), Duration.Seconds(60)), world.Network.Heal);
    }

    private void FillDisk()
    {
        AnyNode().DiskFreeAt = world.Now + world.Dice.Between(Duration.Millis(100), Duration.Seconds(20));
        world.Tally.Faults++;
    }

    private void StepClock()
    {
        var most = world.Options.ClockStepMax;
        AnyNode().StepClock(world.Dice.Between(Duration.Zero - most, most));
        world.Tally.Faults++;
    }
}
