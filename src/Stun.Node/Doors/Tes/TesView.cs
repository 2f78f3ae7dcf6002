using System.Globalization;
using System.Text;
using Stun.Execution.Containers;
using Stun.Node.Gateway;
using Stun.Node.Storage;

namespace Stun.Node.Doors.Tes;

internal enum TesDetail : byte
{
    Minimal,
    Basic,
    Full,
}

/// <summary>Shows a task as the standard says, with as much of it as was asked for.</summary>
/// <param name="door">Where this node is, as the caller has it.</param>
internal sealed class TesView(TesGround ground, string door)
{
    /// <summary>Of each stream: its end.</summary>
    private const int TailBytes = 16 << 10;

    public TesTask Of(TesEntry entry, TesDetail detail)
    {
        if (detail == TesDetail.Minimal)
            return new TesTask { Id = entry.Id, State = entry.State };
        var isFull = detail == TesDetail.Full;
        return entry.Task with
        {
            Id = entry.Id,
            State = entry.State,
            CreationTime = Text(entry.CreatedAt),
            Inputs = isFull ? entry.Task.Inputs : entry.Task.Inputs?.Select(Plain).ToList(),
            Logs = LogsOf(entry, isFull),
        };
    }

    private static TesInput Plain(TesInput input) => input with { Content = null };

    private IReadOnlyList<TesTaskLog> LogsOf(TesEntry entry, bool isFull)
    {
        var steps = ground.Book.Steps(entry.Id);
        if (steps.Count == 0 && entry.EndedAt is null && entry.Notes.Count == 0) return [];
        var metadata = new SortedDictionary<string, string>(StringComparer.Ordinal);
        List<TesExecutorLog> logs = [];
        foreach (var step in steps)
        {
            var attempts = ground.Queries.Attempts(step.Task);
            AddMetadata(metadata, step, attempts);
            if (step.Result is null) continue;
            var executor = entry.Task.Executors![step.Number];
            logs.Add(new TesExecutorLog
            {
                StartTime = Text(step.BeganAt),
                EndTime = Text(step.EndedAt),
                ExitCode = step.ExitCode,
                Stdout = isFull ? TailOf(step, attempts, LogStream.Output, executor.Stdout) : null,
                Stderr = isFull ? TailOf(step, attempts, LogStream.Errors, executor.Stderr) : null,
            });
        }
        return
        [
            new TesTaskLog
            {
                Logs = logs,
                Metadata = metadata,
                StartTime = steps.Count > 0 ? Text(steps[0].BeganAt ?? entry.CreatedAt) : null,
                EndTime = Text(entry.EndedAt),
                Outputs =
                [
                    .. entry.Outputs.Select(file => new TesOutputFileLog(
                        $"{door}/v1/blobs/sha256:{file.Digest}", file.Path,
                        file.Size.ToString(CultureInfo.InvariantCulture))),
                ],
                SystemLogs = isFull ? entry.Notes : null,
            },
        ];
    }

    /// <summary>What the standard has no field for: who ran it, what it cost, how sure the result is.</summary>
    private void AddMetadata(
        SortedDictionary<string, string> metadata, TesStep step, IReadOnlyList<StoredAttempt> attempts)
    {
        var of = $"executor_{step.Number}_";
        metadata[of + "task"] = step.Task.ToString();
        metadata[of + "price_limit"] = step.Order.Order.PriceLimit.ToString();
        if (step.Result is { } result) metadata[of + "result"] = $"sha256:{result}";
        var delivered = attempts.Where(attempt => attempt.Receipt is not null).ToList();
        if (delivered.Count > 0)
        {
            metadata[of + "providers"] = string.Join(' ', delivered.Select(attempt => attempt.Provider));
            metadata[of + "receipts"] = string.Join(' ',
                delivered.Select(attempt => TypedData.StructHash(attempt.Receipt!.Receipt)));
        }
        if (ground.Queries.Verdict(step.Task)?.Verdict?.Verdict is { } verdict)
        {
            metadata[of + "verdict"] = verdict.Outcome.ToString();
            metadata[of + "cheat_pass_ppb"] = verdict.CheatPassPpb.ToString(CultureInfo.InvariantCulture);
        }
        if (ground.Queries.Settlement(step.Task) is { } paid)
            metadata[of + "price"] = $"{paid.Held.Units - paid.Refund.Units}";
    }

    /// <summary>From the file that it was sent to, else from what the provider has passed on.</summary>
    private string? TailOf(
        TesStep step, IReadOnlyList<StoredAttempt> attempts, LogStream stream, string? path)
    {
        if (path is { Length: > 0 }) return TailOfFile(step, path);
        var attempt = attempts.FirstOrDefault(attempt => attempt.Receipt?.Receipt.Result == step.Result);
        if (attempt is null) return null;
        var logs = ground.Plan.Logs;
        var buffer = new byte[TailBytes];
        var length = logs.LengthOf(attempt.Id, stream);
        var count = logs.Read(attempt.Id, stream, Math.Max(0, length - TailBytes), buffer);
        return Encoding.UTF8.GetString(buffer, 0, count);
    }

    private string? TailOfFile(TesStep step, string path)
    {
        using var whole = ground.Plan.Blobs.TryOpen(step.Result!.Value);
        if (whole is null || whole.Length > WireLimits.MessageBytesMax) return null;
        var bytes = new byte[whole.Length];
        whole.ReadExactly(bytes);
        try
        {
            var file = ProtocolWire.DecodeResultManifest(bytes).Files.FirstOrDefault(file => file.Name == path);
            using var content = file is null ? null : ground.Plan.Blobs.TryOpen(file.Digest);
            if (content is null) return null;
            content.Seek(Math.Max(0, content.Length - TailBytes), SeekOrigin.Begin);
            var tail = new byte[Math.Min(content.Length, TailBytes)];
            content.ReadExactly(tail);
            return Encoding.UTF8.GetString(tail);
        }
        catch (WireException)
        {
            return null;
        }
    }

    private static string? Text(Instant? at) => at is { } instant
        ? WallTime.Time(instant).ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture)
        : null;
}
