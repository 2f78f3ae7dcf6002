using Stun.Execution.Linux;
using Stun.Execution.Tools;

namespace Stun.Execution.Containers;

/// <summary>
/// The only place that a container can write to: a file system of its own with a hard size, which goes away with it.
/// Small ones lie in memory. Larger ones are a file with ext4 in it, mounted through a loop device: quotas of
/// the host's own file system would need one that has them.
/// </summary>
internal static class Scratch
{
    /// <summary>
    /// Up to this size it lies in memory, and the memory limit is raised by it: what is written counts as memory.
    /// </summary>
    public const long InMemoryMax = 64 << 20;

    /// <summary>What must stay free on the host's disk: the journal is written there too.</summary>
    public const long HostReserve = 512 << 20;

    /// <summary>This part of it left is full: no file system gives away its very last block.</summary>
    private const int FullPart = 128;

    private const Kernel.MountFlags Safe = Kernel.MountFlags.NoSetUid | Kernel.MountFlags.NoDevices;

    private static readonly TimeSpan MakeMax = TimeSpan.FromMinutes(2);

    public static bool IsInMemory(long bytes) => bytes <= InMemoryMax;

    public static async Task MountAsync(string directory, string target, long bytes, CancellationToken cancel)
    {
        if (IsInMemory(bytes))
        {
            Kernel.Mount("stun", target, "tmpfs", Safe, MemoryOptions(bytes));
            return;
        }
        if (Kernel.FreeSpace(directory).Bytes - bytes < HostReserve)
            throw new ExecutionException("scratch.no-space",
                $"The disk of {directory} has no room for a scratch space of {bytes >> 20} MiB.",
                "Offer less disk, or free some.");
        var image = Path.Combine(directory, "scratch.ext4");
        Reserve(image, bytes);
        await RunAsync("mkfs.ext4",
            ["-q", "-m", "0", "-b", "4096", "-O", "^has_journal", "-E", "nodiscard", image], cancel)
            .ConfigureAwait(false);
        await RunAsync("mount", ["-o", "loop,nosuid,nodev", image, target], cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// The blocks are taken now: two runs shall not both be promised the same free space, and find out in the middle.
    /// </summary>
    private static void Reserve(string image, long bytes)
    {
        try
        {
            using var file = new FileStream(image, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                PreallocationSize = bytes,
            });
            file.SetLength(bytes);
        }
        catch (IOException failure)
        {
            throw new ExecutionException("scratch.no-space", $"There is no room for {bytes >> 20} MiB at {image}.",
                "Offer less disk, or free some.", failure);
        }
    }

    /// <summary>A waiting container learns only at its start how much it may write.</summary>
    public static void Resize(string target, long bytes) =>
        Kernel.Mount("stun", target, "tmpfs", Safe | Kernel.MountFlags.Remount, MemoryOptions(bytes));

    public static bool IsFull(string target)
    {
        var free = Kernel.FreeSpace(target);
        return free.Bytes <= free.TotalBytes / FullPart || free.Files == 0;
    }

    /// <summary>Files cost the kernel memory even when they are empty, so their number is bounded as well.</summary>
    internal static string MemoryOptions(long bytes) => $"size={bytes},nr_inodes={1024 + bytes / 4096},mode=755";

    private static async Task RunAsync(string program, string[] arguments, CancellationToken cancel)
    {
        var result = await Tool.RunAsync(program, arguments, MakeMax, cancel).ConfigureAwait(false);
        if (!result.Ok)
            throw new ExecutionException("scratch.failed", $"{program} failed: {result.Errors.Trim()}",
                "Are loop devices there, and is there space on the disk?");
    }
}
