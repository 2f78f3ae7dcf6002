using System.Globalization;
using System.Text;

namespace Stun.Execution.Hardware;

/// <summary>The same document for people: one fact a line.</summary>
public static class HardwareTable
{
    private const int LabelWidth = 14;

    public static string Text(HardwareDocument document)
    {
        var text = new StringBuilder();
        Machine(text, document.Machine);
        foreach (var gpu in document.Machine.Gpus) Gpu(text, gpu);
        foreach (var device in document.Machine.CdiDevices)
            Line(text, "CDI", $"{device.Name} ({string.Join(", ", device.DeviceNodes)})");
        if (document.Measured is { } measured) Measured(text, measured);
        if (document.Record is { } record) Record(text, record);
        foreach (var remark in document.Machine.Remarks) Line(text, "remark", $"{remark.Source} {remark.Text}");
        foreach (var remark in document.Measured?.Remarks ?? [])
            Line(text, "remark", $"{remark.Source}: {remark.Text}");
        return text.ToString();
    }

    private static void Machine(StringBuilder text, HardwareReport machine)
    {
        var (cpu, memory, disk) = (machine.Cpu, machine.Memory, machine.Disk);
        Line(text, "CPU", $"{cpu.Model} ({cpu.Vendor})");
        var quota = cpu.QuotaMillis is { } millis ? $", quota {millis / 1000m:0.###}" : "";
        Line(text, "", $"{cpu.Sockets} sockets, {cpu.Cores} cores, {cpu.Threads} threads, "
            + $"{cpu.ThreadsAllowed} allowed{quota}");
        Line(text, "", string.Join(' ', cpu.Flags));
        var limit = memory.LimitBytes is { } bytes ? $", limit {Size(bytes)}" : "";
        Line(text, "memory", $"{Size(memory.TotalBytes)}, {Size(memory.AvailableBytes)} available{limit}, "
            + $"NUMA nodes: {memory.NumaNodes}");
        var kind = disk.IsRotational switch { true => ", rotational", false => ", not rotational", _ => "" };
        Line(text, "disk", $"{disk.Store}: {Size(disk.FreeBytes)} free of {Size(disk.TotalBytes)}, "
            + $"{disk.FileSystem} on {disk.Device}{kind}");
        Line(text, "TEE", machine.Tee.Kinds.Count == 0 ? "none" : string.Join(", ", machine.Tee.Kinds));
        if (machine.Tee.Evidence.Count > 0) Line(text, "", string.Join(", ", machine.Tee.Evidence));
        var containers = machine.Containers;
        Line(text, "containers", $"control groups {containers.ControlGroups}, "
            + $"overlayfs {YesNo(containers.HasOverlay)}, user namespaces {YesNo(containers.HasUserNamespaces)}");
        Line(text, "", string.Join(", ", containers.Runtimes.Select(tool => $"{tool.Name} {tool.Version}")));
        if (machine.Gpus.Count == 0) Line(text, "GPU", "none");
    }

    private static void Gpu(StringBuilder text, GpuReport gpu)
    {
        var capability = gpu.ComputeCapability > 0 ? $", compute {gpu.ComputeCapability / 10m:0.0}" : "";
        var memory = gpu.MemoryBytes > 0 ? $", {Size(gpu.MemoryBytes)}" : ", no memory told";
        Line(text, "GPU", $"{gpu.PciAddress} {gpu.Vendor} {gpu.Model}{memory}{capability}{Told(gpu.Target)}"
            + $"{Told(gpu.Driver, "driver ")}{Told(gpu.Ecc, "ECC ")}{Told(gpu.Uuid)}");
        foreach (var slice in gpu.MigInstances) Line(text, "  MIG", $"{slice.Profile}, {slice.Uuid}");
    }

    private static void Measured(StringBuilder text, ProbeReport measured)
    {
        Rate(text, "memory", measured.MemoryBytes, "GB/s", 9, $"triad, {measured.Threads} threads");
        Rate(text, "sha256", measured.Sha256Bytes, "GB/s", 9, $"{measured.Threads} threads");
        Rate(text, "sha256", measured.Sha256BytesOneThread, "GB/s", 9, "1 thread");
        Rate(text, "float", measured.FloatOperations, "Gflop/s", 9, "single precision, multiply-add is two");
        var cached = measured.IsDiskDirect ? "O_DIRECT" : "no O_DIRECT here, cache dropped";
        Rate(text, "disk write", measured.DiskWriteBytes, "MB/s", 6, "with fsync, " + cached);
        Rate(text, "disk read", measured.DiskReadBytes, "MB/s", 6, cached);
        Rate(text, "disk 4 KiB", measured.DiskRandomReads, "reads/s", 0, "random, one at a time");
        if (measured.GpuMemory.DeviceCount > 0)
            Line(text, "GPU memory", $"{Size(measured.GpuMemory.BytesVerified)} verified on "
                + $"{measured.GpuMemory.DeviceCount} devices, {measured.GpuMemory.FillBytesPerSecond / 1e9:0.0} GB/s");
        Line(text, "probes", $"version {measured.Version}, {measured.TookMillis} ms");
    }

    private static void Record(StringBuilder text, SignedRecordText record)
    {
        Line(text, "node", record.Node);
        Line(text, "nonce", record.Nonce);
        Line(text, "digest", record.Digest);
        Line(text, "signature", record.Signature);
        Line(text, "record", record.Cbor);
    }

    private static void Rate(StringBuilder text, string label, ProbeRate rate, string unit, int power, string how)
    {
        if (rate.RoundCount == 0) return;
        var figure = (rate.PerSecond / Math.Pow(10, power)).ToString("0.00", CultureInfo.InvariantCulture);
        if (power == 0) figure = rate.PerSecond.ToString(CultureInfo.InvariantCulture);
        Line(text, label, $"{figure} {unit} ({how}; median of {rate.RoundCount}, "
            + $"spread {rate.SpreadPpm / 10_000m:0.0} %)");
    }

    private static void Line(StringBuilder text, string label, string what)
    {
        if (what.Length > 0) text.Append(label.PadRight(LabelWidth)).Append(what).Append('\n');
    }

    private static string Told(string what, string label = "") => what.Length > 0 ? $", {label}{what}" : "";

    private static string YesNo(bool flag) => flag ? "yes" : "no";

    private static string Size(long bytes) => bytes >= 1L << 30
        ? $"{bytes / (double)(1L << 30):0.0} GiB" : $"{bytes >> 20} MiB";
}
