using System.Security.Cryptography;
using Stun.Zk.Circuits;
using Stun.Zk.Circuits.Tasks;
using Stun.Zk.Fields;
using Stun.Zk.Files;
using Stun.Zk.Groth16;
using Stun.Zk.Hashes;
using Stun.Zk.Networks;
using Stun.Zk.Plonk;

namespace Stun.Integration.Zk;

/// <summary>A circuit with a key of the development setup, which lives as long as this.</summary>
internal sealed class CircuitKey : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("stun-zk-").FullName;
    private readonly Groth16Key key;

    public CircuitKey(ICircuit circuit)
    {
        Circuit = CompiledCircuit.From(circuit);
        Path = System.IO.Path.Combine(folder, "circuit.zkey");
        InsecureSetup.Write(Path, Circuit.Constraints);
        key = Groth16Key.Open(Path);
    }

    public CompiledCircuit Circuit { get; }

    public string Path { get; }

    public Groth16VerificationKey VerificationKey => key.VerificationKey;

    public (Groth16Proof Proof, Fr[] Publics) Prove(Assignment assignment)
    {
        var values = Circuit.Solve(assignment);
        using var witness = Witness.From(values);
        return (new Groth16Prover(key).Prove(witness), Circuit.PublicsOf(values));
    }

    public void Dispose()
    {
        key.Dispose();
        Directory.Delete(folder, true);
    }
}

/// <summary>The same for PLONK.</summary>
internal sealed class PlonkCircuitKey : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("stun-zk-").FullName;
    private readonly CompiledCircuit circuit;
    private readonly PlonkKey key;

    public PlonkCircuitKey(ICircuit described)
    {
        circuit = CompiledCircuit.From(described);
        var path = Path.Combine(folder, "circuit.zkey");
        PlonkInsecureSetup.Write(path, circuit.Constraints);
        key = PlonkKey.Open(path);
    }

    public PlonkVerificationKey VerificationKey => key.VerificationKey;

    public (PlonkProof Proof, Fr[] Publics) Prove(Assignment assignment)
    {
        var values = circuit.Solve(assignment);
        using var witness = Witness.From(values);
        return (new PlonkProver(key).Prove(witness), circuit.PublicsOf(values));
    }

    public void Dispose()
    {
        key.Dispose();
        Directory.Delete(folder, true);
    }
}

/// <summary>Statements with witnesses, for the circuits that tasks use.</summary>
internal static class ProvedTask
{
    public static TaskBinding Binding { get; } = new(Bytes(16, 1), Bytes(32, 2), Bytes(32, 3), Bytes(20, 4));

    public static (CapabilityCircuit, CapabilityStatement, Assignment) Capability(TaskBinding binding)
    {
        const int Height = 2;
        var (kind, salt) = (Fr.FromUInt64(7), Fr.FromUInt64(99));
        var tree = new PoseidonTree(
            Height, [Fr.One, CapabilityWitness.LeafOf(binding.ProviderScalar, kind, 1200, salt)]);
        var circuit = new CapabilityCircuit(Height);
        var statement = new CapabilityStatement(binding, tree.Root, kind, 1000);
        return (circuit, statement,
            circuit.Assign(statement, new CapabilityWitness(1200, salt, 1, tree.PathOf(1))));
    }

    public static (InferenceCircuit, InferenceStatement, Assignment) Inference(TaskBinding binding)
    {
        LayerShape[] shape = [new(4, 3, 5, true), new(3, 2, 2, false)];
        var network = new QuantizedNetwork(
        [
            new(shape[0], [12, -34, 56, 78, -90, 11, 22, 33, -44, 55, 66, -77], [100, -200, 300]),
            new(shape[1], [1, 2, -3, 4, 5, 6], [7, -8]),
        ]);
        sbyte[] input = [1, -128, 127, 64];
        var (salt, circuit) = (Fr.FromUInt64(4711), new InferenceCircuit(shape));
        var statement = new InferenceStatement(binding, InferenceCircuit.CommitModel(network, salt),
            InferenceCircuit.CommitInput(input, Fr.Zero), network.Run(input));
        return (circuit, statement,
            circuit.Assign(statement, new InferenceWitness(network, salt, input, Fr.Zero)));
    }

    public static (CompletionCircuit, CompletionStatement, Assignment) Completion(TaskBinding binding)
    {
        var content = Bytes(24, 5);
        var circuit = new CompletionCircuit(content.Length);
        var statement = new CompletionStatement(binding, SHA256.HashData(content));
        return (circuit, statement, circuit.Assign(statement, new CompletionWitness(content)));
    }

    public static byte[] Bytes(int count, int first) =>
        [.. Enumerable.Range(0, count).Select(i => (byte)((first + 31 * i) & 255))];
}
