using System.Globalization;
using System.Text;
using System.Text.Json;
using Stun.Tee.Certificates;
using Stun.Tee.Reading;

namespace Stun.Tee.Intel;

/// <summary>
/// A statement of Intel as JSON with a signature over its exact bytes. What is checked are the bytes as they came, and
/// what is read is read from the same bytes.
/// </summary>
internal sealed record SignedJson(
    ReadOnlyMemory<byte> Body, ReadOnlyMemory<byte> Signature, IReadOnlyList<Certificate> Chain)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>An answer as Intel sends it: the statement under a name, and its signature.</summary>
    public static SignedJson FromEnvelope(ReadOnlyMemory<byte> envelope, string name, IReadOnlyList<Certificate> chain)
    {
        using var document = Parse(envelope, name);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(name, out var body)
            || !root.TryGetProperty("signature", out var signature))
            throw new EvidenceException("format.json", $"There is no {name} with a signature.");
        return Make(Encoding.UTF8.GetBytes(body.GetRawText()), Text(signature, "signature"), chain);
    }

    public static SignedJson Make(ReadOnlyMemory<byte> body, string signature, IReadOnlyList<Certificate> chain)
    {
        if (body.Length > TeeLimits.CollateralBytesMax)
            throw new EvidenceException("format.size", $"A statement of {body.Length} bytes is too large.");
        return new SignedJson(body, Bits.FromHex(signature, 64, "The signature of a statement"), chain);
    }

    public T Read<T>(string what, Func<JsonElement, T> read)
    {
        using var document = Parse(Body, what);
        try
        {
            return read(document.RootElement);
        }
        catch (Exception failure) when (failure is InvalidOperationException or KeyNotFoundException
            or FormatException or OverflowException)
        {
            throw new EvidenceException("format.json", $"{what} is not what it is said to be: {failure.Message}");
        }
    }

    public static string Text(JsonElement element, string what) => element.ValueKind == JsonValueKind.String
        ? element.GetString()! : throw new EvidenceException("format.json", $"'{what}' is no text.");

    public static byte[] HexOf(JsonElement parent, string name, int size) =>
        Bits.FromHex(Text(parent.GetProperty(name), name), size, $"'{name}'");

    public static DateTimeOffset TimeOf(JsonElement parent, string name)
    {
        var text = Text(parent.GetProperty(name), name);
        return DateTimeOffset.TryParseExact(text, "yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out var time)
            ? time : throw new EvidenceException("format.json", $"'{name}' is no time.");
    }

    public static TcbStatus StatusOf(JsonElement level)
    {
        // Names only: the framework would take numbers for a status, too.
        var text = Text(level.GetProperty("tcbStatus"), "tcbStatus");
        return Enum.GetNames<TcbStatus>().Contains(text) ? Enum.Parse<TcbStatus>(text)
            : throw new EvidenceException("format.json", $"The status '{text}' is not known.");
    }

    public static IReadOnlyList<string> AdvisoriesOf(JsonElement level) =>
        level.TryGetProperty("advisoryIDs", out var list)
            ? [.. list.EnumerateArray().Select(each => Text(each, "advisoryIDs"))] : [];

    private static JsonDocument Parse(ReadOnlyMemory<byte> bytes, string what)
    {
        if (bytes.Length > TeeLimits.CollateralBytesMax)
            throw new EvidenceException("format.size", $"{what} of {bytes.Length} bytes is too large.");
        try
        {
            return JsonDocument.Parse(bytes, Strict);
        }
        catch (JsonException failure)
        {
            throw new EvidenceException("format.json", $"{what} is no JSON: {failure.Message}");
        }
    }
}
