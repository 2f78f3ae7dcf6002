using Stun.Engine.Verification;
using Stun.Tests.Scenes;

namespace Stun.Tests.Verification;

/// <summary>The published chance that a cheat passes, and the lots that keep it.</summary>
public sealed class PassProbabilityTests
{
    /// <summary>With one provider in ten colluding.</summary>
    public static TheoryData<string, uint, uint> Rows => new()
    {
        { "none", 1_000_000_000, 1_000_000_000 },
        { "audit 50000", 950_000_000, 950_000_000 },
        { "audit 300000", 700_000_000, 700_000_000 },
        { "audit 1000000", 0, 0 },
        { "audit 1", 950_000_000, 950_000_000 },
        { "redundant 2 of 2", 100_000_000, 100_000_000 },
        { "redundant 2 of 3", 100_000_000, 190_000_000 },
        { "redundant 3 of 3", 10_000_000, 10_000_000 },
        { "redundant 3 of 5", 10_000_000, 52_300_000 },
        { "redundant 5 of 5", 100_000, 100_000 },
        { "zk", 1, 1 },
        { "tee", 1, 1 },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Every_policy_has_its_published_number(string policy, uint withRerun, uint without)
    {
        Assert.InRange(PassProbability.Of(Parse(policy), Scene.Terms), withRerun, withRerun + 8);
        var terms = Scene.Terms with { ValidatorsRerun = false };
        Assert.InRange(PassProbability.Of(Parse(policy), terms), without, without + 8);
    }

    [Fact]
    public void More_replicas_and_higher_rates_never_make_cheating_easier()
    {
        foreach (var terms in (NetworkTerms[])[Scene.Terms, Scene.Terms with { ValidatorsRerun = false }])
        {
            for (byte agreeing = 2; agreeing < 12; agreeing++)
                Assert.True(
                    Of(new VerificationPolicy.Redundant((byte)(agreeing + 1), 13), terms)
                    <= Of(new VerificationPolicy.Redundant(agreeing, 13), terms));
            for (uint rate = 0; rate < 1_000_000; rate += 10_000)
                Assert.True(
                    Of(new VerificationPolicy.SampledAudit(rate + 10_000), terms)
                    <= Of(new VerificationPolicy.SampledAudit(rate), terms));
        }
    }

    [Fact]
    public void Lots_rise_with_the_rate_and_fall_with_the_number_who_draw()
    {
        for (var honest = 1; honest <= 20; honest++)
        {
            var last = 0U;
            for (uint rate = 0; rate <= 1_000_000; rate += 2_500)
            {
                var lot = AuditLot.PerValidatorPpb(rate, honest);
                Assert.True(lot >= last);
                Assert.True(lot <= AuditLot.PerValidatorPpb(rate, Math.Max(1, honest - 1)));
                last = lot;
            }
            Assert.Equal(0U, AuditLot.PerValidatorPpb(0, honest));
            Assert.Equal(PassProbability.Certain, AuditLot.PerValidatorPpb(1_000_000, honest));
        }
    }

    /// <summary>(1 - lot)^h is at most 1 - rate, and hardly less: no lot is wasted.</summary>
    [Fact]
    public void A_lot_is_the_smallest_that_reaches_the_rate()
    {
        foreach (var honest in (int[])[1, 2, 3, 5, 11])
            foreach (var rate in (uint[])[1, 50_000, 123_456, 500_000, 999_999])
            {
                var lot = AuditLot.PerValidatorPpb(rate, honest);
                // Each power is rounded up to one part per billion, and so is the lot: that much more is audited.
                var most = 1.0 - (rate / 1e6);
                Assert.InRange(Blank(lot, honest), most - (2e-9 * honest), most + 1e-12);
            }
    }

    /// <summary>
    /// The promise itself, by experiment: with h validators drawing, a cheat is audited as often as was asked. Five
    /// deviations of a binomial on either side; the seed is fixed, so this either holds for ever or never.
    /// </summary>
    [Theory]
    [InlineData(50_000, 2)]
    [InlineData(50_000, 7)]
    [InlineData(200_000, 3)]
    [InlineData(500_000, 4)]
    [InlineData(900_000, 2)]
    [InlineData(1_000_000, 3)]
    public void Lots_drawn_apart_reach_the_rate_asked_for_together(uint ratePpm, int honest)
    {
        const int Draws = 200_000;
        var validators = Enumerable.Range(0, honest).Select(index => new Prng((ulong)index + 500)).ToArray();
        var lot = AuditLot.PerValidatorPpb(ratePpm, honest);
        var audited = 0;
        for (var draw = 0; draw < Draws; draw++)
        {
            var found = false;
            // Each one draws each time, as each would: their dice may not depend on each other's luck.
            foreach (var dice in validators) found |= dice.Below(PassProbability.Certain) < lot;
            audited += found ? 1 : 0;
        }
        var rate = ratePpm / 1e6;
        var tolerance = (5 * Math.Sqrt(Draws * rate * (1 - rate))) + 1;
        Assert.InRange(audited, (Draws * rate) - tolerance, (Draws * rate) + tolerance);
    }

    /// <summary>One honest validator fewer than assumed, and the rate is not reached: the quorum matters.</summary>
    [Fact]
    public void With_fewer_honest_validators_than_assumed_the_rate_is_missed() =>
        Assert.True(Blank(AuditLot.PerValidatorPpb(500_000, 3), 2) > 0.6);

    private static double Blank(uint lotPpb, int honest) => Math.Pow(1 - (lotPpb / 1e9), honest);

    private static uint Of(VerificationPolicy policy, NetworkTerms terms) => PassProbability.Of(policy, terms);

    private static VerificationPolicy Parse(string policy) => policy.Split(' ') switch
    {
        ["none"] => new VerificationPolicy.None(),
        ["audit", var rate] => new VerificationPolicy.SampledAudit(uint.Parse(rate)),
        ["redundant", var agreeing, _, var attempts] =>
            new VerificationPolicy.Redundant(byte.Parse(agreeing), byte.Parse(attempts)),
        ["zk"] => new VerificationPolicy.ZkProof(Scene.DigestOf(1)),
        _ => new VerificationPolicy.TeeQuote(Scene.DigestOf(1)),
    };
}
