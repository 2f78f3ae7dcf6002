using System.Text.Json;
using System.Text.Json.Nodes;
using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Encoding;
using Stun.Node.Gateway;
using Stun.Node.Operator.Wire;

namespace Stun.Node.Operator.Bridge;

/// <summary>What a Chainlink node's bridge says of a log that its job has seen.</summary>
internal static class BridgeForm
{
    /// <exception cref="ApiException"><c>request.invalid</c></exception>
    public static OracleRequest Read(JsonNode? body)
    {
        if (body?["meta"]?["oracleRequest"] is not JsonObject told) throw Bad("it has no meta.oracleRequest");
        try
        {
            return new OracleRequest(
                Hex.ParseDigest(Text(told, "specId"), "specId"),
                AddressText.Parse(Text(told, "requester"), "requester"),
                Hex.ParseDigest(Text(told, "requestId"), "requestId"),
                Number(told, "payment"),
                AddressText.Parse(Text(told, "callbackAddr"), "callbackAddr"),
                FunctionOf(Text(told, "callbackFunctionId")),
                Number(told, "cancelExpiration"),
                Number(told, "dataVersion"),
                ValueList.Create<byte>(Hex.ParseData(Text(told, "data"), "data")));
        }
        catch (ChainException bad)
        {
            throw Bad(bad.Message);
        }
    }

    private static uint FunctionOf(string text)
    {
        var bytes = Hex.ParseData(text, "callbackFunctionId");
        return bytes.Length == sizeof(uint)
            ? System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : throw Bad("callbackFunctionId is no selector");
    }

    private static UInt256 Number(JsonObject told, string name) =>
        UInt256.TryParse(Text(told, name)) ?? throw Bad($"{name} is no number");

    private static string Text(JsonObject told, string name) => told[name] switch
    {
        JsonValue value when value.TryGetValue(out string? text) => text,
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => value.ToJsonString(),
        _ => throw Bad($"{name} is missing"),
    };

    private static ApiException Bad(string why) =>
        new("request.invalid", $"The bridge's request cannot be read: {why}.");
}
