using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Stun.Cbor;

/// <summary>
/// Writes CBOR in core deterministic encoding (RFC 8949, 4.2.1). It writes numbers and lengths in their shortest form
/// and refuses map keys out of order: whoever writes a map knows its keys, and sorting behind his back would cost
/// copies.
/// </summary>
/// <remarks>
/// Counts are given first, so nothing needs to be closed. May be used again after <see cref="Reset"/>, keeping its
/// buffer; not for two threads at once.
/// </remarks>
public sealed class CborWriter(int capacity = 256)
{
    /// <summary>An array, map or tag whose items are not all written yet.</summary>
    private struct Frame
    {
        public int Start;
        public int Left;
        public int KeyStart;
        public int KeyEnd;
        public bool IsMap;
    }

    private const int HeadSizeMax = 9;

    private byte[] buffer = new byte[capacity];
    private Frame[] frames = new Frame[8];
    private int depth;
    private int length;

    public int Length => length;

    /// <summary>What has been written; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written
    {
        get
        {
            if (depth != 0) throw new CborException("An array, map or tag is not complete", length);
            return buffer.AsSpan(0, length);
        }
    }

    public byte[] ToArray() => Written.ToArray();

    public void Reset()
    {
        length = 0;
        depth = 0;
    }

    public void WriteUInt64(ulong value) => WriteWhole(CborMajor.Unsigned, value);

    public void WriteInt64(long value)
    {
        if (value >= 0) WriteWhole(CborMajor.Unsigned, (ulong)value);
        else WriteWhole(CborMajor.Negative, (ulong)(-1 - value));
    }

    /// <summary>Writes the negative integer -1 - <paramref name="n"/>.</summary>
    public void WriteNegative(ulong n) => WriteWhole(CborMajor.Negative, n);

