namespace Stun.Node.Storage;

/// <summary>Where a blob lies: two levels of 256 directories, so that none grows large.</summary>
internal static class BlobPath
{
    public static string Of(string root, Digest digest)
    {
        var name = digest.ToString();
        return Path.Combine(root, name[..2], name[2..4], name);
    }

    public static Digest? DigestOf(string path)
    {
        var name = Path.GetFileName(path);
        return name.Length == 2 * Digest.Size && name.All(char.IsAsciiHexDigitLower)
            ? Digest.Read(Convert.FromHexString(name))
            : null;
    }

    /// <summary>A directory whose name is durable, with those above it.</summary>
    public static void MakeDirectory(string path)
    {
        if (Directory.Exists(path)) return;
        var parent = Path.GetDirectoryName(path)!;
        MakeDirectory(parent);
        Directory.CreateDirectory(path);
        BlobFailure.Check(DiskCalls.SyncDirectory(parent), "sync", parent);
    }
}

internal static class BlobFailure
{
    public static void Check(int error, string act, string path)
    {
        if (error == 0) return;
        if (DiskCalls.IsFull(error)) throw Full($"The disk has no space left to {act} {path}.");
        throw new StorageException("blob.write-failed", $"Could not {act} {path}: {DiskCalls.Explain(error)}.",
            "Nothing half-written is kept. Look into the kernel's log, and replace the disk if it fails.");
    }

    public static StorageException Full(string message) => new("blob.full", message,
        "Remove tasks whose inputs and results are no longer needed, or raise the limit of the blob store.");

    public static StorageException Mismatch(Digest expected, Digest found) => new("blob.digest-mismatch",
        $"The content has the digest {found}, not {expected}. Nothing was kept.",
        "Send the content that belongs to the digest, or work its SHA-256 out again.");

    public static StorageException Missing(Digest digest) => new("blob.missing", $"There is no blob {digest} here.",
        "Upload it, or name one that is here.");

    public static StorageException UnknownUpload(string id) => new("blob.unknown-upload",
        $"There is no upload '{id}': it was completed, abandoned for a day, or never begun.", "Begin it again.");
}
