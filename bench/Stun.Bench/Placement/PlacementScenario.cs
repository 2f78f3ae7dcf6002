using Stun.Engine.Placement;

namespace Stun.Bench.Placement;

/// <summary>
/// Decisions a second of the placement index on one core, beside a loop over objects and LINQ that take the same
/// decisions, and how its cost grows with the market. A decision is the plan with all that follows from it: what is
/// needed is reserved, and as much is given back.
/// </summary>
internal static class PlacementScenario
{
    private const ulong Seed = 20_260_101;
    private const int Compared = 3_000;
    private const int Rounds = 5;

    public static bool Run(Report report)
    {
        var fast = BesidePeers(report);
        var flat = Growth(report);
        HardMarkets(report);
        report.Say("");
        report.Say($"Must: 100,000 decisions/s at 10,000 offers and the same decisions as the peers: {Met(fast)}.");
        report.Say($"Must: cost below three times from 1,000 to 100,000 offers: {Met(flat)}.");
        report.Say("Goal: 500,000 decisions/s at 10,000 offers.");
        return fast && flat;
    }

    private static string Met(bool met) => met ? "met" : "NOT met";

    private static bool BesidePeers(Report report)
    {
        report.Begin(
            "10,000 offers, beside peers in the same run", "taken", "decisions/s", "ns/decision", "placed", "loop ns",
            "LINQ ns", "x loop", "x LINQ", "same decisions");
        var market = new BenchMarket(MarketKind.Realistic, 10_000, Seed, 200_000);
        var passed = true;
        foreach (var percent in (int[])[50, 95, 99])
        {
            SteadyState[] same =
            [
                new(market, new IndexPlacer(market), percent), new(market, new LoopPlacer(market), percent),
                new(market, new LinqPlacer(market), percent),
            ];
            foreach (var each in same) each.Run(Compared);
            var equal = same.All(each => each.Checksum == same[0].Checksum);
            same[0].Run(200_000);
            var (index, loop, linq) = (new List<long>(), new List<long>(), new List<long>());
            for (var round = 0; round < Rounds; round++)
            {
                index.Add(same[0].Run(100_000) / 100_000);
                loop.Add(same[1].Run(1_000) / 1_000);
                linq.Add(same[2].Run(500) / 500);
            }
            var (ours, theirs, others) = (Median(index), Median(loop), Median(linq));
            passed &= equal && 1_000_000_000 / ours >= 100_000;
            report.Row(
                $"{percent} %", $"{1_000_000_000 / ours:n0}", $"{ours:n0}",
                $"{100.0 * same[0].Placed / same[0].Decided:f1} %",
                $"{theirs:n0}", $"{others:n0}", $"{(double)theirs / ours:f0}", $"{(double)others / ours:f0}",
                equal ? $"yes, {Compared:n0}, {same[0].Decided:n0} decided" : "NO");
        }
        return passed;
    }

    private sealed class Market(int offers, SteadyState state, IndexPlacer placer)
    {
        private readonly List<long> costs = [];
        private (long Nodes, int Decided, int Placed) began = (placer.NodesOpened, state.Decided, state.Placed);

        public int Offers => offers;

        public long Cost => Median(costs);

        public double PlacedShare => (double)(state.Placed - began.Placed) / (state.Decided - began.Decided);

        public double NodesPerPlan => (double)(placer.NodesOpened - began.Nodes) / (state.Decided - began.Decided);

        public void Run(int decisions) => costs.Add(state.Run(decisions) / decisions);
    }

    /// <summary>The three sizes take turns, so that a noisy moment of the machine meets them all.</summary>
    private static Market[] Grow(Func<SteadyState, PlacementRequest[]?> mix)
    {
        List<Market> markets = [];
        foreach (var offers in (int[])[1_000, 10_000, 100_000])
        {
            var market = new BenchMarket(MarketKind.Realistic, offers, Seed, 100_000);
            var dry = new SteadyState(market, new IndexPlacer(market), 95);
            var requests = mix(dry) ?? market.Requests;
            var placer = new IndexPlacer(market);
            var state = new SteadyState(market, requests, placer, 95);
            state.Run(100_000);
            markets.Add(new Market(offers, state, placer));
        }
        for (var round = 0; round < Rounds; round++)
            foreach (var market in markets) market.Run(50_000);
        return [.. markets];
    }

    private static bool Growth(Report report)
    {
        Tell(report, "Growth with the market, 95 % taken, requests as drawn", Grow(_ => null));
        var fair = Grow(dry => dry.WithFourOfFivePlaced());
        Tell(report, "Growth with the market, 95 % taken, four of five requests such as find a place", fair);
        report.Say("");
        report.Say("As drawn, a small market serves fewer requests, and refusing is cheap. For the second table a");
        report.Say("dry run told requests that found a place from those that found none; they are mixed four to one.");
        report.Say("The must is judged by ns/decision of the second table.");
        return fair[^1].Cost < 3 * fair[0].Cost;
    }

    private static void Tell(Report report, string title, Market[] markets)
    {
        report.Begin(
            title, "offers", "ns/decision", "decisions/s", "placed", "x 1,000 offers", "ns/placement",
            "x 1,000 offers", "nodes/plan");
        var (first, firstPlaced) = (markets[0].Cost, markets[0].Cost / markets[0].PlacedShare);
        foreach (var market in markets)
        {
            var (cost, placed) = (market.Cost, market.Cost / market.PlacedShare);
            report.Row(
                $"{market.Offers:n0}", $"{cost:n0}", $"{1_000_000_000 / cost:n0}", $"{100 * market.PlacedShare:f1} %",
                $"{(double)cost / first:f2}", $"{placed:n0}", $"{placed / firstPlaced:f2}",
                $"{market.NodesPerPlan:f1}");
        }
    }

    private static void HardMarkets(Report report)
    {
        report.Begin("Markets made to hurt, 95 % taken", "market", "offers", "ns/decision", "decisions/s", "placed");
        foreach (var kind in (MarketKind[])
            [MarketKind.AllDistinct, MarketKind.AllEqual, MarketKind.TightPrices, MarketKind.Infeasible])
        {
            foreach (var offers in (int[])[10_000, 100_000])
            {
                var (cost, placed) = Measure(new BenchMarket(kind, offers, Seed, 20_000), 95, 4_000);
                report.Row($"{kind}", $"{offers:n0}", $"{cost:n0}", $"{1_000_000_000 / cost:n0}", $"{placed:f1} %");
            }
        }
    }

    private static (long Cost, double PlacedPercent) Measure(BenchMarket market, int percent, int decisions)
    {
        var state = new SteadyState(market, new IndexPlacer(market), percent);
        state.Run(Math.Max(decisions, 20_000));
        List<long> costs = [];
        for (var round = 0; round < Rounds; round++) costs.Add(state.Run(decisions) / decisions);
        return (Median(costs), 100.0 * state.Placed / state.Decided);
    }

    private static long Median(List<long> costs)
    {
        costs.Sort();
        return costs[costs.Count / 2];
    }
}
