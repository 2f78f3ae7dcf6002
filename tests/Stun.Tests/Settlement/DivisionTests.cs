using System.Numerics;
using Stun.Engine.Settlement;
using Stun.Tests.Scenes;

namespace Stun.Tests.Settlement;

/// <summary>80 % to providers, 15 % to the treasury, 5 % to the model's creator: exact to the last unit.</summary>
public sealed class DivisionTests
{
    private static readonly TaskId Task = new(1, 2);

    [Theory]
    [InlineData(100, true, 80, 15, 5)]
    [InlineData(100, false, 85, 15, 0)]
    [InlineData(0, true, 0, 0, 0)]
    [InlineData(1, true, 1, 0, 0)]
    [InlineData(6, true, 6, 0, 0)]
    [InlineData(7, true, 6, 1, 0)]
    [InlineData(19, true, 17, 2, 0)]
    [InlineData(20, true, 16, 3, 1)]
    [InlineData(1_000_003, true, 800_003, 150_000, 50_000)]
    public void Shares_are_80_15_5_and_the_provider_takes_what_rounding_leaves(
        ulong pay, bool hasCreator, ulong provider, ulong treasury, ulong creator)
    {
        var held = new Amount(pay + 11);
        var settlement = Divide(held, hasCreator, [new Amount(pay)]);
        Assert.Equal(provider, (ulong)settlement.Payouts.Select(payout => payout.Amount.Units).Aggregate(
            UInt128.Zero, (sum, part) => sum + part));
        Assert.Equal(new Amount(treasury), settlement.Treasury);
        Assert.Equal(new Amount(creator), settlement.Creator);
        Assert.Equal(new Amount(11), settlement.Refund);
    }

    [Fact]
    public void Whatever_is_paid_the_parts_add_up_to_what_was_held()
    {
        var prng = new Prng(11);
        for (var round = 0; round < 5_000; round++)
        {
            var pays = Enumerable.Range(0, prng.Below(5)).Select(_ => AnyAmount(prng)).ToArray();
            var charged = pays.Aggregate(Amount.Zero, (sum, pay) => sum + pay);
            var held = charged + AnyAmount(prng);
            var hasCreator = prng.Chance(500_000);
            var settlement = Divide(held, hasCreator, pays);
            Division.RequireWhole(settlement);
            // A second time, with numbers that have no limit and no helpers of ours.
            BigInteger treasury = 0, creator = 0, providers = 0;
            foreach (var pay in pays)
            {
                var whole = (BigInteger)pay.Units;
                var (fee, share) = (whole * 15 / 100, hasCreator ? whole * 5 / 100 : 0);
                treasury += fee;
                creator += share;
                providers += whole - fee - share;
            }
            Assert.Equal(treasury, (BigInteger)settlement.Treasury.Units);
            Assert.Equal(creator, (BigInteger)settlement.Creator.Units);
            Assert.Equal(providers, settlement.Payouts.Aggregate(
                BigInteger.Zero, (sum, payout) => sum + (BigInteger)payout.Amount.Units));
            Assert.Equal((BigInteger)held.Units, treasury + creator + providers + (BigInteger)settlement.Refund.Units);
        }
    }

    [Fact]
    public void Only_paid_findings_are_paid()
    {
        var verdict = new VerdictBuilder(Task)
            .Pay(Scene.Provider(0), new Amount(100)).Unpaid(Scene.Provider(1)).Fraud(Scene.Provider(2)).Verdict;
        // What a fraud or an unpaid finding says of pay is not listened to.
        verdict = verdict with { Findings = [.. verdict.Findings.Select(one => one with { Pay = new Amount(100) })] };
        var settlement = Division.Of(
            Scene.Terms, Task, Scene.Requester(), Scene.Creator, new Amount(1_000), verdict);
        var payout = Assert.Single(settlement.Payouts);
        Assert.Equal(Scene.Provider(0), payout.Provider);
        Assert.Equal(new Amount(80), payout.Amount);
        Assert.Equal(new Amount(900), settlement.Refund);
    }

    [Fact]
    public void Nobody_is_charged_more_than_is_held() =>
        Assert.Throws<InvariantException>(() => Divide(new Amount(99), true, [new Amount(60), new Amount(40)]));

    private static global::Stun.Protocol.Settlement Divide(Amount held, bool hasCreator, Amount[] pays)
    {
        var verdict = new VerdictBuilder(Task);
        foreach (var (index, pay) in pays.Index()) verdict.Pay(Scene.Provider(index), pay);
        return Division.Of(
            Scene.Terms, Task, Scene.Requester(), hasCreator ? Scene.Creator : Address.Zero, held, verdict.Verdict);
    }

    /// <summary>Of any size up to 120 bits, small ones as often as large ones.</summary>
    private static Amount AnyAmount(Prng prng)
    {
        var bits = prng.Below(121);
        var units = new UInt128(prng.Next(), prng.Next());
        return new Amount(bits == 0 ? UInt128.Zero : units >> (128 - bits));
    }
}