    /// <summary>An unsigned integer; a bignum (tag 2) only if it does not fit in 64 bits.</summary>
    public void WriteUInt128(UInt128 value)
    {
        if (value <= ulong.MaxValue)
        {
            WriteUInt64((ulong)value);
            return;
        }
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        WriteTag(2);
        WriteBytes(bytes.TrimStart((byte)0));
    }

    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        var start = length;
        Head(CborMajor.Bytes, (ulong)bytes.Length);
        Ensure(bytes.Length);
        bytes.CopyTo(buffer.AsSpan(length));
        length += bytes.Length;
        Done(start);
    }

    public void WriteText(ReadOnlySpan<char> text)
    {
        var start = length;
        Head(CborMajor.Text, (ulong)Encoding.UTF8.GetByteCount(text));
        Ensure(text.Length * 3);
        // A lone surrogate is refused and not replaced: two different strings may never have the same bytes.
        var status = Utf8.FromUtf16(text, buffer.AsSpan(length), out _, out var count, replaceInvalidSequences: false);
        if (status != System.Buffers.OperationStatus.Done)
            throw new CborException("Text holds half of a surrogate pair", start);
        length += count;
        Done(start);
    }

    public void WriteArrayStart(int count) => Open(CborMajor.Array, count, count);

    public void WriteMapStart(int count) => Open(CborMajor.Map, count, 2 * count);

    public void WriteTag(ulong tag)
    {
        var start = length;
        Head(CborMajor.Tag, tag);
        Push(new Frame { Start = start, Left = 1 });
    }

    public void WriteBool(bool value) => WriteSimple(value ? (byte)CborInfo.True : (byte)CborInfo.False);

    public void WriteNull() => WriteSimple(CborInfo.Null);

    public void WriteUndefined() => WriteSimple(CborInfo.Undefined);

    public void WriteSimple(byte value)
    {
        if (value is >= 24 and < 32) throw new CborException("Simple values 24 to 31 do not exist", length);
        WriteWhole(CborMajor.Other, value);
    }

    /// <summary>Writes the shortest float with the same value.</summary>
    public void WriteFloat(CborFloat number)
    {
        var shortest = number.Shortest();
        var start = length;
        Ensure(HeadSizeMax);
        var space = buffer.AsSpan(length);
        switch (shortest.Width)
        {
            case 16:
                space[0] = 0xf9;
                BinaryPrimitives.WriteUInt16BigEndian(space[1..], (ushort)shortest.Bits);
                break;
            case 32:
                space[0] = 0xfa;
                BinaryPrimitives.WriteUInt32BigEndian(space[1..], (uint)shortest.Bits);
                break;
            case 64:
                space[0] = 0xfb;
                BinaryPrimitives.WriteUInt64BigEndian(space[1..], shortest.Bits);
                break;
            default:
                throw new CborException("A float has 16, 32 or 64 bits", start);
        }
        length += 1 + (shortest.Width / 8);
        Done(start);
    }

    /// <summary>Writes one item that is encoded already; it must be deterministic too.</summary>
    public void WriteItem(ReadOnlySpan<byte> item)
    {
        var size = CborCheck.ItemLength(item, CborRules.Strict, CborLimits.DepthMax - depth);
        if (size != item.Length) throw new CborException("Bytes follow the item", size);
        var start = length;
        Ensure(item.Length);
        item.CopyTo(buffer.AsSpan(length));
        length += item.Length;
        Done(start);
    }

    private void WriteWhole(int major, ulong argument)
    {
        var start = length;
        Head(major, argument);
        Done(start);
    }

    private void Open(int major, int count, int left)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var start = length;
        Head(major, (ulong)count);
        if (count == 0) Done(start);
        else Push(new Frame { Start = start, Left = left, KeyStart = -1, IsMap = major == CborMajor.Map });
    }

    private void Push(in Frame frame)
    {
        if (depth == CborLimits.DepthMax) throw new CborException("Items are nested too deep", length);
        if (depth == frames.Length) Array.Resize(ref frames, 2 * depth);
        frames[depth++] = frame;
    }

    /// <summary>An item is complete: counts it where it belongs, and so on upwards.</summary>
    private void Done(int start)
    {
        while (depth > 0)
        {
            ref var frame = ref frames[depth - 1];
            if (frame.IsMap && (frame.Left & 1) == 0) CheckKey(ref frame, start);
            if (--frame.Left > 0) return;
            start = frame.Start;
            depth--;
        }
    }

    private void CheckKey(ref Frame frame, int start)
    {
        if (frame.KeyStart >= 0)
        {
            var last = buffer.AsSpan(frame.KeyStart, frame.KeyEnd - frame.KeyStart);
            if (last.SequenceCompareTo(buffer.AsSpan(start, length - start)) >= 0)
                throw new CborException("Map keys must be written in rising bytewise order", start);
        }
        frame.KeyStart = start;
        frame.KeyEnd = length;
    }

    private void Head(int major, ulong argument)
    {
        Ensure(HeadSizeMax);
        var initial = (byte)(major << 5);
        if (argument < CborInfo.OneByte)
        {
            buffer[length++] = (byte)(initial | (uint)argument);
            return;
        }
        var space = buffer.AsSpan(length);
        if (argument <= byte.MaxValue)
        {
            space[1] = (byte)argument;
            space[0] = (byte)(initial | CborInfo.OneByte);
            length += 2;
        }
        else if (argument <= ushort.MaxValue)
        {
            BinaryPrimitives.WriteUInt16BigEndian(space[1..], (ushort)argument);
            space[0] = (byte)(initial | CborInfo.TwoBytes);
            length += 3;
        }
        else if (argument <= uint.MaxValue)
        {
            BinaryPrimitives.WriteUInt32BigEndian(space[1..], (uint)argument);
            space[0] = (byte)(initial | CborInfo.FourBytes);
            length += 5;
        }
        else
        {
            BinaryPrimitives.WriteUInt64BigEndian(space[1..], argument);
            space[0] = (byte)(initial | CborInfo.EightBytes);
            length += 9;
        }
    }

    private void Ensure(int count)
    {
        if (buffer.Length - length >= count) return;
        Array.Resize(ref buffer, Math.Max(checked(length + count), checked(2 * buffer.Length)));
    }
}
