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
}
