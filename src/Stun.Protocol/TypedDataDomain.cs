namespace Stun.Protocol;

/// <summary>
/// For which escrow on which chain a signature holds (EIP-712). A signature made for one is worth nothing at another.
/// </summary>
public sealed record TypedDataDomain(ulong ChainId, Address Contract)
{
    // Without init: a copy with another chain would keep the separator of the first.
    public ulong ChainId { get; } = ChainId;
    public Address Contract { get; } = Contract;

    /// <summary>Hashed once, since every digest begins with it.</summary>
    public Digest Separator { get; } = TypedData.Separator(ChainId, Contract);
}
