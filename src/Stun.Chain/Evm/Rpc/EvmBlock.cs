using System.Text.Json;

namespace Stun.Chain.Evm.Rpc;

/// <summary>The head of a block.</summary>
public sealed record EvmBlock(ulong Number, Digest Hash, Digest ParentHash, ulong Timestamp)
{
    /// <summary>What a unit of gas cost in it; null on a chain without EIP-1559.</summary>
    public Amount? BaseFeePerGas { get; init; }

    public ulong GasLimit { get; init; }
    public ulong GasUsed { get; init; }

    internal static EvmBlock? Read(ref Utf8JsonReader reader)
    {
        if (RpcReading.IsNull(ref reader)) return null;
        RpcReading.StartObject(ref reader);
        ulong? number = null, timestamp = null;
        ulong gasLimit = 0, gasUsed = 0;
        Digest? hash = null, parent = null;
        Amount? baseFee = null;
        while (RpcReading.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("number"u8)) { reader.Read(); number = Optional(ref reader); }
            else if (reader.ValueTextEquals("hash"u8))
            {
                reader.Read();
                hash = RpcReading.IsNull(ref reader) ? null : RpcReading.Hash(ref reader);
            }
            else if (reader.ValueTextEquals("parentHash"u8)) { reader.Read(); parent = RpcReading.Hash(ref reader); }
            else if (reader.ValueTextEquals("timestamp"u8)) { reader.Read(); timestamp = Optional(ref reader); }
            else if (reader.ValueTextEquals("gasLimit"u8)) { reader.Read(); gasLimit = Optional(ref reader) ?? 0; }
            else if (reader.ValueTextEquals("gasUsed"u8)) { reader.Read(); gasUsed = Optional(ref reader) ?? 0; }
            else if (reader.ValueTextEquals("baseFeePerGas"u8))
            {
                reader.Read();
                baseFee = RpcReading.IsNull(ref reader) ? null : RpcReading.Money(ref reader);
            }
            else { reader.Read(); reader.Skip(); }
        }
        return new EvmBlock(
            number ?? throw new FormatException("a block without a number"),
            hash ?? throw new FormatException("a block without a hash"),
            parent ?? throw new FormatException("a block without a parent"),
            timestamp ?? throw new FormatException("a block without a time"))
        {
            BaseFeePerGas = baseFee,
            GasLimit = gasLimit,
            GasUsed = gasUsed,
        };
    }

    private static ulong? Optional(ref Utf8JsonReader reader) =>
        RpcReading.IsNull(ref reader) ? null : RpcReading.Quantity(ref reader);
}
