namespace Stun.Protocol;

/// <summary>The validators' signed judgement of a task. The escrow pays on it, and on nothing else.</summary>
/// <param name="Round">0 at first; one more after each dispute. A later round replaces an earlier one.</param>
/// <param name="CheatPassPpb">How likely a cheat is to pass under the chosen policy, in parts per billion.</param>
[Wire]
public sealed record Verdict(
    TaskId Task,
    ushort Round,
    Outcome Outcome,
    Digest Result,
    [property: AtMost(64)] ValueList<Finding> Findings,
    uint CheatPassPpb);

public enum Outcome : byte
{
    Complete,
    Failed,
    Cancelled,
}

/// <summary>What the validators found about one attempt, and what it has earned.</summary>
public sealed record Finding(AttemptId Attempt, Address Provider, Judgement Judgement, Amount Pay);

public enum Judgement : byte
{
    /// <summary>Honest work, paid.</summary>
    Paid,

    /// <summary>Nothing delivered, or delivered without proof of fraud: neither pay nor slash.</summary>
    Unpaid,

    /// <summary>Proven wrong by the validators' own re-run: slashed. Being in a minority alone is no proof.</summary>
    Fraud,
}

[Wire]
public sealed record Vote(Verdict Verdict, Address Validator, Signature Signature);

/// <summary>
/// A verdict with the signatures of at least M of the N validators, in rising order of their addresses.
/// </summary>
[Wire]
public sealed record SignedVerdict(
    Verdict Verdict, [property: AtMost(128)] ValueList<VoteSignature> Signatures);

public readonly record struct VoteSignature(Address Validator, Signature Signature);

/// <summary>All that validators need to judge a task.</summary>
[Wire]
public sealed record Evidence(
    SignedOrder Order,
    ushort Round,
    Outcome Outcome,
    [property: AtMost(64)] ValueList<AttemptRecord> Attempts);
