using Stun.Tee.Intel;

namespace Stun.Tee.Checks;

/// <summary>
/// Collects checks into a verdict. What a kind of evidence must have passed is named at the end: a check that was never
/// reached counts as failed, so that a verifier which stops early can refuse and never accept.
/// </summary>
internal sealed class CheckList(EvidenceKind kind, DateTimeOffset at)
{
    private readonly List<TeeCheck> checks = [];
    private readonly SortedDictionary<string, string> facts = new(StringComparer.Ordinal);
    private readonly SortedSet<string> advisories = new(StringComparer.Ordinal);
    private readonly List<CertificateStanding> standings = [];
    private readonly List<PartLevel> levels = [];
    private DateTimeOffset? expiresAt;

    public EvidenceKind Kind => kind;

    public DateTimeOffset At => at;

    public IReadOnlyDictionary<string, string> Facts => facts;

    /// <summary>Of all parts together.</summary>
    public TcbStatus? Status => levels.Count == 0 ? null
        : levels.Select(each => each.Status).Aggregate(TcbStatuses.Join);

    public IReadOnlyList<PartLevel> Parts => levels;

    public IReadOnlyCollection<string> Advisories => advisories;

    public bool Require(string code, bool holds, string passed, string failed)
    {
        checks.Add(new TeeCheck(code, holds ? CheckOutcome.Passed : CheckOutcome.Failed, holds ? passed : failed));
        return holds;
    }

    public bool Fail(string code, string text) => Require(code, false, "", text);

    public bool Pass(string code, string text) => Require(code, true, text, "");

    public void NotAsked(string code, string why) => checks.Add(new TeeCheck(code, CheckOutcome.NotAsked, why));

    public void Fact(string name, string value) => facts[name] = value;

    public void Fact(string name, ReadOnlyMemory<byte> value) => facts[name] = Convert.ToHexStringLower(value.Span);

    public void Until(DateTimeOffset end)
    {
        if (expiresAt is null || end < expiresAt) expiresAt = end;
    }

    public void Grade(PartLevel level)
    {
        levels.Add(level);
        advisories.UnionWith(level.Advisories);
    }

    public void Stand(CertificateStanding standing) => standings.Add(standing);

    public TeeVerdict Close(IEnumerable<string> required)
    {
        foreach (var code in required)
            if (checks.All(check => check.Code != code))
                Fail(code, "This was never reached, because of what failed before.");
        return new TeeVerdict
        {
            Kind = kind,
            At = at,
            Checks = checks.ToArray(),
            Facts = facts,
            Status = Status,
            Levels = levels.ToArray(),
            Certificates = standings.ToArray(),
            Advisories = [.. advisories],
            ExpiresAt = expiresAt,
        };
    }
}
