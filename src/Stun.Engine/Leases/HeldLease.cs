namespace Stun.Engine.Leases;

/// <summary>One lease as its provider sees it.</summary>
public sealed class HeldLease(Lease lease, SignedOrder order, Address scheduler)
{
    public Lease Lease => lease;
    public SignedOrder Order => order;
    public Address Scheduler => scheduler;
    public bool IsRunning => Receipt is null && Failure is null;
    public Receipt? Receipt { get; set; }
    public Digest Salt { get; set; }
    public Signature? Signature { get; set; }
    public RunFailure? Failure { get; set; }
    public string FailureDetail { get; set; } = "";

    // Soft: by the provider's own clock, counted from when it was told, so that a wrong clock shortens no lease.
    public Instant ExpiresAt { get; set; } = Instant.Never;
    public Instant SpokeAt { get; set; }
    public Checkpoint? Checkpoint { get; set; }

    /// <summary>The scheduler has the commitment: now it only has to hear that we are still there.</summary>
    public bool IsHeard { get; set; }

    public bool CommitsFirst => order.Order.Spec.Verification is VerificationPolicy.Redundant;

    public SignedReceipt? SignedReceipt =>
        Receipt is { } receipt && Signature is { } signature ? new SignedReceipt(receipt, Salt, signature) : null;
}
