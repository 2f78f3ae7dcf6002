using Stun.Zk.Curves;
using Stun.Zk.Fields;
using Stun.Zk.Sums;

namespace Stun.Zk.Groth16;

/// <summary>
/// Checks proofs of one key (J. Groth, 2016): e(A, B) = e(alpha, beta) e(inputs, gamma) e(C, delta). What depends on
/// the key alone is made once: the first pairing on the right and the lines of gamma and delta.
/// </summary>
public sealed class Groth16Verifier
{
    private readonly Groth16VerificationKey key;
    private readonly Fq12 fixedPart;
    private readonly G2Lines gamma;
    private readonly G2Lines delta;

    public Groth16Verifier(Groth16VerificationKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        this.key = key;
        fixedPart = Pairing.Product([key.Alpha], [new G2Lines(key.Beta)]);
        gamma = new G2Lines(key.Gamma);
        delta = new G2Lines(key.Delta);
    }

    public bool Verify(ReadOnlySpan<Fr> publics, Groth16Proof proof) => Check(publics, proof) is null;

    /// <summary>Null if the proof holds for these public values, or why it does not.</summary>
    public ProofRefusal? Check(ReadOnlySpan<Fr> publics, Groth16Proof proof)
    {
        ArgumentNullException.ThrowIfNull(proof);
        if (publics.Length != key.PublicCount)
        {
            return new ProofRefusal(ZkCodes.Publics,
                $"The key is for {key.PublicCount} public values, and {publics.Length} were given.");
        }
        if (FaultOf(proof) is { } fault) return new ProofRefusal(ZkCodes.Point, fault);
        var sum = CurvePoint<Fq>.From(key.Inputs[0]);
        if (publics.Length > 0)
        {
            var scalars = new Limbs[publics.Length];
            for (var i = 0; i < scalars.Length; i++) scalars[i] = publics[i].ToCanonical();
            sum.Add(MultiScalarSum.OfCanonical(key.Inputs[1..], scalars));
        }
        var product = Pairing.Product(
            [proof.A, -sum.ToAffine(), -proof.C], [new G2Lines(proof.B), gamma, delta]);
        return product == fixedPart
            ? null
            : new ProofRefusal(ZkCodes.Proof, "The proof does not hold for this key and these public values.");
    }

    private static string? FaultOf(Groth16Proof proof)
    {
        if (proof.A.IsInfinity || proof.B.IsInfinity) return "A and B of a proof are never the point at infinity.";
        if (!G1.Contains(proof.A)) return "A of the proof is not a point of the curve.";
        if (!G1.Contains(proof.C)) return "C of the proof is not a point of the curve.";
        if (!G2.IsOnCurve(proof.B)) return "B of the proof is not a point of the twisted curve.";
        return G2.IsInSubgroup(proof.B) ? null : "B of the proof lies outside of the group of prime order.";
    }
}
