using System.Text.Json;

namespace Stun.Chain.Evm.Rpc;

/// <summary>A transaction that a node has, in a block or waiting for one.</summary>
public sealed record KnownTransaction(Digest Hash, Address From, ulong Nonce, ulong? BlockNumber)
{
    internal static KnownTransaction? Read(ref Utf8JsonReader reader)
    {
        if (RpcReading.IsNull(ref reader)) return null;
        RpcReading.StartObject(ref reader);
        Digest? hash = null;
        Address from = default;
        ulong? nonce = null, block = null;
        while (RpcReading.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("hash"u8)) { reader.Read(); hash = RpcReading.Hash(ref reader); }
            else if (reader.ValueTextEquals("from"u8)) { reader.Read(); from = RpcReading.Account(ref reader); }
            else if (reader.ValueTextEquals("nonce"u8)) { reader.Read(); nonce = RpcReading.Quantity(ref reader); }
            else if (reader.ValueTextEquals("blockNumber"u8))
            {
                reader.Read();
                block = RpcReading.IsNull(ref reader) ? null : RpcReading.Quantity(ref reader);
            }
            else { reader.Read(); reader.Skip(); }
        }
        return new KnownTransaction(
            hash ?? throw new FormatException("a transaction without a hash"), from,
            nonce ?? throw new FormatException("a transaction without a nonce"), block);
    }
}
