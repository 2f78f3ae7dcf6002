using System.Buffers.Binary;
using Stun.Engine.Placement;
using Stun.Engine.Scheduling;
using Stun.Tests.Placement;
using Stun.Tests.Scenes;

namespace Stun.Tests.Scheduling;

/// <summary>What the event of a placement says of the candidates that it was chosen from.</summary>
public sealed class ShortlistTests
{
    private static readonly OrderBuilder Order = new();
    private readonly SchedulerScene scene = new();

    [Fact]
    public void A_placement_names_its_candidates_as_the_plan_had_them()
    {
        for (var provider = 0; provider < 5; provider++)
            scene.Join(SchedulerScene.OfferOf(provider, price: 9_000 - (2_000 * (ulong)provider)));
        var plan = PlanOf(Order, needed: 1, most: 3);
        scene.Submit(Order);
        var placed = Assert.Single(PlacedOf(Order));
        RequireLike(plan, placed);
        Assert.Equal((3, false), (placed.Shortlist!.CandidateCount, placed.Shortlist.IsByLot));
        // The cheapest is the best here, and the best is taken.
        Assert.Equal(
            [new Amount(1_000), new Amount(3_000), new Amount(5_000)],
            placed.Shortlist.Offers.Span.ToArray().Select(each => each.PricePerSecond));
        var (lease, best) = (Assert.Single(placed.Leases), placed.Shortlist.Offers[0]);
        Assert.Equal((best.Provider, best.Offer), (lease.Provider, lease.Offer));
        Assert.Equal(best.PricePerSecond, lease.PricePerSecond);
    }

    [Theory]
    [InlineData(2, 3, 5)]
    [InlineData(2, 3, 8)]
    [InlineData(2, 3, 9)]
    [InlineData(3, 5, 30)]
    public void Those_that_the_lot_has_drawn_are_among_those_that_are_named(int agreeing, int attempts, int providers)
    {
        for (var provider = 0; provider < providers; provider++)
            scene.Join(SchedulerScene.OfferOf(provider, price: 1_000 + (50 * (ulong)provider)));
        var late = 0;
        // Half of what there is room for.
        for (var key = 1UL; key <= (ulong)(SchedulerScene.Hardware.GpuCount * providers / agreeing / 2); key++)
        {
            var order = Order with
            {
                Key = key,
                Verification = new VerificationPolicy.Redundant((byte)agreeing, (byte)attempts),
            };
            var plan = PlanOf(order, agreeing, 4 * agreeing);
            scene.Submit(order);
            var placed = Assert.Single(PlacedOf(order));
            RequireLike(plan, placed);
            Assert.True(placed.Shortlist!.IsByLot);
            var told = placed.Shortlist.Offers.Span.ToArray();
            Assert.Equal(Math.Min(plan.Count, Limits.ShortlistMax), told.Length);
            foreach (var lease in placed.Leases)
            {
                var own = Assert.Single(told, each => each.Provider == lease.Provider && each.Offer == lease.Offer);
                if (own.Rank > Limits.ShortlistMax) late++;
            }
            // Of the others those that stand highest.
            var others = told.Where(each => placed.Leases.Span.ToArray().All(lease => lease.Provider != each.Provider));
            var best = plan.Select((each, place) => (each.Provider, Rank: place + 1))
                .Where(each => placed.Leases.Span.ToArray().All(lease => lease.Provider != each.Provider));
            Assert.Equal(best.Take(told.Length - agreeing).Select(each => each.Rank), others.Select(each => each.Rank));
            scene.Pass(Duration.Seconds(1), [.. Enumerable.Range(0, providers)]);
        }
        Assert.Equal(providers > Limits.ShortlistMax && 4 * agreeing > Limits.ShortlistMax, late > 0);
    }

    [Fact]
    public void Of_a_gang_that_is_larger_than_the_list_the_best_are_named()
    {
        for (var provider = 0; provider < 14; provider++) scene.Join(provider);
        var gang = Order with { Nodes = 12, PriceLimit = new(1_000_000) };
        scene.Submit(gang);
        var placed = Assert.Single(PlacedOf(gang));
        Assert.Equal(12, placed.Leases.Count);
        Assert.Equal(12, placed.Shortlist!.CandidateCount);
        Assert.Equal(Limits.ShortlistMax, placed.Shortlist.Offers.Count);
        Assert.Equal(
            Enumerable.Range(1, Limits.ShortlistMax), placed.Shortlist.Offers.Span.ToArray().Select(each => each.Rank));
    }

