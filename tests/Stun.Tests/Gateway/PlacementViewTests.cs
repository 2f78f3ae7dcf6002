using Stun.Engine.Placement;
using Stun.Node.Gateway;
using Stun.Node.Storage;
using Stun.Tests.Scenes;

namespace Stun.Tests.Gateway;

public sealed class PlacementViewTests
{
    private static readonly ScoreParts Usual = new(1_000, 2_000, 3_000, 4_000, 5_000, 6_000);

    [Fact]
    public void A_person_reads_what_the_best_had_before_the_next()
    {
        var view = View(false, 3, [0], Offer(0, 1, Usual), Offer(1, 2, Usual with { Price = 2_500, Load = 5_200 }));
        Assert.Equal(
            $"Placement 7 took the best of 3 candidates: {Scene.Provider()} (21000 points, rank 1); the next, "
            + $"{Scene.Provider(1)}, has 19700: 1500 behind in price, 200 ahead in load.", view.Say());
        Assert.Equal([true, false], view.Candidates.Select(each => each.Chosen));
        Assert.Equal([new AttemptId(40).ToString(), null], view.Candidates.Select(each => each.Attempt));
    }

    [Fact]
    public void A_person_reads_that_equal_scores_are_told_apart_by_address() => Assert.EndsWith(
        $"; the next, {Scene.Provider(1)}, has as many, and the lower address comes first.",
        View(false, 2, [0], Offer(0, 1, Usual), Offer(1, 2, Usual)).Say());

    [Fact]
    public void A_person_reads_who_was_drawn_and_from_how_many()
    {
        var view = View(true, 12, [2, 1], Offer(0, 1, Usual), Offer(1, 4, Usual), Offer(2, 11, Usual));
        Assert.Equal(
            $"Placement 7 drew by lot among 12 candidates: {Scene.Provider(1)} (21000 points, rank 4), "
            + $"{Scene.Provider(2)} (21000 points, rank 11).", view.Say());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Where_there_was_nobody_else_nobody_is_compared(bool byLot)
    {
        var one = $"{Scene.Provider()} (21000 points, rank 1)";
        Assert.Equal($"Placement 7 had one candidate and took it: {one}.",
            View(byLot, 1, [0], Offer(0, 1, Usual)).Say());
        Assert.Equal(
            $"Placement 7 had 2 candidates and took all: {one}, {Scene.Provider(1)} (21000 points, rank 2).",
            View(byLot, 2, [0, 1], Offer(0, 1, Usual), Offer(1, 2, Usual)).Say());
    }

    [Fact]
    public void Of_a_gang_that_is_larger_than_the_list_nobody_is_compared() => Assert.Equal(
        $"Placement 7 took the best of 12 candidates: {Scene.Provider()} (21000 points, rank 1).",
        View(false, 12, [0], Offer(0, 1, Usual)).Say());

    [Fact]
    public void An_attempt_of_another_placement_marks_nobody_as_chosen()
    {
        var placement = Placement(false, 1, 1, Offer(0, 1, Usual));
        var view = PlacementView.Of(placement, [Attempt(41, 0), Attempt(39, 0)]);
        Assert.False(Assert.Single(view.Candidates).Chosen);
    }

    private static ScoredOffer Offer(int provider, int rank, ScoreParts parts) =>
        new(new OfferId(1), Scene.Provider(provider), rank, parts.Sum, parts, new Amount(1_000));

    private static StoredPlacement Placement(bool byLot, int count, int attempts, params ScoredOffer[] offers) =>
        new(7, Scene.Start, new AttemptId(40), attempts, new Shortlist(count, byLot, [.. offers]));

    /// <param name="taken">Providers, in the order of their attempts.</param>
    private static PlacementView View(bool byLot, int count, int[] taken, params ScoredOffer[] offers) =>
        PlacementView.Of(
            Placement(byLot, count, taken.Length, offers),
            [.. taken.Select((provider, place) => Attempt(40 + (ulong)place, provider))]);

    private static StoredAttempt Attempt(ulong id, int provider) => new(
        new AttemptId(id), new TaskId(1, 2), Scene.Provider(provider), new OfferId(1), 0, 0, Scene.Start, null, null,
        null, null, new Amount(9), null, null, null);
}
