using Stun.Node.Storage;

namespace Stun.Node.Gateway;

public sealed record OfferView(
    string Provider, string Id, uint Version, string PricePerSecond, string Region, HardwareView Hardware,
    DateTimeOffset PostedAt)
{
    public static OfferView Of(StoredOffer offer)
    {
        var hardware = offer.Hardware;
        return new OfferView(
            offer.Provider.ToString(), offer.Id.ToString(), offer.Version, offer.PricePerSecond.ToString(),
                offer.Region,
            new HardwareView(
                hardware.GpuModel.ToString(), hardware.GpuCount, hardware.GpuMemoryMiB,
                $"{hardware.ComputeCapability / 10}.{hardware.ComputeCapability % 10}", hardware.CpuMillis,
                hardware.MemoryMiB, hardware.DiskMiB),
            WallTime.Time(offer.PostedAt));
    }
}

public sealed record HardwareView(
    string GpuModel, int GpuCount, uint GpuMemoryMib, string ComputeCapability, uint CpuMillis, uint MemoryMib,
    uint DiskMib);

public sealed record OfferPage(IReadOnlyList<OfferView> Offers, string? Cursor);

/// <param name="Held">For tasks that have not ended.</param>
/// <param name="Managed">Whether this node keeps its key.</param>
public sealed record AccountView(
    string Address, string Balance, string Held, string Stake, string Unbonding, bool Managed);

/// <summary>An account whose key the node keeps. The API key for it is shown this once.</summary>
public sealed record NewAccountView(string Address, string Name, KeyView Key, string Secret);

public sealed record AccountForm(string? Name);

/// <param name="Amount">In the smallest unit.</param>
public sealed record DepositForm(string? Amount);

public sealed record DepositView(string Address, string Amount);

/// <param name="Seconds">Run time of all attempts that delivered.</param>
/// <param name="Paid">What was held less what came back.</param>
public sealed record UsageView(
    string Account, DateTimeOffset Since, DateTimeOffset Until, IReadOnlyDictionary<string, long> Tasks, long Seconds,
    string Paid);

public sealed record NetworkView(
    string Version, ProofTermsView Terms, string Gateway, string Scheduler, string Treasury, uint TreasuryPpm,
    uint CreatorPpm, long DisputeWindowMicros, string DisputeBond, ulong SlashMultiple, string OfferStakeMin,
    uint AuditFloorPpm, bool ValidatorsRerun)
{
    /// <summary>Null where the escrow role keeps the money itself.</summary>
    public ChainView? Chain { get; init; }
}

/// <summary>Where the money lies.</summary>
/// <param name="Book">The escrow role, which keeps the book of it.</param>
/// <param name="Endpoint">Of a chain on the node's own machine; others have many, and everybody has his own.</param>
/// <param name="Contracts">Addresses by name.</param>
public sealed record ChainView(
    string Network, string Book, string? Endpoint, IReadOnlyDictionary<string, string> Contracts);

public sealed record HealthView(string Status, IReadOnlyList<string> Reasons);
