using System.Buffers.Binary;

namespace Stun.Tee.Reading;

/// <summary>
/// Walks over bytes of a fixed layout, little-endian, without copying. Each step is checked against what is left.
/// </summary>
internal ref struct ByteReader(ReadOnlyMemory<byte> data, string what)
{
    private int position;

    public readonly int Position => position;

    public readonly int Left => data.Length - position;

    public ReadOnlyMemory<byte> Take(int count)
    {
        if ((uint)count > (uint)Left)
            throw new EvidenceException("format.truncated", $"{what} ends at byte {data.Length}; "
                + $"{count} more were needed at byte {position}.");
        var taken = data.Slice(position, count);
        position += count;
        return taken;
    }

    /// <summary>As many as a length that a stranger wrote, which may not fit an int.</summary>
    public ReadOnlyMemory<byte> Take(uint count) => count > (uint)Left
        ? throw new EvidenceException("format.truncated", $"{what} says that {count} bytes follow at byte {position}, "
            + $"and {Left} do.")
        : Take((int)count);

    public void Skip(int count) => Take(count);

    public byte Byte() => Take(1).Span[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2).Span);

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4).Span);

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8).Span);

    /// <summary>Bytes that have no meaning yet. What is set in them may change what the rest means.</summary>
    public void Zeros(int count)
    {
        var at = position;
        if (Take(count).Span.ContainsAnyExcept((byte)0))
            throw new EvidenceException("format.reserved", $"Reserved bytes of {what} at byte {at} are set.");
    }

    public readonly void End()
    {
        if (Left != 0)
            throw new EvidenceException("format.trailing", $"{Left} bytes follow the end of {what}.");
    }
}
