using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace Stun.Node.Storage;

/// <summary>
/// A journal in a directory of segment files. Everything that waits is written as one group: one write, one sync. While
/// that goes on, the next group gathers, so the busier it is the more records share a sync; an idle journal writes a
/// single record at once.
/// </summary>
public sealed class FileJournal : IJournal
{
    public const long SegmentBytesDefault = 64L << 20;
    private readonly string directory;
    private readonly long segmentBytes;
    private readonly SafeFileHandle lockFile;
    private readonly WaitingGroup line = new();
    private readonly SnapshotFiles snapshots;
    private SegmentFile? segment;
    private Thread? writer;
    private StorageException? failure;
    private bool isRead;
    private ulong durable;

    private FileJournal(string directory, long segmentBytes, SafeFileHandle lockFile)
    {
        this.directory = directory;
        this.segmentBytes = segmentBytes;
        this.lockFile = lockFile;
        snapshots = new SnapshotFiles(directory);
    }

    /// <summary>What a crash had left half-written and reading has cut off: never acknowledged.</summary>
    public long CutBytes { get; private set; }

    public long WaitingBytes => line.Bytes;

    /// <summary>Takes the directory, which is made if need be; nobody else can have it meanwhile.</summary>
    public static FileJournal Open(string directory, long segmentBytes = SegmentBytesDefault)
    {
        Directory.CreateDirectory(directory);
        var file = DiskCalls.TryLock(Path.Combine(directory, "lock")) ?? throw new StorageException("journal.locked",
            $"Another process has the journal in {directory} open.",
            "End it, or give this node a directory of its own.");
        foreach (var unfinished in Directory.EnumerateFiles(directory, "*.new")) File.Delete(unfinished);
        return new FileJournal(directory, segmentBytes, file);
    }

    public async IAsyncEnumerable<JournalRecord> ReadAsync(
        ulong after, [EnumeratorCancellation] CancellationToken cancel)
    {
        Invariant.Require(!isRead, "a journal is read once");
        var firsts = Segments();
        var last = Math.Max(snapshots.NewestPosition, firsts.Count == 0 ? 0 : firsts[0] - 1);
        if (firsts.Count > 0 && after < firsts[0] - 1) throw Forgotten(after, firsts[0]);
        var reached = firsts.Count == 0 ? last : firsts[0] - 1;
        for (var index = 0; index < firsts.Count; index++)
        {
            cancel.ThrowIfCancellationRequested();
            ulong? next = index + 1 < firsts.Count ? firsts[index + 1] : null;
            if (next <= after)
            {
                reached = next.Value - 1;
                continue;
            }
            var path = PathOf(firsts[index]);
            var bytes = await File.ReadAllBytesAsync(path, cancel);
            var (starts, end) = SegmentScan.Find(path, bytes, firsts[index], next);
            if (next is null) Cut(path, bytes.AsSpan(end), starts.Count == 0, end);
            foreach (var start in starts)
                if (++reached > after) yield return Record(bytes, start, reached);
        }
        if (reached < last) throw Missing(reached, last);
        durable = reached;
        line.StartAfter(reached);
        isRead = true;
    }

    public void Start(Action<ulong> durable, Action<Exception> failed)
    {
        Invariant.Require(isRead && writer is null, "a journal is read to its end and then started once");
        writer = new Thread(() => Write(durable, failed)) { Name = "journal", IsBackground = true };
        writer.Start();
    }

    public ulong Append(Address role, ReadOnlyMemory<byte> frame)
    {
        Invariant.Require(isRead, "a journal is read to its end before anything is appended");
        if (Volatile.Read(ref failure) is { } failed) throw failed.Again();
        return line.Add(role, frame.Span);
    }

    public async Task WriteSnapshotAsync(
        ulong position, IReadOnlyList<(Address Role, byte[] Entries)> roles, CancellationToken cancel)
    {
        Invariant.Require(position <= Volatile.Read(ref durable), "a snapshot covers only what is durable");
        await snapshots.WriteAsync(new JournalSnapshot(position, roles), cancel);
    }

