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
        var passed = BesidePeers(report);
        passed &= Growth(report);
        HardMarkets(report);
        report.Say("");
        report.Say("Must: 100,000 decisions/s at 10,000 offers, the same decisions as the peers, cost below three times from "
            + $"1,000 to 100,000 offers: {(passed ? "met" : "NOT met")}. Goal: 500,000 decisions/s.");
        return passed;
    }

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
                $"{percent} %", $"{1_000_000_000 / ours:n0}", $"{ours:n0}", $"{100.0 * same[0].Placed / same[0].Decided:f1} %",
                $"{theirs:n0}", $"{others:n0}", $"{(double)theirs / ours:f0}", $"{(double)others / ours:f0}",
                equal ? $"yes, {Compared:n0}, {same[0].Decided:n0} decided" : "NO");
        }
        return passed;
    }

    private static bool Growth(Report report)
    {
        report.Begin("Growth with the market, 95 % taken", "offers", "ns/decision", "decisions/s", "placed", "x 1,000 offers",
            "ns/placement", "x 1,000 offers");
        var (first, firstPlaced) = (0L, 0.0);
        var passed = true;
        foreach (var offers in (int[])[1_000, 10_000, 100_000])
        {
            var (cost, placed) = Measure(new BenchMarket(MarketKind.Realistic, offers, Seed, 100_000), 95, 50_000);
            if (first == 0) (first, firstPlaced) = (cost, cost / placed);
            passed &= cost < 3 * first;
            report.Row(
                $"{offers:n0}", $"{cost:n0}", $"{1_000_000_000 / cost:n0}", $"{placed:f1} %", $"{(double)cost / first:f2}",
                $"{100 * cost / placed:n0}", $"{cost / placed / firstPlaced:f2}");
        }
        return passed;
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
        state.Run(decisions);
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
