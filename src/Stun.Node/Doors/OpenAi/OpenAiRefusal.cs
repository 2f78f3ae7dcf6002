using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Stun.Node.Gateway;

namespace Stun.Node.Doors.OpenAi;

/// <summary>
/// Refuses as OpenAI's API does, so that its clients raise the right exception and retry what is worth it. Where they
/// look for one of its own codes, that is the code; ours stands in the header <c>stun-code</c> in any case.
/// </summary>
internal sealed class OpenAiRefusal : IRefusalForm
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static OpenAiRefusal Form { get; } = new();

    public Task WriteAsync(HttpContext context, ErrorEntry entry, ApiException refused)
    {
        var response = context.Response;
        // Its clients know 422 as well, but what they are told to mend comes with 400.
        if (entry.Status == StatusCodes.Status422UnprocessableEntity)
            response.StatusCode = StatusCodes.Status400BadRequest;
        response.ContentType = "application/json";
        response.Headers[OpenAiHeaders.Code] = entry.Code;
        response.Headers[OpenAiHeaders.RequestId] = context.TraceIdentifier;
        var body = Body(entry, refused);
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    public static ReadOnlyMemory<byte> Body(ErrorEntry entry, ApiException refused)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(bytes, Plain);
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteString("message", refused.Message.Length == 0 ? entry.Title : $"{refused.Message} {entry.Cure}");
        json.WriteString("type", TypeOf(entry));
        if (refused.Faults.Count > 0) json.WriteString("param", refused.Faults[0].Path);
        else json.WriteNull("param");
        json.WriteString("code", CodeOf(entry.Code));
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return bytes.WrittenMemory;
    }

    /// <summary>What a stream says when it cannot go on: clients raise it as an error of the API.</summary>
    public static ReadOnlyMemory<byte> Event(string code, string detail)
    {
        var body = Body(ErrorBook.Of(code), new ApiException(code, detail));
        var bytes = new byte[body.Length + 8];
        "data: "u8.CopyTo(bytes);
        body.Span.CopyTo(bytes.AsSpan(6));
        "\n\n"u8.CopyTo(bytes.AsSpan(6 + body.Length));
        return bytes;
    }

    private static string CodeOf(string code) => code switch
    {
        "model.unknown" => "model_not_found",
        "quota.spent" => "insufficient_quota",
        _ => code,
    };

    private static string TypeOf(ErrorEntry entry) => entry.Status switch
    {
        StatusCodes.Status401Unauthorized => "authentication_error",
        StatusCodes.Status403Forbidden => "permission_error",
        StatusCodes.Status404NotFound => "not_found_error",
        StatusCodes.Status429TooManyRequests when entry.Code == "quota.spent" => "insufficient_quota",
        StatusCodes.Status429TooManyRequests => "rate_limit_error",
        StatusCodes.Status503ServiceUnavailable => "overloaded_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };
}
