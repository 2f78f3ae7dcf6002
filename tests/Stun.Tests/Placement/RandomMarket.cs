using Stun.Engine.Placement;

namespace Stun.Tests.Placement;

/// <summary>
/// A market and its plain twin, drawn from a seed and changed alike. Each seed also draws how varied the market is, so
/// that some seeds are full of ties, some of rare hardware, some of extreme numbers.
/// </summary>
internal sealed class RandomMarket
{
    private readonly Prng prng;
    private readonly Region[] regions;
    private readonly GpuModel[] models;
    private readonly Address[] providers;
    private readonly int idCount;
    private readonly bool isPlain;
    private readonly List<(Address Provider, OfferId Offer, Resources Resources)> leases = [];

    public RandomMarket(ulong seed, int offers)
    {
        prng = new Prng(seed);
        var regionCount = prng.Below(8) == 0 ? 60 : 1 + prng.Below(8);
        regions = [.. Enumerable.Range(0, regionCount).Select(at => Region.Parse($"r-{at}"))];
        var modelCount = prng.Below(8) == 0 ? 50 : 1 + prng.Below(6);
        models = [.. Enumerable.Range(0, modelCount).Select(at => GpuModel.Parse($"M{at}"))];
        models[0] = GpuModel.Any;
        // Addresses that differ only late, so that ties go down to the last byte.
        var sameStart = prng.Below(3) == 0;
        providers = [.. Enumerable.Range(0, 2 + prng.Below(offers)).Select(at => sameStart
            ? new Address(7, (ulong)prng.Below(2), (uint)at)
            : new Address(prng.Next(), prng.Next(), (uint)at))];
        idCount = 1 + prng.Below(5);
        isPlain = prng.Below(4) == 0;
        var latencies = Latencies();
        var weights = prng.Below(4) == 0 ? DrawWeights() : PlacementWeights.Default;
        Index = new PlacementIndex(weights, new ProximityTable([.. latencies.Select(
            pair => new Latency(pair.Key.Item1, pair.Key.Item2, pair.Value))]));
        Plain = new PlainMarket(weights, latencies);
        for (var count = 0; count < offers; count++) Upsert();
    }

    public PlacementIndex Index { get; }

    public PlainMarket Plain { get; }

    /// <summary>
    /// Takes from random offers until this part of all GPUs (or processors where there are none) is taken.
    /// </summary>
    public void FillTo(int percent)
    {
        for (var tries = 0; tries < 40 * Plain.Offers.Count && Occupancy() < percent; tries++)
        {
            var at = Plain.Offers[prng.Below(Plain.Offers.Count)];
            var whole = prng.Below(2) == 0;
            TryTake(at, new Resources(
                Part(at.FreeGpus, whole, ushort.MaxValue) is var gpus ? (ushort)gpus : default, GpuModel.Any, 0, 0,
                Part(at.FreeCpu, whole, uint.MaxValue), Part(at.FreeMemory, whole, uint.MaxValue),
                Part(at.FreeDisk, false, uint.MaxValue), [], 1));
        }
    }

    /// <summary>
    /// Reserves what was planned, as the engine would, and gives back old leases until there is room again.
    /// </summary>
    public void Carry(PlacementPlan plan, PlacementRequest request, int percent)
    {
        for (var index = 0; index < Math.Min(request.Needed, plan.Candidates.Count); index++)
        {
            var candidate = plan.Candidates[index];
            TryTake(Plain.Find(candidate.Provider, candidate.Offer)!, request.Resources);
        }
        for (var tries = 0; tries < 4 && leases.Count > 0 && Occupancy() >= percent; tries++) GiveBack();
    }

    /// <summary>One of the many things that happen to offers between two decisions.</summary>
    public void Disturb()
    {
        switch (prng.Below(8))
        {
            case 0: Upsert(); break;
            case 1: Remove(); break;
            case 2 or 3: Restand(); break;
            case 4: Suspend(); break;
            case 5 when leases.Count > 0: GiveBack(); break;
            default: break;
        }
    }

    public PlacementRequest DrawRequest()
    {
        var needed = prng.Below(3) == 0 ? 1 + prng.Below(4) : 1;
        return new PlacementRequest(
            DrawNeed(),
            (Privacy)prng.Below(12) is var privacy && privacy <= Privacy.Fhe ? privacy : Privacy.None,
            prng.Below(4) == 0 ? DrawAmount() : new Amount(prng.Next() % 3_000_000),
            prng.Below(4) == 0 ? DrawAmount() : Amount.Zero,
            prng.Below(3) == 0 ? Region.Anywhere : DrawRegion(),
            new RequesterPolicy(
                prng.Below(4) == 0 ? (uint)prng.Below(1_000_000) : 0,
                prng.Below(6) == 0 ? DrawAmount() : Amount.Zero,
                prng.Below(10) == 0 ? DrawProviders(8) : [],
                prng.Below(6) == 0 ? DrawProviders(8) : []),
            prng.Below(4) == 0 ? DrawProviders(4) : [],
            needed,
            needed + prng.Below(4),
            prng.Below(4) == 0)
        {
            NeedsProver = prng.Below(12) == 0,
        };
    }

    private int Occupancy()
    {
        var whole = Plain.Offers.Sum(each => (long)each.Offer.Hardware.GpuCount);
        var free = Plain.Offers.Sum(each => each.FreeGpus);
        if (whole == 0)
        {
            whole = Plain.Offers.Sum(each => (long)each.Offer.Hardware.CpuMillis);
            free = Plain.Offers.Sum(each => each.FreeCpu);
        }
        return whole == 0 ? 100 : (int)(100 - (100 * free / whole));
    }

