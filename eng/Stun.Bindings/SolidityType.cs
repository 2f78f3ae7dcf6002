namespace Stun.Bindings;

/// <summary>A type of an ABI, with what it is in C#.</summary>
public abstract record SolidityType
{
    private const int WordSize = 32;

    public abstract string Canonical { get; }

    public abstract string CSharp { get; }

    public abstract bool IsDynamic { get; }

    /// <summary>What it takes in the head of a tuple.</summary>
    public abstract int HeadSize { get; }

    /// <summary>As a topic it is a hash.</summary>
    public virtual bool IsHashedAsTopic => true;

    public static int SizeOf(IEnumerable<Field> fields) => fields.Sum(field => field.Type.HeadSize);

    /// <param name="Write">Of the writer, with {0} for the value.</param>
    /// <param name="Read">With {0} for the reader.</param>
    public sealed record Leaf(string Name, string Type, string Write, string Read) : SolidityType
    {
        public override string Canonical => Name;
        public override string CSharp => Type;
        public override bool IsDynamic => Name is "bytes" or "string";
        public override int HeadSize => WordSize;
        public override bool IsHashedAsTopic => IsDynamic;
    }

    public sealed record Array(SolidityType Element, int? Count) : SolidityType
    {
        public override string Canonical => $"{Element.Canonical}[{Count}]";
        public override string CSharp => $"ValueList<{Element.CSharp}>";
        public override bool IsDynamic => Count is null || Element.IsDynamic;
        public override int HeadSize => IsDynamic ? WordSize : Count!.Value * Element.HeadSize;
    }

    public sealed record Struct(string Name, IReadOnlyList<Field> Fields) : SolidityType
    {
        public override string Canonical => $"({string.Join(',', Fields.Select(each => each.Type.Canonical))})";
        public override string CSharp => Name;
        public override bool IsDynamic => Fields.Any(each => each.Type.IsDynamic);
        public override int HeadSize => IsDynamic ? WordSize : SizeOf(Fields);
    }

    /// <summary>Null where there is no such elementary type.</summary>
    public static Leaf? Elementary(string name) => name switch
    {
        "address" => new Leaf(name, "Address", "Account({0})", "{0}.Account()"),
        "bool" => new Leaf(name, "bool", "Flag({0})", "{0}.Flag()"),
        "string" => new Leaf(name, "string", "Text({0})", "{0}.Text()"),
        "bytes" => new Leaf(name, "ValueList<byte>", "Bytes({0}.Span)", "ValueList.Create({0}.Bytes())"),
        "bytes32" => new Leaf(name, "Digest", "Bytes32({0})", "{0}.Bytes32()"),
        "bytes16" => new Leaf(name, "TaskId", "Bytes16({0})", "{0}.Bytes16()"),
        ['u', 'i', 'n', 't', .. var bits] when BitsOf(bits) is { } width => Unsigned(name, width),
        ['i', 'n', 't', .. var bits] when BitsOf(bits) is { } width => Signed(name, width),
        ['b', 'y', 't', 'e', 's', .. var digits]
            when int.TryParse(digits, out var size) && size is > 0 and < WordSize && size.ToString() == digits =>
            new Leaf(name, "ValueList<byte>", $"FixedBytes({{0}}.Span, {size})",
                $"ValueList.Create({{0}}.FixedBytes({size}))"),
        _ => null,
    };

    private static Leaf Unsigned(string name, int bits)
    {
        var (type, cast) = bits switch
        {
            <= 8 => ("byte", "(byte)(ulong)"),
            <= 16 => ("ushort", "(ushort)(ulong)"),
            <= 32 => ("uint", "(uint)(ulong)"),
            <= 64 => ("ulong", "(ulong)"),
            <= 128 => ("UInt128", "(UInt128)"),
            _ => ("UInt256", ""),
        };
        return new Leaf(name, type, $"Number({{0}}, {bits})", $"{cast}{{0}}.Number({bits})");
    }

    private static Leaf Signed(string name, int bits)
    {
        var (type, cast) = bits switch
        {
            <= 64 => ("long", "(long)"),
            <= 128 => ("Int128", "(Int128)"),
            _ => ("BigInteger", ""),
        };
        return new Leaf(name, type, $"Signed({{0}}, {bits})", $"{cast}{{0}}.Signed({bits})");
    }

    private static int? BitsOf(string digits) =>
        int.TryParse(digits, out var bits) && bits is > 0 and <= 256 && bits % 8 == 0 && bits.ToString() == digits
            ? bits : null;
}

/// <param name="Name">As in the source; empty where it has none.</param>
public sealed record Field(string Name, SolidityType Type);
