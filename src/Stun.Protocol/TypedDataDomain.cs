namespace Stun.Protocol;

/// <summary>
/// For which escrow on which chain a signature holds (EIP-712). A signature made for one is worth nothing at another.
/// </summary>
public sealed record TypedDataDomain(ulong ChainId, Address Contract)
{
    /// <summary>Hashed once, since every digest begins with it.</summary>
    public Digest Separator { get; } = TypedData.Separator(ChainId, Contract);
}
