using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Stun.Execution.Linux;

/// <summary>
/// Tells whether the kernel killed for want of memory in a version-1 group or in one below it. The counter in the group
/// itself does not count the groups below, and those are gone when one wants to know.
/// </summary>
internal sealed partial class MemoryAlarm : IDisposable
{
    private const int CloseOnExec = 0x80000, NonBlocking = 0x800;

    private readonly SafeFileHandle events;
    private bool rung;

    public MemoryAlarm(string memoryGroup)
    {
        var descriptor = eventfd(0, CloseOnExec | NonBlocking);
        if (descriptor < 0) throw Kernel.Failure("kernel.eventfd", "make an event descriptor");
        events = new SafeFileHandle(descriptor, ownsHandle: true);
        using var control = File.OpenHandle(Path.Combine(memoryGroup, "memory.oom_control"));
        File.WriteAllText(Path.Combine(memoryGroup, "cgroup.event_control"),
            $"{descriptor} {control.DangerousGetHandle()}");
    }

    public bool HasRung
    {
        get
        {
            if (rung || events.IsClosed) return rung;
            Span<byte> counter = stackalloc byte[8];
            // The kernel also rings when the group goes away, so it is asked while the group is there.
            return rung = read(events, counter, 8) == 8;
        }
    }

    public void Dispose()
    {
        _ = HasRung;
        events.Dispose();
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(SafeFileHandle file, Span<byte> buffer, nint count);
}
