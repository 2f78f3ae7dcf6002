using Stun.Tee.Intel;

namespace Stun.Tee.Checks;

/// <summary>What became of evidence: every check with its outcome, and what the evidence says.</summary>
public sealed record TeeVerdict
{
    public required EvidenceKind Kind { get; init; }

    /// <summary>The time for which it was judged.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>In the order in which they were made; those that passed, too.</summary>
    public required IReadOnlyList<TeeCheck> Checks { get; init; }

    /// <summary>
    /// What the evidence says of itself: measurements, versions, report data. Hexadecimal or decimal.
    /// </summary>
    public required IReadOnlyDictionary<string, string> Facts { get; init; }

    /// <summary>Of Intel's platforms: what platform, module and quoting enclave come to.</summary>
    public TcbStatus? Status { get; init; }

    /// <summary>Of Intel's platforms: each part with its own level and advisories.</summary>
    public IReadOnlyList<PartLevel> Levels { get; init; } = [];

    /// <summary>Each certificate of each chain, and what lists of revoked ones say of it.</summary>
    public IReadOnlyList<CertificateStanding> Certificates { get; init; } = [];

    public IReadOnlyList<string> Advisories { get; init; } = [];

    /// <summary>When the first certificate, list or statement that it rests on ends.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The policy says in plain words that a secret may go where the level is not known.</summary>
    public bool MayReleaseWithoutLevel { get; init; }

    /// <summary>Security versions for which the policy names a least one.</summary>
    public IReadOnlyCollection<string> MinimumNamed { get; init; } = [];

    /// <summary>Hides nothing from the owner of the machine: for trying out.</summary>
    public bool IsPretended => Kind == EvidenceKind.Software;

    public bool IsAccepted => Checks.Count > 0 && Checks.All(check => check.Outcome != CheckOutcome.Failed);

    public IEnumerable<TeeCheck> Refusals => Checks.Where(check => check.Outcome == CheckOutcome.Failed);
}
