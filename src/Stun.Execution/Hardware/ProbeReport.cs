namespace Stun.Execution.Hardware;

/// <summary>A measured rate: the median of several rounds, and how far they lay apart.</summary>
/// <param name="SpreadPpm">The largest minus the smallest, in parts per million of the median.</param>
public sealed record ProbeRate(long PerSecond, long SpreadPpm, int RoundCount)
{
    public static ProbeRate None => new(0, 0, 0);

    public static ProbeRate Of(IEnumerable<double> rates)
    {
        var sorted = rates.Where(rate => double.IsFinite(rate) && rate > 0).Order().ToList();
        if (sorted.Count == 0) return None;
        var (low, high) = (sorted[(sorted.Count - 1) / 2], sorted[sorted.Count / 2]);
        var median = (low + high) / 2;
        return new ProbeRate((long)median, (long)((sorted[^1] - sorted[0]) / median * 1_000_000), sorted.Count);
    }
}

/// <summary>What the probes found; a probe that did not run says so in the remarks.</summary>
/// <param name="Version">Of the probes: figures of two versions are not compared.</param>
/// <param name="MemoryBytes">Bytes read and written per second by the triad a = b + s·c, on all threads.</param>
/// <param name="Sha256Bytes">Bytes hashed per second, on all threads.</param>
/// <param name="FloatOperations">Single precision, per second, on all threads; a multiply-add is two.</param>
/// <param name="DiskRandomReads">Of 4 KiB each, one at a time.</param>
/// <param name="IsDiskDirect">False where the file system has no O_DIRECT and its cache was dropped instead.</param>
public sealed record ProbeReport(
    ushort Version,
    int Threads,
    ProbeRate MemoryBytes,
    ProbeRate Sha256Bytes,
    ProbeRate Sha256BytesOneThread,
    ProbeRate FloatOperations,
    ProbeRate DiskWriteBytes,
    ProbeRate DiskReadBytes,
    ProbeRate DiskRandomReads,
    bool IsDiskDirect,
    GpuMemoryReport GpuMemory,
    long TookMillis,
    ValueList<Remark> Remarks);

/// <param name="BytesVerified">Filled and found as written in every sample that was read back.</param>
public sealed record GpuMemoryReport(int DeviceCount, long BytesVerified, long FillBytesPerSecond)
{
    public static GpuMemoryReport None => new(0, 0, 0);
}

/// <summary>How long each probe may take and how much it may use.</summary>
public sealed record ProbeBudget(
    int RoundCount, TimeSpan Round, long MemoryBytesMax, long DiskBytesMax, TimeSpan DiskRound, long GpuBytesMax)
{
    /// <summary>Under three seconds on a machine of today.</summary>
    public static ProbeBudget Default { get; } = new(
        5, TimeSpan.FromMilliseconds(50), 12L << 30, 96L << 20, TimeSpan.FromMilliseconds(100), long.MaxValue);

    /// <summary>Under one second.</summary>
    public static ProbeBudget Quick { get; } = new(
        3, TimeSpan.FromMilliseconds(25), 1L << 30, 24L << 20, TimeSpan.FromMilliseconds(40), 1L << 30);
}
