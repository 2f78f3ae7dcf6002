using System.Text.Json.Nodes;

namespace Stun.Execution.Containers;

/// <summary>The config.json of a bundle, by the OCI runtime specification.</summary>
internal static class OciConfig
{
    public static readonly string[] Masked =
    [
        "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
        "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap",
        // What the whole machine is busy with, and anybody may ask the kernel to watch it for him.
        "/proc/pressure", "/proc/interrupts",
    ];

    private static readonly string[] ReadOnly =
        ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    private static readonly string[] CapabilitySets =
        ["bounding", "effective", "inheritable", "permitted", "ambient"];

    public static string Text(ContainerSpec spec) => new JsonObject
    {
        ["ociVersion"] = "1.0.2",
        ["process"] = Program(),
        // The overlay is the container's own; what it may write there is decided by owner and mode.
        ["root"] = new JsonObject { ["path"] = spec.Root, ["readonly"] = false },
        ["hostname"] = ContainerSpec.HostName,
        ["mounts"] = Mounts(spec),
        ["linux"] = Linux(spec),
    }.ToJsonString();

    private static JsonObject Program()
    {
        var capabilities = new JsonObject();
        foreach (var set in CapabilitySets) capabilities[set] = new JsonArray();
        return new JsonObject
        {
            ["terminal"] = false,
            ["user"] = new JsonObject { ["uid"] = ContainerSpec.User, ["gid"] = ContainerSpec.User },
            ["args"] = Strings([StartScript.Shell]),
            ["env"] = Strings(ContainerSpec.Environment),
            ["cwd"] = ContainerSpec.WorkingDirectory,
            ["capabilities"] = capabilities,
            ["rlimits"] = new JsonArray(
                ResourceLimit("RLIMIT_NOFILE", ContainerSpec.OpenFilesMax), ResourceLimit("RLIMIT_CORE", 0)),
            ["noNewPrivileges"] = true,
            ["oomScoreAdj"] = ContainerSpec.OutOfMemoryScore,
        };
    }

    private static JsonObject ResourceLimit(string type, long value) =>
        new() { ["type"] = type, ["soft"] = value, ["hard"] = value };

    private static JsonArray Mounts(ContainerSpec spec)
    {
        var mounts = new JsonArray
        {
            Mount("proc", "proc", "/proc", ["nosuid", "noexec", "nodev"]),
            Mount("tmpfs", "tmpfs", "/dev", ["nosuid", "noexec", "mode=755", "size=64k"]),
            Mount("tmpfs", "shm", "/dev/shm",
                ["nosuid", "noexec", "nodev", "mode=1777", $"size={ContainerSpec.SharedMemoryBytes}"]),
        };
        foreach (var mount in DeviceTree(spec)) mounts.Add(mount);
        foreach (var bind in spec.Binds)
        {
            List<string> options = ["bind", "private", "nosuid", "nodev"];
            if (!bind.Writable) options.Add("ro");
            if (!bind.Executable) options.Add("noexec");
            mounts.Add(Mount("bind", bind.Source, bind.Destination, options));
        }
        return mounts;
    }

    /// <summary>
    /// The kernel lets only the owner of a network namespace see the devices in it, and one that was made outside is
    /// not owned by the container. It then has the part about processors and memory alone.
    /// </summary>
    private static JsonNode[] DeviceTree(ContainerSpec spec)
    {
        const string System = "/sys/devices/system";
        string[] careful = ["nosuid", "noexec", "nodev"];
        return spec.NetworkNamespace.Length == 0
            ? [Mount("sysfs", "sysfs", "/sys", [.. careful, "ro"])]
            :
            [
                Mount("tmpfs", "tmpfs", "/sys", [.. careful, "mode=755", "size=64k"]),
                Mount("bind", System, System, ["bind", "private", .. careful, "ro"]),
            ];
    }

    private static JsonObject Mount(string type, string source, string destination, IEnumerable<string> options) =>
        new()
        {
            ["type"] = type,
            ["source"] = source,
            ["destination"] = destination,
            ["options"] = Strings(options),
        };

    private static JsonObject Linux(ContainerSpec spec)
    {
        var network = new JsonObject { ["type"] = "network" };
        if (spec.NetworkNamespace.Length > 0) network["path"] = spec.NetworkNamespace;
        var namespaces = new JsonArray(network);
        foreach (var type in new[] { "pid", "ipc", "uts", "mount", "user", "cgroup" })
            namespaces.Add(new JsonObject { ["type"] = type });
        return new JsonObject
        {
            ["uidMappings"] = IdMapping(spec),
            ["gidMappings"] = IdMapping(spec),
            // The limits are on the group above, where they also hold for the runtime's own processes.
            ["resources"] = new JsonObject
            {
                ["devices"] = new JsonArray(new JsonObject { ["allow"] = false, ["access"] = "rwm" }),
            },
            ["cgroupsPath"] = spec.CgroupPath,
            ["namespaces"] = namespaces,
            ["seccomp"] = Seccomp.Profile,
            ["maskedPaths"] = Strings(Masked),
            ["readonlyPaths"] = Strings(ReadOnly),
        };
    }

    private static JsonArray IdMapping(ContainerSpec spec)
    {
        var mapping = new JsonObject
        {
            ["containerID"] = 0,
            ["hostID"] = spec.FirstHostId,
            ["size"] = ContainerSpec.IdCount,
        };
        return new JsonArray(mapping);
    }

    private static JsonArray Strings(IEnumerable<string> texts) =>
        new(texts.Select(text => (JsonNode)text!).ToArray());
}
