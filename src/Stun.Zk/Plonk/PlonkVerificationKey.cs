using Stun.Zk.Curves;
using Stun.Zk.Fields;
using Stun.Zk.Files;

namespace Stun.Zk.Plonk;

/// <summary>What proofs of one circuit are checked with: commitments to its gates and to its permutation.</summary>
public sealed class PlonkVerificationKey
{
    /// <exception cref="ZkException">A point is not of its group, or the shape is impossible.</exception>
    public PlonkVerificationKey(PlonkShape shape, PlonkGatePoints gates, AffinePoint<Fq2> secret)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(gates);
        if (shape.Power is < 1 or > 26 || shape.PublicCount < 0 || shape.PublicCount > 1L << shape.Power)
        {
            throw new ZkException(ZkCodes.Publics,
                $"A domain of 2^{shape.Power} points cannot have {shape.PublicCount} public values.");
        }
        foreach (var (name, point) in gates.Named) Points.RequireG1(point, $"{name} of the key");
        Shape = shape;
        Gates = gates;
        Secret = Points.RequireFinite(Points.RequireG2(secret, "X_2 of the key"), "X_2 of the key");
    }

    public PlonkShape Shape { get; }

    public PlonkGatePoints Gates { get; }

    /// <summary>The generator of the second group times the secret of the setup.</summary>
    public AffinePoint<Fq2> Secret { get; }

    public int PublicCount => Shape.PublicCount;
}

/// <summary>The size of the domain, how many values are public, and what sets the three wires apart.</summary>
public sealed record PlonkShape(int Power, int PublicCount, Fr K1, Fr K2);

/// <summary>Commitments to the five selectors and the three permutations.</summary>
public sealed record PlonkGatePoints(
    AffinePoint<Fq> Qm, AffinePoint<Fq> Ql, AffinePoint<Fq> Qr, AffinePoint<Fq> Qo, AffinePoint<Fq> Qc,
    AffinePoint<Fq> S1, AffinePoint<Fq> S2, AffinePoint<Fq> S3)
{
    internal (string Name, AffinePoint<Fq> Point)[] Named =>
    [
        ("Qm", Qm), ("Ql", Ql), ("Qr", Qr), ("Qo", Qo), ("Qc", Qc), ("S1", S1), ("S2", S2), ("S3", S3),
    ];
}