    [Fact]
    public void Who_is_placed_again_leaves_a_second_list_without_who_has_failed()
    {
        for (var provider = 0; provider < 3; provider++) scene.Join(provider);
        scene.Submit(Order);
        var first = Assert.Single(scene.Granted(Order));
        scene.Tell(first.Provider, new Message.FailAttempt(first.Attempt, RunFailure.OutOfMemory, ""));
        scene.Pass(Duration.Seconds(2), 0, 1, 2);
        var placed = PlacedOf(Order);
        Assert.Equal(2, placed.Count);
        Assert.Contains(placed[0].Shortlist!.Offers.Span.ToArray(), each => each.Provider == first.Provider);
        Assert.DoesNotContain(placed[1].Shortlist!.Offers.Span.ToArray(), each => each.Provider == first.Provider);
        Assert.Equal(2, placed[1].Shortlist!.CandidateCount);
    }

    [Fact]
    public void A_journal_from_before_there_were_shortlists_is_still_read()
    {
        scene.Join(0);
        scene.Submit(Order);
        var placed = Assert.Single(PlacedOf(Order));
        var plain = EngineWire.Encode((SchedulerEvent)(placed with { Shortlist = null }));
        Assert.True(plain.Length < EngineWire.Encode((SchedulerEvent)placed).Length);
        var read = Assert.IsType<SchedulerEvent.TaskPlaced>(EngineWire.DecodeSchedulerEvent(plain));
        Assert.Null(read.Shortlist);
        Assert.Equal(placed.Leases, read.Leases);
        Assert.Equal(placed, EngineWire.DecodeSchedulerEvent(EngineWire.Encode((SchedulerEvent)placed)));
    }

    /// <summary>The same plan by a loop over all offers, before anything is taken of them.</summary>
    private List<Candidate> PlanOf(OrderBuilder order, int needed, int most)
    {
        var book = scene.Machine.State.Offers;
        var task = order.Order;
        var byLot = order.Verification is VerificationPolicy.Redundant;
        var attempts = byLot ? ((VerificationPolicy.Redundant)order.Verification).Attempts : 1;
        var market = new PlainMarket(PlacementWeights.Default, []);
        foreach (var offer in book.All)
        {
            var plain = new PlainOffer(offer, book.StandingOf(offer.Provider));
            foreach (var running in scene.Machine.State.Tasks)
                foreach (var attempt in running.Attempts.Where(attempt => attempt.IsOpen))
                    if (attempt.Lease.Provider == offer.Provider) plain.Leases.Add(running.Spec.Resources);
            market.Offers.Add(plain);
        }
        return market.Plan(new PlacementRequest(
            task.Spec.Resources, Privacy.None, task.PriceLimit.DividedBy((ulong)attempts * 10),
            task.PriceLimit * Scene.Terms.SlashMultiple, Region.Anywhere, RequesterPolicy.Open, [], needed, most,
            byLot));
    }

    private static void RequireLike(List<Candidate> plan, SchedulerEvent.TaskPlaced placed)
    {
        var told = placed.Shortlist!;
        Assert.Equal(plan.Count, told.CandidateCount);
        Assert.InRange(told.Offers.Count, 1, Limits.ShortlistMax);
        Assert.Equal(
            told.Offers.Span.ToArray().Select(each => plan[each.Rank - 1]),
            told.Offers.Span.ToArray().Select(each => new Candidate(each.Offer, each.Provider, each.Score)));
        Assert.Equal(told.Offers.Span.ToArray().Select(each => each.Rank).Order().Distinct(),
            told.Offers.Span.ToArray().Select(each => each.Rank));
        foreach (var each in told.Offers) Assert.Equal(each.Score, each.Parts.Sum);
    }

    private List<SchedulerEvent.TaskPlaced> PlacedOf(OrderBuilder order)
    {
        List<SchedulerEvent.TaskPlaced> placed = [];
        var journal = scene.Harness.Journal;
        while (JournalFrame.TryRead(journal, out _, out var body, out var size))
        {
            while (!body.IsEmpty)
            {
                var length = BinaryPrimitives.ReadInt32LittleEndian(body);
                if (EngineWire.DecodeSchedulerEvent(body.Slice(4, length)) is SchedulerEvent.TaskPlaced found
                    && found.Task == order.Id) placed.Add(found);
                body = body[(4 + length)..];
            }
            journal = journal[size..];
        }
        return placed;
    }
}
