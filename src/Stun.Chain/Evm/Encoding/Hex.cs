using System.Buffers;
using System.Globalization;

namespace Stun.Chain.Evm.Encoding;

/// <summary>
/// The two forms in which nodes of a chain write things in JSON: data is "0x" and two digits a byte; a quantity is
/// "0x" and a number without leading zeros.
/// </summary>
public static class Hex
{
    private const int QuantityDigitsMax = 2 * UInt256.Size;

    public static string Data(ReadOnlySpan<byte> bytes) => "0x" + Convert.ToHexStringLower(bytes);

    public static string Data(Digest digest) => "0x" + digest;

    public static string Quantity(UInt256 value)
    {
        if (value.High == 0) return "0x" + value.Low.ToString("x", CultureInfo.InvariantCulture);
        return "0x" + value.High.ToString("x", CultureInfo.InvariantCulture)
            + value.Low.ToString("x32", CultureInfo.InvariantCulture);
    }

    /// <param name="text">What the other side wrote; null where it wrote nothing.</param>
    /// <param name="what">What it is, for the message: <c>the code of 0x…</c>.</param>
    public static byte[] ParseData(string? text, string what)
    {
        if (!IsPrefixed(text) || text.Length % 2 != 0) throw NotData(text, what);
        var bytes = new byte[(text.Length - 2) / 2];
        if (Convert.FromHexString(text.AsSpan(2), bytes, out _, out _) != OperationStatus.Done)
            throw NotData(text, what);
        return bytes;
    }

    public static Digest ParseDigest(string? text, string what) => Digest.Read(ParseSized(text, Digest.Size, what));

    /// <summary>Any mixture of capitals: a node is no person, and its addresses are not copied by hand.</summary>
    public static Address ParseAddress(string? text, string what) => Address.Read(ParseSized(text, Address.Size, what));

    /// <summary>Refuses leading zeros, as the specification of the interface does, and more than 256 bits.</summary>
    public static UInt256 ParseQuantity(string? text, string what)
    {
        if (!IsPrefixed(text) || text.Length is < 3 or > 2 + QuantityDigitsMax
            || (text[2] == '0' && text.Length > 3) || text.AsSpan(2).ContainsAnyExcept(Digits))
            throw new ChainException("hex.quantity",
                $"{Capital(what)} is {Shown(text)}, which is no quantity: 0x and a number without leading zeros.",
                "Use a node that keeps to the specification of JSON-RPC.");
        var digits = text.AsSpan(2);
        var split = Math.Max(0, digits.Length - 32);
        return new UInt256(Half(digits[..split]), Half(digits[split..]));
    }

    public static ulong ParseUInt64(string? text, string what)
    {
        var value = ParseQuantity(text, what);
        if (value.BitLength > 64)
            throw new ChainException("hex.quantity", $"{Capital(what)} is {Shown(text)}, more than 64 bits hold.",
                "Use a node that keeps to the specification of JSON-RPC.");
        return (ulong)value;
    }

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdefABCDEF");

    private static byte[] ParseSized(string? text, int size, string what)
    {
        var bytes = ParseData(text, what);
        return bytes.Length == size ? bytes : throw new ChainException("hex.size",
            $"{Capital(what)} has {bytes.Length} bytes where {size} belong.",
            "Use a node that keeps to the specification of JSON-RPC.");
    }

    private static UInt128 Half(ReadOnlySpan<char> digits) => digits.IsEmpty
        ? 0 : UInt128.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static bool IsPrefixed([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] string? text) =>
        text is ['0', 'x', ..];

    private static ChainException NotData(string? text, string what) => new("hex.data",
        $"{Capital(what)} is {Shown(text)}, which is no data: 0x and two hexadecimal digits a byte.",
        "Use a node that keeps to the specification of JSON-RPC.");

    private static string Capital(string what) => char.ToUpperInvariant(what[0]) + what[1..];

    private static string Shown(string? text) => text switch
    {
        null => "missing",
        { Length: > 40 } => $"'{text[..40]}…' ({text.Length} characters)",
        _ => $"'{text}'",
    };
}
