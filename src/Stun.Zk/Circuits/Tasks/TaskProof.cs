using Stun.Zk.Curves;
using Stun.Zk.Fields;
using Stun.Zk.Groth16;
using Stun.Zk.Solidity;

namespace Stun.Zk.Circuits.Tasks;

/// <summary>
/// A proof about a task as it travels, the same bytes for validators and for a contract: the provider, the words that
/// the proof shows, the points.
/// </summary>
public sealed record TaskProof(ReadOnlyMemory<byte> Provider, IReadOnlyList<Fr> Words, Groth16Proof Proof)
{
    private const int ProviderBytes = 20;

    /// <summary>What a public digest has room for beside task and provider.</summary>
    public const int WordsMax = 14;

    public const int BytesMax = ProviderBytes + WordsMax * Fr.ByteCount + Groth16Contract.ProofBytes;

    /// <summary>Only the one canonical form; that the points are of their groups the verifier checks.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out TaskProof? proof)
    {
        proof = null;
        var shown = bytes.Length - ProviderBytes - Groth16Contract.ProofBytes;
        if (shown < 0 || shown % Fr.ByteCount != 0 || shown / Fr.ByteCount > WordsMax) return false;
        var words = new Fr[shown / Fr.ByteCount];
        for (var i = 0; i < words.Length; i++)
            if (!Fr.TryReadBigEndian(bytes.Slice(ProviderBytes + i * Fr.ByteCount, Fr.ByteCount), out words[i]))
                return false;
        Span<Fq> points = stackalloc Fq[Groth16Contract.ProofBytes / Fq.ByteCount];
        for (var i = 0; i < points.Length; i++)
        {
            var at = ProviderBytes + shown + i * Fq.ByteCount;
            if (!Fq.TryReadBigEndian(bytes.Slice(at, Fq.ByteCount), out points[i])) return false;
        }
        // The EVM has the parts of each coordinate of G2 the other way round (EIP-197).
        var b = new AffinePoint<Fq2>(new Fq2(points[3], points[2]), new Fq2(points[5], points[4]));
        proof = new TaskProof(bytes[..ProviderBytes].ToArray(), words,
            new Groth16Proof(new(points[0], points[1]), b, new(points[6], points[7])));
        return true;
    }

    /// <summary>Whether it holds for a task, for these words, and for the provider that it names.</summary>
    public bool Holds(TaskBinding binding, Groth16Verifier verifier)
    {
        ArgumentNullException.ThrowIfNull(binding);
        ArgumentNullException.ThrowIfNull(verifier);
        return binding.Provider.Span.SequenceEqual(Provider.Span) && verifier.Key.PublicCount == 1
            && verifier.Verify([binding.DigestWith([.. Words])], Proof);
    }

    public byte[] Encode(TaskBinding binding) => TaskContract.Encode(binding, [.. Words], Proof);
}
