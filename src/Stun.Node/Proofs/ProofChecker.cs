using System.Collections.Concurrent;
using Stun.Execution;
using Stun.Node.Storage;
using Stun.Zk;
using Stun.Zk.Circuits.Tasks;
using Stun.Zk.Fields;
using Stun.Zk.Groth16;

namespace Stun.Node.Proofs;

/// <summary>
/// Checks proofs as the contract of a circuit does, and beyond it what only the statement says: which model, which
/// input, which file. All that a validator can know itself it takes from the order and the receipt.
/// </summary>
public sealed class ProofChecker(Blobs blobs)
{
    internal const int KeyBytesMax = 1 << 20;

    private const int InputBytesMax = 1 << 20;

    /// <summary>About 200 kB each.</summary>
    private const int VerifiersMax = 32;

    private readonly ConcurrentDictionary<Digest, Groth16Verifier> verifiers = new();

    /// <summary>Whether the proof of a receipt holds.</summary>
    /// <exception cref="StorageException">What is needed to say it cannot be had now.</exception>
    public async Task<bool> HoldsAsync(Ask.CheckProof asked, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(asked);
        var receipt = asked.Receipt;
        if (receipt.Proof.IsZero || asked.Statement.IsZero) return false;
        if (await blobs.ReadAsync(receipt.Proof, TaskProof.BytesMax, cancel).ConfigureAwait(false) is not { } bytes
            || !TaskProof.TryRead(bytes, out var proof)) return false;
        try
        {
            var statement = await StatementAsync(blobs, asked.Statement, cancel).ConfigureAwait(false);
            if (!await IsAboutAsync(statement, proof!, receipt.Result, cancel).ConfigureAwait(false)) return false;
            var verifier = await VerifierAsync(asked.Circuit, cancel).ConfigureAwait(false);
            return proof!.Holds(
                ProofWords.Binding(asked.Task, receipt.Spec, receipt.Result, receipt.Provider), verifier);
        }
        catch (Exception wrong) when (wrong is ZkException or ExecutionException)
        {
            // A key or a statement that is none: nothing can be proved with it.
            return false;
        }
    }

    /// <summary>Kept, for a circuit that is asked about again: making one costs as much as a check.</summary>
    private async Task<Groth16Verifier> VerifierAsync(Digest circuit, CancellationToken cancel)
    {
        if (verifiers.TryGetValue(circuit, out var known)) return known;
        var key = await VerificationKeyAsync(blobs, circuit, cancel).ConfigureAwait(false);
        var made = new Groth16Verifier(key);
        // Of keys that fit no task none is kept: anybody can name one.
        if (key.PublicCount != 1) return made;
        if (verifiers.Count >= VerifiersMax) verifiers.Clear();
        return verifiers.GetOrAdd(circuit, made);
    }

    /// <exception cref="ExecutionException">The blob is no statement.</exception>
    internal static async Task<ProofStatement> StatementAsync(Blobs blobs, Digest digest, CancellationToken cancel)
    {
        var json = await blobs.ReadAsync(digest, ProofStatement.BytesMax, cancel).ConfigureAwait(false)
            ?? throw new ExecutionException("proof.statement-invalid",
                $"The statement sha256:{digest} has more than {ProofStatement.BytesMax} bytes.",
                "Write a shorter one.");
        return ProofStatement.Parse(json);
    }

    internal static async Task<Groth16VerificationKey> VerificationKeyAsync(
        Blobs blobs, Digest circuit, CancellationToken cancel)
    {
        var place = $"the verification key sha256:{circuit}";
        var json = await blobs.ReadAsync(circuit, KeyBytesMax, cancel).ConfigureAwait(false)
            ?? throw new ZkException(ZkCodes.FileLimit, $"{place} has more than {KeyBytesMax} bytes.");
        return Groth16Json.ReadKey(json, place);
    }

    /// <exception cref="ExecutionException">The input is too long.</exception>
    internal static async Task<sbyte[]> InputAsync(
        Blobs blobs, ProofStatement.Inference statement, CancellationToken cancel)
    {
        var bytes = await blobs.ReadAsync(statement.Input, InputBytesMax, cancel).ConfigureAwait(false);
        var expected = statement.Shape.Shape[0].Inputs;
        return bytes?.Length == expected
            ? [.. bytes.Select(value => unchecked((sbyte)value))]
            : throw new ExecutionException("proof.input-length",
                $"The input sha256:{statement.Input} has {bytes?.Length.ToString() ?? "too many"} bytes; the network "
                + $"takes {expected} values of one byte.", "Give an input of that length.");
    }

    private async Task<bool> IsAboutAsync(
        ProofStatement statement, TaskProof proof, Digest result, CancellationToken cancel)
    {
        Fr[] words = [.. proof.Words];
        switch (statement)
        {
            case ProofStatement.Inference inference:
                const int shown = 2;
                if (words.Length <= shown || words[0] != inference.Model) return false;
                var input = await InputAsync(blobs, inference, cancel).ConfigureAwait(false);
                return words[1] == InferenceCircuit.CommitInput(input, Fr.Zero)
                    && result == ProofWords.ResultOf(ProofWords.Manifest(Fr.Bytes(words.AsSpan(shown))));
            case ProofStatement.Capability capability:
                return words.SequenceEqual([capability.Root, capability.Measured,
                        Fr.FromUInt64(capability.Threshold)])
                    && result == ProofWords.ResultOf(ProofWords.Manifest(Fr.Bytes(words)));
            case ProofStatement.Completion completion:
                var manifest = await new StoredResults(blobs).ManifestAsync(result, cancel).ConfigureAwait(false);
                return manifest?.Files.FirstOrDefault(file => file.Name == completion.File) is { } named
                    && words.SequenceEqual(WordsOf(named.Digest));
            default: throw new InvariantException("every kind of statement is known to who checks it");
        }
    }

    /// <summary>A digest as two words.</summary>
    internal static Fr[] WordsOf(Digest content) =>
        CompletionStatement.WordsOf(ProofWords.Bytes(content));
}
