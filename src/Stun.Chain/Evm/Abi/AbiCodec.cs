using System.Numerics;

namespace Stun.Chain.Evm.Abi;

/// <summary>Values of types that are known only at run time; bindings use the reader and the writer directly.</summary>
public static class AbiCodec
{
    /// <param name="types">Of the fields, one after the other, as of a function's arguments.</param>
    /// <param name="values">As many.</param>
    /// <param name="prefix">A selector, or a contract's code.</param>
    /// <exception cref="ChainException">A value is none of its type.</exception>
    public static byte[] Encode(
        ValueList<AbiType> types, ValueList<AbiValue> values, ReadOnlySpan<byte> prefix = default)
    {
        var writer = new AbiWriter(AbiType.SizeOf(types), prefix);
        RequireCount(types.Count, values.Count, "a tuple");
        for (var at = 0; at < types.Count; at++) Write(writer, types[at], values[at]);
        return writer.ToArray();
    }

    /// <exception cref="ChainException">The bytes are not exactly these types in their one encoding.</exception>
    public static ValueList<AbiValue> Decode(ValueList<AbiType> types, ReadOnlySpan<byte> data)
    {
        var reader = new AbiReader(data, AbiType.SizeOf(types));
        var values = ReadAll(ref reader, types);
        reader.Finish();
        return values;
    }

    private static void Write(AbiWriter writer, AbiType type, AbiValue value)
    {
        switch (type, value)
        {
            case (AbiType.Unsigned { Bits: var bits }, AbiValue.Number { Value: var number })
                when number.Sign >= 0 && number.GetBitLength() <= bits:
                writer.Number((UInt256)number);
                break;
            case (AbiType.Signed { Bits: var bits }, AbiValue.Number { Value: var number })
                when number.GetBitLength() < bits:
                writer.Signed(number, bits);
                break;
            case (AbiType.Account, AbiValue.Account { Value: var address }):
                writer.Account(address);
                break;
            case (AbiType.Flag, AbiValue.Flag { Value: var flag }):
                writer.Flag(flag);
                break;
            case (AbiType.FixedBytes { Size: var size }, AbiValue.Bytes { Value: var bytes }) when bytes.Count == size:
                writer.FixedBytes(bytes.Span, size);
                break;
            case (AbiType.Bytes, AbiValue.Bytes { Value: var bytes }):
                writer.Bytes(bytes.Span);
                break;
            case (AbiType.Text, AbiValue.Text { Value: var text }):
                writer.Text(text);
                break;
            case (AbiType.Array array, AbiValue.List { Items: var items }):
                WriteArray(writer, array, items);
                break;
            case (AbiType.Tuple tuple, AbiValue.List { Items: var items }):
                WriteTuple(writer, tuple, items);
                break;
            default:
                throw new ChainException("abi.value", $"{value} is no {type}.", "Give a value of the type.");
        }
    }

    private static void WriteArray(AbiWriter writer, AbiType.Array array, ValueList<AbiValue> items)
    {
        if (array.Count is { } count) RequireCount(count, items.Count, array.ToString());
        var outer = !array.IsDynamic ? (AbiFrame?)null
            : array.Count is { } fixedCount ? writer.Open(fixedCount * array.Element.HeadSize)
            : writer.OpenArray(items.Count, array.Element.HeadSize);
        foreach (var item in items) Write(writer, array.Element, item);
        if (outer is { } frame) writer.Close(frame);
    }

    private static void WriteTuple(AbiWriter writer, AbiType.Tuple tuple, ValueList<AbiValue> items)
    {
        RequireCount(tuple.Fields.Count, items.Count, tuple.ToString());
        var outer = tuple.IsDynamic ? writer.Open(AbiType.SizeOf(tuple.Fields)) : (AbiFrame?)null;
        for (var at = 0; at < items.Count; at++) Write(writer, tuple.Fields[at], items[at]);
        if (outer is { } frame) writer.Close(frame);
    }

    private static ValueList<AbiValue> ReadAll(ref AbiReader reader, ValueList<AbiType> types)
    {
        var values = new AbiValue[types.Count];
        for (var at = 0; at < values.Length; at++) values[at] = Read(ref reader, types[at]);
        return ValueList.Create<AbiValue>(values);
    }

    private static AbiValue Read(ref AbiReader reader, AbiType type) => type switch
    {
        AbiType.Unsigned { Bits: var bits } => new AbiValue.Number((BigInteger)reader.Number(bits)),
        AbiType.Signed { Bits: var bits } => new AbiValue.Number(reader.Signed(bits)),
        AbiType.Account => new AbiValue.Account(reader.Account()),
        AbiType.Flag => new AbiValue.Flag(reader.Flag()),
        AbiType.FixedBytes { Size: var size } => new AbiValue.Bytes(ValueList.Create(reader.FixedBytes(size))),
        AbiType.Bytes => new AbiValue.Bytes(ValueList.Create(reader.Bytes())),
        AbiType.Text => new AbiValue.Text(reader.Text()),
        AbiType.Array array => ReadArray(ref reader, array),
        AbiType.Tuple tuple => ReadTuple(ref reader, tuple),
        _ => throw new ArgumentException("An unknown type."),
    };

    private static AbiValue.List ReadArray(ref AbiReader reader, AbiType.Array array)
    {
        AbiFrame? outer = null;
        if (array.Count is not { } count) outer = reader.OpenArray(array.Element.HeadSize, out count);
        else if (array.IsDynamic) outer = reader.Open(count * array.Element.HeadSize);
        var items = new AbiValue[count];
        for (var at = 0; at < count; at++) items[at] = Read(ref reader, array.Element);
        if (outer is { } frame) reader.Close(frame);
        return new AbiValue.List(ValueList.Create<AbiValue>(items));
    }

    private static AbiValue.List ReadTuple(ref AbiReader reader, AbiType.Tuple tuple)
    {
        var outer = tuple.IsDynamic ? reader.Open(AbiType.SizeOf(tuple.Fields)) : (AbiFrame?)null;
        var values = ReadAll(ref reader, tuple.Fields);
        if (outer is { } frame) reader.Close(frame);
        return new AbiValue.List(values);
    }

    private static void RequireCount(int expected, int given, string what)
    {
        if (given != expected)
            throw new ChainException("abi.value", $"{given} values for {what} of {expected}.", "Give one for each.");
    }
}
