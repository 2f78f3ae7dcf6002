using System.Text;

namespace Stun.Engine.Admission;

/// <summary>What can be said of an order without asking anybody: is it whole, sane and within the limits?</summary>
public static class OrderChecks
{
    /// <returns>The first reason to refuse it, or null.</returns>
    public static Refusal? Check(TaskOrder order, NetworkTerms terms, Instant now)
    {
        // First of all: what is too large to be put on record beside other things must not be recorded at all.
        if (BytesOf(order.Spec) > Limits.OrderBytesMax) return Refusal.OrderTooLarge;
        if (order.Deadline <= now) return Refusal.DeadlinePassed;
        if (order.RunTimeMax <= Duration.Zero || order.RunTimeMax > Limits.RunTimeMax) return Refusal.RunTimeOutOfRange;
        if (order.Deadline > now + Limits.DeadlineMax) return Refusal.DeadlineTooFar;
        // Stake that leaves must not be able to overtake a fraud.
        if (terms.LastWordAt(order) > now + terms.UnbondingDelay) return Refusal.DeadlineTooFar;
        var resources = order.Spec.Resources;
        if (resources.Nodes == 0 || (resources.GpuCount == 0 && resources.CpuMillis == 0))
            return Refusal.ResourcesOutOfRange;
        var replicas = ReplicasMax(order.Spec.Verification, terms);
        if (replicas is null || IsTrivial(order.Spec.Comparator)) return Refusal.PolicyOutOfRange;
        // A second run of something that answers calls is another run: there is nothing to compare it with.
        if (order.Spec.Work.IsServed && order.Spec.Verification is not VerificationPolicy.None)
            return Refusal.PolicyOutOfRange;
        if (order.Spec.Work.IsServed && resources.Nodes != 1) return Refusal.ResourcesOutOfRange;
        if (RefusalOfOne(order.Spec) is { } refusal) return refusal;
        if (replicas * resources.Nodes > Limits.GangMax) return Refusal.ResourcesOutOfRange;
        // Below one unit per second and attempt no offer can be meant.
        var attempts = (ulong)(replicas.Value * resources.Nodes);
        if (order.PriceLimit < new Amount(attempts * order.RunTimeMax.SecondsStarted)) return Refusal.PriceTooLow;
        return null;
    }

    /// <summary>
    /// What one provider alone can do cannot be compared: its key answers, its key opens, and one proof pays one.
    /// </summary>
    private static Refusal? RefusalOfOne(TaskSpec spec)
    {
        var isSealed = !spec.Seal.IsZero;
        var isAnswer = spec.Work is Work.Attestation;
        if (isAnswer && spec.Verification is not VerificationPolicy.None) return Refusal.PolicyOutOfRange;
        if (isSealed && spec.Verification is not (VerificationPolicy.None or VerificationPolicy.TeeQuote))
            return Refusal.PolicyOutOfRange;
        var isOfOne = isAnswer || isSealed || spec.Verification is VerificationPolicy.ZkProof;
        return isOfOne && spec.Resources.Nodes != 1 ? Refusal.ResourcesOutOfRange : null;
    }

    /// <summary>What of an order has no fixed size; the rest is some hundred bytes.</summary>
    private static long BytesOf(TaskSpec spec)
    {
        const int perBlob = 64, perName = 4;
        var policy = spec.Policy;
        long bytes = (policy.ProvidersAllowed.Count + policy.ProvidersDenied.Count) * (Address.Size + perName);
        if (spec.Work is Work.Image image) bytes += Encoding.UTF8.GetByteCount(image.Source);
        if (spec.Work is Work.ServedImage service) bytes += Encoding.UTF8.GetByteCount(service.Source);
        foreach (var word in spec.Command) bytes += Encoding.UTF8.GetByteCount(word) + perName;
        foreach (var output in spec.Outputs) bytes += Encoding.UTF8.GetByteCount(output) + perName;
        foreach (var input in spec.Inputs) bytes += Encoding.UTF8.GetByteCount(input.Name) + perBlob;
        return bytes;
    }

    /// <summary>A tolerance of the whole value, or of all of a histogram, would call anything the same.</summary>
    private static bool IsTrivial(Comparator comparator) => comparator switch
    {
        Comparator.NumericTolerance numeric => numeric.RelativePpb >= 1_000_000_000,
        Comparator.Histogram histogram => histogram.DistancePpm >= 1_000_000,
        _ => false,
    };

    private static int? ReplicasMax(VerificationPolicy policy, NetworkTerms terms) => policy switch
    {
        VerificationPolicy.Redundant redundant =>
            redundant.Agreeing >= 2 && redundant.Attempts >= redundant.Agreeing ? redundant.Attempts : null,
        VerificationPolicy.SampledAudit sampled =>
            sampled.RatePpmMin >= terms.AuditFloorPpm && sampled.RatePpmMin <= 1_000_000 ? 1 : null,
        _ => 1,
    };
}
