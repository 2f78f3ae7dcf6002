namespace Stun.Protocol;

/// <summary>A transaction to the escrow. Each may be sent again: doing it twice changes nothing.</summary>
public abstract record EscrowCall
{
    private EscrowCall() { }

    [Case(1)] public sealed record Deposit(ulong Nonce, Amount Amount) : EscrowCall;

    [Case(2)] public sealed record Withdraw(ulong Nonce, Amount Amount) : EscrowCall;

    [Case(3)] public sealed record AddStake(ulong Nonce, Amount Amount) : EscrowCall;

    /// <summary>Starts the unbonding delay; the stake stays slashable until it is over.</summary>
    [Case(4)] public sealed record BeginUnstake(ulong Nonce, Amount Amount) : EscrowCall;

    [Case(5)] public sealed record FinishUnstake(ulong Nonce) : EscrowCall;

    [Case(6)] public sealed record HoldFunds(SignedOrder Order) : EscrowCall;

    [Case(7)]
    public sealed record PostBatch(
        Digest Root, [property: AtMost(1024)] ValueList<SignedVerdict> Verdicts) : EscrowCall;

    /// <summary>Stops the payout of a verdict within its window and asks for another round.</summary>
    [Case(8)] public sealed record OpenDispute(TaskId Task, ushort Round) : EscrowCall;

    /// <summary>Pays verdicts whose window is over and skips the others. Anyone may call it.</summary>
    [Case(9)] public sealed record Settle([property: AtMost(1024)] ValueList<TaskId> Tasks) : EscrowCall;

    /// <summary>
    /// Gives an order's money back when its deadline and grace have passed without a verdict. Anyone may call it.
    /// </summary>
    [Case(10)] public sealed record ExpireHold(TaskId Task) : EscrowCall;

    /// <summary>The next thing that the chain has made final. Only the book itself calls it.</summary>
    [Case(11)] public sealed record TakeFromChain(ChainPosition Position, ChainEvent Event) : EscrowCall;

    /// <summary>
    /// What waits becomes a batch; a batch that too few have signed becomes a smaller one. Only the book calls it.
    /// </summary>
    [Case(12)] public sealed record CutBatch : EscrowCall;

    /// <summary>A validator's signature under the batch as it was last cut.</summary>
    [Case(13)] public sealed record SignBatch(ulong Number, Signature Signature) : EscrowCall;
}

/// <summary>What the escrow has done, in the one order everybody sees.</summary>
public abstract record EscrowEvent
{
    private EscrowEvent() { }

    [Case(1)] public sealed record Deposited(Address Owner, Amount Amount) : EscrowEvent;

    [Case(2)] public sealed record Withdrawn(Address Owner, Amount Amount) : EscrowEvent;

    /// <param name="Stake">The stake as it now is.</param>
    [Case(3)] public sealed record StakeChanged(Address Provider, Amount Stake) : EscrowEvent;

    [Case(4)] public sealed record FundsHeld(TaskId Task, Address Requester, Amount Amount) : EscrowEvent;

    [Case(5)] public sealed record HoldRefused(TaskId Task, EscrowRefusal Reason) : EscrowEvent;

    [Case(6)] public sealed record VerdictPosted(Verdict Verdict, Instant PayableAt) : EscrowEvent;

    [Case(7)] public sealed record DisputeOpened(TaskId Task, ushort Round, Address By) : EscrowEvent;

    [Case(8)] public sealed record TaskSettled(Settlement Settlement, Verdict Verdict) : EscrowEvent;

    [Case(9)] public sealed record HoldExpired(TaskId Task, Amount Refund) : EscrowEvent;

    /// <summary>Money that has left by the chain itself: no batch carries it.</summary>
    [Case(10)] public sealed record TakenOut(Address Owner, Amount Amount) : EscrowEvent;

    /// <param name="Entries">Of this log: the settlements and withdrawals in the batch, in their order.</param>
    /// <param name="Lines">The leaves of its tree, one for each settlement.</param>
    /// <param name="Tasks">Whose settlements they are.</param>
    /// <param name="Moves">The words that the chain is to carry out.</param>
    [Case(11)]
    public sealed record BatchCut(
        ChainBatch Batch,
        [property: AtMost(WireLimits.BatchEntriesMax)] ValueList<ulong> Entries,
        [property: AtMost(WireLimits.BatchEntriesMax)] ValueList<Digest> Lines,
        [property: AtMost(WireLimits.BatchEntriesMax)] ValueList<TaskId> Tasks,
        [property: AtMost(WireLimits.MoveWordsMax)] ValueList<Digest> Moves) : EscrowEvent;

    [Case(12)] public sealed record BatchSigned(ulong Number, VoteSignature Vote) : EscrowEvent;

    /// <summary>The chain has it; it is carried out then, unless somebody challenges it.</summary>
    /// <param name="OnChain">The same moment by the chain's clock: the contract knows the batch by it.</param>
    [Case(13)] public sealed record BatchPosted(ulong Number, Instant PayableAt, Instant OnChain) : EscrowEvent;

    /// <summary>The balances on the chain have changed.</summary>
    [Case(14)] public sealed record BatchSettled(ulong Number) : EscrowEvent;

    /// <summary>The chain has refused it after a challenge: its entries come again in a later batch.</summary>
    [Case(15)] public sealed record BatchVoided(ulong Number) : EscrowEvent;

    /// <summary>
    /// The task settled at this place of the log was paid by a claim on the chain: no batch carries it any more.
    /// </summary>
    [Case(16)] public sealed record EntryDropped(ulong Place) : EscrowEvent;

    /// <summary>
    /// Stake that the chain took for a task that was ordered there: so much of what was leaving, and the stake as it
    /// now is.
    /// </summary>
    [Case(17)]
    public sealed record SlashedAlone(Address Provider, Amount FromUnbonding, Amount Stake) : EscrowEvent;
}

public enum EscrowRefusal : byte
{
    None,
    BadSignature,
    InsufficientFunds,
    DeadlinePassed,
    UnknownTask,
    AlreadyFinal,
    TooFewSignatures,
    StaleRound,
    WindowClosed,
    WindowOpen,
    NotAValidator,
    InsufficientStake,
    BadRoot,
    OverLimit,
    AlreadyDone,

    /// <summary>Where money lies on a chain, it comes, goes and is staked there.</summary>
    OnChainOnly,
    NotTheBook,
    UnknownBatch,
}
