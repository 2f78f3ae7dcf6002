using System.Runtime.InteropServices;

namespace Stun.Engine.Placement;

/// <summary>
/// Keeps the groves in step with the rows: who is in which, what its leaf says, and when to lay out anew.
/// </summary>
internal sealed class PlacementLayout(OfferRows rows, PlacementWeights weights, ProximityTable proximity)
{
    private readonly TraitBits regionBits = new();
    private readonly TraitBits modelBits = new();

    /// <summary>What the leaf of each row says, or would say: <see cref="Column.Count"/> numbers a row.</summary>
    private uint[] lanes = new uint[64 * Column.Count];

    /// <summary>Every row once, those that came since the last sorting at the end.</summary>
    private readonly List<int> order = [];

    /// <summary>For each place in the order: its offer is of another kind than the one before.</summary>
    private readonly List<bool> startsKind = [];

    /// <summary>Offers that came, went, or changed their place in the order since it was made.</summary>
    private int misplaced;

    /// <summary>By number: <see cref="PlacementGrove.Gpu"/> and those after it.</summary>
    public PlacementGrove[] Groves { get; } = [new(), new(), new(), new(), new()];

    public PlacementNeed NewNeed() => new(weights, proximity, regionBits, modelBits);

    public void NoteMisplaced(int index)
    {
        misplaced++;
        if (index < order.Count) return;
        order.Add(index);
        startsKind.Add(false);
    }

    public void Show(int index)
    {
        ref var row = ref rows[index];
        row.Tier = PlacementGrove.TierOf(row.Free.CpuMillis);
        Figure(index, ref row);
        for (var number = 0; number < Groves.Length; number++)
        {
            if (IsMember(row, number)) Set(index, ref row, number, Column.Count);
            else Leave(ref row, number);
        }
    }

    /// <summary>The same where nothing changed but what is free.</summary>
    public void ShowFree(int index)
    {
        ref var row = ref rows[index];
        if (!row.Choosable) return;
        FigureFree(ref row, Lane(index));
        if (row.Free.Gpus > 0) Set(index, ref row, PlacementGrove.Gpu, Column.DynamicCount);
        else Leave(ref row, PlacementGrove.Gpu);
        var tier = PlacementGrove.TierOf(row.Free.CpuMillis);
        if (tier != row.Tier) Leave(ref row, row.Tier);
        row.Tier = tier;
        Set(index, ref row, tier, Column.DynamicCount);
    }

    public void Forget(int index)
    {
        misplaced++;
        ref var row = ref rows[index];
        for (var number = 0; number < Groves.Length; number++) Leave(ref row, number);
    }

    /// <summary>Seats a member where it has no seat yet, and shows as many of its columns as changed.</summary>
    private void Set(int index, ref OfferRow row, int number, int columns)
    {
        var grove = Groves[number];
        ref var seat = ref row.Seats[number];
        if (seat.Leaf == OfferRow.Nowhere)
        {
            grove.Sit(index, ref seat);
            columns = Column.Count;
        }
        if (seat.Leaf != OfferRow.Nowhere) grove.Tree.Set(seat.Leaf, Lane(index)[..columns]);
    }

    private void Leave(ref OfferRow row, int grove) => Groves[grove].Leave(ref row.Seats[grove]);

    /// <summary>
    /// Sorts once in a sixteenth of the market's size of changes, so that a change pays for little more than a look
    /// at its own neighbours; lays out a grove anew when it is too full or too empty.
    /// </summary>
    public void Tidy()
    {
        var sort = misplaced > 64 + (rows.Limit / 16);
        if (sort) Sort();
        for (var grove = 0; grove < Groves.Length; grove++)
            if (sort || Groves[grove].IsCrooked) Lay(grove);
    }

    private void Sort()
    {
        rows.Sort(CollectionsMarshal.AsSpan(order));
        for (var place = 0; place < order.Count && rows[order[place]].InUse; place++)
            startsKind[place] = place == 0 || !rows.AreAlike(order[place - 1], order[place]);
        misplaced = 0;
    }

    /// <summary>
    /// A look at every row of the market: milliseconds for a hundred thousand, hence only after a change of a quarter.
    /// </summary>
    private void Lay(int number)
    {
        var grove = Groves[number];
        var homes = default(PlacementGrove.Homes);
        for (var place = 0; place < order.Count; place++)
        {
            ref var row = ref rows[order[place]];
            if (!row.InUse) continue;
            row.Seats[number] = new Seat
            {
                Home = homes.Next(IsMember(row, number), startsKind[place]),
                Leaf = OfferRow.Nowhere,
            };
        }
        grove.Clear(homes.Count, homes.Members);
        foreach (var index in order)
        {
            ref var row = ref rows[index];
            if (!row.InUse || !IsMember(row, number)) continue;
            ref var seat = ref row.Seats[number];
            grove.Sit(index, ref seat);
            grove.Tree.Fill(seat.Leaf, Lane(index));
        }
        grove.Tree.SumUp();
    }

    private static bool IsMember(in OfferRow row, int grove) =>
        row.Choosable && (grove == PlacementGrove.Gpu ? row.Free.Gpus > 0 : row.Tier == grove);

    private Span<uint> Lane(int index) => lanes.AsSpan(index * Column.Count, Column.Count);

    private void FigureFree(ref OfferRow row, Span<uint> lane)
    {
        lane[Column.Gpus] = row.Free.Gpus;
        lane[Column.Cpu] = row.Free.CpuMillis;
        lane[Column.Memory] = row.Free.MemoryMiB;
        lane[Column.Disk] = row.Free.DiskMiB;
        lane[Column.Base] = (uint)(row.StandingScore + (weights.Load * PlacementScore.Load(row.Whole, row.Free)));
    }

    private void Figure(int index, ref OfferRow row)
    {
        while (lanes.Length < (index + 1) * Column.Count) Array.Resize(ref lanes, lanes.Length * 2);
        var lane = Lane(index);
        var (offer, hardware) = (row.Offer, row.Offer.Hardware);
        FigureFree(ref row, lane);
        lane[Column.Tie] = ~(uint)(offer.Provider.A >> 32);
        lane[Column.Cheapness] = ~Column.Rounded(offer.PricePerSecond);
        lane[Column.Reputation] = row.Standing.ReputationPpm;
        lane[Column.StakeFree] = Column.Rounded(row.Standing.StakeFree);
        lane[Column.Stake] = Column.Rounded(row.Standing.Stake);
        lane[Column.GpuMemory] = hardware.GpuMemoryMiB;
        lane[Column.Capability] = hardware.ComputeCapability;
        lane[Column.Lean] = (uint)(PlacementScore.PowerLimit - row.Power);
        lane[Column.Tee] = row.Traits.HasFlag(OfferTraits.Tee) ? 1u : 0u;
        lane[Column.Prover] = row.Traits.HasFlag(OfferTraits.Prover) ? 1u : 0u;
        lane[Column.RegionBits] = regionBits.Give(offer.Region.Code);
        lane[Column.ModelBits] = modelBits.Give(hardware.GpuModel.Code);
        lane[Column.Place] = PlacementNeed.PlaceOf(proximity, offer.Region);
    }
}
