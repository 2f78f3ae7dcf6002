using System.Diagnostics;

namespace Stun.Execution.Hardware;

/// <summary>Runs all probes one after the other, so that none disturbs another.</summary>
public static class HardwareProbes
{
    /// <summary>Rises with every change of what a figure means.</summary>
    public const ushort Version = 1;

    public static ProbeReport Run(HardwareReport machine, ProbeBudget budget)
    {
        var start = Stopwatch.GetTimestamp();
        List<Remark> remarks = [];
        // A quota below the threads is shared by all: more threads would only wait for each other.
        var threads = (int)Math.Clamp((machine.Cpu.UsableMillis + 999) / 1000, 1, Environment.ProcessorCount);
        var memory = Measured(remarks, "memory", () => CpuProbes.Memory(threads, MemoryBytes(machine, budget), budget));
        var hash = Measured(remarks, "sha256", () => CpuProbes.Sha256(threads, budget));
        var hashOne = threads == 1 ? hash : Measured(remarks, "sha256", () => CpuProbes.Sha256(1, budget));
        var floats = Measured(remarks, "float", () => CpuProbes.Float(threads, budget));
        var disk = Disk(machine, budget, remarks);
        var gpu = GpuMemoryProbe.Measure(budget.GpuBytesMax, remarks);
        return new ProbeReport(
            Version, threads, memory, hash, hashOne, floats, disk.Write, disk.Read, disk.RandomReads, disk.IsDirect,
            gpu, (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds, ValueList.From(remarks));
    }

    private static long MemoryBytes(HardwareReport machine, ProbeBudget budget)
    {
        // An eighth of what is free: the probe must not push others out of memory.
        var free = Math.Min(machine.Memory.AvailableBytes, machine.Memory.UsableBytes);
        // Each of the three arrays four times the caches, as STREAM asks, so that memory is what is measured.
        const long Least = 192L << 20;
        var wanted = Math.Max(Least, 3 * 4 * machine.Cpu.LastCacheBytes);
        return Math.Min(Math.Min(wanted, budget.MemoryBytesMax), free / 8);
    }

    private static DiskRates Disk(HardwareReport machine, ProbeBudget budget, List<Remark> remarks)
    {
        try
        {
            return DiskProbe.Measure(
                machine.Disk.Store, Math.Min(budget.DiskBytesMax, machine.Disk.FreeBytes / 16), budget);
        }
        catch (Exception failure) when (failure is ExecutionException or IOException or UnauthorizedAccessException)
        {
            remarks.Add(new Remark("disk probe", failure.Message));
            return new DiskRates(ProbeRate.None, ProbeRate.None, ProbeRate.None, false);
        }
    }

    private static ProbeRate Measured(List<Remark> remarks, string name, Func<ProbeRate> probe)
    {
        try
        {
            return probe();
        }
        catch (InvalidOperationException failure)
        {
            remarks.Add(new Remark(name + " probe", failure.Message));
            return ProbeRate.None;
        }
    }
}
