using System.Globalization;
using System.Text.RegularExpressions;

namespace Stun.Execution.Hardware;

/// <summary>
/// NVIDIA's GPUs, by nvidia-smi: its CSV for the cards and its listing for the slices of a card (MIG).
/// </summary>
public static partial class NvidiaSource
{
    private const string Program = "nvidia-smi";
    private const int CardsMax = 128;
    private const string Fields =
        "index,name,uuid,pci.bus_id,memory.total,driver_version,compute_cap,ecc.mode.current,mig.mode.current";

    // Drivers before 510 know no compute_cap, and refuse a query with a field that they do not know.
    private const string OldFields = "index,name,uuid,pci.bus_id,memory.total,driver_version";

    public static async Task<IReadOnlyList<GpuReport>> ReadAsync(HardwareTools tools, List<Remark> remarks)
    {
        var table = await QueryAsync(tools, Fields, remarks).ConfigureAwait(false);
        // What failed in whole is asked again in part; the remark about the first answer stays.
        table ??= await QueryAsync(tools, OldFields, remarks).ConfigureAwait(false);
        if (table is null) return [];
        var cards = Cards(table, remarks);
        if (!cards.Any(card => card.IsMigEnabled)) return cards;
        var listing = await tools.AskAsync(Program, ["-L"], remarks).ConfigureAwait(false);
        return listing is null ? cards : WithSlices(cards, listing);
    }

    public static List<GpuReport> Cards(string table, List<Remark> remarks)
    {
        List<GpuReport> found = [];
        foreach (var line in table.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (Card(line.Split(',', StringSplitOptions.TrimEntries)) is not { } card)
                remarks.Add(new Remark(Program, "answered a line that is no card: " + Told.Short(line)));
            else if (found.Count < CardsMax)
                found.Add(card);
            // Megabytes of nonsense make one remark, and no megabytes of remarks.
            if (remarks.Count(remark => remark.Source == Program) >= 8) return found;
        }
        return found;
    }

    /// <summary>The cards with the slices that nvidia-smi -L lists under them.</summary>
    public static List<GpuReport> WithSlices(IReadOnlyList<GpuReport> cards, string listing)
    {
        SortedDictionary<string, List<MigReport>> slicesOf = new(StringComparer.Ordinal);
        List<MigReport>? current = null;
        foreach (var line in listing.Split('\n'))
        {
            if (CardLine().Match(line) is { Success: true } card)
                slicesOf[card.Groups["uuid"].Value] = current = [];
            else if (SliceLine().Match(line) is { Success: true } slice && current is { Count: < CardsMax })
                current.Add(new MigReport(slice.Groups["profile"].Value, slice.Groups["uuid"].Value,
                    NumberText.Scaled(NumberText.Parse(slice.Groups["gib"].Value), 1 << 30)));
        }
        return
        [
            .. cards.Select(card => slicesOf.TryGetValue(card.Uuid, out var slices)
                ? card with { MigInstances = ValueList.From(slices) } : card),
        ];
    }

    private static Task<string?> QueryAsync(HardwareTools tools, string fields, List<Remark> remarks) =>
        tools.AskAsync(Program, ["--query-gpu=" + fields, "--format=csv,noheader,nounits"], remarks);

    private static GpuReport? Card(string[] cells)
    {
        if (cells.Length is not (6 or 9) || NumberText.Parse(cells[0]) is null) return null;
        if (!Uuid().IsMatch(cells[2]) || PciDisplaySource.Normal(cells[3]) is not { } address) return null;
        return GpuReport.Bare(GpuVendor.Nvidia, address, Program) with
        {
            Model = Told.Short(cells[1]),
            Uuid = cells[2],
            MemoryBytes = NumberText.Scaled(NumberText.Parse(cells[4]), 1 << 20),
            Driver = Told.Short(cells[5]),
            ComputeCapability = cells.Length == 9 ? Capability(cells[6]) : (ushort)0,
            Ecc = cells.Length == 9 && cells[7] is "Enabled" or "Disabled" ? cells[7] : "",
            IsMigEnabled = cells.Length == 9 && cells[8] == "Enabled",
        };
    }

    private static ushort Capability(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var figure)
            && figure is > 0 and < 1000 ? (ushort)(figure * 10) : (ushort)0;

    [GeneratedRegex(@"^GPU-[0-9a-fA-F-]{8,64}$")]
    private static partial Regex Uuid();

    [GeneratedRegex(@"^GPU \d+: .{1,200} \(UUID: (?<uuid>GPU-[0-9a-fA-F-]{8,64})\)\s*$")]
    private static partial Regex CardLine();

    [GeneratedRegex(@"^\s+MIG (?<profile>[0-9c.]{0,4}\dg\.(?<gib>\d{1,4})gb\S{0,16})"
        + @"\s+Device\s+\d+: \(UUID: (?<uuid>MIG-[^)\s]{8,100})\)\s*$")]
    private static partial Regex SliceLine();
}
