using System.Text.Json.Nodes;
using Stun.Zk.Curves;
using Stun.Zk.Fields;

namespace Stun.Zk.Files;

/// <summary>Points and numbers in the JSON that the field's tools exchange.</summary>
internal static class JsonWriting
{
    public static JsonArray Of(in AffinePoint<Fq> point) => point.IsInfinity
        ? new JsonArray("0", "1", "0")
        : new JsonArray(point.X.ToString(), point.Y.ToString(), "1");

    public static JsonArray Of(in AffinePoint<Fq2> point) => point.IsInfinity
        ? new JsonArray(new JsonArray("0", "0"), new JsonArray("1", "0"), new JsonArray("0", "0"))
        : new JsonArray(Of(point.X), Of(point.Y), new JsonArray("1", "0"));

    public static JsonArray Of(ReadOnlySpan<Fr> scalars)
    {
        var array = new JsonArray();
        foreach (var scalar in scalars) array.Add((JsonNode)scalar.ToString());
        return array;
    }

    /// <summary>A number as 64 hexadecimal digits, as calls of contracts are written down.</summary>
    public static string Hex(in Fq value)
    {
        Span<byte> bytes = stackalloc byte[Fq.ByteCount];
        value.WriteBigEndian(bytes);
        return "0x" + Convert.ToHexStringLower(bytes);
    }

    public static string Hex(in Fr value)
    {
        Span<byte> bytes = stackalloc byte[Fr.ByteCount];
        value.WriteBigEndian(bytes);
        return "0x" + Convert.ToHexStringLower(bytes);
    }

    private static JsonArray Of(in Fq2 value) => new(value.C0.ToString(), value.C1.ToString());
}
