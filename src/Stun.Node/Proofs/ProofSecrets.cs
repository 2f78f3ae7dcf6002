using System.Text.Json;
using Stun.Chain.Evm;
using Stun.Execution.Images;
using Stun.Zk.Circuits.Tasks;
using Stun.Zk.Fields;
using Stun.Zk.Networks;

namespace Stun.Node.Proofs;

/// <summary>
/// What a provider proves things about and shows to nobody: networks (<c>*.network.json</c>) and what validators
/// measured of it (<c>*.measurement.json</c>), all in one folder. Read once, when the node starts.
/// </summary>
public sealed class ProofSecrets
{
    /// <summary>Names the proving keys that the owner trusts, one digest a line.</summary>
    public const string KeyFile = "proving-keys.txt";

    private const long FileBytesMax = 64 << 20;

    private readonly SortedSet<Digest> keys = [];
    private readonly Dictionary<Fr, HeldNetwork> networks = [];
    private readonly List<HeldMeasurement> measurements = [];

    public static ProofSecrets None { get; } = new();

    /// <summary>The commitments of the networks that are here: what a provider tells people.</summary>
    public IReadOnlyCollection<Fr> Models => networks.Keys;

    /// <exception cref="NodeException">A file is not what its name says.</exception>
    public static ProofSecrets Open(string folder)
    {
        if (!Directory.Exists(folder))
            throw new NodeException("proof.secrets-missing", $"There is no folder {folder}.",
                "Make it, or take provider.proof-secrets out of the configuration.");
        var secrets = new ProofSecrets();
        var listed = Path.Combine(folder, KeyFile);
        foreach (var line in File.Exists(listed) ? File.ReadAllLines(listed) : [])
        {
            if (line.Length == 0 || line[0] == '#') continue;
            if (!ImageDigest.TryParse(line.Trim(), out var key)) throw Wrong(listed, $"'{line}' is no digest");
            secrets.keys.Add(key);
        }
        foreach (var path in Directory.EnumerateFiles(folder, "*.network.json").Order(StringComparer.Ordinal))
        {
            var held = Read<NetworkForm, HeldNetwork>(path, form => form.Held);
            secrets.networks[InferenceCircuit.CommitModel(held.Network, held.Salt)] = held;
        }
        foreach (var path in Directory.EnumerateFiles(folder, "*.measurement.json").Order(StringComparer.Ordinal))
            secrets.measurements.Add(Read<MeasurementForm, HeldMeasurement>(path, form => form.Held));
        return secrets;
    }

    /// <summary>
    /// Whether a secret may be proved about with this proving key. A prover does what its key says: a key that
    /// somebody has made for it can have proofs tell what they are to hide.
    /// </summary>
    public bool Allows(Digest key) => keys.Contains(key);

    public HeldNetwork? Network(Fr model) => networks.GetValueOrDefault(model);

    public CapabilityWitness? Measurement(Fr root, Fr kind, Address provider) => measurements.FirstOrDefault(one =>
        one.Root == root && one.Kind == kind && one.Provider == provider)?.Witness;

    private static THeld Read<TForm, THeld>(string path, Func<TForm, THeld> held)
    {
        try
        {
            if (new FileInfo(path).Length > FileBytesMax) throw Wrong(path, $"it has more than {FileBytesMax} bytes");
            var form = JsonSerializer.Deserialize<TForm>(File.ReadAllBytes(path), StrictJson.Whole)
                ?? throw Wrong(path, "it is null");
            return held(form);
        }
        catch (JsonException wrong)
        {
            throw Wrong(path, $"line {wrong.LineNumber + 1} is not as it must be, at {wrong.Path}");
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException)
        {
            throw Wrong(path, wrong.Message);
        }
    }

    private static NodeException Wrong(string path, string what) => new("proof.secret-invalid",
        $"The file {Path.GetFileName(path)} of provider.proof-secrets is not right: {what}.",
        "Write it as docs/protocol/proofs.md has it.");

    private static Fr Scalar(string? text) => Fr.TryParse(text, out var scalar)
        ? scalar
        : throw new FormatException("a number is not below the prime of scalars, or not written as decimal digits");

    private sealed record HeldMeasurement(Fr Root, Fr Kind, Address Provider, CapabilityWitness Witness);

    private sealed record NetworkForm(string Salt, IReadOnlyList<LayerForm> Layers)
    {
        public HeldNetwork Held => Layers.Any(layer => layer is null)
            ? throw new FormatException("a layer is null")
            : new(new QuantizedNetwork([.. Layers.Select(layer => layer.Layer)]), Scalar(Salt));
    }

    private sealed record LayerForm(
        int Inputs, int Outputs, int Shift, bool Relu, IReadOnlyList<sbyte> Weights, IReadOnlyList<int> Biases)
    {
        public QuantizedLayer Layer => new(new LayerShape(Inputs, Outputs, Shift, Relu), Weights, Biases);
    }

    private sealed record MeasurementForm(
        string Provider, string Root, string Kind, ulong Score, string Salt, int Place, IReadOnlyList<string> Siblings)
    {
        public HeldMeasurement Held
        {
            get
            {
                var provider = AddressText.TryParse(Provider)
                    ?? throw new FormatException("its provider is no address");
                var witness = new CapabilityWitness(Score, Scalar(Salt), Place, [.. Siblings.Select(Scalar)]);
                var held = new HeldMeasurement(Scalar(Root), Scalar(Kind), provider, witness);
                return witness.RootFor(ProofWords.Scalar(provider), held.Kind) == held.Root
                    ? held
                    : throw new FormatException("its measurement does not lead to its root");
            }
        }
    }
}

/// <param name="Salt">In its commitment; as secret as the weights.</param>
public sealed record HeldNetwork(QuantizedNetwork Network, Fr Salt);
