using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Stun.Chain.Evm;
using Stun.Execution;
using Stun.Execution.Containers;
using Stun.Execution.Images;
using Stun.Execution.Linux;
using Stun.Node.Configuration;
using Stun.Node.Gateway;
using Stun.Node.Hosting;
using Stun.Node.Serving;

namespace Stun.Integration.Serving;

/// <summary>Our image that runs models, built from its recipe once for all tests of this program.</summary>
internal static class InferenceImage
{
    private static readonly Lazy<Task<(BuiltImage? Image, string Why)>> Built = new(BuildAsync);

    /// <summary>Skips the test, and says why, where the image cannot be built.</summary>
    public static async Task<BuiltImage> GetAsync()
    {
        Assert.SkipUnless(Kernel.IsRoot, "running containers needs root");
        Assert.SkipUnless(OciRuntime.Crun.IsInstalled, "crun is not installed");
        var (image, why) = await Built.Value;
        Assert.SkipWhen(image is null, why);
        return image!;
    }

    private static async Task<(BuiltImage?, string)> BuildAsync()
    {
        var into = Directory.CreateTempSubdirectory("stun-inference-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(into, recursive: true);
        try
        {
            var recipe = ImageRecipe.Read(WorkingCopy.Recipes, "inference");
            return (await new ImageBuild(recipe, new Progress<string>()).RunAsync(into, CancellationToken.None), "");
        }
        catch (ExecutionException failure) when (failure.Code is "image.build" or "image.recipe-system")
        {
            return (null, failure.Message);
        }
    }
}

/// <summary>A network that runs real containers of the image that runs models, behind a real port.</summary>
public sealed class ServingScene : IAsyncDisposable
{
    public const string Train = "/usr/local/lib/stun/train.py", Runner = "/usr/local/lib/stun/runner.py";

    private NodeHost host;
    private readonly Func<DevOptions, DevOptions> change;
    private readonly string layout;

    private ServingScene(string directory, BuiltImage image, Func<DevOptions, DevOptions> change)
    {
        (Directory, Image, layout, this.change) = (directory, $"sha256:{image.Digest}", image.Layout, change);
        Network = null!;
        host = null!;
    }

    public string Directory { get; }

    public string Image { get; }

    public string Layout => layout;

    public DevNetwork Network { get; private set; }

    public NodeHost Host => host;

    public HttpClient Http { get; private set; } = new();

    public List<string> Said { get; } = [];

    public static async Task<ServingScene> StartAsync(Func<DevOptions, DevOptions>? change = null)
    {
        var image = await InferenceImage.GetAsync();
        var directory = System.IO.Directory.CreateTempSubdirectory("stun-serving-").FullName;
        // Containers are other users, and pass through it.
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_001_001);
        var scene = new ServingScene(directory, image, change ?? (options => options));
        await scene.StartAgainAsync();
        return scene;
    }

    /// <summary>The next life of the same network.</summary>
    public async Task StartAgainAsync()
    {
        Network = new DevNetwork(change(new DevOptions(Path.Combine(Directory, "node"),
            Path.Combine(Directory, "images"))
        {
            Executor = ExecutorKind.Containers,
            ValidatorCount = 1,
            Images = [$"oci:{layout}"],
            WarmCount = 0,
            Door = new DoorSettings { PerAddress = new Rate(100_000, 100_000) },
            Serving = new ServingSettings { Runners = Runners() },
        }));
        host = await Network.StartAsync((code, text) =>
        {
            lock (Said) Said.Add($"{code}: {text}");
        }, CancellationToken.None);
        Http = new HttpClient { BaseAddress = host.Address, Timeout = TimeSpan.FromMinutes(3) };
        Http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", KeyOf(ApiRole.Requester, Network.Requester.Address));
    }

    public string KeyOf(ApiRole role, Address account)
    {
        var (id, key, hash) = Doorkeeper.NewKey();
        host.Doorkeeper.Add(id, hash, new ApiPrincipal(id, account, role));
        return key;
    }

    /// <summary>An account that has nothing to do with the first one.</summary>
    public string StrangersKey() => KeyOf(ApiRole.Requester, EvmKey.Generate().Address);

