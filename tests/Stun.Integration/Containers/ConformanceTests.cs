using Stun.Execution;
using Stun.Execution.Containers;

namespace Stun.Integration.Containers;

/// <summary>What every driver must do alike.</summary>
public sealed class ConformanceTests
{
    private const long MiB = ContainerScene.MiB;

    public static TheoryData<string> Drivers => [.. TestDrivers.Names];

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task A_program_runs_and_its_output_comes_back(string driver)
    {
        await using var scene = await ContainerScene.OpenAsync(driver);
        var outcome = await scene.ShellAsync("echo out; echo err >&2; mkdir /out/a; echo hello > /out/a/b; exit 0");
        Assert.Equal(new RunEnd.Exited(0), outcome.End);
        Assert.Equal("out\n", outcome.Output);
        Assert.Equal("err\n", outcome.Errors);
        Assert.Equal("hello\n", outcome.Text("a/b"));
        Assert.True(outcome.Report.Usage.Cpu > TimeSpan.Zero);
        Assert.True(outcome.Report.Usage.MemoryPeakBytes > 0);
        Assert.Equal(8, outcome.Report.Usage.LogBytes);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task The_exit_code_is_the_programs_own(string driver)
    {
        await using var scene = await ContainerScene.OpenAsync(driver);
        Assert.Equal(new RunEnd.Exited(42), (await scene.ShellAsync("exit 42")).End);
        Assert.Equal(new RunEnd.Exited(1), (await scene.RunAsync(scene.Request("false"))).End);
        Assert.Equal(new RunEnd.Exited(137), (await scene.ShellAsync("sh -c 'kill -9 $$'; exit $?")).End);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task A_program_that_takes_more_memory_than_it_may_is_ended_for_that(string driver)
    {
        await using var scene = await ContainerScene.OpenAsync(driver);
        var outcome = await scene.ShellAsync("exec dd if=/dev/zero of=/dev/null bs=200M");
        Assert.Equal(new RunEnd.OutOfMemory(), outcome.End);
        // The kernel takes the child, and the shell lives on to tell.
        outcome = await scene.ShellAsync("dd if=/dev/zero of=/dev/null bs=200M; exit 3");
        Assert.Equal(new RunEnd.OutOfMemory(), outcome.End);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task A_program_that_does_not_end_is_ended_at_its_time(string driver)
    {
        await using var scene = await ContainerScene.OpenAsync(driver);
        var outcome = await scene.ShellAsync("trap '' TERM INT HUP; while :; do :; done",
            request => request with { Limits = ContainerScene.Limits with { WallClock = TimeSpan.FromSeconds(2) } });
        Assert.Equal(new RunEnd.TimedOut(), outcome.End);
        Assert.InRange(outcome.Report.Usage.Wall, TimeSpan.FromSeconds(1.9), TimeSpan.FromSeconds(15));
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task A_program_that_writes_too_much_is_ended_and_its_first_words_are_kept(string driver)
    {
        await using var scene = await ContainerScene.OpenAsync(driver);
        var outcome = await scene.ShellAsync("echo first; yes");
        Assert.Equal(new RunEnd.LogFlood(), outcome.End);
        Assert.StartsWith("first\ny\n", outcome.Output);
        Assert.Equal(MiB, outcome.Report.Usage.LogBytes);
        Assert.Equal(MiB, outcome.Output.Length);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task A_program_that_fills_its_scratch_and_fails_is_told_so(string driver)
    {
        await using var scene = await ContainerScene.OpenAsync(driver);
        var outcome = await scene.ShellAsync("dd if=/dev/zero of=/out/x bs=64k");
        Assert.Equal(new RunEnd.DiskFull(), outcome.End);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task A_scratch_space_that_does_not_fit_in_memory_lies_on_disk(string driver)
    {
        await using var scene = await ContainerScene.OpenAsync(driver);
        var large = ContainerScene.Limits with { DiskBytes = 200 * MiB };
        var outcome = await scene.ShellAsync("dd if=/dev/zero of=/tmp/x bs=1M count=150 && stat -c %s /tmp/x",
            request => request with { Limits = large });
        Assert.Equal((new RunEnd.Exited(0), $"{150 * MiB}\n"), (outcome.End, outcome.Output));
        outcome = await scene.ShellAsync("dd if=/dev/zero of=/tmp/x bs=1M", request => request with { Limits = large });
        Assert.Equal(new RunEnd.DiskFull(), outcome.End);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task A_run_that_is_stopped_ends_and_says_so(string driver)
    {
        await using var scene = await ContainerScene.OpenAsync(driver);
        using var stop = new CancellationTokenSource();
        var begun = new TaskCompletionSource();
        var run = scene.Host.RunAsync(scene.Request("/bin/sh", "-c", "echo begun; sleep 1000"),
            (_, _) => begun.TrySetResult(), stop.Token);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        Assert.Equal(new RunEnd.Stopped(), (await run).End);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Inputs_are_there_and_cannot_be_changed(string driver)
    {
        await using var scene = await ContainerScene.OpenAsync(driver);
        var file = Path.Combine(scene.NewDirectory("blobs"), "blob");
        await File.WriteAllTextAsync(file, "data", TestContext.Current.CancellationToken);
        var outcome = await scene.ShellAsync(
            "cat /in/a/b; echo x > /in/a/b; echo x > /in/c; ln /in/a/b /out/l; cat /in/a/b",
            request => request with { Inputs = [new InputFile("a/b", file)] });
        Assert.Equal("datadata", outcome.Output);
        Assert.Equal("data", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Empty(outcome.Report.Outputs);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task A_program_sees_the_same_world_whatever_started_it(string driver)
    {
        await using var scene = await ContainerScene.OpenAsync(driver);
        var outcome = await scene.ShellAsync(
            "env; id -u; id -g; ls /; cat /etc/hostname /etc/hosts; ls -a /run /in /out /tmp; cat");
        Assert.Equal((new RunEnd.Exited(0), ""), (outcome.End, outcome.Errors));
        Assert.Equal("""
            COLOUR=green
            HOME=/tmp
            PATH=/bin
            PWD=/
            SHLVL=1
            1000
            1000
            bin
            dev
            etc
            in
            out
            proc
            run
            sys
            tmp
            stun127.0.0.1 localhost
            ::1 localhost
            /in:
            .
            ..

            /out:
            .
            ..

            /run:
            .
            ..
            .containerenv

            /tmp:
            .
            ..

            """, Sorted(outcome.Output));
        static string Sorted(string text)
        {
            var lines = text.Split('\n');
            var variables = lines.TakeWhile(line => line.Contains('=')).Order(StringComparer.Ordinal).ToArray();
            return string.Join('\n', variables.Concat(lines.Skip(variables.Length)));
        }
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task A_program_that_the_image_has_not_is_refused_before_anything_runs(string driver)
    {
        await using var scene = await ContainerScene.OpenAsync(driver);
        var failure = await Assert.ThrowsAsync<ExecutionException>(() => scene.RunAsync(scene.Request("wget", "x")));
        Assert.Equal("run.no-program", failure.Code);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Nothing_is_left_after_a_run(string driver)
    {
        await using var scene = await ContainerScene.OpenAsync(driver);
        await scene.ShellAsync("sleep 1000 & sleep 1000 & exit 3");
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(scene.StateDirectory, "runs")));
        Assert.DoesNotContain(scene.StateDirectory,
            await File.ReadAllTextAsync("/proc/self/mountinfo", TestContext.Current.CancellationToken));
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task A_warm_container_runs_one_task_and_shows_it_the_same_world(string driver)
    {
        await using var scene = await ContainerScene.OpenAsync(driver);
        Assert.SkipUnless(scene.CanWait, $"{driver} makes no containers ahead");
        var cold = await scene.ShellAsync("env; ls -la /tmp; echo secret > /tmp/mine; echo $$");
        await scene.Host.KeepWarmAsync(scene.Image, 1);
        for (var round = 0; round < 3; round++)
        {
            var warm = await scene.ShellAsync("env; ls -la /tmp; echo secret > /tmp/mine; echo $$");
            Assert.Equal(new RunEnd.Exited(0), warm.End);
            Assert.Equal(WithoutTimes(cold.Output), WithoutTimes(warm.Output));
        }
        await scene.Host.KeepWarmAsync(scene.Image, 0);
        Assert.Equal(0, scene.Host.WarmCount(scene.Image.Digest));

        static string WithoutTimes(string text) =>
            System.Text.RegularExpressions.Regex.Replace(text, "[A-Z][a-z][a-z] +[0-9]+ [0-9:]+", "");
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Inputs_and_outputs_lie_where_absolute_paths_say_and_the_image_stays_to_be_seen(string driver)
    {
        await using var scene = await ContainerScene.OpenAsync(driver);
        var file = Path.Combine(scene.NewDirectory("given"), "file");
        await File.WriteAllTextAsync(file, "given\n", TestContext.Current.CancellationToken);
        var outcome = await scene.ShellAsync(
            "cat /data/a/b /top; echo more >> /data/a/b; echo x > /vol/x; echo y > /tmp/y; ls /bin | grep -c sh; "
            + "echo z > /bin/z; echo no > /data/a/c; ls /other; touch /nowhere",
            request => request with
            {
                Inputs = [new InputFile("/data/a/b", file), new InputFile("/top", file)],
                Outputs = ["/data/**/b", "/vol/**", "/tmp/y", "/bin/*", "/other/"],
            });
        Assert.Equal(["/bin/z", "/data/a/b", "/tmp/y", "/vol/x"], outcome.Report.Outputs.Select(taken => taken.Name));
        Assert.Equal("given\nmore\n", outcome.Text("/data/a/b"));
        Assert.StartsWith("given\ngiven\n", outcome.Output);
        Assert.Contains("nowhere", outcome.Errors);
        Assert.DoesNotContain("other", outcome.Errors);
        Assert.Equal("given\n", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task A_place_that_the_program_replaces_by_a_link_leads_nowhere(string driver)
    {
        await using var scene = await ContainerScene.OpenAsync(driver);
        var outcome = await scene.ShellAsync(
            "rm -rf /tmp/p /data; ln -s /etc /tmp/p; ln -s /etc/passwd /data/q; exit 0",
            request => request with { Outputs = ["/tmp/p/*", "/data/*"] });
        Assert.Equal(new RunEnd.Exited(0), outcome.End);
        Assert.Empty(outcome.Report.Outputs);
    }

    [Theory]
    [InlineData("/proc/x")]
    [InlineData("/in/x")]
    [InlineData("/data/../etc/x")]
    [InlineData("/data//x")]
    [InlineData("/.stun/sh")]
    public async Task A_path_that_is_no_place_for_files_is_refused_before_anything_is_made(string path)
    {
        await using var scene = await ContainerScene.OpenAsync("crun");
        var file = Path.Combine(scene.NewDirectory("given"), "file");
        await File.WriteAllTextAsync(file, "x", TestContext.Current.CancellationToken);
        var asInput = await Assert.ThrowsAsync<ExecutionException>(() => scene.ShellAsync(
            "true", request => request with { Inputs = [new InputFile(path, file)] }));
        Assert.Contains(asInput.Code, (string[])["run.place", "run.input-name"]);
        var asOutput = await Assert.ThrowsAsync<ExecutionException>(() => scene.ShellAsync(
            "true", request => request with { Outputs = [path] }));
        Assert.Contains(asOutput.Code, (string[])["run.place", "run.output-pattern"]);
    }
}