    public Task<JournalSnapshot?> ReadSnapshotAsync(CancellationToken cancel) => snapshots.ReadAsync(cancel);

    public Task ForgetAsync(ulong upTo, CancellationToken cancel)
    {
        Invariant.Require(upTo <= snapshots.NewestPosition, "only what a snapshot covers is forgotten");
        var firsts = Segments();
        // Oldest first, so that a crash in between leaves no gap; the last one is being written.
        for (var index = 0; index + 1 < firsts.Count && firsts[index + 1] - 1 <= upTo; index++)
        {
            cancel.ThrowIfCancellationRequested();
            File.Delete(PathOf(firsts[index]));
            DiskFailure.Check(DiskCalls.SyncDirectory(directory), "sync", directory);
        }
        return Task.CompletedTask;
    }

    /// <summary>Writes what waits, then lets the directory go.</summary>
    public ValueTask DisposeAsync()
    {
        line.Close();
        writer?.Join();
        line.Dispose();
        segment?.Dispose();
        DiskCalls.Unlock(lockFile);
        return ValueTask.CompletedTask;
    }

    private void Write(Action<ulong> acknowledge, Action<Exception> failed)
    {
        try
        {
            while (line.TryTake(out var group, out var upTo))
            {
                RecordFraming.Seal(group.Span);
                Room(group.Length).Append(group.Span);
                Volatile.Write(ref durable, upTo);
                acknowledge(upTo);
            }
        }
        catch (StorageException exception)
        {
            Volatile.Write(ref failure, exception);
            failed(exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var lost = new StorageException("journal.write-failed",
                $"Could not write to the journal in {directory}: {exception.Message}",
                "What was acknowledged is safe. See that the directory is there and writable, and start again.",
                exception);
            Volatile.Write(ref failure, lost);
            failed(lost);
        }
    }

    private SegmentFile Room(int bytes)
    {
        if (segment is not null && segment.HasRoom(bytes)) return segment;
        var first = durable + 1;
        segment?.Dispose();
        segment = null;
        segment = SegmentFile.Create(directory, first, Math.Max(segmentBytes, SegmentFile.HeaderSize + (long)bytes));
        return segment;
    }

    /// <summary>A new segment follows, so the end of this one is final: nothing old shows behind it.</summary>
    private void Cut(string path, ReadOnlySpan<byte> rest, bool isEmpty, int end)
    {
        var torn = rest.LastIndexOfAnyExcept((byte)0);
        CutBytes = torn + 1;
        if (isEmpty) File.Delete(path);
        else
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            RandomAccess.SetLength(file, end);
            DiskFailure.Check(DiskCalls.Sync(file), "sync", path);
        }
        DiskFailure.Check(DiskCalls.SyncDirectory(directory), "sync", directory);
    }

    private List<ulong> Segments() =>
    [
        .. Directory.EnumerateFiles(directory, "*" + SegmentFile.Ending).Select(SegmentFile.FirstOf)
            .OfType<ulong>().Order(),
    ];

    private string PathOf(ulong first) => Path.Combine(directory, SegmentFile.Name(first));

    private static JournalRecord Record(byte[] bytes, int start, ulong position)
    {
        RecordFraming.TryRead(bytes.AsSpan(start), out var face);
        return new JournalRecord(position, RecordFraming.RoleOf(bytes.AsSpan(start)),
            bytes.AsMemory(start + RecordFraming.HeaderSize, face.FrameLength));
    }

    private StorageException Forgotten(ulong after, ulong first) => new("journal.forgotten",
        string.Create(CultureInfo.InvariantCulture,
            $"The journal in {directory} begins at position {first}; what follows {after} was asked for."),
        "Start from its newest snapshot. If that is damaged, restore the directory from a copy.");

    private StorageException Missing(ulong reached, ulong snapshot) => new("journal.damaged",
        string.Create(CultureInfo.InvariantCulture,
            $"The journal in {directory} ends at position {reached}, but a snapshot covers {snapshot}."),
        "Durable records were lost: restore the directory from a copy, or start with an empty one; then look after "
        + "the disk.");
}
