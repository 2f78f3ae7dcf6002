using System.Globalization;
using System.Text.RegularExpressions;

namespace Stun.Node.Money;

/// <summary>Amounts as owners write them: smallest units, or coins with their unit. Exact, or refused.</summary>
public static partial class CoinText
{
    public const string Unit = "STUN";

    /// <summary>What a person is told that an amount looks like.</summary>
    public const string Form = "smallest units such as 2500 or 1_000_000, or coins such as 1.5STUN";

    public const int Decimals = 18;

    /// <summary>The contracts count to 96 bits.</summary>
    private static readonly UInt128 Most = (UInt128.One << 96) - 1;

    public static Amount? TryParse(string text)
    {
        if (Units().IsMatch(text)) return Within(text.Replace("_", ""));
        if (Coins().Match(text) is not { Success: true } coins) return null;
        var (whole, part) = (coins.Groups["whole"].Value.Replace("_", ""), coins.Groups["part"].Value);
        return Within(whole + part.PadRight(Decimals, '0'));
    }

    /// <summary>Coins with all their digits that are not zero.</summary>
    public static string Write(Amount amount)
    {
        var digits = amount.ToString().PadLeft(Decimals + 1, '0');
        var part = digits[^Decimals..].TrimEnd('0');
        return $"{digits[..^Decimals]}{(part.Length == 0 ? "" : ".")}{part}{Unit}";
    }

    private static Amount? Within(string digits) =>
        UInt128.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var units) && units <= Most
            ? new Amount(units)
            : null;

    [GeneratedRegex(@"\A[0-9](?:_?[0-9]){0,38}\z")]
    private static partial Regex Units();

    [GeneratedRegex(@"\A(?<whole>[0-9](?:_?[0-9]){0,18})(?:\.(?<part>[0-9]{1,18}))? ?STUN\z")]
    private static partial Regex Coins();
}
