using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Stun.Execution.Images;
using Stun.Execution.Linux;
using Stun.Integration.Gateway;
using Stun.Node.Configuration;
using Stun.Node.Doors.Tes;
using Stun.Node.Gateway;
using Stun.Node.Hosting;

namespace Stun.Integration.Doors.Tes;

/// <summary>A whole network that runs containers, spoken to as clients of the standard do. All that goes over the line
/// is held against the standard's document.</summary>
internal sealed class TesScene : IAsyncDisposable
{
    public const string Base = "/ga4gh/tes/v1";

    private static readonly string[] Applets =
    [
        "sh", "echo", "cat", "sleep", "false", "true", "env", "pwd", "ls", "mkdir", "touch", "wc", "tr", "head", "seq",
        "printf", "rm", "chmod", "test", "sha256sum",
    ];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly string directory;
    private readonly string layout;
    private readonly Digest image;
    private readonly Func<TesSettings, TesSettings> change;

    private TesScene(Func<TesSettings, TesSettings> change)
    {
        this.change = change;
        directory = Directory.CreateTempSubdirectory("stun-tes-").FullName;
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_001_001);
        layout = Path.Combine(directory, "layout");
        image = MakeImage();
    }

    public LiveNode Node { get; private set; } = null!;

    public OpenApiCheck Check { get; } = new();

    public Digest Image => image;

    public static async Task<TesScene> OpenAsync(Func<TesSettings, TesSettings>? change = null)
    {
        Assert.SkipUnless(Kernel.IsRoot, "running containers needs root");
        var scene = new TesScene(change ?? (settings => settings));
        await scene.StartAsync();
        return scene;
    }

    public async Task RestartAsync()
    {
        await Node.DisposeAsync();
        await StartAsync();
    }

    /// <summary>The document of one executor that runs a script of the image's own shell.</summary>
    public static JsonObject Shell(string script, string parameters = """{"verify":"none"}""") => new()
    {
        ["executors"] = new JsonArray(Executor(script)),
        ["resources"] = new JsonObject { ["backend_parameters"] = JsonNode.Parse(parameters) },
    };

    public static JsonObject Executor(string script) => new()
    {
        ["image"] = "alpine",
        ["command"] = new JsonArray("sh", "-c", script),
    };

    public async Task<string> CreateAsync(JsonNode document)
    {
        Assert.Empty(Check.OfRequest(document));
        var answer = await PostAsync(document);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        var json = JsonNode.Parse(answer.Bytes)!;
        Assert.Empty(Check.OfAnswer("POST", "/tasks", json));
        return (string)json["id"]!;
    }

    public Task<LiveNode.Answer> PostAsync(JsonNode document, string path = "/tasks") =>
        Node.AskAsync("POST", Base + path, document.ToJsonString());

    public async Task<JsonNode> GetAsync(string id, string view = "FULL")
    {
        var answer = await Node.AskAsync("GET", $"{Base}/tasks/{id}?view={view}");
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return Checked("/tasks/{id}", answer, view == "MINIMAL");
    }

    public async Task<JsonNode> ListAsync(string query)
    {
        var answer = await Node.AskAsync("GET", $"{Base}/tasks?{query}");
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return Checked("/tasks", answer, !query.Contains("view=BASIC") && !query.Contains("view=FULL"));
    }

    public async Task CancelAsync(string id)
    {
        var answer = await Node.AskAsync("POST", $"{Base}/tasks/{id}:cancel");
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        Assert.Empty(Check.OfAnswer("POST", "/tasks/{id}:cancel", JsonNode.Parse(answer.Bytes)));
    }

    public async Task<JsonNode> EndAsync(string id)
    {
        var state = await UntilAsync(id, state =>
            state is "COMPLETE" or "EXECUTOR_ERROR" or "SYSTEM_ERROR" or "CANCELED");
        Assert.NotEmpty(state);
        return await GetAsync(id);
    }

    /// <summary>Hands it in and waits for the end.</summary>
    public async Task<JsonNode> RunAsync(JsonNode document) => await EndAsync(await CreateAsync(document));

    public async Task<string> UntilAsync(string id, Func<string, bool> isSo)
    {
        using var within = new CancellationTokenSource(Patience);
        while (true)
        {
            var state = (string)(await GetAsync(id, "MINIMAL"))["state"]!;
            if (isSo(state)) return state;
            await Task.Delay(50, within.Token);
        }
    }

    public async Task<string> FetchAsync(JsonNode url)
    {
        var answer = await Node.AskAsync("GET", new Uri((string)url!).PathAndQuery);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return answer.Text;
    }

    public async Task<string> UploadAsync(string content)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        var digest = $"sha256:{ImageDigest.Of(bytes)}";
        using var request = Node.Request("PUT", $"/v1/blobs/{digest}", Node.Keys[ApiRole.Requester]);
        request.Content = new ByteArrayContent(bytes);
        var answer = await Node.SendAsync(request);
        Assert.True(answer.Status is HttpStatusCode.Created or HttpStatusCode.OK, answer.Text);
        return digest;
    }

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    private async Task StartAsync() => Node = await LiveNode.StartAsync(
        directory: directory,
        change: options => options with
        {
            Executor = ExecutorKind.Containers,
            Boundless = false,
            Images = [$"oci:{layout}"],
            WarmCount = 0,
            Door = options.Door with
            {
                Tes = change(new TesSettings
                {
                    ImageNamed = name => name is "alpine" or "ubuntu:20.04" ? image : null,
                }),
            },
        });

    private JsonNode Checked(string path, LiveNode.Answer answer, bool isMinimal)
    {
        var json = JsonNode.Parse(answer.Bytes)!;
        var faults = Check.OfAnswer("GET", path, json);
        // The standard contradicts itself: the smallest view has nothing but id and state, and all have executors.
        if (isMinimal) faults.RemoveAll(fault => fault.EndsWith(": executors is missing", StringComparison.Ordinal));
        Assert.Empty(faults);
        return json;
    }

    private Digest MakeImage()
    {
        var root = Path.Combine(directory, "root");
        var programs = Directory.CreateDirectory(Path.Combine(root, "bin")).FullName;
        File.Copy("/bin/busybox", Path.Combine(programs, "busybox"));
        foreach (var applet in Applets) File.CreateSymbolicLink(Path.Combine(programs, applet), "busybox");
        Directory.CreateDirectory(Path.Combine(root, "opt"));
        File.WriteAllText(Path.Combine(root, "opt", "of-image"), "of the image\n");
        return OciLayoutWriter.Write(
            root, new ImageConfig(["/bin/sh"], ["-c", "true"], ["PATH=/bin", "COLOUR=green"], "/opt"), layout,
            LayerForm.Tar);
    }
}
