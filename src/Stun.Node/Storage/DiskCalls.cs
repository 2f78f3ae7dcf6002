using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Stun.Node.Storage;

/// <summary>
/// The calls that decide what survives a crash. The framework's own hide the number of the error, or sync more than was
/// asked for. Each returns that number, 0 for none.
/// </summary>
internal static partial class DiskCalls
{
    public const int NoSpace = 28, OverQuota = 122, Interrupted = 4, WouldBlock = 11, NameTaken = 17;

    public static int WriteAll(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        while (!bytes.IsEmpty)
        {
            var written = pwrite(file, bytes, bytes.Length, offset);
            if (written < 0)
            {
                if (Marshal.GetLastPInvokeError() is var error and not Interrupted) return error;
                continue;
            }
            bytes = bytes[(int)written..];
            offset += written;
        }
        return 0;
    }

    /// <summary>Never repeated after an error: the kernel may have dropped the pages, and then says "done".</summary>
    public static int SyncData(SafeFileHandle file) => Result(fdatasync(file));

    public static int Sync(SafeFileHandle file) => Result(fsync(file));

    public static int Allocate(SafeFileHandle file, long size)
    {
        int error;
        do error = posix_fallocate(file, 0, size);
        while (error == Interrupted);
        return error;
    }

    /// <summary>
    /// Gives a file a second name, which must be free. The framework's move looks first and then renames, and between
    /// the two somebody else may have taken the name.
    /// </summary>
    public static int Link(string path, string name) => Result(link(path, name));

    /// <summary>Makes names in a directory durable: made, renamed or removed ones.</summary>
    public static int SyncDirectory(string path)
    {
        const int Directory = 0x10000, DirectoryOnArm = 0x4000, CloseOnExec = 0x80000;
        var isArm = RuntimeInformation.OSArchitecture == Architecture.Arm64;
        var descriptor = open(path, (isArm ? DirectoryOnArm : Directory) | CloseOnExec, 0);
        if (descriptor < 0) return Marshal.GetLastPInvokeError();
        using var directory = new SafeFileHandle(descriptor, ownsHandle: true);
        return Sync(directory);
    }

    /// <summary>
    /// Null while another open file holds the lock, in this process or another. Not opened by the framework: that takes
    /// locks of its own, or none, as a variable of the environment says.
    /// </summary>
    public static SafeFileHandle? TryLock(string path)
    {
        const int Exclusive = 2, DoNotWait = 4, Create = 0x40, ReadAndWrite = 2, CloseOnExec = 0x80000;
        const int OwnerOnly = 0b110_000_000;
        var descriptor = open(path, Create | ReadAndWrite | CloseOnExec, OwnerOnly);
        if (descriptor < 0) throw new IOException($"Could not open {path}: {Explain(Marshal.GetLastPInvokeError())}.");
        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        if (flock(file, Exclusive | DoNotWait) == 0) return file;
        var error = Marshal.GetLastPInvokeError();
        file.Dispose();
        return error == WouldBlock ? null : throw new IOException($"Could not lock {path}: {Explain(error)}.");
    }

    /// <summary>
    /// Closing is not enough: a program that is being started holds a copy of every open file for a moment.
    /// </summary>
    public static void Unlock(SafeFileHandle file)
    {
        const int Release = 8;
        if (file.IsClosed) return;
        _ = flock(file, Release);
        file.Dispose();
    }

    public static bool IsFull(int error) => error is NoSpace or OverQuota;

    public static string Explain(int error) => Marshal.GetPInvokeErrorMessage(error);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string path, string name);

    private static int Result(int result) => result == 0 ? 0 : Marshal.GetLastPInvokeError();

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pwrite(SafeFileHandle file, ReadOnlySpan<byte> buffer, nint count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fdatasync(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeFileHandle file);

    [LibraryImport("libc")]
    private static partial int posix_fallocate(SafeFileHandle file, long offset, long length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(SafeFileHandle file, int operation);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);
}
