using Stun.Zk.Fields;

namespace Stun.Zk.Circuits;

/// <summary>Computes values that no constraint can compute: an inverse, the bits of a number.</summary>
/// <param name="inputs">What the hint was given, evaluated.</param>
/// <param name="outputs">To be filled; the constraints must hold the prover to just these values.</param>
public delegate void HintFunction(ReadOnlySpan<Fr> inputs, Span<Fr> outputs);

/// <summary>One step of the computation of a witness. A step reads wires of earlier steps only.</summary>
internal abstract record Step
{
    /// <summary>Sets one wire to the product of two sums, or to one sum where the right one is null.</summary>
    public sealed record Product(int Wire, Term[] Left, Term[]? Right) : Step;

    /// <summary>Sets wires that follow each other to what a function says.</summary>
    public sealed record Hint(int First, int Count, Term[][] Inputs, HintFunction Function) : Step;
}
