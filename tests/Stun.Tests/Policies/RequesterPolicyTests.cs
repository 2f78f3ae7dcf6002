using Stun.Node.Policies;

namespace Stun.Tests.Policies;

/// <summary>A requester's policy makes orders stricter, never laxer, and says where it cannot.</summary>
public sealed class RequesterPolicyTests
{
    private static readonly Address A = new(1, 1, 1), B = new(2, 2, 2);
    private static readonly TaskOrder Order = PolicyScene.Order;

    [Fact]
    public void An_open_policy_leaves_an_order_as_it_is() => Assert.Equal(Order, Applied("", Order));

    [Fact]
    public void What_the_order_leaves_open_is_filled_in()
    {
        var open = Order with { Spec = Order.Spec with { Verification = new VerificationPolicy.None() } };
        var order = Applied(
            "regions: [eu-fr, eu-de]\ntee: true\nverification: redundant 2 of 3\n"
            + $"providers: {{ allowed: ['{B}', '{A}'], " + "reputation-min: 90%, stake-min: 7 }", open);
        Assert.Equal([Region.Parse("eu-de"), Region.Parse("eu-fr")], order.Spec.Resources.Regions);
        Assert.Equal(Privacy.Tee, order.Spec.Privacy);
        Assert.Equal(new VerificationPolicy.Redundant(2, 3), order.Spec.Verification);
        Assert.Equal(new RequesterPolicy(900_000, new Amount(7), [A, B], []), order.Spec.Policy);
    }

    [Fact]
    public void Both_are_kept_where_both_say_something()
    {
        var strict = Order with
        {
            Spec = Order.Spec with
            {
                Resources = Order.Spec.Resources with { Regions = [Region.Parse("eu-de"), Region.Parse("us")] },
                Policy = new RequesterPolicy(950_000, new Amount(5), [A, B], [new Address(3, 3, 3)]),
                Verification = new VerificationPolicy.SampledAudit(40_000),
            },
        };
        var order = Applied(
            $"regions: [eu-fr, eu-de]\nverification: audit 6%\nproviders: {{ denied: ['{B}'], reputation-min: 90%, "
            + "stake-min: 7 }", strict);
        Assert.Equal([Region.Parse("eu-de")], order.Spec.Resources.Regions);
        Assert.Equal(new VerificationPolicy.SampledAudit(60_000), order.Spec.Verification);
        Assert.Equal(
            new RequesterPolicy(950_000, new Amount(7), [A, B], [B, new Address(3, 3, 3)]), order.Spec.Policy);
    }

    [Fact]
    public void A_price_per_second_lowers_the_limit_to_what_the_scheduler_divides()
    {
        var redundant = Order with
        {
            PriceLimit = new Amount(UInt128.MaxValue),
            Spec = Order.Spec with { Verification = new VerificationPolicy.Redundant(2, 3) },
        };
        Assert.Equal(new Amount(9 * 3 * 3_600), Applied("price-per-second-max: 9", redundant).PriceLimit);
        Assert.Equal(Order.PriceLimit, Applied("price-per-second-max: 1_000_000", Order).PriceLimit);
    }

    [Fact]
    public void All_conflicts_are_told_together()
    {
        var order = Order with
        {
            Spec = Order.Spec with
            {
                Resources = Order.Spec.Resources with { Regions = [Region.Parse("us")] },
                Policy = RequesterPolicy.Open with { ProvidersAllowed = [A] },
                Privacy = Privacy.Zk,
                Verification = new VerificationPolicy.SampledAudit(50_000),
            },
        };
        var policy = Parse(
            $"regions: [eu]\ntee: true\nverification: redundant 2 of 3\nproviders: {{ denied: ['{A}'] }}");
        var conflicts = Assert.IsType<PolicyApplication.Conflicting>(policy.ApplyTo(order)).Conflicts;
        Assert.Equal(
            [
                "None of the order's regions (us) is in the policy (eu).",
                "The order asks for the verification 'audit 5%', the policy for 'redundant 2 of 3'.",
                "Every provider that is allowed is denied as well.",
                "The order asks for 'zk', the policy for 'tee'.",
            ],
            conflicts);
    }

    [Fact]
    public void Laying_a_policy_over_an_order_twice_changes_nothing_more()
    {
        var policy = Parse("regions: [eu]\ntee: true\nverification: audit 6%\nprice-per-second-max: 3");
        var once = Assert.IsType<PolicyApplication.Applied>(policy.ApplyTo(Order)).Order;
        Assert.Equal(once, Assert.IsType<PolicyApplication.Applied>(policy.ApplyTo(once)).Order);
    }

    private static TaskOrder Applied(string lines, TaskOrder order) =>
        Assert.IsType<PolicyApplication.Applied>(Parse(lines).ApplyTo(order)).Order;

    private static RequesterPolicyFile Parse(string lines) =>
        RequesterPolicyFile.Parse($"version: 1\n{lines}\n", "r.yaml");
}
