using System.Numerics;
using System.Text;
using Stun.Zk.Circuits;
using Stun.Zk.Circuits.Gadgets;
using Stun.Zk.Circuits.Tasks;
using Stun.Zk.Fields;
using Stun.Zk.Groth16;
using Stun.Zk.Solidity;

namespace Stun.Integration.Zk;

/// <summary>The contracts that we write, on a real chain, against what is wrong in every way we know.</summary>
public sealed class ContractTests
{
    private static readonly BigInteger Q = Fq.Modulus;

    [Fact]
    public async Task A_contract_accepts_a_proof_and_refuses_everything_that_is_not_quite_one()
    {
        using var key = new CircuitKey(new Products());
        var (proof, publics) = key.Prove(new Assignment().Set("x", 3).Set("y", 5).Set("z", 7));
        await using var scene = await VerifierScene.StartAsync(
            "Products", Groth16Contract.Write("Products", key.VerificationKey));
        var points = Groth16Contract.Encode(proof);
        BigInteger[] shown = [.. publics.Select(value => value.ToBigInteger())];
        Assert.True(await HoldsAsync(points, shown));

        for (var word = 0; word < 8; word++)
        {
            Assert.False(await HoldsAsync(Changed(points, word, value => value ^ 1), shown));
            Assert.False(await HoldsAsync(Changed(points, word, _ => 0), shown));
            // The same number modulo the prime, which a careless verifier takes.
            Assert.False(await HoldsAsync(Changed(points, word, value => value + Q), shown));
        }
        for (var i = 0; i < shown.Length; i++)
        {
            Assert.False(await HoldsAsync(points, With(shown, i, shown[i] + 1)));
            Assert.False(await HoldsAsync(points, With(shown, i, shown[i] + Fr.Modulus)));
        }
        Assert.False(await HoldsAsync(points[..255], shown));
        Assert.False(await HoldsAsync([.. points, 0], shown));
        Assert.False(await HoldsAsync([], shown));
        Assert.False(await HoldsAsync(new byte[256], shown));
        // A and C are both of the curve, but at each other's place.
        Assert.False(await HoldsAsync([.. points[192..], .. points[64..192], .. points[..64]], shown));
        // On the curve and outside of its group of prime order: y² = x³ + 3/(9+u) has such points.
        Assert.False(await HoldsAsync([.. points[..64], .. OutsideOfGroup(), .. points[192..]], shown));

        Task<bool> HoldsAsync(byte[] sent, IEnumerable<BigInteger> values) =>
            scene.AskAsync("verifyProof(bytes,uint256[3])",
                [Word(0x80), .. values.Select(value => Word(value)), .. Dynamic(sent)]);
    }

    /// <summary>
    /// Who has seen a proof can make others of the same statement. No verifier of Groth16 can tell them apart, so
    /// nothing may take a proof for a name; the escrow does not, see <see cref="EscrowProofTests"/>.
    /// </summary>
    [Fact]
    public async Task A_proof_with_both_signs_turned_is_another_proof_of_the_same()
    {
        using var key = new CircuitKey(new Products());
        var (proof, publics) = key.Prove(new Assignment().Set("x", 3).Set("y", 5).Set("z", 7));
        await using var scene = await VerifierScene.StartAsync(
            "Products", Groth16Contract.Write("Products", key.VerificationKey));
        var turned = proof with { A = -proof.A, B = -proof.B };
        Assert.NotEqual(proof, turned);
        Assert.True(new Groth16Verifier(key.VerificationKey).Verify(publics, turned));
        Assert.True(await HoldsAsync(turned));
        Assert.False(await HoldsAsync(proof with { A = -proof.A }));
        Assert.False(await HoldsAsync(proof with { C = -proof.C }));

        Task<bool> HoldsAsync(Groth16Proof sent) => scene.AskAsync("verifyProof(bytes,uint256[3])",
            [Word(0x80), .. publics.Select(value => Word(value.ToBigInteger())),
                .. Dynamic(Groth16Contract.Encode(sent))]);
    }

