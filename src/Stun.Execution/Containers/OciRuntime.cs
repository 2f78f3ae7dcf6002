using Stun.Execution.Tools;

namespace Stun.Execution.Containers;

/// <summary>A program that runs OCI bundles, and how it wants to be called.</summary>
public sealed record OciRuntime(
    string Name, string Program, ValueList<string> Prefix, ValueList<string> Options, bool IsGo)
{
    public DriverOverhead Overhead { get; private init; } = DriverOverhead.None;

    public bool CanReachNetwork { get; private init; } = true;

    private const string UnifiedTree = "/sys/fs/cgroup/unified";

    /// <summary>
    /// A quarter of runc's cost is Go's scheduler spreading a few milliseconds of work over all processors.
    /// </summary>
    public static OciRuntime Runc => new("runc", "runc", [], [], IsGo: true);

    /// <summary>
    /// crun refuses a hybrid tree, version-1 controllers beside an empty version-2 mount. It is content when it cannot
    /// see that mount, so it gets a mount namespace without it; outside nothing changes.
    /// </summary>
    public static OciRuntime Crun => Directory.Exists(UnifiedTree)
        // The static busybox starts three times as fast as the system's own shell, unshare and umount.
        ? new OciRuntime("crun", "busybox",
            [
                "unshare", "-m", "--propagation", "private", Tool.Find("busybox") ?? "busybox", "sh", "-c",
                $"umount {UnifiedTree} && exec {Tool.Find("crun")} \"$@\"", "crun",
            ], [], IsGo: false)
        : new OciRuntime("crun", "crun", [], [], IsGo: false);

    /// <summary>
    /// The ptrace platform needs nothing of the machine; others are faster where they work. Its kernel is a process
    /// inside the limits: it has threads of its own and one for each of the program's, and dies when it gets none.
    /// Unasked, it leaves out the seccomp profile: the refused calls would reach gVisor's own kernel.
    /// </summary>
    public static OciRuntime Gvisor =>
        new("runsc", "runsc", [], ["--platform", "ptrace", "--network", "none", "--oci-seccomp"], IsGo: false)
        {
            // It is started without any network, and its own stack was not tried against the rules.
            CanReachNetwork = false,
            Overhead = new DriverOverhead(512, 48 << 20),
        };

    public static IReadOnlyList<OciRuntime> All => [Crun, Runc, Gvisor];

    public bool IsInstalled => Tool.Find(Name) is not null && Tool.Find(Program) is not null;
}
