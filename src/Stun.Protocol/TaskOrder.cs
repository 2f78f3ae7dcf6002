namespace Stun.Protocol;

/// <summary>
/// A requester's binding order: run this, for at most this much, until then. Signed as EIP-712 typed data, so that
/// the escrow can hold the money on the requester's word alone.
/// </summary>
/// <param name="IdempotencyKey">
/// Chosen by the requester. The same key with the same content is the same task; with other content it is refused.
/// </param>
/// <param name="RunTimeMax">
/// The longest one attempt may run; with the price per second it bounds what can be owed.
/// </param>
/// <param name="PriceLimit">The most the whole task may cost, all attempts together.</param>
/// <param name="ModelCreator">Who earns the creator's share; zero if nobody does.</param>
[Wire]
public sealed record TaskOrder(
    Address Requester,
    ulong IdempotencyKey,
    TaskSpec Spec,
    Duration RunTimeMax,
    Amount PriceLimit,
    Instant Deadline,
    Priority Priority,
    Address ModelCreator,
    Region Home)
{
    private HashMemo structHash;

    internal bool TryGetStructHash(out Digest hash) => structHash.TryGet(this, out hash);

    internal Digest KeepStructHash(Digest hash) => structHash.Keep(this, hash);
}

public enum Priority : byte
{
    Batch,
    Normal,
    Urgent,
}

[Wire]
public sealed record SignedOrder(TaskOrder Order, Signature Signature);
