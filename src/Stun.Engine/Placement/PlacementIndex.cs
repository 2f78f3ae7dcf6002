namespace Stun.Engine.Placement;

// Chooses among all offers those that fit a request and score best, exactly as a loop over all of them would, in a
// time that hardly grows with their number:
//
//   request ─► least each column must hold ─► walk the tree best first ─► exact test of each leaf that comes out
//                                             (PlacementSearch)            (OfferFace) ─► one per provider ─► plan
//
// Why trees with sums and not classes of equal hardware or a bitmap per predicate: those are faster when offers fall
// into few kinds, and as slow as a loop when every offer is a kind of its own, which any provider can bring about.
// Here the leaves lie in order of hardware, place and price, so that a subtree is nearly one class where there are
// classes, and the sums still bound it where there are none.
//
// Why several (PlacementGrove): in a market that is nearly full, sums over offers that have nothing free promise what
// nobody keeps. A request looks only where what it wants most is free. Taking and giving back touches the columns that
// changed, one lane per level and no further up than the change is felt.
//
// What costs more than logarithmic time, and stays so: a provider with very many offers of equal score, all but one
// of which must be passed over; requests for one model where nearly every offer names a model of its own; requests that
// many offers nearly fit. Limits on offers per provider and on names of models belong to admission.

/// <summary>All offers of a market, what is taken of each, and which are best for a request.</summary>
public sealed class PlacementIndex
{
    private readonly PlacementWeights weights;
    private readonly ProximityTable proximity;
    private readonly OfferRows rows = new();
    private readonly PlacementLayout layout;
    private readonly PlacementSearch search;
    private readonly PlacementChoice choice;

    public PlacementIndex(PlacementWeights weights, ProximityTable proximity)
    {
        PlacementScore.Check(weights);
        this.weights = weights;
        this.proximity = proximity;
        layout = new PlacementLayout(rows, weights, proximity);
        search = new PlacementSearch(layout.Groves);
        choice = new PlacementChoice(search, layout.NewNeed());
    }

    /// <summary>Offers that were neither removed nor withdrawn.</summary>
    public int OfferCount { get; private set; }

    /// <summary>Tree nodes looked at so far: what decisions cost, in a number that a second run repeats.</summary>
    public long NodesOpened => search.NodesOpened;

    public bool Contains(Address provider, OfferId offer) =>
        rows.TryFind(provider, offer, out var row) && !rows[row].Withdrawn;

    /// <summary>
    /// Adds an offer or replaces it; what is taken of it stays taken. A provider may shrink an offer under running
    /// leases: then nothing is free until enough is given back. The caller sees to versions and expired attestations.
    /// </summary>
    public void Upsert(Offer offer, Standing standing)
    {
        var found = rows.TryFind(offer.Provider, offer.Id, out var index);
        if (!found) index = rows.Add(offer);
        ref var row = ref rows[index];
        if (!found || row.Withdrawn) OfferCount++;
        var traits = OfferRow.TraitsOf(offer.Attestations);
        var moved = !found || RowOrder.Compare(row.Offer, row.Traits, offer, traits) != 0;
        row.Offer = offer;
        row.Standing = standing;
        row.Withdrawn = false;
        row.Traits = traits;
        row.Power = PlacementScore.Power(offer.Hardware.GpuMemoryMiB, offer.Hardware.ComputeCapability);
        row.StandingScore = PlacementScore.Standing(weights, offer.PricePerSecond, standing);
        row.Whole = Capacity.Of(offer.Hardware);
        row.Free = row.Whole.Less(row.Taken);
        rows.Reface(index);
        if (moved) layout.NoteMisplaced(index);
        layout.Show(index);
    }

    /// <summary>
    /// From now on the offer is not chosen. Leases that run on it may still be given back, and until then a new offer
    /// under the same name takes them over.
    /// </summary>
    public void Remove(Address provider, OfferId offer)
    {
        var index = Find(provider, offer);
        Invariant.Require(!rows[index].Withdrawn, "an offer is withdrawn once");
        rows[index].Withdrawn = true;
        OfferCount--;
        if (rows[index].LeaseCount == 0) Forget(index);
        else layout.Show(index);
    }

    public void SetStanding(Address provider, OfferId offer, Standing standing)
    {
        var index = Find(provider, offer);
        ref var row = ref rows[index];
        row.Standing = standing;
        row.StandingScore = PlacementScore.Standing(weights, row.Offer.PricePerSecond, standing);
        rows.Reface(index);
        layout.Show(index);
    }

