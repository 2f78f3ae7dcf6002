using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Stun.Execution.Hardware;

internal sealed record DiskRates(ProbeRate Write, ProbeRate Read, ProbeRate RandomReads, bool IsDirect);

/// <summary>
/// Writes a file in the store, past the page cache where the file system can, and reads it back. The file loses its
/// name as soon as it is open, so that nothing is left even when the process is killed.
/// </summary>
internal static unsafe partial class DiskProbe
{
    private const int ReadWrite = 2, Create = 0x40, Exclusive = 0x80, CloseOnExec = 0x80000;
    private const int DontNeed = 4;
    private const int Block = 1 << 20;
    private const int Page = 4096;

    // The same flag has another number on Arm.
    private static int Direct => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x10000 : 0x4000;

    public static DiskRates Measure(string store, long bytesMax, ProbeBudget budget)
    {
        var blockCount = (int)(bytesMax / Block / budget.RoundCount) * budget.RoundCount;
        if (blockCount == 0)
            throw new ExecutionException("hardware.disk-full", $"The store {store} has no room for a probe.",
                "Free some space, or name another with --store.");
        using var file = Open(store, out var isDirect);
        var buffer = (byte*)NativeMemory.AlignedAlloc(Block, Page);
        try
        {
            var data = new Span<byte>(buffer, Block);
            // A device that compresses would be fast with zeros.
            new Random(7).NextBytes(data);
            List<double> writes = [], reads = [], randoms = [];
            var perRound = blockCount / budget.RoundCount;
            var written = 0L;
            for (var round = 0; round < budget.RoundCount; round++)
                writes.Add(Write(file, data, perRound, ref written, budget));
            if (!isDirect) Forget(file);
            for (var round = 0; round < budget.RoundCount; round++) reads.Add(Read(file, data, written, round, budget));
            if (!isDirect) Forget(file);
            for (var round = 0; round < budget.RoundCount; round++)
                randoms.Add(ReadAtRandom(file, data[..Page], written, round, budget));
            return new DiskRates(ProbeRate.Of(writes), ProbeRate.Of(reads), ProbeRate.Of(randoms), isDirect);
        }
        finally
        {
            NativeMemory.AlignedFree(buffer);
        }
    }

    private static double Write(
        SafeFileHandle file, Span<byte> data, int blockCount, ref long written, ProbeBudget budget)
    {
        var start = Stopwatch.GetTimestamp();
        var from = written;
        for (var block = 0; block < blockCount; block++)
        {
            RandomAccess.Write(file, data, written);
            written += data.Length;
            if (Stopwatch.GetElapsedTime(start) > budget.DiskRound) break;
        }
        RandomAccess.FlushToDisk(file);
        return (written - from) / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Read(SafeFileHandle file, Span<byte> data, long length, int round, ProbeBudget budget)
    {
        var start = Stopwatch.GetTimestamp();
        var (first, share) = (length / Block * round / budget.RoundCount, length / Block / budget.RoundCount);
        var done = 0L;
        for (var block = first; block < first + Math.Max(1, share); block++)
        {
            done += RandomAccess.Read(file, data, block * Block);
            if (Stopwatch.GetElapsedTime(start) > budget.DiskRound) break;
        }
        return done / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double ReadAtRandom(
        SafeFileHandle file, Span<byte> data, long length, int round, ProbeBudget budget)
    {
        var random = new Random(round);
        var start = Stopwatch.GetTimestamp();
        var count = 0;
        do
        {
            RandomAccess.Read(file, data, random.NextInt64(length / Page) * Page);
            count++;
        }
        while (Stopwatch.GetElapsedTime(start) < budget.DiskRound / 2);
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static SafeFileHandle Open(string store, out bool isDirect)
    {
        const int OwnerOnly = 0b110_000_000;
        var path = Path.Combine(store, $".stun-probe-{Guid.NewGuid():n}");
        var flags = ReadWrite | Create | Exclusive | CloseOnExec;
        isDirect = true;
        var descriptor = open(path, flags | Direct, OwnerOnly);
        if (descriptor < 0)
        {
            // A file system without O_DIRECT (tmpfs, some overlays) refuses it after it has made the file.
            isDirect = false;
            _ = unlink(path);
            descriptor = open(path, flags, OwnerOnly);
        }
        if (descriptor < 0)
            throw new ExecutionException("hardware.store",
                $"No file can be made in the store {store}: {Marshal.GetLastPInvokeErrorMessage()}.",
                "Name a folder that exists and that you may write to with --store.");
        _ = unlink(path);
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static void Forget(SafeFileHandle file) => _ = posix_fadvise(file, 0, 0, DontNeed);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unlink(string path);

    [LibraryImport("libc")]
    private static partial int posix_fadvise(SafeFileHandle file, long offset, long length, int advice);
}
