using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Stun.Node.Doors.OpenAi;

/// <summary>Documents that are translated: as they came, as far as one can be read and written again.</summary>
internal static class PlainJson
{
    private const int DepthMax = 128;

    public static readonly JsonSerializerOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        // What was read stands deeper in what is written around it.
        MaxDepth = 2 * DepthMax,
    };

    /// <summary>A name that is there twice means something else to each reader.</summary>
    private static readonly JsonDocumentOptions Reading = new()
    {
        MaxDepth = DepthMax,
        AllowDuplicateProperties = false,
    };

    /// <summary>Null where it is no object.</summary>
    /// <exception cref="JsonException">It is no JSON, or has halves of pairs, which are no text.</exception>
    public static JsonObject? Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Reading.MaxDepth });
        try
        {
            while (reader.Read())
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                    reader.GetString();
        }
        catch (InvalidOperationException half)
        {
            throw new JsonException("A text has half of a pair of surrogates.", half);
        }
        return JsonNode.Parse(json, null, Reading) as JsonObject;
    }
}
