namespace Stun.Protocol;

/// <summary>
/// What a node says it has and how fast it found it to be. The nonce is a challenger's: a claim can be asked for again
/// at any time, and an old record answers no new challenge.
/// </summary>
/// <param name="CpuModel">As the kernel names it.</param>
/// <param name="ProbeVersion">Of the measurements: figures of two versions are not compared.</param>
/// <param name="Nonce">Zero where nobody asked.</param>
[Wire]
public sealed record CapabilityRecord(
    Address Node,
    Hardware Hardware,
    [property: AtMost(128)] string CpuModel,
    ProbeFigures Figures,
    [property: AtMost(16)] ValueList<TeeKind> Tees,
    [property: AtMost(128)] ValueList<GpuCapability> Gpus,
    ushort ProbeVersion,
    Instant MeasuredAt,
    Digest Nonce);

/// <summary>What the probes measured; zero where a probe did not run.</summary>
/// <param name="Sha256BytesPerSecond">On all cores together.</param>
/// <param name="FloatOperationsPerSecond">Single precision; a fused multiply-add counts as two.</param>
/// <param name="GpuMemoryBytesVerified">Filled with a pattern and read back in samples, on all GPUs together.</param>
public sealed record ProbeFigures(
    ulong MemoryBytesPerSecond,
    ulong Sha256BytesPerSecond,
    ulong Sha256BytesPerSecondOneCore,
    ulong FloatOperationsPerSecond,
    ulong DiskWriteBytesPerSecond,
    ulong DiskReadBytesPerSecond,
    ulong DiskRandomReadsPerSecond,
    ulong GpuMemoryBytesVerified,
    ulong GpuFillBytesPerSecond);

/// <param name="ComputeCapability">Ten times the CUDA figure; zero for what is not NVIDIA's.</param>
/// <param name="Uuid">The SHA-256 of the device's own id: enough to see one device offered twice.</param>
/// <param name="IsMig">A slice of a GPU (Multi-Instance GPU) instead of a whole one.</param>
public sealed record GpuCapability(
    [property: AtMost(96)] string Model, uint MemoryMiB, ushort ComputeCapability, Digest Uuid, bool IsMig);

/// <summary>
/// A trusted execution environment that the machine shows: as a guest that can prove where it runs, or as a host that
/// can start such guests. Only a quote proves it; this is what the kernel says.
/// </summary>
public enum TeeKind : byte
{
    TdxGuest,
    TdxHost,
    SevSnpGuest,
    SevSnpHost,
    Sgx,
}

[Wire]
public sealed record SignedCapabilityRecord(CapabilityRecord Record, Signature Signature);
