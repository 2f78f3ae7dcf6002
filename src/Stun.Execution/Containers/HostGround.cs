using System.Security.Cryptography;
using Stun.Execution.Cgroups;
using Stun.Execution.Linux;
using Stun.Execution.Tools;

namespace Stun.Execution.Containers;

/// <summary>What all containers of one host share: state directory, groups, ids, the shell inside.</summary>
internal sealed class HostGround : IDisposable
{
    private const int IdLength = 8;

    private readonly FileStream lease;

    public HostGround(string stateDirectory, ICgroupTree groups)
    {
        if (stateDirectory.AsSpan().IndexOfAny(":,\\ ") >= 0)
            throw new ExecutionException("host.directory",
                $"The state directory '{stateDirectory}' has one of ':,\\ '.",
                "Overlay mounts cannot spell it; choose another.");
        Groups = groups;
        Runs = Path.Combine(stateDirectory, "runs");
        Skeleton = Path.Combine(stateDirectory, "skeleton");
        const UnixFileMode Passable = (UnixFileMode)0b111_001_001;
        Directory.CreateDirectory(Runs, Passable);
        RequireWayIn(Runs);
        lease = TakeLease(Path.Combine(stateDirectory, "lock"));
        Shell = Path.Combine(stateDirectory, "sh");
        CopyShell();
        MakeSkeleton();
    }

    public string Runs { get; }

    /// <summary>Laid over every image: the directories that are mounted upon, whatever the image has there.</summary>
    public string Skeleton { get; }

    public string Shell { get; }

    public ICgroupTree Groups { get; }

    public IdRanges Ids { get; } = new();

    public static string NewId() => "stun-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdLength));

    /// <summary>Detaches all mounts below a directory, the innermost first.</summary>
    public static void UnmountBelow(string directory)
    {
        foreach (var target in MountsBelow(directory).Reverse()) Kernel.Unmount(target);
    }

    /// <summary>In the order in which they were mounted.</summary>
    public static IReadOnlyList<string> MountsBelow(string directory) =>
        File.ReadLines("/proc/self/mountinfo")
            .Select(line => line.Split(' ')[4])
            .Where(target => target.StartsWith(directory + "/", StringComparison.Ordinal))
            .ToArray();

    public void Dispose() => lease.Dispose();

    /// <summary>Two hosts on one directory would each take the other's containers for lost ones.</summary>
    private static FileStream TakeLease(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException failure)
        {
            throw new ExecutionException("host.in-use", $"Another process holds {path}.",
                "Stop it, or give this host a state directory of its own.", failure);
        }
    }

    /// <summary>
    /// A runtime mounts the container's root as the container's own user. Each directory on the way must let it pass;
    /// it need not let it look.
    /// </summary>
    private static void RequireWayIn(string directory)
    {
        for (var step = new DirectoryInfo(directory); step is not null; step = step.Parent)
            if (!step.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))
                throw new ExecutionException("host.no-way-in", $"Containers cannot pass through {step.FullName}.",
                    $"Run: chmod o+x {step.FullName}, or choose another state directory.");
    }

    /// <summary>A copy, so that an upgrade of the system changes nothing under a running container.</summary>
    private void CopyShell()
    {
        var busybox = Tool.Find("busybox")
            ?? throw new ExecutionException("host.no-shell", "There is no busybox on this machine.",
                "Install what eng/prerequisites names; ./check does it as root.");
        File.Copy(busybox, Shell + ".next", overwrite: true);
        File.SetUnixFileMode(Shell + ".next", (UnixFileMode)0b101_101_101);
        File.Move(Shell + ".next", Shell, overwrite: true);
    }

    private void MakeSkeleton()
    {
        foreach (var name in new[] { "in", "out", "tmp", "dev", "proc", "sys", ".stun", "etc", "run" })
            Directory.CreateDirectory(Path.Combine(Skeleton, name));
        // The last is a mark that podman insists on. A program shall not see which driver it runs under.
        foreach (var name in new[]
        {
            StartScript.Shell, StartScript.Output, StartScript.Errors, "/etc/resolv.conf", "/run/.containerenv",
        })
            File.WriteAllBytes(Skeleton + name, []);
        File.WriteAllText(Skeleton + "/etc/hostname", ContainerSpec.HostName);
        File.WriteAllText(Skeleton + "/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n");
    }
}
