using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Stun.Zk.Files;

/// <summary>
/// The container of the field's binary files: four letters, a version, a number of sections, and the sections, each
/// with its id and length. Only the table is read at once; sections are read when they are asked for, into memory
/// outside of the managed heap, and never more than the file really has.
/// </summary>
internal sealed class SectionedFile : IDisposable
{
    // The richest format has 15 kinds of sections.
    private const int SectionsMax = 64;

    private readonly SafeFileHandle handle;
    private readonly Dictionary<uint, (long Offset, long Length)> sections = [];

    private SectionedFile(string path, SafeFileHandle handle)
    {
        Path = path;
        this.handle = handle;
        Length = RandomAccess.GetLength(handle);
    }

    public string Path { get; }

    public long Length { get; }

    public string Kind { get; private set; } = "";

    public static SectionedFile Open(string path, string kind, uint version)
    {
        var file = new SectionedFile(path, File.OpenHandle(path, options: FileOptions.RandomAccess));
        try
        {
            file.ReadTable(kind, version);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public bool Has(uint id) => sections.ContainsKey(id);

    public long LengthOf(uint id) => Find(id).Length;

    /// <summary>Refuses a section whose length is not the one that the header demands.</summary>
    public void RequireLength(uint id, long expected, string what)
    {
        var found = LengthOf(id);
        if (found == expected) return;
        throw Shape($"section {id} ({what}) has {found} bytes where the header asks for {expected}");
    }

    /// <summary>A whole section that is known to be small.</summary>
    public byte[] ReadSmall(uint id, int most)
    {
        var (offset, length) = Find(id);
        if (length > most) throw Shape($"section {id} has {length} bytes where at most {most} are allowed");
        var bytes = new byte[length];
        ReadExactly(bytes, offset);
        return bytes;
    }

    /// <summary>A whole section as an array of values of one size.</summary>
    public NativeArray<T> Read<T>(uint id) where T : unmanaged
    {
        var (offset, length) = Find(id);
        return Read<T>(offset, length, id);
    }

    /// <summary>A part of a section as an array of values of one size.</summary>
    public NativeArray<T> Read<T>(uint id, long from, int count) where T : unmanaged
    {
        var (offset, length) = Find(id);
        var size = (long)Unsafe.SizeOf<T>() * count;
        if (from < 0 || size > length - from) throw Shape($"section {id} ends before {from + size}");
        return Read<T>(offset + from, size, id);
    }

    /// <summary>Reads a section piece by piece.</summary>
    public Cursor Walk(uint id)
    {
        var (offset, length) = Find(id);
        return new Cursor(this, id, offset, length);
    }

    public ZkException Shape(string what) => new(ZkCodes.FileShape, $"{Path}: {what}.");

    public void Dispose() => handle.Dispose();

    private NativeArray<T> Read<T>(long offset, long length, uint id) where T : unmanaged
    {
        var size = Unsafe.SizeOf<T>();
        if (length % size != 0) throw Shape($"section {id} is not made of pieces of {size} bytes");
        if (length / size > Array.MaxLength || length > Array.MaxLength)
        {
            throw new ZkException(ZkCodes.FileLimit, $"{Path}: section {id} of {length} bytes is above 2 GiB.");
        }
        var array = new NativeArray<T>((int)(length / size), cleared: false);
        ReadExactly(MemoryMarshal.AsBytes(array.Span), offset);
        return array;
    }

    private (long Offset, long Length) Find(uint id) =>
        sections.TryGetValue(id, out var section) ? section : throw Shape($"section {id} is missing");

    private void ReadTable(string kind, uint version)
    {
        Span<byte> header = stackalloc byte[12];
        if (Length < header.Length) throw Kindless(kind);
        ReadExactly(header, 0);
        Kind = Encoding.ASCII.GetString(header[..4]);
        if (Kind != kind) throw Kindless(kind);
        var found = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        if (found == 0 || found > version)
        {
            throw new ZkException(ZkCodes.FileKind,
                $"{Path}: version {found} of the form \"{kind}\" is not known; it must be from 1 to {version}.");
        }
        var count = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        if (count > SectionsMax) throw Shape($"{count} sections are more than {SectionsMax}");
        var at = 12L;
        for (var i = 0; i < count; i++) at = ReadEntry(at);
        if (at != Length) throw Shape($"{Length - at} bytes follow its last section");
    }

    private long ReadEntry(long at)
    {
        Span<byte> entry = stackalloc byte[12];
        if (Length - at < entry.Length) throw Shape($"the head of a section is cut off at byte {at}");
        ReadExactly(entry, at);
        var id = BinaryPrimitives.ReadUInt32LittleEndian(entry);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(entry[4..]);
        at += entry.Length;
        if (length > (ulong)(Length - at))
        {
            throw Shape($"section {id} claims {length} bytes at byte {at}, and the file has {Length - at} more");
        }
        if (!sections.TryAdd(id, (at, (long)length))) throw Shape($"section {id} comes twice");
        return at + (long)length;
    }

    private ZkException Kindless(string kind) => new(ZkCodes.FileKind, $"{Path} is no file of the form \"{kind}\".");

    private void ReadExactly(Span<byte> into, long offset)
    {
        while (into.Length > 0)
        {
            var read = RandomAccess.Read(handle, into, offset);
            if (read == 0) throw Shape($"the file ends at byte {offset}");
            into = into[read..];
            offset += read;
        }
    }

    /// <summary>A place in a section, with a buffer behind it.</summary>
    public sealed class Cursor(SectionedFile file, uint id, long offset, long length)
    {
        private readonly byte[] buffer = new byte[(int)Math.Min(length, 1 << 18)];
        private int start;
        private int end;
        private long taken;

        /// <summary>How many bytes of the section have not been taken.</summary>
        public long Left => length - taken;

        /// <summary>The next bytes; they are gone with the next call.</summary>
        public ReadOnlySpan<byte> Take(int count)
        {
            if (count > Left) throw file.Shape($"section {id} ends {count - Left} bytes early");
            if (end - start < count) Fill(count);
            var piece = buffer.AsSpan(start, count);
            start += count;
            taken += count;
            return piece;
        }

        public uint TakeUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

        public ulong TakeUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

        private void Fill(int count)
        {
            if (count > buffer.Length) throw file.Shape($"section {id} is read in pieces of {count} bytes");
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            start = 0;
            var at = offset + taken + end;
            var more = (int)Math.Min(buffer.Length - end, Left - end);
            file.ReadExactly(buffer.AsSpan(end, more), at);
            end += more;
        }
    }
}
