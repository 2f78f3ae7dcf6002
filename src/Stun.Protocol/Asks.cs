namespace Stun.Protocol;

/// <summary>
/// What a machine cannot do itself and asks its host for: keys, proofs, containers, the chain. The answer comes back as
/// <see cref="Message.Answered"/>; after a restart a machine asks again for what it still waits for.
/// </summary>
[Wire]
public abstract record Ask
{
    private Ask() { }

    [Case(1)] public sealed record CheckOrder(SignedOrder Order) : Ask;

    [Case(2)] public sealed record CheckCancel(TaskId Task, Address Requester, Signature Signature) : Ask;

    /// <summary>Are these receipts signed by the providers they name?</summary>
    [Case(3)] public sealed record CheckReceipts([property: AtMost(64)] ValueList<SignedReceipt> Receipts) : Ask;

    [Case(4)] public sealed record Sign(Digest Digest) : Ask;

    [Case(5)] public sealed record Run(Lease Lease, SignedOrder Order) : Ask;

    [Case(6)] public sealed record StopRun(AttemptId Attempt) : Ask;

    /// <summary>The validator's own run of a task, to learn the true result.</summary>
    [Case(7)] public sealed record Rerun(TaskId Task, SignedOrder Order, byte Rank) : Ask;

    /// <summary>
    /// Which of these results are the same under the comparator? Compares each with <paramref name="Against"/>.
    /// </summary>
    [Case(8)]
    public sealed record Compare(
        Comparator Comparator, Digest Against, [property: AtMost(64)] ValueList<Digest> Results) : Ask;

    /// <param name="Statement">The blob of what the proof has to be about; zero where the task names none.</param>
    [Case(9)]
    public sealed record CheckProof(TaskId Task, Digest Circuit, Digest Statement, Receipt Receipt) : Ask;

    /// <param name="Policy">The blob of what the evidence has to show.</param>
    [Case(10)] public sealed record CheckQuote(TaskId Task, Digest Policy, Receipt Receipt) : Ask;

    /// <summary>Does the evidence of this offer hold, and is it this provider's?</summary>
    [Case(17)] public sealed record CheckOffer(Offer Offer) : Ask;

    [Case(11)] public sealed record CallEscrow(EscrowCall Call) : Ask;

    /// <summary>Tell me the escrow's log from this index on, in order, for as long as I live.</summary>
    [Case(12)] public sealed record FollowEscrow(ulong From) : Ask;

    /// <summary>Tell me what the chain makes final at the escrow's contracts, after this position, in order.</summary>
    [Case(15)] public sealed record FollowChain(ChainPosition After) : Ask;

    /// <summary>Bring these to the chain, in one transaction where both are there.</summary>
    [Case(16)] public sealed record SubmitBatch(SignedBatch? Post, DueBatch? Settle) : Ask;

    [Case(14)] public sealed record CheckSignature(Address Signer, Digest Digest, Signature Signature) : Ask;

    /// <summary>May this lease run here under the owner's policy?</summary>
    [Case(13)] public sealed record CheckPolicy(Lease Lease, SignedOrder Order) : Ask;
}

[Wire]
public abstract record Answer
{
    private Answer() { }

    /// <summary>One answer per thing asked about, in order.</summary>
    [Case(1)] public sealed record Checked([property: AtMost(64)] ValueList<bool> Ok) : Answer;

    [Case(2)] public sealed record Signed(Signature Signature) : Answer;

    [Case(3)] public sealed record RunDone(AttemptId Attempt, RunOutcome Outcome) : Answer;

    [Case(4)] public sealed record RunProgressed(AttemptId Attempt, Checkpoint Checkpoint) : Answer;

    /// <param name="Result">Zero when this validator cannot run such a task.</param>
    [Case(5)] public sealed record RerunDone(TaskId Task, byte Rank, Digest Result) : Answer;

    /// <summary>The call is final: done, or refused for this reason.</summary>
    [Case(6)] public sealed record CallFinal(EscrowRefusal Refusal) : Answer;

    /// <summary>The answer to what a policy decides, the requester's on evidence of hardware among them.</summary>
    /// <param name="Detail">Which rule said no, for people; empty when it is allowed.</param>
    [Case(7)]
    public sealed record PolicyChecked(bool Allowed, [property: AtMost(WireLimits.DetailBytesMax)] string Detail)
        : Answer;
}

public abstract record RunOutcome
{
    private RunOutcome() { }

    [Case(1)] public sealed record Done(Digest Result, Digest Proof, Duration RunTime) : RunOutcome;

    [Case(2)]
    public sealed record Failed(RunFailure Reason, [property: AtMost(WireLimits.DetailBytesMax)] string Detail)
        : RunOutcome;
}
