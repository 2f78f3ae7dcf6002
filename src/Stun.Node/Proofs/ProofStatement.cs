using System.Text.Json;
using Stun.Execution;
using Stun.Execution.Images;
using Stun.Zk.Circuits;
using Stun.Zk.Circuits.Tasks;
using Stun.Zk.Fields;
using Stun.Zk.Networks;

namespace Stun.Node.Proofs;

/// <summary>
/// What a task wants proved: a blob of JSON that the order names by its digest, so that its requester has signed it. A
/// validator makes the words that a proof must show from it, and takes none from the prover that it could know itself.
/// </summary>
/// <param name="Key">The proving key, a blob.</param>
public abstract record ProofStatement(Digest Key)
{
    public const int BytesMax = 64 << 10;

    private const int LayersMax = 16;

    /// <summary>A circuit of as many products is proved in some seconds.</summary>
    private const int WeightsMax = 1 << 18;

    public abstract ICircuit Circuit { get; }

    /// <summary>A network that only the provider has, named by its commitment, has been run on an input.</summary>
    /// <param name="Input">A blob: one byte with a sign for each value.</param>
    public sealed record Inference(Digest Key, InferenceCircuit Shape, Fr Model, Digest Input) : ProofStatement(Key)
    {
        public override ICircuit Circuit => Shape;
    }

    /// <summary>Whoever ran the task knows the content of a file of its result.</summary>
    public sealed record Completion(Digest Key, CompletionCircuit Content, string File) : ProofStatement(Key)
    {
        public override ICircuit Circuit => Content;
    }

    /// <summary>What validators measured of the provider is not below a threshold.</summary>
    public sealed record Capability(Digest Key, CapabilityCircuit Tree, Fr Root, Fr Measured, ulong Threshold)
        : ProofStatement(Key)
    {
        public override ICircuit Circuit => Tree;
    }

    /// <exception cref="ExecutionException">It is none; the message says where.</exception>
    public static ProofStatement Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var form = JsonSerializer.Deserialize<Form>(json, StrictJson.Open) ?? throw Wrong("it is null");
            return Of(form);
        }
        catch (JsonException wrong)
        {
            throw Wrong($"line {wrong.LineNumber + 1}: {wrong.Path} is not as the reference has it");
        }
        catch (ArgumentException wrong)
        {
            throw Wrong(wrong.Message);
        }
    }

    private static ProofStatement Of(Form form)
    {
        var key = DigestOf(form.Key, "key");
        return form.Kind switch
        {
            "inference" => new Inference(key, ShapeOf(form.Layers ?? throw Missing("layers")),
                ScalarOf(form.Model, "model"), DigestOf(form.Input, "input")),
            "completion" => new Completion(key,
                new CompletionCircuit(Within(form.Length, CompletionCircuit.LengthMax, "length")),
                form.File ?? throw Missing("file")),
            "capability" => new Capability(key,
                new CapabilityCircuit(Within(form.Height, CapabilityCircuit.HeightMax, "height")),
                ScalarOf(form.Root, "root"), ScalarOf(form.Measured, "measured"),
                form.Threshold ?? throw Missing("threshold")),
            _ => throw Wrong("its kind is none of inference, completion, capability"),
        };
    }

    private static InferenceCircuit ShapeOf(IReadOnlyList<Layer> layers)
    {
        if (layers.Any(layer => layer is null)) throw Wrong("a layer is null");
        if (layers.Count > LayersMax) throw Wrong($"it has more than {LayersMax} layers");
        LayerShape[] shape = [.. layers.Select(layer => layer.Shape)];
        QuantizedNetwork.Check(shape);
        if (shape.Sum(layer => (long)layer.Inputs * layer.Outputs) > WeightsMax)
            throw Wrong($"its network has more than {WeightsMax} weights");
        return new InferenceCircuit(shape);
    }

    private static int Within(int? value, int most, string field) => value is not { } given ? throw Missing(field)
        : given >= 1 && given <= most ? given
        : throw Wrong($"its {field} is not between 1 and {most}");

    private static Digest DigestOf(string? text, string field) => text is null ? throw Missing(field)
        : ImageDigest.TryParse(text, out var digest) ? digest
        : throw Wrong($"its {field} is not written as sha256: and 64 digits");

    private static Fr ScalarOf(string? text, string field) => text is null ? throw Missing(field)
        : Fr.TryParse(text, out var scalar) ? scalar
        : throw Wrong($"its {field} is no number below the prime of scalars");

    private static ExecutionException Missing(string field) => Wrong($"it has no {field}");

    private static ExecutionException Wrong(string what) => new("proof.statement-invalid",
        $"The statement of what is to be proved is not right: {what}.", "Write it as docs/protocol/proofs.md has it.");

    private sealed record Form
    {
        public string? Kind { get; init; }
        public string? Key { get; init; }
        public IReadOnlyList<Layer>? Layers { get; init; }
        public string? Model { get; init; }
        public string? Input { get; init; }
        public int? Length { get; init; }
        public string? File { get; init; }
        public int? Height { get; init; }
        public string? Root { get; init; }
        public string? Measured { get; init; }
        public ulong? Threshold { get; init; }
    }

    private sealed record Layer(int Inputs, int Outputs, int Shift, bool Relu)
    {
        public LayerShape Shape => new(Inputs, Outputs, Shift, Relu);
    }
}
