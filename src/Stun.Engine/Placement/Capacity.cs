namespace Stun.Engine.Placement;

/// <summary>An amount of the four things a machine can run out of.</summary>
internal readonly record struct Capacity(uint Gpus, uint CpuMillis, uint MemoryMiB, uint DiskMiB)
{
    public static Capacity Of(Hardware hardware) =>
        new(hardware.GpuCount, hardware.CpuMillis, hardware.MemoryMiB, hardware.DiskMiB);

    public static Capacity Of(Resources resources) =>
        new(resources.GpuCount, resources.CpuMillis, resources.MemoryMiB, resources.DiskMiB);

    public bool Covers(in Capacity need) =>
        Gpus >= need.Gpus && CpuMillis >= need.CpuMillis && MemoryMiB >= need.MemoryMiB && DiskMiB >= need.DiskMiB;

    /// <summary>Checked: capacity that is handed out twice, or given back twice, is our bug.</summary>
    public static Capacity operator +(in Capacity left, in Capacity right) => new(
        left.Gpus + right.Gpus,
        left.CpuMillis + right.CpuMillis,
        left.MemoryMiB + right.MemoryMiB,
        left.DiskMiB + right.DiskMiB);

    public static Capacity operator -(in Capacity left, in Capacity right) => new(
        left.Gpus - right.Gpus,
        left.CpuMillis - right.CpuMillis,
        left.MemoryMiB - right.MemoryMiB,
        left.DiskMiB - right.DiskMiB);

    /// <summary>
    /// What is left of this, where more may be taken than there now is: a provider may shrink while it works.
    /// </summary>
    public Capacity Less(in Capacity taken) => new(
        Gpus - Math.Min(Gpus, taken.Gpus),
        CpuMillis - Math.Min(CpuMillis, taken.CpuMillis),
        MemoryMiB - Math.Min(MemoryMiB, taken.MemoryMiB),
        DiskMiB - Math.Min(DiskMiB, taken.DiskMiB));
}
