using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Stun.Execution.Tools;
using Stun.Integration.Commands;
using Stun.Integration.Serving;
using Stun.Integration.Transport;
using Stun.Node.Configuration;
using Stun.Node.Gateway;
using Stun.Node.Hosting;
using Stun.Node.Secrets;
using Stun.Tee;

namespace Stun.Integration.Secrets;

/// <summary>
/// A secret goes to the right provider and its answer comes back, while somebody records every connection and reads
/// every disk: between requester and node, between node and provider, on both.
/// </summary>
public sealed class SecretPathTests : IAsyncLifetime
{
    private const string Marker = "zebra-quartz-4711", Answer = "ZEBRA-QUARTZ-4711";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly string home = Directory.CreateTempSubdirectory("stun-secret-").FullName;
    private readonly PretendedTee tee = PretendedTee.Make(DateTimeOffset.UtcNow);
    private readonly ConcurrentQueue<byte[]> wire = new();
    private NodeHost node = null!, far = null!;
    private CutProxy front = null!, back = null!;
    private string key = "", image = "";

    public async ValueTask InitializeAsync()
    {
        var built = await InferenceImage.GetAsync();
        image = $"sha256:{built.Digest}";
        foreach (var path in (string[])[home])
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.OtherExecute);
        var hub = Options("node", built.Layout) with
        {
            Roles = NodeRoles.All & ~NodeRoles.Providers,
            Tee = tee.Ground with { Source = null },
        };
        var network = new DevNetwork(hub);
        node = await network.StartAsync((_, _) => { }, CancellationToken.None);
        back = Recording(node.Address!.Port);
        front = Recording(node.Address!.Port);
        far = await new DevNetwork(Options("far", built.Layout) with
        {
            Roles = NodeRoles.Providers,
            ProviderNames = ["beta"],
            Hubs = [new HubSettings(back.Address.ToString(), null)],
            Tee = tee.Ground,
        }).StartAsync((_, _) => { }, CancellationToken.None);
        node.Keys.AddPrincipal(network.Requester.Address, "test", node.Process.Pump.Now);
        key = node.Keys.Issue(
            network.Requester.Address, "owner", [], node.Process.Pump.Now, null).Token;
        _ = tee.Write(Path.Combine(home, "tee"));
        await OfferedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (far is not null) await far.DisposeAsync();
        if (node is not null) await node.DisposeAsync();
        if (front is not null) await front.DisposeAsync();
        if (back is not null) await back.DisposeAsync();
        tee.Dispose();
        Directory.Delete(home, recursive: true);
    }

    [Fact]
    public async Task A_secret_is_seen_by_nobody_on_the_way_and_on_no_disk()
    {
        var run = RunAsync("sleep 3; tr a-z A-Z < /in/in.txt; cat /in/b.txt >&2; cp /in/in.txt /out/kept");
        await UntilAsync(() => run.IsCompleted || (far.Process.RunningCount > 0 && MemoryFolders() > 0));
        if (run.IsCompleted) Assert.Fail((await run).Errors);
        // All the time: while it is opened, while the program runs, while it is sealed.
        var looks = 0;
        for (; !run.IsCompleted; looks++) Assert.Empty(await FoundOnDiskAsync());
        Assert.True(looks > 10, $"It was looked at {looks} times only.");
        var ended = await run;
        Assert.True(ended.ExitCode == 0, ended.Errors);
        Assert.Equal(Answer, (await File.ReadAllTextAsync(Path.Combine(home, "out", "stdout"))).Trim());
        Assert.Empty(await FoundOnDiskAsync());
        Assert.Equal(0, MemoryFolders());
        var seen = Encoding.Latin1.GetString(wire.SelectMany(piece => piece).ToArray());
        // What is not sealed is there: the recording is one.
        Assert.Contains("attestation", seen);
        Assert.DoesNotContain(Marker, seen);
        Assert.DoesNotContain(Answer, seen);

        // The receipt names the evidence, and the evidence holds for nobody else's result.
        var task = (await AskAsync("/v1/tasks?limit=1")).GetProperty("tasks")[0].GetProperty("id").GetString();
        var receipts = await AskAsync($"/v1/tasks/{task}/receipts");
        var receipt = receipts.GetProperty("receipts")[0];
        var evidence = receipt.GetProperty("proof").GetString()!;
        var bundle = EvidenceBundle.Decode(await BlobAsync(evidence));
        Assert.Equal(EvidenceKind.Software, bundle.Kind);
        Assert.True((await AskAsync($"/v1/tasks/{task}")).GetProperty("state").GetString() is "verified" or "complete");
    }

    private DevOptions Options(string name, string layout) => new(
        Path.Combine(home, name), Path.Combine(home, name + "-images"))
    {
        KeyHome = Path.Combine(home, "keys"),
        ValidatorCount = 1,
        Pretence = Pretence.Tee,
        Boundless = true,
        Images = [$"oci:{layout}"],
    };

    private CutProxy Recording(int port) => new(port) { Seen = bytes => wire.Enqueue(bytes.ToArray()) };

    private Task<ToolResult> RunAsync(string script)
    {
        File.WriteAllText(Path.Combine(home, "secret"), Marker + "\n");
        return Tool.RunAsync("env",
            [
                $"STUN_HOME={Path.Combine(home, "requester")}", "dotnet", CommandScene.Binary, "run", image,
                "--secret", Path.Combine(home, "tee", "policy.json"),
                "--software-root", Path.Combine(home, "tee", "root.der"),
                "--input", $"in.txt={Path.Combine(home, "secret")}", "--input", $"b.txt={Path.Combine(home, "secret")}",
                "--out", Path.Combine(home, "out"),
                "--memory", "320MiB", "--disk", "80MiB", "--time", "30s",
                "--node", $"http://127.0.0.1:{front.Address.Port}", "--key", key, "--", "sh", "-c", script,
            ], Patience);
    }

    /// <summary>Files of both nodes, without what is mounted: that is memory, and stands for the hardware's.</summary>
    private async Task<string[]> FoundOnDiskAsync()
    {
        var found = await Tool.RunAsync("find",
            [
                Path.Combine(home, "node"), Path.Combine(home, "far"), "-xdev", "-type", "f", "-exec", "grep", "-l",
                "-i", Marker, "{}", "+",
            ], Patience);
        return found.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private int MemoryFolders() => File.ReadLines("/proc/self/mountinfo")
        .Count(line => line.Contains(Path.Combine(home, "far", "workshop", "secrets"), StringComparison.Ordinal));

    private async Task OfferedAsync() => await UntilAsync(() => node.ReadModel!.Queries.ListOffers(
        new Stun.Node.Storage.OfferFilter(null, null, null, null, 10)).Items.Count > 0);

    private async Task<JsonElement> AskAsync(string path)
    {
        using var document = JsonDocument.Parse(await GetAsync(path));
        return document.RootElement.Clone();
    }

    private Task<byte[]> BlobAsync(string digest) => GetAsync($"/v1/blobs/{digest}");

    private async Task<byte[]> GetAsync(string path)
    {
        using var http = new HttpClient { BaseAddress = node.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        using var answer = await http.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsByteArrayAsync();
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (var clock = Stopwatch.StartNew(); !holds(); await Task.Delay(20))
            Assert.True(clock.Elapsed < Patience, "It does not come to that.");
    }
}
