using Stun.Execution.Linux;

namespace Stun.Execution.Containers;

/// <summary>
/// A folder whose files are in memory alone, up to a size: they never come to a disk, not by way of swapping either,
/// and are gone when it is closed.
/// </summary>
public sealed class MemoryFolder : IDisposable
{
    private const Kernel.MountFlags Safe = Kernel.MountFlags.NoSetUid | Kernel.MountFlags.NoDevices;

    private const UnixFileMode OwnerOnly = (UnixFileMode)0b111_000_000;

    private MemoryFolder(string path) => Path = path;

    public string Path { get; }

    public static MemoryFolder Make(string path, long bytes)
    {
        // Without a size it would have no end.
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        HostGround.MakeDirectory(path, OwnerOnly);
        Mount(path, bytes);
        File.SetUnixFileMode(path, OwnerOnly);
        return new MemoryFolder(path);
    }

    /// <summary>Removes what an earlier life of this process left in folders below this one.</summary>
    public static void ClearBelow(string parent) => HostGround.Clear(parent);

    public void Dispose() => HostGround.Clear(Path, isMount: true);

    internal static void Mount(string target, long bytes)
    {
        var options = Scratch.MemoryOptions(bytes);
        try
        {
            Kernel.Mount("stun", target, "tmpfs", Safe, options + ",noswap");
        }
        catch (ExecutionException) when (!HasSwap())
        {
            // A kernel before 6.4 does not know the word, and where nothing is swapped it needs none.
            Kernel.Mount("stun", target, "tmpfs", Safe, options);
        }
        catch (ExecutionException refused)
        {
            throw new ExecutionException("secret.swap",
                "This machine swaps, and its kernel cannot except a folder in memory from it: what is secret could "
                + $"come to the disk ({refused.Message}).",
                "Turn swapping off (swapoff -a), or use a kernel from 6.4 on.", refused);
        }
    }

    /// <summary>Whether this machine may write memory to a disk.</summary>
    public static bool HasSwap() => File.ReadLines("/proc/swaps").Skip(1).Any();
}
