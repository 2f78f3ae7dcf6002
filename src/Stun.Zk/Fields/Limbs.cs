using System.Buffers.Binary;
using System.Numerics;

namespace Stun.Zk.Fields;

/// <summary>A number of 256 bits in four words, the least significant first.</summary>
internal readonly struct Limbs(ulong l0, ulong l1, ulong l2, ulong l3) : IEquatable<Limbs>
{
    public readonly ulong L0 = l0;
    public readonly ulong L1 = l1;
    public readonly ulong L2 = l2;
    public readonly ulong L3 = l3;

    public bool IsZero => (L0 | L1 | L2 | L3) == 0;

    public static bool operator ==(Limbs left, Limbs right) => left.Equals(right);

    public static bool operator !=(Limbs left, Limbs right) => !left.Equals(right);

    public static Limbs From(BigInteger value)
    {
        var mask = ulong.MaxValue;
        return new Limbs((ulong)(value & mask), (ulong)((value >> 64) & mask), (ulong)((value >> 128) & mask),
            (ulong)((value >> 192) & mask));
    }

    /// <summary>Of 32 bytes, the least significant first.</summary>
    public static Limbs ReadLittleEndian(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(source), BinaryPrimitives.ReadUInt64LittleEndian(source[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(source[16..]), BinaryPrimitives.ReadUInt64LittleEndian(source[24..]));

    /// <summary>Of 32 bytes, the most significant first.</summary>
    public static Limbs ReadBigEndian(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadUInt64BigEndian(source[24..]), BinaryPrimitives.ReadUInt64BigEndian(source[16..]),
        BinaryPrimitives.ReadUInt64BigEndian(source[8..]), BinaryPrimitives.ReadUInt64BigEndian(source));

    public void WriteLittleEndian(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, L0);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], L1);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], L2);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[24..], L3);
    }

    public void WriteBigEndian(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, L3);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], L2);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], L1);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], L0);
    }

    public BigInteger ToBigInteger() =>
        L0 | ((BigInteger)L1 << 64) | ((BigInteger)L2 << 128) | ((BigInteger)L3 << 192);

    public bool Equals(Limbs other) =>
        ((L0 ^ other.L0) | (L1 ^ other.L1) | (L2 ^ other.L2) | (L3 ^ other.L3)) == 0;

    public override bool Equals(object? obj) => obj is Limbs other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(L0, L1, L2, L3);

    public bool IsBelow(in Limbs other)
    {
        if (L3 != other.L3) return L3 < other.L3;
        if (L2 != other.L2) return L2 < other.L2;
        return L1 != other.L1 ? L1 < other.L1 : L0 < other.L0;
    }
}
