using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Stun.Execution.Containers;
using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>What a task's programs write, while they write it.</summary>
internal sealed class LogRoutes(DoorPlan plan, TaskBooks books, StreamCount streams)
{
    private const string Lines = "application/x-ndjson";
    private const int PieceBytes = 16 << 10;

    /// <summary>When nobody rings: an attempt that was lost, or one that another node runs.</summary>
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(1);

    private sealed class Source(AttemptId attempt, LogStream stream, long offset)
    {
        public AttemptId Attempt => attempt;
        public LogStream Stream => stream;
        public long Offset { get; set; } = offset;
        public string StreamName => stream == LogStream.Output ? "output" : "errors";
    }

    public IEnumerable<ApiRoute> All() =>
    [
        new("GET", "/v1/tasks/{id}/logs", "getLogs",
            "What an attempt wrote: the bytes of one stream, or lines of JSON for all.", LogsAsync)
        {
            Right = Right.TasksRead,
            IsStream = true,
            Parameters =
            [
                ApiParameter.Path("id", "The task: 32 hexadecimal digits."),
                ApiParameter.Query("follow", "boolean", "Go on while the attempt runs."),
                ApiParameter.Query("attempt", "string", "As a12. The newest for text, all for JSON, if left out."),
                ApiParameter.Query("stream", "string",
                    "output or errors. Output for text, both for JSON, if left out."),
                ApiParameter.Query("offset", "integer",
                    "Begin at this byte of the stream; for one attempt and stream."),
            ],
            Answers =
            [
                new ApiAnswer(200, "The bytes as they were written.", null, "text/plain"),
                new ApiAnswer(200, "A LogLineView a line.", typeof(LogLineView), Lines),
            ],
            Refusals = ["task.unknown", "request.invalid", "node.busy"],
        },
    ];

    private async Task LogsAsync(ApiCall call)
    {
        using var place = streams.Enter();
        var asLines = call.Accepts(Lines);
        var (id, _, _) = books.Find(call, wantsStored: false);
        var (wanted, stream, follows) = (AttemptOf(call), StreamOf(call), call.Flag("follow"));
        var offset = call.Number("offset", 0, 0, long.MaxValue);
        if (offset > 0 && asLines && (wanted is null || stream is null))
            throw ApiCall.Bad("offset", "is of one attempt and one stream: name both");
        call.Response.ContentType = asLines ? Lines : "text/plain; charset=utf-8";
        call.Response.Headers.CacheControl = "no-store";
        List<Source> sources = [];
        var buffer = new byte[PieceBytes];
        while (true)
        {
            var isOver = AddSources(sources, id, wanted, stream, asLines, offset);
            var bells = sources.Select(source => plan.Logs.Changed(source.Attempt)).Distinct().ToList();
            var any = false;
            foreach (var source in sources) any |= await SendAsync(call, source, buffer, asLines).ConfigureAwait(false);
            if (any) continue;
            if (!follows || isOver) break;
            await call.Response.Body.FlushAsync(call.Cancel).ConfigureAwait(false);
            using var again = CancellationTokenSource.CreateLinkedTokenSource(call.Cancel);
            await Task.WhenAny([.. bells, Task.Delay(LookAgainAfter, again.Token)]).ConfigureAwait(false);
            await again.CancelAsync().ConfigureAwait(false);
            call.Cancel.ThrowIfCancellationRequested();
        }
    }

    /// <summary>New attempts come while one follows. True when nothing more can come.</summary>
    private bool AddSources(
        List<Source> sources, TaskId task, AttemptId? wanted, LogStream? stream, bool asLines, long offset)
    {
        var attempts = books.Queries.Attempts(task);
        var chosen = wanted is { } one
            ? attempts.Where(attempt => attempt.Id == one).ToList()
            : asLines ? attempts : attempts.TakeLast(1).ToList();
        // One text has one source: it does not change over to another attempt half way.
        if (!asLines && sources.Count > 0) chosen = [.. attempts.Where(attempt => attempt.Id == sources[0].Attempt)];
        foreach (var attempt in chosen)
            foreach (var each in (LogStream[])[LogStream.Output, LogStream.Errors])
            {
                if (each != (stream ?? (asLines ? each : LogStream.Output))) continue;
                if (!sources.Exists(source => source.Attempt == attempt.Id && source.Stream == each))
                    sources.Add(new Source(attempt.Id, each, offset));
            }
        if (wanted is null && asLines || chosen.Count == 0)
            return books.Queries.FindTask(task) is { EndedAt: not null };
        return chosen.All(attempt => attempt.ClosedAt is not null || plan.Logs.IsEnded(attempt.Id));
    }

    private async Task<bool> SendAsync(ApiCall call, Source source, byte[] buffer, bool asLines)
    {
        var count = plan.Logs.Read(source.Attempt, source.Stream, source.Offset, buffer);
        if (count == 0) return false;
        if (asLines)
        {
            // A character is not cut in two, unless there is nothing else.
            count = WholeCharacters(buffer.AsSpan(0, count)) is > 0 and var whole ? whole : count;
            var line = new LogLineView(
                source.Attempt.ToString(), source.StreamName, source.Offset, count,
                Encoding.UTF8.GetString(buffer, 0, count));
            var json = JsonSerializer.SerializeToUtf8Bytes(line, ApiJson.Default.LogLineView);
            await call.Response.Body.WriteAsync((byte[])[.. json, (byte)'\n'], call.Cancel).ConfigureAwait(false);
        }
        else await call.Response.Body.WriteAsync(buffer.AsMemory(0, count), call.Cancel).ConfigureAwait(false);
        source.Offset += count;
        return true;
    }

    internal static int WholeCharacters(ReadOnlySpan<byte> text)
    {
        var start = text.Length;
        while (start > 0 && text.Length - start < 4 && (text[start - 1] & 0xC0) == 0x80) start--;
        if (start == 0) return text.Length;
        var lead = text[start - 1];
        var needed = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
        return text.Length - (start - 1) < needed ? start - 1 : text.Length;
    }

    private static AttemptId? AttemptOf(ApiCall call)
    {
        if (call.Query("attempt") is not { } text) return null;
        return text.StartsWith('a')
            && ulong.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new AttemptId(number)
            : throw ApiCall.Bad("attempt", "must be like a12");
    }

    private static LogStream? StreamOf(ApiCall call) => call.Query("stream") switch
    {
        null => null,
        "output" => LogStream.Output,
        "errors" => LogStream.Errors,
        _ => throw ApiCall.Bad("stream", "must be output or errors"),
    };
}
