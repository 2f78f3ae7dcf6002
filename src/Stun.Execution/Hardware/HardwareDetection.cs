namespace Stun.Execution.Hardware;

/// <summary>Where to look: everything that is read can be a recording.</summary>
public sealed record HardwareSources(
    MachineFiles Files, HardwareTools Tools, string Store, Func<string, (long Total, long Free)> DiskSpace)
{
    public static HardwareSources Real(string store, CancellationToken cancel = default) =>
        new(MachineFiles.Real, HardwareTools.Real(cancel), store, DiskSource.Space);
}

/// <summary>Asks every source. Never fails because of what it finds: see the remarks of the report.</summary>
public static class HardwareDetection
{
    public static async Task<HardwareReport> RunAsync(HardwareSources sources)
    {
        List<Remark> remarks = [];
        var (files, tools) = (sources.Files, sources.Tools);
        var cpu = CpuSource.Read(files);
        if (cpu.Threads == 0) remarks.Add(new Remark("/proc/cpuinfo", "names no processor."));
        var memory = MemorySource.Read(files);
        if (memory.TotalBytes == 0) remarks.Add(new Remark("/proc/meminfo", "tells no MemTotal."));
        var disk = DiskSource.Read(files, sources.Store, sources.DiskSpace);
        var gpus = await GpuSource.ReadAsync(files, tools, remarks).ConfigureAwait(false);
        var cdi = CdiSource.Read(files, remarks);
        var tee = TeeSource.Read(files);
        var containers = await ContainerSource.ReadAsync(files, tools, remarks).ConfigureAwait(false);
        return new HardwareReport(cpu, memory, disk, gpus, cdi, tee, containers, ValueList.From(remarks));
    }
}
