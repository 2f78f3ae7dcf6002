using System.Security.Cryptography;
using System.Text;
using Stun.Execution.Containers;
using Stun.Node.Settings;

namespace Stun.Node.Policies;

/// <summary>
/// What a provider takes on, said once in a file and asked before every lease. It is a value: read, compared, signed
/// and tested against a task without a node. Every limit that is null is not kept here; the offer's hardware bounds it.
/// </summary>
public sealed record ProviderPolicy(
    ImageRules Images,
    RequesterRules Requesters,
    HourRules Hours,
    ResourceCeiling Task,
    ResourceCeiling Total,
    uint? TasksMax,
    Duration? RunTimeMax,
    DataRules Data,
    ValueList<EgressRule> Egress,
    Amount PricePerSecondMin,
    ValueList<VerificationFloor> Verification,
    ValueList<Privacy> Privacy)
{
    /// <summary>What holds where a provider has no file: see the defaults in the reference.</summary>
    public static ProviderPolicy Default { get; } = Parse("version: 1\n", "default");

    /// <summary>
    /// One text for one policy: all values with the defaults, sorted, without comments. It is YAML and reads as the
    /// same policy; whoever gets it signed needs no second reader.
    /// </summary>
    public string Canonical { get; private init; } = "";

    /// <summary>SHA-256 of the canonical form: what an offer's <see cref="Offer.PolicyDigest"/> says.</summary>
    public Digest Digest => Digest.Read(SHA256.HashData(Encoding.UTF8.GetBytes(Canonical)));

    /// <param name="source">How the text is called in messages: the path of its file.</param>
    /// <exception cref="NodeException"><c>policy.invalid</c>, with everything that is wrong.</exception>
    public static ProviderPolicy Parse(string text, string source)
    {
        var settings = PolicyFile.Read(PolicyKeys.Provider, text, source, "The provider's policy");
        var policy = Bind(settings);
        return policy with { Canonical = PolicyFile.Canonical(settings) };
    }

    /// <summary>The first rule that refuses names the reason; all of them are in <see cref="Explain"/>.</summary>
    public PolicyDecision Decide(PolicyFacts facts, Instant now, PolicyLoad load)
    {
        foreach (var answer in PolicyRules.Ask(this, facts, now, load))
            if (!answer.IsKept) return new PolicyDecision.Refused(answer.Rule, answer.Why);
        return new PolicyDecision.Allowed();
    }

    /// <summary>Every rule, kept or not, and why.</summary>
    public ValueList<RuleAnswer> Explain(PolicyFacts facts, Instant now, PolicyLoad load) =>
        [.. PolicyRules.Ask(this, facts, now, load)];

    public bool Equals(ProviderPolicy? other) => other is not null && other.Canonical == Canonical;

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Canonical);

    private static ProviderPolicy Bind(SettingSet settings) => new(
        new ImageRules(
            settings.List<Digest>("images.allowed"),
            settings.List<Digest>("images.denied"),
            settings.List<ImagePattern>("images.sources"),
            settings.List<ImagePattern>("images.sources-denied")),
        new RequesterRules(
            settings.List<Address>("requesters.allowed"),
            settings.List<Address>("requesters.denied"),
            settings.List<Region>("requesters.homes")),
        new HourRules(settings.List<WeeklyWindow>("hours.windows"), settings.Get<bool>("hours.whole-run")),
        Ceiling(settings, "task"),
        Ceiling(settings, "total"),
        (uint?)settings.Maybe<ulong>("total.tasks"),
        settings.Maybe<Duration>("task.run-time"),
        new DataRules(
            (uint)settings.Get<ulong>("data.inputs"),
            settings.Get<ulong>("data.input-bytes"),
            settings.Get<ulong>("data.result-bytes")),
        settings.List<EgressRule>("network.egress"),
        settings.Get<Amount>("price.per-second-min"),
        settings.List<VerificationFloor>("verification.accepted"),
        settings.List<Privacy>("privacy.accepted"));

    private static ResourceCeiling Ceiling(SettingSet settings, string section) => new(
        settings.Maybe<uint>($"{section}.cpu"),
        settings.Maybe<uint>($"{section}.memory"),
        settings.Maybe<uint>($"{section}.disk"),
        (uint?)settings.Maybe<ulong>($"{section}.gpus"));
}

/// <summary>
/// Denied goes before allowed. With neither list of what is allowed, everything is; with one or both, what stands in
/// either.
/// </summary>
public sealed record ImageRules(
    ValueList<Digest> Allowed,
    ValueList<Digest> Denied,
    ValueList<ImagePattern> Sources,
    ValueList<ImagePattern> SourcesDenied);

/// <param name="Homes">Regions that an order may say it comes from; empty for all.</param>
public sealed record RequesterRules(ValueList<Address> Allowed, ValueList<Address> Denied, ValueList<Region> Homes);

/// <param name="WholeRun">The longest run must fit in as well, not only its beginning.</param>
public sealed record HourRules(ValueList<WeeklyWindow> Windows, bool WholeRun);

/// <summary>Of one task, or of all tasks together.</summary>
public sealed record ResourceCeiling(uint? CpuMillis, uint? MemoryMiB, uint? DiskMiB, uint? Gpus);

/// <param name="ResultBytesMax">Not known before a run ends: the host keeps it, no rule decides on it.</param>
public sealed record DataRules(uint InputsMax, ulong InputBytesMax, ulong ResultBytesMax);
