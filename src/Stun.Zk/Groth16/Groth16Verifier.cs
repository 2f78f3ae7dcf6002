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
    // Tables of 60 kB each, made in the time of a check.
    private const int TablesMax = 8;

    private readonly Groth16VerificationKey key;
    private readonly Fq12 fixedPart;
    private readonly G2Lines gamma;
    private readonly G2Lines delta;
    private ScalarMultiples<Fq>[]? tables;
    private int checks;

    public Groth16Verifier(Groth16VerificationKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        this.key = key;
        fixedPart = Pairing.Product([key.Alpha], [new G2Lines(key.Beta)]);
        gamma = new G2Lines(key.Gamma, isKept: true);
        delta = new G2Lines(key.Delta, isKept: true);
    }

    public Groth16VerificationKey Key => key;

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
        var lines = new G2Lines(proof.B);
        if (!lines.IsOfGroup)
            return new ProofRefusal(ZkCodes.Point, "B of the proof lies outside of the group of prime order.");
        var product = Pairing.Product(
            [proof.A, -InputsTimes(publics), -proof.C], [lines, gamma, delta]);
        return product == fixedPart
            ? null
            : new ProofRefusal(ZkCodes.Proof, "The proof does not hold for this key and these public values.");
    }

    private AffinePoint<Fq> InputsTimes(ReadOnlySpan<Fr> publics)
    {
        // Who checks a second proof will check more: for one alone the tables would not pay.
        if (key.PublicCount <= TablesMax && Interlocked.Increment(ref checks) == 2)
            tables = [.. key.Inputs[1..].ToArray().Select(input => new ScalarMultiples<Fq>(input, width: 4))];
        var sum = CurvePoint<Fq>.From(key.Inputs[0]);
        if (tables is { } made)
        {
            for (var i = 0; i < made.Length; i++) made[i].AddTo(ref sum, publics[i]);
        }
        else
        {
            sum.Add(MultiScalarSum.Of(key.Inputs[1..], publics));
        }
        return sum.ToAffine();
    }

    private static string? FaultOf(Groth16Proof proof)
    {
        if (proof.A.IsInfinity || proof.B.IsInfinity) return "A and B of a proof are never the point at infinity.";
        if (!G1.Contains(proof.A)) return "A of the proof is not a point of the curve.";
        if (!G1.Contains(proof.C)) return "C of the proof is not a point of the curve.";
        return G2.IsOnCurve(proof.B) ? null : "B of the proof is not a point of the twisted curve.";
    }
}
