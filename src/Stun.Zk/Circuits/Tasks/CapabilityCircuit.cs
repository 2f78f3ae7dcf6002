using Stun.Zk.Circuits.Gadgets;
using Stun.Zk.Fields;
using Stun.Zk.Hashes;

namespace Stun.Zk.Circuits.Tasks;

/// <summary>
/// Capability above a threshold: validators measure providers and publish the root of a tree of what they found. A
/// provider proves that its own measurement is in the tree and not below a threshold, and shows neither the measured
/// value nor its place.
/// </summary>
/// <param name="Height">Of the tree: it has room for 2^height measurements.</param>
public sealed record CapabilityCircuit(int Height) : ICircuit
{
    /// <summary>Scores are whole numbers of so many bits.</summary>
    public const int ScoreBits = 64;

    public const int HeightMax = 32;

    public string Name => $"capability-{Height}";

    public void Define(CircuitBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentOutOfRangeException.ThrowIfLessThan(Height, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Height, HeightMax);
        var bound = BoundSignals.Take(builder);
        var kind = builder.Private("kind");
        var threshold = builder.ToUnsigned(builder.Private("threshold"), ScoreBits);
        var score = builder.ToUnsigned(builder.Private("score"), ScoreBits);
        var leaf = PoseidonGadget.Hash(builder, bound.Provider, kind, score.Signal, builder.Private("salt"));
        var place = builder.ToUnsigned(builder.Private("place"), Height);
        var root = MerkleGadget.Root(builder, leaf, place.Bits, builder.Private("sibling", Height));
        builder.RequireAtMost(threshold, score);
        bound.Expose(builder, root, kind, threshold.Signal);
    }

    /// <exception cref="CircuitException">The path has another height than the circuit.</exception>
    public Assignment Assign(CapabilityStatement statement, CapabilityWitness witness)
    {
        ArgumentNullException.ThrowIfNull(statement);
        ArgumentNullException.ThrowIfNull(witness);
        if (witness.Siblings.Count != Height)
            throw new CircuitException($"{Name}: the path has {witness.Siblings.Count} siblings, not {Height}.");
        return BoundSignals.Assign(statement.Binding)
            .Set("kind", statement.Kind).Set("threshold", Fr.FromUInt64(statement.Threshold))
            .Set("score", Fr.FromUInt64(witness.Score)).Set("salt", witness.Salt)
            .Set("place", witness.Place).Set("sibling", witness.Siblings);
    }
}

/// <summary>What a verifier knows.</summary>
/// <param name="Root">Of the tree that validators published.</param>
/// <param name="Kind">What was measured: one number for each kind of measurement.</param>
public sealed record CapabilityStatement(TaskBinding Binding, Fr Root, Fr Kind, ulong Threshold)
{
    /// <summary>What the proof shows beside task and provider.</summary>
    public Fr[] Words => [Root, Kind, Fr.FromUInt64(Threshold)];

    /// <summary>The public value that a proof of this statement has.</summary>
    public Fr Digest => Binding.DigestWith(Words);
}

/// <summary>What only the prover knows.</summary>
/// <param name="Salt">Drawn with the measurement: without it a score could be found by trying.</param>
/// <param name="Place">Of the measurement in the tree, from 0.</param>
public sealed record CapabilityWitness(ulong Score, Fr Salt, int Place, IReadOnlyList<Fr> Siblings)
{
    /// <summary>The root to which leaf and path lead.</summary>
    public Fr RootFor(Fr provider, Fr kind)
    {
        var node = Poseidon.Hash(LeafOf(provider, kind, Score, Salt));
        for (var level = 0; level < Siblings.Count; level++)
            node = ((Place >> level) & 1) == 1
                ? Poseidon.Hash(Siblings[level], node)
                : Poseidon.Hash(node, Siblings[level]);
        return node;
    }

    /// <summary>The leaf that a validator enters for a measurement.</summary>
    public static Fr LeafOf(Fr provider, Fr kind, ulong score, Fr salt) =>
        Poseidon.Hash(provider, kind, Fr.FromUInt64(score), salt);
}
