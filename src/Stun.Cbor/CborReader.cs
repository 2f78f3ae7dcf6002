using System.Text;

namespace Stun.Cbor;

/// <summary>
/// Reads one CBOR item, piece by piece. The constructor checks the whole of it, so reading never meets malformed bytes,
/// only another type than the caller expects; both are a <see cref="CborException"/>.
/// </summary>
/// <remarks>
/// An array or map is read as its count and then its items:
/// <c>for (var left = reader.ReadArrayStart(); left > 0; left--)</c>. Under lenient rules the count may be
/// <see cref="Indefinite"/>: read until <see cref="TryReadBreak"/>.
/// </remarks>
public ref struct CborReader
{
    /// <summary>The count of an array or map that ends with a break.</summary>
    public const int Indefinite = -1;

    private readonly ReadOnlySpan<byte> data;
    private readonly CborRules rules;
    private readonly int depthMax;
    private int position;

    public CborReader(
        ReadOnlySpan<byte> data, CborRules rules = CborRules.Strict, int depthMax = CborLimits.DepthMax)
    {
        this.data = data;
        this.rules = rules;
        this.depthMax = depthMax;
        var length = CborCheck.ItemLength(data, rules, depthMax);
        if (length != data.Length) throw new CborException("Bytes follow the item", length);
    }

    /// <summary>Checks the first item of a sequence and tells where the next one begins.</summary>
    public static int ItemLength(
        ReadOnlySpan<byte> data, CborRules rules = CborRules.Strict, int depthMax = CborLimits.DepthMax) =>
        CborCheck.ItemLength(data, rules, depthMax);

    /// <summary>Whether the constructor would accept the data; for where refusing must be cheap.</summary>
    public static bool Accepts(
        ReadOnlySpan<byte> data, CborRules rules = CborRules.Strict, int depthMax = CborLimits.DepthMax) =>
        CborCheck.TryItemLength(data, rules, depthMax, out var length, out _, out _) && length == data.Length;

    public readonly int Position => position;

    public readonly bool AtEnd => position == data.Length;

    public readonly CborKind Peek()
    {
        if (AtEnd) return CborKind.End;
        var initial = data[position];
        return (initial >> 5) switch
        {
            CborMajor.Other => (initial & 0x1f) switch
            {
                CborInfo.False or CborInfo.True => CborKind.Bool,
                CborInfo.Null => CborKind.Null,
                CborInfo.Undefined => CborKind.Undefined,
                CborInfo.TwoBytes or CborInfo.FourBytes or CborInfo.EightBytes => CborKind.Float,
                CborInfo.Indefinite => CborKind.Break,
                _ => CborKind.Simple,
            },
            var major => (CborKind)major,
        };
    }

    public ulong ReadUInt64() => Take(CborMajor.Unsigned, "an unsigned integer").Argument;

    public long ReadInt64()
    {
        var start = position;
        var head = Next();
        if (head.Major is not (CborMajor.Unsigned or CborMajor.Negative)) throw Mismatch("an integer", start);
        if (head.Argument > long.MaxValue) throw new CborException("An integer does not fit in 64 bits", start);
        return head.Major == CborMajor.Unsigned ? (long)head.Argument : -1 - (long)head.Argument;
    }

    /// <summary>The n of the negative integer -1 - n, which itself may need 65 bits.</summary>
    public ulong ReadNegative() => Take(CborMajor.Negative, "a negative integer").Argument;

    /// <summary>An unsigned integer, or a bignum (tag 2) that needs more than 64 bits and no more than 128.</summary>
    public UInt128 ReadUInt128()
    {
        if (Peek() != CborKind.Tag) return ReadUInt64();
        var start = position;
        if (ReadTag() != 2) throw Mismatch("an integer or an unsigned bignum", start);
        var bytes = ReadBytesSpan();
        if (bytes.Length is < 9 or > 16 || bytes[0] == 0)
            throw new CborException("A bignum is not in its shortest form or has more than 128 bits", start);
        var value = UInt128.Zero;
        foreach (var part in bytes) value = (value << 8) | part;
        return value;
    }

    /// <summary>A byte string of definite length, as a window on the data.</summary>
    public ReadOnlySpan<byte> ReadBytesSpan() => Window(CborMajor.Bytes, "a byte string");

    /// <summary>Text of definite length as its UTF-8 bytes, a window on the data.</summary>
    public ReadOnlySpan<byte> ReadTextSpan() => Window(CborMajor.Text, "text");

    /// <summary>A byte string, put together where it came in chunks.</summary>
    public byte[] ReadBytes() =>
        IsIndefiniteString(CborMajor.Bytes) ? Joined(CborMajor.Bytes) : ReadBytesSpan().ToArray();

    /// <summary>Text, put together where it came in chunks.</summary>
    public string ReadText() => Encoding.UTF8.GetString(
        IsIndefiniteString(CborMajor.Text) ? Joined(CborMajor.Text) : ReadTextSpan());

    /// <summary>The count of items that follow, or <see cref="Indefinite"/>.</summary>
    public int ReadArrayStart() => Count(Take(CborMajor.Array, "an array"));

    /// <summary>The count of pairs of key and value that follow, or <see cref="Indefinite"/>.</summary>
    public int ReadMapStart() => Count(Take(CborMajor.Map, "a map"));

    /// <summary>True, and past it, if the open indefinite array or map ends here.</summary>
    public bool TryReadBreak()
    {
        if (Peek() != CborKind.Break) return false;
        position++;
        return true;
    }

    public ulong ReadTag() => Take(CborMajor.Tag, "a tag").Argument;

    public bool ReadBool()
    {
        if (Peek() != CborKind.Bool) throw Mismatch("true or false", position);
        return (data[position++] & 0x1f) == CborInfo.True;
    }

    public void ReadNull() => Expect(CborKind.Null, "null");

    public void ReadUndefined() => Expect(CborKind.Undefined, "undefined");

    /// <summary>Any simple value by its number; false, true, null and undefined are 20 to 23.</summary>
    public byte ReadSimple()
    {
        var kind = Peek();
        if (kind is not (CborKind.Simple or CborKind.Bool or CborKind.Null or CborKind.Undefined))
            throw Mismatch("a simple value", position);
        return (byte)Next().Argument;
    }

    public CborFloat ReadFloat()
    {
        if (Peek() != CborKind.Float) throw Mismatch("a float", position);
        var head = Next();
        return new CborFloat(head.Argument, 8 << (head.Info - CborInfo.OneByte));
    }

    /// <summary>Passes over one item with all that is in it.</summary>
    public void SkipItem() => _ = ReadItem();

    /// <summary>The bytes of the next item with all that is in it.</summary>
    public ReadOnlySpan<byte> ReadItem()
    {
        if (Peek() is CborKind.End or CborKind.Break) throw Mismatch("an item", position);
        var rest = data[position..];
        var length = CborCheck.ItemLength(rest, rules, depthMax);
        position += length;
        return rest[..length];
    }

    private CborHead Next()
    {
        var head = CborHead.Read(data, position);
        position += head.Size;
        return head;
    }

    private CborHead Take(int major, string expected)
    {
        var start = position;
        var head = Next();
        if (head.Major != major) throw Mismatch(expected, start);
        return head;
    }

    private void Expect(CborKind kind, string expected)
    {
        if (Peek() != kind) throw Mismatch(expected, position);
        position++;
    }

    private ReadOnlySpan<byte> Window(int major, string expected)
    {
        var start = position;
        var head = Take(major, expected);
        if (head.IsIndefinite) throw Mismatch($"{expected} of definite length", start);
        var window = data.Slice(position, (int)head.Argument);
        position += window.Length;
        return window;
    }

    private readonly bool IsIndefiniteString(int major) =>
        !AtEnd && data[position] == ((major << 5) | CborInfo.Indefinite);

    private byte[] Joined(int major)
    {
        position++;
        List<byte> joined = [];
        while (!TryReadBreak()) joined.AddRange(Window(major, "a chunk"));
        return [.. joined];
    }

    private static int Count(CborHead head) => head.IsIndefinite ? Indefinite : (int)head.Argument;

    private static CborException Mismatch(string expected, int start) => new($"Expected {expected}", start);
}
