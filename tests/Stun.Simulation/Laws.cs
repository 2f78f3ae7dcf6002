using Stun.Engine.Leases;
using Stun.Engine.Scheduling;

namespace Stun.Simulation;

/// <summary>A law was broken: the seed replays it.</summary>
public sealed class LawException(string law) : Exception(law);

/// <summary>What must hold in every world, at every moment or when all is over.</summary>
public sealed class Laws(World world)
{
    private readonly HashSet<AttemptId> cheated = [];

    public static void Require(bool holds, string law, string how)
    {
        if (!holds) throw new LawException($"{law}: {how}");
    }

    /// <summary>The last run of an attempt counts: a restarted provider may behave this time.</summary>
    public void NoteRun(AttemptId attempt, bool isCheat)
    {
        if (isCheat) cheated.Add(attempt);
        else cheated.Remove(attempt);
    }

    public bool IsCheated(AttemptId attempt) => cheated.Contains(attempt);

    /// <summary>At each start of a run: what runs on an offer fits it, and so does what was granted.</summary>
    public void CheckDevices(SimNode node, Lease started)
    {
        var provider = (ProviderMachine)node.Machine;
        var offer = provider.Offers.Span.ToArray().First(offer => offer.Id == started.Offer);
        var load = default(DeviceLoad);
        foreach (var lease in world.Hands.RunningOn(node.Index, started.Offer))
            if (provider.Held.FirstOrDefault(held => held.Lease.Attempt == lease.Attempt) is { } held)
                load = load.With(held.Order.Order.Spec.Resources);
        Require(load.Fits(offer.Hardware), "No_device_is_leased_twice_at_a_time", $"{node.Address} runs too much");
        CheckQueues();
        CheckGrants(offer);
    }

    /// <summary>No queue of the scheduler outgrows the tasks it is for.</summary>
    private void CheckQueues()
    {
        var scheduler = world.Cast.Scheduler;
        var open = scheduler.State.OpenCount;
        Require(scheduler.QueueCount <= open, "Queues_keep_their_limits", "more tasks wait than are open");
        // Per task: a check, a comparison, votes of all validators, a receipt per replica, a call to the escrow.
        var most = 8 + ((open + 64) * (8 + world.Options.ValidatorCount + Limits.GangMax));
        Require(scheduler.AskCount <= most, "Queues_keep_their_limits", $"{scheduler.AskCount} questions are open");
    }

    public void CheckAtEnd()
    {
        foreach (var node in world.Cast.Nodes) node.RequireReplayable();
        new MoneyLaws(world).Check();
        Require(world.Hands.RunningCount == 0, "Every_task_ends", "something still runs when all is over");
        foreach (var node in world.Cast.Nodes)
        {
            var holds = node.Machine is ProviderMachine provider && provider.Held.Any();
            Require(!holds, "Every_task_ends", $"{node.Address} still holds a lease when all is over");
        }
    }

    /// <summary>The open leases of an offer fit it, each place has one, nobody is compared with itself.</summary>
    private void CheckGrants(Offer offer)
    {
        var load = default(DeviceLoad);
        foreach (var task in world.Cast.Scheduler.State.Tasks)
        {
            var open = task.Attempts.Where(attempt => attempt.IsOpen).Select(attempt => attempt.Lease).ToArray();
            foreach (var lease in open)
                if (lease.Provider == offer.Provider && lease.Offer == offer.Id) load = load.With(task.Spec.Resources);
            var places = task.Attempts.Where(attempt => attempt.End is AttemptEnd.Running or AttemptEnd.Finished)
                .Select(attempt => (attempt.Lease.Replica, attempt.Lease.Rank)).Distinct().Count();
            Require(
                task.Phase != TaskPhase.Running || places == task.ReplicaCount * task.Spec.Resources.Nodes,
                "No_retry_is_lost", $"{task.Id} waits for an attempt that nobody runs");
            Require(
                open.Select(lease => (lease.Replica, lease.Rank)).Distinct().Count() == open.Length,
                "No_place_is_leased_twice", $"{task.Id} has two leases for one place");
            Require(
                open.Select(lease => lease.Provider).Distinct().Count() == open.Length,
                "Nobody_is_compared_with_itself", $"one provider holds two leases of {task.Id}");
        }
        Require(load.Fits(offer.Hardware), "No_device_is_leased_twice_at_a_time", $"too much of {offer.Id} is granted");
    }
}
