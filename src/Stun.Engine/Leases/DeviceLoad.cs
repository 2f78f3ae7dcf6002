namespace Stun.Engine.Leases;

/// <summary>
/// What of one offer's hardware is in use. The provider is the last to say no: nothing is leased twice.
/// </summary>
public readonly record struct DeviceLoad(long GpuCount, long CpuMillis, long MemoryMiB, long DiskMiB)
{
    public DeviceLoad With(Resources resources) => new(
        GpuCount + resources.GpuCount,
        CpuMillis + resources.CpuMillis,
        MemoryMiB + resources.MemoryMiB,
        DiskMiB + resources.DiskMiB);

    public bool Fits(Hardware hardware) =>
        GpuCount <= hardware.GpuCount
        && CpuMillis <= hardware.CpuMillis
        && MemoryMiB <= hardware.MemoryMiB
        && DiskMiB <= hardware.DiskMiB;
}
