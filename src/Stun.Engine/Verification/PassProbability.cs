namespace Stun.Engine.Verification;

/// <summary>
/// How likely a wrong result is to be accepted, per policy, in parts per billion. The number stands in every verdict.
/// Derivations: docs/protocol/verification.md; the simulator measures the same events and stays below.
/// </summary>
public static class PassProbability
{
    public const uint Certain = 1_000_000_000;

    private const ulong Billion = 1_000_000_000;

    /// <summary>Given that a provider cheats under this policy, the chance that the cheat is paid.</summary>
    public static uint Of(VerificationPolicy policy, NetworkTerms terms) => policy switch
    {
        VerificationPolicy.None => Certain,
        // The lots of at least Quorum honest validators together give the rate: AuditLot.PerValidatorPpb.
        VerificationPolicy.SampledAudit sampled =>
            Certain - (Math.Max(sampled.RatePpmMin, terms.AuditFloorPpm) * 1_000),
        VerificationPolicy.Redundant redundant => OfRedundant(redundant, terms),
        // A proof or a quote binds the result itself: 2^-80 and less, below one part per billion.
        VerificationPolicy.ZkProof or VerificationPolicy.TeeQuote => 1,
        _ => throw new InvariantException("every policy has a probability"),
    };

    /// <summary>
    /// A wrong result passes only if those who are compared with it collude. Where validators can re-run, one
    /// honest voice among the first n is enough to bring the truth out, so all n - 1 others must collude: c^(n-1).
    /// Where they cannot, n colluders among the m attempts win the vote: the other m - 1 hold at least n - 1 of them.
    /// </summary>
    private static uint OfRedundant(VerificationPolicy.Redundant redundant, NetworkTerms terms)
    {
        var others = redundant.Agreeing - 1;
        return terms.ValidatorsRerun
            ? (uint)Math.Max(1, PowerPpb(terms.ColluderPpmAssumed * 1_000UL, others))
            : BinomialTailPpb(redundant.Attempts - 1, others, terms.ColluderPpmAssumed * 1_000UL);
    }

    /// <summary>
    /// P(at least <paramref name="least"/> of <paramref name="count"/> independent draws hit), rounded up.
    /// </summary>
    private static uint BinomialTailPpb(int count, int least, ulong chancePpb)
    {
        UInt128 sum = 0;
        UInt128 ways = 1;
        for (var hits = 0; hits <= count; hits++)
        {
            if (hits >= least)
                sum += ways * PowerPpb(chancePpb, hits) * PowerPpb(Billion - chancePpb, count - hits) / Billion + 1;
            ways = ways * (UInt128)(count - hits) / (UInt128)(hits + 1);
        }
        return (uint)UInt128.Min(sum, Certain);
    }

    /// <summary>
    /// chance^power in parts per billion, rounded up: a published bound may be too high, never too low.
    /// </summary>
    internal static ulong PowerPpb(ulong chancePpb, int power)
    {
        var result = Billion;
        for (; power > 0; power--) result = ((result * chancePpb) + Billion - 1) / Billion;
        return result;
    }
}

/// <summary>
/// Each validator draws its own secret lot, so no provider and no scheduler can know which work will be re-run. A
/// wrong result passes only if every honest validator draws blank: (1-r)^h for the h that the quorum guarantees.
/// </summary>
public static class AuditLot
{
    /// <summary>The smallest rate of one validator with which h of them reach the rate asked for together.</summary>
    public static uint PerValidatorPpb(uint ratePpm, int honestCount)
    {
        if (ratePpm >= 1_000_000) return PassProbability.Certain;
        var passMax = PassProbability.Certain - (ratePpm * 1_000UL);
        var (least, most) = (0u, PassProbability.Certain);
        while (least < most)
        {
            var middle = least + ((most - least) / 2);
            if (PassProbability.PowerPpb(PassProbability.Certain - middle, honestCount) <= passMax) most = middle;
            else least = middle + 1;
        }
        return least;
    }
}
