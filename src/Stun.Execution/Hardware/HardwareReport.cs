namespace Stun.Execution.Hardware;

/// <summary>
/// What this machine has. Whatever could not be read is zero or empty, and a remark says why: detection never fails.
/// </summary>
public sealed record HardwareReport(
    CpuReport Cpu,
    MemoryReport Memory,
    DiskReport Disk,
    ValueList<GpuReport> Gpus,
    ValueList<CdiDevice> CdiDevices,
    TeeReport Tee,
    ContainerReport Containers,
    ValueList<Remark> Remarks);

/// <summary>Something that a source answered and that is not what it should be.</summary>
/// <param name="Source">A program or a path.</param>
public sealed record Remark(string Source, string Text);

/// <param name="Cores">Physical; equal to the threads where the kernel does not tell.</param>
/// <param name="Threads">Online, of the whole machine.</param>
/// <param name="ThreadsAllowed">Those that this process may run on.</param>
/// <param name="QuotaMillis">Thousandths of a thread that the control group allows; null where it sets no
/// limit.</param>
/// <param name="UsableMillis">The lesser of what is allowed and the quota.</param>
/// <param name="LastCacheBytes">All last-level caches together; zero where the kernel does not tell.</param>
/// <param name="Flags">Of those that matter to a task, the ones that are there.</param>
public sealed record CpuReport(
    string Model,
    string Vendor,
    int Sockets,
    int Cores,
    int Threads,
    int ThreadsAllowed,
    long? QuotaMillis,
    long UsableMillis,
    long LastCacheBytes,
    ValueList<string> Flags);

/// <param name="LimitBytes">Of the control group; null where it sets none below the machine's memory.</param>
public sealed record MemoryReport(
    long TotalBytes, long AvailableBytes, long? LimitBytes, long UsableBytes, int NumaNodes);

/// <param name="Store">Where blobs, images and scratch space lie.</param>
/// <param name="IsRotational">Null where the kernel does not tell.</param>
public sealed record DiskReport(
    string Store, long TotalBytes, long FreeBytes, string FileSystem, string Device, bool? IsRotational);

public enum GpuVendor
{
    Unknown,
    Nvidia,
    Amd,
    Intel,
}

/// <param name="PciAddress">As sysfs writes it: 0000:1b:00.0; empty where a source does not say.</param>
/// <param name="ComputeCapability">Ten times the CUDA figure: 90 means 9.0.</param>
/// <param name="Target">The instruction set that AMD's compiler names: gfx942.</param>
/// <param name="Ecc">As the tool says; empty where it does not.</param>
/// <param name="Source">The program or the tree it was read from.</param>
public sealed record GpuReport(
    GpuVendor Vendor,
    string Model,
    string Uuid,
    string PciAddress,
    long MemoryBytes,
    string Driver,
    ushort ComputeCapability,
    string Target,
    string Ecc,
    bool IsMigEnabled,
    ValueList<MigReport> MigInstances,
    string Source)
{
    public static GpuReport Bare(GpuVendor vendor, string pciAddress, string source) =>
        new(vendor, "", "", pciAddress, 0, "", 0, "", "", false, [], source);
}

/// <summary>One slice of a GPU.</summary>
/// <param name="Profile">Slices of compute and memory: 1g.10gb.</param>
/// <param name="MemoryBytes">As the profile's name says it, which is what the vendor rounds to.</param>
public sealed record MigReport(string Profile, string Uuid, long MemoryBytes);

/// <param name="Name">Fully qualified: nvidia.com/gpu=0.</param>
public sealed record CdiDevice(string Name, ValueList<string> DeviceNodes, string Source);

/// <param name="Kinds">What a record of the network says.</param>
/// <param name="Evidence">The flags, devices and files that said so.</param>
public sealed record TeeReport(ValueList<TeeKind> Kinds, ValueList<string> Evidence);

/// <param name="ControlGroups">v1, v2, hybrid or none.</param>
public sealed record ContainerReport(
    string ControlGroups, bool HasOverlay, bool HasUserNamespaces, ValueList<ToolVersion> Runtimes);

public sealed record ToolVersion(string Name, string Version);
