using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Stun.Node.Storage;

/// <summary>
/// One file of a journal, named by its first position. It gets its name when its header and its space are durable, so
/// whatever bears a name is whole up to where records end.
/// </summary>
internal sealed class SegmentFile : IDisposable
{
    public const int HeaderSize = 16;
    public const string Ending = ".journal";
    private static ReadOnlySpan<byte> Magic => "STUNJRN1"u8;

    private readonly SafeFileHandle file;
    private readonly long size;
    private long end = HeaderSize;

    private SegmentFile(string path, SafeFileHandle file, long size)
    {
        Path = path;
        this.file = file;
        this.size = size;
    }

    public string Path { get; }

    public static string Name(ulong first) => first.ToString("d20", CultureInfo.InvariantCulture) + Ending;

    public static ulong? FirstOf(string path)
    {
        var name = System.IO.Path.GetFileNameWithoutExtension(path);
        return name.Length == 20 && ulong.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            ? first
            : null;
    }

    public static bool HasHeader(ReadOnlySpan<byte> bytes, ulong first) =>
        bytes.Length >= HeaderSize && bytes.StartsWith(Magic)
        && BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]) == first;

    /// <summary>Its space is reserved first: the disk is found full here, and no sync has to move metadata.</summary>
    public static SegmentFile Create(string directory, ulong first, long size)
    {
        var path = System.IO.Path.Combine(directory, Name(first));
        var temporary = path + ".new";
        var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite);
        try
        {
            Span<byte> header = stackalloc byte[HeaderSize];
            Magic.CopyTo(header);
            BinaryPrimitives.WriteUInt64LittleEndian(header[8..], first);
            DiskFailure.Check(DiskCalls.Allocate(file, size), "reserve space for", temporary);
            DiskFailure.Check(DiskCalls.WriteAll(file, header, 0), "write", temporary);
            DiskFailure.Check(DiskCalls.Sync(file), "sync", temporary);
            File.Move(temporary, path);
            DiskFailure.Check(DiskCalls.SyncDirectory(directory), "sync", directory);
            return new SegmentFile(path, file, size);
        }
        catch (Exception)
        {
            file.Dispose();
            // The space it took may be what the process needs to end well.
            File.Delete(temporary);
            throw;
        }
    }

    public bool HasRoom(long bytes) => bytes <= size - end;

    /// <summary>One write, one sync; only then does the group count.</summary>
    public void Append(ReadOnlySpan<byte> group)
    {
        DiskFailure.Check(DiskCalls.WriteAll(file, group, end), "write", Path);
        DiskFailure.Check(DiskCalls.SyncData(file), "sync", Path);
        end += group.Length;
    }

    public void Dispose()
    {
        if (!file.IsClosed)
            try
            {
                // Gives back the space that was reserved and not used. Not needed for what is there to be found.
                RandomAccess.SetLength(file, end);
            }
            catch (IOException)
            {
                // The zeros stay; they are the end as well.
            }
        file.Dispose();
    }
}

/// <summary>Numbers of errors of the journal's disk, in words.</summary>
internal static class DiskFailure
{
    public static void Check(int error, string act, string path)
    {
        if (error != 0) throw Of(error, act, path);
    }

    public static StorageException Of(int error, string act, string path) => DiskCalls.IsFull(error)
        ? new StorageException("journal.disk-full",
            $"No space is left to {act} {path}.",
            "What was acknowledged is safe. Make room on this disk and start again.")
        : new StorageException("journal.write-failed",
            $"Could not {act} {path}: {DiskCalls.Explain(error)}.",
            "What was acknowledged is safe if the disk is. Look into the kernel's log, replace the disk if it fails, "
            + "and start again.");
}
