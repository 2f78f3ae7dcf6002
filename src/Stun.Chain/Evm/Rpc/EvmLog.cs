using System.Text.Json;
using Stun.Chain.Evm.Abi;

namespace Stun.Chain.Evm.Rpc;

/// <summary>What a contract said in a transaction.</summary>
public sealed record EvmLog(Address Address, IReadOnlyList<Digest> Topics, ReadOnlyMemory<byte> Data)
{
    /// <summary>A log has at most four topics (yellow paper, LOG0 to LOG4).</summary>
    private const int TopicCountMax = 4;

    public ulong BlockNumber { get; init; }
    public Digest BlockHash { get; init; }
    public Digest TransactionHash { get; init; }
    public uint TransactionIndex { get; init; }

    /// <summary>Within its block.</summary>
    public uint Index { get; init; }

    /// <summary>For the bindings, which read events.</summary>
    public AbiLog ToAbi() => new(Address, ValueList.Create<Digest>([.. Topics]), Data);

    internal static List<EvmLog> ReadList(ref Utf8JsonReader reader)
    {
        RpcReading.StartArray(ref reader);
        List<EvmLog> logs = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) logs.Add(Read(ref reader));
        return logs;
    }

    private static EvmLog Read(ref Utf8JsonReader reader)
    {
        RpcReading.StartObject(ref reader);
        Address? address = null;
        Digest? blockHash = null, transaction = null;
        ulong? block = null, index = null;
        ulong transactionIndex = 0;
        Digest[] topics = [];
        byte[] data = [];
        while (RpcReading.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("address"u8)) { reader.Read(); address = RpcReading.Account(ref reader); }
            else if (reader.ValueTextEquals("topics"u8)) { reader.Read(); topics = ReadTopics(ref reader); }
            else if (reader.ValueTextEquals("data"u8)) { reader.Read(); data = RpcReading.Data(ref reader); }
            else if (reader.ValueTextEquals("blockNumber"u8))
            {
                reader.Read();
                block = RpcReading.Quantity(ref reader);
            }
            else if (reader.ValueTextEquals("blockHash"u8)) { reader.Read(); blockHash = RpcReading.Hash(ref reader); }
            else if (reader.ValueTextEquals("transactionHash"u8))
            {
                reader.Read();
                transaction = RpcReading.Hash(ref reader);
            }
            else if (reader.ValueTextEquals("transactionIndex"u8))
            {
                reader.Read();
                transactionIndex = RpcReading.Quantity(ref reader);
            }
            else if (reader.ValueTextEquals("logIndex"u8)) { reader.Read(); index = RpcReading.Quantity(ref reader); }
            else { reader.Read(); reader.Skip(); }
        }
        return new EvmLog(address ?? throw new FormatException("a log without an address"), topics, data)
        {
            BlockNumber = block ?? throw new FormatException("a log without a block"),
            BlockHash = blockHash ?? throw new FormatException("a log without a block hash"),
            TransactionHash = transaction ?? throw new FormatException("a log without a transaction"),
            TransactionIndex = (uint)Math.Min(transactionIndex, uint.MaxValue),
            Index = index is <= uint.MaxValue ? (uint)index : throw new FormatException("a log without an index"),
        };
    }

    private static Digest[] ReadTopics(ref Utf8JsonReader reader)
    {
        RpcReading.StartArray(ref reader);
        var topics = new List<Digest>(TopicCountMax);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (topics.Count == TopicCountMax) throw new FormatException("a log with five topics");
            topics.Add(RpcReading.Hash(ref reader));
        }
        return [.. topics];
    }
}
