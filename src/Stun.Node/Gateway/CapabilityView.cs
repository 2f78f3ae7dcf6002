namespace Stun.Node.Gateway;

/// <summary>
/// What a provider's machine measured of itself, signed by it. Nobody has checked it: a node can measure another
/// machine.
/// </summary>
/// <param name="Tees">What its kernel says of trusted hardware; only evidence proves it.</param>
/// <param name="Digest">Of the blob that holds the signed record, for those who want to check it themselves.</param>
public sealed record CapabilityView(
    string CpuModel, uint CpuMillis, uint MemoryMib, uint DiskMib, IReadOnlyList<GpuView> Gpus,
    IReadOnlyList<string> Tees, MeasuredView Figures, DateTimeOffset MeasuredAt, string Digest)
{
    public static CapabilityView Of(CapabilityRecord record, Digest blob) => new(
        record.CpuModel, record.Hardware.CpuMillis, record.Hardware.MemoryMiB, record.Hardware.DiskMiB,
        [.. record.Gpus.Span.ToArray().Select(GpuView.Of)],
        [.. record.Tees.Span.ToArray().Select(NameOf)], MeasuredView.Of(record.Figures),
        WallTime.Time(record.MeasuredAt), "sha256:" + blob);

    private static string NameOf(TeeKind kind) => kind switch
    {
        TeeKind.TdxGuest => "tdx-guest",
        TeeKind.TdxHost => "tdx-host",
        TeeKind.SevSnpGuest => "sev-snp-guest",
        TeeKind.SevSnpHost => "sev-snp-host",
        TeeKind.Sgx => "sgx",
        _ => "unknown",
    };
}

public sealed record GpuView(string Model, uint MemoryMib, string ComputeCapability, bool IsMig)
{
    public static GpuView Of(GpuCapability gpu) => new(
        gpu.Model, gpu.MemoryMiB, $"{gpu.ComputeCapability / 10}.{gpu.ComputeCapability % 10}", gpu.IsMig);
}

/// <summary>Null for what was not measured.</summary>
/// <param name="MemoryBytesPerSecond">Read and written, by all threads together.</param>
/// <param name="Sha256BytesPerSecond">By all threads together.</param>
/// <param name="FloatOperationsPerSecond">Single precision; a fused multiply-add counts as two.</param>
/// <param name="DiskRandomReadsPerSecond">Of 4 KiB, one at a time.</param>
/// <param name="GpuMemoryBytesVerified">Filled with a pattern and read back in samples, on all GPUs together.</param>
public sealed record MeasuredView(
    ulong? MemoryBytesPerSecond, ulong? Sha256BytesPerSecond, ulong? Sha256BytesPerSecondOneCore,
    ulong? FloatOperationsPerSecond, ulong? DiskWriteBytesPerSecond, ulong? DiskReadBytesPerSecond,
    ulong? DiskRandomReadsPerSecond, ulong? GpuMemoryBytesVerified, ulong? GpuFillBytesPerSecond)
{
    public static MeasuredView Of(ProbeFigures figures) => new(
        Measured(figures.MemoryBytesPerSecond), Measured(figures.Sha256BytesPerSecond),
        Measured(figures.Sha256BytesPerSecondOneCore), Measured(figures.FloatOperationsPerSecond),
        Measured(figures.DiskWriteBytesPerSecond), Measured(figures.DiskReadBytesPerSecond),
        Measured(figures.DiskRandomReadsPerSecond), Measured(figures.GpuMemoryBytesVerified),
        Measured(figures.GpuFillBytesPerSecond));

    private static ulong? Measured(ulong figure) => figure == 0 ? null : figure;
}
