using System.Numerics;

namespace Stun.Engine.Verification;

/// <summary>
/// Compares texts whose numbers may differ a little. A text is words and what is between them; a word that is a number
/// as a whole is compared by value, everything else by bytes. So "2024-01-02", "v1.2.3" and "run7" are no numbers,
/// and NaN
/// equals only NaN: a tolerance never loosens a name, a date or a failure.
/// </summary>
/// <remarks>
/// All arithmetic is exact. What is not worth a calculation (more digits or larger exponents than a binary float of 64
/// bits can print) is compared as text, which bounds the work of a pair to some microseconds.
/// </remarks>
internal sealed class NumericText(Comparator.NumericTolerance tolerance)
{
    // The longest exact spelling of a 64-bit float has 767 significant digits, and the last is worth 10^-1074.
    private const int DigitsMax = 800;
    private const int ExponentMin = -1100;
    private const int ExponentMax = 400;

    private const uint Billion = 1_000_000_000;

    private readonly BigInteger?[] powers = new BigInteger?[ExponentMax - ExponentMin + DigitsMax];

    public bool Same(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        while (!left.IsEmpty && !right.IsEmpty)
        {
            var leftWord = Next(ref left);
            var rightWord = Next(ref right);
            if (!leftWord.SequenceEqual(rightWord) && !Near(leftWord, rightWord)) return false;
        }
        return left.IsEmpty && right.IsEmpty;
    }

    /// <summary>The longest run of word characters, or of others, at the beginning.</summary>
    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> text)
    {
        var isWord = IsOfWord(text[0]);
        var length = 1;
        while (length < text.Length && IsOfWord(text[length]) == isWord) length++;
        var token = text[..length];
        text = text[length..];
        return token;
    }

    // Bytes above ASCII belong to words: a number with a letter of any alphabet beside it is none.
    private static bool IsOfWord(byte character) =>
        char.IsAsciiLetterOrDigit((char)character)
        || character is (byte)'_' or (byte)'.' or (byte)'+' or (byte)'-' or > 0x7f;

    private bool Near(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (!DecimalText.TryRead(left, out var leftNumber)) return false;
        if (!DecimalText.TryRead(right, out var rightNumber)) return false;
        if (leftNumber.SameValue(rightNumber)) return true;
        if (!IsCalculable(leftNumber) || !IsCalculable(rightNumber)) return false;

        // Everything in units of the smallest power of ten in sight.
        var unit = (int)Math.Min(Math.Min(leftNumber.Exponent, rightNumber.Exponent), tolerance.AbsoluteExponent);
        var leftValue = leftNumber.Significand() * Power((int)leftNumber.Exponent - unit);
        var rightValue = rightNumber.Significand() * Power((int)rightNumber.Exponent - unit);
        var difference = BigInteger.Abs(leftValue - rightValue);
        if (difference <= tolerance.AbsoluteUnits * Power(tolerance.AbsoluteExponent - unit)) return true;
        var larger = BigInteger.Max(BigInteger.Abs(leftValue), BigInteger.Abs(rightValue));
        return difference * Billion <= larger * tolerance.RelativePpb;
    }

    private static bool IsCalculable(DecimalText number) =>
        number.IsZero
        || (number.DigitCount <= DigitsMax && number.Exponent >= ExponentMin
            && number.Exponent + number.DigitCount <= ExponentMax);

    private BigInteger Power(int exponent) => powers[exponent] ??= BigInteger.Pow(10, exponent);
}
