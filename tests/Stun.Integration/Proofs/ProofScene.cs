using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Stun.Integration.Gateway;
using Stun.Node.Gateway;
using Stun.Node.Proofs;
using Stun.Node.Provider;
using Stun.Zk.Circuits;
using Stun.Zk.Circuits.Tasks;
using Stun.Zk.Fields;
using Stun.Zk.Groth16;
using Stun.Zk.Networks;

namespace Stun.Integration.Proofs;

/// <summary>A network in which a provider keeps a model to itself, and tasks that want its answers proved.</summary>
internal sealed class ProofScene : IAsyncDisposable
{
    private static readonly Fr Salt = Fr.FromUInt64(77_777);

    private readonly string folder;

    private ProofScene(string folder) => this.folder = folder;

    public LiveNode Node { get; private set; } = null!;

    /// <summary>Two layers, three outputs.</summary>
    public static QuantizedNetwork Network { get; } = new(
    [
        new QuantizedLayer(new LayerShape(4, 3, 3, true),
            [5, -3, 12, 7, -20, 31, 4, 9, 1, 1, -1, -1], [100, -50, 7]),
        new QuantizedLayer(new LayerShape(3, 3, 1, false), [10, -10, 3, 2, 2, 2, -7, 0, 15], [0, 5, -5]),
    ]);

    public static Fr Model => InferenceCircuit.CommitModel(Network, Salt);

    public static InferenceCircuit Shape => new([.. Network.Shape]);

    public static async Task<ProofScene> StartAsync(Func<IExecutor, IExecutor>? around = null)
    {
        var scene = new ProofScene(Directory.CreateTempSubdirectory("stun-proofs-").FullName);
        Directory.CreateDirectory(scene.Secrets);
        File.WriteAllText(Path.Combine(scene.Secrets, "digits.network.json"), NetworkJson(Network));
        await scene.StartAgainAsync(around);
        return scene;
    }

    public string Secrets => Path.Combine(folder, "secrets");

    public async Task StartAgainAsync(Func<IExecutor, IExecutor>? around = null)
    {
        if (Node is not null) await Node.DisposeAsync();
        Node = await LiveNode.StartAsync(directory: Path.Combine(folder, "node"),
            change: options => options with { ProofSecrets = Secrets, Around = around });
    }

    /// <summary>A development setup of a circuit.</summary>
    /// <returns>The digests of proving and verification key.</returns>
    public async Task<(string Key, string Circuit)> SetUpAsync(ICircuit circuit)
    {
        var (key, verification) = KeysOf(circuit);
        var named = await UploadAsync(key);
        return (named, await UploadAsync(verification));
    }

    /// <summary>The owner trusts this proving key; known with the next start.</summary>
    public async Task TrustAsync(string key, Func<IExecutor, IExecutor>? around = null)
    {
        File.AppendAllText(Path.Combine(Secrets, ProofSecrets.KeyFile), key + "\n");
        await StartAgainAsync(around);
    }

    /// <summary>Proving and verification key, as their files are.</summary>
    public static (byte[] Key, byte[] Verification) KeysOf(ICircuit circuit)
    {
        var path = Path.GetTempFileName();
        try
        {
            InsecureSetup.Write(path, CompiledCircuit.From(circuit).Constraints);
            using var key = Groth16Key.Open(path);
            return (File.ReadAllBytes(path),
                Encoding.UTF8.GetBytes(Groth16Json.Write(key.VerificationKey).ToJsonString()));
        }
        finally
        {
            File.Delete(path);
        }
    }

    public async Task<string> UploadAsync(byte[] content)
    {
        var digest = $"sha256:{Convert.ToHexStringLower(SHA256.HashData(content))}";
        var request = Node.Request("PUT", $"/v1/blobs/{digest}", Node.Keys[ApiRole.Requester]);
        request.Content = new ByteArrayContent(content);
        var answer = await Node.SendAsync(request);
        Assert.True(answer.Status is HttpStatusCode.Created or HttpStatusCode.OK, answer.Text);
        return digest;
    }

    public Task<string> StatementAsync(JsonObject statement) =>
        UploadAsync(Encoding.UTF8.GetBytes(statement.ToJsonString()));

    public async Task<string> InferenceAsync(string key, byte[] input, Fr? model = null) =>
        await StatementAsync(new JsonObject
        {
            ["kind"] = "inference",
            ["key"] = key,
            ["layers"] = LayersOf(Network, false),
            ["model"] = $"{model ?? Model}",
            ["input"] = await UploadAsync(input),
        });

    public async Task<string> HandInAsync(string statement, string circuit, string more = "")
    {
        var answer = await Node.AskAsync("POST", "/v1/tasks", $$"""
            {"proof":"{{statement}}","verification":{"kind":"zk","circuit":"{{circuit}}"},
             "run_time_max_seconds":1{{more}}}
            """);
        Assert.True(answer.Status == HttpStatusCode.Created, answer.Text);
        return answer.Json.GetProperty("id").GetString()!;
    }

    /// <summary>Or a failure that says why it is not.</summary>
    public async Task UntilCompleteAsync(string task)
    {
        try
        {
            await Node.UntilAsync(task, "complete");
        }
        catch (OperationCanceledException)
        {
            Assert.Fail((await WhyAsync(task)).ToString());
        }
    }

    /// <summary>The words that are the result of a task.</summary>
    public async Task<Fr[]> WordsAsync(string task)
    {
        var bytes = (await Node.AskAsync("GET", $"/v1/tasks/{task}/result/words")).Bytes;
        return [.. bytes.Chunk(Fr.ByteCount).Select(word =>
        {
            Assert.True(Fr.TryReadBigEndian(word, out var scalar));
            return scalar;
        })];
    }

    public async Task<JsonElement> WhyAsync(string task) => (await Node.AskAsync("GET", $"/v1/tasks/{task}/why")).Json;

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static string NetworkJson(QuantizedNetwork network) => new JsonObject
    {
        ["salt"] = $"{Salt}",
        ["layers"] = LayersOf(network, true),
    }.ToJsonString();

    private static JsonArray LayersOf(QuantizedNetwork network, bool withNumbers)
    {
        var layers = new JsonArray();
        foreach (var layer in network.Layers)
        {
            var shape = new JsonObject
            {
                ["inputs"] = layer.Shape.Inputs,
                ["outputs"] = layer.Shape.Outputs,
                ["shift"] = layer.Shape.Shift,
                ["relu"] = layer.Shape.HasRelu,
            };
            if (withNumbers)
            {
                shape["weights"] = JsonSerializer.SerializeToNode(layer.Weights);
                shape["biases"] = JsonSerializer.SerializeToNode(layer.Biases);
            }
            layers.Add((JsonNode)shape);
        }
        return layers;
    }
}
