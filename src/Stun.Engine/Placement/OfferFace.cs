namespace Stun.Engine.Placement;

/// <summary>
/// What the last look at an offer needs, side by side: its name, and what the tree holds only rounded or hashed. All
/// else the tree holds exactly, so a leaf that comes out of a search is decided from these two cache lines.
/// </summary>
internal readonly record struct OfferFace(
    Address Provider,
    OfferId Id,
    Region Region,
    GpuModel Model,
    Amount PricePerSecond,
    Amount Stake,
    Amount StakeFree)
{
    public static OfferFace Of(Offer offer, Standing standing) => new(
        offer.Provider, offer.Id, offer.Region, offer.Hardware.GpuModel, offer.PricePerSecond, standing.Stake,
        standing.StakeFree);

    public bool Suits(PlacementRequest request)
    {
        var (resources, policy) = (request.Resources, request.Policy);
        if (PricePerSecond > request.PricePerSecondMax) return false;
        if (resources.GpuModel != GpuModel.Any && resources.GpuModel != Model) return false;
        if (resources.Regions.Count > 0 && !resources.Regions.Contains(Region)) return false;
        if (request.Excluded.Count > 0 && request.Excluded.Contains(Provider)) return false;
        if (policy.ProvidersDenied.Count > 0 && policy.ProvidersDenied.Contains(Provider)) return false;
        return StakeFree >= request.StakeNeeded && Stake >= policy.StakeMin;
    }
}
