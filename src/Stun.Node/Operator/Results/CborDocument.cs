using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Stun.Cbor;

namespace Stun.Node.Operator.Results;

/// <summary>A document of JSON in canonical CBOR; and what others have written in CBOR, as JSON.</summary>
public static class CborDocument
{
    public static byte[] Encode(JsonNode? value)
    {
        var writer = new CborWriter();
        Write(writer, value);
        return writer.ToArray();
    }

    /// <exception cref="CborException">It is no CBOR, or has what JSON cannot say.</exception>
    public static JsonNode? Decode(ReadOnlySpan<byte> content)
    {
        var reader = new CborReader(content, CborRules.Lenient);
        return Read(ref reader);
    }

    private static JsonNode? Read(ref CborReader reader)
    {
        switch (reader.Peek())
        {
            case CborKind.Unsigned: return JsonValue.Create(reader.ReadUInt64());
            case CborKind.Negative:
                return JsonNode.Parse((-1 - (BigInteger)reader.ReadNegative()).ToString(CultureInfo.InvariantCulture));
            case CborKind.Text: return JsonValue.Create(reader.ReadText());
            case CborKind.Bool: return JsonValue.Create(reader.ReadBool());
            case CborKind.Null:
                reader.ReadNull();
                return null;
            case CborKind.Float: return JsonValue.Create(Value(reader.ReadFloat()));
            case CborKind.Array:
                var list = new JsonArray();
                for (var left = reader.ReadArrayStart(); IsMore(ref reader, ref left);) list.Add(Read(ref reader));
                return list;
            case CborKind.Map:
                var named = new JsonObject();
                for (var left = reader.ReadMapStart(); IsMore(ref reader, ref left);)
                {
                    var name = reader.ReadText();
                    named.Add(name, Read(ref reader));
                }
                return named;
            default: throw new CborException($"{reader.Peek()} is nothing that JSON has", reader.Position);
        }
    }

    private static bool IsMore(ref CborReader reader, ref int left) =>
        left == CborReader.Indefinite ? !reader.TryReadBreak() : left-- > 0;

    private static double Value(CborFloat number) => number.Width switch
    {
        16 => (double)BitConverter.UInt16BitsToHalf((ushort)number.Bits),
        32 => BitConverter.UInt32BitsToSingle((uint)number.Bits),
        _ => BitConverter.UInt64BitsToDouble(number.Bits),
    };

    private static void Write(CborWriter writer, JsonNode? value)
    {
        switch (value)
        {
            case JsonArray list:
                writer.WriteArrayStart(list.Count);
                foreach (var item in list) Write(writer, item);
                break;
            case JsonObject named:
                writer.WriteMapStart(named.Count);
                foreach (var (name, item) in named.OrderBy(pair => Encoded(pair.Key), Order))
                {
                    writer.WriteText(name);
                    Write(writer, item);
                }
                break;
            case null: writer.WriteNull(); break;
            default: WriteLeaf(writer, value); break;
        }
    }

    private static void WriteLeaf(CborWriter writer, JsonNode value)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.String: writer.WriteText(value.GetValue<string>()); break;
            case JsonValueKind.True: writer.WriteBool(true); break;
            case JsonValueKind.False: writer.WriteBool(false); break;
            case JsonValueKind.Number: WriteNumber(writer, value.ToJsonString()); break;
            default: writer.WriteNull(); break;
        }
    }

    private static void WriteNumber(CborWriter writer, string text)
    {
        if (BigDecimal.TryParse(text)?.TryWhole() is { } whole
            && BigInteger.Abs(whole) <= ulong.MaxValue)
        {
            if (whole.Sign >= 0) writer.WriteUInt64((ulong)whole);
            else writer.WriteNegative((ulong)(-1 - whole));
            return;
        }
        var number = double.Parse(text, CultureInfo.InvariantCulture);
        writer.WriteFloat(new CborFloat(BitConverter.DoubleToUInt64Bits(number), 64));
    }

    private static byte[] Encoded(string name)
    {
        var writer = new CborWriter();
        writer.WriteText(name);
        return writer.ToArray();
    }

    private static Comparer<byte[]> Order { get; } =
        Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right));
}
