using System.Text.Json;

namespace Stun.Chain.Evm.Rpc;

/// <summary>That a transaction is in a block, and how it went.</summary>
public sealed record TransactionReceipt(Digest TransactionHash, ulong BlockNumber, Digest BlockHash, bool Succeeded)
{
    public Address From { get; init; }
    public Address? To { get; init; }
    public Address? ContractAddress { get; init; }
    public ulong GasUsed { get; init; }
    public Amount EffectiveGasPrice { get; init; }
    public IReadOnlyList<EvmLog> Logs { get; init; } = [];

    internal static TransactionReceipt? Read(ref Utf8JsonReader reader)
    {
        if (RpcReading.IsNull(ref reader)) return null;
        RpcReading.StartObject(ref reader);
        Digest? hash = null, blockHash = null;
        ulong? number = null, status = null;
        ulong gasUsed = 0;
        Address from = default;
        Address? to = null, contract = null;
        Amount price = default;
        List<EvmLog> logs = [];
        while (RpcReading.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("transactionHash"u8)) { reader.Read(); hash = RpcReading.Hash(ref reader); }
            else if (reader.ValueTextEquals("blockHash"u8)) { reader.Read(); blockHash = RpcReading.Hash(ref reader); }
            else if (reader.ValueTextEquals("blockNumber"u8))
            {
                reader.Read();
                number = RpcReading.Quantity(ref reader);
            }
            else if (reader.ValueTextEquals("status"u8)) { reader.Read(); status = RpcReading.Quantity(ref reader); }
            else if (reader.ValueTextEquals("gasUsed"u8)) { reader.Read(); gasUsed = RpcReading.Quantity(ref reader); }
            else if (reader.ValueTextEquals("effectiveGasPrice"u8))
            {
                reader.Read();
                price = RpcReading.Money(ref reader);
            }
            else if (reader.ValueTextEquals("from"u8)) { reader.Read(); from = RpcReading.Account(ref reader); }
            else if (reader.ValueTextEquals("to"u8)) { reader.Read(); to = Optional(ref reader); }
            else if (reader.ValueTextEquals("contractAddress"u8)) { reader.Read(); contract = Optional(ref reader); }
            else if (reader.ValueTextEquals("logs"u8)) { reader.Read(); logs = EvmLog.ReadList(ref reader); }
            else { reader.Read(); reader.Skip(); }
        }
        return new TransactionReceipt(
            hash ?? throw new FormatException("a receipt without a transaction"),
            number ?? throw new FormatException("a receipt without a block"),
            blockHash ?? throw new FormatException("a receipt without a block hash"),
            (status ?? throw new FormatException("a receipt without a status")) == 1)
        {
            From = from,
            To = to,
            ContractAddress = contract,
            GasUsed = gasUsed,
            EffectiveGasPrice = price,
            Logs = logs,
        };
    }

    private static Address? Optional(ref Utf8JsonReader reader) =>
        RpcReading.IsNull(ref reader) ? null : RpcReading.Account(ref reader);
}
