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
    public sealed record TaskRestored(TaskId Task, bool IsFunded, Verdict? Posted, ushort? DisputedRound)
        : ValidatorEvent;

    /// <summary>Of a snapshot: what the log has said so far of a provider.</summary>
    [Case(5)] public sealed record ReputationRestored(Address Provider, ReputationRecord Record) : ValidatorEvent;
}
