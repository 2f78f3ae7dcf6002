using System.Numerics;
using Stun.Engine.Placement;

namespace Stun.Tests.Placement;

/// <summary>An offer as an object, with everything a reader would look for in it.</summary>
internal sealed class PlainOffer(Offer offer, Standing standing)
{
    public Offer Offer { get; set; } = offer;
    public Standing Standing { get; set; } = standing;
    public bool Suspended { get; set; }
    public bool Withdrawn { get; set; }
    public List<Resources> Leases { get; } = [];

    public long FreeGpus => Left(Offer.Hardware.GpuCount, lease => lease.GpuCount);
    public long FreeCpu => Left(Offer.Hardware.CpuMillis, lease => lease.CpuMillis);
    public long FreeMemory => Left(Offer.Hardware.MemoryMiB, lease => lease.MemoryMiB);
    public long FreeDisk => Left(Offer.Hardware.DiskMiB, lease => lease.DiskMiB);

    private long Left(long whole, Func<Resources, long> of) => Math.Max(0, whole - Leases.Sum(of));
}

/// <summary>
/// The same choice as the index makes, by the shortest way that is obviously right: filter all, sort all, take from
/// the top. Written from the rules, not from the index.
/// </summary>
internal sealed class PlainMarket(PlacementWeights weights, Dictionary<(Region, Region), uint> latencyMs)
{
    public List<PlainOffer> Offers { get; } = [];

    public PlainOffer? Find(Address provider, OfferId id) =>
        Offers.Find(each => each.Offer.Provider == provider && each.Offer.Id == id);

    public List<Candidate> Plan(PlacementRequest request)
    {
        var fits = Offers
            .Where(each => !each.Withdrawn && FirstRefusal(each, request) is null)
            .Select(each => (each.Offer, Score: Score(each, request)))
            .OrderByDescending(each => each.Score)
            .ThenBy(each => each.Offer.Provider)
            .ThenBy(each => each.Offer.Id)
            .ToList();
        if (request.OneModel) fits = OfFirstModelComplete(fits, request.Needed);
        var chosen = fits.DistinctBy(each => each.Offer.Provider).Take(request.Most).ToList();
        if (chosen.Count < request.Needed) return [];
        return [.. chosen.Select(each => new Candidate(each.Offer.Id, each.Offer.Provider, each.Score))];
    }

    public List<RefusalCount> Explain(PlacementRequest request)
    {
        var reasons = Offers.Where(each => !each.Withdrawn).Select(each => FirstRefusal(each, request)).ToList();
        if (Plan(request).Count == 0)
            reasons = [.. reasons.Select(reason => reason ?? RefusalReason.TooFewTogether)];
        return
        [
            .. reasons.Where(reason => reason is not null).GroupBy(reason => reason!.Value).OrderBy(group => group.Key)
                .Select(group => new RefusalCount(group.Key, group.Count())),
        ];
    }

    private static List<(Offer Offer, int Score)> OfFirstModelComplete(
        List<(Offer Offer, int Score)> fits, int needed)
    {
        for (var count = 1; count <= fits.Count; count++)
        {
            var model = fits[count - 1].Offer.Hardware.GpuModel;
            var providers = fits.Take(count)
                .Where(each => each.Offer.Hardware.GpuModel == model)
                .Select(each => each.Offer.Provider)
                .Distinct()
                .Count();
            if (providers == needed) return [.. fits.Where(each => each.Offer.Hardware.GpuModel == model)];
        }
        return [];
    }

