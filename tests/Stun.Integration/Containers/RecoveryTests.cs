using System.Diagnostics;
using Stun.Execution;
using Stun.Execution.Containers;

namespace Stun.Integration.Containers;

/// <summary>A daemon that dies, and what its next life finds.</summary>
public sealed class RecoveryTests
{
    private const string VictimRuntime = "victim-runtime";

    public static TheoryData<string> Drivers => [.. TestDrivers.Names];

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task A_killed_daemon_leaves_nothing_that_the_next_one_does_not_end_and_report(string driver)
    {
        await using var scene = await ContainerScene.OpenAsync(driver);
        await scene.Host.DisposeAsync();
        using var victim = Start(scene, driver);
        Assert.Equal("all run", await victim.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)));
        victim.Kill();
        await victim.WaitForExitAsync();
        var before = Programs(scene.StateDirectory);
        Assert.True(before >= Victim.Runs, $"only {before} containers outlived their daemon");

        // The engine's service outlives the daemon, too; a new one in its place ends it first.
        if (driver == "podman") await (await PodmanEngine.StartAsync(scene.NewDirectory(VictimRuntime))).DisposeAsync();
        await scene.RestartAsync();
        var lost = await scene.Host.RecoverAsync();

        Assert.Equal(
            Enumerable.Range(0, Victim.Runs).Select(run => $"victim-{run}"),
            lost.Select(run => run.Name).Order(StringComparer.Ordinal));
        Assert.All(lost, run => Assert.InRange(
            DateTime.UnixEpoch.AddMicroseconds(run.StartedAt.Micros), DateTime.UtcNow.AddMinutes(-5), DateTime.UtcNow));
        Assert.Equal(0, Programs(scene.StateDirectory));
        Assert.DoesNotContain(scene.StateDirectory, await File.ReadAllTextAsync("/proc/self/mountinfo"));
        Assert.DoesNotContain(LoopFiles(), file => file.StartsWith(scene.StateDirectory, StringComparison.Ordinal));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(scene.StateDirectory, "runs")));
        Assert.Empty(await scene.Host.RecoverAsync());
        Assert.Equal("well\n", (await scene.ShellAsync("echo well")).Output);
    }

    [Fact]
    public async Task Two_hosts_do_not_share_a_state_directory()
    {
        await using var scene = await ContainerScene.OpenAsync("crun");
        var failure = Assert.Throws<ExecutionException>(() => new ContainerHost(
            new ContainerHostOptions(scene.StateDirectory), new OciDriver(OciRuntime.Crun, scene.StateDirectory)));
        Assert.Equal("host.in-use", failure.Code);
    }

    private static Process Start(ContainerScene scene, string driver)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Victim).Assembly.Location])
        {
            RedirectStandardOutput = true,
        };
        var (name, value) = Victim.Setting(Victim.Arguments(driver, scene.StateDirectory,
            scene.NewDirectory(VictimRuntime), scene.CgroupParent, scene.Image.Root));
        start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Processes without privilege that see mounts of our directories.</summary>
    private static int Programs(string stateDirectory) =>
        Directory.EnumerateDirectories("/proc")
            .Where(process => int.TryParse(Path.GetFileName(process), out var id) && id != Environment.ProcessId)
            .Count(process => HasMount(process, stateDirectory));

    private static bool HasMount(string process, string directory)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "mountinfo")).Contains(directory + "/runs/stun-")
                && File.ReadAllText(Path.Combine(process, "status")).Contains("NoNewPrivs:\t1");
        }
        catch (IOException)
        {
            // It has just ended.
            return false;
        }
    }

    private static IEnumerable<string> LoopFiles() =>
        Directory.EnumerateDirectories("/sys/block", "loop*")
            .Select(device => Path.Combine(device, "loop", "backing_file"))
            .Where(File.Exists)
            .Select(file => File.ReadAllText(file).Trim());
}
