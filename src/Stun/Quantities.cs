using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Stun;

/// <summary>Amounts of things as people write them: 2, 500m, 4GiB, 90s.</summary>
internal static class Quantities
{
    public static Option<T?> Option<T>(string name, string help, string about, Func<string, T?> read, string form)
        where T : struct
    {
        return new Option<T?>(name)
        {
            Description = about,
            HelpName = help,
            CustomParser = result => Parse(result, read, form),
        };
    }

    /// <summary>2 is two processors, 500m is half of one.</summary>
    public static uint? CpuMillis(string text) => text.EndsWith('m')
        ? Whole(text[..^1], 1)
        : decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var cpus)
            && cpus is > 0 and < 100_000
            ? (uint)(cpus * 1_000)
            : null;

    /// <summary>512MiB, 4GiB, 1TiB; a number alone is MiB.</summary>
    public static uint? Mebibytes(string text)
    {
        var digits = text.TrimEnd("kKMGTiB".ToCharArray());
        return text[digits.Length..] switch
        {
            "" or "M" or "Mi" or "MiB" => Whole(digits, 1),
            "G" or "Gi" or "GiB" => Whole(digits, 1_024),
            "T" or "Ti" or "TiB" => Whole(digits, 1_024 * 1_024),
            _ => null,
        };
    }

    /// <summary>30s, 10m, 2h; a number alone is seconds.</summary>
    public static long? Seconds(string text)
    {
        var digits = text.TrimEnd('s', 'm', 'h');
        return text[digits.Length..] switch
        {
            "" or "s" => Whole(digits, 1),
            "m" => Whole(digits, 60),
            "h" => Whole(digits, 3_600),
            _ => null,
        };
    }

    private static uint? Whole(string digits, uint unit) =>
        uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            && count <= uint.MaxValue / unit
            ? count * unit
            : null;

    private static T? Parse<T>(ArgumentResult result, Func<string, T?> read, string form)
        where T : struct
    {
        var text = result.Tokens[0].Value;
        if (read(text) is { } value) return value;
        result.AddError($"'{text}' is not {form}.");
        return null;
    }
}
