using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Stun.Node.Storage;

/// <summary>
/// Snapshots beside the segments, one file each: mark, position, count, then role, length and entries of each role, and
/// a SHA-256 of all of it at the end. The newest two are kept, so that one that rots does not take the node with it.
/// </summary>
internal sealed class SnapshotFiles(string directory)
{
    private const string Ending = ".snapshot";
    private const int Kept = 2, PrefixSize = 20;
    private static ReadOnlySpan<byte> Magic => "STUNSNP1"u8;

    /// <summary>Of the names that are there, whole or not: a name says that its records were durable.</summary>
    public ulong NewestPosition => Positions().FirstOrDefault();

    public async Task WriteAsync(JournalSnapshot snapshot, CancellationToken cancel)
    {
        var path = PathOf(snapshot.Position);
        var temporary = path + ".new";
        try
        {
            await WriteFileAsync(temporary, snapshot, cancel);
            File.Move(temporary, path, overwrite: true);
        }
        catch (IOException exception)
        {
            File.Delete(temporary);
            var isFull = (exception.HResult & 0xffff) == DiskCalls.NoSpace || exception.Message.Contains("space left");
            throw DiskFailure.Of(isFull ? DiskCalls.NoSpace : 5, "write", path);
        }
        DiskFailure.Check(DiskCalls.SyncDirectory(directory), "sync", directory);
        foreach (var old in Positions().Skip(Kept)) File.Delete(PathOf(old));
    }

    public async Task<JournalSnapshot?> ReadAsync(CancellationToken cancel)
    {
        foreach (var position in Positions())
            if (await ReadFileAsync(position, cancel) is { } snapshot) return snapshot;
        return null;
    }

    private static async Task WriteFileAsync(string path, JournalSnapshot snapshot, CancellationToken cancel)
    {
        await using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var prefix = new byte[PrefixSize];
        Magic.CopyTo(prefix);
        BinaryPrimitives.WriteUInt64LittleEndian(prefix.AsSpan(8), snapshot.Position);
        BinaryPrimitives.WriteInt32LittleEndian(prefix.AsSpan(16), snapshot.Roles.Count);
        await PutAsync(prefix);
        foreach (var (role, entries) in snapshot.Roles)
        {
            var head = new byte[Address.Size + 4];
            role.Write(head);
            BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(Address.Size), entries.Length);
            await PutAsync(head);
            await PutAsync(entries);
        }
        await file.WriteAsync(hash.GetHashAndReset(), cancel);
        await file.FlushAsync(cancel);
        DiskFailure.Check(DiskCalls.Sync(file.SafeFileHandle), "sync", path);

        async Task PutAsync(byte[] bytes)
        {
            hash.AppendData(bytes);
            await file.WriteAsync(bytes, cancel);
        }
    }

    private async Task<JournalSnapshot?> ReadFileAsync(ulong position, CancellationToken cancel)
    {
        await using var file = new FileStream(PathOf(position), FileMode.Open, FileAccess.Read);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (await TakeAsync(PrefixSize) is not { } prefix || !prefix.AsSpan().StartsWith(Magic)
            || BinaryPrimitives.ReadUInt64LittleEndian(prefix.AsSpan(8)) != position) return null;
        List<(Address, byte[])> roles = [];
        for (var left = BinaryPrimitives.ReadInt32LittleEndian(prefix.AsSpan(16)); left > 0; left--)
        {
            if (await TakeAsync(Address.Size + 4) is not { } head) return null;
            var role = Address.Read(head.AsSpan(0, Address.Size));
            var length = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(Address.Size));
            if (await TakeAsync(length) is not { } entries) return null;
            roles.Add((role, entries));
        }
        var expected = hash.GetHashAndReset();
        return await TakeAsync(expected.Length) is { } found && found.AsSpan().SequenceEqual(expected)
            ? new JournalSnapshot(position, roles)
            : null;

        async Task<byte[]?> TakeAsync(int count)
        {
            if (count < 0 || count > file.Length - file.Position) return null;
            var bytes = new byte[count];
            await file.ReadExactlyAsync(bytes, cancel);
            hash.AppendData(bytes);
            return bytes;
        }
    }

    private IEnumerable<ulong> Positions() => Directory.EnumerateFiles(directory, "*" + Ending)
        .Select(SegmentFile.FirstOf).OfType<ulong>().OrderDescending();

    private string PathOf(ulong position) =>
        Path.Combine(directory, position.ToString("d20", CultureInfo.InvariantCulture) + Ending);
}
