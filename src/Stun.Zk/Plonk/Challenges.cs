using Stun.Zk.Fields;

namespace Stun.Zk.Plonk;

/// <summary>The random numbers of a proof, each drawn from all that was said before it.</summary>
internal sealed class Challenges
{
    private readonly Transcript transcript = new();

    public Fr Beta { get; private set; }

    public Fr Gamma { get; private set; }

    public Fr Alpha { get; private set; }

    public Fr Xi { get; private set; }

    public Fr V { get; private set; }

    public Fr U { get; private set; }

    /// <summary>All of them, for somebody who has the whole proof.</summary>
    public static Challenges Of(PlonkVerificationKey key, ReadOnlySpan<Fr> publics, PlonkProof proof)
    {
        var challenges = new Challenges();
        var points = proof.Commitments;
        challenges.DrawBetaAndGamma(key, publics, points);
        challenges.DrawAlpha(points);
        challenges.DrawXi(points);
        challenges.DrawV(proof.Values);
        challenges.U = challenges.transcript.Say(points.Wxi, points.Wxiw).Challenge();
        return challenges;
    }

    public void DrawBetaAndGamma(PlonkVerificationKey key, ReadOnlySpan<Fr> publics, PlonkCommitments points)
    {
        foreach (var (_, point) in key.Gates.Named) transcript.Say(point);
        Beta = transcript.Say(publics).Say(points.A, points.B, points.C).Challenge();
        Gamma = transcript.Say(Beta).Challenge();
    }

    public void DrawAlpha(PlonkCommitments points) => Alpha = transcript.Say(Beta, Gamma).Say(points.Z).Challenge();

    public void DrawXi(PlonkCommitments points) =>
        Xi = transcript.Say(Alpha).Say(points.T1, points.T2, points.T3).Challenge();

    public void DrawV(PlonkValues values) =>
        V = transcript.Say(Xi, values.A, values.B, values.C, values.S1, values.S2, values.Zw).Challenge();
}
