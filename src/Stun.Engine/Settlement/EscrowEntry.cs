namespace Stun.Engine.Settlement;

/// <summary>
/// What the escrow's journal holds: the transactions that changed something, in their one order; and in a snapshot
/// what they have come to.
/// </summary>
[Wire]
public abstract record EscrowEntry
{
    private EscrowEntry() { }

    [Case(1)] public sealed record Executed(Instant At, Address Caller, EscrowCall Call) : EscrowEntry;

    /// <summary>Of a snapshot: the next item of the log. Followers may ask for it from the beginning.</summary>
    [Case(2)] public sealed record LogRestored(Instant At, EscrowEvent Event) : EscrowEntry;

    /// <summary>
    /// Of a snapshot: the time of the last transaction, the sums of what came in and went out, and how long the log is.
    /// </summary>
    [Case(3)]
    public sealed record SumsRestored(Instant Clock, Amount Deposited, Amount Withdrawn, ulong Logged)
        : EscrowEntry;

    [Case(4)] public sealed record BalanceRestored(Account Account, Amount Balance) : EscrowEntry;

    /// <summary>Of a snapshot: the last nonce of a caller.</summary>
    [Case(5)] public sealed record NonceRestored(Address Caller, ulong Nonce) : EscrowEntry;

    /// <summary>Of a snapshot: when a provider's unbonding is over.</summary>
    [Case(6)] public sealed record UnbondingRestored(Address Provider, Instant At) : EscrowEntry;

    /// <summary>Of a snapshot: the money held for one order, final holds too until they are forgotten.</summary>
    [Case(7)]
    public sealed record HoldRestored(
        TaskId Task,
        TaskOrder Order,
        HoldState State,
        Instant PayableAt,
        Address DisputedBy,
        Instant DisputeEndsAt) : EscrowEntry;

    /// <summary>Of a snapshot: the verdict on a hold. Apart, so that an order that fitted once fits again.</summary>
    [Case(8)] public sealed record VerdictRestored(Verdict Verdict) : EscrowEntry;

    /// <summary>Of a snapshot: how far the chain was taken in, and the number of the next batch.</summary>
    [Case(9)] public sealed record ChainRestored(ChainPosition Position, ulong NextNumber) : EscrowEntry;

    /// <summary>Of a snapshot: what its owner wants back.</summary>
    [Case(10)] public sealed record LeavingRestored(Address Owner, Amount Amount) : EscrowEntry;

    /// <summary>Of a snapshot: what a batch is, or will be, made of. A spent one goes into no more of them.</summary>
    [Case(11)]
    public sealed record EntryRestored(
        ulong Place, EscrowEvent Event, Digest Order, uint CountMax, Instant NotBefore, uint Tries, bool IsSpent)
        : EscrowEntry;

    /// <summary>Of a snapshot: a batch of such entries.</summary>
    [Case(12)]
    public sealed record BatchRestored(
        ulong Number,
        [property: AtMost(WireLimits.BatchEntriesMax)] ValueList<ulong> Entries,
        Instant CutAt,
        BatchPhase Phase,
        [property: AtMost(128)] ValueList<VoteSignature> Signatures,
        Instant PayableAt,
        Instant DueAt) : EscrowEntry;
}
