using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Stun.Node.Gateway;

namespace Stun.Node.Doors.OpenAi;

/// <summary>How this door writes what it says itself.</summary>
internal static class OpenAiJson
{
    private const long SecondMicros = 1_000_000;

    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static long Seconds(Instant at) => at.Micros / SecondMicros;

    public static ReadOnlyMemory<byte> Bytes(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Options)) write(json);
        return bytes.WrittenMemory;
    }

    public static async Task AnswerAsync(ApiCall call, Action<Utf8JsonWriter> write)
    {
        var bytes = Bytes(write);
        var response = call.Response;
        response.Headers[OpenAiHeaders.RequestId] = call.Http.TraceIdentifier;
        response.ContentType = "application/json";
        response.ContentLength = bytes.Length;
        await response.BodyWriter.WriteAsync(bytes, call.Cancel).ConfigureAwait(false);
    }
}
