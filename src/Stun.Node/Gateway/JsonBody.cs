using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Stun.Node.Gateway;

/// <summary>
/// Reads a body that is JSON: whole, in bounded time and to a bounded depth.
/// </summary>
internal static class JsonBody
{
    /// <summary>As the deepest form has, and some more, so that what is wrong can be named.</summary>
    public const int DepthMax = 16;

    public static async Task<T> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, TimeSpan within)
        where T : class
    {
        RequireJson(request.ContentType);
        var reader = request.BodyReader;
        var clock = new BodyClock(within);
        while (true)
        {
            var result = await clock.ReadAsync(reader, request.HttpContext.RequestAborted).ConfigureAwait(false);
            if (!result.IsCompleted)
            {
                reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                continue;
            }
            try
            {
                return Parse(result.Buffer, type) ?? throw new ApiException("request.malformed", "The body is null.");
            }
            finally
            {
                // Also for what cannot be parsed: the server goes on reading behind it, or gives the connection up.
                reader.AdvanceTo(result.Buffer.End);
            }
        }
    }

    private static T? Parse<T>(ReadOnlySequence<byte> bytes, JsonTypeInfo<T> type)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = DepthMax });
        var value = JsonSerializer.Deserialize(ref reader, type);
        // Something behind the value throws here.
        reader.Read();
        return value;
    }

    internal static void RequireJson(string? contentType)
    {
        const string json = "application/json";
        if (contentType is null || contentType.StartsWith(json, StringComparison.OrdinalIgnoreCase)) return;
        throw new ApiException("request.media-type", $"The body is '{Sentence.Short(contentType)}', not {json}.");
    }
}
