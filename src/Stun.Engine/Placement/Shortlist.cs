namespace Stun.Engine.Placement;

/// <summary>
/// What a placement chose from, kept for whoever asks why: the candidates that were taken and the best of the others,
/// in falling order of score. Nothing is decided by it.
/// </summary>
/// <param name="CandidateCount">How many the plan had. The list may be shorter.</param>
/// <param name="IsByLot">They were drawn among all candidates; else the first ones were taken.</param>
[Wire]
public sealed record Shortlist(
    int CandidateCount, bool IsByLot, [property: AtMost(Limits.ShortlistMax)] ValueList<ScoredOffer> Offers);

/// <param name="Rank">In the plan; 1 is the best.</param>
/// <param name="Score">The sum of its parts.</param>
public readonly record struct ScoredOffer(
    OfferId Offer, Address Provider, int Rank, int Score, ScoreParts Parts, Amount PricePerSecond);

/// <summary>The six weighted factors of a score: see <see cref="PlacementScore"/>.</summary>
public readonly record struct ScoreParts(
    int HardwareFit, int History, int Proximity, int Price, int Load, int Reputation)
{
    public int Sum => HardwareFit + History + Proximity + Price + Load + Reputation;
}
