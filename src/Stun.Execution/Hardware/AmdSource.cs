using System.Text.Json;

namespace Stun.Execution.Hardware;

/// <summary>
/// AMD's GPUs: the amdgpu driver tells the memory, the compute driver (KFD) the instruction set, and rocm-smi, where it
/// is installed, the name.
/// </summary>
public static class AmdSource
{
    private const string Program = "rocm-smi";
    private const string Nodes = "/sys/class/kfd/kfd/topology/nodes";

    public static GpuReport FromDriver(MachineFiles files, string folder, GpuReport bare) => bare with
    {
        Model = files.Line(folder + "/product_name") is { Length: > 0 } name ? Told.Short(name) : bare.Model,
        MemoryBytes = files.Number(folder + "/mem_info_vram_total") ?? 0,
        Uuid = Told.Short(files.Line(folder + "/unique_id")),
        Target = TargetAt(files, bare.PciAddress),
    };

    /// <summary>
    /// gfx942 from 90402: major, minor and stepping in two decimal digits each; the last two are hex.
    /// </summary>
    public static string Target(long version)
    {
        if (version is <= 0 or >= 1_000_000) return "";
        return $"gfx{version / 10_000}{version / 100 % 100:x}{version % 100:x}";
    }

    public static async Task<IReadOnlyList<GpuReport>> ReadAsync(HardwareTools tools, List<Remark> remarks)
    {
        var text = await tools.AskAsync(Program,
            ["--showproductname", "--showmeminfo", "vram", "--showuniqueid", "--showbus", "--showdriverversion",
                "--json"], remarks).ConfigureAwait(false);
        return text is null ? [] : Cards(text, remarks);
    }

    public static List<GpuReport> Cards(string text, List<Remark> remarks)
    {
        List<GpuReport> found = [];
        try
        {
            // Some versions print warnings before the document.
            var start = text.IndexOf('{');
            using var document = JsonDocument.Parse(start < 0 ? text : text[start..]);
            var driver = "";
            foreach (var part in document.RootElement.EnumerateObject())
                if (part.Name == "system") driver = Value(part.Value, "Driver version");
            foreach (var part in document.RootElement.EnumerateObject())
                if (part.Name.StartsWith("card", StringComparison.Ordinal)) found.Add(Card(part.Value, driver));
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or ArgumentException)
        {
            remarks.Add(new Remark(Program, "answered what is no JSON of cards: " + Told.Short(text)));
        }
        return found;
    }

    private static GpuReport Card(JsonElement card, string driver) =>
        GpuReport.Bare(GpuVendor.Amd, PciDisplaySource.Normal(Value(card, "PCI Bus")) ?? "", Program) with
        {
            Model = Value(card, "Card Series") is { Length: > 0 } series ? series : Value(card, "Device Name"),
            MemoryBytes = NumberText.Parse(Value(card, "VRAM Total Memory (B)")) ?? 0,
            Uuid = Value(card, "Unique ID") is { } id && id != "N/A" ? id : "",
            Target = Value(card, "GFX Version"),
            Driver = driver,
        };

    /// <summary>The spelling of keys has changed between versions: "Card series" became "Card Series".</summary>
    private static string Value(JsonElement card, string key)
    {
        foreach (var field in card.EnumerateObject())
            if (field.Name.Equals(key, StringComparison.OrdinalIgnoreCase)
                && field.Value.ValueKind == JsonValueKind.String) return Told.Short(field.Value.GetString()!);
        return "";
    }

    private static string TargetAt(MachineFiles files, string address)
    {
        foreach (var node in files.Names(Nodes))
        {
            var properties = files.Lines($"{Nodes}/{node}/properties");
            if (Property(properties, "gfx_target_version") is not (> 0 and { } version)) continue;
            // Bus in the high byte, then device and function, as in the address of the PCI bus.
            var (domain, location) = (Property(properties, "domain") ?? 0, Property(properties, "location_id") ?? 0);
            var at = $"{domain:x4}:{location >> 8 & 0xff:x2}:{location >> 3 & 0x1f:x2}.{location & 7}";
            if (at == address) return Target(version);
        }
        return "";
    }

    private static long? Property(string[] lines, string key) =>
        lines.FirstOrDefault(line => line.StartsWith(key + " ", StringComparison.Ordinal)) is { } line
            ? NumberText.Parse(line.AsSpan(key.Length)) : null;
}
