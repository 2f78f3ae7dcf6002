using System.Buffers.Binary;

namespace Stun.Protocol;

/// <summary>
/// Who somebody is: a node, an account, a contract. The last 20 bytes of keccak-256 of a secp256k1 public key,
/// exactly as on Ethereum, so that identity, wallet and chain account are one thing.
/// </summary>
public readonly record struct Address(ulong A, ulong B, uint C) : IComparable<Address>
{
    public const int Size = 20;

    public static Address Zero => default;

    public bool IsZero => this == default;

    public static Address Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size) throw new ArgumentException($"An address has {Size} bytes, not {bytes.Length}.");
        return new Address(
            BinaryPrimitives.ReadUInt64BigEndian(bytes),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]));
    }

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, A);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], B);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], C);
    }

    public int CompareTo(Address other)
    {
        var order = A.CompareTo(other.A);
        if (order == 0) order = B.CompareTo(other.B);
        return order != 0 ? order : C.CompareTo(other.C);
    }

    public override string ToString() => $"0x{A:x16}{B:x16}{C:x8}";
}
