using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace Stun.Integration.Gateway;

/// <summary>
/// Hashes typed data from its JSON alone, as a wallet does (EIP-712): the slow second way, that knows no order.
/// </summary>
internal static class TypedDataReckoning
{
    public static Digest DigestOf(JsonElement typed)
    {
        var types = typed.GetProperty("types");
        var domain = StructOf(types, "EIP712Domain", typed.GetProperty("domain"));
        var message = StructOf(types, typed.GetProperty("primaryType").GetString()!, typed.GetProperty("message"));
        return Keccak256.Hash([0x19, 0x01, .. domain, .. message]);
    }

    private static byte[] StructOf(JsonElement types, string name, JsonElement value)
    {
        var fields = types.GetProperty(name).EnumerateArray()
            .Select(field =>
                (Type: field.GetProperty("type").GetString()!, Name: field.GetProperty("name").GetString()!))
            .ToList();
        var text = $"{name}({string.Join(',', fields.Select(field => $"{field.Type} {field.Name}"))})";
        List<byte> words = [.. Hash(text)];
        foreach (var (type, field) in fields) words.AddRange(WordOf(type, value.GetProperty(field)));
        return Bytes(Keccak256.Hash([.. words]));
    }

    private static byte[] WordOf(string type, JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.Number ? value.GetRawText() : value.GetString()!;
        if (type == "string") return Hash(text);
        if (type == "bytes32") return Convert.FromHexString(text[2..]);
        var number = type == "address"
            ? BigInteger.Parse("0" + text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            : BigInteger.Parse(text, CultureInfo.InvariantCulture);
        var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - bytes.Length], .. bytes];
    }

    private static byte[] Hash(string text) => Bytes(Keccak256.Hash(Encoding.UTF8.GetBytes(text)));

    private static byte[] Bytes(Digest digest) => Convert.FromHexString(digest.ToString());
}
