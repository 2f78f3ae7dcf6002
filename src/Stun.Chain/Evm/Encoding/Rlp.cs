using System.Buffers.Binary;

namespace Stun.Chain.Evm.Encoding;

/// <summary>
/// Recursive length prefix (Ethereum yellow paper, appendix B): how transactions are written. There is one encoding of
/// an item, and the decoder takes no other: a length in more bytes than it needs, a byte below 0x80 with a prefix, or
/// anything behind the item is refused, so that what was decoded and encoded again has the hash that it had.
/// </summary>
public static class Rlp
{
    /// <summary>Nodes relay no transaction of more than 128 KiB; this leaves room for what is larger.</summary>
    public const int SizeMax = 1 << 20;

    /// <summary>A transaction nests four lists; recursion must end before the stack does.</summary>
    public const int DepthMax = 16;

    /// <summary>An empty item is one byte there and some dozens here.</summary>
    public const int ItemsMax = 65_536;

    private const byte ShortBytes = 0x80;
    private const byte LongBytes = 0xb7;
    private const byte ShortList = 0xc0;
    private const byte LongList = 0xf7;
    private const int ShortMax = 55;

    public static byte[] Encode(RlpItem item)
    {
        var bytes = new byte[SizeOf(item)];
        var length = Write(item, bytes);
        return length == bytes.Length ? bytes : throw new InvalidOperationException("An item changed its size.");
    }

    /// <exception cref="ChainException">The bytes are not exactly one item in its one encoding.</exception>
    public static RlpItem Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > SizeMax)
            throw Refusal("rlp.too-large", $"{bytes.Length} bytes of RLP, where {SizeMax} are read at most", 0);
        var count = 0;
        var item = Read(bytes, 0, bytes.Length, 0, ref count, out var end);
        return end == bytes.Length ? item
            : throw Refusal("rlp.trailing", $"{bytes.Length - end} bytes follow the item", end);
    }

    private static int SizeOf(RlpItem item) => item switch
    {
        RlpItem.Bytes { Value: { Count: 1 } value } when value[0] < ShortBytes => 1,
        RlpItem.Bytes { Value.Count: var count } => HeadSize(count) + count,
        _ => SizeOf((RlpItem.List)item),
    };

    private static int SizeOf(RlpItem.List list)
    {
        var body = BodySize(list);
        return HeadSize(body) + body;
    }

    private static int BodySize(RlpItem.List list)
    {
        var size = 0;
        foreach (var item in list.Items) size += SizeOf(item);
        return size;
    }

    private static int HeadSize(int length) => length <= ShortMax ? 1 : 1 + LengthSize(length);

    private static int LengthSize(int length) => length switch
    {
        <= 0xff => 1,
        <= 0xffff => 2,
        <= 0xff_ffff => 3,
        _ => 4,
    };

    private static int Write(RlpItem item, Span<byte> destination)
    {
        if (item is RlpItem.Bytes { Value: var value })
        {
            var isOwnPrefix = value.Count == 1 && value[0] < ShortBytes;
            var head = isOwnPrefix ? 0 : WriteHead(ShortBytes, value.Count, destination);
            value.Span.CopyTo(destination[head..]);
            return head + value.Count;
        }
        var list = (RlpItem.List)item;
        var length = WriteHead(ShortList, BodySize(list), destination);
        foreach (var inner in list.Items) length += Write(inner, destination[length..]);
        return length;
    }

    private static int WriteHead(byte shortBase, int length, Span<byte> destination)
    {
        if (length <= ShortMax)
        {
            destination[0] = (byte)(shortBase + length);
            return 1;
        }
        var size = LengthSize(length);
        destination[0] = (byte)(shortBase + ShortMax + size);
        Span<byte> word = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(word, (uint)length);
        word[(sizeof(uint) - size)..].CopyTo(destination[1..]);
        return 1 + size;
    }

    private static RlpItem Read(ReadOnlySpan<byte> all, int at, int limit, int depth, ref int count, out int end)
    {
        if (depth > DepthMax) throw Refusal("rlp.too-deep", $"Lists nest deeper than {DepthMax}", at);
        if (++count > ItemsMax) throw Refusal("rlp.too-large", $"There are more than {ItemsMax} items", at);
        if (at >= limit) throw Refusal("rlp.short", "The bytes end where an item should begin", at);
        var first = all[at];
        if (first < ShortBytes)
        {
            end = at + 1;
            return RlpItem.Of(all.Slice(at, 1));
        }
        var start = at;
        var length = ReadHead(all, ref at, limit);
        end = at + length;
        if (first < ShortList)
        {
            if (length == 1 && all[at] < ShortBytes)
                throw Refusal("rlp.not-canonical", "A byte below 0x80 has a prefix that it does not need", start);
            return RlpItem.Of(all.Slice(at, length));
        }
        List<RlpItem> items = [];
        while (at < end) items.Add(Read(all, at, end, depth + 1, ref count, out at));
        return new RlpItem.List(ValueList.From(items));
    }

    /// <summary>Moves to the first byte of the body, whose length, within the limit, is returned.</summary>
    private static int ReadHead(ReadOnlySpan<byte> all, ref int at, int limit)
    {
        var first = all[at++];
        var (shortBase, longBase) = first < ShortList ? (ShortBytes, LongBytes) : (ShortList, LongList);
        long length = first - shortBase;
        if (first > longBase)
        {
            var size = first - longBase;
            if (size > limit - at) throw Refusal("rlp.short", "The bytes end within a length", at);
            if (all[at] == 0) throw Refusal("rlp.not-canonical", "A length begins with a zero byte", at);
            if (size > sizeof(uint)) throw Refusal("rlp.short", "A length is beyond the end of the bytes", at);
            length = 0;
            foreach (var digit in all.Slice(at, size)) length = (length << 8) | digit;
            if (length <= ShortMax)
                throw Refusal("rlp.not-canonical", $"The length {length} is written in more bytes than it needs", at);
            at += size;
        }
        if (length > limit - at) throw Refusal("rlp.short", "A length is beyond the end of its list or bytes", at);
        return (int)length;
    }

    internal static ChainException Refusal(string code, string what, int at) =>
        new(code, $"This is not the RLP of anything: {what}, at byte {at}.", "Ask who made the bytes to encode again.");
}
