using System.Runtime.InteropServices;

namespace Stun.Tee.Sources;

/// <summary>A device of the kernel that is asked by ioctl.</summary>
internal static partial class GuestDevice
{
    private const int ReadAndWrite = 2;
    private const int CloseOnExec = 0x80000;

    /// <summary>Read and write; the size of the argument; the driver's letter; the number of the question.</summary>
    public static uint Number(char letter, byte number, int size) =>
        (3u << 30) | ((uint)size << 16) | ((uint)letter << 8) | number;

    /// <returns>False where the device is busy for now: ask again.</returns>
    public static unsafe bool TryAsk(string path, uint request, void* argument)
    {
        var handle = Open(path, ReadAndWrite | CloseOnExec);
        if (handle < 0) return IsPassing() ? false : throw Refused(path, "cannot be opened");
        try
        {
            if (Control(handle, request, argument) >= 0) return true;
            return IsPassing() ? false : throw Refused(path, "has refused");
        }
        finally
        {
            _ = Close(handle);
        }
    }

    public static EvidenceException Busy(string path) => new(
        "source.busy", $"{path} was busy for {Patience.AttemptsMax} questions in a row. Ask again later.");

    private static bool IsPassing() => Patience.IsPassing(Marshal.GetLastPInvokeError());

    private static EvidenceException Refused(string path, string what)
    {
        var error = Marshal.GetLastPInvokeError();
        return new EvidenceException(
            "source.device", $"{path} {what}: {Marshal.GetPInvokeErrorMessage(error)} ({error}).");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static unsafe partial int Control(int handle, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
