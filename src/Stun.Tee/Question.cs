using Stun.Tee.Checks;

namespace Stun.Tee;

/// <summary>What evidence is judged by, and for when. Nothing here asks a clock.</summary>
public sealed record Question(TeePolicy Policy, DateTimeOffset At, ExpectedData Expected)
{
    internal void CheckKind(CheckList checks, EvidenceKind kind) => checks.Require(
        CheckBook.Kind, Policy.Kinds.Contains(kind), $"Evidence of the kind {kind} is taken.",
        $"The policy does not take evidence of the kind {kind}.");

    internal static void CheckDebug(CheckList checks, bool isDebug, TeePolicy policy)
    {
        if (isDebug && policy.AllowsDebug)
            checks.NotAsked(CheckBook.Debug, "ITS HOST CAN LOOK INTO IT, and the policy takes that.");
        else
            checks.Require(CheckBook.Debug, !isDebug, "Its host cannot look into it.",
                "Its host can look into it: debugging is on.");
    }

    /// <summary>
    /// After all facts are known. A rule that fits and leaves out a layer takes whatever is there, and is none.
    /// </summary>
    internal void CheckMeasurement(CheckList checks)
    {
        if (Policy.Measurements.Count == 0)
        {
            checks.NotAsked(CheckBook.Measurement, "The policy has no list of programs: whatever runs in it is taken.");
            return;
        }
        string? difference = null, missing = null;
        foreach (var rule in Policy.Measurements)
        {
            if (RequiredFacts.Missing(checks.Kind, rule) is { } lacks)
            {
                missing ??= $"a rule for {checks.Kind} must name {lacks}, too";
                continue;
            }
            var found = rule.Difference(checks.Facts);
            if (found is null)
            {
                checks.Pass(CheckBook.Measurement, "What runs in it is on the list.");
                return;
            }
            difference ??= found;
        }
        difference ??= missing;
        checks.Fail(CheckBook.Measurement, $"What runs in it is not on the list: {difference}.");
    }

    /// <summary>
    /// Security versions that the policy names for evidence of this kind. Those of other kinds are asked of these; one
    /// that no evidence has is asked in vain, and refused.
    /// </summary>
    internal void CheckMinimum(CheckList checks)
    {
        if (Policy.TcbMinimum.Keys.FirstOrDefault(name => !SecurityVersions.IsKnown(name)) is { } unknown)
        {
            checks.Fail(CheckBook.TcbMinimum, $"The policy asks for '{unknown}', which no evidence has.");
            return;
        }
        var known = SecurityVersions.Of(checks.Kind);
        var wanted = Policy.TcbMinimum.Where(pair => known.Contains(pair.Key)).ToDictionary(
            pair => pair.Key + MeasurementRule.Least, pair => pair.Value.ToString(), StringComparer.Ordinal);
        if (wanted.Count == 0)
        {
            checks.NotAsked(CheckBook.TcbMinimum, known.Count == 0
                ? $"Evidence of the kind {checks.Kind} has no security versions: its firmware is on the list or not."
                : $"The policy names no least security versions for {checks.Kind}.");
            return;
        }
        var difference = new MeasurementRule(wanted).Difference(checks.Facts);
        checks.Require(CheckBook.TcbMinimum, difference is null, "Security versions are high enough.",
            $"Security versions are too low: {difference}.");
    }
}
