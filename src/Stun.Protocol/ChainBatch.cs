namespace Stun.Protocol;

/// <summary>
/// Settled tasks on their way to the chain together: one root over all of them, and the net change of every account
/// that moved. M of N validators sign it; docs/protocol/settlement.md says what each part is.
/// </summary>
/// <param name="Number">0, 1, 2 ... without gaps.</param>
/// <param name="Root">Of the Merkle tree over the lines; zero where there are none.</param>
/// <param name="Moves">The keccak-256 of the words that say which balances change.</param>
public sealed record ChainBatch(ulong Number, Digest Root, uint Tasks, Digest Moves);

[Wire]
public sealed record SignedBatch(ChainBatch Batch, [property: AtMost(128)] ValueList<VoteSignature> Signatures);

/// <summary>A batch whose window is over, with the words that are carried out.</summary>
/// <param name="PayableAt">By the chain's clock, to the second: the contract knows the batch by it.</param>
public sealed record DueBatch(
    ChainBatch Batch, Instant PayableAt, [property: AtMost(WireLimits.MoveWordsMax)] ValueList<Digest> Moves);

/// <summary>Where in the chain something happened. They rise; nothing that is final comes between two of them later.
/// </summary>
/// <param name="Hash">
/// Of the block, by which a chain that has become another while nobody looked is found out; null where it is not known.
/// </param>
public readonly record struct ChainPosition(ulong Block, uint Index, Digest? Hash = null) : IComparable<ChainPosition>
{
    public int CompareTo(ChainPosition other) =>
        Block != other.Block ? Block.CompareTo(other.Block) : Index.CompareTo(other.Index);
}

/// <summary>What has happened at the escrow's contracts and is final.</summary>
public abstract record ChainEvent
{
    private ChainEvent() { }

    [Case(1)] public sealed record Deposited(Address Owner, Amount Amount) : ChainEvent;

    /// <param name="Amount">
    /// All that its owner now wants back. What the owner takes later without the book, the contract sets off against
    /// what batches release to it.
    /// </param>
    [Case(2)] public sealed record ExitAsked(Address Owner, Amount Amount) : ChainEvent;

    [Case(3)] public sealed record Staked(Address Provider, Amount Amount) : ChainEvent;

    [Case(4)] public sealed record UnstakeBegun(Address Provider, Amount Amount) : ChainEvent;

    [Case(5)] public sealed record Unstaked(Address Provider, Amount Amount) : ChainEvent;

    /// <param name="PayableAt">By the chain's clock.</param>
    /// <param name="DueAt">The same by ours.</param>
    [Case(6)]
    public sealed record BatchPosted(ChainBatch Batch, Instant PayableAt, Instant DueAt) : ChainEvent;

    [Case(7)] public sealed record BatchSettled(ulong Number) : ChainEvent;

    [Case(8)] public sealed record BatchVoided(ulong Number) : ChainEvent;

    /// <summary>A challenge was answered, and the window begins anew.</summary>
    [Case(9)] public sealed record BatchAnswered(ulong Number, Instant PayableAt, Instant DueAt) : ChainEvent;

    /// <summary>A balance has grown by a claim, past the book.</summary>
    [Case(10)] public sealed record Credited(Address Owner, Amount Amount) : ChainEvent;

    /// <summary>A judged task was paid from its requester's balance, past the book. What others got of it was told
    /// before.</summary>
    [Case(11)] public sealed record ClaimPaid(TaskId Task, Address Requester, Amount Charged) : ChainEvent;

    /// <summary>Stake was taken for a task that was ordered on the chain itself.</summary>
    [Case(12)] public sealed record SlashedAlone(Address Provider, Amount Amount) : ChainEvent;
}
