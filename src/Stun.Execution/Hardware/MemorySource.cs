namespace Stun.Execution.Hardware;

/// <summary>Reads /proc/meminfo, the limit of the control group, and how many NUMA nodes have memory.</summary>
public static class MemorySource
{
    public static MemoryReport Read(MachineFiles files)
    {
        var lines = files.Lines("/proc/meminfo");
        var total = Bytes(lines, "MemTotal:");
        var limit = ControlGroup.Of(files).MemoryBytes();
        if (limit >= total) limit = null;
        var nodes = CpuSource.CountOfList(files.Line("/sys/devices/system/node/has_memory"));
        return new MemoryReport(total, Bytes(lines, "MemAvailable:"), limit, limit ?? total, Math.Max(1, nodes));
    }

    private static long Bytes(string[] lines, string key)
    {
        var line = lines.FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal));
        if (line is null) return 0;
        var parts = line[key.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return parts is [var count, "kB"] ? NumberText.Scaled(NumberText.Parse(count), 1024) : 0;
    }
}
