namespace Stun.Engine.Placement;

// Chooses among all offers those that fit a request and score best, exactly as a loop over all of them would, in a
// time that hardly grows with their number:
//
//   request ─► least each column must hold ─► walk the tree best first ─► exact test of each leaf that comes out
//                                             (PlacementSearch)            (OfferFace) ─► one per provider ─► plan
//
// Why a tree with sums and not classes of equal hardware or a bitmap per predicate: those are faster when offers fall
// into few kinds, and as slow as a loop when every offer is a kind of its own, which any provider can bring about.
// Here the leaves lie in order of hardware, place and price, so that a subtree is nearly one class where there are
// classes, and the sums still bound it where there are none. Taking and giving back touches one lane per level.
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
    private readonly PlacementTree tree = new();
    private readonly TraitBits regionBits = new();
    private readonly TraitBits modelBits = new();
    private readonly PlacementChoice choice;

    /// <summary>The row at each leaf; <see cref="OfferRow.Nowhere"/> where there is none.</summary>
    private int[] rowAt = [];

    private int leafCount;

    /// <summary>
    /// Offers whose leaf is not where their hardware, place and price belong, or that have no leaf yet.
    /// </summary>
    private int misplaced;

    public PlacementIndex(PlacementWeights weights, ProximityTable proximity)
    {
        PlacementScore.Check(weights);
        this.weights = weights;
        this.proximity = proximity;
        choice = new PlacementChoice(
            new PlacementSearch(tree), new PlacementNeed(weights, proximity, regionBits, modelBits));
    }

    /// <summary>Offers that were neither removed nor withdrawn.</summary>
    public int OfferCount { get; private set; }

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
        var moved = !found || RowOrder.Compare(row.Offer, row.HasTee, offer, OfferRow.IsTee(offer.Attestations)) != 0;
        row.Offer = offer;
        row.Standing = standing;
        row.Withdrawn = false;
        row.HasTee = OfferRow.IsTee(offer.Attestations);
        row.Power = PlacementScore.Power(offer.Hardware.GpuMemoryMiB, offer.Hardware.ComputeCapability);
        row.StandingScore = PlacementScore.Standing(weights, offer.PricePerSecond, standing);
        row.Whole = Capacity.Of(offer.Hardware);
        row.Free = row.Whole.Less(row.Taken);
        rows.Reface(index);
        if (moved) misplaced++;
        if (!found) Place(index);
        Show(index);
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
        else Show(index);
    }

    public void SetStanding(Address provider, OfferId offer, Standing standing)
    {
        var index = Find(provider, offer);
        ref var row = ref rows[index];
        row.Standing = standing;
        row.StandingScore = PlacementScore.Standing(weights, row.Offer.PricePerSecond, standing);
        rows.Reface(index);
        Show(index);
    }

    /// <summary>A suspended offer keeps its leases and is not chosen: its provider was not heard of lately.</summary>
    public void SetSuspended(Address provider, OfferId offer, bool suspended)
    {
        var index = Find(provider, offer);
        if (rows[index].Suspended == suspended) return;
        rows[index].Suspended = suspended;
        Show(index);
    }

    /// <summary>Takes what one node needs. More than is free is our bug: plan first.</summary>
    public void Reserve(Address provider, OfferId offer, Resources resources)
    {
        var index = Find(provider, offer);
        ref var row = ref rows[index];
        var need = Capacity.Of(resources);
        Invariant.Require(row.Free.Covers(need), "no more is taken of an offer than is free");
        row.Taken += need;
        row.LeaseCount++;
        row.Free = row.Whole.Less(row.Taken);
        ShowFree(ref row);
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
        else ShowFree(ref row);
    }

    /// <summary>
    /// The best offers for a request, or none. Changes nothing that can be seen: it may tidy up the tree before.
    /// </summary>
    public PlacementPlan Plan(PlacementRequest request)
    {
        Invariant.Require(
            request.Needed >= 1 && request.Most >= request.Needed, "a plan wants at least what it needs");
        if (misplaced > 64 + (leafCount / 16)) Arrange();
        return choice.Plan(request, rows, rowAt, weights, proximity);
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

    private int Find(Address provider, OfferId offer)
    {
        var found = rows.TryFind(provider, offer, out var index);
        Invariant.Require(found, "only a known offer is changed");
        return index;
    }

    private void Forget(int index)
    {
        var leaf = rows[index].Leaf;
        if (leaf != OfferRow.Nowhere)
        {
            tree.Erase(leaf);
            tree.Refresh(leaf);
            rowAt[leaf] = OfferRow.Nowhere;
        }
        misplaced++;
        rows.Remove(index);
    }

    /// <summary>A new offer takes the next leaf; where there is none left, the next plan makes room.</summary>
    private void Place(int index)
    {
        if (leafCount == rowAt.Length)
        {
            misplaced = int.MaxValue / 2;
            return;
        }
        rows[index].Leaf = leafCount;
        rowAt[leafCount++] = index;
    }

    /// <summary>
    /// Lays out all leaves anew, in order of hardware, place and price. Happens once in a sixteenth of the market's
    /// size of changes, so that a change pays for little more than a look at its own neighbours.
    /// </summary>
    private void Arrange()
    {
        var order = rows.InOrder();
        // Room for as many newcomers as will bring about the next arrangement.
        tree.Clear(order.Length + (order.Length / 16) + 65);
        rowAt = new int[tree.LeafCount];
        rowAt.AsSpan().Fill(OfferRow.Nowhere);
        for (leafCount = 0; leafCount < order.Length; leafCount++)
        {
            var index = order[leafCount];
            rowAt[leafCount] = index;
            rows[index].Leaf = leafCount;
            Write(ref rows[index]);
        }
        tree.RefreshAll();
        misplaced = 0;
    }

    private void Show(int index)
    {
        ref var row = ref rows[index];
        if (row.Leaf == OfferRow.Nowhere) return;
        Write(ref row);
        tree.Refresh(row.Leaf);
    }

    private void Write(ref OfferRow row)
    {
        var leaf = row.Leaf;
        if (!row.Choosable)
        {
            tree.Erase(leaf);
            return;
        }
        var (offer, hardware) = (row.Offer, row.Offer.Hardware);
        WriteFree(ref row);
        tree.Write(leaf, Column.Tie, ~(uint)(offer.Provider.A >> 32));
        tree.Write(leaf, Column.GpuTie, ~(uint)(offer.Provider.A >> 32));
        tree.Write(leaf, Column.CpuTie, ~(uint)(offer.Provider.A >> 32));
        tree.Write(leaf, Column.GpuMemory, hardware.GpuMemoryMiB);
        tree.Write(leaf, Column.Capability, hardware.ComputeCapability);
        tree.Write(leaf, Column.Reputation, row.Standing.ReputationPpm);
        tree.Write(leaf, Column.StakeFree, Column.Rounded(row.Standing.StakeFree));
        tree.Write(leaf, Column.Stake, Column.Rounded(row.Standing.Stake));
        tree.Write(leaf, Column.Cheapness, ~Column.Rounded(offer.PricePerSecond));
        tree.Write(leaf, Column.Tee, row.HasTee ? 1u : 0u);
        tree.Write(leaf, Column.Lean, (uint)(PlacementScore.PowerLimit - row.Power));
        tree.Write(leaf, Column.RegionBits, regionBits.Give(offer.Region.Code));
        tree.Write(leaf, Column.ModelBits, modelBits.Give(hardware.GpuModel.Code));
        tree.Write(leaf, Column.Place, PlacementNeed.PlaceOf(proximity, offer.Region));
    }

    private void ShowFree(ref OfferRow row)
    {
        if (row.Leaf == OfferRow.Nowhere || !row.Choosable) return;
        WriteFree(ref row);
        tree.RefreshDynamic(row.Leaf);
    }

    private void WriteFree(ref OfferRow row)
    {
        var load = weights.Load * PlacementScore.Load(row.Whole, row.Free);
        tree.Write(row.Leaf, Column.Gpus, row.Free.Gpus);
        tree.Write(row.Leaf, Column.Cpu, row.Free.CpuMillis);
        tree.Write(row.Leaf, Column.Memory, row.Free.MemoryMiB);
        tree.Write(row.Leaf, Column.Disk, row.Free.DiskMiB);
        var score = (uint)(row.StandingScore + load);
        tree.Write(row.Leaf, Column.Base, score);
        tree.Write(row.Leaf, Column.GpuBase, row.Free.Gpus > 0 ? score : 0);
        tree.Write(row.Leaf, Column.CpuBase, row.Free.CpuMillis >= Column.CpuBaseLeast ? score : 0);
    }
}
