namespace Stun.Chain.Evm.Sending;

/// <summary>How a nonce ended.</summary>
public enum SendingEnd
{
    /// <summary>The request is on the chain, whether it succeeded or reverted.</summary>
    Mined,

    /// <summary>An empty transaction took its place, because somebody asked for that.</summary>
    Cancelled,

    /// <summary>The chain refused the request, and an empty transaction closed the gap that it left.</summary>
    Filled,

    /// <summary>Another program used the nonce.</summary>
    Taken,
}

/// <summary>What a sender must know after a crash, so that nothing is sent twice.</summary>
public abstract record SendingEntry(ulong Nonce)
{
    /// <summary>Written before anything with this nonce is signed.</summary>
    public sealed record Assigned(ulong Nonce, string Key, Address? To, Amount Value, ReadOnlyMemory<byte> Data,
        ulong GasLimit) : SendingEntry(Nonce);

    /// <summary>Written before these bytes leave.</summary>
    /// <param name="IsEmpty">It does not carry the request, but takes its place.</param>
    public sealed record Signed(ulong Nonce, ReadOnlyMemory<byte> Raw, FeeQuote Fees, bool IsEmpty)
        : SendingEntry(Nonce);

    /// <summary>Never accepted by a node, and nothing was sent behind it: the nonce is free again.</summary>
    public sealed record Abandoned(ulong Nonce) : SendingEntry(Nonce);

    public sealed record Ended(ulong Nonce, string Key, Digest Content, Digest Hash, SendingEnd End)
        : SendingEntry(Nonce);
}
