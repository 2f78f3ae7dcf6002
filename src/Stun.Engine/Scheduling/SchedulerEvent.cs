using Stun.Engine.Market;
using Stun.Engine.Reputation;

namespace Stun.Engine.Scheduling;

/// <summary>What a scheduler's journal holds: facts, in order, from which its state is rebuilt.</summary>
[Wire]
public abstract record SchedulerEvent
{
    private SchedulerEvent() { }

    [Case(1)]
    public sealed record OrderReceived(Instant At, TaskId Task, SignedOrder Order, Address Gateway)
        : SchedulerEvent;

    [Case(2)] public sealed record OrderDropped(TaskId Task) : SchedulerEvent;

    [Case(3)] public sealed record OrderAdmitted(TaskId Task) : SchedulerEvent;

    [Case(4)] public sealed record TaskQueued(Instant At, TaskId Task) : SchedulerEvent;

    /// <param name="Shortlist">What it was chosen from; null in what was written before that was kept.</param>
    [Case(5)]
    public sealed record TaskPlaced(
        TaskId Task,
        ulong Generation,
        [property: AtMost(Limits.GangMax)] ValueList<Lease> Leases,
        Placement.Shortlist? Shortlist) : SchedulerEvent;

    [Case(6)] public sealed record LeaseAccepted(AttemptId Attempt) : SchedulerEvent;

    [Case(7)]
    public sealed record LeaseExtended(AttemptId Attempt, Instant ExpiresAt, Checkpoint? Checkpoint)
        : SchedulerEvent;

    [Case(8)] public sealed record ResultCommitted(AttemptId Attempt, Digest Commitment) : SchedulerEvent;

    [Case(9)]
    public sealed record ResultRevealed(Instant At, AttemptId Attempt, SignedReceipt Receipt)
        : SchedulerEvent;

    [Case(10)]
    public sealed record AttemptClosed(
        Instant At,
        AttemptId Attempt,
        AttemptEnd End,
        RunFailure? Failure,
        LeaseRefusal? Refusal,
        [property: AtMost(WireLimits.DetailBytesMax)] string Detail) : SchedulerEvent;

    [Case(11)] public sealed record CancelAsked(TaskId Task) : SchedulerEvent;

    [Case(12)]
    public sealed record JudgingOpened(TaskId Task, ushort Round, Outcome Outcome, EndReason Reason)
        : SchedulerEvent;

    [Case(13)] public sealed record VoteCounted(TaskId Task, Vote Vote) : SchedulerEvent;

    [Case(14)] public sealed record VerdictFormed(TaskId Task, SignedVerdict Verdict) : SchedulerEvent;

    [Case(15)] public sealed record EscrowFollowed(ulong Index, Instant At, EscrowEvent Event) : SchedulerEvent;

    [Case(16)]
    public sealed record TaskEnded(Instant At, TaskId Task, FinalState State, EndReason Reason)
        : SchedulerEvent;

    [Case(17)] public sealed record EndDelivered(TaskId Task) : SchedulerEvent;

    [Case(18)] public sealed record TaskForgotten(Instant At, TaskId Task) : SchedulerEvent;

    [Case(19)] public sealed record OfferPosted(Offer Offer) : SchedulerEvent;

    [Case(20)] public sealed record OfferWithdrawn(Address Provider, OfferId Offer) : SchedulerEvent;

    /// <summary>Another replica is wanted: those that delivered do not agree.</summary>
    [Case(21)] public sealed record ReplicaAdded(Instant At, TaskId Task) : SchedulerEvent;

    /// <summary>No offer fits now: how many were refused for which reason. Told once for each wait.</summary>
    [Case(22)]
    public sealed record PlacementRefused(
        Instant At, TaskId Task, ValueList<Placement.RefusalCount> Counts) : SchedulerEvent;

    // Of a snapshot. What can be said by an event that happened is said by that.

    /// <summary>How far the escrow's log was followed, the last plan, and the next attempt.</summary>
    [Case(23)]
    public sealed record CountersRestored(ulong EscrowNext, ulong Generation, ulong AttemptNext) : SchedulerEvent;

    /// <summary>The escrow holds money for a task, known here or not.</summary>
    [Case(24)] public sealed record FundsRestored(TaskId Task) : SchedulerEvent;

    [Case(25)] public sealed record StakeRestored(Address Provider, Amount Stake) : SchedulerEvent;

    [Case(26)]
    public sealed record PerformanceRestored(Address Provider, PerformanceRecord Record) : SchedulerEvent;

    [Case(27)]
    public sealed record ReputationRestored(Address Provider, ReputationRecord Record) : SchedulerEvent;

    /// <summary>Where a received task stands, but for its verdict, its attempts and its votes.</summary>
    [Case(28)]
    public sealed record TaskRestored(
        TaskId Task,
        TaskPhase Phase,
        Instant QueuedAt,
        int ReplicaCount,
        bool IsCancelAsked,
        ushort Round,
        Outcome Outcome,
        EndReason Reason,
        Instant PayableAt,
        FinalState State,
        Instant EndedAt,
        bool IsEndDelivered,
        ValueList<Placement.RefusalCount> Refusals) : SchedulerEvent;

    /// <summary>The next attempt of a restored task.</summary>
    [Case(29)]
    public sealed record AttemptRestored(
        AttemptRecord Record, bool IsAccepted, Instant ExpiresAt, RunFailure? Failure) : SchedulerEvent;

    [Case(30)] public sealed record EndingRestored(TaskId Task, Instant Deadline, Ending Ending) : SchedulerEvent;

    // Of providers that come and go.

    /// <summary>Nothing was heard of the offer's provider for too long: it gets no new work.</summary>
    [Case(31)] public sealed record OfferSilent(Instant At, Address Provider, OfferId Offer) : SchedulerEvent;

    /// <summary>The provider is there: with an offer that is new, or again with one that was silent.</summary>
    [Case(32)] public sealed record OfferHeard(Instant At, Address Provider, OfferId Offer) : SchedulerEvent;
}
