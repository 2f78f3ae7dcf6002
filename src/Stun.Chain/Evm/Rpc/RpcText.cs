using System.Buffers;
using System.Buffers.Text;

namespace Stun.Chain.Evm.Rpc;

/// <summary>
/// Writes requests. All that a request holds is hexadecimal or a fixed word, so that nothing needs escaping and a
/// general writer of JSON would only cost.
/// </summary>
internal sealed class RpcText
{
    private byte[] bytes;
    private int length;

    public RpcText(int capacity = 256) => bytes = new byte[capacity];

    public int Length => length;

    public ReadOnlyMemory<byte> Written => bytes.AsMemory(0, length);

    public byte[] ToArray() => bytes.AsSpan(0, length).ToArray();

    public RpcText Raw(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Room(text.Length));
        length += text.Length;
        return this;
    }

    public RpcText Number(long value)
    {
        _ = Utf8Formatter.TryFormat(value, Room(20), out var written);
        length += written;
        return this;
    }

    public RpcText Quantity(ulong value) => Quantity((UInt128)value);

    public RpcText Quantity(Amount value) => Quantity(value.Units);

    public RpcText Hex(Digest value)
    {
        Span<byte> raw = stackalloc byte[Digest.Size];
        value.Write(raw);
        return Hex(raw);
    }

    public RpcText Hex(Address value)
    {
        Span<byte> raw = stackalloc byte[Address.Size];
        value.Write(raw);
        return Hex(raw);
    }

    public RpcText Hex(ReadOnlySpan<byte> value)
    {
        var room = Room(4 + (value.Length * 2));
        room[0] = (byte)'"';
        room[1] = (byte)'0';
        room[2] = (byte)'x';
        _ = Convert.TryToHexStringLower(value, room[3..], out _);
        room[3 + (value.Length * 2)] = (byte)'"';
        length += 4 + (value.Length * 2);
        return this;
    }

    /// <summary>Without leading zeros: some nodes refuse them.</summary>
    private RpcText Quantity(UInt128 value)
    {
        Raw("\"0x"u8);
        _ = value.TryFormat(Room(32), out var written, "x");
        length += written;
        return Raw("\""u8);
    }

    private Span<byte> Room(int count)
    {
        if (bytes.Length - length < count)
            Array.Resize(ref bytes, Math.Max(bytes.Length * 2, length + count));
        return bytes.AsSpan(length, count);
    }
}
