namespace Stun.Chain.Evm.Abi;

/// <summary>
/// A function, event or error by name and types: <c>transfer(address,uint256)</c>. Functions and errors are known by
/// the first four bytes of its hash, events by all of it.
/// </summary>
public sealed record AbiSignature(string Name, ValueList<AbiType> Types)
{
    public const int SelectorSize = sizeof(uint);

    // Without init: a copy with other types would keep the hash of the first.
    public string Name { get; } = Name;
    public ValueList<AbiType> Types { get; } = Types;

    public Digest Topic { get; } =
        Keccak256.Hash(System.Text.Encoding.UTF8.GetBytes($"{Name}({string.Join(',', Types)})"));

    public uint Selector => (uint)(Topic.A >> 32);

    /// <exception cref="ChainException">No name and types of the ABI.</exception>
    public static AbiSignature Parse(string text)
    {
        var open = text.IndexOf('(');
        var name = open < 0 ? text : text[..open];
        if (name.Length == 0 || char.IsAsciiDigit(name[0])
            || !name.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '$'))
            throw new ChainException("abi.signature", $"'{text}' does not begin with a name.",
                "Write the name and the types in parentheses: transfer(address,uint256).");
        if (text[name.Length..] == "()") return new AbiSignature(name, []);
        return AbiType.Parse(text[name.Length..]) is AbiType.Tuple tuple ? new AbiSignature(name, tuple.Fields)
            : throw new ChainException("abi.signature", $"'{text}' has no types in parentheses.",
                "Write the name and the types in parentheses: transfer(address,uint256).");
    }

    /// <summary>Whether the bytes begin with this selector.</summary>
    public bool Begins(ReadOnlySpan<byte> data) => SelectorOf(data) == Selector;

    /// <summary>The data of a call.</summary>
    public byte[] EncodeCall(ValueList<AbiValue> values)
    {
        Span<byte> prefix = stackalloc byte[SelectorSize];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(prefix, Selector);
        return AbiCodec.Encode(Types, values, prefix);
    }

    /// <summary>The arguments of a call or of an error that begins with the selector.</summary>
    public ValueList<AbiValue> DecodeCall(ReadOnlySpan<byte> data) => Begins(data)
        ? AbiCodec.Decode(Types, data[SelectorSize..])
        : throw new ChainException("abi.selector", $"These bytes do not begin with the selector of {this}.",
            "Ask for what they are by their own selector.");

    /// <summary>Null where there are less than four bytes.</summary>
    public static uint? SelectorOf(ReadOnlySpan<byte> data) =>
        System.Buffers.Binary.BinaryPrimitives.TryReadUInt32BigEndian(data, out var selector) ? selector : null;

    public bool Equals(AbiSignature? other) => other is not null && Topic == other.Topic;

    public override int GetHashCode() => unchecked((int)Selector);

    public override string ToString() => $"{Name}({string.Join(',', Types)})";
}
