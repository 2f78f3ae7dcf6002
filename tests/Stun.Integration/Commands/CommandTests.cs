using System.Text.Json;

namespace Stun.Integration.Commands;

/// <summary>Every group of commands as a real process against a real network: output, exit codes, JSON.</summary>
public sealed class CommandTests(CommandScene scene) : IClassFixture<CommandScene>
{
    [Fact]
    public async Task A_program_runs_and_its_checked_output_is_all_that_is_printed()
    {
        if (!CommandScene.IsRoot) Assert.Skip("Containers need root.");
        var run = await scene.RunAsync("run", "base", "--", "echo", "hello");
        Assert.Equal((0, "hello\n"), (run.ExitCode, run.Output));
    }

    [Fact]
    public async Task A_program_that_fails_gives_its_own_exit_code()
    {
        if (!CommandScene.IsRoot) Assert.Skip("Containers need root.");
        var run = await scene.RunAsync("run", "base", "--time", "5s", "--", "sh", "-c", "exit 7");
        Assert.True(run.ExitCode == 7, run.Errors);
        Assert.Contains("exit code 7", run.Errors);
    }

    [Fact]
    public async Task Inputs_reach_the_program_and_files_of_the_result_come_back()
    {
        if (!CommandScene.IsRoot) Assert.Skip("Containers need root.");
        var input = Path.Combine(scene.Home, "data.txt");
        await File.WriteAllTextAsync(input, "one\ntwo\n");
        var folder = Path.Combine(scene.Home, "results");
        var run = await scene.RunAsync("run", "base", "--input", $"data.txt={input}", "--output", "*", "--out", folder,
            "--", "sh", "-c", "sort -r /in/data.txt > /out/sorted");
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal("two\none\n", await File.ReadAllTextAsync(Path.Combine(folder, "sorted")));
    }

    [Fact]
    public async Task Lists_are_JSON_when_asked_for()
    {
        foreach (var (words, member) in new (string[], string)[]
        {
            (["task", "list", "--json"], "tasks"), (["provider", "status", "--json"], "offers"),
            (["apikey", "list", "--json"], "keys"), (["account", "show", "--json"], "balance"),
            (["key", "list", "--json"], "keys"), (["images", "list", "--json"], "recipes"),
            (["hardware", "--no-measure", "--json"], ""),
        })
        {
            var run = await scene.RunAsync(words);
            Assert.True(run.ExitCode == 0, $"{string.Join(' ', words)}: {run.Errors}");
            using var document = JsonDocument.Parse(run.Output);
            if (member.Length > 0) Assert.True(document.RootElement.TryGetProperty(member, out _), run.Output);
        }
    }

    [Fact]
    public async Task The_doctor_needs_no_node_and_finds_fault_with_one_that_was_named_and_is_not_there()
    {
        var home = Path.Combine(scene.Home, "empty");
        Assert.Equal("weak", await NodeFindingAsync(home, "doctor", "--json"));
        Assert.Equal("bad", await NodeFindingAsync(home, "doctor", "--json", "--node", "http://127.0.0.1:1"));
        Assert.Equal("ok", await NodeFindingAsync(scene.Home, "doctor", "--json"));
    }

    private static async Task<string> NodeFindingAsync(string home, params string[] words)
    {
        var run = await CommandScene.RunInAsync(home, words);
        using var document = JsonDocument.Parse(run.Output);
        return document.RootElement.GetProperty("findings").EnumerateArray()
            .Single(finding => finding.GetProperty("name").GetString() == "node").GetProperty("state").GetString()!;
    }

    [Theory]
    [InlineData(2, "[cli.usage]", "task")]
    [InlineData(2, "[cli.usage]", "fly")]
    [InlineData(2, "[cli.usage]", "run", "base", "--cpu", "many")]
    [InlineData(1, "[task.unknown]", "task", "show", "00000000000000000000000000000000")]
    [InlineData(1, "[node.unreachable]", "task", "list", "--node", "http://127.0.0.1:1")]
    [InlineData(1, "[auth.refused]", "task", "list", "--key", "stun_0011223344556677_00")]
    [InlineData(1, "[image.not-built]", "run", "hep", "--", "true")]
    public async Task What_is_wrong_is_said_with_its_code(int exit, string code, params string[] words)
    {
        var run = await scene.RunAsync(words);
        Assert.True(run.ExitCode == exit, $"{run.ExitCode}: {run.Errors}");
        Assert.Contains(code, run.Errors);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task A_policy_with_faults_names_each_by_its_line_and_one_that_refuses_names_the_rule()
    {
        var policy = Path.Combine(scene.Home, "policy.yaml");
        var task = Path.Combine(scene.Home, "task.json");
        await File.WriteAllTextAsync(task,
            $$"""{"image": "sha256:{{new string('a', 64)}}", "run_time_max_seconds": 7200}""");
        await File.WriteAllTextAsync(policy, "version: 1\ntask:\n  run-tyme: 1h\n");
        var faulty = await scene.RunAsync("provider", "policy", "test", policy, task);
        Assert.Equal(1, faulty.ExitCode);
        Assert.Contains("policy.yaml:3:", faulty.Errors);
        await File.WriteAllTextAsync(policy, "version: 1\ntask:\n  run-time: 1h\n");
        var refused = await scene.RunAsync("provider", "policy", "test", policy, task);
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("FAIL  task.run-time", refused.Output);
    }
}
