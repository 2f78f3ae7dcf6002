using System.Buffers;
using System.Security.Cryptography;
using Stun.Execution.Linux;

namespace Stun.Execution.Containers;

/// <summary>
/// Takes what a program left in /out, after all of it is gone. Everything there is a stranger's: links are not
/// followed, devices and pipes not opened, sizes counted as they are read, and each refusal is told.
/// </summary>
internal sealed class OutputCollection(IEnumerable<string> patterns, long bytesMax, int filesMax, string destination)
{
    /// <summary>Bounds the walk itself: empty directories cost nothing to make and time to visit.</summary>
    private int EntriesMax => 4 * Math.Min(filesMax, int.MaxValue / 8);

    private const int DepthMax = 64, NameMax = 1024, BufferBytes = 128 << 10;

    /// <summary>More refusals than this are one refusal.</summary>
    private const int RefusedMax = 100;

    private readonly OutputPattern[] wanted = patterns.Select(pattern => new OutputPattern(pattern)).ToArray();
    private readonly List<OutputFile> taken = [];
    private readonly List<RefusedOutput> refused = [];
    private int seen;
    private long bytes;

    public IReadOnlyList<OutputFile> Taken => taken;

    public IReadOnlyList<RefusedOutput> Refused => refused;

    /// <param name="places">Where on this machine directories of the container lie, by their paths in it.</param>
    public void Collect(string directory, IEnumerable<(string Path, string Here)> places)
    {
        Directory.CreateDirectory(destination);
        Walk(directory, "", 0);
        foreach (var (path, here) in places)
            if (Kernel.Look(here) is { Kind: FileKind.Directory }) Walk(here, path + "/", 0);
        taken.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
    }

    private void Walk(string directory, string prefix, int depth)
    {
        var room = EntriesMax - seen;
        // Names cost a program a few bytes each, and us a thousand: what is not looked at is not listed either.
        var entries = Directory.EnumerateFileSystemEntries(directory).Take(room + 1).ToArray();
        if (entries.Length > room)
        {
            Refuse(prefix.Length == 0 ? "/" : prefix, $"more than {EntriesMax} entries; none of it was taken");
            return;
        }
        seen += entries.Length;
        foreach (var path in entries.Order(StringComparer.Ordinal))
        {
            var name = prefix + Path.GetFileName(path);
            if (name.Length > NameMax) Refuse(name, $"its name is longer than {NameMax}");
            // Bytes that are no text become this character, and so would two files become one name.
            else if (name.Contains('\uFFFD')) Refuse(name, "its name is not valid UTF-8");
            else if (Kernel.Look(path) is not { } look) Refuse(name, "it cannot be looked at");
            else if (look.Kind == FileKind.Directory && depth < DepthMax) Walk(path, name + "/", depth + 1);
            else if (look.Kind == FileKind.Directory) Refuse(name, $"deeper than {DepthMax} directories");
            else if (wanted.Any(pattern => pattern.Matches(name))) Take(path, name, look.Kind, look.Size);
        }
    }

    private void Take(string path, string name, FileKind kind, long size)
    {
        if (kind != FileKind.File) Refuse(name, $"not a file but a {KindName(kind)}");
        else if (name.Any(char.IsControl)) Refuse(name, "a control character in its name");
        else if (taken.Count == filesMax) Refuse(name, $"more than {filesMax} files");
        // A sparse file is large only when it is read.
        else if (size > bytesMax - bytes) Refuse(name, $"{size} bytes, and {bytesMax - bytes} are left of {bytesMax}");
        else taken.Add(Copy(path, name));
    }

    private OutputFile Copy(string path, string name)
    {
        var next = Path.Combine(destination, $".next-{Guid.NewGuid():n}");
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long size = 0;
            using (var source = Kernel.OpenFile(path))
            using (var target = File.Create(next))
            {
                int count;
                while ((count = source.Read(buffer)) > 0)
                {
                    target.Write(buffer, 0, count);
                    hash.AppendData(buffer, 0, count);
                    size += count;
                }
            }
            var digest = Digest.Read(hash.GetHashAndReset());
            File.Move(next, Path.Combine(destination, digest.ToString()), overwrite: true);
            bytes += size;
            return new OutputFile(name, digest, size);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            File.Delete(next);
        }
    }

    private void Refuse(string name, string reason)
    {
        if (refused.Count < RefusedMax) refused.Add(new RefusedOutput(TerminalText.OfName(name), reason));
    }

    private static string KindName(FileKind kind) => kind switch
    {
        FileKind.Link => "symbolic link",
        FileKind.Pipe => "pipe",
        FileKind.Socket => "socket",
        _ => "device",
    };
}
