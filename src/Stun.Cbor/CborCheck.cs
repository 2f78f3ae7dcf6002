using System.Text.Unicode;

namespace Stun.Cbor;

/// <summary>
/// Walks one item and all that is in it, once, before anything is read or allocated. A reader over checked bytes needs
/// no further care, and a caller that stops half-way has still refused what is wrong further on.
/// </summary>
/// <remarks>
/// No recursion: open arrays, maps and tags are frames of a fixed stack, so nesting cannot overflow the thread's.
///
///   item done ─► counts in the frame above ─► that one is full? ─► it is an item done ─► ...
/// </remarks>
internal ref struct CborCheck
{
    private const int IndefiniteLeft = -1;

    /// <summary>An array, map or tag whose items are not all there yet.</summary>
    internal struct Frame
    {
        public int Start;
        public int Left;
        public int KeyStart;
        public int KeyEnd;
        public bool IsMap;
        public bool AtValue;
    }

    private readonly ReadOnlySpan<byte> data;
    private readonly Span<Frame> frames;
    private readonly bool strict;
    private int depth;
    private int position;

    private CborCheck(ReadOnlySpan<byte> data, Span<Frame> frames, bool strict)
    {
        this.data = data;
        this.frames = frames;
        this.strict = strict;
    }

    /// <summary>Checks the item at the beginning of the data and tells its length.</summary>
    public static int ItemLength(ReadOnlySpan<byte> data, CborRules rules, int depthMax)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(depthMax, CborLimits.DepthMax);
        Span<Frame> frames = stackalloc Frame[depthMax];
        var check = new CborCheck(data, frames, rules == CborRules.Strict);
        do check.Step();
        while (check.depth > 0);
        return check.position;
    }

    private void Step()
    {
        var start = position;
        var head = CborHead.Read(data, position);
        if (strict && head.Major != CborMajor.Other && !head.IsShortest)
            throw new CborException("A number or length is not in its shortest form", start);
        position += head.Size;
        switch (head.Major)
        {
            case CborMajor.Unsigned or CborMajor.Negative:
                if (head.IsIndefinite) throw new CborException("Reserved additional information", start);
                Done(start);
                break;
            case CborMajor.Bytes or CborMajor.Text:
                String(head, start);
                Done(start);
                break;
            case CborMajor.Array or CborMajor.Map:
                Container(head, start);
                break;
            case CborMajor.Tag:
                if (head.IsIndefinite) throw new CborException("Reserved additional information", start);
                Open(start, 1, isMap: false);
                break;
            default:
                if (head.IsIndefinite) Break(start);
                else Other(head, start);
                break;
        }
    }

    private void String(CborHead head, int start)
    {
        if (!head.IsIndefinite)
        {
            Chunk(head, start);
            return;
        }
        RefuseIndefinite(start);
        while (true)
        {
            var chunkStart = position;
            var chunk = CborHead.Read(data, position);
            position += chunk.Size;
            if (chunk is { Major: CborMajor.Other, IsIndefinite: true }) return;
            if (chunk.Major != head.Major || chunk.IsIndefinite)
                throw new CborException("A chunk of a string must be a definite string of its type", chunkStart);
            Chunk(chunk, chunkStart);
        }
    }

    private void Chunk(CborHead head, int start)
    {
        if (head.Argument > (ulong)(data.Length - position))
            throw new CborException("A string is longer than the data", start);
        var bytes = data.Slice(position, (int)head.Argument);
        if (head.Major == CborMajor.Text && !Utf8.IsValid(bytes))
            throw new CborException("Text is not valid UTF-8", start);
        position += bytes.Length;
    }

    private void Container(CborHead head, int start)
    {
        var isMap = head.Major == CborMajor.Map;
        if (head.IsIndefinite)
        {
            RefuseIndefinite(start);
            Open(start, IndefiniteLeft, isMap);
            return;
        }
        // Every item takes a byte at least: a count that cannot be met is refused before anyone allocates for it.
        var room = (ulong)(data.Length - position);
        if (head.Argument > (isMap ? room / 2 : room))
            throw new CborException("An array or map has more items than the data", start);
        var count = (int)head.Argument;
        if (count == 0) Done(start);
        else Open(start, isMap ? 2 * count : count, isMap);
    }

    private void Other(CborHead head, int start)
    {
        switch (head.Info)
        {
            case CborInfo.OneByte when head.Argument < 32:
                throw new CborException("A simple value below 32 must be in one byte", start);
            case CborInfo.TwoBytes or CborInfo.FourBytes or CborInfo.EightBytes when strict:
                var number = new CborFloat(head.Argument, 8 << (head.Info - CborInfo.OneByte));
                if (number.Shortest() != number)
                    throw new CborException("A float is not in its shortest form", start);
                break;
        }
        Done(start);
    }

    private void Break(int start)
    {
        if (depth == 0 || frames[depth - 1] is { Left: not IndefiniteLeft } or { IsMap: true, AtValue: true })
            throw new CborException("A break where none may be", start);
        depth--;
        Done(frames[depth].Start);
    }

    private void Open(int start, int left, bool isMap)
    {
        if (depth == frames.Length) throw new CborException("Items are nested too deep", start);
        frames[depth++] = new Frame { Start = start, Left = left, IsMap = isMap, KeyStart = -1 };
    }

    private void Done(int start)
    {
        while (depth > 0)
        {
            ref var frame = ref frames[depth - 1];
            if (frame.IsMap) Pair(ref frame, start);
            if (frame.Left == IndefiniteLeft || --frame.Left > 0) return;
            start = frame.Start;
            depth--;
        }
    }

    private readonly void Pair(ref Frame frame, int start)
    {
        if (!frame.AtValue && strict)
        {
            var key = data[start..position];
            if (frame.KeyStart >= 0 && data[frame.KeyStart..frame.KeyEnd].SequenceCompareTo(key) >= 0)
                throw new CborException("Map keys are not in rising order", start);
            frame.KeyStart = start;
            frame.KeyEnd = position;
        }
        frame.AtValue = !frame.AtValue;
    }

    private readonly void RefuseIndefinite(int start)
    {
        if (strict) throw new CborException("An indefinite length", start);
    }
}
