using System.Security.Cryptography;

namespace Stun.Node.Operator.Results;

/// <summary>
/// Results that are too large for a chain, and what contracts have asked to be kept. The chain has their names: so
/// everybody may read them, and they stay here until there is no more room: then the oldest go.
/// </summary>
public sealed class ResultShelf
{
    public const string NoRoom = "operator.no-room";

    private readonly string directory;
    private readonly ulong bytesMax;
    private readonly Lock gate = new();
    private ulong used;

    public ResultShelf(string directory, ulong bytesMax)
    {
        (this.directory, this.bytesMax) = (directory, bytesMax);
        Directory.CreateDirectory(directory);
        foreach (var file in new DirectoryInfo(directory).EnumerateFiles())
        {
            // What a crash left half written has no name of its own yet.
            if (file.Extension == ".part") file.Delete();
            else used += (ulong)file.Length;
        }
    }

    /// <summary>Returns when it would survive a power cut.</summary>
    /// <exception cref="RequestRefusedException"><c>operator.no-room</c></exception>
    public Digest Keep(byte[] content)
    {
        var digest = Digest.Read(SHA256.HashData(content));
        var path = PathOf(digest);
        lock (gate)
        {
            if (File.Exists(path)) return digest;
            if (!MakeRoom((ulong)content.Length))
                throw new RequestRefusedException(NoRoom,
                    "This node has no room for a result of this size. Ask for a part of it, or ask another node.");
            var part = path + ".part";
            using (var file = new FileStream(part, FileMode.Create, FileAccess.Write))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }
            File.Move(part, path);
            used += (ulong)content.Length;
        }
        return digest;
    }

    /// <summary>The oldest go: a shelf that is full once would else be full for ever.</summary>
    private bool MakeRoom(ulong size)
    {
        if (size > bytesMax) return false;
        if (used + size <= bytesMax) return true;
        foreach (var file in new DirectoryInfo(directory).EnumerateFiles().OrderBy(file => file.LastWriteTimeUtc))
        {
            var length = (ulong)file.Length;
            file.Delete();
            used -= Math.Min(used, length);
            if (used + size <= bytesMax) return true;
        }
        return true;
    }

    public FileStream? TryOpen(Digest digest)
    {
        try
        {
            return File.OpenRead(PathOf(digest));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private string PathOf(Digest digest) => Path.Combine(directory, digest.ToString());
}
