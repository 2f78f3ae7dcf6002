namespace Stun.Execution.Hardware;

/// <summary>What holds the store: its file system, its device, and what is free of it.</summary>
public static class DiskSource
{
    /// <param name="space">Total and free bytes of the file system at a path; a recorded tree has its own.</param>
    public static DiskReport Read(MachineFiles files, string store, Func<string, (long Total, long Free)> space)
    {
        var (device, type) = MountOf(files.Text("/proc/self/mounts"), store);
        var (total, free) = space(store);
        return new DiskReport(store, total, free, type, device, Rotational(files, device));
    }

    public static (long Total, long Free) Space(string store)
    {
        try
        {
            var drive = new DriveInfo(store);
            return (drive.TotalSize, drive.AvailableFreeSpace);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return (0, 0);
        }
    }

    /// <summary>The last mounted of the longest mount points above a path: later ones lie over earlier ones.</summary>
    public static (string Device, string Type) MountOf(string mounts, string path)
    {
        var (device, type, longest) = ("", "", 0);
        foreach (var line in mounts.Split('\n'))
        {
            var parts = line.Split(' ');
            if (parts.Length < 3) continue;
            var point = Unescape(parts[1]);
            var isAbove = point == "/" || path == point || path.StartsWith(point + "/", StringComparison.Ordinal);
            if (isAbove && point.Length >= longest) (device, type, longest) = (parts[0], parts[2], point.Length);
        }
        return (device, type);
    }

    // The kernel writes space, tab, newline and backslash as three octal digits.
    private static string Unescape(string text) =>
        text.Replace("\\040", " ").Replace("\\011", "\t").Replace("\\012", "\n").Replace("\\134", "\\");

    private static bool? Rotational(MachineFiles files, string device)
    {
        const string Devices = "/dev/";
        if (!device.StartsWith(Devices, StringComparison.Ordinal)) return null;
        var name = device[Devices.Length..].Replace('/', '!');
        // A partition has no queue of its own: sda1 belongs to sda, nvme0n1p2 to nvme0n1.
        var whole = name.TrimEnd("0123456789".ToCharArray());
        string[] candidates = [name, whole, whole.EndsWith('p') ? whole[..^1] : whole];
        foreach (var candidate in candidates)
            if (files.Number($"/sys/class/block/{candidate}/queue/rotational") is { } flag) return flag != 0;
        return null;
    }
}
