using Stun.Execution.Hardware;

namespace Stun.Integration.Hardware;

/// <summary>The real sources and the real probes on the machine that runs the tests.</summary>
public sealed class HardwareTests
{
    [Fact]
    public async Task What_is_detected_agrees_with_what_the_system_says()
    {
        var store = Path.GetTempPath();
        var report = await HardwareDetection.RunAsync(
            HardwareSources.Real(store, TestContext.Current.CancellationToken));
        var nproc = await Stun.Execution.Tools.Tool.RunAsync(
            "nproc", [], TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal(int.Parse(nproc.Output), report.Cpu.ThreadsAllowed);
        Assert.InRange(report.Cpu.UsableMillis, 1, report.Cpu.ThreadsAllowed * 1000L);
        Assert.InRange(report.Cpu.Cores, 1, report.Cpu.Threads);
        Assert.NotEmpty(report.Cpu.Model);
        var total = File.ReadLines("/proc/meminfo")
            .First(line => line.StartsWith("MemTotal:", StringComparison.Ordinal));
        Assert.Equal(long.Parse(total.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024,
            report.Memory.TotalBytes);
        Assert.InRange(report.Memory.AvailableBytes, 1, report.Memory.TotalBytes);
        Assert.InRange(report.Disk.FreeBytes, 1, report.Disk.TotalBytes);
        Assert.NotEmpty(report.Disk.FileSystem);
        Assert.DoesNotContain(report.Remarks, remark => remark.Source.StartsWith("/proc", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Probes_give_plausible_figures_and_leave_no_file()
    {
        var store = Directory.CreateTempSubdirectory("stun-store-").FullName;
        try
        {
            var report = await HardwareDetection.RunAsync(
                HardwareSources.Real(store, TestContext.Current.CancellationToken));
            var probes = HardwareProbes.Run(report, ProbeBudget.Quick);
            Assert.Empty(Directory.EnumerateFileSystemEntries(store));
            Assert.Empty(probes.Remarks);
            // A hundredth of what a small machine does, and a hundred times what a large one does.
            Assert.InRange(probes.MemoryBytes.PerSecond, 100_000_000, 100_000_000_000_000);
            Assert.InRange(probes.Sha256Bytes.PerSecond, 10_000_000, 10_000_000_000_000);
            Assert.InRange(probes.Sha256BytesOneThread.PerSecond, 10_000_000, 1_000_000_000_000);
            Assert.InRange(probes.FloatOperations.PerSecond, 100_000_000, 10_000_000_000_000_000);
            Assert.InRange(probes.DiskWriteBytes.PerSecond, 100_000, 1_000_000_000_000);
            Assert.InRange(probes.DiskReadBytes.PerSecond, 100_000, 1_000_000_000_000);
            Assert.InRange(probes.DiskRandomReads.PerSecond, 10, 100_000_000);
        }
        finally
        {
            Directory.Delete(store, recursive: true);
        }
    }

    [Fact]
    public async Task A_store_that_cannot_be_written_costs_the_disk_probe_and_nothing_else()
    {
        var report = await HardwareDetection.RunAsync(
            HardwareSources.Real("/proc", TestContext.Current.CancellationToken));
        var probes = HardwareProbes.Run(
            report with { Disk = report.Disk with { FreeBytes = 1L << 40 } }, ProbeBudget.Quick);
        Assert.Contains("/proc", Assert.Single(probes.Remarks).Text);
        Assert.Equal(0, probes.DiskReadBytes.PerSecond);
        Assert.True(probes.MemoryBytes.PerSecond > 0);
    }

    [Fact]
    public async Task A_store_without_direct_access_is_measured_and_said_to_be()
    {
        if (!Directory.Exists("/dev/shm")) Assert.Skip("This system has no /dev/shm.");
        var report = await HardwareDetection.RunAsync(
            HardwareSources.Real("/dev/shm", TestContext.Current.CancellationToken));
        var probes = HardwareProbes.Run(report, ProbeBudget.Quick);
        Assert.True(probes.DiskReadBytes.PerSecond > 0, string.Join('\n', probes.Remarks));
        Assert.DoesNotContain(Directory.EnumerateFiles("/dev/shm"), file => file.Contains("stun-probe"));
    }
}
