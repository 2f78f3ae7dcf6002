using System.Text.RegularExpressions;
using Stun.Node.Settings;

namespace Stun.Node.Policies;

/// <summary>A kind of verification that a provider accepts, from some strength on. A closed family.</summary>
public abstract partial record VerificationFloor
{
    private VerificationFloor() { }

    public sealed record None : VerificationFloor
    {
        public override string ToString() => "none";
    }

    public sealed record Audit(uint RatePpmMin) : VerificationFloor
    {
        public override string ToString() => $"audit {Forms.Share.Write(RatePpmMin)}";
    }

    public sealed record Redundant(byte AgreeingMin) : VerificationFloor
    {
        public override string ToString() => $"redundant {AgreeingMin}";
    }

    public sealed record Zk : VerificationFloor
    {
        public override string ToString() => "zk";
    }

    public sealed record Tee : VerificationFloor
    {
        public override string ToString() => "tee";
    }

    public bool Accepts(VerificationPolicy policy) => (this, policy) switch
    {
        (None, VerificationPolicy.None) => true,
        (Audit floor, VerificationPolicy.SampledAudit audit) => audit.RatePpmMin >= floor.RatePpmMin,
        (Redundant floor, VerificationPolicy.Redundant redundant) => redundant.Agreeing >= floor.AgreeingMin,
        (Zk, VerificationPolicy.ZkProof) => true,
        (Tee, VerificationPolicy.TeeQuote) => true,
        _ => false,
    };

    public static VerificationFloor? Parse(string text)
    {
        switch (text)
        {
            case "none": return new None();
            case "audit": return new Audit(0);
            case "redundant": return new Redundant(2);
            case "zk": return new Zk();
            case "tee": return new Tee();
        }
        if (text.StartsWith("audit ", StringComparison.Ordinal))
            return Forms.Share.Read(text["audit ".Length..]) is uint rate ? new Audit(rate) : null;
        return Count().Match(text) is { Success: true } match && byte.Parse(match.Groups["count"].Value) is var count
            and >= 2 ? new Redundant(count) : null;
    }

    [GeneratedRegex(@"\Aredundant (?<count>[0-9]{1,2})\z")]
    private static partial Regex Count();
}
