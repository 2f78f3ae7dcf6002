namespace Stun.Execution.Cgroups;

/// <summary>What one run may take of the machine.</summary>
/// <param name="CpuSet">In the kernel's list form, such as <c>0-3,8</c>; empty means any processor.</param>
public sealed record CgroupLimits(long MemoryBytes, uint CpuMillis, string CpuSet, int Processes)
{
    /// <summary>The kernel's own default, and what both versions of the tree are told.</summary>
    public const uint CpuPeriodMicros = 100_000;

    public uint CpuQuotaMicros => CpuMillis * (CpuPeriodMicros / 1000);
}

/// <summary>
/// The kernel's accounting tree. A run gets a group of its own which outlives the group that the runtime makes inside
/// it: so limits hold for whatever the runtime starts, and what was used can be read after the runtime has cleaned up.
/// </summary>
public interface ICgroupTree
{
    /// <summary>Made empty; one that was left behind under this name is emptied first.</summary>
    ICgroup Create(string name);

    /// <summary>Groups which are there, also those that an earlier life of this host left.</summary>
    IReadOnlyList<string> Names();

    ICgroup Open(string name);

    /// <summary>Removes what is empty of our own level. Another host may still use the level above.</summary>
    void Close();
}

public interface ICgroup : IDisposable
{
    /// <summary>What goes into <c>linux.cgroupsPath</c> of a bundle: a group below this one.</summary>
    string OciPath { get; }

    void Limit(CgroupLimits limits);

    /// <summary>True once the kernel has killed a process of this group for want of memory.</summary>
    bool RanOutOfMemory { get; }

    TimeSpan CpuTime { get; }

    long MemoryPeakBytes { get; }

    bool IsEmpty { get; }

    IReadOnlyList<int> Processes { get; }

    /// <summary>Kills every process, also those which it starts meanwhile. Returns when none is left.</summary>
    void Kill();

    /// <summary>Removes the group and those below it. Its processes must be gone.</summary>
    void Remove();
}

public static class CgroupTree
{
    /// <param name="parent">Such as <c>stun</c>: everything of ours is below it.</param>
    /// <param name="root">Where the kernel shows its trees; another one in tests.</param>
    public static ICgroupTree Detect(string parent, string root = "/sys/fs/cgroup")
    {
        if (Directory.Exists(Path.Combine(root, "memory"))) return new CgroupTreeV1(root, parent);
        if (File.Exists(Path.Combine(root, "cgroup.controllers"))) return new CgroupTreeV2(root, parent);
        throw new ExecutionException("cgroup.none", $"There is no cgroup tree at {root}.",
            "Mount cgroup2 there, or run on a host instead of inside a container without one.");
    }
}
