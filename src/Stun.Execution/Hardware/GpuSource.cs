namespace Stun.Execution.Hardware;

/// <summary>All sources of GPUs put together: the PCI bus says what is there, the vendors' programs say more.</summary>
public static class GpuSource
{
    public static async Task<ValueList<GpuReport>> ReadAsync(
        MachineFiles files, HardwareTools tools, List<Remark> remarks)
    {
        var found = PciDisplaySource.Read(files);
        foreach (var card in await NvidiaSource.ReadAsync(tools, remarks).ConfigureAwait(false)) Merge(found, card);
        foreach (var card in await AmdSource.ReadAsync(tools, remarks).ConfigureAwait(false)) Merge(found, card);
        return ValueList.From(found);
    }

    /// <summary>Whether a task can be given this device: a driver has told of memory.</summary>
    public static bool IsUsable(GpuReport gpu) => gpu.Vendor != GpuVendor.Unknown && gpu.MemoryBytes > 0;

    private static void Merge(List<GpuReport> found, GpuReport told)
    {
        // Without an address the card cannot be matched; the n-th of a vendor would be a guess.
        var index = told.PciAddress.Length == 0 ? -1 : found.FindIndex(gpu => gpu.PciAddress == told.PciAddress);
        if (index < 0)
        {
            found.Add(told);
            return;
        }
        var seen = found[index];
        found[index] = told with
        {
            MemoryBytes = told.MemoryBytes > 0 ? told.MemoryBytes : seen.MemoryBytes,
            Model = told.Model.Length > 0 ? told.Model : seen.Model,
            Uuid = told.Uuid.Length > 0 ? told.Uuid : seen.Uuid,
            Target = told.Target.Length > 0 ? told.Target : seen.Target,
            Driver = told.Driver.Length > 0 ? told.Driver : seen.Driver,
        };
    }
}
