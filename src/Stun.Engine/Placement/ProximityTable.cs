namespace Stun.Engine.Placement;

/// <summary>
/// How near two regions are, from measured latency to a factor of 0..1000: no latency 1000, a tenth of a second 500,
/// never measured 0. A region is always next to itself. Both directions count the same; of a pair given twice the
/// last counts.
/// </summary>
public sealed class ProximityTable
{
    public const int Full = 1000;

    /// <summary>The table is a square: this many regions take one megabyte.</summary>
    public const int RegionMax = 512;

    private const uint LatencyMsOfHalf = 100;

    /// <summary>Rising, so that a region is found by halving.</summary>
    private readonly Region[] regions;

    private readonly int[] permille;

    public ProximityTable(ValueList<Latency> latencies)
    {
        regions = RegionsOf(latencies);
        Invariant.Require(regions.Length <= RegionMax, "a proximity table holds a limited number of regions");
        permille = new int[regions.Length * regions.Length];
        foreach (var latency in latencies)
        {
            var (from, to) = (IndexOf(latency.From), IndexOf(latency.To));
            var factor = (int)(Full * (ulong)LatencyMsOfHalf / (LatencyMsOfHalf + (ulong)latency.Millis));
            permille[(from * regions.Length) + to] = factor;
            permille[(to * regions.Length) + from] = factor;
        }
        for (var index = 0; index < regions.Length; index++) permille[index * (regions.Length + 1)] = Full;
    }

    public static ProximityTable Empty { get; } = new([]);

    internal int RegionCount => regions.Length;

    public int Permille(Region home, Region region)
    {
        if (home == Region.Anywhere || home == region) return Full;
        var (from, to) = (IndexOf(home), IndexOf(region));
        return from < 0 || to < 0 ? 0 : permille[(from * regions.Length) + to];
    }

    /// <summary>Negative for a region of which no latency is known.</summary>
    internal int IndexOf(Region region) => Array.BinarySearch(regions, region);

    internal ReadOnlySpan<int> Row(int home) => permille.AsSpan(home * regions.Length, regions.Length);

    private static Region[] RegionsOf(ValueList<Latency> latencies)
    {
        SortedSet<Region> named = [];
        foreach (var latency in latencies)
        {
            named.Add(latency.From);
            named.Add(latency.To);
        }
        return [.. named];
    }
}

public readonly record struct Latency(Region From, Region To, uint Millis);
