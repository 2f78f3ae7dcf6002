using System.Globalization;

namespace Stun.Execution.Hardware;

/// <summary>
/// All devices on the PCI bus whose class is a display or a 3D controller: what is there even without a driver.
/// Drivers of AMD and Intel tell in the same folders how much memory a card has.
/// </summary>
public static class PciDisplaySource
{
    private const string Devices = "/sys/bus/pci/devices";
    private const int DisplayClass = 0x03;

    public static List<GpuReport> Read(MachineFiles files)
    {
        List<GpuReport> found = [];
        foreach (var address in files.Names(Devices))
        {
            var folder = $"{Devices}/{address}";
            if (files.Number(folder + "/class") is not { } code || code >> 16 != DisplayClass) continue;
            if (Normal(address) is not { } normal) continue;
            found.Add(Device(files, folder, normal));
        }
        return found;
    }

    /// <summary>0000:1b:00.0 from any of the ways in which tools write it; null for anything else.</summary>
    public static string? Normal(string address)
    {
        var parts = address.Trim().Split(':', '.');
        if (parts.Length != 4) return null;
        Span<uint> numbers = stackalloc uint[4];
        ReadOnlySpan<uint> most = [uint.MaxValue, 0xff, 0x1f, 7];
        for (var index = 0; index < 4; index++)
        {
            var isNumber = uint.TryParse(
                parts[index], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out numbers[index]);
            if (!isNumber || numbers[index] > most[index]) return null;
        }
        return $"{numbers[0]:x4}:{numbers[1]:x2}:{numbers[2]:x2}.{numbers[3]}";
    }

    private static GpuReport Device(MachineFiles files, string folder, string address)
    {
        var vendor = files.Number(folder + "/vendor");
        var driver = Value(files.Lines(folder + "/uevent"), "DRIVER=");
        var bare = GpuReport.Bare(VendorOf(vendor), address, folder) with
        {
            Model = $"{vendor ?? 0:x4}:{files.Number(folder + "/device") ?? 0:x4}",
            Driver = Told.Short(driver),
        };
        return bare.Vendor switch
        {
            GpuVendor.Amd => AmdSource.FromDriver(files, folder, bare),
            GpuVendor.Intel => IntelSource.FromDriver(files, folder, bare),
            _ => bare,
        };
    }

    private static string Value(string[] lines, string key) =>
        lines.FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal)) is { } line
            ? line[key.Length..].Trim() : "";

    private static GpuVendor VendorOf(long? id) => id switch
    {
        0x10de => GpuVendor.Nvidia,
        0x1002 => GpuVendor.Amd,
        0x8086 => GpuVendor.Intel,
        _ => GpuVendor.Unknown,
    };
}
