using Stun.Engine.Placement;

namespace Stun.Bench.Placement;

/// <summary>What kind of market is drawn.</summary>
internal enum MarketKind
{
    /// <summary>Twelve GPU models, twenty regions, a sixth without GPU; prices around each model's own.</summary>
    Realistic,

    /// <summary>No two offers have the same hardware.</summary>
    AllDistinct,

    /// <summary>All offers are the same but for their provider.</summary>
    AllEqual,

    /// <summary>Realistic, but requests pay no more than the cheapest twentieth asks.</summary>
    TightPrices,

    /// <summary>Realistic, but four of five requests can be met by nobody.</summary>
    Infeasible,
}

/// <summary>Offers and requests like those of a market of rented GPUs, from a seed.</summary>
internal sealed class BenchMarket
{
    private const int RegionCount = 20;

    // Name, memory in MiB, compute capability, price per GPU in millionths of a token a second, how common.
    private static readonly (string Name, uint MemoryMiB, ushort Capability, uint Price, int Share)[] Models =
    [
        ("T4", 15_360, 75, 40, 6), ("RTX3060", 12_288, 86, 25, 8), ("RTX3090", 24_576, 86, 60, 14),
        ("RTX4090", 24_576, 89, 95, 20), ("RTX5090", 32_768, 120, 160, 6), ("A10G", 23_028, 86, 80, 6),
        ("L4", 23_034, 89, 75, 6), ("L40S", 46_068, 89, 220, 7), ("A100-40", 40_960, 80, 250, 5),
        ("A100-80", 81_920, 80, 360, 8), ("H100SXM", 81_559, 90, 620, 10), ("H200", 144_384, 90, 850, 4),
    ];

    private readonly Prng prng;
    private readonly MarketKind kind;
    private readonly Region[] regions =
        [.. Enumerable.Range(0, RegionCount).Select(at => Region.Parse($"zone-{at:d2}"))];

    private readonly int shares = Models.Sum(each => each.Share);

    public BenchMarket(MarketKind kind, int offers, ulong seed, int requests)
    {
        this.kind = kind;
        prng = new Prng(seed);
        Proximity = new ProximityTable(Latencies());
        var providers = new Address[Math.Max(2, offers * 2 / 3)];
        for (var index = 0; index < providers.Length; index++)
            providers[index] = new Address(prng.Next(), prng.Next(), (uint)index);
        Offers = [.. Enumerable.Range(0, offers).Select(at => DrawOffer(at, providers[prng.Below(providers.Length)]))];
        Requests = [.. Enumerable.Range(0, requests).Select(_ => DrawRequest(providers))];
    }

    public static PlacementWeights Weights => PlacementWeights.Default with { PriceReference = new Amount(200) };

    public ProximityTable Proximity { get; }

    public (Offer Offer, Standing Standing)[] Offers { get; }

    public PlacementRequest[] Requests { get; }

    /// <summary>Places on a ring of 40,000 km: 200 km a millisecond, there and back, and detours.</summary>
    private ValueList<Latency> Latencies()
    {
        var at = regions.Select(_ => prng.Below(40_000)).ToArray();
        List<Latency> latencies = [];
        for (var from = 0; from < at.Length; from++)
        {
            for (var to = 0; to < from; to++)
            {
                var apart = Math.Abs(at[from] - at[to]);
                var kilometres = Math.Min(apart, 40_000 - apart);
                latencies.Add(new Latency(regions[from], regions[to], (uint)(2 + (kilometres * 3 / 200))));
            }
        }
        return [.. latencies];
    }

    private (Offer Offer, Standing Standing) DrawOffer(int number, Address provider)
    {
        var hardware = DrawHardware(number, out var price);
        ValueList<Attestation> attestations = prng.Below(10) == 0
            ? [new Attestation(AttestationKind.GpuConfidential, Digest.Zero, Instant.Never)] : [];
        var equal = kind == MarketKind.AllEqual;
        var stake = new Amount(equal ? 1_000_000 : (ulong)prng.Between(100_000, 10_000_000));
        var offer = new Offer(
            new OfferId((ulong)number), provider, hardware, new Amount(price),
            equal ? regions[0] : regions[prng.Below(RegionCount)], attestations, stake, Digest.Zero, 1);
        var standing = equal
            ? new Standing(700, 500_000, stake, stake)
            : new Standing((uint)prng.Between(400, 1000), (uint)prng.Between(200_000, 1_000_000), stake, stake.Ppm(
                (uint)prng.Between(300_000, 1_000_000)));
        return (offer, standing);
    }

