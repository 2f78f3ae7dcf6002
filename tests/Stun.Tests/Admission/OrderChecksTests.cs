using Stun.Engine.Admission;
using Stun.Tests.Scenes;

namespace Stun.Tests.Admission;

public sealed class OrderChecksTests
{
    private static readonly OrderBuilder Good = new();
    private static readonly Resources Resources = Good.Resources;
    private static readonly Work Asked = new Work.Attestation(Scene.DigestOf(9));

    private static readonly ValueList<BlobRef> Sealed = [new BlobRef(Scene.DigestOf(9), 1, TaskSpec.SealName)];

    private static readonly Work Served = new Work.ServedImage(Scene.DigestOf(9), "", 80);

    /// <summary>Each row is refused for its reason; the row before each limit is not refused at all.</summary>
    public static TheoryData<string, Refusal?> Rows
    {
        get
        {
            var rows = new TheoryData<string, Refusal?>();
            foreach (var (name, (_, refusal)) in Orders) rows.Add(name, refusal);
            return rows;
        }
    }

    /// <summary>A fraud in the order can be punished until just before stake that leaves today is gone.</summary>
    private static Instant DeadlineLast =>
        Good.Deadline + (Scene.Start + Scene.Terms.UnbondingDelay - Scene.Terms.LastWordAt(Good.Order));

    private static readonly SortedDictionary<string, (OrderBuilder Order, Refusal? Refusal)> Orders =
        new(StringComparer.Ordinal)
        {
            ["as it should be"] = (Good, null),
            ["deadline now"] = (Good with { Deadline = Scene.Start }, Refusal.DeadlinePassed),
            ["deadline next"] = (Good with { Deadline = Scene.Start + new Duration(1) }, null),
            ["deadline last"] = (Good with { Deadline = DeadlineLast }, null),
            ["deadline after which stake may be gone"] =
                (Good with { Deadline = DeadlineLast + new Duration(1) }, Refusal.DeadlineTooFar),
            ["deadline too far"] =
                (Good with { Deadline = Scene.Start + Limits.DeadlineMax + new Duration(1) }, Refusal.DeadlineTooFar),
            ["deadline never"] = (Good with { Deadline = Instant.Never }, Refusal.DeadlineTooFar),
            ["run time zero"] = (Good with { RunTimeMax = Duration.Zero }, Refusal.RunTimeOutOfRange),
            ["run time negative"] = (Good with { RunTimeMax = new Duration(-1) }, Refusal.RunTimeOutOfRange),
            ["run time in which stake may be gone"] =
                (Good with { RunTimeMax = Limits.RunTimeMax, PriceLimit = new(5_000_000) }, Refusal.DeadlineTooFar),
            ["run time too long"] =
                (Good with { RunTimeMax = Limits.RunTimeMax + new Duration(1) }, Refusal.RunTimeOutOfRange),
            ["run time endless"] = (Good with { RunTimeMax = new Duration(long.MaxValue) }, Refusal.RunTimeOutOfRange),
            ["no node"] = (Good with { Nodes = 0 }, Refusal.ResourcesOutOfRange),
            ["no processor"] =
                (Good with { Resources = Resources with { GpuCount = 0, CpuMillis = 0 } }, Refusal.ResourcesOutOfRange),
            ["processor only"] = (Good with { Resources = Resources with { GpuCount = 0, CpuMillis = 1 } }, null),
            ["replica that is verified"] = (Good with { Work = Served }, Refusal.PolicyOutOfRange),
            ["replica of a model that is verified"] =
                (Good with { Work = new Work.ServedModel(Scene.DigestOf(9)) }, Refusal.PolicyOutOfRange),
            ["replica"] = (Good with { Work = Served, Verification = new VerificationPolicy.None() }, null),
            ["replica of two nodes"] = (Good with
            {
                Work = Served,
                Verification = new VerificationPolicy.None(),
                Nodes = 2,
            }, Refusal.ResourcesOutOfRange),
            ["answer to a challenge"] =
                (Good with { Work = Asked, Verification = new VerificationPolicy.None() }, null),
            ["answer that is verified by others"] =
                (Good with { Work = Asked, Verification = new VerificationPolicy.SampledAudit(1_000_000) },
                    Refusal.PolicyOutOfRange),
            ["sealed and compared"] =
                (Replicas(2, 3) with { Inputs = Sealed }, Refusal.PolicyOutOfRange),
            ["sealed, with evidence"] = (Good with
            {
                Inputs = Sealed,
                Verification = new VerificationPolicy.TeeQuote(Scene.DigestOf(9)),
            }, null),
            ["proof of two nodes"] = (Good with
            {
                Verification = new VerificationPolicy.ZkProof(Scene.DigestOf(9)),
                Nodes = 2,
            }, Refusal.ResourcesOutOfRange),
            ["gang largest"] = (Good with { Nodes = Limits.GangMax }, null),
            ["gang too large"] = (Good with { Nodes = Limits.GangMax + 1 }, Refusal.ResourcesOutOfRange),
            ["replicas times nodes"] = (Replicas(2, 5) with { Nodes = 4 }, Refusal.ResourcesOutOfRange),
            ["replicas times nodes fit"] = (Replicas(2, 4) with { Nodes = 4 }, null),
            ["one agrees with itself"] = (Replicas(1, 3), Refusal.PolicyOutOfRange),
            ["fewer than agree"] = (Replicas(3, 2), Refusal.PolicyOutOfRange),
            ["as many as agree"] = (Replicas(3, 3), null),
            ["audit below floor"] = (Audited(49_999), Refusal.PolicyOutOfRange),
            ["audit always"] = (Audited(1_000_000), null),
            ["audit above always"] = (Audited(1_000_001), Refusal.PolicyOutOfRange),
            ["any number is the same"] =
                (Compared(new Comparator.NumericTolerance(0, 0, 1_000_000_000)), Refusal.PolicyOutOfRange),
            ["nearly any number"] = (Compared(new Comparator.NumericTolerance(0, 0, 999_999_999)), null),
            ["any histogram is the same"] = (Compared(new Comparator.Histogram(1_000_000)), Refusal.PolicyOutOfRange),
            ["nearly any histogram"] = (Compared(new Comparator.Histogram(999_999)), null),
            ["large, and in time"] = (Worded(60), null),
            ["larger than a journal entry may carry"] = (Worded(70), Refusal.OrderTooLarge),
            ["too large and too late"] = (Worded(70) with { Deadline = Scene.Start }, Refusal.OrderTooLarge),
            ["a unit a second"] = (Good with { PriceLimit = new Amount(10) }, null),
            ["below a unit a second"] = (Good with { PriceLimit = new Amount(9) }, Refusal.PriceTooLow),
            ["a unit for each replica"] = (Replicas(2, 3) with { PriceLimit = new Amount(30) }, null),
            ["too little for all replicas"] =
                (Replicas(2, 3) with { PriceLimit = new Amount(29) }, Refusal.PriceTooLow),
        };

