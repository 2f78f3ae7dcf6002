using Stun.Engine.Placement;
using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>One choice of providers for a task, and whom the scheduler chose from.</summary>
/// <param name="CandidateCount">All that fitted and were compared; the list holds eight of them at most.</param>
/// <param name="ByLot">They were drawn among all candidates; else the first ones were taken.</param>
/// <param name="Candidates">Those taken and the best of the others, best first.</param>
public sealed record PlacementView(
    string Generation, DateTimeOffset At, int CandidateCount, bool ByLot, IReadOnlyList<CandidateView> Candidates)
{
    public static PlacementView Of(StoredPlacement placement, IReadOnlyList<StoredAttempt> attempts)
    {
        var made = attempts.Where(attempt => placement.Made(attempt.Id)).ToList();
        return new PlacementView(
            $"{placement.Generation}", WallTime.Time(placement.At), placement.Shortlist.CandidateCount,
            placement.Shortlist.IsByLot,
            [
                .. placement.Shortlist.Offers.Span.ToArray().Select(each => CandidateView.Of(
                    each, made.Find(attempt => attempt.Provider == each.Provider && attempt.Offer == each.Offer))),
            ]);
    }

    /// <summary>The same for people: who was taken, and what they had before the best of the others.</summary>
    public string Say()
    {
        var taken = Candidates.Where(each => each.Chosen).ToList();
        var next = Candidates.FirstOrDefault(each => !each.Chosen);
        var who = string.Join(", ", taken.Select(each => $"{each.Provider} ({each.Score} points, rank {each.Rank})"));
        if (taken.Count == CandidateCount)
            return $"Placement {Generation} had {Counted(CandidateCount)} and took "
                + $"{(taken.Count == 1 ? "it" : "all")}: {who}.";
        if (ByLot) return $"Placement {Generation} drew by lot among {Counted(CandidateCount)}: {who}.";
        var said = $"Placement {Generation} took the best of {Counted(CandidateCount)}: {who}";
        return next is null || taken.Count == 0
            ? $"{said}."
            : $"{said}; the next, {next.Provider}, {next.Against(taken[^1])}.";
    }

    private static string Counted(int candidates) => candidates == 1 ? "one candidate" : $"{candidates} candidates";
}

/// <param name="Rank">1 is the best.</param>
/// <param name="Attempt">What became of it; null where it was not chosen.</param>
/// <param name="Score">The sum of its parts.</param>
public sealed record CandidateView(
    int Rank, string Provider, string Offer, bool Chosen, string? Attempt, int Score, ScorePartsView Parts,
    string PricePerSecond)
{
    public static CandidateView Of(ScoredOffer offer, StoredAttempt? attempt) => new(
        offer.Rank, offer.Provider.ToString(), offer.Offer.ToString(), attempt is not null, attempt?.Id.ToString(),
        offer.Score, ScorePartsView.Of(offer.Parts), offer.PricePerSecond.ToString());

    /// <summary>How it stands against one with a better place: "has 68000: 1200 behind in price, 20 ahead in load".
    /// </summary>
    public string Against(CandidateView better)
    {
        if (Score == better.Score) return "has as many, and the lower address comes first";
        var parts = Parts.Each.Zip(better.Parts.Each, (own, its) => (own.Name, Lead: own.Points - its.Points))
            .Where(part => part.Lead != 0).OrderBy(part => part.Lead)
            .Select(part => $"{Math.Abs(part.Lead)} {(part.Lead < 0 ? "behind" : "ahead")} in {part.Name}");
        return $"has {Score}: {string.Join(", ", parts)}";
    }
}

/// <summary>What each factor adds to a score.</summary>
/// <param name="HardwareFit">The less of its hardware the task leaves unused, the more.</param>
/// <param name="History">How it is expected to do, from what it did.</param>
/// <param name="Proximity">How near its region is to the requester's.</param>
/// <param name="Price">The cheaper, the more.</param>
/// <param name="Load">The less of it is taken, the more.</param>
/// <param name="Reputation">From what the escrow's log says of it.</param>
public sealed record ScorePartsView(
    int HardwareFit, int History, int Proximity, int Price, int Load, int Reputation)
{
    internal IEnumerable<(string Name, int Points)> Each =>
    [
        ("hardware fit", HardwareFit), ("history", History), ("proximity", Proximity), ("price", Price), ("load", Load),
        ("reputation", Reputation),
    ];

    public static ScorePartsView Of(ScoreParts parts) => new(
        parts.HardwareFit, parts.History, parts.Proximity, parts.Price, parts.Load, parts.Reputation);
}
