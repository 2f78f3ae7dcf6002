using System.IO.Compression;

namespace Stun.Execution.Images;

/// <summary>What one layer really is.</summary>
/// <param name="Digest">Of the layer as it travels.</param>
/// <param name="DiffId">Of the plain tar.</param>
/// <param name="DiskBytes">What its files need on a disk with blocks of 4 KiB.</param>
/// <param name="SetUidCount">Harmless, since containers run with nosuid and without new privileges; shown.</param>
public sealed record LayerFacts(
    Digest Digest, Digest DiffId, long Bytes, long UnpackedBytes, long DiskBytes, int EntryCount, int SetUidCount);

/// <summary>
/// Reads the layers of one image, in their order, before anything is unpacked: counts what really comes out and
/// follows each name to where it would be written. One pass a layer, in memory that does not grow with its size but
/// for the symbolic links.
/// The program that unpacks afterwards keeps within its root by itself; this is the wall in front of it, and the
/// place where an image is refused with a reason.
/// </summary>
public sealed class LayerInspection(ImageLimits limits)
{
    private const int DiskBlock = 4096;
    private const int LinksFollowedMax = 40;

    /// <summary>The symbolic links of the image so far: where they lie, and where they point.</summary>
    /// <summary>They are kept in memory while the layers are read; a whole system has a tenth of it.</summary>
    private const long LinkBytesMax = 64 << 20;

    private long linkBytes;

    private readonly Dictionary<string, string> links = new(StringComparer.Ordinal);
    private long compressedBytes;
    private long unpackedBytes;
    private int entryCount;

    public LayerFacts Inspect(Stream layer, CancellationToken cancel = default)
    {
        var (compressedBefore, unpackedBefore, entriesBefore) = (compressedBytes, unpackedBytes, entryCount);
        using var packed = new MeteredStream(layer, count =>
        {
            compressedBytes = compressedBefore + count;
            if (compressedBytes > limits.CompressedBytesMax)
                throw ImageRefusal.TooLarge($"The layers have more than {limits.CompressedBytesMax} bytes.");
        }, cancel);
        using var peeked = new BufferedStream(packed, 1 << 16);
        using var plain = new MeteredStream(Unpacked(peeked), count =>
        {
            unpackedBytes = unpackedBefore + count;
            GuardUnpacked(count, packed.Count);
        }, cancel);
        var (diskBytes, setUidCount) = Walk(plain);
        plain.Drain();
        packed.Drain();
        return new LayerFacts(packed.ReadDigest(), plain.ReadDigest(), packed.Count, plain.Count, diskBytes,
            entryCount - entriesBefore, setUidCount);
    }

    private static Stream Unpacked(BufferedStream packed)
    {
        const int First = 0x1F, Zstandard = 0x28;
        var first = packed.ReadByte();
        var rest = new PrependedStream(first, packed);
        if (first == Zstandard) throw ImageRefusal.MediaType("A layer is packed with zstd.");
        return first == First ? new GZipStream(rest, CompressionMode.Decompress) : rest;
    }

    private (long DiskBytes, int SetUidCount) Walk(Stream plain)
    {
        const int SetUidOrGid = 0xC00;
        var (diskBytes, setUidCount) = (0L, 0);
        var entries = new TarEntries(plain, limits);
        try
        {
            while (entries.Next() is { } entry)
            {
                if (++entryCount > limits.EntriesMax)
                    throw new ExecutionException("image.too-many-entries",
                        $"The image has more than {limits.EntriesMax} files.",
                        "Put them into an archive inside the image, or raise the limits of this node.");
                Judge(entry);
                diskBytes += DiskBlock + entry.Bytes + ((DiskBlock - (entry.Bytes % DiskBlock)) % DiskBlock);
                if (entry.Kind == TarKind.File && (entry.Mode & SetUidOrGid) != 0) setUidCount++;
            }
        }
        catch (InvalidDataException failure)
        {
            throw ImageRefusal.Broken("image.layer-broken", $"A layer cannot be decompressed: {failure.Message}");
        }
        return (diskBytes, setUidCount);
    }

    private void GuardUnpacked(long count, long packedCount)
    {
        if (unpackedBytes > limits.UnpackedBytesMax)
            throw ImageRefusal.TooLarge($"The image unpacks to more than {limits.UnpackedBytesMax} bytes.");
        if (count > limits.RatioFromBytes && count / Math.Max(1, packedCount) > limits.RatioMax)
            throw ImageRefusal.Broken("image.bomb",
                $"A layer grew from {packedCount} to {count} bytes, more than {limits.RatioMax} times.");
    }

