namespace Stun.Simulation;

/// <summary>Carries messages with delay, loss, doubling, reordering and partitions.</summary>
public sealed class Network(World world)
{
    private readonly SortedSet<Address> cutOff = [];

    /// <summary>Whoever wants to listen: the demo does.</summary>
    public Action<Address, Address, Message>? Heard { get; set; }

    public void Partition(IEnumerable<Address> side)
    {
        cutOff.Clear();
        foreach (var address in side) cutOff.Add(address);
    }

    public void Heal() => cutOff.Clear();

    public void Send(Address from, Address to, Message message)
    {
        world.Tally.Messages++;
        Laws.Require(
            message is not Message.CastVote || to == world.Cast.SchedulerAddress,
            "A_validator_votes_only_for_a_scheduler", $"it answered {to}");
        Heard?.Invoke(from, to, message);
        if (cutOff.Contains(from) != cutOff.Contains(to))
        {
            world.Tally.MessagesLost++;
            return;
        }
        var options = world.Options;
        if (world.Faults.AreOn && world.Dice.Chance(options.LossPpm))
        {
            world.Tally.MessagesLost++;
            return;
        }
        var copies = world.Faults.AreOn && world.Dice.Chance(options.DuplicatePpm) ? 2 : 1;
        if (options.UseWire) message = ProtocolWire.DecodeMessage(ProtocolWire.Encode(message));
        for (; copies > 0; copies--)
        {
            var takes = world.Dice.Between(options.LatencyMin, options.LatencyMax);
            if (world.Faults.AreOn && world.Dice.Chance(options.ReorderPpm)) takes = takes * world.Dice.Between(2, 100);
            world.At(world.Now + takes, () => world.Cast.Deliver(from, to, message));
        }
    }
}
