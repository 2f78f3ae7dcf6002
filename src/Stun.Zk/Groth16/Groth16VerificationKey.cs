using Stun.Zk.Curves;
using Stun.Zk.Fields;
using Stun.Zk.Files;

namespace Stun.Zk.Groth16;

/// <summary>
/// What proofs of one circuit are checked with. Its points are of their groups: the constructor checks.
/// </summary>
public sealed class Groth16VerificationKey
{
    private readonly AffinePoint<Fq>[] inputs;

    /// <param name="inputs">One point for the constant and one for each public value.</param>
    /// <exception cref="ZkException">A point is not of its group, or infinity.</exception>
    public Groth16VerificationKey(AffinePoint<Fq> alpha, AffinePoint<Fq2> beta, AffinePoint<Fq2> gamma,
        AffinePoint<Fq2> delta, ReadOnlySpan<AffinePoint<Fq>> inputs)
    {
        Alpha = Points.RequireFinite(Points.RequireG1(alpha, "alpha of the key"), "alpha of the key");
        Beta = Points.RequireFinite(Points.RequireG2(beta, "beta of the key"), "beta of the key");
        Gamma = Points.RequireFinite(Points.RequireG2(gamma, "gamma of the key"), "gamma of the key");
        Delta = Points.RequireFinite(Points.RequireG2(delta, "delta of the key"), "delta of the key");
        if (inputs.Length == 0) throw new ZkException(ZkCodes.Publics, "A key has a point for its constant at least.");
        // Infinity is allowed here: a public value that no constraint uses has it.
        for (var i = 0; i < inputs.Length; i++) Points.RequireG1(inputs[i], $"input {i} of the key");
        this.inputs = inputs.ToArray();
    }

    public AffinePoint<Fq> Alpha { get; }

    public AffinePoint<Fq2> Beta { get; }

    public AffinePoint<Fq2> Gamma { get; }

    public AffinePoint<Fq2> Delta { get; }

    public ReadOnlySpan<AffinePoint<Fq>> Inputs => inputs;

    public int PublicCount => inputs.Length - 1;
}
