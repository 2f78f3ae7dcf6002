using System.Runtime.InteropServices;

namespace Stun.Engine.Placement;

/// <summary>
/// Turns offers in falling order of (score, address, offer id) into a plan: one per provider, all of one GPU model
/// where the request says so, all that are needed or none.
/// </summary>
internal sealed class PlacementChoice(PlacementSearch search, PlacementNeed need)
{
    private readonly List<Fit> chosen = [];

    /// <summary>Fits whose order among themselves is not settled by their keys.</summary>
    private readonly List<Fit> tied = [];

    private readonly Dictionary<GpuModel, int> providersOfModel = [];
    private readonly HashSet<ModelProvider> seen = [];

    private PlacementRequest request = null!;
    private OfferRows rows = null!;
    private PlacementWeights weights = null!;
    private ProximityTable proximity = null!;

    /// <summary>The model all chosen have; null while the models still compete, or where any mixture will do.</summary>
    private GpuModel? winner;

    private readonly record struct Fit(int Row, int Score);

    private readonly record struct ModelProvider(GpuModel Model, Address Provider);

    private int Wanted => request.OneModel && winner is null ? request.Needed : request.Most;

    public PlacementPlan Plan(
        PlacementRequest sought, OfferRows among, PlacementWeights weighed, ProximityTable near)
    {
        (request, rows, weights, proximity) = (sought, among, weighed, near);
        winner = null;
        if (!Choose()) return PlacementPlan.Empty;
        // A model won with what is needed; what more of it there is comes from a second walk for that model alone.
        if (request.OneModel && request.Most > request.Needed) Choose();
        var candidates = new Candidate[chosen.Count];
        for (var index = 0; index < candidates.Length; index++)
        {
            var (row, score) = chosen[index];
            candidates[index] = new Candidate(rows.Face(row).Id, rows.Face(row).Provider, score);
        }
        return new PlacementPlan([.. candidates]);
    }

    private bool Choose()
    {
        chosen.Clear();
        tied.Clear();
        if (request.OneModel && winner is null)
        {
            providersOfModel.Clear();
            seen.Clear();
        }
        if (request.Policy.ProvidersAllowed.Count > 0) TakeListed();
        else TakeSearched();
        return request.OneModel ? winner is not null : chosen.Count >= request.Needed;
    }

    /// <summary>The requester names its providers: their offers are few and looked at one by one.</summary>
    private void TakeListed()
    {
        var allowed = request.Policy.ProvidersAllowed.Span;
        for (var place = 0; place < allowed.Length; place++)
        {
            if (allowed[..place].Contains(allowed[place])) continue;
            for (var row = rows.FirstOf(allowed[place]); row != OfferRow.Nowhere; row = rows[row].NextOfProvider)
                if (Fits(row)) tied.Add(new Fit(row, Score(row)));
        }
        Settle();
    }

    private void TakeSearched()
    {
        need.Take(request);
        if (winner is { } model) need.TakeModel(model);
        search.Begin(need);
        while (search.TryNext(out var row, out var key))
        {
            if (!rows.Face(row).Suits(request) || !IsOfWinner(row)) continue;
            var score = need.BoundsAreScores ? PlacementSearch.ScoreOf(key) : Score(row);
            if (score != PlacementSearch.ScoreOf(key))
            {
                search.PutBack(score, key);
                continue;
            }
            tied.Add(new Fit(row, score));
            if (search.KeyLeft < key && Settle()) return;
        }
        Settle();
    }

    private bool Fits(int row) =>
        rows[row].Choosable
        && rows[row].Refusal(request) is null
        && IsOfWinner(row);

    private bool IsOfWinner(int row) => winner is null || rows.Face(row).Model == winner.Value;

    private int Score(int index)
    {
        ref var row = ref rows[index];
        var named = PlacementScore.Power(request.Resources.GpuMemoryMiB, request.Resources.ComputeCapability);
        return row.StandingScore
            + (weights.Load * PlacementScore.Load(row.Whole, row.Free))
            + (weights.HardwareFit * PlacementScore.Fit(row.Power, named))
            + (weights.Proximity * proximity.Permille(request.Home, row.Offer.Region));
    }

    /// <summary>Brings the tied into their full order and takes them; true when there is enough.</summary>
    private bool Settle()
    {
        var fits = CollectionsMarshal.AsSpan(tied);
        if (fits.Length > 1) fits.Sort(InFullOrder);
        foreach (var fit in fits)
            if (Take(fit)) return true;
        tied.Clear();
        return false;
    }

    private int InFullOrder(Fit left, Fit right)
    {
        var order = right.Score.CompareTo(left.Score);
        if (order == 0) order = rows.Face(left.Row).Provider.CompareTo(rows.Face(right.Row).Provider);
        return order != 0 ? order : rows.Face(left.Row).Id.CompareTo(rows.Face(right.Row).Id);
    }

    private bool Take(Fit fit)
    {
        if (request.OneModel && winner is null) return TakeForModel(fit);
        var provider = rows.Face(fit.Row).Provider;
        foreach (var other in chosen)
            if (rows.Face(other.Row).Provider == provider) return false;
        chosen.Add(fit);
        return chosen.Count == Wanted;
    }

    /// <summary>
    /// The models compete: the first to gather as many providers as are needed wins, the others are dropped.
    /// </summary>
    private bool TakeForModel(Fit fit)
    {
        var model = rows.Face(fit.Row).Model;
        if (!seen.Add(new ModelProvider(model, rows.Face(fit.Row).Provider))) return false;
        chosen.Add(fit);
        var providers = providersOfModel.GetValueOrDefault(model) + 1;
        providersOfModel[model] = providers;
        if (providers < request.Needed) return false;
        winner = model;
        chosen.RemoveAll(other => rows.Face(other.Row).Model != model);
        return true;
    }
}
