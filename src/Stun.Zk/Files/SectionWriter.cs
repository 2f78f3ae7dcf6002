using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Stun.Zk.Fields;

namespace Stun.Zk.Files;

/// <summary>Writes a file of sections; the length of each is set when it ends.</summary>
internal sealed class SectionWriter : IDisposable
{
    private const int Piece = 1 << 20;

    private readonly Stream stream;
    private string? target;
    private long sectionStart = -1;

    public SectionWriter(Stream stream, string kind, uint version, uint sections)
    {
        this.stream = stream;
        stream.Write(Encoding.ASCII.GetBytes(kind));
        Write(version);
        Write(sections);
    }

    /// <summary>What lies there stays until <see cref="Complete"/>: a key may have taken days to make.</summary>
    public static SectionWriter Create(string path, string kind, uint version, uint sections)
    {
        var file = new FileStream(Part(path), FileMode.Create, FileAccess.Write, FileShare.None, 1 << 18);
        var writer = new SectionWriter(file, kind, version, sections);
        writer.target = path;
        return writer;
    }

    private static string Part(string path) => path + ".part";

    /// <summary>All is written: it takes its place. Without this nothing of it is left.</summary>
    public void Complete()
    {
        End();
        stream.Dispose();
        if (target is null) return;
        File.Move(Part(target), target, overwrite: true);
        target = null;
    }

    public void Begin(uint id)
    {
        End();
        Write(id);
        Write(0UL);
        sectionStart = stream.Position;
    }

    public void Write(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        stream.Write(bytes);
    }

    public void Write(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        stream.Write(bytes);
    }

    public void Write(ReadOnlySpan<byte> bytes) => stream.Write(bytes);

    /// <summary>Values as they lie in memory: numbers of 256 bits, least significant word first.</summary>
    public void WriteRaw<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        // As bytes a span may be longer than a span can be.
        for (; values.Length > Piece; values = values[Piece..]) stream.Write(MemoryMarshal.AsBytes(values[..Piece]));
        stream.Write(MemoryMarshal.AsBytes(values));
    }

    public void WriteRaw<T>(T value) where T : unmanaged => WriteRaw(new ReadOnlySpan<T>(in value));

    /// <summary>The length of a number in bytes, and the prime.</summary>
    public void WritePrime<TPrime>() where TPrime : struct, IPrime
    {
        Write(32u);
        WriteRaw(Montgomery<TPrime>.Prime);
    }

    public void Dispose()
    {
        if (target is null && stream.CanWrite) End();
        try
        {
            stream.Dispose();
        }
        finally
        {
            if (target is not null) File.Delete(Part(target));
        }
    }

    private void End()
    {
        if (sectionStart < 0) return;
        var end = stream.Position;
        stream.Position = sectionStart - 8;
        Write((ulong)(end - sectionStart));
        stream.Position = end;
        sectionStart = -1;
    }
}
