namespace Stun.Chain.Evm.Encoding;

/// <summary>What RLP knows: bytes, and lists of items.</summary>
public abstract record RlpItem
{
    private RlpItem() { }

    public static RlpItem Of(ReadOnlySpan<byte> bytes) => new Bytes(ValueList.Create(bytes));

    /// <summary>Numbers are bytes without leading zeros; zero is no bytes.</summary>
    public static RlpItem Of(UInt256 number)
    {
        Span<byte> word = stackalloc byte[UInt256.Size];
        number.Write(word);
        return Of(word[(UInt256.Size - ((number.BitLength + 7) / 8))..]);
    }

    public static RlpItem Of(Address address)
    {
        Span<byte> bytes = stackalloc byte[Address.Size];
        address.Write(bytes);
        return Of(bytes);
    }

    public static RlpItem Of(Digest digest)
    {
        Span<byte> bytes = stackalloc byte[Digest.Size];
        digest.Write(bytes);
        return Of(bytes);
    }

    public sealed record Bytes(ValueList<byte> Value) : RlpItem;

    public sealed record List(ValueList<RlpItem> Items) : RlpItem;
}