    /// <summary>A suspended offer keeps its leases and is not chosen: its provider was not heard of lately.</summary>
    public void SetSuspended(Address provider, OfferId offer, bool suspended)
    {
        var index = Find(provider, offer);
        if (rows[index].Suspended == suspended) return;
        rows[index].Suspended = suspended;
        layout.Show(index);
    }

    /// <summary>Takes what one node needs. More than is free is our bug: plan first.</summary>
    public void Reserve(Address provider, OfferId offer, Resources resources)
    {
        var need = Capacity.Of(resources);
        Invariant.Require(
            rows[Find(provider, offer)].Free.Covers(need), "no more is taken of an offer than is free");
        Readmit(provider, offer, resources);
    }

    /// <summary>
    /// Takes what a lease from before takes. It fitted when it was granted; the offer may have shrunk since.
    /// </summary>
    public void Readmit(Address provider, OfferId offer, Resources resources)
    {
        var index = Find(provider, offer);
        ref var row = ref rows[index];
        row.Taken += Capacity.Of(resources);
        row.LeaseCount++;
        row.Free = row.Whole.Less(row.Taken);
        layout.ShowFree(index);
    }

    /// <summary>Gives back what a reservation took, once.</summary>
    public void Release(Address provider, OfferId offer, Resources resources)
    {
        var index = Find(provider, offer);
        ref var row = ref rows[index];
        var need = Capacity.Of(resources);
        Invariant.Require(
            row.LeaseCount > 0 && row.Taken.Covers(need), "no more is given back to an offer than was taken");
        row.Taken -= need;
        row.LeaseCount--;
        Invariant.Require(row.LeaseCount > 0 || row.Taken == default, "the last lease gives back all that was taken");
        row.Free = row.Whole.Less(row.Taken);
        if (row.Withdrawn && row.LeaseCount == 0) Forget(index);
        else layout.ShowFree(index);
    }

    /// <summary>
    /// The best offers for a request, or none. Changes nothing that can be seen: it may tidy up the tree before.
    /// </summary>
    public PlacementPlan Plan(PlacementRequest request)
    {
        Invariant.Require(
            request.Needed >= 1 && request.Most >= request.Needed, "a plan wants at least what it needs");
        layout.Tidy();
        return choice.Plan(request, rows, weights, proximity);
    }

    /// <summary>
    /// What a candidate's score is made of. To be asked before anything changes: with the first lease the load does.
    /// </summary>
    /// <param name="rank">In its plan; 1 is the best.</param>
    public ScoredOffer Weigh(Candidate candidate, int rank, PlacementRequest request)
    {
        ref var row = ref rows[Find(candidate.Provider, candidate.Offer)];
        var named = PlacementScore.Power(request.Resources.GpuMemoryMiB, request.Resources.ComputeCapability);
        var parts = PlacementScore.Parts(weights, row, named, proximity.Permille(request.Home, row.Offer.Region));
        return new ScoredOffer(
            candidate.Offer, candidate.Provider, rank, candidate.Score, parts, row.Offer.PricePerSecond);
    }

    /// <summary>
    /// Why there is no more to choose from: every offer that does not fit counts once, under its first reason. Offers
    /// that fit count too when they are too few together. A loop over all offers: for people, not for the queue.
    /// </summary>
    public ValueList<RefusalCount> Explain(PlacementRequest request)
    {
        var counts = new int[(int)RefusalReason.TooFewTogether + 1];
        var fitting = 0;
        for (var index = 0; index < rows.Limit; index++)
        {
            ref var row = ref rows[index];
            if (!row.InUse || row.Withdrawn) continue;
            if (row.Refusal(request) is { } reason) counts[(int)reason]++;
            else fitting++;
        }
        if (Plan(request).IsEmpty) counts[(int)RefusalReason.TooFewTogether] = fitting;
        List<RefusalCount> told = [];
        for (var reason = 0; reason < counts.Length; reason++)
            if (counts[reason] > 0) told.Add(new RefusalCount((RefusalReason)reason, counts[reason]));
        return ValueList.From(told);
    }

    /// <summary>An offer as it is kept: withdrawn too, while leases run on it.</summary>
    public Offer Kept(Address provider, OfferId offer) => rows[Find(provider, offer)].Offer;

    private int Find(Address provider, OfferId offer)
    {
        var found = rows.TryFind(provider, offer, out var index);
        Invariant.Require(found, "only a known offer is changed");
        return index;
    }

    private void Forget(int index)
    {
        layout.Forget(index);
        rows.Remove(index);
    }
}
