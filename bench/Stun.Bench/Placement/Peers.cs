using Stun.Engine.Placement;

namespace Stun.Bench.Placement;

/// <summary>What the steady state asks of a contestant.</summary>
internal interface IPlacer
{
    ValueList<Candidate> Plan(PlacementRequest request);

    void Reserve(Address provider, OfferId offer, Resources resources);

    void Release(Address provider, OfferId offer, Resources resources);
}

internal sealed class IndexPlacer : IPlacer
{
    private readonly PlacementIndex index;

    public IndexPlacer(BenchMarket market)
    {
        index = new PlacementIndex(BenchMarket.Weights, market.Proximity);
        foreach (var (offer, standing) in market.Offers) index.Upsert(offer, standing);
    }

    public long NodesOpened => index.NodesOpened;

    public ValueList<Candidate> Plan(PlacementRequest request) => index.Plan(request).Candidates;

    public void Reserve(Address provider, OfferId offer, Resources resources) =>
        index.Reserve(provider, offer, resources);

    public void Release(Address provider, OfferId offer, Resources resources) =>
        index.Release(provider, offer, resources);
}

/// <summary>
/// An offer as it would be kept by whoever writes the loop first: everything at hand, nothing worked out twice.
/// </summary>
internal sealed class PeerOffer
{
    public required Offer Offer { get; init; }
    public required Standing Standing { get; init; }
    public required bool HasTee { get; init; }
    public required int StandingScore { get; init; }
    public required int Power { get; init; }
    public long Gpus { get; set; }
    public long Cpu { get; set; }
    public long Memory { get; set; }
    public long Disk { get; set; }

    public bool Fits(PlacementRequest request)
    {
        var need = request.Resources;
        // What is most often lacking comes first: this is a good loop, not a straw man.
        if (Gpus < need.GpuCount || Cpu < need.CpuMillis) return false;
        if (Memory < need.MemoryMiB || Disk < need.DiskMiB) return false;
        var has = Offer.Hardware;
        if (has.GpuMemoryMiB < need.GpuMemoryMiB || has.ComputeCapability < need.ComputeCapability) return false;
        if (Offer.PricePerSecond > request.PricePerSecondMax) return false;
        if (need.GpuModel != GpuModel.Any && need.GpuModel != has.GpuModel) return false;
        if (need.Regions.Count > 0 && !need.Regions.Contains(Offer.Region)) return false;
        if (request.Privacy == Privacy.Tee && !HasTee) return false;
        var policy = request.Policy;
        if (Standing.ReputationPpm < policy.ReputationPpmMin || Standing.Stake < policy.StakeMin) return false;
        if (Standing.StakeFree < request.StakeNeeded) return false;
        if (request.Excluded.Contains(Offer.Provider) || policy.ProvidersDenied.Contains(Offer.Provider)) return false;
        return policy.ProvidersAllowed.Count == 0 || policy.ProvidersAllowed.Contains(Offer.Provider);
    }

    public int Score(PlacementRequest request, int named, ProximityTable proximity)
    {
        var (weights, has) = (BenchMarket.Weights, Offer.Hardware);
        var load = Math.Min(
            has.GpuCount == 0 ? 1000 : 1000 * Gpus / has.GpuCount,
            has.CpuMillis == 0 ? 1000 : 1000 * Cpu / has.CpuMillis);
        return StandingScore + (weights.Load * (int)load)
            + (weights.HardwareFit * Math.Clamp(1000 - (Power - named), 0, 1000))
            + (weights.Proximity * proximity.Permille(request.Home, Offer.Region));
    }

    public static int PowerOf(uint memoryMiB, int capability)
    {
        var mebibytes = 1024 + (ulong)memoryMiB;
        var exponent = System.Numerics.BitOperations.Log2(mebibytes);
        return (100 * (exponent - 10)) + (100 * ((int)((mebibytes << 8) >> exponent) - 256) / 256) + (2 * capability);
    }
}

/// <summary>The market as a list of objects.</summary>
internal abstract class PeerPlacer : IPlacer
{
    private readonly Dictionary<(Address, OfferId), PeerOffer> byName = [];

