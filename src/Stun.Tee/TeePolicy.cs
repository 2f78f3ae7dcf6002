using Stun.Tee.Intel;

namespace Stun.Tee;

/// <summary>
/// What is asked of evidence beyond being genuine. As it is made here it takes any hardware's evidence that is whole,
/// current and not open to its host, whatever runs in it: enough to look, and too little to hand over a secret.
/// </summary>
public sealed record TeePolicy
{
    public static TeePolicy Default { get; } = new();

    public IReadOnlyList<EvidenceKind> Kinds { get; init; } =
    [
        EvidenceKind.Sgx, EvidenceKind.Tdx, EvidenceKind.Snp, EvidenceKind.Cca, EvidenceKind.Psa,
        EvidenceKind.NvidiaGpu, EvidenceKind.AzureVtpm,
    ];

    /// <summary>For trying out only: evidence without any hardware is taken, if its kind is in the list, too.</summary>
    public bool IsForDevelopment { get; init; }

    /// <summary>Its host may look into it: nothing in it is secret.</summary>
    public bool AllowsDebug { get; init; }

    /// <summary>Whether levels and lists of revoked certificates must be there. Without them the chain alone counts.
    /// </summary>
    public bool NeedsCollateral { get; init; } = true;

    /// <summary>
    /// Secrets go to evidence, too, whose platform nobody knows the level of: it may be revoked, or be one whose keys
    /// are known. Without this word a secret goes nowhere unless levels and revoked certificates were asked for.
    /// </summary>
    public bool ReleasesSecretsToPlatformsOfUnknownLevel { get; init; }

    public IReadOnlyList<TcbStatus> StatusesAccepted { get; init; } = [TcbStatus.UpToDate];

    public uint EvaluationMin { get; init; }

    /// <summary>Advisories that must not be open, whatever the status.</summary>
    public IReadOnlyList<string> AdvisoriesRefused { get; init; } = [];

    /// <summary>One of them must fit; none is any program.</summary>
    public IReadOnlyList<MeasurementRule> Measurements { get; init; } = [];

    /// <summary>Security versions by the names of facts, as <c>tcb.snp</c>: at least these.</summary>
    public IReadOnlyDictionary<string, uint> TcbMinimum { get; init; } = new Dictionary<string, uint>();

    public bool AllowsMigration { get; init; }

    /// <summary>Two threads on one core. What runs beside a guest may listen.</summary>
    public bool AllowsSmt { get; init; } = true;

    /// <summary>The highest number, which is the lowest privilege, at which a report may have been asked for.</summary>
    public uint VmplMax { get; init; }

    /// <summary>How old evidence that carries a time of its own may be, and how far in the future.</summary>
    public TimeSpan AgeMax { get; init; } = TimeSpan.FromMinutes(10);
}
