using System.Diagnostics;
using Stun.Chain.Evm.Networks;
using Stun.Execution.Tools;
using Stun.Integration.Gateway;
using Stun.Node.Gateway;
using LogStream = Stun.Execution.Containers.LogStream;

namespace Stun.Integration.Sdk;

/// <summary>The SDK for Python: its own tests, by a real Python, against a real node.</summary>
public sealed class PythonTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task The_tests_of_the_sdk_that_need_no_node_pass() => await RunAsync("test_*.py", []);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_tests_of_the_sdk_pass_against_a_node(bool hasChain)
    {
        RequirePython();
        Assert.SkipWhen(hasChain && LocalChain.FindProgram() is null, "anvil is not installed: see eng/prerequisites.");
        await using var node = await LiveNode.StartAsync(hasChain: hasChain);
        // A key that the node issued itself: it knows whose it is, and can be asked.
        var key = (await node.AskAsync("POST", "/v1/keys", "{}")).Json.GetProperty("secret").GetString();
        List<string> names =
            [$"STUN_NODE={node.Http.BaseAddress}", $"STUN_API_KEY={key}", $"STUN_IMAGE={LiveNode.Image}"];
        if (hasChain) names.Add("STUN_HAS_CHAIN=1");
        var said = await RunAsync("live_*.py", names);
        Assert.DoesNotContain("skipped", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_are_read_while_they_are_written()
    {
        RequirePython();
        const string Follow = """
            import os, sys
            from stun_sdk import StunClient
            stun = StunClient(os.environ["STUN_API_KEY"], os.environ["STUN_NODE"])
            for piece in stun.logs(sys.argv[1]):
                print(piece.stream, piece.text.strip(), flush=True)
            print("over", flush=True)
            """;
        var executor = new TalkingExecutor();
        await using var node = await LiveNode.StartAsync(executor: executor);
        var json = $$$"""{"image":"{{{LiveNode.Image}}}","verification":{"kind":"none"}}""";
        var task = (await node.AskAsync("POST", "/v1/tasks", json)).Json.GetProperty("id").GetString()!;
        using var within = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        within.CancelAfter(Patience);
        await executor.Started.Task.WaitAsync(within.Token);
        using var python = Start(["-c", Follow, task],
            [$"STUN_NODE={node.Http.BaseAddress}", $"STUN_API_KEY={node.Keys[ApiRole.Requester]}"]);
        try
        {
            // Each word is said only when the one before has been read.
            foreach (var (stream, word) in ((LogStream, string)[])
                [(LogStream.Output, "one"), (LogStream.Errors, "oh"), (LogStream.Output, "zwölf")])
            {
                executor.Say(stream, word + "\n");
                var name = stream == LogStream.Output ? "output" : "errors";
                Assert.Equal($"{name} {word}", await python.StandardOutput.ReadLineAsync(within.Token));
            }
            executor.Finish();
            Assert.Equal("over", await python.StandardOutput.ReadLineAsync(within.Token));
        }
        finally
        {
            if (!python.HasExited) python.Kill(entireProcessTree: true);
        }
    }

    private static void RequirePython() =>
        Assert.SkipUnless(Tool.Find("python3") is not null, "python3 is not installed: see eng/prerequisites.");

    /// <summary>What the tests wrote, once all of them have passed.</summary>
    private static async Task<string> RunAsync(string pattern, IReadOnlyList<string> environment)
    {
        RequirePython();
        using var python = Start(
            ["-m", "unittest", "discover", "-v", "-t", ".", "-s", "tests", "-p", pattern], environment);
        using var within = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        within.CancelAfter(Patience);
        try
        {
            var told = Task.WhenAll(
                python.StandardOutput.ReadToEndAsync(within.Token), python.StandardError.ReadToEndAsync(within.Token));
            await python.WaitForExitAsync(within.Token);
            var said = string.Join('\n', await told);
            Assert.True(python.ExitCode == 0, said);
            Assert.Matches(@"Ran [1-9]\d* tests", said);
            return said;
        }
        finally
        {
            if (!python.HasExited) python.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        // -B: byte code beside the sources would be files of the repository.
        var start = new ProcessStartInfo(Tool.Find("python3")!, ["-B", .. arguments])
        {
            WorkingDirectory = Path.Combine(WorkingCopy.Root, "sdk", "python"),
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment["PYTHONUTF8"] = "1";
        foreach (var name in environment) start.Environment[name.Split('=', 2)[0]] = name.Split('=', 2)[1];
        return Process.Start(start)!;
    }
}
