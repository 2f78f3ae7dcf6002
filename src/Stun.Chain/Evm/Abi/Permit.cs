namespace Stun.Chain.Evm.Abi;

/// <summary>A token's own EIP-712 domain. Older tokens leave out the version.</summary>
public sealed record TokenDomain(string Name, string? Version, ulong ChainId, Address Token)
{
    private const string Type = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
    private const string TypeWithoutVersion = "EIP712Domain(string name,uint256 chainId,address verifyingContract)";

    /// <summary>What the token answers to DOMAIN_SEPARATOR(); where it answers another, its domain has other fields.
    /// </summary>
    public Digest Separator
    {
        get
        {
            var words = new AbiWriter((Version is null ? 4 : 5) * AbiWriter.WordSize);
            words.Bytes32(HashOf(Version is null ? TypeWithoutVersion : Type));
            words.Bytes32(HashOf(Name));
            if (Version is not null) words.Bytes32(HashOf(Version));
            words.Number(ChainId);
            words.Account(Token);
            return Keccak256.Hash(words.ToArray());
        }
    }

    internal static Digest HashOf(string text) => Keccak256.Hash(System.Text.Encoding.UTF8.GetBytes(text));
}

/// <summary>
/// EIP-2612: the owner of coins lets somebody take them, by a signature instead of a transaction, so that who holds
/// only coins of the token needs none of the chain's.
/// </summary>
/// <param name="Deadline">In seconds since 1970, as chains count.</param>
public sealed record Permit(Address Owner, Address Spender, UInt256 Value, UInt256 Nonce, UInt256 Deadline)
{
    private const string Type = "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)";

    /// <summary>What the owner signs.</summary>
    public Digest Digest(TokenDomain domain)
    {
        var words = new AbiWriter(6 * AbiWriter.WordSize);
        words.Bytes32(TokenDomain.HashOf(Type));
        words.Account(Owner);
        words.Account(Spender);
        words.Number(Value);
        words.Number(Nonce);
        words.Number(Deadline);
        var final = new AbiWriter(2 * AbiWriter.WordSize, [0x19, 0x01]);
        final.Bytes32(domain.Separator);
        final.Bytes32(Keccak256.Hash(words.ToArray()));
        return Keccak256.Hash(final.ToArray());
    }
}
