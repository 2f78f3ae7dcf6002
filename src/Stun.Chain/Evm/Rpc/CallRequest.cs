namespace Stun.Chain.Evm.Rpc;

/// <summary>A call of a contract that is only tried, or whose gas is estimated.</summary>
/// <param name="To">Null where a contract is made.</param>
public sealed record CallRequest(Address? To, ReadOnlyMemory<byte> Data)
{
    public Address? From { get; init; }
    public Amount Value { get; init; }
    public ulong? Gas { get; init; }

    internal void Write(RpcText text)
    {
        text.Raw("{\"data\":"u8).Hex(Data.Span);
        if (To is { } to) text.Raw(",\"to\":"u8).Hex(to);
        if (From is { } from) text.Raw(",\"from\":"u8).Hex(from);
        if (!Value.IsZero) text.Raw(",\"value\":"u8).Quantity(Value);
        if (Gas is { } gas) text.Raw(",\"gas\":"u8).Quantity(gas);
        text.Raw("}"u8);
    }
}
