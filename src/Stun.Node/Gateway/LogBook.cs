using System.Collections.Concurrent;
using Stun.Execution.Containers;

namespace Stun.Node.Gateway;

/// <summary>
/// What programs have written, in one file for each attempt and stream. Bounded for each stream and altogether: the
/// oldest attempts go first. Followers are woken when something is added.
/// </summary>
public sealed class LogBook : IDisposable
{
    private readonly string directory;
    private readonly LogLimits limits;
    private readonly ConcurrentDictionary<AttemptId, Shelf> shelves = new();
    private readonly Lock gate = new();
    private long bytes;

    private LogBook(string directory, LogLimits limits)
    {
        (this.directory, this.limits) = (directory, limits);
        foreach (var file in new DirectoryInfo(directory).EnumerateFiles("a*.*").OrderBy(file => file.LastWriteTimeUtc))
        {
            if (!ulong.TryParse(Path.GetFileNameWithoutExtension(file.Name).AsSpan(1), out var number)) continue;
            var shelf = shelves.GetOrAdd(new AttemptId(number), id => new Shelf(id) { UsedAt = file.LastWriteTimeUtc });
            shelf.Lengths[file.Extension == ".out" ? 0 : 1] = file.Length;
            bytes += file.Length;
        }
    }

    private sealed class Shelf(AttemptId attempt)
    {
        public AttemptId Attempt => attempt;
        public readonly Lock Gate = new();
        public readonly long[] Lengths = [0, 0];
        public readonly FileStream?[] Writers = [null, null];
        public TaskCompletionSource Bell = NewBell();
        public bool IsEnded;
        public bool IsGone;
        public DateTime UsedAt = DateTime.UtcNow;

        public static TaskCompletionSource NewBell() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public long Bytes => Volatile.Read(ref bytes);

    public static LogBook Open(string directory, LogLimits limits)
    {
        Directory.CreateDirectory(directory);
        return new LogBook(directory, limits);
    }

    /// <summary>What a program of this machine wrote. Beyond the limit it is passed over.</summary>
    public void Append(AttemptId attempt, LogStream stream, ReadOnlySpan<byte> text)
    {
        var shelf = ShelfOf(attempt);
        lock (shelf.Gate) Write(shelf, stream, text);
        MakeRoom();
    }

    /// <summary>
    /// A piece that came from another machine. What was there already is passed over.
    /// </summary>
    /// <returns>Where the next piece is to begin: less than the end of this one if something before it is missing.
    /// </returns>
    public long AppendAt(AttemptId attempt, LogStream stream, long offset, ReadOnlySpan<byte> text)
    {
        var shelf = ShelfOf(attempt);
        long next;
        lock (shelf.Gate)
        {
            next = shelf.Lengths[(int)stream];
            if (offset <= next && offset + text.Length > next)
            {
                Write(shelf, stream, text[(int)(next - offset)..]);
                // What is beyond the limit counts as taken: it need not be sent again.
                next = Math.Max(offset + text.Length, shelf.Lengths[(int)stream]);
            }
            else if (offset + text.Length <= next) next = offset + text.Length;
            else if (next >= limits.StreamBytesMax) next = offset + text.Length;
        }
        MakeRoom();
        return next;
    }

    /// <summary>Nothing more is to come.</summary>
    public void End(AttemptId attempt)
    {
        if (!shelves.TryGetValue(attempt, out var shelf)) return;
        lock (shelf.Gate)
        {
            shelf.IsEnded = true;
            Close(shelf);
            Ring(shelf);
        }
    }

    public long LengthOf(AttemptId attempt, LogStream stream)
    {
        if (!shelves.TryGetValue(attempt, out var shelf)) return 0;
        lock (shelf.Gate) return shelf.Lengths[(int)stream];
    }

    public bool IsEnded(AttemptId attempt) => shelves.TryGetValue(attempt, out var shelf) && shelf.IsEnded;

    /// <summary>Reads from an offset on; nothing at the end.</summary>
    public int Read(AttemptId attempt, LogStream stream, long offset, Span<byte> destination)
    {
        if (!shelves.TryGetValue(attempt, out var shelf)) return 0;
        lock (shelf.Gate)
        {
            var count = (int)Math.Min(destination.Length, shelf.Lengths[(int)stream] - offset);
            if (count <= 0 || shelf.IsGone) return 0;
            using var file = File.OpenHandle(
                PathOf(attempt, stream), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return RandomAccess.Read(file, destination[..count], offset);
        }
    }

    /// <summary>To be taken before a look at the lengths, and awaited when there was nothing.</summary>
    public Task Changed(AttemptId attempt)
    {
        var shelf = ShelfOf(attempt);
        lock (shelf.Gate) return shelf.Bell.Task;
    }

    public void Dispose()
    {
        foreach (var shelf in shelves.Values)
            lock (shelf.Gate) Close(shelf);
    }

    private Shelf ShelfOf(AttemptId attempt) => shelves.GetOrAdd(attempt, id => new Shelf(id));

    private string PathOf(AttemptId attempt, LogStream stream) =>
        Path.Combine(directory, $"{attempt}.{(stream == LogStream.Output ? "out" : "err")}");

    private void Write(Shelf shelf, LogStream stream, ReadOnlySpan<byte> text)
    {
        var index = (int)stream;
        var fits = (int)Math.Min(text.Length, limits.StreamBytesMax - shelf.Lengths[index]);
        if (fits <= 0 || shelf.IsGone) return;
        // Written through at once: a reader of the file sees what the lengths say.
        shelf.Writers[index] ??= new FileStream(PathOf(shelf.Attempt, stream), FileMode.Append, FileAccess.Write,
            FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        shelf.Writers[index]!.Write(text[..fits]);
        shelf.Lengths[index] += fits;
        shelf.UsedAt = DateTime.UtcNow;
        Interlocked.Add(ref bytes, fits);
        Ring(shelf);
    }

    private void MakeRoom()
    {
        if (Bytes <= limits.BytesMax) return;
        lock (gate)
        {
            foreach (var shelf in shelves.Values.OrderBy(shelf => shelf.UsedAt).ToList())
            {
                // Some room more than needed, so that this is not done for every line.
                if (Bytes <= limits.BytesMax / 10 * 9) return;
                Remove(shelf);
            }
        }
    }

    private void Remove(Shelf shelf)
    {
        lock (shelf.Gate)
        {
            Close(shelf);
            foreach (var stream in (LogStream[])[LogStream.Output, LogStream.Errors])
                File.Delete(PathOf(shelf.Attempt, stream));
            Interlocked.Add(ref bytes, -shelf.Lengths.Sum());
            (shelf.IsGone, shelf.IsEnded) = (true, true);
            shelves.TryRemove(shelf.Attempt, out _);
            Ring(shelf);
        }
    }

    private static void Close(Shelf shelf)
    {
        for (var index = 0; index < shelf.Writers.Length; index++)
        {
            shelf.Writers[index]?.Dispose();
            shelf.Writers[index] = null;
        }
    }

    private static void Ring(Shelf shelf)
    {
        var bell = shelf.Bell;
        shelf.Bell = Shelf.NewBell();
        bell.TrySetResult();
    }
}

/// <param name="StreamBytesMax">Of one attempt's output, or of its errors.</param>
/// <param name="BytesMax">Of all together.</param>
public sealed record LogLimits(long StreamBytesMax, long BytesMax)
{
    public static LogLimits Default { get; } = new(16L << 20, 4L << 30);
}
