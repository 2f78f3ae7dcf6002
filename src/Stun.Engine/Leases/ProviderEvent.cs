namespace Stun.Engine.Leases;

/// <summary>What a provider's journal holds.</summary>
[Wire]
public abstract record ProviderEvent
{
    private ProviderEvent() { }

    [Case(1)] public sealed record LeaseTaken(Lease Lease, SignedOrder Order, Address Scheduler) : ProviderEvent;

    [Case(2)]
    public sealed record RunFinished(AttemptId Attempt, Digest Result, Digest Proof, Duration RunTime, Digest Salt)
        : ProviderEvent;

    [Case(3)] public sealed record ReceiptSigned(AttemptId Attempt, Signature Signature) : ProviderEvent;

    [Case(4)]
    public sealed record RunFailed(
        AttemptId Attempt, RunFailure Reason, [property: AtMost(WireLimits.DetailBytesMax)] string Detail)
        : ProviderEvent;

    [Case(5)] public sealed record LeaseEnded(AttemptId Attempt) : ProviderEvent;
}
