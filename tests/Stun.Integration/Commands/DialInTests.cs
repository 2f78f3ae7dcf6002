using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Stun.Execution.Tools;

namespace Stun.Integration.Commands;

/// <summary>A provider in a process of its own dials a network, is given stake, and does what only it may do.</summary>
public sealed class DialInTests(CommandScene scene) : IClassFixture<CommandScene>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly Regex Who = new("0x[0-9a-f]{40}");

    [Fact]
    public async Task A_provider_that_dials_in_gets_stake_and_its_result_and_log_reach_the_requester()
    {
        var hub = Member(await File.ReadAllTextAsync(Path.Combine(scene.Home, "node.json")), "url");
        var home = Directory.CreateTempSubdirectory("stun-dial-in-");
        home.UnixFileMode |= UnixFileMode.OtherExecute | UnixFileMode.GroupExecute;
        var said = new System.Collections.Concurrent.ConcurrentQueue<string>();
        using var provider = Start(home.FullName, hub, said);
        try
        {
            var address = Who.Match(await LineAsync(said, provider, "serves")).Value;
            await LineAsync(said, provider, "[provider.no-stake]");
            var deposit = await scene.RunAsync("account", "deposit", address, "1000");
            Assert.True(deposit.ExitCode == 0, deposit.Errors);
            await LineAsync(said, provider, "[provider.staked]");
            await OfferedAsync(address);
            var task = Path.Combine(scene.Home, "only.json");
            await File.WriteAllTextAsync(task, JsonSerializer.Serialize(new
            {
                image = CommandScene.IsRoot ? await BaseAsync() : "sha256:" + new string('a', 64),
                command = (string[])["echo", "from", "afar"],
                run_time_max_seconds = 5,
                price_limit = "1000",
                resources = new { cpu_millis = 100, memory_mib = 32, disk_mib = 8 },
                verification = new { kind = "none" },
                providers = new { allowed = (string[])[address] },
            }));
            var submitted = await scene.RunAsync("task", "submit", task, "--json");
            Assert.True(submitted.ExitCode == 0, submitted.Errors);
            var id = Member(submitted.Output, "id");
            var shown = await EndedAsync(id);
            Assert.True(Member(shown, "state") == "complete", shown + string.Join('\n', said));
            var why = await scene.RunAsync("task", "why", id);
            Assert.Matches($@"^ +\* +1 +{address} +5 +[1-9]\d+ ", Assert.Single(
                why.Output.Split('\n'), line => line.Contains('*', StringComparison.Ordinal)));
            var logs = await scene.RunAsync("task", "logs", id);
            Assert.Contains("from afar", logs.Output);
            var result = await scene.RunAsync("task", "result", id);
            Assert.True(result.ExitCode == 0, result.Errors);
            Assert.Contains("from afar", result.Output);
            await ShowsAsync(address);
        }
        finally
        {
            if (!provider.HasExited) await Tool.RunAsync("kill", ["-TERM", $"{provider.Id}"], Patience);
            await provider.WaitForExitAsync();
            home.Delete(recursive: true);
        }
        Assert.Equal(0, provider.ExitCode);
    }

    private static Process Start(string home, string hub, System.Collections.Concurrent.ConcurrentQueue<string> said)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] how = CommandScene.IsRoot ? ["--image", "base"] : ["--executor", "noop"];
        foreach (var word in (string[])[CommandScene.Binary, "provider", "start", "--hub", hub, "--offer",
            "price=5,cpu=1,memory=512MiB,disk=512MiB,region=eu-de,stake=1000", .. how]) start.ArgumentList.Add(word);
        start.Environment["STUN_HOME"] = home;
        start.Environment["STUN_KEY_PASSWORD"] = "a password for a test";
        var provider = Process.Start(start)!;
        provider.OutputDataReceived += (_, line) => said.Enqueue(line.Data ?? "");
        provider.ErrorDataReceived += (_, line) => said.Enqueue(line.Data ?? "");
        provider.BeginOutputReadLine();
        provider.BeginErrorReadLine();
        return provider;
    }

    private static async Task<string> LineAsync(IEnumerable<string> said, Process provider, string part)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            if (said.FirstOrDefault(line => line.Contains(part)) is { } found) return found;
            Assert.False(provider.HasExited, $"The provider has ended: {string.Join('\n', said)}");
            Assert.True(clock.Elapsed < Patience, $"'{part}' is not said: {string.Join('\n', said)}");
            await Task.Delay(50);
        }
    }

    private async Task OfferedAsync(string address)
    {
        var clock = Stopwatch.StartNew();
        while (!(await scene.RunAsync("provider", "status", "--json")).Output.Contains(address))
            Assert.True(clock.Elapsed < Patience, "The offer does not come up.");
    }

    /// <summary>What it measured of its machine came over the link, and what was measured of its work is beside it.
    /// </summary>
    private async Task ShowsAsync(string address)
    {
        var node = await File.ReadAllTextAsync(Path.Combine(scene.Home, "node.json"));
        using var http = new HttpClient { BaseAddress = new Uri(Member(node, "url")) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", Member(node, "key"));
        var clock = Stopwatch.StartNew();
        JsonElement view, machine;
        do
        {
            Assert.True(clock.Elapsed < Patience, "Its record does not come.");
            view = JsonDocument.Parse(await http.GetStringAsync($"/v1/providers/{address}")).RootElement;
        }
        while (!view.TryGetProperty("capability", out machine));
        var work = view.GetProperty("work");
        Assert.InRange(machine.GetProperty("figures").GetProperty("sha256_bytes_per_second").GetInt64(),
            1_000_000, long.MaxValue);
        Assert.Equal((1, 1), (work.GetProperty("delivered").GetInt64(), work.GetProperty("unchecked").GetInt64()));
        Assert.InRange(work.GetProperty("delivery").GetProperty("p50_micros").GetInt64(), 1, 60_000_000);
    }

    private async Task<string> EndedAsync(string id)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var shown = await scene.RunAsync("task", "show", id, "--json");
            Assert.True(shown.ExitCode == 0, shown.Errors);
            if (Member(
                shown.Output, "state") is "complete" or "failed" or "refused" or "cancelled") return shown.Output;
            Assert.True(clock.Elapsed < Patience, $"The task does not end: {shown.Output}");
        }
    }

    private async Task<string> BaseAsync()
    {
        var built = Path.Combine(scene.Home, "images", "built", "base", "index.json");
        using var index = JsonDocument.Parse(await File.ReadAllTextAsync(built));
        return index.RootElement.GetProperty("manifests")[0].GetProperty("digest").GetString()!;
    }

    private static string Member(string json, string name)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty(name).GetString()!;
    }
}
