using System.Runtime.InteropServices;

namespace Stun.Execution.Linux;

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

    public static bool Kill(int process, int signal) => kill(process, signal) == 0;

    public static bool IsRoot => geteuid() == 0;

    internal static ExecutionException Failure(string code, string what)
    {
        var error = Marshal.GetLastPInvokeError();
        return new ExecutionException(code, $"Could not {what}: {Marshal.GetPInvokeErrorMessage(error)}.",
            "Containers need root, overlayfs and tmpfs; see docs/operating/containers.md.");
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string type, ulong flags, string data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lchown(string path, uint user, uint group);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);

    [LibraryImport("libc")]
    private static partial uint geteuid();
}