    private Hardware DrawHardware(int number, out ulong price)
    {
        if (kind == MarketKind.AllEqual)
        {
            price = 95;
            return new Hardware(GpuModel.Parse("RTX4090"), 1, 24_576, 89, 16_000, 65_536, 1_000_000);
        }
        if (prng.Below(6) == 0)
        {
            var cores = (uint)(4 << prng.Below(5));
            price = (ulong)prng.Between(cores / 2, cores * 2);
            return new Hardware(GpuModel.Any, 0, 0, 0, cores * 1000, cores * 4096, 500_000);
        }
        var (name, memory, capability, asked, _) = DrawModel();
        var gpus = (ushort)(prng.Below(3) == 0 ? 8 : 1 << prng.Below(3));
        price = (ulong)asked * (ulong)prng.Between(70, 150) / 100;
        if (kind == MarketKind.AllDistinct)
        {
            (name, memory) = ($"X{number}", memory + (uint)(number % 4096));
            capability += (ushort)(number % 10);
        }
        return new Hardware(
            GpuModel.Parse(name), gpus, memory, capability, gpus * 12_000u, gpus * 65_536u, 2_000_000);
    }

    private (string Name, uint MemoryMiB, ushort Capability, uint Price, int Share) DrawModel()
    {
        var ticket = prng.Below(shares);
        foreach (var model in Models)
            if ((ticket -= model.Share) < 0) return model;
        return Models[0];
    }

    private PlacementRequest DrawRequest(Address[] providers)
    {
        var (needed, oneModel) = prng.Below(20) switch
        {
            0 => (4, false),
            1 or 2 => (2, true),
            3 => (3, true),
            _ => (1, false),
        };
        var hasGpu = kind == MarketKind.AllEqual || prng.Below(5) != 0;
        var resources = hasGpu ? DrawGpuNeed(out var price) : DrawCpuNeed(out price);
        if (kind == MarketKind.Infeasible && prng.Below(5) != 0) (resources, price) = Infeasible(resources, price);
        return new PlacementRequest(
            resources,
            kind != MarketKind.AllEqual && prng.Below(20) == 0 ? Privacy.Tee : Privacy.None,
            new Amount(price),
            new Amount((ulong)prng.Between(0, 500_000)),
            prng.Below(3) == 0 ? Region.Anywhere : regions[prng.Below(RegionCount)],
            new RequesterPolicy(
                prng.Below(2) == 0 ? 0 : (uint)prng.Between(200_000, kind == MarketKind.AllEqual ? 500_000 : 800_000),
                Amount.Zero, [],
                prng.Below(10) == 0 ? [Any(providers), Any(providers)] : []),
            prng.Below(10) == 0 ? [Any(providers)] : [],
            needed,
            needed + 2,
            oneModel);
    }

    private Resources DrawGpuNeed(out ulong price)
    {
        var model = DrawModel();
        var named = kind == MarketKind.Realistic && prng.Below(4) == 0;
        var gpus = (ushort)(prng.Below(4) == 0 ? 1 << prng.Below(4) : 1);
        if (kind == MarketKind.AllEqual) (model, gpus) = (Models[3], 1);
        price = kind == MarketKind.TightPrices
            ? model.Price * 73 / 100 : (ulong)(model.Price * prng.Between(80, 300) / 100);
        return new Resources(
            gpus, named ? GpuModel.Parse(model.Name) : GpuModel.Any,
            model.MemoryMiB * (uint)prng.Between(40, 100) / 100,
            prng.Below(2) == 0 ? (ushort)0 : model.Capability, gpus * (uint)prng.Between(1000, 12_000),
            gpus * (uint)prng.Between(4096, 65_536), (uint)prng.Between(1000, 100_000), DrawRegions(), 1);
    }

    private Resources DrawCpuNeed(out ulong price)
    {
        var cores = (uint)(1 << prng.Below(5));
        price = (ulong)prng.Between(cores, cores * 4);
        return new Resources(
            0, GpuModel.Any, 0, 0, cores * 1000, cores * (uint)prng.Between(512, 4096),
            (uint)prng.Between(1000, 100_000), DrawRegions(), 1);
    }

    /// <summary>Wants something that offers hold singly, but none together.</summary>
    private (Resources Resources, ulong Price) Infeasible(Resources need, ulong price) => prng.Below(4) switch
    {
        0 => (need with { GpuCount = 8, GpuMemoryMiB = 100_000 }, 300),
        1 => (need with { GpuMemoryMiB = 40_000, ComputeCapability = 100 }, price),
        2 => (need with { GpuCount = 1, CpuMillis = 90_000, GpuMemoryMiB = 30_000 }, 120),
        _ => (need with { Regions = [Region.Parse("nowhere")] }, price),
    };

    private ValueList<Region> DrawRegions() => kind == MarketKind.AllEqual || prng.Below(3) != 0
        ? [] : [.. Enumerable.Range(0, 1 + prng.Below(5)).Select(_ => regions[prng.Below(RegionCount)])];

    private Address Any(Address[] providers) => providers[prng.Below(providers.Length)];
}
