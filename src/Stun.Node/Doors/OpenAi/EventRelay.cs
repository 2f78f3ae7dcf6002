using System.Buffers;
using System.IO.Pipelines;

namespace Stun.Node.Doors.OpenAi;

/// <summary>
/// Passes a stream of events on, whole events at a time and as soon as they are there, and reads from its bytes what
/// they cost. The piece that tells the usage is taken out where only this door had asked for it.
/// </summary>
internal sealed class EventRelay(bool hidesUsage)
{
    private const int BufferBytes = 16 << 10;

    /// <summary>An answer's events are some hundred bytes each; pictures may be in one.</summary>
    private const int EventBytesMax = 4 << 20;

    private bool isFinished;
    private bool hasData;
    private bool drops;

    /// <summary>As the back end said; null where it did not.</summary>
    public TokenUsage? Usage { get; private set; }

    /// <summary>Events that were passed on.</summary>
    public long Pieces { get; private set; }

    /// <summary>Of what was passed on.</summary>
    public long Bytes { get; private set; }

    /// <summary>It came to its own end.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>The back end itself said that it cannot go on.</summary>
    public bool IsError { get; private set; }

    /// <summary>Is shown what goes on, in whole events.</summary>
    public Action<ReadOnlySpan<byte>>? Passed { get; init; }

    /// <summary>Writes something else in their place.</summary>
    public Action<ReadOnlySpan<byte>, IBufferWriter<byte>>? Instead { get; init; }

    /// <exception cref="IOException">It broke off; what had come is passed on.</exception>
    public async Task RunAsync(Stream source, PipeWriter target, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        var (start, end) = (0, 0);
        try
        {
            while (true)
            {
                if (end == buffer.Length) buffer = Grow(buffer, end);
                var count = await source.ReadAsync(buffer.AsMemory(end), cancel).ConfigureAwait(false);
                if (count == 0) break;
                end += count;
                start = Pass(buffer.AsSpan(0, end), target);
                if (start > 0)
                {
                    await target.FlushAsync(cancel).ConfigureAwait(false);
                    buffer.AsSpan(start, end - start).CopyTo(buffer);
                    (start, end) = (0, end - start);
                }
            }
            PassRest(buffer.AsSpan(0, end), target);
            await target.FlushAsync(cancel).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Grow(byte[] buffer, int end)
    {
        if (end >= EventBytesMax) throw new IOException("One event is larger than any answer is.");
        var larger = ArrayPool<byte>.Shared.Rent(end * 2);
        buffer.AsSpan(0, end).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    /// <returns>Where the first event begins that is not whole yet.</returns>
    private int Pass(ReadOnlySpan<byte> bytes, PipeWriter target)
    {
        var (from, begin, at) = (0, 0, 0);
        while (at < bytes.Length && bytes[at..].IndexOf((byte)'\n') is >= 0 and var length)
        {
            var line = bytes.Slice(at, length);
            at += length + 1;
            if (line.Length > 0 && line[^1] == '\r') line = line[..^1];
            if (line.Length > 0)
            {
                Look(line);
                continue;
            }
            // The empty line ends the event.
            if (drops)
            {
                Write(bytes[from..begin], target);
                from = at;
            }
            else if (hasData) Pieces++;
            (drops, hasData) = (false, false);
            begin = at;
        }
        // Lines of an event that is not whole are looked at again, with their rest.
        (drops, hasData) = (false, false);
        Write(bytes[from..begin], target);
        return begin;
    }

    /// <summary>The last event may come without its empty line.</summary>
    private void PassRest(ReadOnlySpan<byte> rest, PipeWriter target)
    {
        foreach (var range in rest.Split((byte)'\n'))
            if (rest[range].TrimEnd((byte)'\r') is { Length: > 0 } line) Look(line);
        if (IsWhole && rest.Length > 0 && !drops)
        {
            Write(rest, target);
            Write("\n\n"u8, target);
        }
        // It said that it has finished and left out the last word, which clients wait for.
        if (!IsWhole && isFinished && !IsError)
        {
            IsWhole = true;
            Write("data: [DONE]\n\n"u8, target);
        }
    }

    private void Write(ReadOnlySpan<byte> bytes, PipeWriter target)
    {
        if (bytes.Length == 0) return;
        if (Instead is null) target.Write(bytes);
        else Instead(bytes, target);
        Bytes += bytes.Length;
        Passed?.Invoke(bytes);
    }

    private void Look(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("event:"u8))
        {
            var name = line["event:"u8.Length..].Trim((byte)' ');
            if (IsLast(name)) IsWhole = true;
            if (name.SequenceEqual("error"u8) || IsFailure(name)) IsError = true;
            return;
        }
        if (!line.StartsWith("data:"u8)) return;
        var data = line["data:"u8.Length..].Trim((byte)' ');
        if (data.SequenceEqual("[DONE]"u8))
        {
            IsWhole = true;
            return;
        }
        hasData = true;
        if (data.StartsWith("{\"error\""u8)) IsError = true;
        if (data.IndexOf("\"finish_reason\":\""u8) >= 0) isFinished = true;
        if (data.StartsWith("{\"type\":\"response."u8) && data[9..].IndexOf((byte)'"') is > 0 and var length)
        {
            var type = data.Slice(9, length);
            if (IsLast(type)) IsWhole = true;
            if (IsFailure(type)) IsError = true;
        }
        var at = data.IndexOf("\"usage\":"u8);
        if (at < 0 || data[(at + 8)..].TrimStart((byte)' ').StartsWith("null"u8)) return;
        var scan = AnswerScan.Of(data);
        if (scan.Usage is { } usage) Usage = usage;
        if (hidesUsage && scan is { HasNoChoices: true, Usage: not null }) drops = true;
    }

    private static bool IsLast(ReadOnlySpan<byte> name) => name.SequenceEqual("response.completed"u8)
        || name.SequenceEqual("response.incomplete"u8) || IsFailure(name);

    private static bool IsFailure(ReadOnlySpan<byte> name) => name.SequenceEqual("response.failed"u8);
}
