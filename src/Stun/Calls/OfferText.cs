using System.Globalization;
using Stun.Node;
using Stun.Node.Gateway;
using Stun.Node.Policies;
using Stun.Node.Provider;
using Stun.Protocol;

namespace Stun.Calls;

/// <summary>An offer as a person writes it: price=12,cpu=2,memory=2GiB,disk=4GiB,region=eu-de,stake=1000.</summary>
internal static class OfferText
{
    private static readonly string[] Known =
        ["price", "cpu", "memory", "disk", "gpus", "gpu-model", "gpu-memory", "compute", "region", "stake"];

    public static Offer Parse(string text, ulong id, Address provider, ProviderPolicy policy)
    {
        SortedDictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (var part in text.Split(','))
        {
            var sign = part.IndexOf('=');
            var name = sign < 0 ? part : part[..sign];
            if (sign < 1 || !Known.Contains(name))
                throw CommandException
                    .Usage($"--offer: '{part}' is not known.", $"Known are {string.Join(", ", Known)}.");
            values[name] = part[(sign + 1)..];
        }
        var hardware = new Hardware(
            Named(values, "gpu-model", GpuModel.Any, GpuModel.Parse), (ushort)Number(values, "gpus", 0),
            Sized(values, "gpu-memory", 0, Quantities.Mebibytes), (ushort)(10 * Fraction(values, "compute")),
            Sized(values, "cpu", null, Quantities.CpuMillis), Sized(values, "memory", null, Quantities.Mebibytes),
            Sized(values, "disk", null, Quantities.Mebibytes));
        return new Offer(new OfferId(id), provider, hardware, Money(values, "price", null),
            Named(values, "region", Region.Anywhere, Region.Parse), OfferClaims.Of(policy),
            Money(values, "stake", "1000"), policy.Digest, OfferClaims.VersionAt(WallTime.Now(TimeProvider.System)));
    }

    private static uint Sized(
        SortedDictionary<string, string> values, string name, uint? standard, Func<string, uint?> read) =>
        !values.TryGetValue(name, out var text) ? standard ?? throw Missing(name) : read(text)
            ?? throw Wrong(name, text);

    private static ulong Number(SortedDictionary<string, string> values, string name, ulong standard) =>
        !values.TryGetValue(name, out var text) ? standard
        : ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw Wrong(name, text);

    private static decimal Fraction(SortedDictionary<string, string> values, string name) =>
        !values.TryGetValue(name, out var text) ? 0
        : decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number < 100
            ? number
            : throw Wrong(name, text);

    private static Amount Money(SortedDictionary<string, string> values, string name, string? standard)
    {
        var text = values.GetValueOrDefault(name) ?? standard ?? throw Missing(name);
        var reader = new FormReader();
        var amount = reader.Amount(name, text);
        return reader.Faults.Count == 0 ? amount : throw Wrong(name, text);
    }

    private static T Named<T>(SortedDictionary<string, string> values, string name, T standard, Func<string, T> parse)
    {
        if (!values.TryGetValue(name, out var text)) return standard;
        var reader = new FormReader();
        var value = reader.Named(name, text, standard, parse);
        return reader.Faults.Count == 0 ? value : throw Wrong(name, text);
    }

    private static CommandException Missing(string name) =>
        CommandException.Usage($"--offer has no {name}.", "Give price, cpu, memory and disk at least.");

    private static CommandException Wrong(string name, string text) =>
        CommandException.Usage(
            $"--offer: '{text}' is no {name}.", "Write price=12,cpu=2,memory=2GiB,disk=4GiB,region=eu-de,stake=1000.");
}
