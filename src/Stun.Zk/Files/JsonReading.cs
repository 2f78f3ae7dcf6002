using System.Text.Json;
using Stun.Zk.Curves;
using Stun.Zk.Fields;

namespace Stun.Zk.Files;

/// <summary>
/// Strict reading of the JSON that the field's tools exchange: numbers are canonical decimal texts, points end with the
/// third coordinate that makes them affine. What is not so is refused with its place.
/// </summary>
internal static class JsonReading
{
    // A verification key for 2^16 public values has less; nobody needs larger documents.
    private const long BytesMax = 64 << 20;

    public static JsonDocument Open(string path)
    {
        var length = new FileInfo(path).Length;
        if (length > BytesMax)
        {
            throw new ZkException(ZkCodes.FileLimit, $"{path} has {length} bytes; documents have at most {BytesMax}.");
        }
        return Parse(File.ReadAllBytes(path), path);
    }

    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8, string place)
    {
        try
        {
            return JsonDocument.Parse(utf8, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 8 });
        }
        catch (JsonException broken)
        {
            throw new ZkException(ZkCodes.Json, $"{place} is no JSON document: {broken.Message}");
        }
    }

    public static JsonElement Field(this JsonElement element, string name, string place)
    {
        if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)) return value;
        throw new ZkException(ZkCodes.Json, $"{place} has no \"{name}\".");
    }

    public static void RequireText(this JsonElement element, string name, string expected, string place)
    {
        if (Text(element.Field(name, place)) == expected) return;
        throw new ZkException(ZkCodes.FileKind, $"{place}: \"{name}\" must be \"{expected}\".");
    }

    public static JsonElement[] Elements(this JsonElement element, string place, int? count = null)
    {
        if (element.ValueKind != JsonValueKind.Array) throw new ZkException(ZkCodes.Json, $"{place} is no array.");
        var length = element.GetArrayLength();
        if (count is { } expected && length != expected)
        {
            throw new ZkException(ZkCodes.Json, $"{place} has {length} elements and not {expected}.");
        }
        return [.. element.EnumerateArray()];
    }

    public static Fr Scalar(this JsonElement element, string place) =>
        Fr.TryParse(Text(element), out var value) ? value : throw NotCanonical(place, "scalars");

    public static Fq Coordinate(this JsonElement element, string place) =>
        Fq.TryParse(Text(element), out var value) ? value : throw NotCanonical(place, "the curve");

    /// <summary>A point of G1, not yet checked to be one.</summary>
    public static AffinePoint<Fq> G1Point(this JsonElement element, string place)
    {
        var parts = element.Elements(place, 3);
        var point = new AffinePoint<Fq>(parts[0].Coordinate(place), parts[1].Coordinate(place));
        return IsInfinite(parts[2].Coordinate(place), place) ? default : point;
    }

    /// <summary>A point of G2, not yet checked to be one.</summary>
    public static AffinePoint<Fq2> G2Point(this JsonElement element, string place)
    {
        var parts = element.Elements(place, 3);
        var third = Pair(parts[2], place);
        if (!third.C1.IsZero) throw NotAffine(place);
        var point = new AffinePoint<Fq2>(Pair(parts[0], place), Pair(parts[1], place));
        return IsInfinite(third.C0, place) ? default : point;
    }

    private static Fq2 Pair(JsonElement element, string place)
    {
        var parts = element.Elements(place, 2);
        return new Fq2(parts[0].Coordinate(place), parts[1].Coordinate(place));
    }

    private static bool IsInfinite(Fq third, string place)
    {
        if (third.IsZero) return true;
        return third == Fq.One ? false : throw NotAffine(place);
    }

    private static string? Text(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String) return null;
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half of a pair of characters, or bytes that are no UTF-8: the document was read, this text is none.
            return null;
        }
    }

    private static ZkException NotAffine(string place) =>
        new(ZkCodes.Point, $"{place} is not in affine form: its third coordinate is neither 1 nor 0.");

    private static ZkException NotCanonical(string place, string prime) =>
        new(ZkCodes.Number, $"{place} is no decimal text of a number below the prime of {prime}.");
}
