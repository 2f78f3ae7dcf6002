namespace Stun.Engine.Verification;

/// <summary>What a validator has found out about an evidence beyond what it says itself.</summary>
/// <param name="ReceiptOk">Per attempt record: a receipt is there, signed by its provider, and its proof holds.</param>
/// <param name="Cluster">
/// Per attempt record: results of one rank with the same number are the same under the task's comparator.
/// </param>
/// <param name="Truthful">
/// Per attempt record: equal to this validator's own run of that rank; null where it did not or could not run it.
/// </param>
/// <param name="Truth">What this validator's own run gave, all ranks together; zero if it does not know.</param>
public sealed record Facts(
    ValueList<bool> ReceiptOk, ValueList<int> Cluster, ValueList<bool?> Truthful, Digest Truth = default)
{
    public bool HasTruth
    {
        get
        {
            foreach (var truthful in Truthful)
                if (truthful is not null) return true;
            return false;
        }
    }
}

/// <summary>
/// From evidence and facts to a verdict: a pure function, so that honest validators with the same facts sign the same
/// bytes.
/// </summary>
/// <remarks>
/// A replica counts if every rank of it delivered. Without the validators' own run the largest group of equal
/// replicas wins if it has the agreeing number; those outside it are unpaid, never slashed, because a minority may be
/// right. With their own run the truth wins, whatever the numbers, and who differs from it has cheated.
///
/// A fraud is only called where validators cannot mean different truths: an accepted result stands in the verdict, or
/// else the truth itself does, byte for byte. A task that gives everybody another result slashes nobody, and neither
/// does one that went on from somebody else's checkpoint.
/// </remarks>
public static class Judging
{
    /// <summary>Replicas disagree, so only a re-run can tell the liar from the honest.</summary>
    public static bool NeedsTruth(Evidence evidence, Facts facts)
    {
        var replicas = Delivered(evidence, facts);
        foreach (var replica in replicas)
            if (!SameReplica(evidence, facts, replicas[0], replica)) return true;
        return false;
    }

    public static Verdict Decide(NetworkTerms terms, TaskId task, Evidence evidence, Facts facts)
    {
        var accepted = evidence.Outcome == Outcome.Complete ? Accepted(evidence, facts) : [];
        var outcome = evidence.Outcome;
        if (outcome == Outcome.Complete && accepted.Count == 0) outcome = Outcome.Failed;
        var truthIsOne = accepted.Count > 0 || evidence.Order.Order.Spec.Comparator is Comparator.Bytes;
        var findings = new Finding[evidence.Attempts.Count];
        var left = evidence.Order.Order.PriceLimit;
        for (var index = 0; index < findings.Length; index++)
        {
            findings[index] = Find(evidence, facts, index, accepted, outcome, left);
            if (findings[index].Judgement == Judgement.Fraud && !truthIsOne)
                findings[index] = findings[index] with { Judgement = Judgement.Unpaid };
            if (findings[index].Judgement == Judgement.Paid) left -= findings[index].Pay;
        }
        // Lost attempts come last: what the accepted ones have earned is not theirs to take.
        for (var index = 0; index < findings.Length; index++)
        {
            var pay = CheckpointPay(evidence, index, findings, left);
            if (pay.IsZero) continue;
            findings[index] = findings[index] with { Judgement = Judgement.Paid, Pay = pay };
            left -= pay;
        }
        var result = ResultOf(evidence, accepted, truthIsOne ? facts.Truth : default);
        return new Verdict(
            task, evidence.Round, outcome, result, [.. findings],
            PassProbability.Of(evidence.Order.Order.Spec.Verification, terms));
    }

    /// <summary>
    /// What an attempt that ended normally costs: its run time, but no more than passed or was agreed.
    /// </summary>
    public static Amount PayFor(AttemptRecord attempt)
    {
        var elapsed = attempt.ClosedAt - attempt.Lease.GrantedAt;
        var billed = attempt.Receipt is { } signed ? Duration.Min(signed.Receipt.RunTime, elapsed) : elapsed;
        return attempt.Lease.PricePerSecond.TimesUpTo(billed.SecondsStarted, attempt.Lease.PriceCap);
    }

    private static Finding Find(
        Evidence evidence, Facts facts, int index, List<int> accepted, Outcome outcome, Amount left)
    {
        var attempt = evidence.Attempts[index];
        var judgement = Judgement.Unpaid;
        if (facts.Truthful[index] is false && attempt.Lease.ResumeFrom is null) judgement = Judgement.Fraud;
        else if (accepted.Contains(attempt.Lease.Replica) && facts.ReceiptOk[index]) judgement = Judgement.Paid;
        // Who was running, or done, when the requester changed its mind is paid for the time it gave.
        else if (outcome == Outcome.Cancelled && (attempt.End == AttemptEnd.Revoked || facts.ReceiptOk[index]))
            judgement = Judgement.Paid;
        var pay = judgement == Judgement.Paid ? Amount.Min(PayFor(attempt), left) : Amount.Zero;
        return new Finding(attempt.Lease.Attempt, attempt.Lease.Provider, judgement, pay);
    }

