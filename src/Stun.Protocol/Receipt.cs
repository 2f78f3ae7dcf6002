namespace Stun.Protocol;

/// <summary>The provider's signed claim of what it ran and what came out.</summary>
/// <param name="Spec">The digest of the canonical form of the <see cref="TaskSpec"/> it ran.</param>
/// <param name="Proof">The blob with the ZK proof or the TEE quote, where the task asks for one; else zero.</param>
/// <param name="ResumedFrom">The checkpoint it went on from; zero if it began at the beginning.</param>
[Wire]
public sealed record Receipt(
    AttemptId Attempt,
    TaskId Task,
    Address Provider,
    OfferId Offer,
    Digest Spec,
    Digest Result,
    Digest Proof,
    Digest ResumedFrom,
    Duration RunTime);

/// <param name="Salt">Opens the commitment: keccak-256(receipt digest, salt).</param>
[Wire]
public sealed record SignedReceipt(Receipt Receipt, Digest Salt, Signature Signature);