    private void Judge(TarEntry entry)
    {
        if (entry.Bytes > limits.UnpackedBytesMax - unpackedBytes)
            throw ImageRefusal.TooLarge(
                $"'{Shown(entry.Name)}' claims {entry.Bytes} bytes; {limits.UnpackedBytesMax} are allowed in all.");
        var path = Place(entry.Name);
        if (path.Length == 0 && entry.Kind != TarKind.Directory)
            throw Escape(entry.Name, "is the root itself");
        if (entry.Kind == TarKind.Device && !path.StartsWith("dev/", StringComparison.Ordinal))
            throw ImageRefusal.Broken("image.device", $"'{Shown(entry.Name)}' is a device.");
        RemoveWhatIsWhitedOut(path);
        links.Remove(path);
        switch (entry.Kind)
        {
            case TarKind.Symlink:
                if (entry.Target.Length == 0 || entry.Target.Length > limits.PathBytesMax)
                    throw ImageRefusal.Broken("image.layer-broken", $"The link '{Shown(entry.Name)}' has no target.");
                linkBytes += path.Length + entry.Target.Length;
                if (linkBytes > LinkBytesMax)
                    throw ImageRefusal.TooLarge($"Its symbolic links have more than {LinkBytesMax} characters.");
                links[path] = entry.Target;
                break;
            case TarKind.HardLink:
                var target = LinkTarget(entry);
                // What is below it may be a device, and would have another name outside.
                if (target.StartsWith("dev/", StringComparison.Ordinal))
                    throw ImageRefusal.Broken("image.device", $"'{Shown(entry.Name)}' is a link into dev/.");
                if (links.TryGetValue(target, out var second)) links[path] = second;
                break;
        }
    }

    private string LinkTarget(TarEntry entry)
    {
        try
        {
            return Place(entry.Target) is { Length: > 0 } target ? target : throw Escape(entry.Target, "is the root");
        }
        catch (ExecutionException failure) when (failure.Code == "image.path-escape")
        {
            throw new ExecutionException("image.link-escape",
                $"The hard link '{Shown(entry.Name)}' leads out of the image.", failure.Cure, failure);
        }
    }

    /// <summary>A file ".wh.NAME" says that NAME of a lower layer is gone.</summary>
    private void RemoveWhatIsWhitedOut(string path)
    {
        var slash = path.LastIndexOf('/') + 1;
        if (string.CompareOrdinal(path, slash, ".wh.", 0, 4) == 0) links.Remove(path[..slash] + path[(slash + 4)..]);
    }

    /// <summary>Where an entry of this name would really be written, relative to the root.</summary>
    private string Place(string name)
    {
        if (name.Length > limits.PathBytesMax)
            throw ImageRefusal.Broken("image.path-escape", $"A name in the image has {name.Length} bytes.");
        if (name.StartsWith('/')) throw Escape(name, "is absolute");
        var parts = Parts(name);
        foreach (var part in parts)
        {
            if (part == "..") throw Escape(name, "climbs with '..'");
            if (part.Length > limits.NameBytesMax) throw Escape(name, "has a part that is too long");
        }
        if (links.Count == 0 || parts.Count < 2) return string.Join('/', parts);
        var parent = Follow(name, parts[..^1]);
        parent.Add(parts[^1]);
        return string.Join('/', parent);
    }

    /// <summary>Follows the links on the way to a directory, as the kernel would.</summary>
    private List<string> Follow(string name, List<string> parts)
    {
        var ahead = new Stack<string>(Enumerable.Reverse(parts));
        List<string> reached = [];
        for (var followed = 0; ahead.TryPop(out var part);)
        {
            if (part == "..")
            {
                if (reached.Count == 0) throw Escape(name, "passes a link that climbs out");
                reached.RemoveAt(reached.Count - 1);
                continue;
            }
            reached.Add(part);
            if (!links.TryGetValue(string.Join('/', reached), out var target)) continue;
            if (target.StartsWith('/')) throw Escape(name, "passes an absolute link");
            if (++followed > LinksFollowedMax) throw Escape(name, "passes too many links");
            reached.RemoveAt(reached.Count - 1);
            foreach (var next in Enumerable.Reverse(Parts(target))) ahead.Push(next);
        }
        return reached;
    }

    private static List<string> Parts(string path) =>
        [.. path.Split('/').Where(part => part.Length > 0 && part != ".")];

    private static ExecutionException Escape(string name, string how) =>
        ImageRefusal.Broken("image.path-escape", $"The entry '{Shown(name)}' {how}.");

    /// <summary>A foreign name goes into logs: nothing but plain letters, and not too many.</summary>
    private static string Shown(string name)
    {
        const int Most = 120;
        var shown = name.Length > Most ? name[..Most] : name;
        return string.Concat(shown.Select(letter => letter is >= ' ' and <= '~' ? letter : '?'));
    }

    /// <summary>A first byte that was looked at, and what follows.</summary>
    private sealed class PrependedStream(int first, Stream rest) : Stream
    {
        private bool isFirstLeft = first >= 0;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            if (!isFirstLeft || buffer.Length == 0) return rest.Read(buffer);
            isFirstLeft = false;
            buffer[0] = (byte)first;
            return 1;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
