namespace Stun.Node.Storage;

/// <param name="BytesMax">Of all blobs and uploads together.</param>
/// <param name="UnpinnedAge">A blob that nobody pins and nobody has used for as long is collected.</param>
/// <param name="Grace">
/// A blob that was used within this time makes no room for others: who has just put it has yet to pin it.
/// </param>
public sealed record BlobLimits(long BytesMax, TimeSpan UnpinnedAge, TimeSpan Grace)
{
    public static BlobLimits Default { get; } = new(256L << 30, TimeSpan.FromDays(7), TimeSpan.FromMinutes(10));

    /// <summary>An upload that nobody went on with for as long is collected.</summary>
    public TimeSpan AbandonedAfter { get; init; } = TimeSpan.FromDays(1);
}

/// <summary>
/// Which blobs are there, how much they take, who reads them, and which make room. The last use is the time of the
/// file, so that it survives a restart. Nothing slow is done under the lock: what goes is renamed, and removed by the
/// caller.
/// </summary>
internal sealed class BlobShelf
{
    private readonly Lock gate = new();
    private readonly string root, doomed;
    private readonly BlobLimits limits;
    private readonly TimeProvider clock;
    private readonly BlobPins pins;
    private readonly Dictionary<Digest, Entry> entries = [];
    private long bytes;

    public BlobShelf(string root, string pinned, string doomed, BlobLimits limits, TimeProvider clock)
    {
        (this.root, this.doomed, this.limits, this.clock) = (root, doomed, limits, clock);
        Directory.CreateDirectory(root);
        pins = new BlobPins(pinned, doomed);
        foreach (var file in new DirectoryInfo(root).EnumerateFiles("*", SearchOption.AllDirectories))
            if (BlobPath.DigestOf(file.Name) is { } digest)
                Add(digest, new Entry(file.Length) { LastUse = file.LastWriteTimeUtc });
    }

    private sealed class Entry(long size)
    {
        public long Size => size;

        public DateTime LastUse { get; set; }

        public int ReaderCount { get; set; }
    }

    public long Bytes
    {
        get
        {
            lock (gate) return bytes;
        }
    }

    public long? SizeOf(Digest digest)
    {
        lock (gate) return entries.TryGetValue(digest, out var entry) ? entry.Size : null;
    }

    public FileStream Open(Digest digest)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(digest, out var entry)) throw BlobFailure.Missing(digest);
            var path = BlobPath.Of(root, digest);
            var stream = new BlobStream(path, () => Leave(entry));
            entry.ReaderCount++;
            entry.LastUse = clock.GetUtcNow().UtcDateTime;
            File.SetLastWriteTimeUtc(path, entry.LastUse);
            return stream;
        }
    }

    /// <summary>Counts bytes that are about to be written, and makes room for them if it can.</summary>
    public void Reserve(long count)
    {
        List<string> gone = [];
        try
        {
            lock (gate)
            {
                if (bytes + count > limits.BytesMax) MakeRoom(bytes + count - limits.BytesMax, gone);
                if (bytes + count > limits.BytesMax)
                    throw BlobFailure.Full($"The blob store may hold {limits.BytesMax} bytes and holds {bytes}; what "
                        + "is left is pinned, in use or new.");
                bytes += count;
            }
        }
        finally
        {
            foreach (var path in gone) File.Delete(path);
        }
    }

    public void Return(long count)
    {
        lock (gate) bytes -= count;
    }

    /// <summary>Takes in a file that is whole and durable, and whose bytes are reserved.</summary>
    public void Keep(Digest digest, string path, long size)
    {
        var place = BlobPath.Of(root, digest);
        var home = Path.GetDirectoryName(place)!;
        BlobPath.MakeDirectory(home);
        lock (gate)
        {
            var now = clock.GetUtcNow().UtcDateTime;
            File.SetLastWriteTimeUtc(path, now);
            File.Move(path, place, overwrite: true);
            if (entries.TryGetValue(digest, out var entry)) entry.LastUse = now;
            else Add(digest, new Entry(size) { LastUse = now });
            // What was reserved is counted with the entry now, or was a second copy.
            bytes -= size;
        }
        BlobFailure.Check(DiskCalls.SyncDirectory(home), "sync", home);
    }

    public void Pin(Digest digest, string owner)
    {
        lock (gate) pins.Add(digest, owner);
    }

    public void Unpin(string owner)
    {
        lock (gate) pins.Remove(owner);
    }

    /// <summary>Removes what nobody pins and nobody has used for long.</summary>
    public int Collect()
    {
        List<string> gone = [];
        lock (gate)
        {
            var before = clock.GetUtcNow().UtcDateTime - limits.UnpinnedAge;
            foreach (var (digest, entry) in entries.ToList())
                if (entry.LastUse < before && MayGo(digest, entry)) Remove(digest, entry, gone);
            if (bytes > limits.BytesMax) MakeRoom(bytes - limits.BytesMax, gone);
        }
        foreach (var path in gone) File.Delete(path);
        return gone.Count;
    }

    private void MakeRoom(long wanted, List<string> gone)
    {
        var before = clock.GetUtcNow().UtcDateTime - limits.Grace;
        foreach (var (digest, entry) in entries.Where(item => item.Value.LastUse <= before)
            .OrderBy(item => item.Value.LastUse).ToList())
        {
            if (wanted <= 0) return;
            if (!MayGo(digest, entry)) continue;
            Remove(digest, entry, gone);
            wanted -= entry.Size;
        }
    }

    private bool MayGo(Digest digest, Entry entry) => entry.ReaderCount == 0 && !pins.Holds(digest);

    private void Remove(Digest digest, Entry entry, List<string> gone)
    {
        var grave = Path.Combine(doomed, Guid.NewGuid().ToString("n"));
        File.Move(BlobPath.Of(root, digest), grave);
        entries.Remove(digest);
        bytes -= entry.Size;
        gone.Add(grave);
    }

    private void Add(Digest digest, Entry entry)
    {
        entries.Add(digest, entry);
        bytes += entry.Size;
    }

    private void Leave(Entry entry)
    {
        lock (gate) entry.ReaderCount--;
    }
}
