using Stun.Engine.Admission;
using Stun.Engine.Placement;

namespace Stun.Engine.Scheduling;

/// <summary>Takes tasks from the queue, plans where they run and grants the leases.</summary>
/// <remarks>
/// Planning and doing are two things: the plan is a value, and the leases that carry it out carry its generation, so
/// that a provider can tell an old plan from a new one.
/// </remarks>
public sealed class Dispatcher(SchedulerDesk desk, PlacementIndex index)
{
    /// <summary>
    /// Candidates per place when replicas are drawn: a wider pool leaves colluders less chance to meet.
    /// </summary>
    private const int PoolPerPlace = 4;

    /// <summary>How many blocked tasks get a new try when capacity comes free.</summary>
    private const int UnblockedPerRelease = 4;

    private readonly AdmissionQueue blocked = new();
    private readonly long[] refusals = new long[(int)RefusalReason.TooFewTogether + 1];

    /// <summary>Offers refused so far, by reason.</summary>
    public long RefusalCount(RefusalReason reason) => refusals[(int)reason];

    /// <summary>Something came free: those who wait longest for a place try again at once.</summary>
    public void Unblock()
    {
        for (var count = 0; count < UnblockedPerRelease && blocked.TryTake(out var id); count++)
            if (desk.State.Find(id) is { Phase: TaskPhase.Queued, IsWaiting: false } task) desk.Enqueue(task);
    }

    /// <summary>Places what can be placed; true if work is left for the next wake-up.</summary>
    public bool PlaceQueued(Instant now, Outbox outbox)
    {
        for (var count = 0; count < Limits.PlacementsPerWake; count++)
        {
            if (!desk.Queue.TryTake(out var id)) return false;
            if (desk.State.Find(id) is not { Phase: TaskPhase.Queued } task) continue;
            task.IsWaiting = false;
            if (!TryPlace(now, task, outbox)) Block(now, task, outbox);
        }
        return desk.Queue.Count > 0;
    }

    /// <summary>What the market has for an order that nobody has handed in.</summary>
    public PlacementQuote Quote(TaskOrder order)
    {
        var task = new TaskEntry(default, new SignedOrder(order, Signature.None), Address.Zero);
        var needed = task.ReplicaCount * task.Nodes;
        var asked = RequestFor(task, needed, []);
        var unlimited = asked with
        {
            PricePerSecondMax = Limits.MoneyMax,
            // Those that fit are of interest also where they are too few.
            Needed = 1,
            Most = PlacementQuote.PricesMax,
        };
        List<Amount> prices = [];
        foreach (var candidate in index.Plan(unlimited).Candidates)
            prices.Add(desk.State.Offers.Find(candidate.Provider, candidate.Offer)!.PricePerSecond);
        return new PlacementQuote(
            index.OfferCount, ValueList.From(prices), index.Explain(asked), needed, task.PaidAttemptsMax,
            task.BilledSecondsMax, !index.Plan(asked).IsEmpty);
    }

    private bool TryPlace(Instant now, TaskEntry task, Outbox outbox)
    {
        var replicas = task.MissingReplicas();
        var needed = replicas.Count * task.Nodes;
        var request = RequestFor(task, needed, AllTried(task));
        var plan = index.Plan(request);
        // In a small market somebody who failed before may be the only one left.
        if (plan.IsEmpty) plan = index.Plan(request = request with { Excluded = StillCounted(task) });
        if (plan.IsEmpty) return false;
        var drawn = Draw(task, plan, needed);
        Grant(now, task, replicas, drawn, ShortlistOf(plan, drawn, request, task.CommitsFirst), outbox);
        return true;
    }

    private PlacementRequest RequestFor(TaskEntry task, int needed, ValueList<Address> excluded)
    {
        var order = task.Order;
        var resources = task.Spec.Resources;
        if (task.CommitsFirst && ModelInUse(task) is { } model) resources = resources with { GpuModel = model };
        return new PlacementRequest(
            resources,
            // Who is paid on evidence must have some.
            task.Spec.Verification is VerificationPolicy.TeeQuote ? Privacy.Tee : task.Spec.Privacy,
            order.PriceLimit.DividedBy((ulong)task.PaidAttemptsMax * task.BilledSecondsMax),
            desk.State.ValueAtRisk(task),
            order.Home,
            task.Spec.Policy,
            excluded,
            needed,
            task.CommitsFirst ? needed * PoolPerPlace : Math.Max(needed, 3),
            task.CommitsFirst)
        {
            NeedsProver = task.Spec.Verification is VerificationPolicy.ZkProof,
        };
    }

