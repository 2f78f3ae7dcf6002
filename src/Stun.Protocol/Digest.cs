using System.Buffers.Binary;

namespace Stun.Protocol;

/// <summary>
/// Thirty-two bytes that name something by its content: a SHA-256 of a blob, a keccak-256 of typed data.
/// </summary>
public readonly record struct Digest(ulong A, ulong B, ulong C, ulong D) : IComparable<Digest>
{
    public const int Size = 32;

    public static Digest Zero => default;

    public bool IsZero => this == default;

    public static Digest Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size) throw new ArgumentException($"A digest has {Size} bytes, not {bytes.Length}.");
        return new Digest(
            BinaryPrimitives.ReadUInt64BigEndian(bytes),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]));
    }

    /// <summary>One behind the other.</summary>
    public static byte[] Join(ValueList<Digest> digests)
    {
        var bytes = new byte[digests.Count * Size];
        for (var index = 0; index < digests.Count; index++) digests[index].Write(bytes.AsSpan(index * Size));
        return bytes;
    }

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, A);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], B);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], C);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], D);
    }

    public int CompareTo(Digest other)
    {
        var order = A.CompareTo(other.A);
        if (order == 0) order = B.CompareTo(other.B);
        if (order == 0) order = C.CompareTo(other.C);
        return order != 0 ? order : D.CompareTo(other.D);
    }

    public override string ToString() => $"{A:x16}{B:x16}{C:x16}{D:x16}";
}
