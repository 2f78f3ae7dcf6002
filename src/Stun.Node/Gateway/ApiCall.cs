using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Stun.Node.Gateway;

/// <summary>One request, after it was found out who makes it.</summary>
public readonly record struct ApiCall(HttpContext Http, ApiPrincipal? Caller)
{
    public ApiPrincipal Who => Caller ?? throw new InvariantException("an endpoint for somebody has a caller");

    public CancellationToken Cancel => Http.RequestAborted;

    public HttpRequest Request => Http.Request;

    public HttpResponse Response => Http.Response;

    public string Part(string name) => Plain(name, Http.Request.RouteValues[name] as string ?? "");

    public string? Query(string name)
    {
        if (!Http.Request.Query.TryGetValue(name, out var values) || values.Count == 0) return null;
        if (values.Count > 1) throw Bad(name, "is given more than once");
        return values[0] is { Length: <= 512 } text
            ? Plain(name, text) : throw Bad(name, "is longer than 512 characters");
    }

    public long Number(string name, long standard, long least, long most)
    {
        if (Query(name) is not { } text) return standard;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value >= least && value <= most) return value;
        throw Bad(name, $"must be a whole number from {least} to {most}");
    }

    public bool Flag(string name) => Query(name) switch
    {
        null or "0" or "false" => false,
        "" or "1" or "true" => true,
        _ => throw Bad(name, "must be 0 or 1"),
    };

    public Instant? Time(string name)
    {
        if (Query(name) is not { } text) return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
            return WallTime.At(at);
        throw Bad(name, "must be a time like 2030-01-31T12:00:00Z");
    }

    public Address? AddressOf(string name)
    {
        if (Query(name) is not { } text) return null;
        return FormReader.TryAddress(text, out var address)
            ? address
            : throw Bad(name, "must be 0x and 40 hexadecimal digits");
    }

    public Address AddressPart(string name) => FormReader.TryAddress(Part(name), out var address)
        ? address
        : throw Bad(name, "must be 0x and 40 hexadecimal digits");

    public string? Header(string name)
    {
        var values = Http.Request.Headers[name];
        return values.Count == 0 ? null : values.ToString();
    }

    public Task AnswerAsync<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        Http.Response.StatusCode = status;
        return Http.Response.WriteAsJsonAsync(value, type, cancellationToken: Http.RequestAborted);
    }

    public bool Accepts(string mediaType) =>
        Http.Request.Headers.Accept.ToString().Contains(mediaType, StringComparison.OrdinalIgnoreCase);

    /// <summary>What is looked up: some databases take no text with this character, and none has one.</summary>
    public static string Plain(string name, string text) =>
        text.Contains('\0', StringComparison.Ordinal) ? throw Bad(name, "has a character of code 0") : text;

    public static ApiException Bad(string name, string what) =>
        new("request.invalid", $"{name}: {what}") { Faults = [new FormFault(name, what)] };
}
