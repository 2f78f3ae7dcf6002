using System.Security.Cryptography;
using System.Text;

namespace Stun.Node.Storage;

/// <summary>
/// Who needs which blobs: a directory for each owner, named by the digest of its key, with an empty file for each blob.
/// A pin may come before its blob.
/// </summary>
internal sealed class BlobPins
{
    private readonly string directory;
    private readonly string doomed;
    private readonly Dictionary<string, HashSet<Digest>> byOwner = [];
    private readonly Dictionary<Digest, int> counts = [];

    public BlobPins(string directory, string doomed)
    {
        this.directory = directory;
        this.doomed = doomed;
        Directory.CreateDirectory(directory);
        foreach (var owner in Directory.EnumerateDirectories(directory))
            foreach (var pin in Directory.EnumerateFiles(owner))
                if (BlobPath.DigestOf(pin) is { } digest) Count(Path.GetFileName(owner), digest);
    }

    public bool Holds(Digest digest) => counts.ContainsKey(digest);

    public void Add(Digest digest, string owner)
    {
        var key = KeyOf(owner);
        if (byOwner.TryGetValue(key, out var pins) && pins.Contains(digest)) return;
        var home = Path.Combine(directory, key);
        BlobPath.MakeDirectory(home);
        using (File.OpenHandle(Path.Combine(home, digest.ToString()), FileMode.OpenOrCreate, FileAccess.Write)) { }
        BlobFailure.Check(DiskCalls.SyncDirectory(home), "sync", home);
        Count(key, digest);
    }

    public void Remove(string owner)
    {
        var key = KeyOf(owner);
        if (!byOwner.Remove(key, out var pins)) return;
        foreach (var digest in pins)
            if (--counts[digest] == 0) counts.Remove(digest);
        var home = Path.Combine(directory, key);
        // All pins of an owner go at once, also when the process ends in between.
        var grave = Path.Combine(doomed, Guid.NewGuid().ToString("n"));
        Directory.Move(home, grave);
        BlobFailure.Check(DiskCalls.SyncDirectory(directory), "sync", directory);
        Directory.Delete(grave, recursive: true);
    }

    private void Count(string key, Digest digest)
    {
        if (!byOwner.TryGetValue(key, out var pins)) byOwner[key] = pins = [];
        if (pins.Add(digest)) counts[digest] = counts.GetValueOrDefault(digest) + 1;
    }

    /// <summary>Keys are text of any kind; names of files are not.</summary>
    private static string KeyOf(string owner) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(owner)));
}
