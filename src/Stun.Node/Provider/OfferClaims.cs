using Stun.Node.Policies;

namespace Stun.Node.Provider;

/// <summary>What offers say beside hardware, as it follows from what their owner takes on.</summary>
public static class OfferClaims
{
    /// <summary>
    /// Of offers that are made at the start of a process: a later start replaces what an earlier one has offered.
    /// </summary>
    public static uint VersionAt(Instant at) => (uint)Math.Clamp(at.Micros / 1_000_000, 1, uint.MaxValue);

    /// <summary>Who takes tasks that are paid on a proof makes proofs.</summary>
    public static ValueList<Attestation> Of(ProviderPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        foreach (var floor in policy.Verification)
            if (floor is VerificationFloor.Zk)
                return [new Attestation(AttestationKind.Prover, Digest.Zero, Instant.Never)];
        return [];
    }
}
