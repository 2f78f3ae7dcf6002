namespace Stun.Zk.Networks;

/// <summary>One layer with its numbers.</summary>
/// <param name="Weights">Row by row, one row for each output.</param>
public sealed record QuantizedLayer(LayerShape Shape, IReadOnlyList<sbyte> Weights, IReadOnlyList<int> Biases);

/// <summary>
/// A small network of whole numbers: what it computes is the same on every machine, and in a circuit.
/// </summary>
public sealed class QuantizedNetwork
{
    /// <exception cref="ArgumentException">Layers do not fit together, or numbers do not fit their layer.</exception>
    public QuantizedNetwork(IReadOnlyList<QuantizedLayer> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        Check([.. layers.Select(layer => layer.Shape)]);
        foreach (var (index, layer) in layers.Index()) Check(layer, index);
        Layers = layers;
    }

    public IReadOnlyList<QuantizedLayer> Layers { get; }

    public IReadOnlyList<LayerShape> Shape => [.. Layers.Select(layer => layer.Shape)];

    /// <summary>Whether the layers of a shape follow each other.</summary>
    /// <exception cref="ArgumentException">They do not; the message says where.</exception>
    public static void Check(IReadOnlyList<LayerShape> shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (shape.Count == 0) throw new ArgumentException("A network has at least one layer.", nameof(shape));
        for (var i = 0; i < shape.Count; i++)
        {
            var layer = shape[i];
            if (layer.Inputs is < 1 or > 4096 || layer.Outputs is < 1 or > 4096)
                throw new ArgumentException($"Layer {i}: inputs and outputs are 1 to 4096.", nameof(shape));
            if (layer.Shift < 0 || layer.Shift >= layer.SumBits)
                throw new ArgumentException(
                    $"Layer {i}: the shift is 0 to {layer.SumBits - 1}, less than its sums have bits.", nameof(shape));
            if (i > 0 && layer.Inputs != shape[i - 1].Outputs)
                throw new ArgumentException(
                    $"Layer {i} takes {layer.Inputs} values, but the layer before it gives {shape[i - 1].Outputs}.",
                    nameof(shape));
            if (i < shape.Count - 1 && !layer.HasRelu)
                throw new ArgumentException($"Layer {i} is not the last and has no ReLU.", nameof(shape));
        }
    }

    public long[] Run(IReadOnlyList<sbyte> input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Count != Layers[0].Shape.Inputs)
            throw new ArgumentException(
                $"The network takes {Layers[0].Shape.Inputs} values, not {input.Count}.", nameof(input));
        long[] values = [.. input.Select(value => (long)value)];
        foreach (var layer in Layers) values = Run(layer, values);
        return values;
    }

    private static long[] Run(QuantizedLayer layer, long[] input)
    {
        var shape = layer.Shape;
        var output = new long[shape.Outputs];
        for (var row = 0; row < output.Length; row++)
        {
            long sum = layer.Biases[row];
            for (var i = 0; i < input.Length; i++) sum += layer.Weights[row * shape.Inputs + i] * input[i];
            sum >>= shape.Shift;
            output[row] = shape.HasRelu ? Math.Clamp(sum, 0, sbyte.MaxValue) : sum;
        }
        return output;
    }

    private static void Check(QuantizedLayer layer, int index)
    {
        var shape = layer.Shape;
        if (layer.Weights.Count != shape.Inputs * shape.Outputs)
            throw new ArgumentException(
                $"Layer {index} has {layer.Weights.Count} weights, not {shape.Inputs} * {shape.Outputs}.");
        if (layer.Biases.Count != shape.Outputs)
            throw new ArgumentException($"Layer {index} has {layer.Biases.Count} biases, not {shape.Outputs}.");
        const int Limit = 1 << (LayerShape.BiasBits - 1);
        if (layer.Biases.Any(bias => bias is < -Limit or >= Limit))
            throw new ArgumentException($"Layer {index}: a bias has more than {LayerShape.BiasBits} bits.");
    }
}
