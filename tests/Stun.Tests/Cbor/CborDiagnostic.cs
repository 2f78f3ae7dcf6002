using System.Globalization;
using System.Numerics;
using Stun.Cbor;

namespace Stun.Tests.Cbor;

/// <summary>Prints items in the diagnostic notation of RFC 8949, 8, and copies them from reader to writer.</summary>
public static class CborDiagnostic
{
    public static string Print(byte[] data, CborRules rules)
    {
        var reader = new CborReader(data, rules);
        var text = Print(ref reader);
        Assert.True(reader.AtEnd);
        return text;
    }

    public static byte[] Copy(byte[] data)
    {
        var reader = new CborReader(data);
        var writer = new CborWriter(4);
        Copy(ref reader, writer);
        return writer.ToArray();
    }

    private static string Print(ref CborReader reader) => reader.Peek() switch
    {
        CborKind.Unsigned => reader.ReadUInt64().ToString(CultureInfo.InvariantCulture),
        CborKind.Negative => (-1 - new BigInteger(reader.ReadNegative())).ToString(CultureInfo.InvariantCulture),
        CborKind.Bytes => $"h'{Convert.ToHexStringLower(reader.ReadBytes())}'",
        CborKind.Text => $"\"{reader.ReadText()}\"",
        CborKind.Array => PrintArray(ref reader),
        CborKind.Map => PrintMap(ref reader),
        CborKind.Tag => $"{reader.ReadTag()}({Print(ref reader)})",
        CborKind.Bool => reader.ReadBool() ? "true" : "false",
        CborKind.Float => PrintFloat(reader.ReadFloat()),
        CborKind.Simple => $"simple({reader.ReadSimple()})",
        CborKind.Null => PrintNull(ref reader),
        CborKind.Undefined => PrintUndefined(ref reader),
        var kind => throw new InvalidOperationException($"{kind} is not the beginning of an item."),
    };

    private static string PrintNull(ref CborReader reader)
    {
        reader.ReadNull();
        return "null";
    }

    private static string PrintUndefined(ref CborReader reader)
    {
        reader.ReadUndefined();
        return "undefined";
    }

    private static string PrintArray(ref CborReader reader)
    {
        List<string> items = [];
        var count = reader.ReadArrayStart();
        while (count < 0 ? !reader.TryReadBreak() : items.Count < count) items.Add(Print(ref reader));
        return $"[{(count < 0 ? "_ " : "")}{string.Join(", ", items)}]";
    }

    private static string PrintMap(ref CborReader reader)
    {
        List<string> pairs = [];
        var count = reader.ReadMapStart();
        while (count < 0 ? !reader.TryReadBreak() : pairs.Count < count)
            pairs.Add($"{Print(ref reader)}: {Print(ref reader)}");
        return $"{{{(count < 0 ? "_ " : "")}{string.Join(", ", pairs)}}}";
    }

    private static string PrintFloat(CborFloat number)
    {
        var value = number.Width switch
        {
            16 => (double)BitConverter.UInt16BitsToHalf((ushort)number.Bits),
            32 => BitConverter.UInt32BitsToSingle((uint)number.Bits),
            _ => BitConverter.UInt64BitsToDouble(number.Bits),
        };
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return double.IsFinite(value) && !text.Contains('.') && !text.Contains('E') ? text + ".0" : text;
    }

    private static void Copy(ref CborReader reader, CborWriter writer)
    {
        switch (reader.Peek())
        {
            case CborKind.Unsigned: writer.WriteUInt64(reader.ReadUInt64()); break;
            case CborKind.Negative: writer.WriteNegative(reader.ReadNegative()); break;
            case CborKind.Bytes: writer.WriteBytes(reader.ReadBytesSpan()); break;
            case CborKind.Text: writer.WriteText(reader.ReadText()); break;
            case CborKind.Bool: writer.WriteBool(reader.ReadBool()); break;
            case CborKind.Float: writer.WriteFloat(reader.ReadFloat()); break;
            case CborKind.Array:
                var count = reader.ReadArrayStart();
                writer.WriteArrayStart(count);
                for (; count > 0; count--) Copy(ref reader, writer);
                break;
            case CborKind.Map:
                var pairs = reader.ReadMapStart();
                writer.WriteMapStart(pairs);
                for (var left = 2 * pairs; left > 0; left--) Copy(ref reader, writer);
                break;
            case CborKind.Tag:
                writer.WriteTag(reader.ReadTag());
                Copy(ref reader, writer);
                break;
            default: writer.WriteSimple(reader.ReadSimple()); break;
        }
    }
}
