namespace Stun.Execution.Images;

/// <summary>
/// The images of this machine, unpacked and ready to be run. An image is brought once, checked by digest and against
/// the limits before anything of it is unpacked, and stays until room is needed.
/// On the disk: <c>images/roots/DIGEST/{rootfs,image.json,use.json}</c> is whole or not there;
/// <c>images/staging</c> is what is on its way, and is emptied at the start.
/// </summary>
public sealed class ImageStore : IDisposable
{
    private readonly ImageLimits limits;
    private readonly string staging;
    private readonly FileStream door;
    private readonly ImageShelf shelf;
    private readonly SharedPulls pulls = new();
    private int stageCount;
    private int pullCount;

    private ImageStore(string images, long bytesMax, ImageLimits limits, FileStream door)
    {
        this.limits = limits;
        this.door = door;
        staging = Path.Combine(images, "staging");
        shelf = new ImageShelf(Path.Combine(images, "roots"), bytesMax, NewStagingPath);
    }

    /// <summary>How many pulls were started, shared ones once.</summary>
    public int PullCount => pullCount;

    /// <param name="store">A full path; the images lie in a directory "images" inside.</param>
    /// <param name="bytesMax">For all unpacked images together; what is on its way comes on top.</param>
    public static async Task<ImageStore> OpenAsync(string store, long bytesMax, ImageLimits limits)
    {
        var images = Path.Combine(Path.GetFullPath(store), "images");
        // Nobody else may reach what a stranger packed: programs with setuid are among it.
        CreatePrivate(images);
        var opened = new ImageStore(images, bytesMax, limits, Enter(images));
        try
        {
            await opened.CleanAsync(images).ConfigureAwait(false);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The image, unpacked; it stays until the result is disposed. Whoever knows the digest of the manifest, or of
    /// the index above it, names it as expected.
    /// </summary>
    public async Task<UnpackedImage> AcquireAsync(
        ImageSource source, Digest? expected, IProgress<ImageProgress> progress, CancellationToken cancel)
    {
        var wanted = expected ?? (source as ImageSource.Registry)?.Digest ?? (source as ImageSource.Blob)?.Digest;
        if (wanted is { } known && shelf.TryAcquire(known) is { } present) return present;
        ResolvedManifest? resolved = source switch
        {
            ImageSource.Registry registry =>
                await RegistryPull.ResolveAsync(registry, limits, cancel).ConfigureAwait(false),
            ImageSource.Layout layout => LayoutImport.Resolve(layout.Directory, expected, limits),
            _ => null,
        };
        resolved?.Require(expected);
        var key = (resolved?.Digest ?? expected)?.ToString() ?? source.ToString();
        return await pulls.JoinAsync(key, progress,
            (all, stop) => BringAsync(source, resolved, expected, all, stop),
            digest => shelf.TryAcquire(digest)!, cancel).ConfigureAwait(false);
    }

    /// <summary>The image, if it is here already.</summary>
    public UnpackedImage? TryAcquire(Digest digest) => shelf.TryAcquire(digest);

    /// <summary>Keeps an image whatever happens; it must be here. False if it is not.</summary>
    public bool Pin(Digest digest) => shelf.Pin(digest, isPinned: true);

    public bool Unpin(Digest digest) => shelf.Pin(digest, isPinned: false);

    public IReadOnlyList<StoredImage> List() => shelf.List();

    /// <summary>What lies in a store that another process may have open.</summary>
    public static IReadOnlyList<StoredImage> Peek(string store)
    {
        var roots = Path.Combine(Path.GetFullPath(store), "images", "roots");
        if (!Directory.Exists(roots)) return [];
        var shelf = new ImageShelf(roots, long.MaxValue, () => "");
        shelf.Load();
        return shelf.List();
    }

    public void Dispose() => door.Dispose();

    private static void CreatePrivate(string directory)
    {
        // Set on a directory that is there already, too: an image may hold programs with set-user-id bits.
        Directory.CreateDirectory(directory);
        File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>One process a store: two would count uses apart and evict what the other one runs.</summary>
    private static FileStream Enter(string images)
    {
        try
        {
            return new FileStream(Path.Combine(images, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite,
                FileShare.None);
        }
        catch (IOException failure) when (!ImageRefusal.IsDiskFull(failure))
        {
            throw new ExecutionException("image.store-busy", $"{images} is open in another process.",
                "Ask that process, or stop it first.", failure);
        }
    }

    private async Task CleanAsync(string images)
    {
        Directory.CreateDirectory(Path.Combine(images, "roots"));
        if (Directory.Exists(staging)) await DiskSpace.RemoveAsync(staging).ConfigureAwait(false);
        Directory.CreateDirectory(staging);
        foreach (var broken in shelf.Load()) await DiskSpace.RemoveAsync(broken).ConfigureAwait(false);
    }

    private string NewStagingPath() => Path.Combine(staging, $"{Interlocked.Increment(ref stageCount)}");

    private async Task<UnpackedImage> BringAsync(ImageSource source, ResolvedManifest? resolved, Digest? expected,
        IProgress<ImageProgress> progress, CancellationToken cancel)
    {
        // It may have arrived between the look at the shelf and the start of this pull.
        if (resolved is not null && shelf.TryAcquire(resolved.Digest) is { } present)
        {
            shelf.AddNames(present.Digest, NamesOf(source, resolved));
            return present;
        }
        Interlocked.Increment(ref pullCount);
        var stage = NewStagingPath();
        Directory.CreateDirectory(stage);
        try
        {
            return await PullAsync(source, resolved, expected, stage, progress, cancel).ConfigureAwait(false);
        }
        catch (IOException failure) when (ImageRefusal.IsDiskFull(failure))
        {
            throw ImageRefusal.DiskFull($"The disk became full while {source} was brought.", failure);
        }
        finally
        {
            await DiskSpace.RemoveAsync(stage).ConfigureAwait(false);
        }
    }

    private async Task<UnpackedImage> PullAsync(ImageSource source, ResolvedManifest? resolved, Digest? expected,
        string stage, IProgress<ImageProgress> progress, CancellationToken cancel)
    {
        var image = await FetchAsync(source, resolved, expected, stage, progress, cancel).ConfigureAwait(false);
        var verified = await Task.Run(() => image.Verify(progress, cancel), cancel).ConfigureAwait(false);
        var unpacked = Path.Combine(stage, "image");
        Directory.CreateDirectory(unpacked);
        await RootUnpack.UnpackAsync(
            verified, Path.Combine(stage, "layout"), Path.Combine(unpacked, "rootfs"), limits, cancel)
            .ConfigureAwait(false);
        var bytes = await DiskSpace.MeasureAsync(unpacked, cancel).ConfigureAwait(false);
        var record = new ImageRecord(
            image.Resolved.Digest, [.. NamesOf(source, image.Resolved)], verified.Config.Config, bytes);
        record.Write(unpacked);
        await DiskSpace.FlushAsync(unpacked, cancel).ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
        var (committed, doomed) = shelf.Commit(unpacked, record);
        shelf.AddNames(record.Digest, record.Names);
        try
        {
            foreach (var path in doomed) await DiskSpace.RemoveAsync(path).ConfigureAwait(false);
            var total = image.Manifest.LayerBytes;
            progress.Report(new ImageProgress(ImageStage.Unpack, total, total));
            return committed;
        }
        catch
        {
            // The image is here and good; only this hold on it must not outlive the failure.
            committed.Dispose();
            throw;
        }
    }

    private async Task<StagedImage> FetchAsync(ImageSource source, ResolvedManifest? resolved, Digest? expected,
        string stage, IProgress<ImageProgress> progress, CancellationToken cancel)
    {
        var blobs = Path.Combine(stage, "blobs");
        var archive = Path.Combine(stage, "archive");
        Directory.CreateDirectory(blobs);
        Directory.CreateDirectory(archive);
        switch (source)
        {
            case ImageSource.Registry registry:
                var pulled = new StagedImage(blobs, resolved!, limits);
                await RegistryPull.FetchAsync(registry, pulled, limits, progress, cancel).ConfigureAwait(false);
                return pulled;
            case ImageSource.Layout layout:
                var copied = new StagedImage(blobs, resolved!, limits);
                await Task.Run(() => LayoutImport.Fetch(layout.Directory, copied, limits, progress, cancel), cancel)
                    .ConfigureAwait(false);
                return copied;
            case ImageSource.DockerArchive archived:
                RequireFile(archived.File);
                return await ImportAsync(
                    new ArchiveImport(archived.File, null, archive, limits), blobs, expected, cancel)
                    .ConfigureAwait(false);
            case ImageSource.Blob blob:
                RequireFile(blob.File);
                var digest = await ImageDigest.OfFileAsync(blob.File, cancel).ConfigureAwait(false);
                if (digest != blob.Digest) throw ImageRefusal.Mismatch($"The blob {blob.File}", blob.Digest, digest);
                return await ImportAsync(
                    new ArchiveImport(blob.File, blob.Digest, archive, limits), blobs, expected, cancel)
                    .ConfigureAwait(false);
            default:
                throw new NotSupportedException(source.ToString());
        }
    }

    private static Task<StagedImage> ImportAsync(
        ArchiveImport archive, string blobs, Digest? expected, CancellationToken cancel) =>
        Task.Run(() => archive.Import(blobs, expected, cancel), cancel);

    private static void RequireFile(string file)
    {
        if (!File.Exists(file)) throw ImageRefusal.NotFound($"{file} does not exist.");
    }

    private static IEnumerable<Digest> NamesOf(ImageSource source, ResolvedManifest resolved)
    {
        if (resolved.Index is { } index) yield return index;
        if (source is ImageSource.Blob blob) yield return blob.Digest;
    }
}
