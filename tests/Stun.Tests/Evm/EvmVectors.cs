using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Stun.Chain.Evm.Abi;

namespace Stun.Tests.Evm;

/// <summary>api/vectors/evm, made by viem: api/vectors/README.md tells how.</summary>
internal static class EvmVectors
{
    public static JsonArray Read(string name) =>
        JsonNode.Parse(File.ReadAllText(Repository.PathOf($"api/vectors/evm/{name}.json")))!.AsArray();

    public static string Text(JsonNode? node) => (string)node!;

    public static byte[] Bytes(JsonNode? hex) => Convert.FromHexString(Text(hex)[2..]);

    public static Digest DigestOf(JsonNode? hex) => Digest.Read(Bytes(hex));

    public static Address Account(JsonNode? hex) => Address.Read(Bytes(hex));

    public static ValueList<AbiType> Types(JsonNode? list) =>
        [.. list!.AsArray().Select(each => AbiType.Parse(Text(each)))];

    public static ValueList<AbiValue> Values(ValueList<AbiType> types, JsonNode? list) =>
        [.. types.Zip(list!.AsArray(), Value)];

    private static AbiValue Value(AbiType type, JsonNode? node) => type switch
    {
        AbiType.Unsigned or AbiType.Signed =>
            new AbiValue.Number(BigInteger.Parse(Text(node), CultureInfo.InvariantCulture)),
        AbiType.Account => new AbiValue.Account(Account(node)),
        AbiType.Flag => new AbiValue.Flag((bool)node!),
        AbiType.Text => new AbiValue.Text(Text(node)),
        AbiType.FixedBytes or AbiType.Bytes => new AbiValue.Bytes([.. Bytes(node)]),
        AbiType.Array array => new AbiValue.List([.. node!.AsArray().Select(each => Value(array.Element, each))]),
        AbiType.Tuple tuple => new AbiValue.List(Values(tuple.Fields, node)),
        _ => throw new InvalidOperationException($"The unknown type {type}"),
    };
}
