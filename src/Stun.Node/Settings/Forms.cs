using System.Globalization;
using System.Text.RegularExpressions;
using Stun.Chain.Evm;
using Stun.Execution.Images;

namespace Stun.Node.Settings;

/// <summary>The forms of values that policies and configuration share.</summary>
internal static partial class Forms
{
    private const uint Million = 1_000_000;

    private static readonly (string Name, ulong Bytes)[] SizeUnits =
    [
        ("TiB", 1UL << 40), ("GiB", 1UL << 30), ("MiB", 1UL << 20), ("KiB", 1UL << 10),
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000), ("B", 1), ("", 1),
    ];

    private static readonly (string Name, long Micros)[] TimeUnits =
    [
        ("d", 86_400_000_000), ("h", 3_600_000_000), ("min", 60_000_000), ("s", 1_000_000), ("ms", 1_000), ("us", 1),
        ("m", 60_000_000),
    ];

    public static readonly SettingForm Text = new SettingForm<string>(
        "text", "a text", text => text.Length is > 0 and <= 4096 && IsOneLine(text) ? text : null, text => text);

    public static readonly SettingForm Bool = new NumberForm<bool>(
        "yes or no", "true or false",
        text => text switch { "true" => true, "false" => false, _ => null }, value => value ? "true" : "false");

    /// <summary>Bytes.</summary>
    public static readonly SettingForm Size = new NumberForm<ulong>(
        "size", "a size such as 64KiB, 10GB or 1048576", ReadSize, WriteSize);

    public static SettingForm SizeBetween(ulong least, ulong most)
    {
        var bounds = $"{WriteSize(least)} to {WriteSize(most)}";
        return new NumberForm<ulong>(
            $"size from {bounds}", $"a size from {bounds}, such as 64KiB, 10GB or 1048576",
            text => ReadSize(text) is { } value && value >= least && value <= most ? value : null, WriteSize);
    }

    /// <summary>Whole mebibytes, as resources count.</summary>
    public static readonly SettingForm Mebibytes = new NumberForm<uint>(
        "size", "a size of whole MiB such as 512MiB or 16GiB",
        text => ReadSize(text) is { } bytes && bytes % (1 << 20) == 0 && bytes >> 20 <= uint.MaxValue
            ? (uint)(bytes >> 20) : null,
        value => WriteSize((ulong)value << 20));

    public static readonly SettingForm CpuMillis = new NumberForm<uint>(
        "number of processors", "processors such as 4, 0.5 or 500m", ReadCpu,
        value => value % 1000 == 0 ? $"{value / 1000}" : $"{value}m");

    public static readonly SettingForm Time = new NumberForm<Duration>(
        "length of time", "a length of time such as 500ms, 30s, 10min, 2h or 7d", ReadTime, WriteTime);

    public static readonly SettingForm Amount = new NumberForm<Amount>(
        "amount", "a whole number of the token's smallest unit, such as 2500 or 1_000_000",
        text => Digits().IsMatch(text) && UInt128.TryParse(text.Replace("_", ""), CultureInfo.InvariantCulture,
            out var units) ? new Amount(units) : null,
        value => value.ToString());

    /// <summary>Parts per million of a whole.</summary>
    public static readonly SettingForm Share = new NumberForm<uint>(
        "share", "a share from 0% to 100% such as 5%, 0.25% or 2500ppm", ReadShare, WriteShare);

    public static readonly SettingForm Address = new NumberForm<Address>(
        "address", "0x and 40 hexadecimal digits", AddressText.TryParse, value => value.ToString());

    public static readonly SettingForm Region = new NumberForm<Region>(
        "region", "a name of 1 to 8 letters, digits or signs such as eu-de",
        text => IsShortName(text) ? Protocol.Region.Parse(text) : null, value => value.ToString());

    public static readonly SettingForm GpuModel = new NumberForm<GpuModel>(
        "GPU model", "a name of 1 to 8 letters, digits or signs such as H100SXM",
        text => IsShortName(text) ? Protocol.GpuModel.Parse(text) : null, value => value.ToString());

    public static readonly SettingForm ContentDigest = new NumberForm<Digest>(
        "digest", "sha256: and 64 lower-case hexadecimal digits",
        text => ImageDigest.TryParse(text, out var digest) ? digest : null, ImageDigest.Text);

    public static readonly SettingForm HttpUrl = Url("http", "https");
    public static readonly SettingForm WebSocketUrl = Url("ws", "wss");
    public static readonly SettingForm ChainUrl = Url("http", "https", "ws", "wss");

    public static readonly SettingForm Port = Number(0, 65_535);

    public static SettingForm Number(ulong least, ulong most) => new NumberForm<ulong>(
        $"number from {least} to {most}", $"a whole number from {least} to {most}",
        text => Digits().IsMatch(text) && ulong.TryParse(text.Replace("_", ""), CultureInfo.InvariantCulture,
            out var value) && value >= least && value <= most ? value : null,
        value => $"{value}");

    public static SettingForm OneOf(params string[] words) => new SettingForm<string>(
        "known word", words.Length == 1 ? words[0] : $"{string.Join(", ", words[..^1])} or {words[^1]}",
        text => words.Contains(text, StringComparer.Ordinal) ? text : null, text => text);

    /// <summary>A length of time within bounds; both may be named.</summary>
    public static SettingForm TimeBetween(Duration least, Duration most)
    {
        var bounds = $"{WriteTime(least)} to {WriteTime(most)}";
        return new NumberForm<Duration>(
            $"length of time from {bounds}", $"a length of time from {bounds}, such as 500ms, 30s, 10min, 2h or 7d",
            text => ReadTime(text) is { } value && value >= least && value <= most ? value : null, WriteTime);
    }

    /// <summary>User names and passwords are no part of an address that is shown and logged.</summary>
    private static SettingForm<string> Url(params string[] schemes) => new(
        "address of a server",
        $"{string.Join(" or ", schemes.Select(scheme => scheme + "://HOST:PORT/PATH"))} without a user name",
        text => text.Length <= 2048 && IsOneLine(text) && Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && schemes.Contains(uri.Scheme) && uri.Host.Length > 0 && uri.UserInfo.Length == 0 ? text : null,
        text => text);

    private static bool IsOneLine(string text) => !text.Any(char.IsControl);

    private static bool IsShortName(string text) =>
        text.Length is >= 1 and <= 8 && text.All(sign => sign is > ' ' and <= '~');

    private static ulong? ReadSize(string text)
    {
        foreach (var (name, bytes) in SizeUnits)
        {
            if (!text.EndsWith(name, StringComparison.Ordinal)) continue;
            var number = text[..^name.Length].TrimEnd(' ');
            if (!Digits().IsMatch(number) || !ulong.TryParse(number.Replace("_", ""), out var count)) continue;
            // Within what all that counts bytes can count.
            return count <= long.MaxValue / bytes ? count * bytes : null;
        }
        return null;
    }

    private static string WriteSize(ulong value)
    {
        foreach (var (name, bytes) in SizeUnits)
            if (value != 0 && name.Contains('i') && value % bytes == 0) return $"{value / bytes}{name}";
        return $"{value}";
    }

    private static Duration? ReadTime(string text)
    {
        foreach (var (name, micros) in TimeUnits)
        {
            if (!text.EndsWith(name, StringComparison.Ordinal)) continue;
            var number = text[..^name.Length].TrimEnd(' ');
            if (!Digits().IsMatch(number) || !long.TryParse(number.Replace("_", ""), out var count)) continue;
            return count <= long.MaxValue / micros ? new Duration(count * micros) : null;
        }
        return null;
    }

    private static string WriteTime(Duration value)
    {
        foreach (var (name, micros) in TimeUnits)
            if (value.Micros != 0 && value.Micros % micros == 0) return $"{value.Micros / micros}{name}";
        return "0s";
    }

    private static uint? ReadCpu(string text)
    {
        if (text.EndsWith('m'))
            return Digits().IsMatch(text[..^1]) && uint.TryParse(text[..^1].Replace("_", ""), out var millis)
                ? millis : null;
        return Fraction(text, 1000) is { } value && value <= uint.MaxValue ? (uint)value : null;
    }

    private static uint? ReadShare(string text)
    {
        decimal? value = text switch
        {
            [.. var number, '%'] => Fraction(number, Million / 100),
            [.. var number, 'p', 'p', 'm'] => Fraction(number, 1),
            _ => null,
        };
        return value <= Million ? (uint)value : null;
    }

    private static string WriteShare(uint ppm) =>
        $"{(ppm / 10_000m).ToString("0.####", CultureInfo.InvariantCulture)}%";

    /// <summary>A decimal number times the scale, if that is a whole number: what cannot be kept exactly is refused.
    /// </summary>
    private static decimal? Fraction(string text, uint scale)
    {
        if (!DecimalNumber().IsMatch(text)) return null;
        var value = decimal.Parse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) * scale;
        return value == decimal.Truncate(value) ? value : null;
    }

    [GeneratedRegex(@"\A[0-9](?:_?[0-9]){0,38}\z")]
    private static partial Regex Digits();

    [GeneratedRegex(@"\A[0-9]{1,10}(?:\.[0-9]{1,9})?\z")]
    private static partial Regex DecimalNumber();
}
