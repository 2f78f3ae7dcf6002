namespace Stun.Execution.Hardware;

/// <summary>
/// The limits of this process's control group and of every group above it, in both versions of the kernel's interface.
/// In a container the path that /proc/self/cgroup tells may lie outside what is mounted: what is not there limits
/// nothing, and the root of the mount is looked at in any case.
/// </summary>
public sealed class ControlGroup
{
    private const string Mount = "/sys/fs/cgroup";

    private readonly MachineFiles files;
    private readonly Dictionary<string, string> pathOf = new(StringComparer.Ordinal);

    private ControlGroup(MachineFiles files) => this.files = files;

    public static ControlGroup Of(MachineFiles files)
    {
        var group = new ControlGroup(files);
        foreach (var line in files.Lines("/proc/self/cgroup"))
        {
            var parts = line.Trim().Split(':', 3);
            if (parts.Length != 3) continue;
            // A process seen from below its own group's root: the names above it are not ours to follow.
            var path = parts[2].StartsWith('/') && !parts[2].Split('/').Contains("..") ? parts[2].TrimEnd('/') : "";
            foreach (var controller in parts[1].Split(',')) group.pathOf.TryAdd(controller, path);
        }
        return group;
    }

    /// <summary>v1, v2, hybrid (both mounted) or none.</summary>
    public static string VersionOf(MachineFiles files)
    {
        var types = files.Lines("/proc/self/mounts")
            .Select(line => line.Split(' '))
            .Where(parts => parts.Length > 2)
            .Select(parts => parts[2])
            .ToHashSet();
        return (types.Contains("cgroup"), types.Contains("cgroup2")) switch
        {
            (true, true) => "hybrid",
            (true, false) => "v1",
            (false, true) => "v2",
            _ => "none",
        };
    }

    public long? CpuMillis()
    {
        List<long?> limits = [];
        foreach (var folder in Folders("", ["", "/unified"]))
        {
            var parts = files.Line(folder + "/cpu.max").Split(' ');
            if (parts.Length == 2) limits.Add(Millis(NumberText.Parse(parts[0]), NumberText.Parse(parts[1])));
        }
        foreach (var folder in Folders("cpu", ["/cpu", "/cpu,cpuacct"]))
            limits.Add(Millis(
                files.Number(folder + "/cpu.cfs_quota_us"), files.Number(folder + "/cpu.cfs_period_us")));
        return limits.Min();
    }

    /// <summary>Null where no group limits; version 1 writes that as a number near the end of its range.</summary>
    public long? MemoryBytes()
    {
        const long NoLimit = long.MaxValue / 2;
        List<long?> limits = [];
        foreach (var folder in Folders("", ["", "/unified"])) limits.Add(files.Number(folder + "/memory.max"));
        foreach (var folder in Folders("memory", ["/memory"]))
            limits.Add(files.Number(folder + "/memory.limit_in_bytes"));
        var least = limits.Min();
        return least is null or >= NoLimit ? null : least;
    }

    private static long? Millis(long? quota, long? period) =>
        quota is > 0 and < 1L << 50 && period is > 0 ? Math.Max(1, quota.Value * 1000 / period.Value) : null;

    /// <summary>The group's folder and all above it, for each place where the controller may be mounted.</summary>
    private IEnumerable<string> Folders(string controller, string[] places)
    {
        var path = pathOf.GetValueOrDefault(controller, "");
        while (true)
        {
            foreach (var place in places) yield return Mount + place + path;
            if (path.Length == 0) yield break;
            path = path[..path.LastIndexOf('/')];
        }
    }
}
