using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Stun.Execution.Linux;

public enum FileKind
{
    Pipe = 0x1000,
    CharacterDevice = 0x2000,
    Directory = 0x4000,
    BlockDevice = 0x6000,
    File = 0x8000,
    Link = 0xA000,
    Socket = 0xC000,
}

/// <summary>The system calls that the framework does not offer. Every one throws with the path it was about.</summary>
public static partial class Kernel
{
    [Flags]
    public enum MountFlags : ulong
    {
        None = 0,
        ReadOnly = 1,
        NoSetUid = 2,
        NoDevices = 4,
        NoExecute = 8,
        Remount = 32,
        Bind = 4096,
        Private = 1 << 18,
    }

    public static void Mount(string source, string target, string type, MountFlags flags, string options)
    {
        if (mount(source, target, type, (ulong)flags, options) != 0)
            throw Failure("kernel.mount", $"mount {type} on {target}");
    }

    /// <summary>Detaches even a busy mount. False if nothing was there.</summary>
    public static bool Unmount(string target)
    {
        const int Detach = 2, NoFollow = 8, Invalid = 22, Missing = 2;
        if (umount2(target, Detach | NoFollow) == 0) return true;
        if (Marshal.GetLastPInvokeError() is Invalid or Missing) return false;
        throw Failure("kernel.unmount", $"unmount {target}");
    }

    public static void ChangeOwner(string path, uint user, uint group)
    {
        if (lchown(path, user, group) != 0) throw Failure("kernel.chown", $"change the owner of {path}");
    }

    /// <summary>A second name for a file. False where the two lie on different file systems.</summary>
    public static bool TryLink(string existing, string name)
    {
        const int OtherDevice = 18, TooManyLinks = 31;
        if (link(existing, name) == 0) return true;
        if (Marshal.GetLastPInvokeError() is OtherDevice or TooManyLinks) return false;
        throw Failure("kernel.link", $"link {name}");
    }

    /// <summary>What an unprivileged process could still write at this path.</summary>
    public static (long Bytes, long TotalBytes, long Files) FreeSpace(string path)
    {
        if (statvfs(path, out var status) != 0) throw Failure("kernel.statvfs", $"read the free space of {path}");
        return checked((
            (long)(status.BlocksAvailable * status.FragmentSize),
            (long)(status.Blocks * status.FragmentSize),
            (long)status.FilesAvailable));
    }

    /// <summary>Of a name itself, not of what it points to. Null if there is no such name.</summary>
    public static (FileKind Kind, long Size)? Look(string path)
    {
        const int Here = -100, NoFollow = 0x100, BasicStatus = 0x7ff;
        Span<byte> status = stackalloc byte[256];
        if (statx(Here, path, NoFollow, BasicStatus, status) != 0) return null;
        var mode = MemoryMarshal.Read<ushort>(status[28..]);
        return ((FileKind)(mode & 0xF000), MemoryMarshal.Read<long>(status[40..]));
    }

    /// <summary>Opens a file for reading; fails on a link, and does not wait for the other end of a pipe.</summary>
    public static FileStream OpenFile(string path)
    {
        const int NoFollow = 0x20000, NonBlocking = 0x800, CloseOnExec = 0x80000;
        // On ARM the two bits of "no follow" and "direct" are swapped.
        var noFollow = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? 0x8000 : NoFollow;
        var descriptor = open(path, noFollow | NonBlocking | CloseOnExec);
        if (descriptor < 0) throw Failure("kernel.open", $"open {path}");
        return new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Read);
    }

    /// <summary>Without links, dots and doubled slashes.</summary>
    public static string RealPath(string path) =>
        realpath(path, 0) ?? throw Failure("kernel.realpath", $"find {path}");

    public static void MakePipe(string path)
    {
        const uint OwnerOnly = 0b110_000_000;
        if (mkfifo(path, OwnerOnly) != 0) throw Failure("kernel.mkfifo", $"make the pipe {path}");
    }

    /// <summary>One end of a named pipe; waits for the other end unless opened for both.</summary>
    public static FileStream OpenPipe(string path, FileAccess access)
    {
        const int CloseOnExec = 0x80000;
        var descriptor = open(path, ((int)access - 1) | CloseOnExec);
        if (descriptor < 0) throw Failure("kernel.open", $"open {path}");
        return new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), access);
    }

    public const int SignalKill = 9, SignalEnd = 15;

    /// <summary>The network namespace of a process; null where it is gone.</summary>
    public static SafeFileHandle? TryOpenNetwork(int process)
    {
        const int CloseOnExec = 0x80000;
        var descriptor = open($"/proc/{process}/ns/net", CloseOnExec);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Whether a namespace is another than the one that this program began in.</summary>
    public static bool IsOtherNetwork(SafeFileHandle space) =>
        new FileInfo($"/proc/self/fd/{space.DangerousGetHandle()}").LinkTarget is { } link
        && link.StartsWith("net:", StringComparison.Ordinal)
        && link != new FileInfo("/proc/self/ns/net").LinkTarget;

    /// <summary>Moves the calling thread, and it alone.</summary>
    public static void EnterNetwork(SafeFileHandle space)
    {
        const int NetworkOnly = 0x40000000;
        if (setns((int)space.DangerousGetHandle(), NetworkOnly) != 0)
            throw Failure("kernel.setns", "enter the network of a container");
    }

    public static bool Kill(int process, int signal) => kill(process, signal) == 0;

    public static bool IsRoot => geteuid() == 0;

    /// <summary>No core of this process is written, and no other process looks into it, whatever befalls it.</summary>
    public static void HideFromDumps()
    {
        const int SetDumpable = 4;
        if (prctl(SetDumpable, 0, 0, 0, 0) != 0) throw Failure("kernel.prctl", "keep this process out of dumps");
    }

    internal static ExecutionException Failure(string code, string what)
    {
        var error = Marshal.GetLastPInvokeError();
        return new ExecutionException(code, $"Could not {what}: {Marshal.GetPInvokeErrorMessage(error)}.",
            "Containers need root, overlayfs and tmpfs; see docs/operating/containers.md.");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nint second, nint third, nint fourth, nint fifth);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string type, ulong flags, string data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lchown(string path, uint user, uint group);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string existing, string name);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statvfs(string path, out FileSystemStatus status);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial string? realpath(string path, nint resolved);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkfifo(string path, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(int descriptor, int kind);

    [LibraryImport("libc")]
    private static partial uint geteuid();

    /// <summary>As the C library lays it out on 64-bit machines, with room to spare.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    private struct FileSystemStatus
    {
        public ulong BlockSize, FragmentSize, Blocks, BlocksFree, BlocksAvailable, Files, FilesFree, FilesAvailable;
    }
}
