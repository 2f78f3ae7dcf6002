using Stun.Zk.Curves;
using Stun.Zk.Fields;
using Stun.Zk.Sums;

namespace Stun.Zk.Plonk;

/// <summary>
/// Checks proofs of PLONK (Gabizon, Williamson, Ciobotaru, 2019/953) with commitments of Kate, Zaverucha and Goldberg:
/// two pairings, whatever the circuit.
/// </summary>
public sealed class PlonkVerifier
{
    private readonly PlonkVerificationKey key;
    private readonly G2Lines secret;
    private readonly G2Lines generator = new(G2.Generator, isKept: true);

    public PlonkVerifier(PlonkVerificationKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        this.key = key;
        secret = new G2Lines(key.Secret, isKept: true);
    }

    public bool Verify(ReadOnlySpan<Fr> publics, PlonkProof proof) => Check(publics, proof) is null;

    /// <summary>Null if the proof holds for these public values, or why it does not.</summary>
    public ProofRefusal? Check(ReadOnlySpan<Fr> publics, PlonkProof proof)
    {
        ArgumentNullException.ThrowIfNull(proof);
        if (publics.Length != key.PublicCount)
        {
            return new ProofRefusal(ZkCodes.Publics,
                $"The key is for {key.PublicCount} public values, and {publics.Length} were given.");
        }
        foreach (var (name, point) in proof.Commitments.Named)
        {
            if (G1.Contains(point)) continue;
            return new ProofRefusal(ZkCodes.Point, $"{name} of the proof is not a point of the curve.");
        }
        var drawn = Challenges.Of(key, publics, proof);
        var linear = new Linearisation(key.Shape, publics, drawn, proof.Values);
        return PairingHolds(proof, drawn, linear)
            ? null
            : new ProofRefusal(ZkCodes.Proof, "The proof does not hold for this key and these public values.");
    }

    /// <summary>e(Wxi + u Wxiw, X) = e(xi Wxi + u xi w Wxiw + F - E, 1).</summary>
    private bool PairingHolds(PlonkProof proof, Challenges drawn, Linearisation linear)
    {
        var points = proof.Commitments;
        var left = CurvePoint<Fq>.Multiply(points.Wxiw, drawn.U);
        left.Add(points.Wxi);
        var (terms, factors) = Terms(proof, drawn, linear);
        var right = MultiScalarSum.Of<Fq>(terms, factors);
        return Pairing.ProductIsOne([-left.ToAffine(), right], [secret, generator]);
    }

    private (AffinePoint<Fq>[] Points, Fr[] Factors) Terms(PlonkProof proof, Challenges drawn, Linearisation linear)
    {
        var (points, values, gates) = (proof.Commitments, proof.Values, key.Gates);
        var v = new Fr[6];
        v[0] = Fr.One;
        for (var i = 1; i < v.Length; i++) v[i] = v[i - 1] * drawn.V;
        var opened = (v[1] * values.A) + (v[2] * values.B) + (v[3] * values.C) + (v[4] * values.S1)
            + (v[5] * values.S2) + (drawn.U * values.Zw) - linear.Constant;
        var quotient = -linear.Vanishing;
        return (
        [
            gates.Qm, gates.Ql, gates.Qr, gates.Qo, gates.Qc, points.Z, gates.S3,
            points.T1, points.T2, points.T3, points.A, points.B, points.C, gates.S1, gates.S2,
            G1.Generator, points.Wxi, points.Wxiw,
        ],
        [
            values.A * values.B, values.A, values.B, values.C, Fr.One, linear.OfZ + drawn.U, linear.OfS3,
            quotient, quotient * linear.XiToSize, quotient * linear.XiToSize.Square(), v[1], v[2], v[3], v[4], v[5],
            -opened, drawn.Xi, drawn.U * drawn.Xi * Fr.RootOfUnity(key.Shape.Power),
        ]);
    }
}
