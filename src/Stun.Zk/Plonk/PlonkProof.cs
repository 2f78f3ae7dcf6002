using Stun.Zk.Curves;
using Stun.Zk.Fields;

namespace Stun.Zk.Plonk;

/// <summary>A proof of PLONK: nine commitments and six values of polynomials.</summary>
public sealed record PlonkProof(PlonkCommitments Commitments, PlonkValues Values);

/// <summary>
/// What a prover commits to: the wires, the permutation product, the quotient in three parts, the two openings.
/// </summary>
public sealed record PlonkCommitments(
    AffinePoint<Fq> A, AffinePoint<Fq> B, AffinePoint<Fq> C, AffinePoint<Fq> Z,
    AffinePoint<Fq> T1, AffinePoint<Fq> T2, AffinePoint<Fq> T3, AffinePoint<Fq> Wxi, AffinePoint<Fq> Wxiw)
{
    internal (string Name, AffinePoint<Fq> Point)[] Named =>
    [
        ("A", A), ("B", B), ("C", C), ("Z", Z), ("T1", T1), ("T2", T2), ("T3", T3), ("Wxi", Wxi), ("Wxiw", Wxiw),
    ];
}

/// <summary>The values of the wires and two permutations at the challenge, and of the product one step on.</summary>
public sealed record PlonkValues(Fr A, Fr B, Fr C, Fr S1, Fr S2, Fr Zw);
