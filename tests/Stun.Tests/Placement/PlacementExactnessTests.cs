using Stun.Engine.Placement;
using Xunit;

namespace Stun.Tests.Placement;

public sealed class PlacementExactnessTests
{
    [Theory]
    [InlineData(50, 40, 120, 100)]
    [InlineData(50, 20, 60, 700)]
    [InlineData(95, 40, 120, 100)]
    [InlineData(95, 20, 60, 700)]
    [InlineData(99, 40, 120, 100)]
    [InlineData(99, 20, 60, 700)]
    [InlineData(95, 2, 1500, 1000)]
    public void The_index_chooses_what_a_loop_over_all_offers_chooses(
        int percentTaken, int offersLeast, int offersMore, int decisions)
    {
        var seeds = offersMore > 1000 ? 4UL : decisions == 100 ? 140UL : 30UL;
        var (found, most, oneModel) = (0, 0, 0);
        for (var seed = 1UL; seed <= seeds; seed++)
        {
            var offers = offersLeast + (int)((seed * 7919) % (ulong)offersMore);
            var market = new RandomMarket((seed << 8) + (ulong)percentTaken, offers);
            market.FillTo(percentTaken);
            for (var decision = 0; decision < decisions; decision++)
            {
                market.Disturb();
                var request = market.DrawRequest();
                var plan = market.Index.Plan(request);
                var expected = market.Plain.Plan(request);
                Assert.True(
                    expected.SequenceEqual(plan.Candidates),
                    $"seed {seed}, {percentTaken} % taken, {offers} offers, decision {decision}: "
                    + $"expected {string.Join("; ", expected)}, chosen {plan.Candidates}, request {request}");
                if (!plan.IsEmpty) found++;
                if (plan.Candidates.Count > 1) most++;
                if (plan.Candidates.Count > 1 && request.OneModel) oneModel++;
                market.Carry(plan, request, percentTaken);
            }
        }
        // A test of which most answers are empty would prove little.
        var all = (int)seeds * decisions;
        Assert.True(
            found > all / 6 && most > all / 20 && oneModel > all / 200, $"{found}, {most}, {oneModel} of {all}");
    }

    [Fact]
    public void What_a_score_is_made_of_is_what_a_loop_over_all_offers_says()
    {
        var (weighed, measured) = (0, 0);
        for (var seed = 1UL; seed <= 60; seed++)
        {
            var market = new RandomMarket(seed, 40);
            market.FillTo(50);
            for (var decision = 0; decision < 60; decision++)
            {
                market.Disturb();
                var request = market.DrawRequest();
                var plan = market.Index.Plan(request);
                for (var place = 0; place < plan.Candidates.Count; place++)
                {
                    var candidate = plan.Candidates[place];
                    var plain = market.Plain.Find(candidate.Provider, candidate.Offer)!;
                    var told = market.Index.Weigh(candidate, place + 1, request);
                    Assert.Equal(
                        new ScoredOffer(
                            candidate.Offer, candidate.Provider, place + 1, candidate.Score,
                            market.Plain.Parts(plain, request), plain.Offer.PricePerSecond), told);
                    Assert.Equal(told.Score, told.Parts.Sum);
                    weighed++;
                    if (told.Parts.Proximity > 0 && request.Home != Region.Anywhere) measured++;
                }
                market.Carry(plan, request, 50);
            }
        }
        Assert.True(weighed > 1_000 && measured > 200, $"{weighed}, {measured}");
    }
}
