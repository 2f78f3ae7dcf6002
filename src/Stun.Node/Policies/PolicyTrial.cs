namespace Stun.Node.Policies;

/// <summary>Asks a policy about an order that nobody has handed in, as it would be asked before a lease.</summary>
public static class PolicyTrial
{
    /// <param name="pricePerSecond">What the lease would pay; null for the most that the order's limit allows.</param>
    public static ValueList<RuleAnswer> Ask(
        ProviderPolicy policy, TaskOrder order, Amount? pricePerSecond, Instant now) => policy.Explain(
            new PolicyFacts(order, PolicyFacts.SourceOf(order.Spec.Work), pricePerSecond ?? PriceOf(order), []),
            now, PolicyLoad.Idle);

    /// <summary>At most what the order's limit comes to, for the longest run of each of its attempts.</summary>
    public static Amount PriceOf(TaskOrder order)
    {
        var runs = order.Spec.Verification is VerificationPolicy.Redundant redundant ? redundant.Attempts : 1UL;
        return order.PriceLimit
            .DividedBy(Math.Max(1, order.RunTimeMax.SecondsStarted * runs * order.Spec.Resources.Nodes));
    }
}
