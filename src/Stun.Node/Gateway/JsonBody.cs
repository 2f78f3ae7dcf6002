using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Stun.Node.Gateway;

/// <summary>
/// Reads a body that is JSON: whole, in bounded time and to a bounded depth. What has arrived already, as most have,
/// costs no timer.
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
        var started = 0L;
        while (true)
        {
            var reading = reader.ReadAsync(request.HttpContext.RequestAborted);
            ReadResult result;
            if (reading.IsCompleted) result = await reading.ConfigureAwait(false);
            else
            {
                if (started == 0) started = Environment.TickCount64;
                var left = within - TimeSpan.FromMilliseconds(Environment.TickCount64 - started);
                result = await InTimeAsync(reader, reading, left).ConfigureAwait(false);
            }
            if (!result.IsCompleted)
            {
                reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                continue;
            }
            var value = Parse(result.Buffer, type);
            reader.AdvanceTo(result.Buffer.End);
            return value ?? throw new ApiException("request.malformed", "The body is null.");
        }
    }

    private static async Task<ReadResult> InTimeAsync(PipeReader reader, ValueTask<ReadResult> reading, TimeSpan left)
    {
        try
        {
            if (left <= TimeSpan.Zero) left = TimeSpan.FromMilliseconds(1);
            return await reading.AsTask().WaitAsync(left).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            reader.CancelPendingRead();
            throw new ApiException("request.too-slow", "The body did not arrive in time.");
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

    private static void RequireJson(string? contentType)
    {
        if (contentType is null || contentType.StartsWith("application/json", StringComparison.OrdinalIgnoreCase)) return;
        throw new ApiException("request.media-type", $"The body is '{contentType}', not application/json.");
    }
}
