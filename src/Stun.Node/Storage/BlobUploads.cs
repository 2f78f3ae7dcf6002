using System.Globalization;

namespace Stun.Node.Storage;

/// <param name="Id">Hard to guess: who knows it may go on with the upload.</param>
/// <param name="Offset">How much is there; what comes next begins here.</param>
public sealed record BlobUpload(string Id, Digest Digest, long Size, long Offset);

/// <summary>
/// Uploads that are not complete: a file each, whose name says what is to come and whose length says how much is there.
/// So a restart needs nothing else to go on.
/// </summary>
internal sealed class BlobUploads
{
    private const string Ending = ".part";
    private readonly Lock gate = new();
    private readonly string directory;
    private readonly BlobShelf shelf;
    private readonly TimeProvider clock;
    private readonly Dictionary<string, Entry> entries = [];

    public BlobUploads(string directory, BlobShelf shelf, TimeProvider clock)
    {
        (this.directory, this.shelf, this.clock) = (directory, shelf, clock);
        Directory.CreateDirectory(directory);
        foreach (var file in new DirectoryInfo(directory).EnumerateFiles("*" + Ending))
            if (Entry.Read(file) is { } entry)
            {
                entries.Add(entry.Id, entry);
                // Counted, also when a smaller limit was set meanwhile.
                shelf.Return(-entry.Offset);
            }
    }

    private sealed class Entry(string id, Digest digest, long size)
    {
        public string Id => id;

        public Digest Digest => digest;

        public long Size => size;

        public long Offset { get; set; }

        public DateTime LastUse { get; set; }

        public bool IsBusy { get; set; }

        public string Name => string.Create(CultureInfo.InvariantCulture, $"{digest}-{size}-{id}{Ending}");

        public BlobUpload ToUpload() => new(id, digest, size, Offset);

        public static Entry? Read(FileInfo file)
        {
            var parts = Path.GetFileNameWithoutExtension(file.Name).Split('-');
            return parts.Length == 3 && BlobPath.DigestOf(parts[0]) is { } digest
                && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size)
                ? new Entry(parts[2], digest, size) { Offset = file.Length, LastUse = file.LastWriteTimeUtc }
                : null;
        }
    }

    public BlobUpload Begin(Digest digest, long size)
    {
        var id = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16));
        var entry = new Entry(id, digest, size) { LastUse = clock.GetUtcNow().UtcDateTime };
        using (File.OpenHandle(PathOf(entry), FileMode.CreateNew, FileAccess.Write)) { }
        BlobFailure.Check(DiskCalls.SyncDirectory(directory), "sync", directory);
        lock (gate) entries.Add(id, entry);
        return entry.ToUpload();
    }

    public BlobUpload? Find(string id)
    {
        lock (gate) return entries.TryGetValue(id, out var entry) ? entry.ToUpload() : null;
    }

    /// <summary>What arrived before the stream broke stays.</summary>
    public async Task<BlobUpload> AppendAsync(string id, long offset, Stream content, CancellationToken cancel)
    {
        var entry = Enter(id);
        try
        {
            if (offset != entry.Offset)
                throw new StorageException("blob.wrong-offset",
                    $"Upload {id} goes on at byte {entry.Offset}, not {offset}.",
                    "Ask where it stands and go on there.");
            await using var file = new FileStream(PathOf(entry), FileMode.Open, FileAccess.Write);
            file.SetLength(offset);
            file.Position = offset;
            await BlobCopy.RunAsync(content, file, shelf, null, count =>
            {
                if (entry.Offset + count > entry.Size) throw TooLong(entry);
                entry.Offset += count;
            }, cancel);
            return entry.ToUpload();
        }
        finally
        {
            Leave(entry);
        }
    }

    public async Task<Digest> CompleteAsync(string id, CancellationToken cancel)
    {
        var entry = Enter(id);
        try
        {
            if (entry.Offset != entry.Size)
                throw new StorageException("blob.incomplete",
                    $"Upload {id} has {entry.Offset} of {entry.Size} bytes.", "Send the rest, then complete it.");
            var path = PathOf(entry);
            Digest found;
            await using (var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite))
            {
                found = Digest.Read(await System.Security.Cryptography.SHA256.HashDataAsync(file, cancel));
                BlobFailure.Check(DiskCalls.Sync(file.SafeFileHandle), "sync", path);
            }
            lock (gate) entries.Remove(id);
            if (found != entry.Digest)
            {
                File.Delete(path);
                shelf.Return(entry.Size);
                throw BlobFailure.Mismatch(entry.Digest, found);
            }
            shelf.Keep(found, path, entry.Size);
            return found;
        }
        finally
        {
            Leave(entry);
        }
    }

    public int Collect(TimeSpan abandonedAfter)
    {
        List<Entry> gone;
        lock (gate)
        {
            var before = clock.GetUtcNow().UtcDateTime - abandonedAfter;
            gone = [.. entries.Values.Where(entry => !entry.IsBusy && entry.LastUse < before)];
            foreach (var entry in gone) entries.Remove(entry.Id);
        }
        foreach (var entry in gone)
        {
            File.Delete(PathOf(entry));
            shelf.Return(entry.Offset);
        }
        return gone.Count;
    }

    private Entry Enter(string id)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(id, out var entry)) throw BlobFailure.UnknownUpload(id);
            if (entry.IsBusy)
                throw new StorageException("blob.upload-busy", $"Another request is writing to upload {id}.",
                    "Wait until it ends, then ask where the upload stands.");
            entry.IsBusy = true;
            return entry;
        }
    }

    private void Leave(Entry entry)
    {
        lock (gate)
        {
            entry.IsBusy = false;
            entry.LastUse = clock.GetUtcNow().UtcDateTime;
        }
        try
        {
            File.SetLastWriteTimeUtc(PathOf(entry), entry.LastUse);
        }
        catch (FileNotFoundException)
        {
            // It was completed.
        }
    }

    private string PathOf(Entry entry) => Path.Combine(directory, entry.Name);

    private static StorageException TooLong(Entry entry) => new("blob.too-long",
        $"Upload {entry.Id} was begun with {entry.Size} bytes, and more were sent.",
        "Begin an upload with the size that the content has.");
}