    [Fact]
    public async Task A_proof_of_a_task_counts_for_that_task_provider_result_and_those_words_only()
    {
        var binding = ProvedTask.Binding;
        var (circuit, statement, assignment) = ProvedTask.Capability(binding);
        using var key = new CircuitKey(circuit);
        var (proof, publics) = key.Prove(assignment);
        Assert.Equal([statement.Digest], publics);
        var shape = new TaskContractShape(3) { Pinned = new Dictionary<int, Fr> { [0] = statement.Root } };
        await using var scene = await VerifierScene.StartAsync(
            "Capability", TaskContract.Write("Capability", key.VerificationKey, shape));
        var sent = TaskContract.Encode(binding, statement.Words, proof);
        Assert.True(await scene.VerifiesAsync(binding, sent));

        TaskBinding[] others =
        [
            binding with { Task = ProvedTask.Bytes(16, 9) }, binding with { Spec = ProvedTask.Bytes(32, 9) },
            binding with { Result = ProvedTask.Bytes(32, 9) },
        ];
        foreach (var other in others) Assert.False(await scene.VerifiesAsync(other, sent));
        var stolen = TaskContract.Encode(
            binding with { Provider = ProvedTask.Bytes(20, 9) }, statement.Words, proof);
        Assert.False(await scene.VerifiesAsync(binding, stolen));
        for (var i = 0; i < 3; i++)
        {
            var words = statement.Words;
            words[i] += Fr.One;
            Assert.False(await scene.VerifiesAsync(binding, TaskContract.Encode(binding, words, proof)));
            // A word above the prime stands for the same scalar and is refused all the same.
            var wide = sent.ToArray();
            Write(wide.AsSpan(20 + 32 * i, 32), statement.Words[i].ToBigInteger() + Fr.Modulus);
            Assert.False(await scene.VerifiesAsync(binding, wide));
        }
        Assert.False(await scene.VerifiesAsync(binding, sent[..^1]));
        Assert.False(await scene.VerifiesAsync(binding, [.. sent, 0]));
        Assert.False(await scene.VerifiesAsync(binding, []));
    }

    [Fact]
    public async Task A_pinned_word_refuses_a_good_proof_over_another_value()
    {
        var (circuit, statement, assignment) = ProvedTask.Capability(ProvedTask.Binding);
        using var key = new CircuitKey(circuit);
        var (proof, _) = key.Prove(assignment);
        var shape = new TaskContractShape(3) { Pinned = new Dictionary<int, Fr> { [0] = statement.Root + Fr.One } };
        await using var scene = await VerifierScene.StartAsync(
            "Capability", TaskContract.Write("Capability", key.VerificationKey, shape));
        Assert.False(await scene.VerifiesAsync(
            ProvedTask.Binding, TaskContract.Encode(ProvedTask.Binding, statement.Words, proof)));
    }

    [Fact]
    public async Task A_contract_of_plonk_accepts_a_proof_and_refuses_everything_that_is_not_quite_one()
    {
        using var key = new PlonkCircuitKey(new Products());
        var (proof, publics) = key.Prove(new Assignment().Set("x", 3).Set("y", 5).Set("z", 7));
        await using var scene = await VerifierScene.StartAsync(
            "Products", PlonkContract.Write("Products", key.VerificationKey));
        var sent = PlonkContract.Encode(proof);
        BigInteger[] shown = [.. publics.Select(value => value.ToBigInteger())];
        Assert.True(await HoldsAsync(sent, shown));

        for (var word = 0; word < 24; word++)
        {
            Assert.False(await HoldsAsync(Changed(sent, word, value => value ^ 1), shown));
            Assert.False(await HoldsAsync(Changed(sent, word, _ => 0), shown));
            Assert.False(await HoldsAsync(Changed(sent, word, value => value + (word < 18 ? Q : Fr.Modulus)), shown));
        }
        for (var point = 0; point < 9; point++)
        {
            Assert.False(await HoldsAsync(Changed(sent, 2 * point + 1, value => Q - value), shown));
            var other = sent.ToArray();
            sent.AsSpan(64 * ((point + 1) % 9), 64).CopyTo(other.AsSpan(64 * point));
            Assert.False(await HoldsAsync(other, shown));
        }
        for (var i = 0; i < shown.Length; i++)
        {
            Assert.False(await HoldsAsync(sent, With(shown, i, shown[i] + 1)));
            Assert.False(await HoldsAsync(sent, With(shown, i, shown[i] + Fr.Modulus)));
        }
        Assert.False(await HoldsAsync(sent[..^1], shown));
        Assert.False(await HoldsAsync([.. sent, 0], shown));
        Assert.False(await HoldsAsync(new byte[768], shown));

        Task<bool> HoldsAsync(byte[] bytes, IEnumerable<BigInteger> values) =>
            scene.AskAsync("verifyProof(bytes,uint256[3])",
                [Word(0x80), .. values.Select(value => Word(value)), .. Dynamic(bytes)]);
    }

