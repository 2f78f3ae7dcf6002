namespace Stun.Node.Storage;

/// <summary>
/// All blobs that this process can lay hands on: the small ones of the journal, the files of its store, and what
/// another node has.
/// </summary>
/// <param name="older">Small blobs that have left memory.</param>
public sealed class Blobs(SmallBlobs small, BlobStore files, IBlobPeer elsewhere, Func<Digest, byte[]?> older)
{
    public SmallBlobs Small => small;

    public BlobStore Files => files;

    public bool IsHere(Digest digest) => TrySmall(digest, out _) || files.Contains(digest);

    /// <summary>The blob's bytes, or null when it is not in this process.</summary>
    public Stream? TryOpen(Digest digest)
    {
        if (TrySmall(digest, out var bytes)) return new MemoryStream(bytes.ToArray(), writable: false);
        return files.Contains(digest) ? files.OpenRead(digest) : null;
    }

    /// <summary>A file with the blob's content, brought from elsewhere if need be. It stays while it is open.</summary>
    public async Task<FileStream> OpenFileAsync(Digest digest, CancellationToken cancel)
    {
        if (!files.Contains(digest))
        {
            var source = TryOpen(digest) ?? await elsewhere.FetchAsync(digest, cancel).ConfigureAwait(false);
            await using (source.ConfigureAwait(false))
                await files.PutAsync(source, digest, cancel).ConfigureAwait(false);
        }
        return files.OpenRead(digest);
    }

    /// <summary>Reads all of it, if it is no larger than this.</summary>
    public async Task<byte[]?> ReadAsync(Digest digest, long bytesMax, CancellationToken cancel)
    {
        if (TrySmall(digest, out var bytes)) return bytes.ToArray();
        var file = await OpenFileAsync(digest, cancel).ConfigureAwait(false);
        await using (file.ConfigureAwait(false))
        {
            if (file.Length > bytesMax) return null;
            var content = new byte[file.Length];
            await file.ReadExactlyAsync(content, cancel).ConfigureAwait(false);
            return content;
        }
    }

    /// <summary>Keeps a file that this process made, and lets the other node have it where there is one.</summary>
    public async Task KeepFileAsync(string path, Digest digest, CancellationToken cancel)
    {
        var content = File.OpenRead(path);
        await using (content.ConfigureAwait(false))
        {
            if (content.Length <= NodeLimits.SmallBlobMax)
            {
                var bytes = new byte[content.Length];
                await content.ReadExactlyAsync(bytes, cancel).ConfigureAwait(false);
                await KeepAsync(bytes, cancel).ConfigureAwait(false);
                return;
            }
            await files.PutAsync(content, digest, cancel).ConfigureAwait(false);
        }
        await elsewhere.GiveAsync(digest, () => files.OpenRead(digest), cancel).ConfigureAwait(false);
    }

    /// <summary>Small ones move from memory to the read model, some time after they came.</summary>
    private bool TrySmall(Digest digest, out ReadOnlyMemory<byte> bytes)
    {
        if (small.TryGet(digest, out bytes)) return true;
        if (older(digest) is not { } kept) return small.TryGet(digest, out bytes);
        bytes = kept;
        return true;
    }

    public async Task<Digest> KeepAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        var digest = small.Put(bytes);
        await elsewhere.GiveAsync(digest, () => new MemoryStream(bytes.ToArray()), cancel).ConfigureAwait(false);
        return digest;
    }
}

/// <summary>The node to which this one dials: it has what tasks need, and wants what they make.</summary>
public interface IBlobPeer
{
    /// <exception cref="StorageException">It has no such blob, or cannot be reached.</exception>
    Task<Stream> FetchAsync(Digest digest, CancellationToken cancel);

    Task GiveAsync(Digest digest, Func<Stream> open, CancellationToken cancel);
}

/// <summary>For a process that holds the gateway itself: nobody else has anything.</summary>
public sealed class NoBlobPeer : IBlobPeer
{
    public Task<Stream> FetchAsync(Digest digest, CancellationToken cancel) =>
        throw new StorageException("blob.missing", $"There is no blob sha256:{digest} here.", "Upload it first.");

    public Task GiveAsync(Digest digest, Func<Stream> open, CancellationToken cancel) => Task.CompletedTask;
}
