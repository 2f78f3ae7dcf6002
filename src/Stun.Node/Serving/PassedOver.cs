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
    public void Blame(TaskId replica) => bad.Add(replica);

    public IReadOnlyList<Address> At(Instant now)
    {
        foreach (var replica in bad)
        {
            if (orders.CulpritOf(replica) is not { } provider) continue;
            providers.RemoveAll(known => known.Provider == provider);
            providers.Add((provider, now + For));
        }
        bad.Clear();
        providers.RemoveAll(known => now >= known.Until);
        if (providers.Count > Most) providers.RemoveRange(0, providers.Count - Most);
        return [.. providers.Select(known => known.Provider)];
    }

    /// <summary>Whether its order passes somebody over, and nobody else has taken it for a while.</summary>
    public bool LeftAlone(Replica replica, ServiceRecord service, Instant now) =>
        now > replica.OrderedAt + OthersWithin
        && replica.Ordered.Order.Order.Spec.Policy.ProvidersDenied.Count > service.Spec.Policy.ProvidersDenied.Count
        && !orders.WasTaken(replica.Task);

    public void Forget()
    {
        bad.Clear();
        providers.Clear();
    }
}
