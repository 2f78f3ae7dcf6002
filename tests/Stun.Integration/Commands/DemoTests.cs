using System.Text.RegularExpressions;
using Stun.Execution.Tools;

namespace Stun.Integration.Commands;

/// <summary><c>stun demo</c> as a process: what it tells is so, and it leaves nothing.</summary>
public sealed class DemoTests
{
    private const string Pi = "3.14159265358979323846264338327950288419716939937510";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_demo_pays_for_a_real_result_and_leaves_nothing(bool isCheated)
    {
        if (!CommandScene.IsRoot) Assert.Skip("Containers need root.");
        var home = Directory.CreateTempSubdirectory("stun-demo-");
        try
        {
            home.UnixFileMode |= UnixFileMode.OtherExecute | UnixFileMode.GroupExecute;
            var run = await Tool.RunAsync("env",
                [$"STUN_HOME={home.FullName}", "dotnet", CommandScene.Binary, "demo", .. isCheated ? ["--with-cheat"]
                    : Array.Empty<string>()],
                Patience);
            Assert.True(run.ExitCode == 0, run.Errors + run.Output);
            Assert.Contains($"The result, pi.txt: {Pi}\n", run.Output);
            Assert.Matches(@"Checked offline: the order, [23] receipts and [23] votes are signed", run.Output);
            AssertMoney(run.Output);
            Assert.Equal(isCheated, Regex.IsMatch(run.Output, @"gamma a\d+: Fraud\n"));
            Assert.Equal(isCheated, Regex.IsMatch(run.Output, @"gamma is slashed by [1-9]\d*\n"));
            await AssertNothingLeftAsync(home.FullName);
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_demo_of_the_operator_calls_a_contract_back_and_gives_the_rest_back()
    {
        if (!CommandScene.IsRoot) Assert.Skip("Containers need root.");
        var home = Directory.CreateTempSubdirectory("stun-demo-");
        try
        {
            home.UnixFileMode |= UnixFileMode.OtherExecute | UnixFileMode.GroupExecute;
            var run = await Tool.RunAsync("env",
                [$"STUN_HOME={home.FullName}", "dotnet", CommandScene.Binary, "demo", "--operator"], Patience);
            Assert.True(run.ExitCode == 0, run.Errors + run.Output);
            Assert.Contains("  3141592653589793238 (pi, times 10^18)\n", run.Output);
            Assert.Contains("0.01STUN came back: it cost 0.03STUN.\n", run.Output);
            await AssertNothingLeftAsync(home.FullName);
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    private static void AssertMoney(string told)
    {
        var held = Number(told, @"of (\d+) held");
        var providers = Number(told, @"(\d+) to providers \(80 %\)");
        var treasury = Number(told, @"(\d+) to the treasury \(15 %\)");
        var creator = Number(told, @"(\d+) to the creator \(5 %\)");
        var refund = Number(told, @"(\d+) back to the requester");
        Assert.Equal(held, providers + treasury + creator + refund);
        Assert.Equal((providers * 15, providers * 5), (treasury * 80, creator * 80));
        Assert.True(providers > 0);
    }

    private static long Number(string told, string pattern)
    {
        var match = Regex.Match(told, pattern);
        Assert.True(match.Success, $"'{pattern}' is not in: {told}");
        return long.Parse(match.Groups[1].Value);
    }

    /// <summary>The image stays, as it would have to be made again; the network and all that it ran do not.</summary>
    private static async Task AssertNothingLeftAsync(string home)
    {
        Assert.Equal(["demo-images", "images"], Directory.GetDirectories(home).Select(Path.GetFileName).Order());
        Assert.Empty(Directory.GetFiles(home));
        Assert.DoesNotContain(home, await File.ReadAllTextAsync("/proc/self/mounts"));
        foreach (
            var process in Directory.GetDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _)))
        {
            string words;
            try
            {
                words = await File.ReadAllTextAsync(Path.Combine(process, "cmdline"))
                    + await File.ReadAllTextAsync(Path.Combine(process, "environ"));
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                continue;
            }
            Assert.DoesNotContain(home, words);
        }
    }
}