    protected PeerPlacer(BenchMarket market)
    {
        Proximity = market.Proximity;
        var weights = BenchMarket.Weights;
        Offers = new PeerOffer[market.Offers.Length];
        for (var index = 0; index < Offers.Length; index++)
        {
            var (offer, standing) = market.Offers[index];
            var half = weights.PriceReference.Units;
            var price = 1000 * half / (half + offer.PricePerSecond.Units);
            Offers[index] = new PeerOffer
            {
                Offer = offer,
                Standing = standing,
                HasTee = offer.Attestations.Any(each => each.Kind != AttestationKind.CapabilityRecord),
                StandingScore = (weights.History * (int)standing.HistoryPermille) + (weights.Price * (int)price)
                    + (weights.Reputation * (int)(standing.ReputationPpm / 1000)),
                Power = PeerOffer.PowerOf(offer.Hardware.GpuMemoryMiB, offer.Hardware.ComputeCapability),
                Gpus = offer.Hardware.GpuCount,
                Cpu = offer.Hardware.CpuMillis,
                Memory = offer.Hardware.MemoryMiB,
                Disk = offer.Hardware.DiskMiB,
            };
            byName.Add((offer.Provider, offer.Id), Offers[index]);
        }
    }

    protected PeerOffer[] Offers { get; }

    protected ProximityTable Proximity { get; }

    public abstract ValueList<Candidate> Plan(PlacementRequest request);

    public void Reserve(Address provider, OfferId offer, Resources resources) => Move(provider, offer, resources, -1);

    public void Release(Address provider, OfferId offer, Resources resources) => Move(provider, offer, resources, 1);

    private void Move(Address provider, OfferId offer, Resources resources, int sign)
    {
        var at = byName[(provider, offer)];
        at.Gpus += sign * resources.GpuCount;
        at.Cpu += sign * (long)resources.CpuMillis;
        at.Memory += sign * (long)resources.MemoryMiB;
        at.Disk += sign * (long)resources.DiskMiB;
    }

    protected static int Compare((PeerOffer At, int Score) left, (PeerOffer At, int Score) right)
    {
        var order = right.Score.CompareTo(left.Score);
        if (order == 0) order = left.At.Offer.Provider.CompareTo(right.At.Offer.Provider);
        return order != 0 ? order : left.At.Offer.Id.CompareTo(right.At.Offer.Id);
    }

    /// <summary>From fits in falling order to candidates: the part that both peers share.</summary>
    protected static ValueList<Candidate> Choose(IEnumerable<(PeerOffer At, int Score)> fits, PlacementRequest request)
    {
        Dictionary<GpuModel, List<Candidate>> byModel = [];
        List<Candidate>? winner = null;
        foreach (var (at, score) in fits)
        {
            var model = request.OneModel ? at.Offer.Hardware.GpuModel : GpuModel.Any;
            if (!byModel.TryGetValue(model, out var chosen)) byModel.Add(model, chosen = []);
            if (winner is not null && winner != chosen) continue;
            if (chosen.Exists(each => each.Provider == at.Offer.Provider)) continue;
            chosen.Add(new Candidate(at.Offer.Id, at.Offer.Provider, score));
            if (chosen.Count == request.Needed) winner = chosen;
            if (chosen.Count == request.Most) break;
        }
        return winner is null ? [] : [.. winner];
    }
}

internal sealed class LoopPlacer(BenchMarket market) : PeerPlacer(market)
{
    private readonly List<(PeerOffer At, int Score)> fits = [];

    public override ValueList<Candidate> Plan(PlacementRequest request)
    {
        fits.Clear();
        var named = PeerOffer.PowerOf(request.Resources.GpuMemoryMiB, request.Resources.ComputeCapability);
        foreach (var at in Offers)
            if (at.Fits(request)) fits.Add((at, at.Score(request, named, Proximity)));
        fits.Sort(Compare);
        return Choose(fits, request);
    }
}

internal sealed class LinqPlacer(BenchMarket market) : PeerPlacer(market)
{
    public override ValueList<Candidate> Plan(PlacementRequest request)
    {
        var named = PeerOffer.PowerOf(request.Resources.GpuMemoryMiB, request.Resources.ComputeCapability);
        return Choose(
            Offers.Where(at => at.Fits(request))
                .Select(at => (At: at, Score: at.Score(request, named, Proximity)))
                .OrderByDescending(each => each.Score)
                .ThenBy(each => each.At.Offer.Provider)
                .ThenBy(each => each.At.Offer.Id),
            request);
    }
}
