using Stun.Engine.Reputation;

namespace Stun.Engine.Verification;

/// <summary>What a validator's journal holds.</summary>
[Wire]
public abstract record ValidatorEvent
{
    private ValidatorEvent() { }

    /// <param name="KnowsTruth">
    /// The vote rests on the validator's own run: it will dispute a verdict that differs.
    /// </param>
    [Case(1)]
    public sealed record Voted(Evidence Evidence, Address Scheduler, Vote Vote, bool KnowsTruth)
        : ValidatorEvent;

    [Case(2)] public sealed record EscrowFollowed(ulong Index, Instant At, EscrowEvent Event) : ValidatorEvent;

    /// <summary>Of a snapshot: how far the escrow's log has been followed.</summary>
    [Case(3)] public sealed record LogRestored(ulong Next) : ValidatorEvent;

    /// <summary>Of a snapshot: what the log has said so far of a task that is not settled.</summary>
    [Case(4)]
    public sealed record TaskRestored(
        TaskId Task,
        bool IsFunded,
        Verdict? Posted,
        ushort? DisputedRound,
        [property: AtMost(WireLimits.RoundsMax)] ValueList<Digest> EarlierVotes) : ValidatorEvent;

    /// <summary>Of a snapshot: what the log has said so far of a provider.</summary>
    [Case(5)] public sealed record ReputationRestored(Address Provider, ReputationRecord Record) : ValidatorEvent;

    /// <summary>Of a snapshot: what a batch is, or will be, made of.</summary>
    [Case(6)]
    public sealed record EntryRestored(ulong Place, EscrowEvent Event, Digest Order, bool IsVouched) : ValidatorEvent;

    /// <summary>Of a snapshot: a batch that the chain has not carried out.</summary>
    [Case(7)]
    public sealed record CutRestored(
        ChainBatch Batch, [property: AtMost(WireLimits.BatchEntriesMax)] ValueList<ulong> Entries, bool IsDone)
        : ValidatorEvent;
}
