using System.Globalization;

namespace Stun.Chain.Evm.Abi;

/// <summary>
/// A type of the contract ABI, in a closed family. Its text is the canonical one, of which selectors and topics are
/// hashes. What Solidity has no name for is no type here: arrays of no elements, tuples of no fields (of which a few
/// bytes could announce any number), fixed-point numbers (which no compiler writes).
/// </summary>
public abstract record AbiType
{
    /// <summary>Deeper than any source, and far from the end of the stack.</summary>
    public const int DepthMax = 16;

    /// <summary>A head is laid out before anything is read.</summary>
    private const int HeadSizeMax = 1 << 16;

    private AbiType() { }

    /// <summary>Has no fixed size, and stands in the tail.</summary>
    public abstract bool IsDynamic { get; }

    /// <summary>What it takes in the head.</summary>
    public abstract int HeadSize { get; }

    /// <summary>One type, as in <c>(uint256,bytes[])[2]</c>.</summary>
    /// <exception cref="ChainException">No type of the ABI.</exception>
    public static AbiType Parse(string text)
    {
        var at = 0;
        var type = Parse(text, ref at, 0);
        return at == text.Length ? type : throw Refusal(text, $"'{text[at..]}' follows it");
    }

    /// <summary>The sum of what the fields of a tuple take in its head.</summary>
    public static int SizeOf(ValueList<AbiType> fields)
    {
        var size = 0;
        foreach (var field in fields) size += field.HeadSize;
        return size;
    }

    public sealed record Unsigned(int Bits) : AbiType
    {
        public override bool IsDynamic => false;
        public override int HeadSize => AbiWriter.WordSize;
        public override string ToString() => $"uint{Bits}";
    }

    public sealed record Signed(int Bits) : AbiType
    {
        public override bool IsDynamic => false;
        public override int HeadSize => AbiWriter.WordSize;
        public override string ToString() => $"int{Bits}";
    }

    public sealed record Account : AbiType
    {
        public override bool IsDynamic => false;
        public override int HeadSize => AbiWriter.WordSize;
        public override string ToString() => "address";
    }

    public sealed record Flag : AbiType
    {
        public override bool IsDynamic => false;
        public override int HeadSize => AbiWriter.WordSize;
        public override string ToString() => "bool";
    }

    public sealed record FixedBytes(int Size) : AbiType
    {
        public override bool IsDynamic => false;
        public override int HeadSize => AbiWriter.WordSize;
        public override string ToString() => $"bytes{Size}";
    }

    public sealed record Bytes : AbiType
    {
        public override bool IsDynamic => true;
        public override int HeadSize => AbiWriter.WordSize;
        public override string ToString() => "bytes";
    }

    public sealed record Text : AbiType
    {
        public override bool IsDynamic => true;
        public override int HeadSize => AbiWriter.WordSize;
        public override string ToString() => "string";
    }

    /// <summary>With a count it has always so many elements.</summary>
    public sealed record Array(AbiType Element, int? Count) : AbiType
    {
        public override bool IsDynamic { get; } = Count is null || Element.IsDynamic;

        public override int HeadSize { get; } =
            Count is { } count && !Element.IsDynamic ? count * Element.HeadSize : AbiWriter.WordSize;

        public override string ToString() => $"{Element}[{Count}]";
    }

    public sealed record Tuple(ValueList<AbiType> Fields) : AbiType
    {
        public override bool IsDynamic { get; } = Fields.Any(field => field.IsDynamic);

        public override int HeadSize { get; } =
            Fields.Any(field => field.IsDynamic) ? AbiWriter.WordSize : SizeOf(Fields);

        public override string ToString() => $"({string.Join(',', Fields)})";
    }

    private static AbiType Parse(string text, ref int at, int depth)
    {
        if (depth > DepthMax) throw Refusal(text, $"it nests deeper than {DepthMax}");
        var type = at < text.Length && text[at] == '(' ? ParseTuple(text, ref at, depth) : ParseName(text, ref at);
        while (at < text.Length && text[at] == '[')
        {
            if (++depth > DepthMax) throw Refusal(text, $"it nests deeper than {DepthMax}");
            var close = text.IndexOf(']', at);
            if (close < 0) throw Refusal(text, "a bracket is not closed");
            var inner = text[(at + 1)..close];
            type = new Array(type, inner.Length == 0 ? null : Number(inner, HeadSizeMax, text));
            RequireSize(type, text);
            at = close + 1;
        }
        return type;
    }

    private static Tuple ParseTuple(string text, ref int at, int depth)
    {
        List<AbiType> fields = [];
        do
        {
            at++;
            fields.Add(Parse(text, ref at, depth + 1));
        }
        while (at < text.Length && text[at] == ',');
        if (at >= text.Length || text[at] != ')') throw Refusal(text, "a parenthesis is not closed");
        at++;
        var type = new Tuple(ValueList.From(fields));
        RequireSize(type, text);
        return type;
    }

    private static AbiType ParseName(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiLetterOrDigit(text[at])) at++;
        var name = text[start..at];
        return name switch
        {
            "address" => new Account(),
            "bool" => new Flag(),
            "bytes" => new Bytes(),
            "string" => new Text(),
            ['u', 'i', 'n', 't', .. var bits] => new Unsigned(ReadBits(bits, text)),
            ['i', 'n', 't', .. var bits] => new Signed(ReadBits(bits, text)),
            ['b', 'y', 't', 'e', 's', .. var size] => new FixedBytes(Number(size, AbiWriter.WordSize, text)),
            _ => throw Refusal(text, $"'{name}' is none of uint8…256, int8…256, address, bool, bytes1…32, bytes, "
                + "string, (…) and […]"),
        };
    }

    private static int ReadBits(string digits, string text)
    {
        var bits = Number(digits, 256, text);
        return bits % 8 == 0 ? bits : throw Refusal(text, $"{bits} bits are not whole bytes");
    }

    /// <summary>From 1, without leading zeros.</summary>
    private static int Number(string digits, int max, string text) =>
        digits is ['1' or '2' or '3' or '4' or '5' or '6' or '7' or '8' or '9', ..]
        && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= max
            ? number : throw Refusal(text, $"'{digits}' is no number from 1 to {max}");

    private static void RequireSize(AbiType type, string text)
    {
        var size = type switch
        {
            Array { Count: { } count, Element: var element } => (long)count * element.HeadSize,
            Tuple { Fields: var fields } => SizeOf(fields),
            _ => 0,
        };
        if (size > HeadSizeMax) throw Refusal(text, $"it takes {size} bytes, and {HeadSizeMax} are allowed");
    }

    private static ChainException Refusal(string text, string what) => new("abi.type",
        $"'{(text.Length > 200 ? text[..200] + "…" : text)}' is no type of the ABI: {what}.",
        "Write the canonical type, as a compiler does: uint256 and not uint.");
}
