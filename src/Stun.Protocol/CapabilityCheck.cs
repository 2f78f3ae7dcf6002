namespace Stun.Protocol;

/// <summary>What a challenger asked for, and how far a fresh figure may lie below the claimed one.</summary>
public sealed record CapabilityChallenge(Digest Nonce, Instant IssuedAt, uint TolerancePpm);

/// <summary>A figure that the fresh record shows to be lower than claimed, or not to hold at all.</summary>
public sealed record CapabilityShortfall(CapabilityFigure Figure, ulong Claimed, ulong Found);

public enum CapabilityFigure : byte
{
    Node,
    Nonce,
    MeasuredAt,
    ProbeVersion,
    CpuModel,
    CpuMillis,
    MemoryMiB,
    DiskMiB,
    GpuModel,
    GpuCount,
    GpuMemoryMiB,
    ComputeCapability,
    GpuDevices,
    Tees,
    MemoryBytesPerSecond,
    Sha256BytesPerSecond,
    Sha256BytesPerSecondOneCore,
    FloatOperationsPerSecond,
    DiskWriteBytesPerSecond,
    DiskReadBytesPerSecond,
    DiskRandomReadsPerSecond,
    GpuMemoryBytesVerified,
    GpuFillBytesPerSecond,
}

/// <summary>
/// Compares what a node claimed with what it shows when asked again. More than was claimed is never a fault. Whoever
/// signed the two records is checked before; this only reads them.
/// </summary>
public static class CapabilityCheck
{
    private const uint Million = 1_000_000;

    public static ValueList<CapabilityShortfall> Compare(
        CapabilityRecord claim, CapabilityRecord fresh, CapabilityChallenge challenge)
    {
        List<CapabilityShortfall> found = [];
        Same(found, CapabilityFigure.Node, claim.Node == fresh.Node);
        Same(found, CapabilityFigure.Nonce, fresh.Nonce == challenge.Nonce);
        Same(found, CapabilityFigure.MeasuredAt, fresh.MeasuredAt >= challenge.IssuedAt);
        Same(found, CapabilityFigure.CpuModel, claim.CpuModel == fresh.CpuModel);
        CompareHardware(found, claim.Hardware, fresh.Hardware, challenge.TolerancePpm);
        Same(found, CapabilityFigure.GpuDevices, HasAll(claim.Gpus, fresh.Gpus));
        Same(found, CapabilityFigure.Tees, HasAll(claim.Tees, fresh.Tees));
        if (claim.ProbeVersion == fresh.ProbeVersion)
            CompareFigures(found, claim.Figures, fresh.Figures, challenge.TolerancePpm);
        else
            found.Add(new CapabilityShortfall(
                CapabilityFigure.ProbeVersion, claim.ProbeVersion, fresh.ProbeVersion));
        return ValueList.From(found);
    }

    private static void CompareHardware(
        List<CapabilityShortfall> found, Hardware claim, Hardware fresh, uint tolerancePpm)
    {
        var least = Least(found, tolerancePpm);
        least(CapabilityFigure.CpuMillis, claim.CpuMillis, fresh.CpuMillis);
        least(CapabilityFigure.MemoryMiB, claim.MemoryMiB, fresh.MemoryMiB);
        least(CapabilityFigure.DiskMiB, claim.DiskMiB, fresh.DiskMiB);
        least(CapabilityFigure.GpuMemoryMiB, claim.GpuMemoryMiB, fresh.GpuMemoryMiB);
        // Counted things are there or not: a tolerance would let one of a hundred cards be missing.
        var exact = Least(found, 0);
        exact(CapabilityFigure.GpuCount, claim.GpuCount, fresh.GpuCount);
        exact(CapabilityFigure.ComputeCapability, claim.ComputeCapability, fresh.ComputeCapability);
        Same(found, CapabilityFigure.GpuModel, claim.GpuModel == fresh.GpuModel);
    }

    private static void CompareFigures(
        List<CapabilityShortfall> found, ProbeFigures claim, ProbeFigures fresh, uint tolerancePpm)
    {
        var least = Least(found, tolerancePpm);
        least(CapabilityFigure.MemoryBytesPerSecond, claim.MemoryBytesPerSecond, fresh.MemoryBytesPerSecond);
        least(CapabilityFigure.Sha256BytesPerSecond, claim.Sha256BytesPerSecond, fresh.Sha256BytesPerSecond);
        least(CapabilityFigure.Sha256BytesPerSecondOneCore,
            claim.Sha256BytesPerSecondOneCore, fresh.Sha256BytesPerSecondOneCore);
        least(CapabilityFigure.FloatOperationsPerSecond,
            claim.FloatOperationsPerSecond, fresh.FloatOperationsPerSecond);
        least(CapabilityFigure.DiskWriteBytesPerSecond,
            claim.DiskWriteBytesPerSecond, fresh.DiskWriteBytesPerSecond);
        least(CapabilityFigure.DiskReadBytesPerSecond, claim.DiskReadBytesPerSecond, fresh.DiskReadBytesPerSecond);
        least(CapabilityFigure.DiskRandomReadsPerSecond,
            claim.DiskRandomReadsPerSecond, fresh.DiskRandomReadsPerSecond);
        least(CapabilityFigure.GpuMemoryBytesVerified, claim.GpuMemoryBytesVerified, fresh.GpuMemoryBytesVerified);
        least(CapabilityFigure.GpuFillBytesPerSecond, claim.GpuFillBytesPerSecond, fresh.GpuFillBytesPerSecond);
    }

    private static Action<CapabilityFigure, ulong, ulong> Least(List<CapabilityShortfall> found, uint tolerancePpm)
    {
        var share = Million - Math.Min(tolerancePpm, Million);
        return (figure, claimed, measured) =>
        {
            if ((UInt128)measured * Million < (UInt128)claimed * share)
                found.Add(new CapabilityShortfall(figure, claimed, measured));
        };
    }

    private static void Same(List<CapabilityShortfall> found, CapabilityFigure figure, bool holds)
    {
        if (!holds) found.Add(new CapabilityShortfall(figure, 1, 0));
    }

    private static bool HasAll<T>(ValueList<T> claimed, ValueList<T> fresh)
    {
        foreach (var item in claimed)
            if (!fresh.Contains(item)) return false;
        return true;
    }
}
