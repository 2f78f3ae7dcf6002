using System.Text.Json;

namespace Stun.Execution.Images;

/// <summary>An image in the store, as shown to people.</summary>
/// <param name="DiskBytes">What its root file system takes on the disk.</param>
/// <param name="LastUse">A counter: the larger, the later.</param>
public sealed record StoredImage(
    Digest Digest, ImageConfig Config, long DiskBytes, long LastUse, bool IsPinned, int UseCount);

/// <summary>
/// The unpacked images on the disk, one directory each: <c>rootfs</c>, <c>image.json</c> (written once) and
/// <c>use.json</c> (last use and pin, replaced by rename). Decides what is evicted, and never does slow work under
/// its lock: what is evicted is renamed, and removed by the caller.
/// </summary>
internal sealed class ImageShelf(string roots, long bytesMax, Func<string> newDoomedPath)
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<Digest, Entry> entries = [];
    private readonly SortedDictionary<Digest, Digest> names = [];
    private long lastUse;

    private sealed class Entry(ImageRecord record, string directory)
    {
        public ImageRecord Record { get; set; } = record;

        public string Directory => directory;

        public long LastUse { get; set; }

        public bool IsPinned { get; set; }

        public int UseCount { get; set; }
    }

    /// <summary>What is not whole is given back for removal: it can only be what a crash left.</summary>
    public IReadOnlyList<string> Load()
    {
        List<string> broken = [];
        foreach (var directory in Directory.EnumerateDirectories(roots))
        {
            var record = ImageRecord.TryRead(Path.Combine(directory, "image.json"));
            if (record is null || record.Digest.ToString() != Path.GetFileName(directory))
            {
                broken.Add(directory);
                continue;
            }
            var use = UseRecord.Read(Path.Combine(directory, "use.json"));
            Add(new Entry(record, directory) { LastUse = use.LastUse, IsPinned = use.IsPinned });
            lastUse = Math.Max(lastUse, use.LastUse);
        }
        return broken;
    }

    /// <param name="name">The digest of the manifest, of an index that names it, or of the blob it came in.</param>
    public UnpackedImage? TryAcquire(Digest name)
    {
        lock (gate)
            return names.TryGetValue(name, out var digest) ? Use(entries[digest]) : null;
    }

    /// <summary>Another name for an image that is here; it is kept, so that the next start knows it.</summary>
    public void AddNames(Digest digest, IEnumerable<Digest> more)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(digest, out var entry)) return;
            var added = more.Except(entry.Record.Names.Span.ToArray()).ToArray();
            if (added.Length == 0) return;
            entry.Record = entry.Record with { Names = [.. entry.Record.Names.Span, .. added] };
            entry.Record.Write(entry.Directory);
            foreach (var name in added) names[name] = digest;
        }
    }

    /// <summary>Takes a whole image into the shelf, and a hold on it. What had to go is renamed and returned.</summary>
    public (UnpackedImage Image, IReadOnlyList<string> Doomed) Commit(string staged, ImageRecord record)
    {
        lock (gate)
        {
            if (entries.TryGetValue(record.Digest, out var present)) return (Use(present), [staged]);
            var doomed = MakeRoom(record.DiskBytes);
            var directory = Path.Combine(roots, record.Digest.ToString());
            Directory.Move(staged, directory);
            var entry = new Entry(record, directory);
            Add(entry);
            return (Use(entry), doomed);
        }
    }

    /// <summary>A pinned image is never evicted. False if it is not here.</summary>
    public bool Pin(Digest name, bool isPinned)
    {
        lock (gate)
        {
            if (!names.TryGetValue(name, out var digest)) return false;
            entries[digest].IsPinned = isPinned;
            WriteUse(entries[digest]);
            return true;
        }
    }

    public IReadOnlyList<StoredImage> List()
    {
        lock (gate)
            return [.. entries.Values.Select(entry => new StoredImage(entry.Record.Digest, entry.Record.Config,
                entry.Record.DiskBytes, entry.LastUse, entry.IsPinned, entry.UseCount))];
    }

    private void Add(Entry entry)
    {
        entries[entry.Record.Digest] = entry;
        names[entry.Record.Digest] = entry.Record.Digest;
        foreach (var name in entry.Record.Names) names[name] = entry.Record.Digest;
    }

    private UnpackedImage Use(Entry entry)
    {
        entry.LastUse = ++lastUse;
        // May throw on a full disk: counted only when it did not.
        WriteUse(entry);
        entry.UseCount++;
        var isHeld = 1;
        return new UnpackedImage(entry.Record.Digest, Path.Combine(entry.Directory, "rootfs"), entry.Record.Config,
            () =>
            {
                if (Interlocked.Exchange(ref isHeld, 0) == 0) return;
                lock (gate) entry.UseCount--;
            });
    }

    private static void WriteUse(Entry entry) =>
        new UseRecord(entry.LastUse, entry.IsPinned).Write(Path.Combine(entry.Directory, "use.json"));

    /// <summary>Decides first, then renames: a pull that does not fit evicts nobody.</summary>
    private List<string> MakeRoom(long bytes)
    {
        var total = entries.Values.Sum(entry => entry.Record.DiskBytes) + bytes;
        List<Entry> going = [];
        foreach (var entry in entries.Values.Where(entry => !entry.IsPinned && entry.UseCount == 0)
            .OrderBy(entry => entry.LastUse))
        {
            if (total <= bytesMax) break;
            going.Add(entry);
            total -= entry.Record.DiskBytes;
        }
        if (total > bytesMax)
            throw new ExecutionException("image.store-full",
                $"The image takes {bytes} bytes, and with what is pinned or in use that is {total} of {bytesMax}.",
                "Unpin an image, wait until a task ends, or make the store larger.");
        List<string> doomed = [];
        foreach (var entry in going)
        {
            var path = newDoomedPath();
            Directory.Move(entry.Directory, path);
            doomed.Add(path);
            entries.Remove(entry.Record.Digest);
            foreach (var name in entry.Record.Names.Span.ToArray().Append(entry.Record.Digest)) names.Remove(name);
        }
        return doomed;
    }
}

