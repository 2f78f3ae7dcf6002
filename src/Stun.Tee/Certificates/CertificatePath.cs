using Stun.Tee.Checks;

namespace Stun.Tee.Certificates;

/// <summary>
/// Checks a chain from the key that has signed up to a pinned root. The root that counts is the pinned one: whatever
/// root a stranger brings along is only compared with it.
/// </summary>
internal sealed class CertificatePath(CheckList checks, SignatureMemory memory)
{
    /// <summary>Whether lists of revoked certificates must cover the chain.</summary>
    public bool NeedsLists { get; init; } = true;

    /// <summary>The first certificate that a list must cover: AMD has no lists of its chips.</summary>
    public int ListedFrom { get; init; }

    /// <summary>Said of the certificates below that.</summary>
    public string WithoutList { get; init; } = "";

    /// <summary>Said where lists are not asked for.</summary>
    public string WithoutLists { get; init; } = "The policy does not ask for lists of revoked certificates.";

    /// <summary>Who signed what, for texts.</summary>
    public required string What { get; init; }

    public string PathCode { get; init; } = CheckBook.ChainPath;

    public string TimeCode { get; init; } = CheckBook.ChainTime;

    /// <param name="chain">From the leaf upwards; with its root or without.</param>
    public bool Check(
        IReadOnlyList<Certificate> chain, IReadOnlyList<Certificate> roots, IReadOnlyList<RevocationList> lists)
    {
        var whole = Complete(chain, roots);
        if (whole is null)
            return checks.Fail(PathCode, $"The chain of {What} does not end at a pinned root.");
        var trouble = Trouble(whole);
        checks.Require(PathCode, trouble is null,
            $"The chain of {What} leads to a pinned root.", $"The chain of {What}: {trouble}");
        var isTimely = CheckTime(whole);
        return CheckRevocation(whole, lists) && trouble is null && isTimely;
    }

    private static List<Certificate>? Complete(IReadOnlyList<Certificate> chain, IReadOnlyList<Certificate> roots)
    {
        if (chain.Count == 0) return null;
        var last = chain[^1];
        foreach (var root in roots)
        {
            if (last.Key.Info.SequenceEqual(root.Key.Info)) return [.. chain.SkipLast(1), root];
            if (last.Issuer.Span.SequenceEqual(root.Subject.Span)) return [.. chain, root];
        }
        return null;
    }

    private string? Trouble(List<Certificate> chain)
    {
        if (chain.Count < 2) return "it is a root and nothing else.";
        for (var at = 0; at < chain.Count; at++)
        {
            var child = chain[at];
            if (child.UnknownCritical is { } unknown) return $"certificate {at} has the critical extension {unknown}.";
            if (at == chain.Count - 1) break;
            var parent = chain[at + 1];
            if (!child.Issuer.Span.SequenceEqual(parent.Subject.Span))
                return $"certificate {at} was not issued by certificate {at + 1}.";
            if (!parent.MaySignCertificates) return $"certificate {at + 1} may not sign certificates.";
            if (parent.PathLength < at) return $"certificate {at + 1} may not stand so high.";
            if (child.Scheme is not { } scheme) return $"certificate {at} is signed in a way that is not taken.";
            if (!memory.Verify(parent.Key, child.Signed.Span, child.Signature.Span, scheme))
                return $"the signature of certificate {at} is not that of certificate {at + 1}.";
        }
        return null;
    }

    private bool CheckTime(List<Certificate> chain)
    {
        var at = checks.At;
        var odd = chain.Find(each => at < each.NotBefore || at > each.NotAfter);
        foreach (var each in chain) checks.Until(each.NotAfter);
        return checks.Require(TimeCode, odd is null, $"The certificates of {What} are valid.",
            $"A certificate of {What} is valid from {odd?.NotBefore:u} to {odd?.NotAfter:u}, and not at {at:u}.");
    }

    /// <summary>
    /// Each certificate is asked for in all lists of its authority. Good is only what was asked: where one that has a
    /// list was not, the whole was not.
    /// </summary>
    private bool CheckRevocation(List<Certificate> chain, IReadOnlyList<RevocationList> lists)
    {
        string? trouble = null;
        var isWhole = true;
        for (var at = 0; at + 1 < chain.Count; at++)
        {
            var (outcome, text) = StandingOf(chain[at], chain[at + 1], lists);
            var isListed = at >= ListedFrom;
            if (outcome == CheckOutcome.NotAsked)
            {
                if (!isListed) text = WithoutList;
                else if (NeedsLists) outcome = CheckOutcome.Failed;
                else isWhole = false;
            }
            if (outcome == CheckOutcome.Failed) trouble ??= $"certificate {at}: {text}";
            checks.Stand(new CertificateStanding(
                What, at, Convert.ToHexStringLower(chain[at].Serial.Span), outcome, text));
        }
        if (trouble is not null)
            return checks.Fail(CheckBook.ChainRevocation, $"The chain of {What}, {trouble}");
        if (!isWhole)
        {
            checks.NotAsked(CheckBook.ChainRevocation, $"Of {What}: {WithoutLists}");
            return true;
        }
        var bare = ListedFrom == 0 ? "" : $" Of its first, {WithoutList}";
        return checks.Pass(CheckBook.ChainRevocation, $"No certificate of {What} is revoked.{bare}");
    }

    private (CheckOutcome Outcome, string Text) StandingOf(
        Certificate child, Certificate parent, IReadOnlyList<RevocationList> lists)
    {
        var named = lists.Where(each => each.Issuer.Span.SequenceEqual(parent.Subject.Span)).ToList();
        if (named.Count == 0) return (CheckOutcome.NotAsked, "there is no list of its authority.");
        var current = named.FindAll(each => each.IssuedAt <= checks.At && checks.At < each.NextAt);
        if (current.Count == 0)
            return (CheckOutcome.Failed, $"the list of its authority is not current at {checks.At:u}.");
        if (!parent.MaySignLists) return (CheckOutcome.Failed, "its authority may not sign lists.");
        foreach (var list in current)
        {
            if (list.Scheme is not { } scheme
                || !memory.Verify(parent.Key, list.Signed.Span, list.Signature.Span, scheme))
                return (CheckOutcome.Failed, "the list is not signed by its authority.");
            if (list.Revokes(child))
                return (CheckOutcome.Failed, $"it is revoked, says the list of {list.IssuedAt:u}.");
        }
        var end = current.Max(each => each.NextAt);
        checks.Until(end);
        return (CheckOutcome.Passed, $"not revoked, by a list that counts until {end:u}.");
    }
}
