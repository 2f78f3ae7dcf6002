using Stun.Node.Settings;

namespace Stun.Node.Policies;

/// <summary>
/// What a requester asks of every provider, kept in a file beside its orders. It only ever makes an order stricter;
/// where the two cannot both be kept, that is a conflict and the order stays as it was.
/// </summary>
public sealed record RequesterPolicyFile(
    ValueList<Region> Regions,
    RequesterPolicy Policy,
    bool TeeRequired,
    Amount? PricePerSecondMax,
    VerificationPolicy? Verification)
{
    private const int ProvidersMax = 256;
    private const int RegionsMax = 32;

    /// <exception cref="NodeException"><c>policy.invalid</c>, with everything that is wrong.</exception>
    public static RequesterPolicyFile Parse(string text, string source)
    {
        var settings = PolicyFile.Read(PolicyKeys.Requester, text, source, "The requester's policy");
        var policy = new RequesterPolicy(
            settings.Get<uint>("providers.reputation-min"),
            settings.Get<Amount>("providers.stake-min"),
            Sorted(settings.List<Address>("providers.allowed")),
            Sorted(settings.List<Address>("providers.denied")));
        CheckCounts(settings, policy);
        settings.Faults.ThrowIfAny("policy.invalid", $"The requester's policy {source}");
        return new RequesterPolicyFile(
            Sorted(settings.List<Region>("regions")), policy, settings.Get<bool>("tee"),
            settings.Maybe<Amount>("price-per-second-max"),
            settings.Find("verification")?.Value as VerificationPolicy);
    }

    public PolicyApplication ApplyTo(TaskOrder order)
    {
        var conflicts = new List<string>();
        var spec = order.Spec;
        var regions = Narrowed(spec.Resources.Regions, Regions, "regions", conflicts);
        var verification = Strengthened(spec.Verification, conflicts);
        var merged = spec with
        {
            Resources = spec.Resources with { Regions = regions },
            Policy = Merged(spec.Policy, conflicts),
            Privacy = Protected(spec.Privacy, conflicts),
            Verification = verification,
        };
        var limited = order with { Spec = merged };
        limited = limited with { PriceLimit = PriceLimitOf(limited, conflicts) };
        return conflicts.Count > 0
            ? new PolicyApplication.Conflicting(ValueList.From(conflicts))
            : new PolicyApplication.Applied(limited);
    }

    private static void CheckCounts(SettingSet settings, RequesterPolicy policy)
    {
        if (policy.ProvidersAllowed.Count > ProvidersMax)
            settings.Fault("providers.allowed", $"An order has room for {ProvidersMax} providers.");
        if (policy.ProvidersDenied.Count > ProvidersMax)
            settings.Fault("providers.denied", $"An order has room for {ProvidersMax} providers.");
        if (settings.List<Region>("regions").Count > RegionsMax)
            settings.Fault("regions", $"An order has room for {RegionsMax} regions.");
        if (policy.ProvidersAllowed.Count > 0 && policy.ProvidersAllowed.All(policy.ProvidersDenied.Contains))
            settings.Fault("providers.allowed",
                "Everybody in it is denied as well. Take them out of one of the lists.");
    }

    private RequesterPolicy Merged(RequesterPolicy asked, List<string> conflicts)
    {
        var allowed = Narrowed(asked.ProvidersAllowed, Policy.ProvidersAllowed, "providers allowed", conflicts);
        var denied = Sorted([.. asked.ProvidersDenied, .. Policy.ProvidersDenied]);
        if (denied.Count > ProvidersMax)
            conflicts.Add($"The order and the policy deny {denied.Count} providers together; an order has room for "
                + $"{ProvidersMax}.");
        if (allowed.Count > 0 && allowed.All(denied.Contains))
            conflicts.Add("Every provider that is allowed is denied as well.");
        return new RequesterPolicy(
            Math.Max(asked.ReputationPpmMin, Policy.ReputationPpmMin),
            Amount.Max(asked.StakeMin, Policy.StakeMin), allowed, denied);
    }

    /// <summary>Empty means everything on both sides.</summary>
    private static ValueList<T> Narrowed<T>(
        ValueList<T> asked, ValueList<T> allowed, string what, List<string> conflicts)
        where T : IComparable<T>
    {
        if (allowed.Count == 0) return asked;
        if (asked.Count == 0) return allowed;
        var both = Sorted([.. asked.Where(allowed.Contains)]);
        if (both.Count == 0)
            conflicts.Add($"None of the order's {what} ({string.Join(", ", asked)}) is in the policy "
                + $"({string.Join(", ", allowed)}).");
        return both;
    }

    private Privacy Protected(Privacy asked, List<string> conflicts)
    {
        if (!TeeRequired || asked == Privacy.Tee) return asked;
        if (asked == Privacy.None) return Privacy.Tee;
        conflicts.Add($"The order asks for '{PolicyForms.Privacy.Write(asked)}', the policy for 'tee'.");
        return asked;
    }

    private VerificationPolicy Strengthened(VerificationPolicy asked, List<string> conflicts)
    {
        if (Verification is null || asked is VerificationPolicy.None) return Verification ?? asked;
        switch (asked, Verification)
        {
            case (_, VerificationPolicy.None): return asked;
            case (VerificationPolicy.SampledAudit left, VerificationPolicy.SampledAudit right):
                return new VerificationPolicy.SampledAudit(Math.Max(left.RatePpmMin, right.RatePpmMin));
            case (VerificationPolicy.Redundant left, VerificationPolicy.Redundant right):
                return new VerificationPolicy.Redundant(
                    Math.Max(left.Agreeing, right.Agreeing), Math.Max(left.Attempts, right.Attempts));
            case var (left, right) when left == right: return asked;
            default:
                conflicts.Add($"The order asks for the verification '{PolicyForms.Describe(asked)}', the policy for "
                    + $"'{PolicyForms.Describe(Verification)}'.");
                return asked;
        }
    }

    /// <summary>The limit from which a scheduler divides to the price per second that the policy says.</summary>
    private Amount PriceLimitOf(TaskOrder order, List<string> conflicts)
    {
        if (PricePerSecondMax is not { } most) return order.PriceLimit;
        var replicas = order.Spec.Verification is VerificationPolicy.Redundant redundant ? redundant.Attempts : 1UL;
        var limit = most.TimesUpTo(
            order.RunTimeMax.SecondsStarted, Limits.MoneyMax).TimesUpTo(
            replicas * order.Spec.Resources.Nodes, Limits.MoneyMax);
        if (limit.IsZero) conflicts.Add("At the policy's highest price per second the order may cost nothing.");
        return Amount.Min(order.PriceLimit, limit);
    }

    private static ValueList<T> Sorted<T>(ValueList<T> items)
        where T : IComparable<T> => [.. items.Distinct().Order()];
}

/// <summary>What came of laying a policy over an order. A closed family.</summary>
public abstract record PolicyApplication
{
    private PolicyApplication() { }

    public sealed record Applied(TaskOrder Order) : PolicyApplication;

    /// <param name="Conflicts">All of them, a sentence each.</param>
    public sealed record Conflicting(ValueList<string> Conflicts) : PolicyApplication;
}
