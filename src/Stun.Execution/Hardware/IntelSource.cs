using System.Globalization;

namespace Stun.Execution.Hardware;

/// <summary>
/// Intel's GPUs, by the i915 and xe drivers. Memory of their own stands in a file of the driver where there is one,
/// else it is the size of the memory window (BAR 2), which equals it only where the firmware lets it be resized.
/// A graphics unit of the processor has none.
/// </summary>
public static class IntelSource
{
    private const int MemoryWindow = 2;

    public static GpuReport FromDriver(MachineFiles files, string folder, GpuReport bare)
    {
        if (bare.Driver is not ("xe" or "i915")) return bare;
        return bare with { MemoryBytes = Told(files, folder) ?? Window(files, folder) };
    }

    private static long? Told(MachineFiles files, string folder)
    {
        foreach (var card in files.Names(folder + "/drm"))
            if (files.Number($"{folder}/drm/{card}/lmem_total_bytes") is > 0 and { } bytes) return bytes;
        var sum = 0L;
        foreach (var tile in files.Names(folder))
            if (tile.StartsWith("tile", StringComparison.Ordinal)
                && files.Number($"{folder}/{tile}/physical_vram_size_bytes") is { } bytes and < 1L << 50) sum += bytes;
        return sum > 0 ? sum : null;
    }

    private static long Window(MachineFiles files, string folder)
    {
        // An integrated unit sits on bus 0 and its BAR 2 is a window into the machine's own memory.
        if (folder.Contains(":00:", StringComparison.Ordinal)) return 0;
        var lines = files.Lines(folder + "/resource");
        if (lines.Length <= MemoryWindow) return 0;
        var parts = lines[MemoryWindow].Split(' ');
        if (parts.Length != 3 || Address(parts[0]) is not { } start || Address(parts[1]) is not { } end) return 0;
        return end > start && end - start < 1UL << 50 ? (long)(end - start) + 1 : 0;
    }

    private static ulong? Address(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal)
            && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, null, out var number) ? number : null;
}
