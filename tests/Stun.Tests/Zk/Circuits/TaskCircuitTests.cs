using System.Security.Cryptography;
using Stun.Zk.Circuits;
using Stun.Zk.Circuits.Tasks;
using Stun.Zk.Fields;
using Stun.Zk.Hashes;
using Stun.Zk.Networks;

namespace Stun.Tests.Zk.Circuits;

/// <summary>The circuits that tasks use: what they accept, what they refuse, what they are bound to.</summary>
public sealed class TaskCircuitTests
{
    private static readonly TaskBinding Binding = new(
        Bytes(16, 1), Bytes(32, 2), Bytes(32, 3), Bytes(20, 4));

    [Fact]
    public void Each_part_of_a_binding_changes_the_digest_and_has_its_length()
    {
        TaskBinding[] bindings =
        [
            Binding, Binding with { Task = Bytes(16, 9) }, Binding with { Spec = Bytes(32, 9) },
            Binding with { Result = Bytes(32, 9) }, Binding with { Provider = Bytes(20, 9) },
        ];
        Assert.Equal(bindings.Length, bindings.Select(binding => binding.DigestWith(Fr.One)).Distinct().Count());
        Assert.NotEqual(Binding.DigestWith(Fr.One), Binding.DigestWith(Fr.Zero));
        Assert.NotEqual(Binding.DigestWith(Fr.One), Binding.DigestWith(Fr.One, Fr.Zero));
        Assert.Contains("Provider of a binding has 20 bytes, not 32", Assert.Throws<ArgumentException>(
            () => (Binding with { Provider = Bytes(32, 4) }).DigestWith(Fr.One)).Message);
    }

    [Fact]
    public void Completion_shows_the_digest_of_a_content_that_stays_hidden()
    {
        var circuit = new CompletionCircuit(40);
        var compiled = CompiledCircuit.From(circuit);
        var content = Bytes(40, 7);
        var statement = new CompletionStatement(Binding, SHA256.HashData(content));
        Assert.Equal([statement.Digest], compiled.Publics(circuit.Assign(statement, new(content))));
        var other = Bytes(40, 8);
        Assert.NotEqual([statement.Digest], compiled.Publics(circuit.Assign(statement, new(other))));
        var elsewhere = statement with { Binding = Binding with { Task = Bytes(16, 9) } };
        Assert.NotEqual([elsewhere.Digest], compiled.Publics(circuit.Assign(statement, new(content))));
        Assert.Contains("has 39 bytes", Assert.Throws<CircuitException>(
            () => circuit.Assign(statement, new(Bytes(39, 7)))).Message);
    }

    [Theory]
    [InlineData(1000ul, 1000ul, true)]
    [InlineData(1001ul, 1000ul, true)]
    [InlineData(999ul, 1000ul, false)]
    [InlineData(ulong.MaxValue, 0ul, true)]
    [InlineData(0ul, ulong.MaxValue, false)]
    public void A_capability_below_the_threshold_has_no_witness(ulong score, ulong threshold, bool isAccepted)
    {
        var (circuit, statement, witness) = Measured(score, threshold);
        var compiled = CompiledCircuit.From(circuit);
        Assert.Equal(isAccepted, compiled.TrySolve(circuit.Assign(statement, witness), out var solved, out _));
        if (!isAccepted) return;
        Assert.Equal([statement.Digest], compiled.PublicsOf(solved));
        compiled.IsClean(circuit.Assign(statement, witness));
    }

    [Fact]
    public void A_capability_of_another_provider_or_kind_or_tree_does_not_count()
    {
        var (circuit, statement, witness) = Measured(1000, 500);
        var compiled = CompiledCircuit.From(circuit);
        CapabilityStatement[] others =
        [
            statement with { Binding = Binding with { Provider = Bytes(20, 9) } },
            statement with { Kind = Fr.FromUInt64(8) }, statement with { Root = Fr.One },
        ];
        // The path leads to another root then, and so to another digest than that of the verifier.
        foreach (var other in others)
            Assert.NotEqual(other.Digest, compiled.Publics(circuit.Assign(other, witness))[0]);
        var raised = witness with { Score = 2000 };
        Assert.NotEqual(statement.Digest, compiled.Publics(circuit.Assign(statement, raised))[0]);
    }

    [Fact]
    public void Inference_gives_what_the_network_gives_for_random_networks_and_inputs()
    {
        var random = new Random(5);
        LayerShape[] shape = [new(6, 5, 6, true), new(5, 4, 3, true), new(4, 9, 2, false)];
        var circuit = new InferenceCircuit(shape);
        var compiled = CompiledCircuit.From(circuit);
        for (var i = 0; i < 5; i++)
        {
            var (statement, witness) = Inferred(shape, random);
            Assert.Equal([statement.Digest], compiled.Publics(circuit.Assign(statement, witness)));
            Assert.True(Packing.TryUnpack(statement.OutputWords, 9, InferenceCircuit.OutputBits, out var outputs));
            Assert.Equal(statement.Outputs, outputs);
            Assert.Equal(2 * 32, statement.ResultContent.Length);
        }
    }

