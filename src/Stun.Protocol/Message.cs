namespace Stun.Protocol;

/// <summary>
/// All that roles say to one another, also inside one process. The transport authenticates who said it.
/// Every message may be lost, doubled or late: whoever needs an answer asks again, and asking twice is harmless.
/// </summary>
[Wire]
public abstract record Message
{
    private Message() { }

    // Requester -> gateway -> scheduler.
    [Case(1)] public sealed record SubmitTask(SignedOrder Order) : Message;

    [Case(2)] public sealed record CancelTask(TaskId Task, Signature Signature) : Message;

    // Scheduler -> gateway -> requester.
    [Case(3)] public sealed record TaskAccepted(TaskId Task) : Message;

    [Case(4)] public sealed record TaskRefused(TaskId Task, Refusal Reason) : Message;

    [Case(5)] public sealed record ResultReady(TaskId Task, Digest Result, uint CheatPassPpb) : Message;

    [Case(6)] public sealed record TaskEnded(TaskId Task, FinalState State, EndReason Reason, Digest Result) : Message;

    [Case(7)] public sealed record EndNoted(TaskId Task) : Message;

    // Provider -> scheduler.
    [Case(10)] public sealed record PostOffer(Offer Offer) : Message;

    [Case(11)] public sealed record WithdrawOffer(OfferId Offer, uint Version) : Message;

    [Case(12)] public sealed record Heartbeat(OfferId Offer, uint Version) : Message;

    [Case(13)] public sealed record AcceptLease(AttemptId Attempt) : Message;

    /// <param name="Detail">Which rule said no, for people.</param>
    [Case(14)]
    public sealed record RefuseLease(
        AttemptId Attempt, LeaseRefusal Reason, [property: AtMost(WireLimits.DetailBytesMax)] string Detail) : Message;

    [Case(15)] public sealed record RenewLease(AttemptId Attempt, Checkpoint? Checkpoint) : Message;

    [Case(16)] public sealed record CommitResult(AttemptId Attempt, Digest Commitment) : Message;

    [Case(17)] public sealed record RevealResult(AttemptId Attempt, SignedReceipt Receipt) : Message;

    [Case(18)]
    public sealed record FailAttempt(
        AttemptId Attempt, RunFailure Reason, [property: AtMost(WireLimits.DetailBytesMax)] string Detail) : Message;

    // Scheduler -> provider.
    [Case(30)] public sealed record GrantLease(Lease Lease, SignedOrder Order) : Message;

    [Case(31)] public sealed record ExtendLease(AttemptId Attempt, Instant ExpiresAt) : Message;

    [Case(32)] public sealed record AskReveal(AttemptId Attempt) : Message;

    /// <summary>The attempt is over for the provider: stop if it still runs, free the device.</summary>
    [Case(33)] public sealed record CloseLease(AttemptId Attempt, AttemptEnd End) : Message;

    [Case(34)] public sealed record OfferNoted(OfferId Offer, uint Version) : Message;

    /// <summary>What the market suggests to ask for this offer. Advice: what is posted is what is charged.</summary>
    [Case(35)] public sealed record SuggestPrice(OfferId Offer, Amount PricePerSecond) : Message;

    // Scheduler <-> validators.
    [Case(40)] public sealed record JudgeTask(Evidence Evidence) : Message;

    [Case(41)] public sealed record CastVote(Vote Vote) : Message;

    // The escrow's log, as its followers are told it, in order.
    [Case(50)] public sealed record EscrowLogged(ulong Index, Instant At, EscrowEvent Event) : Message;

    // Anyone -> escrow, where the escrow is a role and not a contract.
    [Case(51)] public sealed record CallEscrow(ulong Call, EscrowCall EscrowCall) : Message;

    [Case(52)] public sealed record FollowEscrow(ulong From) : Message;

    [Case(53)] public sealed record EscrowAnswered(ulong Call, EscrowRefusal Refusal) : Message;

    // The chain's log, as the host of the escrow role tells it.
    [Case(54)] public sealed record ChainLogged(ChainPosition Position, Instant At, ChainEvent Event) : Message;

    // Answers of the host to what a machine asked for.
    [Case(60)] public sealed record Answered(ulong Ask, Answer Answer) : Message;
}

/// <summary>Why an order was not taken. The stable codes of api/errors.yaml are made from these.</summary>
public enum Refusal : byte
{
    BadSignature,
    DeadlinePassed,
    DeadlineTooFar,
    PriceTooLow,
    RunTimeOutOfRange,
    ResourcesOutOfRange,
    PolicyOutOfRange,
    OverQuota,
    QueueFull,
    IdempotencyConflict,
    UnknownTask,
    OrderTooLarge,
}

public enum LeaseRefusal : byte
{
    Busy,
    Policy,
    StaleGeneration,
    UnknownOffer,
    Expired,
    Draining,
}

public enum RunFailure : byte
{
    ExitCode,
    OutOfMemory,
    TimedOut,
    DiskFull,
    LogFlood,
    BlobMissing,
    ImageMissing,
    Runtime,
    Cancelled,

    /// <summary>The proof, or the evidence of hardware, that the task is paid on does not hold.</summary>
    ProofRefused,
}

public enum FinalState : byte
{
    Complete,
    Failed,
    Cancelled,
}

public enum EndReason : byte
{
    None,
    Verified,
    InsufficientFunds,
    HoldRefused,
    NoCapacityByDeadline,
    AttemptsExhausted,
    DeadlinePassed,
    CancelledByRequester,
    NoAgreement,
    ProofRefused,
    HoldExpired,
    FraudFound,
}