    /// <summary>
    /// Compared replicas are drawn by lot from the best candidates: if the best were always taken, two colluders with
    /// the best scores would always be compared with each other. Without comparison the best are taken.
    /// </summary>
    private List<Candidate> Draw(TaskEntry task, PlacementPlan plan, int needed)
    {
        List<Candidate> pool = [.. plan.Candidates.Span];
        if (!task.CommitsFirst) return pool[..needed];
        List<Candidate> drawn = [];
        for (; needed > 0; needed--)
        {
            var index = desk.Prng.Below(pool.Count);
            drawn.Add(pool[index]);
            pool.RemoveAt(index);
        }
        return drawn;
    }

    /// <summary>Those drawn, and as many of the best of the others as there is room for.</summary>
    private Shortlist ShortlistOf(PlacementPlan plan, List<Candidate> drawn, PlacementRequest request, bool isByLot)
    {
        var candidates = plan.Candidates.Span;
        Span<ScoredOffer> told = stackalloc ScoredOffer[Math.Min(candidates.Length, Limits.ShortlistMax)];
        var others = Math.Max(0, told.Length - drawn.Count);
        for (int place = 0, count = 0; count < told.Length; place++)
        {
            var candidate = candidates[place];
            if (!drawn.Contains(candidate) && --others < 0) continue;
            told[count++] = index.Weigh(candidate, place + 1, request);
        }
        return new Shortlist(candidates.Length, isByLot, ValueList.Create<ScoredOffer>(told));
    }

    private void Grant(
        Instant now, TaskEntry task, List<ushort> replicas, List<Candidate> drawn, Shortlist shortlist, Outbox outbox)
    {
        var state = desk.State;
        var generation = state.Generation + 1;
        var attempt = state.AttemptNext;
        List<Lease> leases = [];
        foreach (var replica in replicas)
        {
            for (byte rank = 0; rank < task.Nodes; rank++)
            {
                var chosen = drawn[leases.Count];
                var price = state.Offers.Find(chosen.Provider, chosen.Offer)!.PricePerSecond;
                leases.Add(new Lease(
                    new AttemptId(attempt++), task.Id, chosen.Offer, chosen.Provider, generation, replica, rank,
                    price, price * task.BilledSecondsMax, now, now + Limits.LeaseTerm,
                    LastCheckpoint(task, replica, rank)));
            }
        }
        desk.Record(new SchedulerEvent.TaskPlaced(task.Id, generation, ValueList.From(leases), shortlist), outbox);
        foreach (var lease in leases) outbox.Send(lease.Provider, new Message.GrantLease(lease, task.SignedOrder));
        desk.ReviewAt(task, now + Limits.ResendAfter);
    }

    private void Block(Instant now, TaskEntry task, Outbox outbox)
    {
        if (task.RetryCount == 0)
        {
            var counts = index.Explain(RequestFor(task, task.MissingReplicas().Count * task.Nodes, StillCounted(task)));
            foreach (var count in counts) refusals[(int)count.Reason] += count.Offers;
            desk.Record(new SchedulerEvent.PlacementRefused(now, task.Id, counts), outbox);
        }
        blocked.Remove(task.Id, task.QueuedAt, task.Order.Priority);
        blocked.Add(task.Id, task.QueuedAt, task.Order.Priority);
        task.RetryAt = now + Backoff(task.RetryCount++);
        desk.ReviewAt(task, Instant.Earlier(task.RetryAt, Instant.Earlier(task.Order.Deadline, task.ReviewAt)));
    }

    public static Duration Backoff(int retryCount) =>
        Duration.Min(Limits.RetryPause * (1L << Math.Min(retryCount, 16)), Limits.RetryPauseMax);

    private GpuModel? ModelInUse(TaskEntry task)
    {
        foreach (var attempt in task.Attempts)
            if (attempt.IsAlive && desk.State.Offers.Find(attempt.Lease.Provider, attempt.Lease.Offer) is { } offer)
                return offer.Hardware.GpuModel;
        return null;
    }

    /// <summary>Where a lost attempt of this place had come to, if its state can be gone on from.</summary>
    private static Checkpoint? LastCheckpoint(TaskEntry task, ushort replica, byte rank)
    {
        Checkpoint? furthest = null;
        foreach (var attempt in task.Attempts)
        {
            if (attempt.End != AttemptEnd.Lost) continue;
            if (attempt.Lease.Replica != replica || attempt.Lease.Rank != rank) continue;
            if (attempt.Checkpoint is { } found && (furthest is null || found.ProgressPpm > furthest.ProgressPpm))
                furthest = found;
        }
        return furthest;
    }

    private static ValueList<Address> AllTried(TaskEntry task)
    {
        List<Address> tried = [];
        foreach (var attempt in task.Attempts) tried.Add(attempt.Lease.Provider);
        return ValueList.From(tried);
    }

    /// <summary>Those whose result counts or may still: nobody is compared with itself.</summary>
    private static ValueList<Address> StillCounted(TaskEntry task)
    {
        List<Address> counted = [];
        foreach (var attempt in task.Attempts)
            if (attempt.IsAlive) counted.Add(attempt.Lease.Provider);
        return ValueList.From(counted);
    }
}
