using System.Text.Json;
using System.Threading.Channels;

namespace Stun.Node.Operator.Following;

/// <summary>
/// The file in which a node keeps what it has begun on one chain. Lines are only appended; all that wait share one
/// write and one sync of the disk. A line torn by a crash at the end is cut off: what it would have announced was not
/// done.
/// </summary>
internal sealed class LaneJournal : IAsyncDisposable
{
    private readonly record struct Waiting(byte[] Lines, TaskCompletionSource Done);

    private readonly FileStream file;
    private readonly Channel<Waiting> inbox = Channel.CreateUnbounded<Waiting>(
        new UnboundedChannelOptions { SingleReader = true });

    private readonly Task writing;

    private LaneJournal(FileStream file)
    {
        this.file = file;
        writing = Task.Run(WriteAsync);
    }

    /// <param name="replayed">Is told all that was kept.</param>
    /// <param name="shortened">What means the same; it takes the place of all that was kept.</param>
    /// <exception cref="NodeException"><c>operator.journal</c></exception>
    public static LaneJournal Open(
        string path, Action<LaneEntry> replayed, Func<IEnumerable<LaneEntry>> shortened)
    {
        if (File.Exists(path)) Replay(path, replayed);
        var next = path + ".next";
        using (var fresh = new FileStream(next, FileMode.Create, FileAccess.Write))
        {
            foreach (var entry in shortened()) fresh.Write(LineOf(entry));
            fresh.Flush(flushToDisk: true);
        }
        File.Move(next, path, overwrite: true);
        return new LaneJournal(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, 1));
    }

    /// <summary>Lines stand in the order of the calls. Returns when they are on the disk.</summary>
    public Task AppendAsync(params ReadOnlySpan<LaneEntry> entries)
    {
        using var lines = new MemoryStream();
        foreach (var entry in entries) lines.Write(LineOf(entry));
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!inbox.Writer.TryWrite(new Waiting(lines.ToArray(), done)))
            done.SetException(new ObjectDisposedException(nameof(LaneJournal)));
        return done.Task;
    }

    public async ValueTask DisposeAsync()
    {
        inbox.Writer.TryComplete();
        await writing.ConfigureAwait(false);
        await file.DisposeAsync().ConfigureAwait(false);
    }

    private static void Replay(string path, Action<LaneEntry> replayed)
    {
        var bytes = File.ReadAllBytes(path);
        var (start, count) = (0, 0);
        while (bytes.AsSpan(start).IndexOf((byte)'\n') is >= 0 and var length)
        {
            count++;
            try
            {
                replayed(JsonSerializer.Deserialize(bytes.AsSpan(start, length), LaneJson.Default.LaneEntry)!);
            }
            catch (Exception broken) when (broken is JsonException or FormatException or Chain.ChainException)
            {
                throw new NodeException("operator.journal", $"Line {count} of {path} is not as it was written.",
                    "Restore it from a copy. Without one remove it: the chain is read again from operator.chains' "
                    + "first-block, and work that was under way is done again.", broken);
            }
            start += length + 1;
        }
    }

    private static byte[] LineOf(LaneEntry entry) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(entry, LaneJson.Default.LaneEntry), (byte)'\n'];

    private async Task WriteAsync()
    {
        List<Waiting> group = [];
        Exception? broken = null;
        while (await inbox.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            group.Clear();
            while (inbox.Reader.TryRead(out var waiting)) group.Add(waiting);
            try
            {
                // After a write that failed nobody knows what stands in the file: nothing more is promised.
                if (broken is null)
                {
                    foreach (var waiting in group) file.Write(waiting.Lines);
                    file.Flush(flushToDisk: true);
                }
            }
            catch (IOException failure)
            {
                broken = failure;
            }
            foreach (var waiting in group)
                if (broken is null) waiting.Done.SetResult();
                else waiting.Done.SetException(broken);
        }
    }
}
