namespace Stun.Protocol;

/// <summary>A provider's time-bounded right and duty to run one attempt.</summary>
/// <param name="Generation">Of the placement plan behind it; a provider refuses an older one for the same work.</param>
/// <param name="Replica">Which of the compared executions.</param>
/// <param name="Rank">Which node of a gang; 0 for a task of one node.</param>
/// <param name="PriceCap">Price per second times the longest run time: what this attempt can cost at most.</param>
/// <param name="ResumeFrom">The proven state of a lost attempt from which this one goes on.</param>
[Wire]
public sealed record Lease(
    AttemptId Attempt,
    TaskId Task,
    OfferId Offer,
    Address Provider,
    ulong Generation,
    ushort Replica,
    byte Rank,
    Amount PricePerSecond,
    Amount PriceCap,
    Instant GrantedAt,
    Instant ExpiresAt,
    Checkpoint? ResumeFrom);

/// <summary>How far an attempt has come and the blob that holds its state.</summary>
public sealed record Checkpoint(AttemptId Attempt, Digest State, uint ProgressPpm);

/// <summary>How an attempt came to its end.</summary>
public enum AttemptEnd : byte
{
    Running,
    Finished,
    Lost,
    Failed,
    Refused,
    Revoked,
}

/// <summary>What became of one attempt, as the scheduler shows it to the validators.</summary>
public sealed record AttemptRecord(
    Lease Lease,
    AttemptEnd End,
    Instant ClosedAt,
    Digest Commitment,
    SignedReceipt? Receipt,
    Checkpoint? Checkpoint);