/// <summary>What is kept about an image for good.</summary>
internal sealed record ImageRecord(Digest Digest, ValueList<Digest> Names, ImageConfig Config, long DiskBytes)
{
    private sealed record Form(string Digest, string[] Names, string[] Entrypoint, string[] Command,
        string[] Environment, string WorkingDirectory, long DiskBytes);

    public void Write(string directory) => DurableJson.Write(Path.Combine(directory, "image.json"), new Form(
        ImageDigest.Text(Digest), [.. Names.Span.ToArray().Select(ImageDigest.Text)], Config.Entrypoint.Span.ToArray(),
        Config.Command.Span.ToArray(), Config.Environment.Span.ToArray(), Config.WorkingDirectory, DiskBytes));

    public static ImageRecord? TryRead(string path)
    {
        if (DurableJson.TryRead<Form>(path) is not { } form) return null;
        if (!ImageDigest.TryParse(form.Digest, out var digest)) return null;
        List<Digest> names = [];
        foreach (var text in form.Names ?? [])
            if (ImageDigest.TryParse(text, out var name)) names.Add(name);
        return new ImageRecord(digest, ValueList.From(names),
            new ImageConfig([.. form.Entrypoint ?? []], [.. form.Command ?? []], [.. form.Environment ?? []],
                form.WorkingDirectory ?? "/"),
            form.DiskBytes);
    }
}

internal sealed record UseRecord(long LastUse, bool IsPinned)
{
    public void Write(string path) => DurableJson.Write(path, this);

    /// <summary>Lost or broken, it is as if the image had not been used for long.</summary>
    public static UseRecord Read(string path) => DurableJson.TryRead<UseRecord>(path) ?? new UseRecord(0, false);
}

/// <summary>Small JSON files that are whole or not there.</summary>
internal static class DurableJson
{
    public static void Write<T>(string path, T value)
    {
        var next = path + ".next";
        File.WriteAllBytes(next, JsonSerializer.SerializeToUtf8Bytes(value));
        File.Move(next, path, overwrite: true);
    }

    public static T? TryRead<T>(string path)
        where T : class
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<T>(File.ReadAllBytes(path)) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
