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

    /// <summary>Of a snapshot: the generation seen for one of the latest tasks, the oldest task first.</summary>
    [Case(6)] public sealed record GenerationRestored(TaskId Task, ulong Generation) : ProviderEvent;

    /// <summary>
    /// Of a snapshot: a lease that is held. Its generation may be forgotten already, so it says nothing about that.
    /// </summary>
    [Case(7)]
    public sealed record LeaseRestored(Lease Lease, SignedOrder Order, Address Scheduler) : ProviderEvent;
}
