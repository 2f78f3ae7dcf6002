using Stun.Node.Storage;

namespace Stun.Node.Serving;

/// <summary>
/// Providers whose replicas of one service were no good lately: its next orders pass them over, so that nobody keeps a
/// service down by being cheap. Where nobody else takes an order, all of it is forgotten at once: the program itself
/// may be what is bad, and a network may have one provider only.
/// </summary>
internal sealed class PassedOver(ReplicaOrders orders)
{
    /// <summary>An order names them, and an order has a size.</summary>
    public const int Most = 32;

    private static readonly Duration For = Duration.Seconds(600), OthersWithin = Duration.Seconds(10);
    private readonly List<TaskId> bad = [];
    private readonly List<(Address Provider, Instant Until)> providers = [];

    /// <summary>Who ran it is looked up when the next order is made: by then the books have it.</summary>
    public void Blame(TaskId replica)
    {
        if (bad.Count == Most) bad.RemoveAt(0);
        bad.Add(replica);
    }

    public IReadOnlyList<Address> At(Instant now)
    {
        bad.RemoveAll(replica => TryJudge(replica, now));
        providers.RemoveAll(known => now >= known.Until);
        if (providers.Count > Most) providers.RemoveRange(0, providers.Count - Most);
        return [.. providers.Select(known => known.Provider)];
    }

    /// <summary>Whether its order passes somebody over, and has waited for long without anybody else's taking
    /// it.</summary>
    public bool LeftAlone(Replica replica, ServiceRecord service, Instant now) =>
        now > replica.OrderedAt + OthersWithin
        && replica.Ordered.Order.Order.Spec.Policy.ProvidersDenied.Count > service.Spec.Policy.ProvidersDenied.Count
        && orders.QueuedAt(replica.Task) is { } queued && now > queued + OthersWithin
        && !orders.Attempts(replica.Task).Any(IsTaken);

    public void Forget()
    {
        bad.Clear();
        providers.Clear();
    }

    /// <returns>False where the books have nothing of it yet.</returns>
    private bool TryJudge(TaskId replica, Instant now)
    {
        var attempts = orders.Attempts(replica);
        // Whose attempt failed by the books is none of them: the network has tried others then.
        if (attempts.LastOrDefault(IsTaken) is not { Failure: null } last) return attempts.Count > 0;
        providers.RemoveAll(known => known.Provider == last.Provider);
        providers.Add((last.Provider, now + For));
        return true;
    }

    /// <summary>Who was asked and said no, or nothing, has done no harm, and no good.</summary>
    private static bool IsTaken(StoredAttempt attempt) => attempt.End != nameof(AttemptEnd.Refused);
}
