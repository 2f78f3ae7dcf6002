using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Abi;
using Stun.Chain.Evm.Encoding;

namespace Stun.Node.Operator.Results;

/// <summary>A document's value as a type of Solidity, in the encoding that <c>abi.decode</c> reads.</summary>
public static partial class SolidityValue
{
    private const int TypeCharsMax = 1_000;

    /// <exception cref="RequestRefusedException"><c>operator.bad-abi</c></exception>
    public static byte[] Encode(string type, JsonNode? value)
    {
        try
        {
            var parsed = Parse(type);
            return AbiCodec.Encode([parsed], [Of(parsed, value)]);
        }
        catch (ChainException bad)
        {
            throw new RequestRefusedException("operator.bad-abi", bad.Message, bad);
        }
    }

    /// <exception cref="RequestRefusedException"><c>operator.bad-abi</c></exception>
    public static void RequireType(string type)
    {
        try
        {
            Parse(type);
        }
        catch (ChainException bad)
        {
            throw new RequestRefusedException("operator.bad-abi", bad.Message, bad);
        }
    }

    /// <summary>Spaces are left out, and <c>uint</c> and <c>int</c> mean what they mean in Solidity.</summary>
    private static AbiType Parse(string type)
    {
        if (type.Length > TypeCharsMax) throw Bad("The type is too long.");
        var plain = string.Concat(type.Where(sign => !char.IsWhiteSpace(sign)));
        return AbiType.Parse(BareNumber().Replace(plain, "${0}256"));
    }

    private static AbiValue Of(AbiType type, JsonNode? value) => type switch
    {
        AbiType.Unsigned or AbiType.Signed => new AbiValue.Number(NumberOf(type, value)),
        AbiType.Flag => new AbiValue.Flag(FlagOf(value)),
        AbiType.Account => new AbiValue.Account(
            AddressText.TryParse(TextOf(type, value)) ?? throw None(type, value)),
        AbiType.FixedBytes or AbiType.Bytes => new AbiValue.Bytes(BytesOf(type, value)),
        AbiType.Text => new AbiValue.Text(value?.GetValueKind() == JsonValueKind.String
            ? value.GetValue<string>() : JsonText.Of(value)),
        AbiType.Array array => ListOf(type, value, _ => array.Element),
        AbiType.Tuple tuple => ListOf(type, value, index => index < tuple.Fields.Count
            ? tuple.Fields[index] : throw Bad($"{tuple} has {tuple.Fields.Count} fields, and the answer more.")),
        _ => throw None(type, value),
    };

    private static AbiValue.List ListOf(AbiType type, JsonNode? value, Func<int, AbiType> typeOf)
    {
        if (value is not JsonArray list) throw None(type, value);
        List<AbiValue> items = [];
        for (var index = 0; index < list.Count; index++) items.Add(Of(typeOf(index), list[index]));
        return new AbiValue.List(ValueList.From(items));
    }

    private static BigInteger NumberOf(AbiType type, JsonNode? value)
    {
        var text = value?.GetValueKind() switch
        {
            JsonValueKind.String => value.GetValue<string>(),
            JsonValueKind.Number => value.ToJsonString(),
            _ => throw None(type, value),
        };
        return BigDecimal.TryParse(text)?.TryWhole() ?? throw None(type, value);
    }

    private static bool FlagOf(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw None(new AbiType.Flag(), value),
    };

    private static ValueList<byte> BytesOf(AbiType type, JsonNode? value)
    {
        var text = TextOf(type, value);
        if (!text.StartsWith("0x", StringComparison.Ordinal)) throw None(type, value);
        return ValueList.Create<byte>(Hex.ParseData(text, "the answer"));
    }

    private static string TextOf(AbiType type, JsonNode? value) =>
        value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : throw None(type, value);

    private static RequestRefusedException None(AbiType type, JsonNode? value) =>
        Bad($"The answer {Sentence.Short(JsonText.Of(value))} is no {type}.");

    private static RequestRefusedException Bad(string reason) => new("operator.bad-abi", reason);

    [GeneratedRegex("(?<![A-Za-z0-9])u?int(?![0-9A-Za-z])")]
    private static partial Regex BareNumber();
}
