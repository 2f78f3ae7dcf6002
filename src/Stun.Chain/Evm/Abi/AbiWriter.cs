using System.Buffers.Binary;
using System.Numerics;

namespace Stun.Chain.Evm.Abi;

/// <summary>
/// Writes the arguments of a call in the contract ABI, field by field in the order of the types.
/// </summary>
/// <remarks>
/// A tuple is a head, in which each field has its words, and a tail. A field of no fixed size has in the head the
/// distance from the start of its tuple to its place in the tail:
/// <code>
///   (uint256 7, bytes "ab")   head  7 | 64            tail  2 | "ab" and zeros
/// </code>
/// Tails are appended in the order of their fields, so one pass is enough: the head is reserved when a tuple begins.
/// </remarks>
public sealed class AbiWriter
{
    /// <summary>Everything stands in words of this size.</summary>
    public const int WordSize = 32;

    private byte[] buffer;
    private int length;
    private AbiFrame frame;

    /// <param name="headSize">The sum of the sizes that the top fields have in the head.</param>
    /// <param name="prefix">What stands before: a selector, or a contract's code.</param>
    public AbiWriter(int headSize, ReadOnlySpan<byte> prefix = default)
    {
        buffer = new byte[prefix.Length + headSize + (4 * WordSize)];
        prefix.CopyTo(buffer);
        length = prefix.Length + headSize;
        frame = new AbiFrame(prefix.Length, prefix.Length);
    }

    public byte[] ToArray() => buffer.AsSpan(0, length).ToArray();

    public void Number(UInt256 value) => value.Write(Word());

    /// <exception cref="ChainException">The number has more bits.</exception>
    public void Number(UInt256 value, int bits) => Number(value.BitLength <= bits ? value : throw OutOfRange(
        $"{value} is no uint{bits}"));

    /// <exception cref="ChainException">The number has more bits, its sign being one of them.</exception>
    public void Signed(BigInteger value, int bits) => Signed(value.GetBitLength() < bits ? value : throw OutOfRange(
        $"{value} is no int{bits}"));

    /// <summary>Two's complement, as <c>int256</c> and all shorter ones stand in their word.</summary>
    private void Signed(BigInteger value)
    {
        var word = Word();
        if (value.Sign < 0) word.Fill(0xff);
        var size = value.GetByteCount();
        value.TryWriteBytes(word[(WordSize - size)..], out _, isUnsigned: false, isBigEndian: true);
    }

    public void Flag(bool value) => Word()[^1] = value ? (byte)1 : (byte)0;

    public void Account(Address value) => value.Write(Word()[(WordSize - Address.Size)..]);

    public void Bytes32(Digest value) => value.Write(Word());

    public void Bytes16(TaskId value)
    {
        var word = Word();
        BinaryPrimitives.WriteUInt64BigEndian(word, value.High);
        BinaryPrimitives.WriteUInt64BigEndian(word[sizeof(ulong)..], value.Low);
    }

    /// <summary><c>bytes1</c> to <c>bytes32</c>: at the left end of their word.</summary>
    public void FixedBytes(ReadOnlySpan<byte> value, int size)
    {
        if (value.Length != size) throw OutOfRange($"{value.Length} bytes are no bytes{size}");
        value.CopyTo(Word());
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Distance();
        var padded = (value.Length + WordSize - 1) / WordSize * WordSize;
        var at = Append(WordSize + padded);
        BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(at + WordSize - sizeof(int)), value.Length);
        value.CopyTo(buffer.AsSpan(at + WordSize));
    }

    public void Text(string value) => Bytes(System.Text.Encoding.UTF8.GetBytes(value));

    /// <summary>Begins a tuple, or an array of fixed length, that stands in the tail.</summary>
    public AbiFrame Open(int headSize)
    {
        Distance();
        return Enter(Append(headSize));
    }

    /// <summary>Begins an array that has its length before it.</summary>
    public AbiFrame OpenArray(int count, int elementSize)
    {
        Distance();
        var at = Append(WordSize + (count * elementSize));
        BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(at + WordSize - sizeof(int)), count);
        return Enter(at + WordSize);
    }

    public void Close(AbiFrame outer) => frame = outer;

    /// <summary>An array of fixed length has no other.</summary>
    /// <exception cref="ChainException">It has another.</exception>
    public static void RequireCount(int given, int count)
    {
        if (given != count) throw OutOfRange($"{given} elements for an array of {count}");
    }

    internal static ChainException OutOfRange(string what) =>
        new("abi.value", $"{what}.", "Give a value that its type in the contract can hold.");

    private AbiFrame Enter(int start)
    {
        var outer = frame;
        frame = new AbiFrame(start, start);
        return outer;
    }

    /// <summary>How far the next tail is from the start of this tuple.</summary>
    private void Distance()
    {
        var distance = length - frame.Start;
        BinaryPrimitives.WriteInt32BigEndian(Word()[(WordSize - sizeof(int))..], distance);
    }

    private Span<byte> Word()
    {
        var word = buffer.AsSpan(frame.Next, WordSize);
        frame = frame with { Next = frame.Next + WordSize };
        return word;
    }

    private int Append(int size)
    {
        var at = length;
        length += size;
        if (length > buffer.Length) Array.Resize(ref buffer, Math.Max(length, buffer.Length * 2));
        return at;
    }
}