    public async Task<(HttpStatusCode Status, JsonElement Json)> AskAsync(
        string method, string path, string? json = null, string? key = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        try
        {
            return (response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
        }
        catch (JsonException)
        {
            return (response.StatusCode, JsonSerializer.SerializeToElement(text));
        }
    }

    public async Task<string> UploadAsync(byte[] content)
    {
        var digest = $"sha256:{Convert.ToHexStringLower(SHA256.HashData(content))}";
        using var response = await Http.PutAsync($"/v1/blobs/{digest}", new ByteArrayContent(content));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return digest;
    }

    /// <summary>Hands a task in, waits for its result, and gives one file of it.</summary>
    public async Task<(string Task, byte[] File)> RunAsync(string form, string file)
    {
        var (status, task) = await AskAsync("POST", "/v1/tasks?wait=50", form);
        Assert.True(status == HttpStatusCode.Created, $"{status} {task}");
        var id = task.GetProperty("id").GetString()!;
        while (task.GetProperty("state").GetString() is not ("verified" or "complete" or "failed"))
            (_, task) = await AskAsync("GET", $"/v1/tasks/{id}?wait=50");
        Assert.True(task.GetProperty("state").GetString() != "failed", await WhyAsync(id));
        using var response = await Http.GetAsync($"/v1/tasks/{id}/result/{file}");
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return (id, await response.Content.ReadAsByteArrayAsync());
    }

    public async Task<string> WhyAsync(string id) => (await AskAsync("GET", $"/v1/tasks/{id}/why")).Json.ToString();

    public async Task UntilAsync(Func<Task<bool>> isSo, int seconds = 60)
    {
        using var within = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        while (!await isSo()) await Task.Delay(50, within.Token);
    }

    /// <summary>Trains one of the two networks in a container of the network itself.</summary>
    public async Task<byte[]> TrainAsync(string kind)
    {
        var (_, file) = await RunAsync($$"""
            {"image":"{{Image}}","command":["/usr/bin/python3","{{Train}}","{{kind}}","/out/{{kind}}.pth"],
             "outputs":["*.pth"],"run_time_max_seconds":50,"verification":{"kind":"none"},
             "resources":{"cpu_millis":1000,"memory_mib":256,"disk_mib":32} }
            """, $"{kind}.pth");
        return file;
    }

    public async Task<string> RegisterAsync(string form)
    {
        var (status, model) = await AskAsync("POST", "/v1/registry/models", form);
        Assert.True(status is HttpStatusCode.Created or HttpStatusCode.OK, $"{status} {model}");
        return model.GetProperty("digest").GetString()!;
    }

    /// <summary>A small server that tells who it is, is slow, drips, and shows what it was sent.</summary>
    private const string Program = """
        import os, time
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
        ID = os.urandom(8).hex()
        open("/tmp/id", "w").write(ID)
        class Door(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def do_GET(self):
                word, _, number = self.path.partition("?")[0][1:].partition("/")
                if word == "slow": time.sleep(float(number))
                if word == "drip": return self.drip(int(number))
                self.answer(200, ID.encode())
            def drip(self, count):
                self.send_response(200)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                for _ in range(count):
                    self.wfile.write(b"11\r\n" + ID.encode() + b"\n\r\n")
                    time.sleep(0.2)
                self.wfile.write(b"0\r\n\r\n")
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                told = f"POST {self.path} own {self.headers['X-Own']} auth {self.headers['Authorization']}"
                self.answer(202, body, told)
            def answer(self, status, body, told=ID):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Set-Cookie", "a=b")
                self.send_header("X-Told", told)
                self.end_headers()
                self.wfile.write(body)
        ThreadingHTTPServer(("127.0.0.1", int(os.environ["STUN_PORT"])), Door).serve_forever()
        """;

    /// <summary>Makes a service of our small server, or of another program.</summary>
    public async Task ServeAsync(string name, string terms, string program = Program)
    {
        var more = terms.Trim().Length == 0 ? "" : "," + terms;
        var (status, made) = await AskAsync("POST", "/v1/services", $$"""
            {"name":"{{name}}","image":"{{Image}}","port":9000,"price_per_hour_max":"10000000",
             "command":["/usr/bin/python3","-u","-c",{{JsonSerializer.Serialize(program)}}],
             "resources":{"cpu_millis":300,"memory_mib":96,"disk_mib":8}{{more}} }
            """);
        Assert.True(status == HttpStatusCode.Created, made.ToString());
    }

    public async Task<JsonElement> ServiceAsync(string name) =>
        (await AskAsync("GET", $"/v1/services/{name}")).Json;

    public Task UntilReadyAsync(string name, int count) => UntilAsync(async () =>
        (await ServiceAsync(name)).GetProperty("running").EnumerateArray()
            .Count(replica => replica.GetProperty("state").GetString() == "ready") == count);

    public Task<HttpResponseMessage> CallAsync(
        string name, string path, HttpCompletionOption until = HttpCompletionOption.ResponseContentRead) =>
        Http.GetAsync($"/v1/services/{name}/http/{path}", until);

    /// <summary>Kills the server that calls itself so, as the kernel would for want of memory.</summary>
    public void KillInside(string id)
    {
        foreach (var process in System.IO.Directory.EnumerateDirectories("/proc"))
        {
            var file = Path.Combine(process, "root", "tmp", "id");
            if (!int.TryParse(Path.GetFileName(process), out var number)) continue;
            try
            {
                if (!File.Exists(file) || File.ReadAllText(file) != id) continue;
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                continue;
            }
            Assert.True(Kernel.Kill(number, Kernel.SignalKill));
            return;
        }
        Assert.Fail($"No process of this machine is the server {id}.");
    }

    public async Task StopAsync()
    {
        Http.Dispose();
        await host.DrainAsync(TimeSpan.FromSeconds(5));
        await host.DisposeAsync();
    }

    /// <summary>As a process that is killed: nothing is drained.</summary>
    public async Task FallAsync()
    {
        Http.Dispose();
        await host.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await FallAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private SortedDictionary<ModelFormat, ModelRunner> Runners() => new()
    {
        [ModelFormat.Pth] = new ModelRunner(
            Digest.Read(Convert.FromHexString(Image["sha256:".Length..])), "",
            ["/usr/bin/python3", Runner, "run"], ["/usr/bin/python3", Runner, "serve"], 8080,
            Duration.Seconds(5)),
    };
}
