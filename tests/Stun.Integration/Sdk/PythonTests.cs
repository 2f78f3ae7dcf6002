using System.Diagnostics;
using Stun.Chain.Evm.Networks;
using Stun.Execution.Tools;
using Stun.Integration.Gateway;

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

    private static void RequirePython() =>
        Assert.SkipUnless(Tool.Find("python3") is not null, "python3 is not installed: see eng/prerequisites.");

    /// <summary>What the tests wrote, once all of them have passed.</summary>
    private static async Task<string> RunAsync(string pattern, List<string> environment)
    {
        RequirePython();
        var start = new ProcessStartInfo(Tool.Find("python3")!,
            // -B: byte code beside the sources would be files of the repository.
            ["-B", "-m", "unittest", "discover", "-v", "-t", ".", "-s", "tests", "-p", pattern])
        {
            WorkingDirectory = Path.Combine(WorkingCopy.Root, "sdk", "python"),
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        foreach (var name in environment) start.Environment[name.Split('=', 2)[0]] = name.Split('=', 2)[1];
        using var python = Process.Start(start)!;
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
}