    public static RefusalReason? FirstRefusal(PlainOffer each, PlacementRequest request)
    {
        var (offer, has, needs, policy) =
            (each.Offer, each.Offer.Hardware, request.Resources, request.Policy);
        AttestationKind[] tees =
        [
            AttestationKind.Tdx, AttestationKind.SevSnp, AttestationKind.Sgx, AttestationKind.TrustZone,
            AttestationKind.GpuConfidential, AttestationKind.Software,
        ];
        (RefusalReason Reason, bool Refuses)[] rules =
        [
            (RefusalReason.Suspended, each.Suspended),
            (RefusalReason.Excluded, request.Excluded.Any(provider => provider == offer.Provider)),
            (RefusalReason.DeniedByRequester,
                (policy.ProvidersAllowed.Count > 0 && policy.ProvidersAllowed.All(allowed => allowed != offer.Provider))
                || policy.ProvidersDenied.Any(denied => denied == offer.Provider)),
            (RefusalReason.Region, needs.Regions.Count > 0 && needs.Regions.All(region => region != offer.Region)),
            (RefusalReason.GpuModel, needs.GpuModel != GpuModel.Any && needs.GpuModel != has.GpuModel),
            (RefusalReason.GpuMemory, has.GpuMemoryMiB < needs.GpuMemoryMiB),
            (RefusalReason.ComputeCapability, has.ComputeCapability < needs.ComputeCapability),
            (RefusalReason.Privacy,
                request.Privacy == Privacy.Tee && !offer.Attestations.Any(each => tees.Contains(each.Kind))),
            (RefusalReason.Prover,
                request.NeedsProver && offer.Attestations.All(each => each.Kind != AttestationKind.Prover)),
            (RefusalReason.GpuCount, has.GpuCount < needs.GpuCount),
            (RefusalReason.Cpu, has.CpuMillis < needs.CpuMillis),
            (RefusalReason.Memory, has.MemoryMiB < needs.MemoryMiB),
            (RefusalReason.Disk, has.DiskMiB < needs.DiskMiB),
            (RefusalReason.Reputation, each.Standing.ReputationPpm < policy.ReputationPpmMin),
            (RefusalReason.Stake,
                each.Standing.Stake < policy.StakeMin || each.Standing.StakeFree < request.StakeNeeded),
            (RefusalReason.Price, offer.PricePerSecond > request.PricePerSecondMax),
            (RefusalReason.Busy,
                each.FreeGpus < needs.GpuCount || each.FreeCpu < needs.CpuMillis
                || each.FreeMemory < needs.MemoryMiB || each.FreeDisk < needs.DiskMiB),
        ];
        foreach (var (reason, refuses) in rules)
            if (refuses) return reason;
        return null;
    }

    public int Score(PlainOffer each, PlacementRequest request) => Parts(each, request).Sum;

    public ScoreParts Parts(PlainOffer each, PlacementRequest request)
    {
        var has = each.Offer.Hardware;
        var (needs, standing) = (request.Resources, each.Standing);
        var waste = Power(has.GpuMemoryMiB, has.ComputeCapability)
            - Power(needs.GpuMemoryMiB, needs.ComputeCapability);
        var fit = Math.Max(0, 1000 - waste);
        var history = Math.Min(1000, standing.HistoryPermille);
        var reference = (BigInteger)weights.PriceReference.Units;
        var asked = reference + (BigInteger)each.Offer.PricePerSecond.Units;
        var price = asked.IsZero ? 0 : (int)(1000 * reference / asked);
        var load = Math.Min(
            has.GpuCount == 0 ? 1000 : 1000 * each.FreeGpus / has.GpuCount,
            has.CpuMillis == 0 ? 1000 : 1000 * each.FreeCpu / has.CpuMillis);
        var reputation = Math.Min(1000, standing.ReputationPpm / 1000);
        return new ScoreParts(
            weights.HardwareFit * fit, weights.History * (int)history,
            weights.Proximity * Near(request.Home, each.Offer.Region), weights.Price * price,
            weights.Load * (int)load, weights.Reputation * (int)reputation);
    }

    private int Near(Region home, Region region)
    {
        if (home == Region.Anywhere || home == region) return 1000;
        if (latencyMs.TryGetValue((home, region), out var there)) return (int)(100_000 / (100 + there));
        if (latencyMs.TryGetValue((region, home), out var back)) return (int)(100_000 / (100 + back));
        return 0;
    }

    /// <summary>
    /// 100 per doubling of 1 GiB plus the memory, in a straight line between doublings; 20 per capability step.
    /// </summary>
    private static int Power(uint memoryMiB, int capability)
    {
        var (whole, doublings, step) = (1024L + memoryMiB, 0, 1024L);
        for (; step * 2 <= whole; step *= 2) doublings++;
        var fraction = (whole * 256 / step) - 256;
        return (int)((100 * doublings) + (100 * fraction / 256) + (2 * capability));
    }
}
