using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Stun.Node.Operator.Results;

/// <summary>Documents as texts: without spaces and needless escapes, for each byte costs gas.</summary>
public static class JsonText
{
    /// <summary>Deeper documents are rather an attack on the stack.</summary>
    public const int DepthMax = 64;

    private static readonly JsonSerializerOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = DepthMax,
    };

    public static string Of(JsonNode? value) => value is null ? "null" : value.ToJsonString(Options);

    public static byte[] Bytes(JsonNode? value) => Encoding.UTF8.GetBytes(Of(value));

    /// <summary>False where it is none.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out JsonNode? value)
    {
        value = null;
        try
        {
            value = JsonNode.Parse(text, null, new JsonDocumentOptions { MaxDepth = DepthMax });
            // Objects are read when they are looked at: names that stand twice come to light here.
            _ = value?.ToJsonString(Options);
            return true;
        }
        catch (Exception bad) when (bad is JsonException or ArgumentException)
        {
            value = null;
            return false;
        }
    }
}
