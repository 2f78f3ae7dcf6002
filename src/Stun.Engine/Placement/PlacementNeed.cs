namespace Stun.Engine.Placement;

/// <summary>
/// A request in the terms of the tree: the least each column must hold, and what a lane adds to the score.
/// </summary>
/// <remarks>One instance is used again for each request, so that a decision allocates nothing but its answer.</remarks>
internal sealed class PlacementNeed(
    PlacementWeights weights, ProximityTable proximity, TraitBits regionBits, TraitBits modelBits)
{
    /// <summary>In whole vectors, so that it can be read in whole vectors.</summary>
    private readonly int[] homeRow = new int[(proximity.RegionCount + (int)Column.PlaceFirst + 16) / 16 * 16];

    /// <summary>The columns this request is choosy about, with the least each must hold.</summary>
    private readonly int[] columns = new int[Column.MaximumCount];

    private readonly uint[] least = new uint[Column.MaximumCount];

    private int count;

    public ReadOnlySpan<int> Columns => columns.AsSpan(0, count);

    public ReadOnlySpan<uint> Least => least.AsSpan(0, count);

    public uint RegionMask { get; private set; }

    public uint ModelMask { get; private set; }

    /// <summary>Where offers for this request are, by number; they never share an offer.</summary>
    public int[] Groves { get; private set; } = [];

    public uint FitWeight => (uint)weights.HardwareFit;

    /// <summary>Lean less this is the factor of fit, before it is cut to 0..1000.</summary>
    public int LeanOffset { get; private set; }

    /// <summary>What every offer scores alike, plus the one that tells a score of nothing from no offer.</summary>
    public uint Flat { get; private set; }

    /// <summary>What each place adds to the score; empty if all places add the same.</summary>
    public ReadOnlySpan<int> PlaceScores => hasHome ? homeRow : default;

    private bool hasHome;

    /// <summary>The bound of a leaf is its score: always, but for a home that nobody measured.</summary>
    public bool BoundsAreScores { get; private set; }

    public void Take(PlacementRequest request)
    {
        var resources = request.Resources;
        count = 0;
        Demand(Column.Gpus, resources.GpuCount);
        Demand(Column.Cheapness, ~Column.Rounded(request.PricePerSecondMax));
        Demand(Column.GpuMemory, resources.GpuMemoryMiB);
        Demand(Column.Capability, resources.ComputeCapability);
        Demand(Column.Cpu, resources.CpuMillis);
        Demand(Column.Memory, resources.MemoryMiB);
        Demand(Column.Disk, resources.DiskMiB);
        Demand(Column.Reputation, request.Policy.ReputationPpmMin);
        Demand(Column.StakeFree, Column.Rounded(request.StakeNeeded));
        Demand(Column.Stake, Column.Rounded(request.Policy.StakeMin));
        Demand(Column.Tee, request.Privacy == Privacy.Tee ? 1u : 0u);
        Demand(Column.Prover, request.NeedsProver ? 1u : 0u);
        Groves = PlacementGrove.For(resources);
        RegionMask = resources.Regions.Count == 0 ? uint.MaxValue : 0;
        foreach (var region in resources.Regions) RegionMask |= regionBits.Of(region.Code);
        ModelMask = resources.GpuModel == GpuModel.Any ? uint.MaxValue : modelBits.Of(resources.GpuModel.Code);
        var named = PlacementScore.Power(resources.GpuMemoryMiB, resources.ComputeCapability);
        LeanOffset = PlacementScore.PowerLimit - PlacementScore.FactorMax - named;
        TakeHome(request);
    }

    /// <summary>Narrows the request to the GPU model that has won.</summary>
    public void TakeModel(GpuModel model) => ModelMask = modelBits.Of(model.Code);

    public static uint PlaceOf(ProximityTable proximity, Region region) =>
        (uint)(Math.Max(-1, proximity.IndexOf(region)) + 1) + Column.PlaceFirst;

    private void Demand(int column, uint value)
    {
        if (value == 0) return;
        columns[count] = column;
        least[count++] = value;
    }

    /// <summary>
    /// Where the home is a region nobody measured, only offers of that very region are near; they share the place of
    /// all unmeasured regions, so this place is bounded by nearness and the exact score decides.
    /// </summary>
    private void TakeHome(PlacementRequest request)
    {
        hasHome = request.Home != Region.Anywhere && weights.Proximity != 0;
        Flat = hasHome ? 1 : 1 + (uint)(weights.Proximity * ProximityTable.Full);
        BoundsAreScores = true;
        if (!hasHome) return;
        var home = proximity.IndexOf(request.Home);
        BoundsAreScores = home >= 0;
        homeRow.AsSpan().Clear();
        homeRow[Column.PlaceFirst] = home < 0 ? weights.Proximity * ProximityTable.Full : 0;
        if (home >= 0)
        {
            var row = proximity.Row(home);
            for (var index = 0; index < row.Length; index++)
                homeRow[Column.PlaceFirst + 1 + index] = weights.Proximity * row[index];
        }
        homeRow[Column.PlaceMixed] = BestPlace(request);
    }

    private int BestPlace(PlacementRequest request)
    {
        if (request.Resources.Regions.Count == 0) return weights.Proximity * ProximityTable.Full;
        var best = 0;
        foreach (var region in request.Resources.Regions)
            best = Math.Max(best, weights.Proximity * proximity.Permille(request.Home, region));
        return best;
    }
}

/// <summary>
/// Bits for names: one each for the first 31, in the order in which they come; all later ones share the last. Two
/// names with one bit cost time, never exactness.
/// </summary>
internal sealed class TraitBits
{
    private readonly Dictionary<ulong, int> indices = [];

    /// <summary>Of a name seen in an offer: gives it a bit of its own while there are some.</summary>
    public uint Give(ulong code)
    {
        if (indices.Count < 31) indices.TryAdd(code, indices.Count);
        return Of(code);
    }

    public uint Of(ulong code) => 1u << (indices.TryGetValue(code, out var index) ? index : 31);
}
