using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Stun.Chain.Evm.Encoding;
using Stun.Node.Operator.Wire;

namespace Stun.Node.Operator.Results;

/// <summary>What is made of an answer before a contract gets it: a part of it, times something, as some type.</summary>
/// <param name="KeyPath">See <see cref="Results.KeyPath"/>; empty for the whole.</param>
/// <param name="Multiplier">Contracts know no fractions; empty for 1.</param>
/// <param name="Abi">Empty or <c>json</c>, <c>cbor</c>, <c>ipfs</c>, <c>ipfs/json</c>, <c>ipfs/cbor</c>, or a type of
/// Solidity.</param>
public sealed partial record Shaping(string KeyPath, string Multiplier, string Abi)
{
    /// <summary>Each product may have hundreds of digits, however short its factors are.</summary>
    private const int ItemsMax = 10_000;

    /// <summary>
    /// The first executor turned every text that looks like hexadecimal digits into bytes, also where a text was
    /// meant. Only where its contracts are to be served is this done.
    /// </summary>
    public bool HexBecomesBytes { get; init; }

    public static Shaping Of(RequestPairs pairs) => new(pairs.KeyPath, pairs.Multiplier, pairs.Abi);

    public bool IsPlain => KeyPath.Length == 0 && Multiplier.Length == 0 && Abi is "" or "json";

    /// <summary>What cannot be made of any answer is refused before there is one.</summary>
    /// <exception cref="RequestRefusedException"><c>operator.no-number</c>, <c>operator.bad-abi</c>.</exception>
    public void Require()
    {
        if (Multiplier.Length > 0) _ = FactorOf();
        if (Abi is not ("" or "json" or "cbor" or "ipfs" or "ipfs/json" or "ipfs/cbor")) SolidityValue.RequireType(Abi);
    }

    /// <param name="keep">Takes a blob in, and names it.</param>
    /// <exception cref="RequestRefusedException"><c>operator.no-such-key</c>, <c>operator.no-number</c>,
    /// <c>operator.bad-abi</c>.</exception>
    public async Task<byte[]> ApplyAsync(JsonNode? document, Func<byte[], Task<Digest>> keep)
    {
        var part = Times(Results.KeyPath.Follow(document, KeyPath));
        switch (Abi)
        {
            case "" or "json": return JsonText.Bytes(part);
            case "cbor": return CborDocument.Encode(part);
            case "ipfs" or "ipfs/json": return await KeptAsync(JsonText.Bytes(part), keep).ConfigureAwait(false);
            case "ipfs/cbor": return await KeptAsync(CborDocument.Encode(part), keep).ConfigureAwait(false);
            default: return SolidityValue.Encode(Abi, part);
        }
    }

    /// <summary>What a program wrote: as it is, unless it is a document, or something is to be made of it.</summary>
    public async Task<byte[]> ApplyAsync(byte[] said, Func<byte[], Task<Digest>> keep)
    {
        if (JsonText.TryParse(said, out var document)) return await ApplyAsync(document, keep).ConfigureAwait(false);
        if (IsPlain) return Plain(said);
        if (KeyPath.Length > 0)
            throw new RequestRefusedException("operator.no-such-key",
                "A part of the answer is asked for, and the answer is no document of JSON.");
        // A plain text is a value as well: of a type, or times something.
        var text = JsonValue.Create(Encoding.UTF8.GetString(said).TrimEnd('\n'));
        return await ApplyAsync(text, keep).ConfigureAwait(false);
    }

    /// <summary>A text that nothing is made of; see <see cref="HexBecomesBytes"/>.</summary>
    public byte[] Plain(byte[] said)
    {
        if (!HexBecomesBytes || said.Length < 3 || !LooksLikeHex().IsMatch(Encoding.Latin1.GetString(said)))
            return said;
        var text = Encoding.ASCII.GetString(said);
        // An odd digit has no byte: the executor failed there.
        return text.Length % 2 == 0 ? Hex.ParseData(text, "the answer") : said;
    }

    private static async Task<byte[]> KeptAsync(byte[] content, Func<byte[], Task<Digest>> keep) =>
        Encoding.ASCII.GetBytes(ContentId.Of(await keep(content).ConfigureAwait(false)));

    private JsonNode? Times(JsonNode? value)
    {
        if (Multiplier.Length == 0) return value;
        var factor = FactorOf();
        if (value is not JsonArray list) return Times(value, factor);
        if (list.Count > ItemsMax)
            throw new RequestRefusedException("operator.no-number",
                $"The answer is a list of {list.Count}, and {ItemsMax} are multiplied at most. Ask for a part of it.");
        var product = new JsonArray();
        foreach (var item in list) product.Add((JsonNode)Times(item, factor));
        return product;
    }

    private BigDecimal FactorOf() => BigDecimal.TryParse(Multiplier)
        ?? throw new RequestRefusedException("operator.no-number",
            $"The multiplier '{Sentence.Short(Multiplier)}' is no number.");

    /// <summary>As text, for no number of JSON is read exactly by everybody.</summary>
    private static JsonValue Times(JsonNode? value, BigDecimal factor)
    {
        var text = value?.GetValueKind() switch
        {
            JsonValueKind.String => value.GetValue<string>(),
            JsonValueKind.Number => value.ToJsonString(),
            _ => "",
        };
        var number = BigDecimal.TryParse(text)
            ?? throw new RequestRefusedException("operator.no-number",
                $"The answer {Sentence.Short(JsonText.Of(value))} is no number, and is to be multiplied.");
        return JsonValue.Create((number * factor).Round().ToString(CultureInfo.InvariantCulture));
    }

    [GeneratedRegex("^0x[A-Fa-f0-9]+\\z")]
    private static partial Regex LooksLikeHex();
}
