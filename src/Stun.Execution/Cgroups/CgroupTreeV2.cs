using System.Globalization;

namespace Stun.Execution.Cgroups;

/// <summary>The second version: one tree for all controllers.</summary>
internal sealed class CgroupTreeV2(string root, string parent) : ICgroupTree
{
    private const string Controllers = "+memory +cpu +pids";

    public ICgroup Create(string name)
    {
        var directory = root;
        // A controller reaches a group only when each group above it hands it down.
        foreach (var part in parent.Split('/', StringSplitOptions.RemoveEmptyEntries).Append(name))
        {
            CgroupFiles.Write(directory, "cgroup.subtree_control", Controllers);
            directory = Path.Combine(directory, part);
            Directory.CreateDirectory(directory);
        }
        CgroupFiles.Write(directory, "cgroup.subtree_control", Controllers);
        var group = new CgroupV2(root, Path.Combine(parent, name));
        if (!group.IsEmpty) group.Kill();
        return group;
    }

    public IReadOnlyList<string> Names()
    {
        var above = Path.Combine(root, parent);
        if (!Directory.Exists(above)) return [];
        return Directory.EnumerateDirectories(above)
            .Select(path => Path.GetFileName(path))
            .Order(StringComparer.Ordinal)
            .ToArray();
    }

    public void Close() => CgroupFiles.RemoveIfEmpty(Path.Combine(root, parent));

    public ICgroup Open(string name) => new CgroupV2(root, Path.Combine(parent, name));
}

internal sealed class CgroupV2(string root, string path) : ICgroup
{
    private readonly string directory = Path.Combine(root, path);

    public string OciPath => $"/{path}/c";

    public bool RanOutOfMemory => CgroupFiles.ReadCounter(directory, "memory.events", "oom_kill") > 0;

    public TimeSpan CpuTime =>
        TimeSpan.FromMicroseconds(CgroupFiles.ReadCounter(directory, "cpu.stat", "usage_usec"));

    /// <summary>Zero before Linux 5.19, which does not tell.</summary>
    public long MemoryPeakBytes => CgroupFiles.ReadNumber(directory, "memory.peak");

    public bool IsEmpty => !CgroupFiles.Processes(directory).Any();

    public IReadOnlyList<int> Processes => [.. CgroupFiles.Processes(directory)];

    public void Limit(CgroupLimits limits)
    {
        CgroupFiles.Write(directory, "memory.max", limits.MemoryBytes.ToString(CultureInfo.InvariantCulture));
        if (File.Exists(Path.Combine(directory, "memory.swap.max")))
            CgroupFiles.Write(directory, "memory.swap.max", "0");
        CgroupFiles.Write(directory, "cpu.max", $"{limits.CpuQuotaMicros} {CgroupLimits.CpuPeriodMicros}");
        CgroupFiles.Write(directory, "pids.max", limits.Processes.ToString(CultureInfo.InvariantCulture));
        if (limits.CpuSet.Length == 0) return;
        var above = root;
        foreach (var part in Path.GetDirectoryName(path)!.Split('/', StringSplitOptions.RemoveEmptyEntries).Append(""))
        {
            CgroupFiles.Write(above, "cgroup.subtree_control", "+cpuset");
            above = Path.Combine(above, part);
        }
        CgroupFiles.Write(directory, "cpuset.cpus", limits.CpuSet);
    }

    public void Kill()
    {
        // Since Linux 5.14 the kernel does it in one go; the loop then only waits.
        if (File.Exists(Path.Combine(directory, "cgroup.kill"))) CgroupFiles.Write(directory, "cgroup.kill", "1");
        CgroupFiles.KillAll(directory);
    }

    public void Remove() => CgroupFiles.Remove(directory);

    public void Dispose() { }
}
