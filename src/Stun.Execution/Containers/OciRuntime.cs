using Stun.Execution.Tools;

namespace Stun.Execution.Containers;

/// <summary>A program that runs OCI bundles, and how it wants to be called.</summary>
public sealed record OciRuntime(
    string Name, string Program, ValueList<string> Prefix, ValueList<string> Options, bool IsGo)
{
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
        ? new OciRuntime("crun", "unshare",
            [
                "--mount", "--propagation", "private", "--", "/bin/sh", "-c",
                $"umount {UnifiedTree} && exec crun \"$@\"", "crun",
            ], [], IsGo: false)
        : new OciRuntime("crun", "crun", [], [], IsGo: false);

    /// <summary>
    /// The ptrace platform needs nothing of the machine; others are faster where they work. Unasked, it leaves out the
    /// seccomp profile: the calls that the profile refuses would reach gVisor's own kernel.
    /// </summary>
    public static OciRuntime Gvisor => new("runsc", "runsc", [],
        ["--platform", "ptrace", "--network", "none", "--oci-seccomp"], IsGo: false)
    {
        OwnThreadsMax = 256,
    };

    public static IReadOnlyList<OciRuntime> All => [Crun, Runc, Gvisor];

    /// <summary>What gVisor's kernel takes, which dies when it gets none; about thirty of it when nothing happens.
    /// </summary>
    public int OwnThreadsMax { get; init; }

    public bool IsInstalled => Tool.Find(Name) is not null && Tool.Find(Program) is not null;
}
