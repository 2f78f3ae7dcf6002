using Stun.Engine.Placement;
using Xunit;

namespace Stun.Tests.Placement;

public sealed class PlacementCapacityTests
{
    private static readonly GpuModel Fast = GpuModel.Parse("H100SXM");
    private static readonly GpuModel Slow = GpuModel.Parse("RTX4090");
    private static readonly Resources Half = new(2, GpuModel.Any, 0, 0, 8_000, 1_024, 100, [], 1);

    [Fact]
    public void Two_providers_may_choose_the_same_offer_id()
    {
        var index = PlacementRefusalTests.Index(Offer(1, 7, Fast), Offer(2, 7, Fast));
        index.Reserve(Provider(1), new OfferId(7), Half);
        index.Reserve(Provider(1), new OfferId(7), Half);
        Assert.Equal(Provider(2), Assert.Single(index.Plan(Request(1, 5)).Candidates).Provider);
        index.Remove(Provider(2), new OfferId(7));
        Assert.True(index.Contains(Provider(1), new OfferId(7)));
        Assert.False(index.Contains(Provider(2), new OfferId(7)));
    }

    [Fact]
    public void More_is_never_taken_than_is_free()
    {
        var index = PlacementRefusalTests.Index(Offer(1, 1, Fast));
        index.Reserve(Provider(1), new OfferId(1), Half);
        index.Reserve(Provider(1), new OfferId(1), Half);
        Assert.Throws<InvariantException>(() => index.Reserve(Provider(1), new OfferId(1), Half));
    }

    [Fact]
    public void More_is_never_given_back_than_was_taken()
    {
        var index = PlacementRefusalTests.Index(Offer(1, 1, Fast));
        Assert.Throws<InvariantException>(() => index.Release(Provider(1), new OfferId(1), Half));
        index.Reserve(Provider(1), new OfferId(1), Half);
        Assert.Throws<InvariantException>(
            () => index.Release(Provider(1), new OfferId(1), Half with { MemoryMiB = Half.MemoryMiB + 1 }));
        index.Release(Provider(1), new OfferId(1), Half);
        Assert.Throws<InvariantException>(() => index.Release(Provider(1), new OfferId(1), Half));
    }

    [Fact]
    public void An_unknown_offer_is_our_bug()
    {
        var index = PlacementRefusalTests.Index(Offer(1, 1, Fast));
        Assert.Throws<InvariantException>(() => index.Reserve(Provider(2), new OfferId(1), Half));
        Assert.Throws<InvariantException>(() => index.Remove(Provider(1), new OfferId(2)));
        Assert.Throws<InvariantException>(() => index.SetStanding(Provider(2), new OfferId(1), default));
    }

    [Fact]
    public void What_is_taken_survives_withdrawal_and_return_of_the_offer()
    {
        var index = PlacementRefusalTests.Index(Offer(1, 1, Fast));
        index.Reserve(Provider(1), new OfferId(1), Half);
        index.Remove(Provider(1), new OfferId(1));
        Assert.Equal(0, index.OfferCount);
        Assert.Empty(index.Explain(Request(1, 1)));
        index.Upsert(Offer(1, 1, Fast), default);
        index.Reserve(Provider(1), new OfferId(1), Half);
        Assert.True(index.Plan(Request(1, 1)).IsEmpty);
        index.Remove(Provider(1), new OfferId(1));
        index.Release(Provider(1), new OfferId(1), Half);
        index.Release(Provider(1), new OfferId(1), Half);
        Assert.Throws<InvariantException>(() => index.Release(Provider(1), new OfferId(1), Half));
    }

    [Fact]
    public void An_offer_that_shrinks_under_its_leases_is_full_until_they_end()
    {
        var index = PlacementRefusalTests.Index(Offer(1, 1, Fast));
        index.Reserve(Provider(1), new OfferId(1), Half);
        var whole = Offer(1, 1, Fast);
        index.Upsert(whole with { Hardware = whole.Hardware with { GpuCount = 2 } }, default);
        Assert.Equal([new RefusalCount(RefusalReason.Busy, 1)], index.Explain(Request(1, 1)));
        index.Release(Provider(1), new OfferId(1), Half);
        Assert.Single(index.Plan(Request(1, 1)).Candidates);
    }

    [Theory]
    [InlineData(3, false, 3)]
    [InlineData(4, false, 0)] // three providers are not four: none is chosen
    [InlineData(2, true, 2)]
    [InlineData(3, true, 0)] // three, but not of one model
    public void All_that_are_needed_are_found_or_none(int needed, bool oneModel, int found)
    {
        var index = PlacementRefusalTests.Index(
            Offer(1, 1, Fast), Offer(1, 2, Fast), Offer(2, 1, Fast), Offer(3, 1, Slow));
        var request = Request(needed, needed + 2) with { OneModel = oneModel };
        Assert.Equal(found, index.Plan(request).Candidates.Count);
        var lacking = index.Explain(request);
        if (found == 0) Assert.Equal([new RefusalCount(RefusalReason.TooFewTogether, 4)], lacking);
        else Assert.Empty(lacking);
    }

    [Fact]
    public void Equal_scores_are_told_apart_by_address_and_then_by_offer()
    {
        var index = PlacementRefusalTests.Index(
            Offer(2, 1, Fast), Offer(1, 9, Fast), Offer(1, 3, Fast), Offer(3, 1, Fast));
        Assert.Equal(
            [(1UL, 3UL), (2UL, 1UL), (3UL, 1UL)],
            index.Plan(Request(1, 5)).Candidates.Select(each => (each.Provider.A, each.Offer.Value)));
    }

    [Fact]
    public void A_plan_changes_nothing()
    {
        var market = new RandomMarket(99, 200);
        market.FillTo(50);
        var request = market.DrawRequest() with { Policy = RequesterPolicy.Open };
        var first = market.Index.Plan(request);
        for (var round = 0; round < 50; round++) market.Index.Plan(market.DrawRequest());
        Assert.Equal(first, market.Index.Plan(request));
    }

    private static Address Provider(ulong number) => new(number, 0, 0);

    private static Offer Offer(ulong provider, ulong id, GpuModel model) => new(
        new OfferId(id), Provider(provider), new Hardware(model, 4, 24_576, 89, 16_000, 65_536, 1_000_000),
        new Amount(100), Region.Parse("eu-de"), [], Amount.Zero, Digest.Zero, 1);

    private static PlacementRequest Request(int needed, int most) => new(
        Half, Privacy.None, new Amount(100), Amount.Zero, Region.Anywhere, RequesterPolicy.Open, [], needed, most,
        false);
}
