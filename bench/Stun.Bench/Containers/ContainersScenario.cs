using System.Diagnostics;
using System.Globalization;
using Stun.Execution.Containers;
using Stun.Execution.Images;

namespace Stun.Bench.Containers;

/// <summary>
/// What a trivial container costs, side by side with podman's API in the same rounds: processor time of everything
/// that takes part, and time from asking to the report. Then a thousand of them, eight at a time, and what is left.
/// </summary>
internal static class ContainersScenario
{
    /// <summary>The first blocks are for the just-in-time compiler: a provider runs for weeks.</summary>
    private const int WarmUpBlocks = 10, Blocks = 9, BlockRuns = 20, SoakRuns = 1000, SoakAtOnce = 8;
    private const long MiB = 1 << 20;

    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(150);

    private static readonly RunLimits Limits =
        new(64 * MiB, 1000, 64, 16 * MiB, MiB, TimeSpan.FromSeconds(60));

    private sealed record Contender(string Name, Func<Task> ReadyAsync, Func<Task> RunAsync)
    {
        public List<double> Cpu { get; } = [];
        public List<double> Wall { get; } = [];
        public List<double> Own { get; } = [];
    }

    public static bool Run(Report report) => RunAsync(report).GetAwaiter().GetResult();

    private static async Task<bool> RunAsync(Report report)
    {
        var directory = Directory.CreateTempSubdirectory("stun-bench-").FullName;
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_001_001);
        var clock = new CpuGroup();
        using var image = MakeImage(Path.Combine(directory, "image"));
        var engine = await PodmanEngine.StartAsync(Path.Combine(directory, "podman"));
        using var peer = new PodmanPeer(Path.Combine(directory, "podman", "podman.sock"), image.Root);
        var hosts = new Dictionary<string, ContainerHost>(StringComparer.Ordinal);
        foreach (var runtime in new[] { OciRuntime.Crun, OciRuntime.Runc })
            foreach (var kind in new[] { "cold", "warm" })
                hosts[$"{runtime.Name} {kind}"] = NewHost(Path.Combine(directory, runtime.Name + kind), runtime);
        var contenders = hosts.Select(pair => new Contender(
                pair.Key, () => ReadyAsync(pair.Key, pair.Value, image), () => OneAsync(pair.Value, image)))
            .Append(new Contender("podman API", () => Task.CompletedTask, () => peer.RunAsync(["/bin/true"])))
            .ToArray();
        foreach (var (name, host) in hosts)
            if (name.EndsWith("warm", StringComparison.Ordinal)) await host.KeepWarmAsync(image, 1);
        for (var block = -WarmUpBlocks; block < Blocks; block++)
            foreach (var contender in contenders) await TimeAsync(contender, clock, keep: block >= 0);
        Tell(report, contenders);
        foreach (var host in hosts.Values) await host.DisposeAsync();
        await engine.DisposeAsync();
        var clean = await SoakAsync(report, Path.Combine(directory, "soak"), image, clock);
        Directory.Delete(directory, recursive: true);
        return clean;
    }

    /// <summary>
    /// A block of runs, one after the other. What goes on behind the last answer is the contender's as well: the next
    /// warm container, the engine's cleaning.
    /// </summary>
    private static async Task TimeAsync(Contender contender, CpuGroup clock, bool keep)
    {
        await contender.ReadyAsync();
        var own = Environment.CpuUsage.TotalTime;
        var cpu = clock.Milliseconds;
        for (var run = 0; run < BlockRuns; run++)
        {
            await contender.ReadyAsync();
            var wall = Stopwatch.StartNew();
            await contender.RunAsync();
            if (keep) contender.Wall.Add(wall.Elapsed.TotalMilliseconds);
        }
        await Task.Delay(Settle);
        if (!keep) return;
        contender.Cpu.Add((clock.Milliseconds - cpu) / BlockRuns);
        contender.Own.Add((Environment.CpuUsage.TotalTime - own).TotalMilliseconds / BlockRuns);
    }

    /// <summary>A warm start is one that finds a container ready.</summary>
    private static async Task ReadyAsync(string name, ContainerHost host, UnpackedImage image)
    {
        if (!name.EndsWith("warm", StringComparison.Ordinal)) return;
        while (host.WarmCount(image.Digest) == 0) await Task.Delay(1);
    }

    private static void Tell(Report report, Contender[] contenders)
    {
        var peer = contenders[^1];
        report.Begin($"One trivial container: {Blocks} blocks of {BlockRuns} runs each, the ways in turn",
            "way", "CPU ms, median", "CPU ms, worst block", "of it our own", "wall ms, median",
            "wall ms, 90 %", "podman's CPU / this");
        foreach (var contender in contenders)
            report.Row(contender.Name, Part(contender.Cpu, 0.5), Part(contender.Cpu, 1), Part(contender.Own, 0.5),
                Part(contender.Wall, 0.5), Part(contender.Wall, 0.9),
                (At(peer.Cpu, 0.5) / At(contender.Cpu, 0.5)).ToString("0.0", CultureInfo.InvariantCulture));
        report.Say("");
        report.Say("CPU is that of this process, the runtime and the container together; podman runs crun, and its "
            + "row has none of our preparation (overlay, scratch space, group, ids). Warm: making the next container "
            + "is in the CPU time, not in the wall time.");
    }

    private static async Task<bool> SoakAsync(Report report, string directory, UnpackedImage image, CpuGroup clock)
    {
        await using var host = NewHost(directory, OciRuntime.Crun);
        for (var run = 0; run < SoakAtOnce; run++) await OneAsync(host, image);
        GC.Collect();
        var before = HostTraces.Count(directory, clock);
        var left = SoakRuns;
        var wall = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, SoakAtOnce).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0) await OneAsync(host, image);
        }));
        var seconds = wall.Elapsed.TotalSeconds;
        GC.Collect();
        var after = HostTraces.Count(directory, clock);
        report.Begin($"{SoakRuns:n0} containers, {SoakAtOnce} at a time, crun", "what", "before", "after");
        report.Row("mounts", $"{before.Mounts}", $"{after.Mounts}");
        report.Row("cgroups", $"{before.Groups}", $"{after.Groups}");
        report.Row("processes", $"{before.Processes}", $"{after.Processes}");
        report.Row("open files", $"{before.OpenFiles}", $"{after.OpenFiles}");
        report.Row("run directories", $"{before.Directories}", $"{after.Directories}");
        report.Say("");
        report.Say($"{SoakRuns / seconds:0.0} containers/s.");
        // The runtime may open or close a file of its own meanwhile; a leak would be a thousand.
        return after.OpenFiles <= before.OpenFiles + 8 && after with { OpenFiles = before.OpenFiles } == before;
    }

    private static int serial;

    private static async Task OneAsync(ContainerHost host, UnpackedImage image)
    {
        var outputs = Path.Combine(Path.GetTempPath(), "stun-bench-outputs");
        var request = new RunRequest(
            $"bench-{Interlocked.Increment(ref serial)}", image, ["/bin/true"], [], [], Limits, outputs);
        var result = await host.RunAsync(request, (_, _) => { });
        if (result.End is not RunEnd.Exited(0)) throw new InvalidOperationException($"It ended with {result.End}.");
    }

    private static ContainerHost NewHost(string directory, OciRuntime runtime)
    {
        var options = new ContainerHostOptions(directory)
        {
            CgroupParent = $"{CpuGroup.Name}/{Path.GetFileName(directory)}",
            OnTrouble = failure => Console.Error.WriteLine(failure),
        };
        return new ContainerHost(options, new OciDriver(runtime, Path.Combine(directory, "runtime")));
    }

    private static UnpackedImage MakeImage(string root)
    {
        Directory.CreateDirectory(Path.Combine(root, "bin"));
        File.Copy("/bin/busybox", Path.Combine(root, "bin", "true"));
        return new UnpackedImage(new Digest(1, 2, 3, 4), root, new ImageConfig([], [], [], "/"), () => { });
    }

    private static double At(List<double> values, double part) =>
        values.Order().ElementAt((int)(part * (values.Count - 1)));

    private static string Part(List<double> values, double part) =>
        At(values, part).ToString("0.0", CultureInfo.InvariantCulture);
}
