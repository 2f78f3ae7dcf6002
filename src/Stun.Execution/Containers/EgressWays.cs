namespace Stun.Execution.Containers;

/// <summary>
/// What the networks of all runs on this machine share, also those of other hosts on it: the cables' names, one gate
/// for changes, and which devices of the machine forward for them. All of it is read from the machine itself.
/// </summary>
/// <remarks>
/// The machine's ip_forward stays as it is: setting it would make a router of every device. Forwarding is switched on
/// for a cable, and for the device that leads to a destination, since answers come in there. A device that did not
/// forward before is guarded: what comes in there goes to cables or nowhere, so that no neighbour can use the machine
/// as a way. The guard's table also says that it was us, and with the last cable both go away again.
/// </remarks>
internal static class EgressWays
{
    public static readonly TimeSpan ToolMax = TimeSpan.FromSeconds(20);

    private const string Gate = "/run/stun-egress.lock";

    private const string CablePrefix = "stun-";

    /// <summary>The kernel takes no longer names of devices.</summary>
    private const int CableLength = 15;

    private const string GuardPrefix = "stun-way-";

    private static readonly TimeSpan GateMax = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan GateStep = TimeSpan.FromMilliseconds(5);

    public static string Cable(string id) => id[..CableLength];

    public static IReadOnlyList<string> Cables() =>
        Directory.EnumerateFileSystemEntries("/sys/class/net")
            .Select(path => Path.GetFileName(path)!)
            .Where(name => name.Length == CableLength && name.StartsWith(CablePrefix, StringComparison.Ordinal))
            .ToArray();

    /// <summary>Only one process on this machine changes networks at a time, and no two of its runs.</summary>
    public static async Task<IDisposable> EnterAsync(CancellationToken cancel)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(Gate, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException failure)
            {
                if (clock.Elapsed > GateMax)
                    throw new ExecutionException("run.egress-busy", $"Another process holds {Gate} for long.",
                        "Look for an nft or ip that hangs.", failure);
            }
            await Task.Delay(GateStep, cancel).ConfigureAwait(false);
        }
    }

    public static async Task OpenAsync(string device, CancellationToken cancel)
    {
        if (File.ReadAllText(ForwardingFile(device)).Trim() != "0") return;
        if (!device.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_'))
            throw new ExecutionException("run.egress-network", $"A rule cannot spell the device '{device}'.",
                $"Switch on forwarding for it: {ForwardingFile(device)}");
        var table = GuardPrefix + device;
        await EgressNetwork.RunAsync("nft",
            [
                $"add table inet {table}; delete table inet {table}; add table inet {table}; "
                + $"add chain inet {table} forward {{ type filter hook forward priority -20; policy accept; }}; "
                + $"add rule inet {table} forward iifname \"{device}\" oifname != \"{CablePrefix}*\" drop",
            ], cancel).ConfigureAwait(false);
        Forward(device, true);
    }

    /// <summary>Called after a cable went away.</summary>
    public static async Task CloseUnusedAsync()
    {
        if (Cables().Count > 0) return;
        var tables = await EgressNetwork.RunAsync("nft", ["list", "tables"]).ConfigureAwait(false);
        foreach (var line in tables.Split('\n'))
        {
            var table = line[(line.LastIndexOf(' ') + 1)..];
            if (!table.StartsWith(GuardPrefix, StringComparison.Ordinal)) continue;
            var device = table[GuardPrefix.Length..];
            if (File.Exists(ForwardingFile(device))) Forward(device, false);
            await EgressNetwork.RunAsync("nft", ["delete", "table", "inet", table]).ConfigureAwait(false);
        }
    }

    public static void Forward(string device, bool isOn) =>
        File.WriteAllText(ForwardingFile(device), isOn ? "1" : "0");

    private static string ForwardingFile(string device) => $"/proc/sys/net/ipv4/conf/{device}/forwarding";
}
