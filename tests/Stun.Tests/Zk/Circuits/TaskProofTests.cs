using System.Numerics;
using Stun.Tests.Zk.Curves;
using Stun.Zk.Circuits;
using Stun.Zk.Circuits.Tasks;
using Stun.Zk.Fields;
using Stun.Zk.Files;
using Stun.Zk.Groth16;
using Stun.Zk.Hashes;

namespace Stun.Tests.Zk.Circuits;

/// <summary>A proof as it travels: for one task and one provider, in one form only.</summary>
public sealed class TaskProofTests
{
    private static readonly TaskBinding Binding = new(Bytes(16, 1), Bytes(32, 2), Bytes(32, 3), Bytes(20, 4));

    /// <summary>One setup for all tests: it takes most of their time.</summary>
    private static readonly Lazy<(Groth16VerificationKey Key, TaskProof Proof)> Made = new(Make);

    private readonly Groth16Verifier verifier = new(Made.Value.Key);
    private readonly TaskProof proof = Made.Value.Proof;

    [Fact]
    public void A_proof_counts_for_its_task_its_provider_and_its_words_only()
    {
        var sent = proof.Encode(Binding);
        Assert.True(TaskProof.TryRead(sent, out var read));
        Assert.True(read!.Holds(Binding, verifier));
        Assert.Equal(sent, read.Encode(Binding));
        foreach (var other in new[]
        {
            Binding with { Task = Bytes(16, 9) }, Binding with { Spec = Bytes(32, 9) },
            Binding with { Result = Bytes(32, 9) }, Binding with { Provider = Bytes(20, 9) },
        })
        {
            Assert.False(read.Holds(other, verifier));
        }
        // Even of a name that says one thing where the digest says another.
        Assert.False((read with { Provider = Bytes(20, 9) }).Holds(Binding, verifier));
        for (var i = 0; i < read.Words.Count; i++)
        {
            Fr[] words = [.. read.Words];
            words[i] += Fr.One;
            Assert.False((read with { Words = words }).Holds(Binding, verifier));
        }
        Assert.False((read with { Words = [.. read.Words, Fr.Zero] }).Holds(Binding, verifier));
        Assert.False((read with { Proof = read.Proof with { B = GroupTests.OutsideOfTheGroup() } })
            .Holds(Binding, verifier));
    }

    [Fact]
    public void Only_the_one_form_of_its_bytes_is_read()
    {
        var sent = proof.Encode(Binding);
        for (var length = 0; length < sent.Length; length += length < 300 ? 7 : 1)
        {
            // Whole words less is the form of a proof that shows fewer: it is read, and holds for nothing.
            if (TaskProof.TryRead(sent.AsSpan(0, length), out var shorter))
                Assert.False(shorter!.Holds(Binding, verifier));
        }
        Assert.False(TaskProof.TryRead([.. sent, 0], out _));
        Assert.False(TaskProof.TryRead(new byte[TaskProof.BytesMax + Fr.ByteCount], out _));
        for (var word = 0; word < (sent.Length - 20) / 32; word++)
        {
            // The same number modulo its prime: words are scalars, what follows are coordinates.
            var prime = word < proof.Words.Count ? Fr.Modulus : Fq.Modulus;
            var wide = sent.ToArray();
            var part = wide.AsSpan(20 + (32 * word), 32);
            var number = new BigInteger(part, isUnsigned: true, isBigEndian: true) + prime;
            number.ToByteArray(isUnsigned: true, isBigEndian: true).CopyTo(part);
            Assert.False(TaskProof.TryRead(wide, out _));
        }
    }

    private static (Groth16VerificationKey Key, TaskProof Proof) Make()
    {
        var (kind, salt) = (Fr.FromUInt64(7), Fr.FromUInt64(99));
        var tree = new PoseidonTree(1, [CapabilityWitness.LeafOf(Binding.ProviderScalar, kind, 60, salt)]);
        var circuit = new CapabilityCircuit(1);
        var statement = new CapabilityStatement(Binding, tree.Root, kind, 50);
        var compiled = CompiledCircuit.From(circuit);
        var folder = Directory.CreateTempSubdirectory("stun-zk-").FullName;
        try
        {
            var path = Path.Combine(folder, "key.zkey");
            InsecureSetup.Write(path, compiled.Constraints);
            using var proving = Groth16Key.Open(path);
            using var witness = Witness.From(compiled.Solve(
                circuit.Assign(statement, new(60, salt, 0, tree.PathOf(0)))));
            return (proving.VerificationKey,
                new TaskProof(Binding.Provider, statement.Words, new Groth16Prover(proving).Prove(witness)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static byte[] Bytes(int count, byte first) =>
        [.. Enumerable.Range(0, count).Select(i => (byte)((first + 31 * i) & 255))];
}
