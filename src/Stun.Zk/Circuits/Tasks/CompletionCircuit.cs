using Stun.Zk.Circuits.Gadgets;
using Stun.Zk.Fields;

namespace Stun.Zk.Circuits.Tasks;

/// <summary>
/// Proof of completion: the provider knows the content with a certain SHA-256, for this task, and shows none of it.
/// The digest is that of a file of the result, which the manifest names, so that later delivery can be held to it.
/// </summary>
/// <param name="Length">How many bytes the content has; part of the circuit, and so public. A content that can be
/// guessed is hidden from nobody: have the program write 16 bytes of chance into it.</param>
public sealed record CompletionCircuit(int Length) : ICircuit
{
    public const int LengthMax = 4096;

    public string Name => $"completion-{Length}";

    public void Define(CircuitBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentOutOfRangeException.ThrowIfLessThan(Length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Length, LengthMax);
        var bound = BoundSignals.Take(builder);
        var content = builder.Private("content", Length);
        var digest = Sha256Gadget.Hash(builder, Sha256Gadget.BitsOfBytes(builder, content));
        bound.Expose(builder, Sha256Gadget.Half(builder, digest, true).Signal,
            Sha256Gadget.Half(builder, digest, false).Signal);
    }

    /// <exception cref="CircuitException">The content has another length than the circuit.</exception>
    public Assignment Assign(CompletionStatement statement, CompletionWitness witness)
    {
        ArgumentNullException.ThrowIfNull(statement);
        ArgumentNullException.ThrowIfNull(witness);
        if (witness.Content.Length != Length)
            throw new CircuitException(
                $"{Name}: the content has {witness.Content.Length} bytes; make a circuit for that length.");
        return BoundSignals.Assign(statement.Binding)
            .Set("content", witness.Content.ToArray().Select(value => (long)value));
    }
}

/// <summary>What a verifier knows.</summary>
/// <param name="ContentDigest">The SHA-256 of the content.</param>
public sealed record CompletionStatement(TaskBinding Binding, ReadOnlyMemory<byte> ContentDigest)
{
    /// <summary>What the proof shows beside task and provider: the digest in two halves, the higher first.</summary>
    public Fr[] Words => WordsOf(ContentDigest.Span);

    /// <summary>A digest as two words.</summary>
    public static Fr[] WordsOf(ReadOnlySpan<byte> contentDigest)
    {
        var (high, low) = Sha256Gadget.HalvesOf(contentDigest);
        return [Fr.FromBigInteger(high), Fr.FromBigInteger(low)];
    }

    /// <summary>The public value that a proof of this statement has.</summary>
    public Fr Digest => Binding.DigestWith(Words);
}

/// <summary>What only the prover knows.</summary>
public sealed record CompletionWitness(ReadOnlyMemory<byte> Content);
