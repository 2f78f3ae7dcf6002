using System.Text;
using Stun.Zk.Circuits.Tasks;
using Stun.Zk.Fields;
using Stun.Zk.Groth16;
using Stun.Zk.Plonk;

namespace Stun.Zk.Solidity;

/// <summary>
/// The contract through which an escrow has proofs of tasks checked, as its IProofVerifier. From task, specification,
/// result and the provider whom the verdict pays it makes the public digest that the circuit has, so that a proof
/// taken elsewhere, or from another provider, is refused. The proof is: 20 bytes provider, 32 bytes for each word,
/// then points (and values).
/// </summary>
public static class TaskContract
{
    /// <summary>More words do not fit into the hash as the contract computes it.</summary>
    public const int WordsMax = PoseidonSolidity.ArityMax - 2;

    /// <exception cref="ArgumentException">The key is not of a circuit with one public value, or the shape is
    /// impossible.</exception>
    public static string Write(string name, Groth16VerificationKey key, TaskContractShape shape) =>
        Write(name, Groth16Contract.Body(key), shape);

    /// <summary>The same for proofs of PLONK, whose points and values take 768 bytes.</summary>
    /// <exception cref="ArgumentException">As for the other.</exception>
    public static string Write(string name, PlonkVerificationKey key, TaskContractShape shape) =>
        Write(name, PlonkContract.Body(key), shape);

    private static string Write(string name, VerifierBody body, TaskContractShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape.Check();
        if (body.PublicCount != 1)
            throw new ArgumentException(
                $"The key is of a circuit with {body.PublicCount} public values; circuits of tasks have one, their "
                + "digest.");
        return $$"""
            {{SolidityText.Head}}
            /// @notice What the escrow asks of a verifier; the same as in interfaces/IModules.sol of the contracts.
            interface IProofVerifier {
                function verify(bytes16 task, bytes32 spec, bytes32 result, address provider, bytes calldata proof)
                    external
                    view
                    returns (bool);
            }

            /// @notice Verifies proofs of {{body.Scheme}} for tasks of one circuit. Who sees or makes a proof can make
            /// another one of the same statement: never use a proof, or its hash, as a nonce or a name.
            contract {{SolidityText.RequireName(name)}} is IProofVerifier {
            {{body.Text}}

                uint256 private constant WORDS_END = {{20 + 32 * shape.Words}};

                /// @inheritdoc IProofVerifier
                function verify(bytes16 task, bytes32 spec, bytes32 result, address provider, bytes calldata proof)
                    external
                    view
                    returns (bool)
                {
                    if (proof.length != WORDS_END + PROOF_LENGTH) return false;
                    uint256[{{shape.Words + 3}}] memory values;
                    if (bytes20(provider) != bytes20(proof[:20])) return false;
                    values[1] = uint256(
                        sha256(abi.encodePacked("{{TaskBinding.Domain}}", task, spec, result, provider))
                    ) >> 3;
                    values[2] = uint160(provider);
                    for (uint256 i = 0; i < {{shape.Words}}; ++i) {
                        uint256 word = uint256(bytes32(proof[20 + 32 * i:]));
                        if (word >= R) return false;
                        values[i + 3] = word;
                    }
            {{Pinned(shape)}}{{Result(shape)}}
                    return _holds(proof[WORDS_END:], [_poseidon(values)]);
                }

            {{PoseidonSolidity.Write(shape.Words + 2)}}
            }

            """;
    }

    /// <summary>What goes to the escrow as the proof.</summary>
    public static byte[] Encode(TaskBinding binding, ReadOnlySpan<Fr> words, Groth16Proof proof) =>
        Encode(binding, words, Groth16Contract.Encode(proof));

    /// <summary>The same for a proof of PLONK.</summary>
    public static byte[] Encode(TaskBinding binding, ReadOnlySpan<Fr> words, PlonkProof proof) =>
        Encode(binding, words, PlonkContract.Encode(proof));

    private static byte[] Encode(TaskBinding binding, ReadOnlySpan<Fr> words, byte[] proof)
    {
        ArgumentNullException.ThrowIfNull(binding);
        return [.. binding.Provider.Span, .. Fr.Bytes(words), .. proof];
    }

    private static string Pinned(TaskContractShape shape)
    {
        var lines = new StringBuilder();
        foreach (var (word, value) in shape.Pinned.OrderBy(pin => pin.Key))
            lines.Append($"        if (values[{word + 3}] != {SolidityText.Hex(value)}) return false;\n");
        return lines.ToString();
    }

    private static string Result(TaskContractShape shape)
    {
        if (shape.Result is not { } form) return "";
        return $$"""
                    bytes32 content = sha256(proof[{{20 + 32 * form.FirstWord}}:WORDS_END]);
                    bytes memory before ={{SolidityText.HexLiteral(form.Before.Span, "            ")}};
                    bytes memory behind ={{SolidityText.HexLiteral(form.Behind.Span, "            ")}};
                    if (sha256(abi.encodePacked(before, content, behind)) != result) return false;
            """ + "\n";
    }
}

/// <summary>What a contract knows of the words that a proof shows beside task and provider.</summary>
/// <param name="Words">How many there are.</param>
public sealed record TaskContractShape(int Words)
{
    /// <summary>Words that must have a certain value: the commitment to a model, the root of a tree.</summary>
    public IReadOnlyDictionary<int, Fr> Pinned { get; init; } = new Dictionary<int, Fr>();

    /// <summary>How the result follows from the words, where it does.</summary>
    public ResultForm? Result { get; init; }

    internal void Check()
    {
        if (Words is < 0 or > TaskContract.WordsMax)
            throw new ArgumentException($"A contract takes at most {TaskContract.WordsMax} words, not {Words}.");
        if (Pinned.Keys.Any(word => word < 0 || word >= Words))
            throw new ArgumentException($"A pinned word is none of the {Words} words, which are counted from 0.");
        if (Result is { } form && (form.FirstWord < 0 || form.FirstWord >= Words))
            throw new ArgumentException($"The result begins at word {form.FirstWord}, and there are {Words}.");
    }
}

/// <summary>
/// The result of a task is the digest of a manifest that names the digest of a file. Where the file is nothing but the
/// last words of a proof, a contract makes both digests itself: SHA-256(before, SHA-256(words), behind).
/// </summary>
/// <param name="FirstWord">From this word on to the last one.</param>
/// <param name="Before">The manifest up to the digest of the file.</param>
/// <param name="Behind">The manifest after it.</param>
public sealed record ResultForm(int FirstWord, ReadOnlyMemory<byte> Before, ReadOnlyMemory<byte> Behind);