    [Fact]
    public async Task The_gas_on_the_page_is_what_the_chain_asks_for()
    {
        var binding = ProvedTask.Binding;
        StringBuilder table = new(
            "| Contract | Gas for the contract that asks | Bytes of code |\n|---|---:|---:|\n");
        var (capability, measured, given) = ProvedTask.Capability(binding);
        using (var key = new CircuitKey(capability))
        {
            var (proof, _) = key.Prove(given);
            await RowAsync("Groth16, capability, 3 words", TaskContract.Write(
                "Made", key.VerificationKey, new TaskContractShape(3)),
                TaskContract.Encode(binding, measured.Words, proof));
        }
        using (var key = new PlonkCircuitKey(capability))
        {
            var (proof, _) = key.Prove(given);
            await RowAsync("PLONK, capability, 3 words", TaskContract.Write(
                "Made", key.VerificationKey, new TaskContractShape(3)),
                TaskContract.Encode(binding, measured.Words, proof));
        }
        var (completion, known, content) = ProvedTask.Completion(binding);
        using (var key = new CircuitKey(completion))
        {
            var (proof, _) = key.Prove(content);
            await RowAsync("Groth16, completion, 2 words", TaskContract.Write(
                "Made", key.VerificationKey, new TaskContractShape(2)),
                TaskContract.Encode(binding, known.Words, proof));
        }
        GasTable.Check(table.ToString());

        async Task RowAsync(string what, string source, byte[] proof)
        {
            await using var scene = await VerifierScene.StartAsync("Made", source);
            Assert.True(await scene.VerifiesAsync(binding, proof));
            var gas = await scene.GasOfVerifyAsync(binding, proof);
            // Estimates are rounded, and keys of each run differ in their zeros: thousands are what can be stated.
            var size = (scene.DeployedSize + 50) / 100 * 100;
            table.Append($"| {what} | {(gas + 500) / 1000 * 1000:N0} | {size:N0} |\n");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(8)]
    public async Task Poseidon_of_a_contract_is_poseidon(int arity)
    {
        var source = $$"""
            // SPDX-License-Identifier: Apache-2.0
            pragma solidity 0.8.30;
            contract Hash {
                function of_(uint256[{{arity + 1}}] calldata state) external pure returns (uint256) {
                    return _poseidon(state);
                }
            {{PoseidonSolidity.Write(arity)}}
            }
            """;
        await using var scene = await VerifierScene.StartAsync("Hash", source);
        foreach (var first in (BigInteger[])[0, 1, Fr.Modulus - 1])
        {
            BigInteger[] values = [.. Enumerable.Range(0, arity).Select(i => (first + i * i) % Fr.Modulus)];
            var answer = await scene.CallAsync(
                $"of_(uint256[{arity + 1}])", [Word(0), .. values.Select(value => Word(value))]);
            Assert.Equal(Stun.Zk.Hashes.Poseidon.Hash([.. values.Select(Fr.FromBigInteger)]).ToBigInteger(),
                new BigInteger(answer, true, true));
        }
    }

    internal static byte[] Word(BigInteger value)
    {
        var word = new byte[32];
        Write(word, value);
        return word;
    }

    /// <summary>The length, the bytes, and zeros up to whole words.</summary>
    internal static byte[][] Dynamic(byte[] bytes) =>
        [Word(bytes.Length), bytes, new byte[(32 - bytes.Length % 32) % 32]];

    private static void Write(Span<byte> word, BigInteger value)
    {
        word.Clear();
        var bytes = value.ToByteArray(true, true);
        bytes.CopyTo(word[(32 - bytes.Length)..]);
    }

    private static IEnumerable<BigInteger> With(BigInteger[] values, int index, BigInteger value) =>
        values.Select((kept, i) => i == index ? value : kept);

    private static byte[] Changed(byte[] points, int word, Func<BigInteger, BigInteger> change)
    {
        var changed = points.ToArray();
        var part = changed.AsSpan(32 * word, 32);
        Write(part, change(new BigInteger(part, true, true)));
        return changed;
    }

    /// <summary>The first point with a small x that the group does not contain.</summary>
    private static byte[] OutsideOfGroup()
    {
        var point = TwistPoints.FirstOutsideOfGroup();
        var bytes = new byte[128];
        Fq[] words = [point.X.C1, point.X.C0, point.Y.C1, point.Y.C0];
        for (var i = 0; i < 4; i++) words[i].WriteBigEndian(bytes.AsSpan(32 * i));
        return bytes;
    }

    /// <summary>Three public values, two of them outputs.</summary>
    private sealed record Products : ICircuit
    {
        public string Name => "products";

        public void Define(CircuitBuilder builder)
        {
            var (x, y) = (builder.Public("x"), builder.Private("y"));
            var z = builder.ToUnsigned(builder.Private("z"), 8);
            builder.Output("first", x * y);
            builder.Output("second", x * y * z.Signal);
        }
    }
}
