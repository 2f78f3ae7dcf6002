using System.Buffers.Binary;
using System.Numerics;

namespace Stun.Node.Storage;

/// <summary>
/// How a record lies in a segment, from a multiple of 8:
///
///   frame length (4) · CRC-32C of all that follows (4) · position (8) · bytes since the group's start (4) · role (20)
///   · frame · zeros up to a multiple of 8
///
/// The distance to the group's start tells a torn write from damage: a group is written only when the one before it is
/// durable, so a whole record of a later group proves that everything before that group had reached the disk.
/// </summary>
internal static class RecordFraming
{
    public const int HeaderSize = 40;
    private const int CheckedFrom = 8;

    public static int SizeOf(int frameLength) => checked(HeaderSize + frameLength + 7) & ~7;

    /// <summary>Everything but the checksum, which the writer's thread adds.</summary>
    public static void Write(
        Span<byte> destination, ulong position, int groupDistance, Address role, ReadOnlySpan<byte> frame)
    {
        BinaryPrimitives.WriteInt32LittleEndian(destination, frame.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], position);
        BinaryPrimitives.WriteInt32LittleEndian(destination[16..], groupDistance);
        role.Write(destination[20..]);
        frame.CopyTo(destination[HeaderSize..]);
        destination[(HeaderSize + frame.Length)..SizeOf(frame.Length)].Clear();
    }

    /// <summary>Adds the checksums of a group of records that stand one behind the other.</summary>
    public static void Seal(Span<byte> group)
    {
        while (!group.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(group);
            BinaryPrimitives.WriteUInt32LittleEndian(group[4..], Checksum(group, length));
            group = group[SizeOf(length)..];
        }
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out RecordFace face)
    {
        face = default;
        if (bytes.Length < HeaderSize) return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (length < 0 || length > bytes.Length - HeaderSize) return false;
        face = new RecordFace(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]), length);
        return face is { Position: > 0, GroupDistance: >= 0 }
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) == Checksum(bytes, length);
    }

    /// <summary>
    /// Whether the header could be that of a later record whose group began behind a place this far back. Cheap: the
    /// checksum is only worked out for what passes.
    /// </summary>
    public static bool LooksLater(ReadOnlySpan<byte> bytes, ulong expected, int back)
    {
        if (bytes.Length < HeaderSize) return false;
        var position = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
        var distance = BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]);
        return position > expected && position - expected <= (ulong)back && distance >= 0 && distance < back;
    }

    /// <summary>Of a record that is known to be whole.</summary>
    public static int LengthOf(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt32LittleEndian(record);

    public static Address RoleOf(ReadOnlySpan<byte> record) => Address.Read(record.Slice(20, Address.Size));

    /// <summary>The length is checked too, so that no flipped bit of it can lead elsewhere.</summary>
    private static uint Checksum(ReadOnlySpan<byte> record, int length) =>
        Crc32C(BitOperations.Crc32C(uint.MaxValue, (uint)length), record[CheckedFrom..(HeaderSize + length)]);

    private static uint Crc32C(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }
        foreach (var value in bytes) crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }
}

internal readonly record struct RecordFace(ulong Position, int GroupDistance, int FrameLength)
{
    public int Size => RecordFraming.SizeOf(FrameLength);
}