    /// <summary>
    /// A lost attempt earns its part if a paid attempt of the same replica and rank went on from its state.
    /// </summary>
    private static Amount CheckpointPay(Evidence evidence, int lost, Finding[] findings, Amount left)
    {
        var attempt = evidence.Attempts[lost];
        if (attempt.End != AttemptEnd.Lost || attempt.Checkpoint is not { } checkpoint) return Amount.Zero;
        // A proof is by one provider, and a contract that checks it pays that one alone.
        if (evidence.Order.Order.Spec.Verification is VerificationPolicy.ZkProof) return Amount.Zero;
        for (var index = 0; index < findings.Length; index++)
        {
            var heir = evidence.Attempts[index];
            if (findings[index].Judgement != Judgement.Paid || heir.Receipt is not { } signed) continue;
            if (heir.Lease.Replica != attempt.Lease.Replica || heir.Lease.Rank != attempt.Lease.Rank) continue;
            if (signed.Receipt.ResumedFrom.IsZero || signed.Receipt.ResumedFrom != checkpoint.State) continue;
            var share = attempt.Lease.PriceCap.Ppm(Math.Min(checkpoint.ProgressPpm, 1_000_000));
            return Amount.Min(Amount.Min(share, PayFor(attempt)), left);
        }
        return Amount.Zero;
    }

    /// <summary>The replicas whose result is accepted, lowest first.</summary>
    private static List<int> Accepted(Evidence evidence, Facts facts)
    {
        var replicas = Delivered(evidence, facts);
        if (facts.HasTruth) return replicas.FindAll(replica => IsTruthful(evidence, facts, replica));
        var needed = evidence.Order.Order.Spec.Verification is VerificationPolicy.Redundant redundant
            ? redundant.Agreeing
            : 1;
        List<int> largest = [];
        foreach (var replica in replicas)
        {
            var alike = replicas.FindAll(other => SameReplica(evidence, facts, replica, other));
            if (alike.Count > largest.Count) largest = alike;
        }
        return largest.Count >= needed ? largest : [];
    }

    /// <summary>Replicas of which every rank delivered a good receipt, in rising order.</summary>
    private static List<int> Delivered(Evidence evidence, Facts facts)
    {
        var nodes = evidence.Order.Order.Spec.Resources.Nodes;
        var counts = new SortedDictionary<int, int>();
        for (var index = 0; index < evidence.Attempts.Count; index++)
        {
            var attempt = evidence.Attempts[index];
            if (attempt.End != AttemptEnd.Finished || !facts.ReceiptOk[index]) continue;
            counts[attempt.Lease.Replica] = counts.GetValueOrDefault(attempt.Lease.Replica) + 1;
        }
        List<int> delivered = [];
        foreach (var (replica, count) in counts)
            if (count == nodes) delivered.Add(replica);
        return delivered;
    }

    private static bool SameReplica(Evidence evidence, Facts facts, int first, int second)
    {
        for (var index = 0; index < evidence.Attempts.Count; index++)
        {
            if (!IsPart(evidence, facts, index, first)) continue;
            for (var other = 0; other < evidence.Attempts.Count; other++)
            {
                if (!IsPart(evidence, facts, other, second)) continue;
                if (evidence.Attempts[index].Lease.Rank == evidence.Attempts[other].Lease.Rank
                    && facts.Cluster[index] != facts.Cluster[other]) return false;
            }
        }
        return true;
    }

    private static bool IsTruthful(Evidence evidence, Facts facts, int replica)
    {
        for (var index = 0; index < evidence.Attempts.Count; index++)
            if (IsPart(evidence, facts, index, replica) && facts.Truthful[index] is not true) return false;
        return true;
    }

    private static bool IsPart(Evidence evidence, Facts facts, int index, int replica) =>
        evidence.Attempts[index].Lease.Replica == replica
        && evidence.Attempts[index].End == AttemptEnd.Finished
        && facts.ReceiptOk[index];

    /// <summary>
    /// The first rank's result of the lowest accepted replica; a gang's first node answers for it. Where nothing is
    /// accepted the truth stands instead, so that only validators who found the same can call it a fraud.
    /// </summary>
    private static Digest ResultOf(Evidence evidence, List<int> accepted, Digest truth)
    {
        if (accepted.Count == 0) return truth;
        foreach (var attempt in evidence.Attempts)
            if (attempt.Lease.Replica == accepted[0] && attempt.Lease.Rank == 0
                && attempt.End == AttemptEnd.Finished && attempt.Receipt is { } signed) return signed.Receipt.Result;
        return Digest.Zero;
    }
}