    [Fact]
    public void All_signals_of_inference_are_fixed()
    {
        LayerShape[] shape = [new(3, 2, 6, true), new(2, 2, 3, false)];
        var circuit = new InferenceCircuit(shape);
        var compiled = CompiledCircuit.From(circuit);
        foreach (var seed in (int[])[1, 2])
        {
            var (statement, witness) = Inferred(shape, new Random(seed));
            compiled.IsClean(circuit.Assign(statement, witness));
        }
    }

    [Fact]
    public void All_signals_of_completion_are_fixed()
    {
        var completion = new CompletionCircuit(1);
        CompiledCircuit.From(completion).IsClean(completion.Assign(
            new CompletionStatement(Binding, SHA256.HashData([5])), new CompletionWitness(new byte[] { 5 })));
    }

    [Fact]
    public void Another_weight_or_input_or_bias_gives_another_digest()
    {
        LayerShape[] shape = [new(3, 2, 4, true), new(2, 2, 0, false)];
        var circuit = new InferenceCircuit(shape);
        var compiled = CompiledCircuit.From(circuit);
        var (statement, witness) = Inferred(shape, new Random(3));
        foreach (var name in (string[])["weights-0[2]", "weights-1[0]", "biases-1[1]", "input[0]", "model-salt",
            "input-salt", "context", "provider"])
        {
            var changed = new Assignment();
            foreach (var (input, value) in circuit.Assign(statement, witness).Values)
                changed.Set(input, input == name ? value + Fr.One : value);
            Assert.NotEqual(statement.Digest, compiled.Publics(changed)[0]);
        }
    }

    [Fact]
    public void Numbers_of_more_than_eight_bits_have_no_witness()
    {
        LayerShape[] shape = [new(2, 1, 0, false)];
        var circuit = new InferenceCircuit(shape);
        var compiled = CompiledCircuit.From(circuit);
        var (statement, witness) = Inferred(shape, new Random(3));
        foreach (var name in (string[])["weights-0[1]", "input[0]"])
        {
            var changed = new Assignment();
            foreach (var (input, value) in circuit.Assign(statement, witness).Values)
                changed.Set(input, input == name ? Fr.FromUInt64(128) : value);
            Assert.False(compiled.Accepts(changed));
        }
    }

    [Fact]
    public void A_network_that_does_not_fit_is_refused_with_its_layer()
    {
        Assert.Contains("Layer 1 takes 3 values, but the layer before it gives 2", Assert.Throws<ArgumentException>(
            () => QuantizedNetwork.Check([new(2, 2, 0, true), new(3, 1, 0, false)])).Message);
        Assert.Contains("Layer 0 is not the last", Assert.Throws<ArgumentException>(
            () => QuantizedNetwork.Check([new(2, 2, 0, false), new(2, 1, 0, false)])).Message);
        Assert.Contains("room for 84 outputs", Assert.Throws<CircuitException>(
            () => CompiledCircuit.From(new InferenceCircuit([new LayerShape(1, 85, 0, false)]))).Message);
        Assert.Contains("a bias has more than 24 bits", Assert.Throws<ArgumentException>(
            () => new QuantizedNetwork([new(new(1, 1, 0, false), [1], [1 << 23])])).Message);
        Assert.False(Packing.TryUnpack([Fr.FromInt64(-1)], 7, 32, out _));
        Assert.Throws<ArgumentException>(() => Packing.Pack([128], 8));
    }

    private static (InferenceStatement, InferenceWitness) Inferred(LayerShape[] shape, Random random)
    {
        var network = new QuantizedNetwork([.. shape.Select(layer => new QuantizedLayer(layer,
            [.. Enumerable.Range(0, layer.Inputs * layer.Outputs).Select(_ => (sbyte)random.Next(-128, 128))],
            [.. Enumerable.Range(0, layer.Outputs).Select(_ => random.Next(-3000, 3000))]))]);
        sbyte[] input = [.. Enumerable.Range(0, shape[0].Inputs).Select(_ => (sbyte)random.Next(-128, 128))];
        var witness = new InferenceWitness(network, Fr.FromUInt64(77), input, Fr.Zero);
        return (new InferenceStatement(Binding, InferenceCircuit.CommitModel(network, witness.ModelSalt),
            InferenceCircuit.CommitInput(input, witness.InputSalt), network.Run(input)), witness);
    }

    private static (CapabilityCircuit, CapabilityStatement, CapabilityWitness) Measured(ulong score, ulong threshold)
    {
        const int Height = 3;
        var (kind, salt) = (Fr.FromUInt64(7), Fr.FromUInt64(99));
        Fr[] leaves =
        [
            Fr.FromUInt64(1), Fr.FromUInt64(2), CapabilityWitness.LeafOf(Binding.ProviderScalar, kind, score, salt),
        ];
        var tree = new PoseidonTree(Height, leaves);
        return (new CapabilityCircuit(Height), new CapabilityStatement(Binding, tree.Root, kind, threshold),
            new CapabilityWitness(score, salt, 2, tree.PathOf(2)));
    }

    private static byte[] Bytes(int count, byte first) =>
        [.. Enumerable.Range(0, count).Select(i => (byte)((first + 31 * i) & 255))];
}
