using System.Buffers;
using System.Numerics;

namespace Stun.Engine.Verification;

/// <summary>
/// A decimal number as it is spelled, without its value being worked out: sign, significant digits and the power of ten
/// of the last one. Two of them compare exactly in one pass, however long they are and however large their exponents.
/// </summary>
internal readonly ref struct DecimalText
{
    // Beyond this an exponent is not a quantity but an attack; arithmetic on it stays far from overflow.
    private const int ExponentDigitsMax = 15;

    private static readonly SearchValues<byte> MantissaCharacters = SearchValues.Create("0123456789."u8);

    /// <summary>
    /// From the first digit that is not zero to the last, perhaps with a point in it; empty for zero.
    /// </summary>
    private readonly ReadOnlySpan<byte> digits;

    private DecimalText(bool negative, ReadOnlySpan<byte> digits, int digitCount, long exponent)
    {
        IsNegative = negative;
        this.digits = digits;
        DigitCount = digitCount;
        Exponent = exponent;
    }

    public bool IsZero => DigitCount == 0;

    public bool IsNegative { get; }

    public int DigitCount { get; }

    /// <summary>The power of ten of the last significant digit.</summary>
    public long Exponent { get; }

    /// <summary>
    /// Reads [+-] digits [. digits] [e [+-] digits], with digits on one side of the point at least. False for anything
    /// else and for exponents that no quantity has.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out DecimalText number)
    {
        number = default;
        var negative = !text.IsEmpty && text[0] == '-';
        if (negative || (!text.IsEmpty && text[0] == '+')) text = text[1..];

        var end = text.IndexOfAnyExcept(MantissaCharacters);
        var mantissa = end < 0 ? text : text[..end];
        var point = mantissa.IndexOf((byte)'.');
        var fractionLength = point < 0 ? 0 : mantissa.Length - point - 1;
        if (mantissa.Length - (point < 0 ? 0 : 1) == 0) return false;
        if (point >= 0 && mantissa[(point + 1)..].Contains((byte)'.')) return false;

        long? exponent = 0;
        if (end >= 0 && !TryReadExponent(text[end..], out exponent)) return false;

        // Where the point is decides the power; which zeros stand around the digits does not.
        var first = mantissa.IndexOfAnyExcept("0."u8);
        if (first < 0) return true;
        if (exponent is not { } stated) return false;
        var last = mantissa.LastIndexOfAnyExcept("0."u8);
        var span = mantissa[first..(last + 1)];
        var behindLast = mantissa.Length - last - 1;
        var power = behindLast - fractionLength - (last < point ? 1 : 0);
        var hasPoint = point > first && point < last;
        number = new DecimalText(negative, span, span.Length - (hasPoint ? 1 : 0), stated + power);
        return true;
    }

    /// <param name="exponent">Null if it is well-formed and too large.</param>
    private static bool TryReadExponent(ReadOnlySpan<byte> text, out long? exponent)
    {
        exponent = null;
        if (text[0] is not ((byte)'e' or (byte)'E')) return false;
        text = text[1..];
        var negative = !text.IsEmpty && text[0] == '-';
        if (negative || (!text.IsEmpty && text[0] == '+')) text = text[1..];
        if (text.IsEmpty || text.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;
        var digits = text.TrimStart((byte)'0');
        if (digits.Length > ExponentDigitsMax) return true;
        var value = 0L;
        foreach (var digit in digits) value = (10 * value) + (digit - '0');
        exponent = negative ? -value : value;
        return true;
    }

    public bool SameValue(DecimalText other)
    {
        if (DigitCount != other.DigitCount) return false;
        if (IsZero) return true;
        if (IsNegative != other.IsNegative || Exponent != other.Exponent) return false;
        var (mine, theirs) = (0, 0);
        for (var count = 0; count < DigitCount; count++)
        {
            if (digits[mine] == '.') mine++;
            if (other.digits[theirs] == '.') theirs++;
            if (digits[mine++] != other.digits[theirs++]) return false;
        }
        return true;
    }

    /// <summary>The digits as a signed whole number; the caller has limited their count.</summary>
    public BigInteger Significand()
    {
        const int chunkDigits = 18;
        var (value, chunk, scale, count) = (BigInteger.Zero, 0L, 1L, 0);
        foreach (var digit in digits)
        {
            if (digit == '.') continue;
            chunk = (10 * chunk) + (digit - '0');
            scale *= 10;
            if (++count < chunkDigits) continue;
            value = (value * scale) + chunk;
            (chunk, scale, count) = (0, 1, 0);
        }
        value = (value * scale) + chunk;
        return IsNegative ? -value : value;
    }
}
