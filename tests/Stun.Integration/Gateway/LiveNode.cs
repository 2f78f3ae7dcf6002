using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Stun.Chain.Evm;
using Stun.Node.Configuration;
using Stun.Node.Gateway;
using Stun.Node.Hosting;
using Stun.Node.Provider;
using Stun.Node.Storage;

namespace Stun.Integration.Gateway;

/// <summary>A whole network in this process, behind a real port.</summary>
internal sealed class LiveNode : IAsyncDisposable
{
    public const string Image = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private readonly NodeHost host;

    private LiveNode(DevNetwork network, NodeHost host, string directory)
    {
        (Network, this.host, Directory) = (network, host, directory);
        Http.BaseAddress = host.Address;
        foreach (var role in Enum.GetValues<ApiRole>())
            Keys[role] = AddKey(role, role == ApiRole.Requester
                ? network.Requester.Address : EvmKey.Generate().Address);
    }

    public DevNetwork Network { get; }

    public string Directory { get; }

    public NodeDatabase Database => host.Database;

    public NodeProcess Process => host.Process;

    public Blobs Blobs => host.Blobs;

    public FrontDoor Front => host.Front!;

    public Doorkeeper Doorkeeper => host.Doorkeeper;

    public HttpClient Http { get; } = new();

    public Dictionary<ApiRole, string> Keys { get; } = [];

    /// <param name="directory">Of an earlier life, if it is to go on.</param>
    public static async Task<LiveNode> StartAsync(
        DoorSettings? settings = null, string? directory = null, IExecutor? executor = null, bool hasChain = false,
        Func<DevOptions, DevOptions>? change = null)
    {
        directory ??= System.IO.Directory.CreateTempSubdirectory("stun-api").FullName;
        var options = new DevOptions(directory, Path.Combine(directory, "images"))
        {
            Executor = ExecutorKind.Noop,
            ValidatorCount = 1,
            HasChain = hasChain,
            Boundless = true,
            Door = settings ?? new DoorSettings { PerAddress = new Rate(100_000, 100_000) },
            Around = executor is null ? null : _ => executor,
        };
        var network = new DevNetwork(change?.Invoke(options) ?? options);
        var host = await network.StartAsync((_, _) => { }, CancellationToken.None);
        return new LiveNode(network, host, directory);
    }

    public string AddKey(ApiRole role, Address account)
    {
        var (id, key, hash) = Doorkeeper.NewKey();
        Doorkeeper.Add(id, hash, new ApiPrincipal(id, account, role));
        return key;
    }

    public HttpRequestMessage Request(string method, string path, string? key, string? json = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        return request;
    }

    public Task<Answer> AskAsync(string method, string path, string? json = null, ApiRole role = ApiRole.Requester) =>
        SendAsync(Request(method, path, Keys[role], json));

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var response = await Http.SendAsync(request).ContinueWith(sent => sent.IsCompletedSuccessfully
            ? sent.Result
            : throw new InvalidOperationException($"{request.Method} {request.RequestUri}", sent.Exception));
        var bytes = await response.Content.ReadAsByteArrayAsync();
        request.Dispose();
        return new Answer(response, bytes);
    }

    /// <summary>Hands a task in and waits until it is settled and projected.</summary>
    public async Task<string> RunTaskAsync(string word)
    {
        var answer = await AskAsync("POST", "/v1/tasks?wait=30", TaskJson(word));
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        var id = answer.Json.GetProperty("id").GetString()!;
        await UntilAsync(id, "complete");
        return id;
    }

    /// <summary>With a short run time: the window for disputes is as long as two runs.</summary>
    public static string TaskJson(string word) =>
        $$"""{"image":"{{Image}}","command":["{{word}}"],"run_time_max_seconds":1}""";

    public async Task UntilAsync(string id, string state)
    {
        using var within = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var queries = new ReadModel(Database, "s", default, Network.Terms).Queries;
        Assert.True(FormReader.TryTaskId(id, out var task));
        while (queries.FindTask(task)?.State != state) await Task.Delay(20, within.Token);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await host.DisposeAsync();
    }

    internal sealed class Answer(HttpResponseMessage response, byte[] bytes)
    {
        private readonly Lazy<JsonElement> json = new(() => JsonDocument.Parse(bytes).RootElement);

        public HttpStatusCode Status { get; } = response.StatusCode;

        public HttpResponseHeaders Headers { get; } = response.Headers;

        public HttpContentHeaders ContentHeaders { get; } = response.Content.Headers;

        public byte[] Bytes => bytes;

        public string Text => Encoding.UTF8.GetString(bytes);

        public JsonElement Json => json.Value;

        public string? Code => Json.GetProperty("code").GetString();
    }
}
