using System.Buffers;
using System.Buffers.Binary;

namespace Stun.Chain.Evm.Reading;

/// <summary>Words of 32 bytes, as the one call that is made here needs them.</summary>
internal sealed class AbiWords
{
    private readonly ArrayBufferWriter<byte> bytes = new();

    public static ulong Padded(int length) => ((ulong)length + 31) / 32 * 32;

    public static int Number(ReadOnlySpan<byte> data, int at)
    {
        var word = data.Slice(at, 32);
        if (word[..24].ContainsAnyExcept((byte)0)) throw new FormatException("a number above 64 bits");
        return checked((int)BinaryPrimitives.ReadUInt64BigEndian(word[24..]));
    }

    public AbiWords Add(ulong value)
    {
        var word = Word();
        BinaryPrimitives.WriteUInt64BigEndian(word[24..], value);
        return this;
    }

    public AbiWords Add(Address value)
    {
        value.Write(Word()[12..]);
        return this;
    }

    public AbiWords AddBytes(ReadOnlySpan<byte> value)
    {
        Add((ulong)value.Length);
        var length = (int)Padded(value.Length);
        var room = bytes.GetSpan(length)[..length];
        room.Clear();
        value.CopyTo(room);
        bytes.Advance(length);
        return this;
    }

    public byte[] After(uint selector)
    {
        var call = new byte[4 + bytes.WrittenCount];
        BinaryPrimitives.WriteUInt32BigEndian(call, selector);
        bytes.WrittenSpan.CopyTo(call.AsSpan(4));
        return call;
    }

    private Span<byte> Word()
    {
        var word = bytes.GetSpan(32)[..32];
        word.Clear();
        bytes.Advance(32);
        return word;
    }
}
