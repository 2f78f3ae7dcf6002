using Stun.Engine.Placement;

namespace Stun.Node.Storage;

/// <param name="State">
/// checking, holding, queued, running, judging, posting, pending, complete, failed, cancelled or refused.
/// </param>
/// <param name="Reason">Why it ended.</param>
/// <param name="WorkKind">image, model, served-image, served-model or proof.</param>
/// <param name="Result">As the last verdict has it; it is the requester's when the task is complete.</param>
public sealed record StoredTask(
    TaskId Id, string Shard, Address Requester, Address Gateway, string State, string? Reason, string WorkKind,
    Digest Work, Amount PriceLimit, Instant SubmittedAt, Instant? QueuedAt, Instant? EndedAt, Instant Deadline,
    ulong IdempotencyKey, string Verification, Digest? Result, uint? CheatPassPpb, SignedOrder Order);

/// <param name="Paid">What its provider got at settlement.</param>
public sealed record StoredAttempt(
    AttemptId Id, TaskId Task, Address Provider, OfferId Offer, ushort Replica, byte Rank, Instant GrantedAt,
    Instant? ClosedAt, string? End, string? Failure, string? Detail, Amount PriceCap, Amount? Paid, Duration? RunTime,
    SignedReceipt? Receipt);

/// <summary>One choice of providers for a task, and what it was made from.</summary>
/// <param name="Attempts">How many attempts it made, from the first one on.</param>
public sealed record StoredPlacement(
    ulong Generation, Instant At, AttemptId FirstAttempt, int Attempts, Shortlist Shortlist)
{
    public bool Made(AttemptId attempt) =>
        attempt.Value >= FirstAttempt.Value && attempt.Value - FirstAttempt.Value < (ulong)Attempts;
}

public sealed record StoredVerdict(
    TaskId Task, ushort Round, SignedVerdict? Verdict, Instant? PostedAt, Instant? PayableAt);

/// <param name="Settlement">Null where the hold expired and all was given back.</param>
public sealed record StoredSettlement(
    TaskId Task, Instant At, Settlement? Settlement, Amount Held, Amount Refund, Amount Treasury, Amount Creator);

/// <param name="State">cut, posted, settled or voided.</param>
/// <param name="Place">Of the line that was asked for.</param>
public sealed record StoredBatch(
    SignedBatch Signed, string State, Instant? PayableAt, int Place, ValueList<Digest> Lines)
{
    /// <summary>When its window is over by the chain's clock; null until it is posted.</summary>
    public Instant? OnChain { get; init; }

    /// <summary>The words that the chain carries out.</summary>
    public ValueList<Digest> Moves { get; init; }
}

/// <summary>One thing that happened to a task, in words.</summary>
public sealed record HistoryLine(long Seq, Instant At, string Kind, string About, string Detail);

public sealed record StoredOffer(
    Address Provider, OfferId Id, uint Version, Amount PricePerSecond, string Region, Hardware Hardware,
    Instant PostedAt, Instant? WithdrawnAt);

/// <param name="Balance">Free to use.</param>
/// <param name="Held">For tasks that have not ended.</param>
/// <param name="Stake">Slashable, and counted for offers.</param>
/// <param name="Unbonding">On its way out, and still slashable.</param>
public sealed record StoredAccount(Address Address, Amount Balance, Amount Held, Amount Stake, Amount Unbonding);

/// <param name="Seconds">Run time of all attempts that delivered, whole seconds.</param>
/// <param name="Paid">What was held less what came back.</param>
public sealed record UsageSum(IReadOnlyDictionary<string, long> TasksByState, long Seconds, Amount Paid);

/// <summary>What is asked for; null is no condition.</summary>
/// <param name="Cursor">Where an earlier page ended.</param>
public sealed record TaskFilter(
    Address? Requester = null, string? State = null, Instant? Since = null, Instant? Until = null,
    string? Cursor = null, int Limit = 50);

public sealed record OfferFilter(
    Address? Provider = null, string? Region = null, string? GpuModel = null, string? Cursor = null, int Limit = 50);

/// <param name="Cursor">Asks for what follows; null at the end.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Cursor);
