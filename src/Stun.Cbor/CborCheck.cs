using System.Diagnostics.CodeAnalysis;
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
    private string? trouble;
    private int troubleAt;

    private CborCheck(ReadOnlySpan<byte> data, Span<Frame> frames, bool strict)
    {
        this.data = data;
        this.frames = frames;
        this.strict = strict;
    }

    /// <summary>Checks the item at the beginning of the data and tells its length.</summary>
    public static int ItemLength(ReadOnlySpan<byte> data, CborRules rules, int depthMax) =>
        TryItemLength(data, rules, depthMax, out var length, out var trouble, out var offset)
            ? length
            : throw new CborException(trouble, offset);

    /// <summary>The same without an exception, which costs far more than the check of a small item.</summary>
    public static bool TryItemLength(
        ReadOnlySpan<byte> data, CborRules rules, int depthMax,
        out int length, [NotNullWhen(false)] out string? trouble, out int offset)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(depthMax, CborLimits.DepthMax);
        Span<Frame> frames = stackalloc Frame[depthMax];
        var check = new CborCheck(data, frames, rules == CborRules.Strict);
        bool good;
        do good = check.Step();
        while (good && check.depth > 0);
        length = check.position;
        offset = check.troubleAt;
        trouble = good ? null : check.trouble!;
        return good;
    }

    private bool Refuse(string reason, int at)
    {
        trouble = reason;
        troubleAt = at;
        return false;
    }

    private bool Step()
    {
        var start = position;
        if (CborHead.TryRead(data, position, out var head) is { } reason) return Refuse(reason, start);
        if (strict && head.Major != CborMajor.Other && !head.IsShortest)
            return Refuse("A number or length is not in its shortest form", start);
        position += head.Size;
        switch (head.Major)
        {
            case CborMajor.Bytes or CborMajor.Text:
                return String(head, start) && Done(start);
            case CborMajor.Array or CborMajor.Map:
                return Container(head, start);
            case CborMajor.Other:
                return head.IsIndefinite ? Break(start) : Other(head, start) && Done(start);
            default:
                if (head.IsIndefinite) return Refuse("Reserved additional information", start);
                return head.Major == CborMajor.Tag ? Open(start, 1, isMap: false) : Done(start);
        }
    }

    private bool String(CborHead head, int start)
    {
        if (!head.IsIndefinite) return Chunk(head, start);
        if (strict) return Refuse("An indefinite length", start);
        while (true)
        {
            var chunkStart = position;
            if (CborHead.TryRead(data, position, out var chunk) is { } reason) return Refuse(reason, chunkStart);
            position += chunk.Size;
            if (chunk is { Major: CborMajor.Other, IsIndefinite: true }) return true;
            if (chunk.Major != head.Major || chunk.IsIndefinite)
                return Refuse("A chunk of a string must be a definite string of its type", chunkStart);
            if (!Chunk(chunk, chunkStart)) return false;
        }
    }

    private bool Chunk(CborHead head, int start)
    {
        if (head.Argument > (ulong)(data.Length - position)) return Refuse("A string is longer than the data", start);
        var bytes = data.Slice(position, (int)head.Argument);
        if (head.Major == CborMajor.Text && !Utf8.IsValid(bytes)) return Refuse("Text is not valid UTF-8", start);
        position += bytes.Length;
        return true;
    }

    private bool Container(CborHead head, int start)
    {
        var isMap = head.Major == CborMajor.Map;
        if (head.IsIndefinite)
            return strict ? Refuse("An indefinite length", start) : Open(start, IndefiniteLeft, isMap);
        // Every item takes a byte at least: a count that cannot be met is refused before anyone allocates for it.
        var room = (ulong)(data.Length - position);
        if (head.Argument > (isMap ? room / 2 : room))
            return Refuse("An array or map has more items than the data", start);
        var count = (int)head.Argument;
        return count == 0 ? Done(start) : Open(start, isMap ? 2 * count : count, isMap);
    }

    private bool Other(CborHead head, int start)
    {
        if (head.Info == CborInfo.OneByte && head.Argument < 32)
            return Refuse("A simple value below 32 must be in one byte", start);
        if (!strict || head.Info <= CborInfo.OneByte) return true;
        var number = new CborFloat(head.Argument, 8 << (head.Info - CborInfo.OneByte));
        return number.Shortest() == number || Refuse("A float is not in its shortest form", start);
    }

    private bool Break(int start)
    {
        if (depth == 0 || frames[depth - 1] is { Left: not IndefiniteLeft } or { IsMap: true, AtValue: true })
            return Refuse("A break where none may be", start);
        depth--;
        return Done(frames[depth].Start);
    }

    private bool Open(int start, int left, bool isMap)
    {
        if (depth == frames.Length) return Refuse("Items are nested too deep", start);
        frames[depth++] = new Frame { Start = start, Left = left, IsMap = isMap, KeyStart = -1 };
        return true;
    }

    private bool Done(int start)
    {
        while (depth > 0)
        {
            ref var frame = ref frames[depth - 1];
            if (frame.IsMap && !Pair(ref frame, start)) return false;
            if (frame.Left == IndefiniteLeft || --frame.Left > 0) return true;
            start = frame.Start;
            depth--;
        }
        return true;
    }

    private bool Pair(ref Frame frame, int start)
    {
        frame.AtValue = !frame.AtValue;
        if (!frame.AtValue || !strict) return true;
        var key = data[start..position];
        if (frame.KeyStart >= 0 && data[frame.KeyStart..frame.KeyEnd].SequenceCompareTo(key) >= 0)
            return Refuse("Map keys are not in rising order", start);
        frame.KeyStart = start;
        frame.KeyEnd = position;
        return true;
    }
}
