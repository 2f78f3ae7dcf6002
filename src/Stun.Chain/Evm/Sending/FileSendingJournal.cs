using System.Runtime.InteropServices;
using System.Text;

namespace Stun.Chain.Evm.Sending;

/// <summary>
/// A file of lines to which is only appended, synced to the disk before anything is sent. A line torn by a crash at the
/// end is cut off: what it would have announced has not been done. One process at a time may hold it.
/// </summary>
public sealed partial class FileSendingJournal : ISendingJournal
{
    private const int ReadOnlyFlag = 0;
    private readonly string path;
    private FileStream file;

    public FileSendingJournal(string path)
    {
        this.path = Path.GetFullPath(path);
        file = Open(this.path);
    }

    public async ValueTask<IReadOnlyList<SendingEntry>> ReadAsync(CancellationToken cancel = default)
    {
        file.Position = 0;
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes, cancel).ConfigureAwait(false);
        List<SendingEntry> entries = [];
        var start = 0;
        while (bytes.AsSpan(start).IndexOf((byte)'\n') is >= 0 and var length)
        {
            if (SendingEntryText.Read(System.Text.Encoding.UTF8.GetString(bytes, start, length)) is not { } entry)
                throw new ChainException("chain.journal-form",
                    $"Line {entries.Count + 1} of {path} is not as it was written.",
                    "Restore it from a copy; without one, wait until nothing of this key is pending, and remove it.");
            entries.Add(entry);
            start += length + 1;
        }
        file.SetLength(start);
        file.Position = start;
        return entries;
    }

    public async ValueTask AppendAsync(IReadOnlyList<SendingEntry> entries, CancellationToken cancel = default)
    {
        // A write that was begun is ended: half a line in the middle of the file could not be read again.
        await file.WriteAsync(Bytes(entries), CancellationToken.None).ConfigureAwait(false);
        file.Flush(flushToDisk: true);
    }

    public async ValueTask RewriteAsync(IReadOnlyList<SendingEntry> entries, CancellationToken cancel = default)
    {
        var next = path + ".next";
        await using (var fresh = new FileStream(next, FileMode.Create, FileAccess.Write))
        {
            await fresh.WriteAsync(Bytes(entries), cancel).ConfigureAwait(false);
            fresh.Flush(flushToDisk: true);
        }
        File.Move(next, path, overwrite: true);
        SyncFolder();
        // The old file keeps its lock until the new one has its own.
        var old = file;
        file = Open(path);
        file.Position = file.Length;
        await old.DisposeAsync().ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => file.DisposeAsync();

    private static byte[] Bytes(IReadOnlyList<SendingEntry> entries)
    {
        var text = new StringBuilder();
        foreach (var entry in entries) text.Append(SendingEntryText.Write(entry));
        return System.Text.Encoding.UTF8.GetBytes(text.ToString());
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException failure)
        {
            throw new ChainException("chain.journal-held", $"The journal {path} cannot be opened: {failure.Message}",
                "End the other process that holds it; two senders of one key would disturb each other.", failure);
        }
    }

    /// <summary>A new name in a folder is durable when the folder is.</summary>
    private void SyncFolder()
    {
        var folder = open(Path.GetDirectoryName(path)!, ReadOnlyFlag);
        if (folder < 0) return;
        _ = fsync(folder);
        _ = close(folder);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc")]
    private static partial int fsync(int handle);

    [LibraryImport("libc")]
    private static partial int close(int handle);
}
