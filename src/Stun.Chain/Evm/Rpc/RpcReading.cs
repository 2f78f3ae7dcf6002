using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Stun.Chain.Evm.Rpc;

/// <summary>
/// Reads the values of answers from JSON, with a limit or a length for each: what a node says is foreign. Whatever
/// does not fit is a <see cref="FormatException"/>, which becomes chain.bad-answer in one place.
/// </summary>
internal static class RpcReading
{
    public static ulong Quantity(ref Utf8JsonReader reader)
    {
        var value = Big(ref reader);
        return value <= ulong.MaxValue ? (ulong)value : throw new FormatException("a number above 64 bits");
    }

    public static Amount Money(ref Utf8JsonReader reader) => new(Big(ref reader));

    public static Digest Hash(ref Utf8JsonReader reader)
    {
        Span<byte> raw = stackalloc byte[Digest.Size];
        Exactly(ref reader, raw);
        return Digest.Read(raw);
    }

    public static Address Account(ref Utf8JsonReader reader)
    {
        Span<byte> raw = stackalloc byte[Address.Size];
        Exactly(ref reader, raw);
        return Address.Read(raw);
    }

    public static byte[] Data(ref Utf8JsonReader reader)
    {
        var digits = Digits(ref reader);
        if (digits.Length % 2 != 0) throw new FormatException("an odd count of hexadecimal digits");
        var data = new byte[digits.Length / 2];
        Decode(digits, data);
        return data;
    }

    public static bool IsNull(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.Null;

    /// <summary>The reader stands on the object; each property is either read or skipped by the caller.</summary>
    public static bool NextProperty(ref Utf8JsonReader reader)
    {
        if (!reader.Read()) throw new FormatException("an object that does not end");
        return reader.TokenType == JsonTokenType.PropertyName;
    }

    public static void StartObject(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new FormatException("no object");
    }

    public static void StartArray(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw new FormatException("no list");
    }

    private static UInt128 Big(ref Utf8JsonReader reader)
    {
        var digits = Digits(ref reader);
        if (digits.Length == 0) throw new FormatException("a number without digits");
        digits = digits.TrimStart((byte)'0');
        if (digits.Length == 0) return UInt128.Zero;
        if (digits.Length > 32) throw new FormatException("a number above 128 bits");
        return UInt128.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new FormatException("no hexadecimal number");
    }

    private static void Exactly(ref Utf8JsonReader reader, scoped Span<byte> destination)
    {
        var digits = Digits(ref reader);
        if (digits.Length != destination.Length * 2)
            throw new FormatException($"{digits.Length} digits where {destination.Length * 2} belong");
        Decode(digits, destination);
    }

    private static ReadOnlySpan<byte> Digits(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String) throw new FormatException($"a {reader.TokenType}, no text");
        var text = reader.ValueSpan;
        if (text.Length < 2 || text[0] != '0' || text[1] is not ((byte)'x' or (byte)'X'))
            throw new FormatException("a text without 0x");
        return text[2..];
    }

    private static void Decode(ReadOnlySpan<byte> digits, Span<byte> destination)
    {
        if (Convert.FromHexString(digits, destination, out _, out var written) != System.Buffers.OperationStatus.Done
            || written != destination.Length)
            throw new FormatException("a letter that is no hexadecimal digit");
    }
}
