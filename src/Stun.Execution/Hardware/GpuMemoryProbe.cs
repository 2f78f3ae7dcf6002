using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Stun.Execution.Hardware;

/// <summary>
/// Fills the free memory of every NVIDIA GPU with patterns through the driver's own interface (libcuda) and reads
/// samples back after everything is filled: a card that claims more memory than it has returns another chunk's pattern.
/// Without the library there is no probe.
/// </summary>
internal static unsafe partial class GpuMemoryProbe
{
    private const string Library = "libcuda.so.1";
    private const long Chunk = 1L << 30;
    private const int SampleWords = 16 << 10;
    private const int DevicesMax = 64;

    /// <summary>A driver whose card has fallen off the bus may never come back from a call.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static GpuMemoryReport Measure(long bytesMax, List<Remark> remarks)
    {
        if (!NativeLibrary.TryLoad(Library, out var library)) return GpuMemoryReport.None;
        // Only asked whether it is there; the calls below load it again by name.
        NativeLibrary.Free(library);
        var report = GpuMemoryReport.None;
        List<Remark> told = [];
        var thread = new Thread(() => report = MeasureAll(bytesMax, told)) { IsBackground = true, Name = "probe gpu" };
        thread.Start();
        if (!thread.Join(Patience))
        {
            remarks.Add(new Remark(Library, $"did not answer within {Patience.TotalSeconds:0} s."));
            return GpuMemoryReport.None;
        }
        remarks.AddRange(told);
        return report;
    }

    private static GpuMemoryReport MeasureAll(long bytesMax, List<Remark> remarks)
    {
        var (deviceCount, verified, seconds) = (0, 0L, 0.0);
        try
        {
            int count;
            Require(cuInit(0), "cuInit");
            Require(cuDeviceGetCount(&count), "cuDeviceGetCount");
            for (var ordinal = 0; ordinal < Math.Min(count, DevicesMax); ordinal++)
            {
                var (bytes, took) = MeasureOne(ordinal, bytesMax);
                deviceCount++;
                verified += bytes;
                seconds = Math.Max(seconds, took);
            }
        }
        catch (Exception failure) when (failure is ExecutionException or EntryPointNotFoundException)
        {
            remarks.Add(new Remark(Library, Told.Short(failure.Message)));
        }
        return new GpuMemoryReport(deviceCount, verified, seconds > 0 ? (long)(verified / seconds) : 0);
    }

    private static (long Bytes, double Seconds) MeasureOne(int ordinal, long bytesMax)
    {
        int device;
        nint context;
        nuint free, total;
        Require(cuDeviceGet(&device, ordinal), "cuDeviceGet");
        Require(cuCtxCreate_v2(&context, 0, device), "cuCtxCreate");
        List<ulong> chunks = [];
        try
        {
            Require(cuMemGetInfo_v2(&free, &total), "cuMemGetInfo");
            // A twentieth is left to those who use the card at the same time.
            var room = Math.Min(bytesMax, (long)(free - (free / 20)));
            for (var left = room; left >= Chunk; left -= Chunk)
            {
                ulong address;
                if (cuMemAlloc_v2(&address, (nuint)Chunk) != 0) break;
                chunks.Add(address);
            }
            if (chunks.Count == 0) return (0, 0);
            // The first fill wakes the card; the second is timed.
            Fill(chunks);
            var start = Stopwatch.GetTimestamp();
            Fill(chunks);
            var took = Stopwatch.GetElapsedTime(start).TotalSeconds;
            for (var index = 0; index < chunks.Count; index++) Verify(chunks[index], index);
            return (chunks.Count * Chunk, took);
        }
        finally
        {
            foreach (var address in chunks) _ = cuMemFree_v2(address);
            _ = cuCtxDestroy_v2(context);
        }
    }

    private static void Fill(List<ulong> chunks)
    {
        for (var index = 0; index < chunks.Count; index++)
            Require(cuMemsetD32_v2(chunks[index], Pattern(index), (nuint)(Chunk / sizeof(uint))), "cuMemsetD32");
        Require(cuCtxSynchronize(), "cuCtxSynchronize");
    }

    private static void Verify(ulong address, int index)
    {
        var sample = new uint[SampleWords];
        long[] offsets = [0, Chunk / 2, Chunk - (SampleWords * sizeof(uint))];
        foreach (var offset in offsets)
        {
            fixed (uint* words = sample)
                Require(cuMemcpyDtoH_v2(words, address + (ulong)offset, SampleWords * sizeof(uint)), "cuMemcpyDtoH");
            if (sample.AsSpan().ContainsAnyExcept(Pattern(index)))
                throw new ExecutionException("hardware.gpu-memory",
                    $"Memory of a GPU does not hold what was written, {index} GiB in.",
                    "Take the card out of service and run the vendor's diagnosis.");
        }
    }

    private static uint Pattern(int index) => unchecked(0x9e3779b9u * (uint)(index + 1));

    private static void Require(int status, string call)
    {
        if (status != 0)
            throw new ExecutionException("hardware.cuda", $"{call} answered with the CUDA error {status}.",
                "See whether nvidia-smi works, and whether driver and library are of one version.");
    }

    [LibraryImport(Library)]
    private static partial int cuInit(uint flags);

    [LibraryImport(Library)]
    private static partial int cuDeviceGetCount(int* count);

    [LibraryImport(Library)]
    private static partial int cuDeviceGet(int* device, int ordinal);

    [LibraryImport(Library)]
    private static partial int cuCtxCreate_v2(nint* context, uint flags, int device);

    [LibraryImport(Library)]
    private static partial int cuCtxDestroy_v2(nint context);

    [LibraryImport(Library)]
    private static partial int cuCtxSynchronize();

    [LibraryImport(Library)]
    private static partial int cuMemGetInfo_v2(nuint* free, nuint* total);

    [LibraryImport(Library)]
    private static partial int cuMemAlloc_v2(ulong* address, nuint size);

    [LibraryImport(Library)]
    private static partial int cuMemFree_v2(ulong address);

    [LibraryImport(Library)]
    private static partial int cuMemsetD32_v2(ulong address, uint value, nuint count);

    [LibraryImport(Library)]
    private static partial int cuMemcpyDtoH_v2(void* destination, ulong address, nuint size);
}
