using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Stun.Node.Storage;

/// <summary>
/// Content by its SHA-256, in files. Content is written under another name, synced, and only then renamed: so a crash
/// leaves the whole blob or none, and what has a name needs no check when it is read.
/// </summary>
public sealed class BlobStore : IDisposable
{
    private readonly SafeFileHandle lockFile;
    private readonly string incoming;
    private readonly BlobLimits limits;
    private readonly BlobShelf shelf;
    private readonly BlobUploads uploads;

    private BlobStore(string directory, SafeFileHandle lockFile, BlobLimits limits, TimeProvider clock)
    {
        this.lockFile = lockFile;
        this.limits = limits;
        incoming = Path.Combine(directory, "incoming");
        // Whatever an earlier life had not finished receiving or removing.
        if (Directory.Exists(incoming)) Directory.Delete(incoming, recursive: true);
        Directory.CreateDirectory(incoming);
        shelf = new BlobShelf(
            Path.Combine(directory, "blobs"), Path.Combine(directory, "pins"), incoming, limits, clock);
        uploads = new BlobUploads(Path.Combine(directory, "uploads"), shelf, clock);
        BlobFailure.Check(DiskCalls.SyncDirectory(directory), "sync", directory);
    }

    /// <summary>What blobs and uploads take together.</summary>
    public long Bytes => shelf.Bytes;

    public static BlobStore Open(string directory, BlobLimits limits) => Open(directory, limits, TimeProvider.System);

    /// <summary>Takes the directory, which is made if need be.</summary>
    public static BlobStore Open(string directory, BlobLimits limits, TimeProvider clock)
    {
        Directory.CreateDirectory(directory);
        var file = DiskCalls.TryLock(Path.Combine(directory, "lock")) ?? throw new StorageException("blob.locked",
            $"Another process has the blobs in {directory} open.", "End it, or give this node a directory of its own.");
        return new BlobStore(directory, file, limits, clock);
    }

    /// <param name="expected">If given, other content is refused and not kept.</param>
    public async Task<Digest> PutAsync(Stream content, Digest? expected, CancellationToken cancel)
    {
        var path = Path.Combine(incoming, Guid.NewGuid().ToString("n"));
        var size = 0L;
        var isKept = false;
        try
        {
            Digest digest;
            await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write))
            {
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                await BlobCopy.RunAsync(content, file, shelf, hash, count => size += count, cancel);
                digest = Digest.Read(hash.GetHashAndReset());
                if (expected is { } wanted && digest != wanted) throw BlobFailure.Mismatch(wanted, digest);
                BlobFailure.Check(DiskCalls.Sync(file.SafeFileHandle), "sync", path);
            }
            shelf.Keep(digest, path, size);
            isKept = true;
            return digest;
        }
        finally
        {
            if (!isKept)
            {
                File.Delete(path);
                shelf.Return(size);
            }
        }
    }

    /// <summary>The upload survives a restart. Who wants to send what is here already need not.</summary>
    public BlobUpload BeginUpload(Digest digest, long size)
    {
        if (size < 0 || size > limits.BytesMax)
            throw BlobFailure.Full($"A blob of {size} bytes does not fit into a store of {limits.BytesMax}.");
        return uploads.Begin(digest, size);
    }

    /// <summary>Where an upload stands; null if there is none.</summary>
    public BlobUpload? FindUpload(string upload) => uploads.Find(upload);

    /// <param name="offset">Where the content begins: the upload's own offset.</param>
    public Task<BlobUpload> AppendAsync(string upload, long offset, Stream content, CancellationToken cancel) =>
        uploads.AppendAsync(upload, offset, content, cancel);

    /// <summary>Checks the digest. If it is another one, nothing is kept and the upload is gone.</summary>
    public Task<Digest> CompleteAsync(string upload, CancellationToken cancel) => uploads.CompleteAsync(upload, cancel);

    /// <summary>Seekable. The blob is not collected before the stream is closed.</summary>
    public FileStream OpenRead(Digest digest) => shelf.Open(digest);

    public bool Contains(Digest digest) => shelf.SizeOf(digest) is not null;

    public long? SizeOf(Digest digest) => shelf.SizeOf(digest);

    /// <summary>Keeps a blob, here or yet to come, until its owner lets go of all its pins.</summary>
    /// <param name="owner">Any text that names who needs it: a task, an image.</param>
    public void Pin(Digest digest, string owner) => shelf.Pin(digest, owner);

    public void Unpin(string owner) => shelf.Unpin(owner);

    /// <summary>
    /// Removes abandoned uploads and what nobody pins and nobody has used for long. To be called now and then.
    /// </summary>
    public int Collect() => uploads.Collect(limits.AbandonedAfter) + shelf.Collect();

    public void Dispose() => DiskCalls.Unlock(lockFile);
}
