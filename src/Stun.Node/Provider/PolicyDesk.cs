using Stun.Node.Policies;

namespace Stun.Node.Provider;

/// <summary>Asks the owner's policy about a lease, in the words that travel back to the scheduler.</summary>
public static class PolicyDesk
{
    public static Func<Lease, SignedOrder, Instant, PolicyLoad, string?> Of(ProviderPolicy policy) =>
        (lease, order, now, load) => policy.Decide(PolicyFacts.Of(order, lease, []), now, load) switch
        {
            PolicyDecision.Refused refused => $"{refused.Rule}: {refused.Reason}",
            _ => null,
        };
}
