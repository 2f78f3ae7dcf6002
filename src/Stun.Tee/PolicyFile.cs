using System.Text.Json;
using Stun.Tee.Intel;

namespace Stun.Tee;

/// <summary>
/// A policy as a file. What is not known in it is refused: a word that is misspelled would else ask for nothing. It
/// must say which programs it takes, and be it that it takes any.
/// </summary>
public static class PolicyFile
{
    private const string Any = "any";

    public static TeePolicy Read(ReadOnlyMemory<byte> json)
    {
        if (json.Length > TeeLimits.CollateralBytesMax)
            throw new EvidenceException("policy.size", $"A policy of {json.Length} bytes is too large.");
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var policy = new TeePolicy();
            var saysPrograms = false;
            foreach (var item in document.RootElement.EnumerateObject())
            {
                saysPrograms |= item.Name == "measurements";
                policy = Apply(policy, item.Name, item.Value);
            }
            if (!saysPrograms)
                throw Wrong("measurements", "is missing. List what may run, or write \"measurements\": \"any\"");
            if (policy.Kinds.Contains(EvidenceKind.Software) && !policy.IsForDevelopment)
                throw Wrong("kinds", "takes software, which protects nothing, in a policy that is not for development");
            CheckWords(policy, [.. document.RootElement.EnumerateObject().Select(item => item.Name)]);
            CheckRules(policy);
            return policy;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or FormatException)
        {
            throw new EvidenceException("policy.json", $"The policy is not what it must be: {failure.Message}");
        }
    }

    /// <summary>Words that say something of some kinds only: without these they would ask nothing.</summary>
    private static readonly (string Word, EvidenceKind[] Kinds)[] OfKinds =
    [
        ("allow_debug",
        [
            EvidenceKind.Sgx, EvidenceKind.Tdx, EvidenceKind.Snp, EvidenceKind.AzureVtpm, EvidenceKind.Software,
        ]),
        ("allow_migration", [EvidenceKind.Tdx, EvidenceKind.Snp, EvidenceKind.AzureVtpm]),
        ("allow_smt", [EvidenceKind.Snp, EvidenceKind.AzureVtpm]),
        ("vmpl_max", [EvidenceKind.Snp, EvidenceKind.AzureVtpm]),
        ("need_collateral", [EvidenceKind.Sgx, EvidenceKind.Tdx, EvidenceKind.Snp, EvidenceKind.AzureVtpm]),
        ("statuses", [EvidenceKind.Sgx, EvidenceKind.Tdx, EvidenceKind.AzureVtpm]),
        ("evaluation_min", [EvidenceKind.Sgx, EvidenceKind.Tdx, EvidenceKind.AzureVtpm]),
        ("advisories_refused", [EvidenceKind.Sgx, EvidenceKind.Tdx, EvidenceKind.AzureVtpm]),
        ("age_max_seconds", [EvidenceKind.Software]),
    ];

    private static void CheckWords(TeePolicy policy, HashSet<string> words)
    {
        foreach (var (word, kinds) in OfKinds)
            if (words.Contains(word) && !kinds.Intersect(policy.Kinds).Any())
                throw Wrong(word, $"asks nothing of the kinds that it takes. It is for {string.Join(", ", kinds)}");
        if (!policy.NeedsCollateral)
            foreach (var word in (string[])["statuses", "evaluation_min", "advisories_refused"])
                if (words.Contains(word))
                    throw Wrong(word, "asks for what is in collateral, and 'need_collateral' says to do without");
        foreach (var (name, least) in policy.TcbMinimum)
        {
            if (least == 0 && name != SecurityVersions.Tee)
                throw Wrong("tcb_minimum", $"asks for a '{name}' of at least 0, which every one is. Name a version");
            if (!policy.Kinds.Any(kind => SecurityVersions.Of(kind).Contains(name)))
                throw Wrong("tcb_minimum", $"names '{name}', which no evidence of the kinds that it takes has: "
                    + string.Join("; ", policy.Kinds.Select(kind => SecurityVersions.Of(kind) is { Count: > 0 } known
                        ? $"{kind} has {string.Join(", ", known)}" : $"{kind} has none")));
        }
    }

    private static void CheckRules(TeePolicy policy)
    {
        for (var at = 0; at < policy.Measurements.Count; at++)
        {
            var rule = policy.Measurements[at];
            var missing = policy.Kinds.Select(kind => (kind, Missing: RequiredFacts.Missing(kind, rule))).ToList();
            if (missing.Any(each => each.Missing is null)) continue;
            var cures = string.Join("; or ", missing.Select(each => $"for {each.kind}: {each.Missing}"));
            throw new EvidenceException("policy.rule",
                $"Rule {at} of 'measurements' leaves out a layer: whatever is there would be taken. "
                    + $"It must name {cures}.");
        }
    }

    private static TeePolicy Apply(TeePolicy policy, string name, JsonElement value) => name switch
    {
        "kinds" => policy with
        {
            // As they are shown, with a dash, or as they are called here.
            Kinds = [.. Texts(value).Select(text => Named<EvidenceKind>(name, text.Replace("-", "")))],
        },
        "development" => policy with { IsForDevelopment = value.GetBoolean() },
        "allow_debug" => policy with { AllowsDebug = value.GetBoolean() },
        "allow_migration" => policy with { AllowsMigration = value.GetBoolean() },
        "allow_smt" => policy with { AllowsSmt = value.GetBoolean() },
        "need_collateral" => policy with { NeedsCollateral = value.GetBoolean() },
        "release_secrets_to_platforms_of_unknown_level" => policy with
        {
            ReleasesSecretsToPlatformsOfUnknownLevel = value.GetBoolean(),
        },
        "statuses" => policy with { StatusesAccepted = [.. Texts(value).Select(text => Named<TcbStatus>(name, text))] },
        "evaluation_min" => policy with { EvaluationMin = value.GetUInt32() },
        "advisories_refused" => policy with { AdvisoriesRefused = Texts(value) },
        "vmpl_max" => policy with { VmplMax = value.GetUInt32() },
        "age_max_seconds" => policy with { AgeMax = TimeSpan.FromSeconds(value.GetUInt16()) },
        "tcb_minimum" => policy with
        {
            TcbMinimum = value.EnumerateObject().ToDictionary(each => each.Name, each => each.Value.GetUInt32()),
        },
        "measurements" => policy with { Measurements = Rules(value) },
        _ => throw Wrong(name, "is not known"),
    };

    private static MeasurementRule[] Rules(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String && value.GetString() == Any) return [];
        MeasurementRule[] rules =
        [
            .. value.EnumerateArray().Select(rule => new MeasurementRule(rule.EnumerateObject()
                .ToDictionary(each => each.Name, each => each.Value.ToString(), StringComparer.Ordinal))),
        ];
        if (rules.Length == 0 || rules.Any(rule => rule.Wanted.Count == 0))
            throw Wrong("measurements", "has a rule that asks for nothing, or no rule");
        return rules;
    }

    private static string[] Texts(JsonElement value) => [.. value.EnumerateArray().Select(each => each.GetString()!)];

    private static T Named<T>(string name, string text)
        where T : struct, Enum =>
        Enum.GetNames<T>().Contains(text, StringComparer.OrdinalIgnoreCase) ? Enum.Parse<T>(text, ignoreCase: true)
            : throw Wrong(name, $"has '{text}', and knows {string.Join(", ", Enum.GetNames<T>())}");

    private static EvidenceException Wrong(string name, string what) =>
        new("policy.word", $"'{name}' of the policy {what}.");
}
