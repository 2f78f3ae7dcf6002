namespace Stun.Protocol;

/// <summary>What a provider sells: hardware at a price in a place, under its own policy.</summary>
/// <param name="Stake">What the provider says it has at stake; the escrow's own figure counts.</param>
/// <param name="PolicyDigest">The digest of the provider's signed policy file.</param>
/// <param name="Version">Rises with each change; an older version never replaces a newer one.</param>
[Wire]
public sealed record Offer(
    OfferId Id,
    Address Provider,
    Hardware Hardware,
    Amount PricePerSecond,
    Region Region,
    [property: AtMost(16)] ValueList<Attestation> Attestations,
    Amount Stake,
    Digest PolicyDigest,
    uint Version);

/// <param name="ComputeCapability">Ten times the CUDA figure: 80 means 8.0.</param>
/// <param name="GpuMemoryMiB">Of one GPU.</param>
public sealed record Hardware(
    GpuModel GpuModel,
    ushort GpuCount,
    uint GpuMemoryMiB,
    ushort ComputeCapability,
    uint CpuMillis,
    uint MemoryMiB,
    uint DiskMiB);

/// <param name="Evidence">The blob that shows it; zero where the word of the provider is all that there is.</param>
public sealed record Attestation(AttestationKind Kind, Digest Evidence, Instant ExpiresAt)
{
    /// <summary>What hardware, or what does as if, vouches for: it has to be looked at before it counts.</summary>
    public bool IsTee => Kind is AttestationKind.Tdx or AttestationKind.SevSnp or AttestationKind.Sgx
        or AttestationKind.TrustZone or AttestationKind.GpuConfidential or AttestationKind.Software;
}

public enum AttestationKind : byte
{
    CapabilityRecord,
    Tdx,
    SevSnp,
    Sgx,
    TrustZone,
    GpuConfidential,

    /// <summary>A program that does as if: it hides nothing, and only networks for trying out take it.</summary>
    Software,

    /// <summary>
    /// Makes zero-knowledge proofs: tasks that are verified by one go nowhere else. It needs no evidence, since who
    /// brings no proof is not paid.
    /// </summary>
    Prover,
}
