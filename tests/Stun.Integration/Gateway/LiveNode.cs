using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Stun.Chain.Evm;
using Stun.Node.Gateway;
using Stun.Node.Hosting;
using Stun.Node.Keys;
using Stun.Node.Provider;
using Stun.Node.Storage;

namespace Stun.Integration.Gateway;

/// <summary>A whole network in this process, behind a real port.</summary>
internal sealed class LiveNode : IAsyncDisposable
{
    public const string Image = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private readonly List<IAsyncDisposable> open = [];
    private readonly List<IDisposable> files = [];

    private LiveNode(DevNetwork network, string directory)
    {
        (Network, Directory) = (network, directory);
        Database = NodeDatabase.Sqlite(Path.Combine(directory, "stun.db"));
    }

    public DevNetwork Network { get; }

    public string Directory { get; }

    public NodeDatabase Database { get; }

    public NodeProcess Process { get; private set; } = null!;

    public LogBook Logs { get; private set; } = null!;

    public ProjectionFeed Feed { get; private set; } = null!;

    public FrontDoor Front { get; private set; } = null!;

    public Doorkeeper Doorkeeper { get; private set; } = null!;

    public EventHub Events { get; private set; } = null!;

    public HttpClient Http { get; } = new();

    public Dictionary<ApiRole, string> Keys { get; } = [];

    public static DevNetwork NewNetwork()
    {
        var network = new DevNetwork(1);
        for (var index = 0; index < 3; index++)
            network.AddProvider(new Hardware(GpuModel.Any, 0, 0, 0, 1_000_000, 1_000_000, 1_000_000),
                new Amount(10), Region.Parse("eu-de"), null);
        return network;
    }

    public static Task<LiveNode> StartAsync(DoorSettings? settings = null) =>
        StartAsync(NewNetwork(), System.IO.Directory.CreateTempSubdirectory("stun-api").FullName, settings);

    /// <param name="directory">Of an earlier life, if it is to go on.</param>
    public static async Task<LiveNode> StartAsync(
        DevNetwork network, string directory, DoorSettings? settings = null, IExecutor? executor = null)
    {
        var node = new LiveNode(network, directory);
        var plan = network.Plan();
        node.Logs = LogBook.Open(Path.Combine(directory, "logs"), LogLimits.Default);
        var store = BlobStore.Open(Path.Combine(directory, "blobs"), BlobLimits.Default);
        node.files.AddRange([node.Logs, store]);
        var isNew = !System.IO.Directory.Exists(Path.Combine(directory, "journal"));
        var process = node.Process = new NodeProcess(plan, new NodeProcess.Tools(
            FileJournal.Open(Path.Combine(directory, "journal")), blobs => executor ?? new NoopExecutor(blobs),
            new SameResults(), TimeProvider.System)
        {
            Log = (attempt, stream, bytes) => node.Logs.Append(attempt, stream, bytes.Span),
            LogEnded = node.Logs.End,
        });
        node.open.Add(process);
        var feed = node.Feed = new ProjectionFeed(
            process.Pump, new ReadModel(node.Database, "s", plan.SchedulerAddress, plan.Terms));
        node.open.Add(feed);
        node.Events = new EventHub(new EventLog(node.Database, "s"), feed);
        await process.StartAsync(CancellationToken.None);
        feed.Start();
        if (isNew) network.Fund(process);
        process.Intake!.AddWallet(network.Requester);
        node.Doorkeeper = new Doorkeeper(new KeyBook(node.Database), TimeProvider.System);
        foreach (var role in Enum.GetValues<ApiRole>())
        {
            var account = role == ApiRole.Requester ? network.Requester.Address : EvmKey.Generate().Address;
            node.Keys[role] = node.AddKey(role, account);
        }
        await node.OpenDoorAsync(plan, new Blobs(process.SmallBlobs, store, new NoBlobPeer()), settings);
        return node;
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
        using var response = await Http.SendAsync(request);
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

    public static string TaskJson(string word) => $$"""{"image":"{{Image}}","command":["{{word}}"]}""";

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
        foreach (var item in Enumerable.Reverse(open)) await item.DisposeAsync();
        foreach (var file in files) file.Dispose();
    }

    private async Task OpenDoorAsync(NodePlan plan, Blobs blobs, DoorSettings? settings)
    {
        var keystore = new Keystore(Path.Combine(Directory, "keys"), new ScryptCost(1 << 10, 8, 1));
        Front = new FrontDoor(new DoorPlan(Process, plan.Terms, Database, blobs, Logs)
        {
            Settings = settings ?? new DoorSettings { PerAddress = new Rate(100_000, 100_000) },
            Doorkeeper = Doorkeeper,
            Feed = Feed,
            Events = Events,
            Accounts = new ManagedAccounts(keystore, Password.From("a password"), Process.Intake!),
            Scheduler = plan.SchedulerAddress,
            Gateway = plan.Gateway!.Address,
        });
        var door = await WebDoor.OpenAsync(new IPEndPoint(IPAddress.Loopback, 0), Front.Map, CancellationToken.None);
        open.Add(door);
        Http.BaseAddress = door.Address;
    }

    private sealed class SameResults : IResults
    {
        public Task<Stun.Protocol.Answer> CompareAsync(Ask.Compare compare, CancellationToken cancel) =>
            Task.FromResult<Stun.Protocol.Answer>(
                new Stun.Protocol.Answer.Checked([.. compare.Results.Select(result => result == compare.Against)]));
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
