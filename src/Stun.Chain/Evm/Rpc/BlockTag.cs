namespace Stun.Chain.Evm.Rpc;

/// <summary>Which block a question is about: a number, a hash, or one of the names that a node knows.</summary>
public readonly record struct BlockTag
{
    private enum Kind : byte { Latest, Pending, Safe, Finalized, Earliest, Number, Hash }

    private readonly Kind kind;
    private readonly ulong number;
    private readonly Digest hash;

    private BlockTag(Kind kind, ulong number = 0, Digest hash = default)
    {
        this.kind = kind;
        this.number = number;
        this.hash = hash;
    }

    public static BlockTag Latest => default;
    public static BlockTag Pending => new(Kind.Pending);
    public static BlockTag Safe => new(Kind.Safe);
    public static BlockTag Finalized => new(Kind.Finalized);
    public static BlockTag Earliest => new(Kind.Earliest);

    public bool IsHash => kind == Kind.Hash;

    /// <summary>Whether it names another block from moment to moment.</summary>
    internal bool IsMoving => kind is Kind.Latest or Kind.Pending;

    public static BlockTag At(ulong number) => new(Kind.Number, number);

    /// <summary>Exactly this block, and an error where the node no longer has it (EIP-1898).</summary>
    public static BlockTag At(Digest hash) => new(Kind.Hash, 0, hash);

    public override string ToString() => kind switch
    {
        Kind.Number => number.ToString(),
        Kind.Hash => $"0x{hash}",
        _ => kind.ToString().ToLowerInvariant(),
    };

    internal void Write(RpcText text)
    {
        switch (kind)
        {
            case Kind.Number: text.Quantity(number); break;
            case Kind.Hash: text.Raw("{\"blockHash\":"u8).Hex(hash).Raw("}"u8); break;
            case Kind.Pending: text.Raw("\"pending\""u8); break;
            case Kind.Safe: text.Raw("\"safe\""u8); break;
            case Kind.Finalized: text.Raw("\"finalized\""u8); break;
            case Kind.Earliest: text.Raw("\"earliest\""u8); break;
            default: text.Raw("\"latest\""u8); break;
        }
    }

    internal void WriteHashOnly(RpcText text) => text.Hex(hash);
}
