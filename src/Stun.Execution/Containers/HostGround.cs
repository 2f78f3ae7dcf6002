using System.Security.Cryptography;
using System.Text;
using Stun.Execution.Cgroups;
using Stun.Execution.Linux;
using Stun.Execution.Tools;

namespace Stun.Execution.Containers;

/// <summary>What all containers of one host share: state directory, groups, ids, the shell inside.</summary>
internal sealed class HostGround : IDisposable
{
    private const int IdLength = 8;

    private const UnixFileMode Passable = (UnixFileMode)0b111_001_001, Open = (UnixFileMode)0b111_101_101;

    private readonly FileStream lease;

    public HostGround(string directory, string cgroupParent)
    {
        MakeDirectory(directory, Passable);
        // The kernel spells mounts and working directories without links; what it tells is compared with this.
        var stateDirectory = Kernel.RealPath(directory);
        if (stateDirectory.AsSpan().IndexOfAny(":,\\ ") >= 0)
            throw new ExecutionException("host.directory",
                $"The state directory '{stateDirectory}' has one of ':,\\ '.",
                "Overlay mounts cannot spell it; choose another.");
        // Each host has a group of its own: what another one runs is not left over from us.
        Groups = CgroupTree.Detect($"{cgroupParent}/{NameOf(stateDirectory)}");
        Runs = Path.Combine(stateDirectory, "runs");
        Skeleton = Path.Combine(stateDirectory, "skeleton");
        MakeDirectory(Runs, Passable);
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

    /// <summary>With this mode, whatever the mask of this process says.</summary>
    public static void MakeDirectory(string path, UnixFileMode mode)
    {
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, mode);
    }

    /// <summary>
    /// Removes a directory of a run. Never through a mount: what is below one may still be in use, or be the image.
    /// </summary>
    /// <param name="isMount">Something is mounted on the directory itself.</param>
    public static void Clear(string directory, bool isMount = false)
    {
        UnmountBelow(directory);
        if (isMount) Kernel.Unmount(directory);
        if (MountsBelow(directory).Count > 0)
            throw new ExecutionException("host.mounts-left", $"Mounts below {directory} do not go away.",
                "Unmount them by hand; the next start clears the rest.");
        if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
    }

    private static string NameOf(string directory) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(directory)).AsSpan(0, 6));

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

    public void Dispose()
    {
        Groups.Close();
        lease.Dispose();
    }

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
        MakeDirectory(Skeleton, Open);
        foreach (var name in new[] { "in", "out", "tmp", "dev", "proc", "sys", ".stun", "etc", "run" })
            MakeDirectory(Path.Combine(Skeleton, name), Open);
        // The last is a mark that podman insists on. A program shall not see which driver it runs under.
        foreach (var name in new[]
        {
            StartScript.Shell, StartScript.Output, StartScript.Errors, "/etc/resolv.conf", "/run/.containerenv",
        })
            WriteReadable(Skeleton + name, "");
        WriteReadable(Skeleton + "/etc/hostname", ContainerSpec.HostName);
        WriteReadable(Skeleton + "/etc/hosts", ContainerSpec.HostsText);
    }

    private static void WriteReadable(string path, string text)
    {
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, (UnixFileMode)0b110_100_100);
    }
}
