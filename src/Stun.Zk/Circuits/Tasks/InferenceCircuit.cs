using System.Numerics;
using Stun.Zk.Circuits.Gadgets;
using Stun.Zk.Fields;
using Stun.Zk.Hashes;
using Stun.Zk.Networks;

namespace Stun.Zk.Circuits.Tasks;

/// <summary>
/// Proved inference: these outputs are what the committed network gives for the committed input. The weights stay with
/// the prover; the input does too, unless everybody knows it and its salt is zero. Outputs are public.
/// </summary>
/// <param name="Shape">The layers; the weights are no part of the circuit, so that one setup serves all networks of a
/// shape.</param>
public sealed record InferenceCircuit(IReadOnlyList<LayerShape> Shape) : ICircuit
{
    /// <summary>Outputs are told as numbers of so many bits with a sign.</summary>
    public const int OutputBits = 32;

    private const int WeightBits = 8;
    private const int WordsMax = PoseidonParameters.ArityMax - 2;

    public string Name => $"inference-{string.Join('-', Shape.Select(layer => layer.Inputs))}-{Shape[^1].Outputs}";

    private int OutputWords => Packing.ScalarsFor(Shape[^1].Outputs, OutputBits);

    public void Define(CircuitBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        QuantizedNetwork.Check(Shape);
        if (2 + OutputWords > WordsMax || Shape[^1].SumBits - Shape[^1].Shift > OutputBits)
            throw new CircuitException(
                $"{Name}: there is room for {(WordsMax - 2) * Packing.PerScalar(OutputBits)} outputs of {OutputBits} "
                + "bits; let the last layer have fewer outputs, or shift more.");
        var bound = BoundSignals.Take(builder);
        var input = builder.Private("input", Shape[0].Inputs);
        NetworkGadget.RequireBytes(builder, input);
        List<Signal> model = [builder.Private("model-salt")];
        var values = input;
        foreach (var (index, layer) in Shape.Index())
        {
            var weights = builder.Private($"weights-{index}", layer.Inputs * layer.Outputs);
            var biases = builder.Private($"biases-{index}", layer.Outputs);
            NetworkGadget.RequireBytes(builder, weights);
            foreach (var bias in biases) builder.ToSigned(bias, LayerShape.BiasBits);
            model.AddRange(Pack(builder, weights, WeightBits));
            model.AddRange(Pack(builder, biases, LayerShape.BiasBits));
            values = NetworkGadget.Layer(builder, layer, values, weights, biases);
        }
        var inputHash = PoseidonGadget.HashList(
            builder, [builder.Private("input-salt"), .. Pack(builder, input, WeightBits)]);
        bound.Expose(builder,
            [PoseidonGadget.HashList(builder, model), inputHash, .. Pack(builder, values, OutputBits)]);
    }

    /// <exception cref="CircuitException">The network has another shape than the circuit.</exception>
    public Assignment Assign(InferenceStatement statement, InferenceWitness witness)
    {
        ArgumentNullException.ThrowIfNull(statement);
        ArgumentNullException.ThrowIfNull(witness);
        if (!witness.Network.Shape.SequenceEqual(Shape))
            throw new CircuitException($"{Name}: the network has another shape.");
        var assignment = BoundSignals.Assign(statement.Binding)
            .Set("input", witness.Input.Select(value => (long)value))
            .Set("model-salt", witness.ModelSalt).Set("input-salt", witness.InputSalt);
        foreach (var (index, layer) in witness.Network.Layers.Index())
            assignment.Set($"weights-{index}", layer.Weights.Select(value => (long)value))
                .Set($"biases-{index}", layer.Biases.Select(value => (long)value));
        return assignment;
    }

    /// <summary>What the owner of a model publishes in its place.</summary>
    /// <param name="salt">A secret number: weights of few bits could be found by trying.</param>
    public static Fr CommitModel(QuantizedNetwork network, Fr salt)
    {
        ArgumentNullException.ThrowIfNull(network);
        List<Fr> scalars = [salt];
        foreach (var layer in network.Layers)
        {
            scalars.AddRange(Packing.Pack([.. layer.Weights.Select(value => (long)value)], WeightBits));
            scalars.AddRange(Packing.Pack([.. layer.Biases.Select(value => (long)value)], LayerShape.BiasBits));
        }
        return Poseidon.HashList([.. scalars]);
    }

    /// <param name="salt">Zero for an input that everybody may know.</param>
    public static Fr CommitInput(IReadOnlyList<sbyte> input, Fr salt) => Poseidon.HashList(
        [salt, .. Packing.Pack([.. input.Select(value => (long)value)], WeightBits)]);

    private static IEnumerable<Signal> Pack(CircuitBuilder builder, Signal[] values, int width)
    {
        var per = Packing.PerScalar(width);
        Fr[] factors = [.. Enumerable.Range(0, per).Select(i => Fr.FromBigInteger(BigInteger.One << (i * width)))];
        var half = Fr.FromBigInteger(BigInteger.One << (width - 1));
        for (var first = 0; first < values.Length; first += per)
        {
            Signal[] moved = [.. values.Skip(first).Take(per).Select(value => value + half)];
            yield return builder.Sum(moved, factors.AsSpan(0, moved.Length));
        }
    }
}

/// <summary>What a verifier knows.</summary>
/// <param name="Model">The commitment to the network.</param>
/// <param name="Input">The commitment to the input.</param>
public sealed record InferenceStatement(TaskBinding Binding, Fr Model, Fr Input, IReadOnlyList<long> Outputs)
{
    /// <summary>What the proof shows beside task and provider: both commitments, then the outputs.</summary>
    public Fr[] Words => [Model, Input, .. OutputWords];

    /// <summary>The outputs as a result's file has them: seven numbers of 32 bits to a word.</summary>
    public Fr[] OutputWords => Packing.Pack(Outputs, InferenceCircuit.OutputBits);

    /// <summary>The public value that a proof of this statement has.</summary>
    public Fr Digest => Binding.DigestWith(Words);

    /// <summary>
    /// The bytes of the result: each word as 32 bytes, the most significant first. A contract makes the same bytes
    /// from the words of a proof, and so sees by one SHA-256 that a result is the one that was proved.
    /// </summary>
    public byte[] ResultContent => Fr.Bytes(OutputWords);
}

/// <summary>What only the prover knows.</summary>
public sealed record InferenceWitness(
    QuantizedNetwork Network, Fr ModelSalt, IReadOnlyList<sbyte> Input, Fr InputSalt);
