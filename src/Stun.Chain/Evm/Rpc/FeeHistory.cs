using System.Text.Json;

namespace Stun.Chain.Evm.Rpc;

/// <summary>What gas cost in the last blocks.</summary>
/// <param name="BaseFees">One a block, oldest first, and then that of the block to come.</param>
/// <param name="Rewards">Of each block the tip at the percentile asked for.</param>
public sealed record FeeHistory(ulong OldestBlock, IReadOnlyList<Amount> BaseFees, IReadOnlyList<Amount> Rewards)
{
    internal static FeeHistory Read(ref Utf8JsonReader reader)
    {
        RpcReading.StartObject(ref reader);
        ulong oldest = 0;
        List<Amount> fees = [], rewards = [];
        while (RpcReading.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("oldestBlock"u8)) { reader.Read(); oldest = RpcReading.Quantity(ref reader); }
            else if (reader.ValueTextEquals("baseFeePerGas"u8)) { reader.Read(); fees = Amounts(ref reader); }
            else if (reader.ValueTextEquals("reward"u8)) { reader.Read(); rewards = FirstOfEach(ref reader); }
            else { reader.Read(); reader.Skip(); }
        }
        return new FeeHistory(oldest, fees, rewards);
    }

    private static List<Amount> Amounts(ref Utf8JsonReader reader)
    {
        RpcReading.StartArray(ref reader);
        List<Amount> amounts = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) amounts.Add(RpcReading.Money(ref reader));
        return amounts;
    }

    private static List<Amount> FirstOfEach(ref Utf8JsonReader reader)
    {
        List<Amount> firsts = [];
        // A chain without tips answers null.
        if (RpcReading.IsNull(ref reader)) return firsts;
        RpcReading.StartArray(ref reader);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            if (Amounts(ref reader) is [var first, ..]) firsts.Add(first);
        return firsts;
    }
}