    private void TryTake(PlainOffer at, Resources resources)
    {
        if (at.FreeGpus < resources.GpuCount || at.FreeCpu < resources.CpuMillis
            || at.FreeMemory < resources.MemoryMiB || at.FreeDisk < resources.DiskMiB) return;
        Index.Reserve(at.Offer.Provider, at.Offer.Id, resources);
        at.Leases.Add(resources);
        leases.Add((at.Offer.Provider, at.Offer.Id, resources));
    }

    private void GiveBack()
    {
        var which = prng.Below(leases.Count);
        var (provider, id, resources) = leases[which];
        leases[which] = leases[^1];
        leases.RemoveAt(leases.Count - 1);
        Index.Release(provider, id, resources);
        var at = Plain.Find(provider, id)!;
        at.Leases.Remove(resources);
        if (at.Withdrawn && at.Leases.Count == 0) Plain.Offers.Remove(at);
    }

    private void Upsert()
    {
        var offer = DrawOffer();
        var standing = DrawStanding();
        Index.Upsert(offer, standing);
        if (Plain.Find(offer.Provider, offer.Id) is { } old)
            (old.Offer, old.Standing, old.Withdrawn) = (offer, standing, false);
        else Plain.Offers.Add(new PlainOffer(offer, standing));
    }

    private void Remove()
    {
        if (Plain.Offers.Count < 3 || Any() is not { Withdrawn: false } at) return;
        Index.Remove(at.Offer.Provider, at.Offer.Id);
        at.Withdrawn = true;
        if (at.Leases.Count == 0) Plain.Offers.Remove(at);
    }

    private void Restand()
    {
        var at = Any();
        at.Standing = DrawStanding();
        Index.SetStanding(at.Offer.Provider, at.Offer.Id, at.Standing);
    }

    private void Suspend()
    {
        var at = Any();
        at.Suspended = prng.Below(3) == 0;
        Index.SetSuspended(at.Offer.Provider, at.Offer.Id, at.Suspended);
    }

    private PlainOffer Any() => Plain.Offers[prng.Below(Plain.Offers.Count)];

    private Dictionary<(Region, Region), uint> Latencies()
    {
        Dictionary<(Region, Region), uint> latencies = [];
        for (var from = 0; from < regions.Length; from++)
            for (var to = 0; to < from; to++)
                if (prng.Below(10) < 7) latencies[(regions[from], regions[to])] = (uint)prng.Below(400);
        return latencies;
    }

    private PlacementWeights DrawWeights() => new(
        prng.Below(3) * 100, prng.Below(30), prng.Below(3) * 50, prng.Below(30), prng.Below(30), prng.Below(30),
        new Amount(1 + (prng.Next() % 2_000_000)));

    private Offer DrawOffer()
    {
        var model = isPlain ? 0 : prng.Below(models.Length);
        var hasGpu = models[model] != GpuModel.Any;
        var attestations = prng.Below(4) == 0
            ? new Attestation((AttestationKind)prng.Below(8), Digest.Zero, Instant.Never) : null;
        return new Offer(
            new OfferId((ulong)prng.Below(idCount)),
            providers[prng.Below(providers.Length)],
            new Hardware(
                models[model], hasGpu ? (ushort)(1 + prng.Below(8)) : (ushort)0,
                hasGpu ? (uint)(8192 << (model % 5)) + (prng.Below(20) == 0 ? (uint)prng.Below(1024) : 0) : 0,
                hasGpu ? (ushort)(70 + (5 * (model % 7))) : (ushort)0,
                isPlain ? 16_000 : (uint)(1000 * (1 + prng.Below(64))),
                isPlain ? 65_536 : (uint)(1024 * (1 + prng.Below(256))), 1_000_000),
            isPlain ? new Amount(500_000) : prng.Below(30) == 0 ? DrawAmount() : new Amount(prng.Next() % 3_000_000),
            prng.Below(40) == 0 ? Region.Parse("nowhere") : DrawRegion(),
            attestations is null ? [] : [attestations],
            Amount.Zero, Digest.Zero, 1);
    }

    private Standing DrawStanding() => isPlain
        ? new Standing(800, 500_000, new Amount(1_000), new Amount(1_000))
        : new Standing((uint)prng.Below(1100), (uint)prng.Below(1_000_001), DrawAmount(), DrawAmount());

    /// <summary>
    /// Of any size up to the largest there is, so that roundings to 32 bits are tried at every magnitude.
    /// </summary>
    private Amount DrawAmount() => new(new UInt128(prng.Next(), prng.Next()) >> prng.Below(128));

    private Region DrawRegion() => regions[prng.Below(regions.Length)];

    private ValueList<Address> DrawProviders(int most) =>
        [.. Enumerable.Range(0, 1 + prng.Below(most)).Select(_ => providers[prng.Below(providers.Length)])];

    private Resources DrawNeed()
    {
        var hasGpu = prng.Below(3) != 0;
        return new Resources(
            hasGpu ? (ushort)(1 + prng.Below(3)) : (ushort)0,
            hasGpu && prng.Below(4) == 0 ? models[prng.Below(models.Length)] : GpuModel.Any,
            hasGpu && prng.Below(2) == 0 ? (uint)(4096 << prng.Below(5)) : 0,
            hasGpu && prng.Below(4) == 0 ? (ushort)(70 + (5 * prng.Below(6))) : (ushort)0,
            (uint)(500 * prng.Below(9)), (uint)(512 * prng.Below(17)), (uint)(1000 * prng.Below(20)),
            prng.Below(2) == 0 ? [] : [.. Enumerable.Range(0, 1 + prng.Below(3)).Select(_ => DrawRegion())], 1);
    }

    private uint Part(long free, bool whole, uint most) =>
        whole ? (uint)Math.Min(free, most) : (uint)prng.Below((ulong)free + 1);
}
