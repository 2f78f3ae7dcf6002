using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Stun.Cbor;

namespace Stun.Node.Operator.Results;

/// <summary>A document of JSON in canonical CBOR.</summary>
public static class CborDocument
{
    public static byte[] Encode(JsonNode? value)
    {
        var writer = new CborWriter();
        Write(writer, value);
        return writer.ToArray();
    }

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
        var number = double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
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
