using System.Buffers.Binary;
using System.Text;

namespace Stun.Tests.Cbor;

/// <summary>
/// A second opinion, slow and obvious: reads whatever is well-formed and definite into a tree, writes the tree in
/// deterministic form by sorting, and calls strict what comes out as it went in.
/// </summary>
public static class SlowCbor
{
    internal const int DepthMax = 64;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private sealed record Node(int Major, ulong Number, byte[] Content, List<Node> Items, int FloatWidth);

    public static bool Accepts(byte[] data)
    {
        var position = 0;
        if (Read(data, ref position, 0) is not { } tree || position != data.Length) return false;
        return Write(tree) is { } written && written.AsSpan().SequenceEqual(data);
    }

    private static Node? Read(byte[] data, ref int position, int depth)
    {
        if (position >= data.Length) return null;
        var (major, info) = (data[position] >> 5, data[position] & 31);
        position++;
        ulong number = (ulong)info;
        var width = info switch { < 24 => 0, 24 => 1, 25 => 2, 26 => 4, 27 => 8, _ => -1 };
        if (width < 0 || position + width > data.Length) return null;
        if (width > 0) number = 0;
        for (var count = 0; count < width; count++) number = (number << 8) | data[position++];

        if (major == 7 && info == 24 && number < 32) return null;
        if (major == 7) return new Node(7, number, [], [], info > 24 ? 8 * width : 0);
        if (major < 2) return new Node(major, number, [], [], 0);
        if (major < 4)
        {
            if (number > (ulong)(data.Length - position)) return null;
            var content = data[position..(position + (int)number)];
            position += content.Length;
            return new Node(major, 0, content, [], 0);
        }
        if (major != 6 && number > (ulong)data.Length) return null;
        var itemCount = major switch { 4 => number, 5 => 2 * number, _ => 1UL };
        if (itemCount > 0 && depth == DepthMax) return null;
        List<Node> items = [];
        for (ulong count = 0; count < itemCount; count++)
        {
            if (Read(data, ref position, depth + 1) is not { } item) return null;
            items.Add(item);
        }
        return new Node(major, number, [], items, 0);
    }

    private static byte[]? Write(Node node)
    {
        switch (node.Major)
        {
            case 0 or 1:
                return Head(node.Major, node.Number);
            case 2:
                return [.. Head(2, (ulong)node.Content.Length), .. node.Content];
            case 3:
                if (!IsUtf8(node.Content)) return null;
                return [.. Head(3, (ulong)node.Content.Length), .. node.Content];
            case 7:
                return node.FloatWidth == 0 ? Head(7, node.Number) : Float(node.Number, node.FloatWidth);
        }
        List<byte[]> items = [];
        foreach (var item in node.Items)
        {
            if (Write(item) is not { } written) return null;
            items.Add(written);
        }
        if (node.Major == 5)
        {
            var pairs = items.Chunk(2).OrderBy(pair => Convert.ToHexString(pair[0]), StringComparer.Ordinal).ToList();
            if (pairs.Select(pair => Convert.ToHexString(pair[0])).Distinct().Count() != pairs.Count) return null;
            items = [.. pairs.SelectMany(pair => pair)];
        }
        return [.. Head(node.Major, node.Number), .. items.SelectMany(item => item)];
    }

    private static byte[] Head(int major, ulong number)
    {
        var first = (byte)(major << 5);
        var eight = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(eight, number);
        return number switch
        {
            < 24 => [(byte)(first + number)],
            <= 0xff => [(byte)(first + 24), eight[7]],
            <= 0xffff => [(byte)(first + 25), .. eight[6..]],
            <= 0xffffffff => [(byte)(first + 26), .. eight[4..]],
            _ => [(byte)(first + 27), .. eight],
        };
    }

    /// <summary>The shortest width whose widening gives the same bits back.</summary>
    private static byte[] Float(ulong bits, int width)
    {
        var wide = width switch
        {
            16 => WidenHalf((ushort)bits),
            32 => WidenSingle((uint)bits),
            _ => bits,
        };
        var eight = new byte[8];
        var value = BitConverter.UInt64BitsToDouble(wide);
        var half = double.IsNaN(value)
            ? (ushort)(((wide >> 48) & 0xfc00) | ((wide >> 42) & 0x3ff))
            : BitConverter.HalfToUInt16Bits((Half)value);
        var single = double.IsNaN(value)
            ? (uint)(((wide >> 32) & 0xff800000) | ((wide >> 29) & 0x7fffff))
            : BitConverter.SingleToUInt32Bits((float)value);
        if (WidenHalf(half) == wide)
        {
            BinaryPrimitives.WriteUInt16BigEndian(eight, half);
            return [0xf9, .. eight[..2]];
        }
        if (WidenSingle(single) == wide)
        {
            BinaryPrimitives.WriteUInt32BigEndian(eight, single);
            return [0xfa, .. eight[..4]];
        }
        BinaryPrimitives.WriteUInt64BigEndian(eight, wide);
        return [0xfb, .. eight];
    }

    private static ulong WidenHalf(ushort bits) => (bits & 0x7c00) == 0x7c00
        ? ((ulong)(bits & 0x8000) << 48) | 0x7ff0000000000000 | ((ulong)(bits & 0x3ff) << 42)
        : BitConverter.DoubleToUInt64Bits((double)BitConverter.UInt16BitsToHalf(bits));

    private static ulong WidenSingle(uint bits) => (bits & 0x7f800000) == 0x7f800000
        ? ((ulong)(bits & 0x80000000) << 32) | 0x7ff0000000000000 | ((ulong)(bits & 0x7fffff) << 29)
        : BitConverter.DoubleToUInt64Bits(BitConverter.UInt32BitsToSingle(bits));

    internal static bool IsUtf8(byte[] bytes)
    {
        try
        {
            StrictUtf8.GetCharCount(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
