using System.Diagnostics;
using Stun.Execution;
using Stun.Execution.Containers;
using Stun.Execution.Linux;

namespace Stun.Integration.Containers;

/// <summary>What goes wrong around a run. It ends all the same, says what it was, and the next one runs.</summary>
public sealed class MishapTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static TheoryData<string> Drivers => [.. TestDrivers.Names];

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task An_input_that_is_not_there_is_refused_and_leaves_nothing(string driver)
    {
        await using var scene = await ContainerScene.OpenAsync(driver);
        var failure = await Assert.ThrowsAsync<ExecutionException>(() => scene.RunAsync(
            scene.Request("true") with { Inputs = [new InputFile("a", "/no/such/file")] }).WaitAsync(Patience));
        Assert.Equal("run.input-missing", failure.Code);
        await MustRunAsync(scene);
    }

    [Theory]
    [InlineData("a", "a", "run.input-twice")]
    [InlineData("a", "a/b", "run.input-twice")]
    [InlineData("a/b", "a", "run.input-twice")]
    [InlineData("../a", "b", "run.input-name")]
    [InlineData("/proc/a", "b", "run.place")]
    [InlineData("/.stun/sh", "b", "run.place")]
    [InlineData("/a/../../b", "b", "run.input-name")]
    [InlineData("", "b", "run.input-name")]
    public async Task Names_of_inputs_that_cannot_be_are_refused_before_anything_is_made(
        string first, string second, string code)
    {
        await using var scene = await ContainerScene.OpenAsync("crun");
        var failure = await Assert.ThrowsAsync<ExecutionException>(() => scene.RunAsync(scene.Request("true") with
        {
            Inputs = [new InputFile(first, "/bin/busybox"), new InputFile(second, "/bin/busybox")],
        }));
        Assert.Equal(code, failure.Code);
    }

    [Fact]
    public async Task Limits_that_no_machine_can_keep_are_refused()
    {
        await using var scene = await ContainerScene.OpenAsync("crun");
        var good = ContainerScene.Limits;
        foreach (var limits in new[]
        {
            good with { MemoryBytes = long.MaxValue }, good with { CpuMillis = uint.MaxValue },
            good with { Processes = int.MaxValue }, good with { DiskBytes = long.MaxValue },
            good with { LogBytes = -1 }, good with { OutputFilesMax = int.MaxValue },
            good with { WallClock = TimeSpan.Zero }, good with { CpuSet = "0;1" },
        })
        {
            var failure = await Assert.ThrowsAsync<ExecutionException>(
                () => scene.RunAsync(scene.Request("true") with { Limits = limits }));
            Assert.Equal("run.limit", failure.Code);
        }
    }

    [Theory]
    [InlineData("crun")]
    [InlineData("runc")]
    public async Task A_run_whose_runtime_is_killed_ends_with_its_container(string driver)
    {
        await using var scene = await ContainerScene.OpenAsync(driver);
        var begun = new TaskCompletionSource();
        var run = scene.Host.RunAsync(scene.Request("/bin/sh", "-c", "echo on; while :; do sleep 1; done"),
            (_, _) => begun.TrySetResult());
        await begun.Task.WaitAsync(Patience);
        ProcessTable.KillThoseIn(Path.Combine(Kernel.RealPath(scene.StateDirectory), "runs"));
        var report = await run.WaitAsync(Patience);
        Assert.IsType<RunEnd.RuntimeFailed>(report.End);
        await MustRunAsync(scene);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task A_log_that_cannot_be_kept_ends_the_run_and_not_the_host(string driver)
    {
        await using var scene = await ContainerScene.OpenAsync(driver);
        var clock = Stopwatch.StartNew();
        var report = await scene.Host.RunAsync(scene.Request("/bin/sh", "-c", "echo on; sleep 1000"),
            (_, _) => throw new IOException("the disk is full")).WaitAsync(Patience);
        Assert.Contains("the disk is full", Assert.IsType<RunEnd.RuntimeFailed>(report.End).Message);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(40));
        await MustRunAsync(scene);
    }

    [Fact]
    public async Task A_second_host_does_not_take_the_first_ones_runs_for_leftovers()
    {
        await using var scene = await ContainerScene.OpenAsync("crun");
        var begun = new TaskCompletionSource();
        using var stop = new CancellationTokenSource();
        var run = scene.Host.RunAsync(scene.Request("/bin/sh", "-c", "echo on; sleep 1000"),
            (_, _) => begun.TrySetResult(), stop.Token);
        await begun.Task.WaitAsync(Patience);
        var options = new ContainerHostOptions(scene.NewDirectory("other")) { CgroupParent = scene.CgroupParent };
        await using (var other = new ContainerHost(
            options, new OciDriver(OciRuntime.Crun, scene.NewDirectory("other-runtime"))))
            Assert.Empty(await other.RecoverAsync());
        Assert.False(run.IsCompleted);
        await stop.CancelAsync();
        Assert.Equal(new RunEnd.Stopped(), (await run.WaitAsync(Patience)).End);
    }

    [Fact]
    public async Task A_state_directory_behind_a_link_is_cleared_as_any_other()
    {
        await using var scene = await ContainerScene.OpenAsync("crun");
        var real = scene.NewDirectory("real");
        var link = real + "-link";
        Directory.CreateSymbolicLink(link, real);
        var options = new ContainerHostOptions(link) { CgroupParent = scene.CgroupParent };
        await using var host = new ContainerHost(
            options, new OciDriver(OciRuntime.Crun, scene.NewDirectory("link-runtime")));
        var report = await host.RunAsync(scene.Request("/bin/true"), (_, _) => { });
        Assert.Equal(new RunEnd.Exited(0), report.End);
        Assert.DoesNotContain(real, await File.ReadAllTextAsync("/proc/self/mountinfo"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(real, "runs")));
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task A_stranger_goes_before_us_when_the_machine_runs_out_of_memory(string driver)
    {
        await using var scene = await ContainerScene.OpenAsync(driver);
        Assert.SkipWhen(driver == "runsc", "gVisor shows the program its own kernel");
        Assert.Equal("500\n", (await scene.ShellAsync("cat /proc/self/oom_score_adj")).Output);
    }

    private static async Task MustRunAsync(ContainerScene scene)
    {
        Assert.Equal("well\n", (await scene.ShellAsync("echo well").WaitAsync(Patience)).Output);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(scene.StateDirectory, "runs")));
    }
}
