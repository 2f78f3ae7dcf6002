using Stun.Engine.Market;
using Xunit;

namespace Stun.Tests.Market;

public sealed class PriceSuggestionTests
{
    private const ulong Reference = 1_000_000;
    private static readonly PriceRules Rules = PriceRules.Around(new Amount(Reference));

    [Theory]
    [InlineData(0, 0, false, -1)] // nobody wants it
    [InlineData(50, 0, false, -1)]
    [InlineData(80, 0, false, 0)] // on target
    [InlineData(84, 0, false, 0)] // in the dead band
    [InlineData(76, 0, false, 0)]
    [InlineData(100, 0, false, 1)]
    [InlineData(100, 400, false, 1)] // and a queue
    [InlineData(0, 0, true, 0)] // no offers: stays at the reference
    public void Steady_demand_moves_the_price_to_its_side(int leased, int queued, bool empty, int direction)
    {
        var suggestion = PriceSuggestion.First(Rules);
        for (var step = 0; step < 50; step++)
            suggestion = suggestion.Next(new SegmentDemand((ulong)leased, empty ? 0UL : 100, (ulong)queued), Rules);
        Assert.Equal(direction, Math.Sign(suggestion.PerSecond.CompareTo(new Amount(Reference))));
    }

    [Fact]
    public void A_segment_without_offers_returns_to_the_reference()
    {
        var suggestion = new PriceSuggestion(new Amount(5 * Reference), 900_000);
        for (var step = 0; step < 100; step++) suggestion = suggestion.Next(default, Rules);
        Assert.Equal(new Amount(Reference), suggestion.PerSecond);
    }

    [Fact]
    public void The_largest_numbers_do_not_overflow()
    {
        var rules = Rules with { Ceiling = new Amount(UInt128.MaxValue) };
        var suggestion = new PriceSuggestion(new Amount(UInt128.MaxValue - 5), 3_000_000);
        suggestion = suggestion.Next(new SegmentDemand(ulong.MaxValue, 1, ulong.MaxValue), rules);
        Assert.Equal(rules.Ceiling, suggestion.PerSecond);
    }

    /// <summary>
    /// Demand with an elasticity of 0.3 to 4 from a fifth to three times the supply, buyers and providers who follow at
    /// once or late: a band is reached, and once reached the price stays calm.
    /// </summary>
    [Fact]
    public void A_responsive_market_settles_by_bounded_steps()
    {
        for (var seed = 1UL; seed <= 2_000; seed++)
        {
            var prng = new Prng(seed);
            var elasticity = prng.Between(30, 400) / 100.0;
            var demandAtReference = prng.Between(200, 3_000);
            var follow = prng.Between(25, 100) / 100.0;
            var suggestion = PriceSuggestion.First(Rules);
            var price = (double)Reference;
            var (turns, last) = (0, 0);
            for (var step = 0; step < 1_200; step++)
            {
                var before = suggestion.PerSecond;
                var demand = Math.Min(1e9, demandAtReference * Math.Pow(Reference / price, elasticity));
                suggestion = suggestion.Next(Demand(demand), Rules);
                CheckStep(before, suggestion.PerSecond, seed);
                price += follow * ((double)suggestion.PerSecond.Units - price);
                var direction = suggestion.PerSecond.CompareTo(before);
                if (step >= 600 && direction != 0 && direction != last && last != 0) turns++;
                if (direction != 0) last = direction;
            }
            Assert.True(turns <= 2, $"seed {seed}: {turns} turns after settling");
            var atBound = suggestion.PerSecond == Rules.Floor || suggestion.PerSecond == Rules.Ceiling;
            Assert.True(
                atBound || Math.Abs((long)suggestion.PressurePpm - Rules.TargetPpm) <= Rules.DeadBandPpm + 20_000,
                $"seed {seed}: pressure {suggestion.PressurePpm} at price {suggestion.PerSecond}, e {elasticity}");
        }
    }

    /// <summary>
    /// Somebody who switches demand on and off around the target moves the price by little more than its mean would.
    /// </summary>
    [Fact]
    public void Alternating_demand_does_not_swing_the_price()
    {
        for (var seed = 1UL; seed <= 500; seed++)
        {
            var prng = new Prng(seed);
            var (high, low) = (800 + prng.Below(400), 0);
            low = 1600 - high;
            var suggestion = PriceSuggestion.First(Rules);
            var (least, most) = (suggestion.PerSecond, suggestion.PerSecond);
            for (var step = 0; step < 2_000; step++)
            {
                var before = suggestion.PerSecond;
                suggestion = suggestion.Next(Demand(step % 2 == 0 ? high : low), Rules);
                CheckStep(before, suggestion.PerSecond, seed);
                (least, most) = (Amount.Min(least, suggestion.PerSecond), Amount.Max(most, suggestion.PerSecond));
            }
            Assert.True(
                most.Units * 100 <= least.Units * 105,
                $"seed {seed}: from {least} to {most} by {low} and {high} of 1,000");
        }
    }

    /// <summary>
    /// Any demand at all, also hostile: steps and bounds hold, and the result depends on nothing else.
    /// </summary>
    [Fact]
    public void No_demand_breaks_the_bounds_of_a_step()
    {
        for (var seed = 1UL; seed <= 500; seed++)
        {
            var prng = new Prng(seed);
            var (suggestion, again) = (PriceSuggestion.First(Rules), PriceSuggestion.First(Rules));
            for (var step = 0; step < 500; step++)
            {
                var before = suggestion.PerSecond;
                var demand = new SegmentDemand(
                    prng.Next() >> prng.Below(64), prng.Next() >> prng.Below(64), prng.Next() >> prng.Below(64));
                suggestion = suggestion.Next(demand, Rules);
                again = again.Next(demand, Rules);
                CheckStep(before, suggestion.PerSecond, seed);
                Assert.Equal(suggestion, again);
            }
        }
    }

    private static SegmentDemand Demand(double wanted)
    {
        var units = (ulong)wanted;
        return new SegmentDemand(Math.Min(units, 1_000), 1_000, units - Math.Min(units, 1_000));
    }

    private static void CheckStep(Amount before, Amount after, ulong seed)
    {
        var change = Amount.Max(before, after) - Amount.Min(before, after);
        Assert.True(change <= before.Ppm(Rules.StepPpmMax), $"seed {seed}: from {before} to {after}");
        Assert.True(after >= Rules.Floor && after <= Rules.Ceiling, $"seed {seed}: {after} is out of bounds");
    }
}
