using System.Globalization;
using Stun.Execution.Linux;

namespace Stun.Execution.Cgroups;

/// <summary>
/// The first version: one tree per controller, or a few together. Also the "hybrid" form, where an empty tree of the
/// second version is mounted beside them.
/// </summary>
internal sealed class CgroupTreeV1(string root, string parent) : ICgroupTree
{
    private static readonly string[] Needed = ["memory", "cpu", "cpuacct", "pids"];

    public ICgroup Create(string name)
    {
        foreach (var controller in Needed)
        {
            if (!Directory.Exists(Path.Combine(root, controller)))
                throw new ExecutionException("cgroup.controller", $"The controller '{controller}' is not in {root}.",
                    "Enable it on the kernel's command line.");
        }
        var group = new CgroupV1(root, Path.Combine(parent, name));
        if (!group.IsEmpty) group.Kill();
        foreach (var controller in Needed) Directory.CreateDirectory(Path.Combine(root, controller, parent, name));
        return group;
    }

    public IReadOnlyList<string> Names() =>
        Directory.EnumerateDirectories(root)
            .Select(controller => Path.Combine(controller, parent))
            .Where(Directory.Exists)
            .SelectMany(Directory.EnumerateDirectories)
            .Select(path => Path.GetFileName(path))
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToArray();

    public void Close()
    {
        foreach (var controller in Directory.EnumerateDirectories(root))
            CgroupFiles.RemoveIfEmpty(Path.Combine(controller, parent));
    }

    public ICgroup Open(string name) => new CgroupV1(root, Path.Combine(parent, name));
}

internal sealed class CgroupV1(string root, string path) : ICgroup
{
    private readonly string memory = Path.Combine(root, "memory", path);
    private MemoryAlarm? alarm;

    public string OciPath => $"/{path}/c";

    public bool RanOutOfMemory => alarm?.HasRung ?? false;

    public TimeSpan CpuTime =>
        TimeSpan.FromMicroseconds(CgroupFiles.ReadNumber(Path.Combine(root, "cpuacct", path), "cpuacct.usage") / 1000);

    public long MemoryPeakBytes => CgroupFiles.ReadNumber(memory, "memory.max_usage_in_bytes");

    public bool IsEmpty => !CgroupFiles.Processes(Path.Combine(root, "pids", path)).Any();

    public IReadOnlyList<int> Processes => [.. CgroupFiles.Processes(Path.Combine(root, "pids", path))];

    public void Limit(CgroupLimits limits)
    {
        var bytes = limits.MemoryBytes.ToString(CultureInfo.InvariantCulture);
        CgroupFiles.Write(memory, "memory.limit_in_bytes", bytes);
        // Memory and swap together may be no more than memory alone: no swap. Absent without swap accounting.
        if (File.Exists(Path.Combine(memory, "memory.memsw.limit_in_bytes")))
            CgroupFiles.Write(memory, "memory.memsw.limit_in_bytes", bytes);
        alarm ??= new MemoryAlarm(memory);
        var cpu = Path.Combine(root, "cpu", path);
        CgroupFiles.Write(cpu, "cpu.cfs_period_us",
            CgroupLimits.CpuPeriodMicros.ToString(CultureInfo.InvariantCulture));
        CgroupFiles.Write(cpu, "cpu.cfs_quota_us", limits.CpuQuotaMicros.ToString(CultureInfo.InvariantCulture));
        CgroupFiles.Write(Path.Combine(root, "pids", path), "pids.max",
            limits.Processes.ToString(CultureInfo.InvariantCulture));
        if (limits.CpuSet.Length > 0) LimitProcessors(limits.CpuSet);
    }

    /// <summary>
    /// Here a new group has no processors and no memory nodes: each level above it must have been given some. The group
    /// below it, made by the runtime, has its parent's when it was made, so it is set as well.
    /// </summary>
    private void LimitProcessors(string processors)
    {
        var directory = Path.Combine(root, "cpuset");
        foreach (var part in path.Split('/'))
        {
            var above = directory;
            directory = Path.Combine(directory, part);
            Directory.CreateDirectory(directory);
            foreach (var file in new[] { "cpuset.mems", "cpuset.cpus" })
                if (CgroupFiles.Read(directory, file).Length == 0)
                    CgroupFiles.Write(directory, file, CgroupFiles.Read(above, file));
        }
        foreach (var group in CgroupFiles.WithChildren(directory))
            CgroupFiles.Write(group, "cpuset.cpus", processors);
    }

    public void Kill() => CgroupFiles.KillAll(Path.Combine(root, "pids", path));

    public void Remove()
    {
        alarm?.Dispose();
        // The runtime makes its group in every tree, and the way to it as well.
        foreach (var controller in Directory.EnumerateDirectories(root))
            CgroupFiles.Remove(Path.Combine(controller, path));
    }

    public void Dispose() => alarm?.Dispose();
}
