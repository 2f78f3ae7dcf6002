using System.Globalization;
using System.Numerics;

namespace Stun.Node.Operator.Results;

/// <summary>A decimal number of any size, exact. Of floats a node would round otherwise than its neighbour.</summary>
/// <param name="Scale">How many digits of the mantissa stand behind the point; negative for zeros before it.</param>
public readonly record struct BigDecimal(BigInteger Mantissa, int Scale)
{
    /// <summary>A 256-bit number has 78 digits; a multiplier has as many at most.</summary>
    private const int DigitsMax = 400;

    private const int ScaleMax = 400;

    /// <summary>Digits with a sign, a point and an exponent, or 0x and hexadecimal digits; null for all else.</summary>
    public static BigDecimal? TryParse(string text)
    {
        text = text.Trim();
        if (text.Length is 0 or > DigitsMax) return null;
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)) return TryHex(text.AsSpan(2));
        var at = text[0] is '-' or '+' ? 1 : 0;
        var exponentAt = text.IndexOfAny(['e', 'E']);
        var number = exponentAt < 0 ? text.AsSpan(at) : text.AsSpan(at, Math.Max(0, exponentAt - at));
        var exponent = 0;
        if (exponentAt >= 0 && !int.TryParse(text.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture, out exponent)) return null;
        var point = number.IndexOf('.');
        var digits = point < 0 ? number.ToString() : string.Concat(number[..point], number[(point + 1)..]);
        if (digits.Length == 0 || !digits.All(char.IsAsciiDigit)) return null;
        var behind = point < 0 ? 0 : number.Length - point - 1;
        if (Math.Abs((long)exponent) > ScaleMax) return null;
        var mantissa = BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        return new BigDecimal(text[0] == '-' ? -mantissa : mantissa, behind - exponent);
    }

    public static BigDecimal operator *(BigDecimal left, BigDecimal right) =>
        new(left.Mantissa * right.Mantissa, left.Scale + right.Scale);

    /// <summary>To the nearest whole number, halves away from zero.</summary>
    public BigInteger Round()
    {
        if (Scale <= 0) return Mantissa * BigInteger.Pow(10, -Scale);
        var unit = BigInteger.Pow(10, Scale);
        var (whole, rest) = BigInteger.DivRem(BigInteger.Abs(Mantissa), unit);
        if (rest * 2 >= unit) whole += 1;
        return Mantissa.Sign < 0 ? -whole : whole;
    }

    /// <summary>Null where something stands behind the point.</summary>
    public BigInteger? TryWhole()
    {
        if (Scale <= 0) return Round();
        var whole = BigInteger.DivRem(Mantissa, BigInteger.Pow(10, Scale), out var rest);
        return rest.IsZero ? whole : null;
    }

    private static BigDecimal? TryHex(ReadOnlySpan<char> digits)
    {
        foreach (var digit in digits)
            if (!char.IsAsciiHexDigit(digit)) return null;
        if (digits.IsEmpty) return null;
        // A zero before it, or the first bit would be a sign.
        return new BigDecimal(BigInteger.Parse($"0{digits}", NumberStyles.AllowHexSpecifier), 0);
    }
}
