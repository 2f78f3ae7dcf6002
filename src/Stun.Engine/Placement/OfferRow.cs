namespace Stun.Engine.Placement;

/// <summary>What an offer can do beside running programs.</summary>
[Flags]
internal enum OfferTraits : byte
{
    None = 0,
    Tee = 1,
    Prover = 2,
}

/// <summary>All that is held of one offer, exact. The tree and the faces hold copies of it.</summary>
internal struct OfferRow
{
    public const int Nowhere = -1;

    public Offer Offer;
    public Standing Standing;
    public Capacity Taken;

    /// <summary>The offer's hardware as numbers: taking and giving back then need not follow the offer.</summary>
    public Capacity Whole;

    /// <summary>Whole hardware less what is taken.</summary>
    public Capacity Free;

    public uint LeaseCount;
    public bool Suspended;

    /// <summary>Withdrawn while leases ran: never chosen again, kept until the last of them gives back.</summary>
    public bool Withdrawn;

    public OfferTraits Traits;
    public int Power;

    /// <summary>The part of the score that comes from standing and price.</summary>
    public int StandingScore;

    /// <summary>Where in each grove.</summary>
    public Seats Seats;

    /// <summary>The grove of its free processors, if it is <see cref="Choosable"/>.</summary>
    public int Tier;

    /// <summary>The next row of the same provider; <see cref="Nowhere"/> at the end.</summary>
    public int NextOfProvider;

    public readonly bool InUse => Offer is not null;

    public readonly bool Choosable => InUse && !Suspended && !Withdrawn;

    /// <remarks>Software counts where it comes in at all: see <see cref="NetworkTerms.AllowsSoftwareTee"/>.</remarks>
    public static OfferTraits TraitsOf(ValueList<Attestation> attestations)
    {
        var traits = OfferTraits.None;
        foreach (var attestation in attestations)
        {
            if (attestation.IsTee) traits |= OfferTraits.Tee;
            if (attestation.Kind == AttestationKind.Prover) traits |= OfferTraits.Prover;
        }
        return traits;
    }

    /// <summary>
    /// The first reason in the order of <see cref="RefusalReason"/>, or null if the offer fits alone.
    /// </summary>
    public readonly RefusalReason? Refusal(PlacementRequest request)
    {
        if (Suspended) return RefusalReason.Suspended;
        if (request.Excluded.Contains(Offer.Provider)) return RefusalReason.Excluded;
        var policy = request.Policy;
        if (policy.ProvidersAllowed.Count > 0 && !policy.ProvidersAllowed.Contains(Offer.Provider))
            return RefusalReason.DeniedByRequester;
        if (policy.ProvidersDenied.Contains(Offer.Provider)) return RefusalReason.DeniedByRequester;
        if (RefusalOfHardware(request) is { } hardware) return hardware;
        if (Standing.ReputationPpm < policy.ReputationPpmMin) return RefusalReason.Reputation;
        if (Standing.Stake < policy.StakeMin || Standing.StakeFree < request.StakeNeeded) return RefusalReason.Stake;
        if (Offer.PricePerSecond > request.PricePerSecondMax) return RefusalReason.Price;
        return Free.Covers(Capacity.Of(request.Resources)) ? null : RefusalReason.Busy;
    }

    private readonly RefusalReason? RefusalOfHardware(PlacementRequest request)
    {
        var (need, have) = (request.Resources, Offer.Hardware);
        if (need.Regions.Count > 0 && !need.Regions.Contains(Offer.Region)) return RefusalReason.Region;
        if (need.GpuModel != GpuModel.Any && need.GpuModel != have.GpuModel) return RefusalReason.GpuModel;
        if (have.GpuMemoryMiB < need.GpuMemoryMiB) return RefusalReason.GpuMemory;
        if (have.ComputeCapability < need.ComputeCapability) return RefusalReason.ComputeCapability;
        if (request.Privacy == Privacy.Tee && !Traits.HasFlag(OfferTraits.Tee)) return RefusalReason.Privacy;
        if (request.NeedsProver && !Traits.HasFlag(OfferTraits.Prover)) return RefusalReason.Prover;
        if (have.GpuCount < need.GpuCount) return RefusalReason.GpuCount;
        if (have.CpuMillis < need.CpuMillis) return RefusalReason.Cpu;
        if (have.MemoryMiB < need.MemoryMiB) return RefusalReason.Memory;
        return have.DiskMiB < need.DiskMiB ? RefusalReason.Disk : null;
    }
}
