using System.Text.Json;
using System.Text.Json.Nodes;

namespace Stun.Node.Doors.OpenAi;

/// <summary>One question of a batch.</summary>
internal sealed record BatchQuestion(long Line, string CustomId, byte[] Body);

internal sealed record BatchFault(long? Line, string? Param, string Message);

/// <summary>
/// The lines of an input file, read one by one: twice, first to find everything that is wrong, then to ask.
/// </summary>
internal sealed class BatchInput(Stream file, string endpoint)
{
    public const int LinesMax = 50_000;
    private const int LineBytesMax = 8 << 20;
    private const int FaultsMax = 100;
    private const int DepthMax = 128;
    private readonly byte[] buffer = new byte[64 << 10];
    private int start;
    private int end;
    private long line;

    /// <returns>How many questions there are, and what is wrong with them.</returns>
    public async Task<(long Count, IReadOnlyList<BatchFault> Faults)> CheckAsync(CancellationToken cancel)
    {
        List<BatchFault> faults = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        var count = 0L;
        while (faults.Count < FaultsMax && await NextLineAsync(cancel).ConfigureAwait(false) is { } bytes)
        {
            if (bytes.Length == 0) continue;
            count++;
            if (count > LinesMax) return (count, [new BatchFault(line, null, $"There are more than {LinesMax} lines.")]);
            if (bytes.Length > LineBytesMax)
            {
                faults.Add(new BatchFault(line, null, $"The line is longer than {LineBytesMax} bytes."));
                continue;
            }
            if (Read(bytes, out var question) is { } fault) faults.Add(fault);
            else if (!names.Add(question!.CustomId))
                faults.Add(new BatchFault(line, "custom_id", $"'{question.CustomId}' was there before."));
        }
        if (count == 0) faults.Add(new BatchFault(null, null, "The file has no lines."));
        return (count, faults);
    }

    /// <summary>The next question of a file that was checked; null at its end.</summary>
    public async Task<BatchQuestion?> NextAsync(CancellationToken cancel)
    {
        while (await NextLineAsync(cancel).ConfigureAwait(false) is { } bytes)
        {
            if (bytes.Length == 0) continue;
            Read(bytes, out var question);
            return question;
        }
        return null;
    }

    private BatchFault? Read(byte[] bytes, out BatchQuestion? question)
    {
        question = null;
        JsonObject? form;
        try
        {
            form = JsonNode.Parse(bytes, null, new JsonDocumentOptions { MaxDepth = DepthMax }) as JsonObject;
        }
        catch (JsonException failure)
        {
            return new BatchFault(line, null, $"The line is no JSON: {failure.Message}");
        }
        if (form is null) return new BatchFault(line, null, "The line is no object of JSON.");
        if (ResponseForm.TextOf(form["custom_id"]) is not { Length: > 0 and <= 512 } name)
            return new BatchFault(line, "custom_id", "It must be a text of 1 to 512 characters.");
        if (ResponseForm.TextOf(form["method"]) != "POST") return new BatchFault(line, "method", "It must be POST.");
        if (ResponseForm.TextOf(form["url"]) != endpoint)
            return new BatchFault(line, "url", $"It must be the batch's endpoint, {endpoint}.");
        if (form["body"] is not JsonObject body) return new BatchFault(line, "body", "It must be an object.");
        if (body["stream"] is JsonValue stream && stream.TryGetValue(out bool isStream) && isStream)
            return new BatchFault(line, "body.stream", "A batch has no streams.");
        question = new BatchQuestion(line, name, JsonSerializer.SerializeToUtf8Bytes(body, PlainJson.Options));
        return null;
    }

    /// <summary>Without its end; of a line that is too long, so much that this shows.</summary>
    private async Task<byte[]?> NextLineAsync(CancellationToken cancel)
    {
        using var bytes = new MemoryStream();
        while (true)
        {
            var at = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            var length = at < 0 ? end - start : at;
            if (bytes.Length <= LineBytesMax) bytes.Write(buffer, start, length);
            start += at < 0 ? length : length + 1;
            if (at >= 0) break;
            (start, end) = (0, await file.ReadAsync(buffer, cancel).ConfigureAwait(false));
            if (end > 0) continue;
            if (bytes.Length == 0) return null;
            break;
        }
        line++;
        return bytes.ToArray().AsSpan().Trim(" \t\r\uFEFF"u8).ToArray();
    }
}
