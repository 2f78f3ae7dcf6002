using System.Diagnostics;
using Stun.Simulation;

namespace Stun.Tests.Simulation;

/// <summary>A few worlds of the simulated network; many more are run by ./stun sim.</summary>
public sealed class SmokeTests
{
    /// <summary>
    /// In two processes, because hash seeds and addresses of objects differ only between processes: an order that
    /// depends on them would be the same twice in one.
    /// </summary>
    [Theory]
    [InlineData(3)]
    [InlineData(77)]
    [InlineData(20_260)]
    public async Task Two_runs_of_a_seed_give_the_same_trace(ulong seed)
    {
        var first = await Trace(seed);
        Assert.Equal(first, await Trace(seed));
        Assert.Matches("^[0-9a-f]{16}$", first);
        Assert.NotEqual(first, await Trace(seed + 1));
        Assert.Equal(first, $"{Commands.Play(SimOptions.FromSeed(seed)).TraceHash:x16}");
    }

    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(1, 25).Select(seed => (ulong)seed)];

    /// <summary>Every law holds with all faults of the seed, and each message crosses the wire.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_world_over_the_wire_keeps_every_law(ulong seed)
    {
        var world = Commands.Play(SimOptions.FromSeed(seed) with { UseWire = true });
        Assert.True(world.Tally.Messages > 1_000);
        Assert.True(world.Tally.Settled > 0, "Nothing was settled: the world shows nothing.");
    }

    [Fact]
    public void A_broken_law_is_found_and_says_how_to_replay_it()
    {
        // Of three validators two lie: that is more than the network can bear, and the laws must say so.
        var options = new SimOptions { Seed = 5, ValidatorCount = 3, LyingValidatorCount = 2, TaskCount = 40 };
        var broken = Assert.Throws<LawException>(() => Commands.Play(options));
        Assert.Contains("./stun sim 5", broken.Message);
    }

    private static async Task<string> Trace(ulong seed)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && IsHost(path) ? path : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])[Program(), "--trace", $"{seed}"]) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"The simulation ended with {process.ExitCode}: {await errors}");
        return output.Trim();
    }

    private static bool IsHost(string path) => Path.GetFileNameWithoutExtension(path) == "dotnet";

    /// <summary>
    /// Built beside the tests in the same configuration: its own folder has all that it needs to start.
    /// </summary>
    private static string Program()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var program = Repository.PathOf($"artifacts/bin/Stun.Simulation/{configuration}/Stun.Simulation.dll");
        Assert.True(File.Exists(program), $"No {program}: build the tests first, they build it too.");
        return program;
    }
}