    private static OrderBuilder Worded(int count) =>
        Good with { Command = [.. Enumerable.Repeat(new string('x', 4_096), count)] };

    [Theory]
    [MemberData(nameof(Rows))]
    public void An_order_is_refused_for_its_reason(string name, Refusal? expected) =>
        Assert.Equal(expected, OrderChecks.Check(Orders[name].Order.Order, Scene.Terms, Scene.Start));

    /// <summary>Orders come from strangers: none may end the role that looks at it.</summary>
    [Fact]
    public void No_order_however_extreme_throws()
    {
        var prng = new Prng(17);
        for (var count = 0; count < 20_000; count++)
        {
            var order = new OrderBuilder
            {
                RunTimeMax = new Duration(Extreme(prng)),
                Deadline = new Instant(Extreme(prng)),
                PriceLimit = new Amount(new UInt128(unchecked((ulong)Extreme(prng)), unchecked((ulong)Extreme(prng)))),
                Nodes = unchecked((byte)prng.Next()),
                Verification = new VerificationPolicy.Redundant((byte)prng.Below(256), (byte)prng.Below(256)),
            };
            OrderChecks.Check(order.Order, Scene.Terms, Scene.Start);
        }

        static long Extreme(Prng prng) => prng.Below(4) switch
        {
            0 => long.MaxValue - prng.Below(3),
            1 => unchecked(long.MinValue + prng.Below(3)),
            2 => prng.Below(3),
            _ => unchecked((long)prng.Next()),
        };
    }

    private static OrderBuilder Replicas(byte agreeing, byte attempts) =>
        Good with { Verification = new VerificationPolicy.Redundant(agreeing, attempts) };

    private static OrderBuilder Audited(uint ratePpm) =>
        Good with { Verification = new VerificationPolicy.SampledAudit(ratePpm) };

    private static OrderBuilder Compared(Comparator comparator) => Good with { Comparator = comparator };
}
