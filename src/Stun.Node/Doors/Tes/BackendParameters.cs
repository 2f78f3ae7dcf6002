using System.Globalization;
using Stun.Node.Gateway;

namespace Stun.Node.Doors.Tes;

/// <summary>
/// What the standard has no words for, and this network does: devices, prices, how sure one wants to be. Keys are read
/// without regard to case.
/// </summary>
internal sealed record BackendParameters
{
    /// <summary>Of these the service tells.</summary>
    public static readonly IReadOnlyList<string> Keys =
    [
        "gpu", "gpu_model", "gpu_mem_gb", "compute_capability", "max_price", "deadline", "run_time_max_seconds",
        "priority", "verify", "replicas", "audit_ppm", "tee", "comparator", "absolute_units", "absolute_exponent",
        "relative_ppb", "distance_ppm",
    ];

    /// <summary>As in the API. A longer one holds the stakes of providers for longer: it is asked for.</summary>
    private const long RunTimeUsualSeconds = 600;

    public ushort? Gpu { get; private set; }
    public string? GpuModel { get; private set; }
    public uint? GpuMemoryMib { get; private set; }
    public string? ComputeCapability { get; private set; }

    /// <summary>Of all executors together.</summary>
    public Amount? PriceMax { get; private set; }
    public DateTimeOffset? Deadline { get; private set; }
    public long RunTimeMaxSeconds { get; private set; } = RunTimeUsualSeconds;
    public string? Priority { get; private set; }
    public VerificationForm? Verification { get; private set; }
    public string? Privacy { get; private set; }
    public ComparatorForm? Comparator { get; private set; }

    /// <summary>What is known of these, by the names of <see cref="Keys"/>.</summary>
    public static Dictionary<string, string> Known(IReadOnlyDictionary<string, string?>? given)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in given ?? new Dictionary<string, string?>())
            if (NameOf(key) is { } name) known[name] = value ?? "";
        return known;
    }

    public static IReadOnlyList<string> Unknown(IReadOnlyDictionary<string, string?>? given) =>
        [.. (given?.Keys ?? []).Where(key => NameOf(key) is null).Order(StringComparer.Ordinal)];

    public static BackendParameters Read(IReadOnlyDictionary<string, string?>? given, FormReader reader)
    {
        var values = Known(given);
        var read = new BackendParameters
        {
            Gpu = (ushort?)Number("gpu", 1, 64),
            GpuModel = values.GetValueOrDefault("gpu_model"),
            GpuMemoryMib = (uint?)MebibytesOf(reader, PathOf("gpu_mem_gb"), values.GetValueOrDefault("gpu_mem_gb")),
            ComputeCapability = values.GetValueOrDefault("compute_capability"),
            RunTimeMaxSeconds = Number("run_time_max_seconds", 1, 30 * 86_400) ?? RunTimeUsualSeconds,
            Priority = values.GetValueOrDefault("priority"),
        };
        if (values.TryGetValue("max_price", out var price)) read.PriceMax = reader.Amount(PathOf("max_price"), price);
        if (values.TryGetValue("deadline", out var deadline))
        {
            if (DateTimeOffset.TryParse(deadline, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
                out var at)) read.Deadline = at;
            else reader.Refuse(PathOf("deadline"), "must be a time like 2030-01-31T12:00:00Z");
        }
        read.Judging(values, Number);
        return read;

        long? Number(string key, long least, long most)
        {
            if (!values.TryGetValue(key, out var text)) return null;
            if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                && value >= least && value <= most) return value;
            reader.Refuse(PathOf(key), $"must be a whole number from {least} to {most}");
            return null;
        }
    }

    /// <summary>What is to come out the same, and who says so.</summary>
    private void Judging(Dictionary<string, string> values, Func<string, long, long, long?> number)
    {
        var replicas = number("replicas", 1, 16);
        var audit = number("audit_ppm", 1, 1_000_000);
        var policy = values.GetValueOrDefault("tee");
        var kind = values.GetValueOrDefault("verify")
            ?? (policy is not null ? "tee" : audit is not null ? "audit" : replicas is not null ? "redundant"
                : null);
        if (kind is not null)
            Verification = new VerificationForm
            {
                Kind = kind,
                RatePpm = (uint?)audit,
                Agreeing = (byte?)replicas,
                // One more, for when two do not agree.
                Attempts = (byte?)(replicas + 1),
                Policy = policy,
            };
        if (kind == "tee") Privacy = "tee";
        var numbers = new ComparatorForm
        {
            Kind = values.GetValueOrDefault("comparator"),
            AbsoluteUnits = (ulong?)number("absolute_units", 0, long.MaxValue),
            AbsoluteExponent = (sbyte?)number("absolute_exponent", -100, 100),
            RelativePpb = (uint?)number("relative_ppb", 0, 1_000_000_000),
            DistancePpm = (uint?)number("distance_ppm", 0, 1_000_000),
        };
        if (numbers != new ComparatorForm()) Comparator = numbers;
    }

    /// <summary>Gigabytes, a thousand million bytes each, rounded up.</summary>
    public static long? MebibytesOf(FormReader reader, string path, string? text)
    {
        if (text is null) return null;
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var gigabytes)
            && gigabytes is > 0 and <= 1_000_000) return (long)Math.Ceiling(gigabytes * 1_000_000_000 / (1 << 20));
        reader.Refuse(path, "must be a number of gigabytes, above 0");
        return null;
    }

    private static string PathOf(string key) => "resources.backend_parameters." + key;

    private static string? NameOf(string key) =>
        Keys.FirstOrDefault(name => string.Equals(name, key, StringComparison.OrdinalIgnoreCase));
}
