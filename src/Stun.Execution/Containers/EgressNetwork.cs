using System.Net;
using System.Net.NetworkInformation;
using System.Text;
using System.Text.Json.Nodes;
using Stun.Execution.Tools;

namespace Stun.Execution.Containers;

/// <summary>
/// The network of one run that may reach a few destinations: a namespace, a cable to the host, and rules that let only
/// TCP to these destinations pass. Two things that the container cannot change hold it, each alone: inside there are
/// no routes but to the destinations, and on the host a table of this run's own looks at all that leaves the cable.
/// <code>
///   container: eth0 ==== stun-… :host -> rules -> masquerade -> the device that leads there
/// </code>
/// The namespace is made first and removed last: where it is not, nothing of this run's network is.
/// </summary>
internal sealed class EgressNetwork
{
    /// <summary>
    /// Meant for measurements between networks (RFC 2544): no host of the Internet has such an address, and hardly a
    /// private network uses them. Two addresses for each container (RFC 3021).
    /// </summary>
    public static readonly IPNetwork Range = IPNetwork.Parse("198.18.0.0/15");

    private const int Slots = 1 << 16;

    private const string Namespaces = "/run/netns/";

    private readonly string id, directory;
    private readonly IReadOnlyList<EgressDestination> destinations;

    private EgressNetwork(string id, string directory, IReadOnlyList<EgressDestination> destinations)
    {
        this.id = id;
        this.directory = directory;
        this.destinations = destinations;
    }

    public string NamespacePath => Namespaces + id;

    /// <summary>To be laid over /etc/hosts: the names of the rules are known without asking anybody.</summary>
    public string HostsFile => Path.Combine(directory, "hosts");

    /// <param name="id">Of the container.</param>
    /// <param name="directory">Of the run; it has to be there.</param>
    public static async Task<EgressNetwork> MakeAsync(string id, string directory,
        IReadOnlyList<EgressDestination> destinations, CancellationToken cancel)
    {
        var devices = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var destination in destinations)
            devices.Add(await DeviceToAsync(destination, cancel).ConfigureAwait(false));
        var network = new EgressNetwork(id, directory, destinations);
        network.WriteHosts();
        try
        {
            using var gate = await EgressWays.EnterAsync(cancel).ConfigureAwait(false);
            await network.ConnectAsync(cancel).ConfigureAwait(false);
            foreach (var device in devices) await EgressWays.OpenAsync(device, cancel).ConfigureAwait(false);
        }
        catch
        {
            await RemoveAsync(id).ConfigureAwait(false);
            throw;
        }
        return network;
    }

    public Task RemoveAsync() => RemoveAsync(id);

    /// <summary>Removes the network of this run, or the half of one; of this life of the host or an earlier one.
    /// </summary>
    public static async Task RemoveAsync(string id)
    {
        if (!File.Exists(Namespaces + id)) return;
        using var gate = await EgressWays.EnterAsync(CancellationToken.None).ConfigureAwait(false);
        if (!File.Exists(Namespaces + id)) return;
        var cable = EgressWays.Cable(id);
        if (EgressWays.Cables().Contains(cable)) await RunAsync("ip", ["link", "del", cable]).ConfigureAwait(false);
        // Adding what is there is no error, deleting what is not there is one.
        await RunAsync("nft", [$"add table inet {id}; delete table inet {id}"]).ConfigureAwait(false);
        await EgressWays.CloseUnusedAsync().ConfigureAwait(false);
        await RunAsync("ip", ["netns", "del", id]).ConfigureAwait(false);
    }

    internal static async Task<string> RunAsync(
        string program, IReadOnlyList<string> arguments, CancellationToken cancel = default)
    {
        var result = await Tool.RunAsync(program, arguments, EgressWays.ToolMax, cancel).ConfigureAwait(false);
        if (result.Ok) return result.Output;
        throw new ExecutionException("run.egress-network", $"{program} failed: {result.Errors.Trim()}",
            "Are nftables with connection tracking, veth and network namespaces in this kernel?");
    }

    /// <summary>The host's own addresses are found here: the kernel would deliver them and not send them.</summary>
    private static async Task<string> DeviceToAsync(EgressDestination destination, CancellationToken cancel)
    {
        var answer = await RunAsync("ip", ["-j", "route", "get", $"{destination.Address}"], cancel)
            .ConfigureAwait(false);
        var route = JsonNode.Parse(answer)?[0];
        if ((route?["type"]?.ToString() ?? "unicast") != "unicast")
            throw EgressDestination.Forbidden(destination.Host, destination.Address);
        return route?["dev"]?.ToString() ?? "";
    }

    private async Task ConnectAsync(CancellationToken cancel)
    {
        var (outer, inner) = FreeAddresses();
        var cable = EgressWays.Cable(id);
        await RunAsync("ip", ["netns", "add", id], cancel).ConfigureAwait(false);
        // The rules know the cable by its name, so that they are there before it is.
        await RunFileAsync("nft", ["-f"], "egress.nft", Rules(cable, inner), cancel).ConfigureAwait(false);
        await RunFileAsync("ip", ["-batch"], "egress.host",
            $"""
            link add {cable} type veth peer name eth0 netns {id}
            {WithoutIpv6(cable)}
            addr add {outer}/31 dev {cable}
            link set {cable} up

            """, cancel).ConfigureAwait(false);
        var inside = new StringBuilder(
            $"""
            link set lo up
            {WithoutIpv6("eth0")}
            addr add {inner}/31 dev eth0
            link set eth0 up

            """);
        foreach (var address in destinations.Select(destination => destination.Address).Distinct())
            inside.Append($"route add {address}/32 via {outer}\n");
        await RunFileAsync("ip", ["-n", id, "-batch"], "egress.inside", inside.ToString(), cancel)
            .ConfigureAwait(false);
        EgressWays.Forward(cable, true);
    }

    /// <summary>
    /// What another table of the host drops stays dropped: no rule here opens what the host's administrator closed.
    /// Refusing aloud spares the program the time to wait for an answer that cannot come.
    /// </summary>
    private string Rules(string cable, IPAddress inner)
    {
        var allowed = string.Join(", ",
            destinations.Select(destination => $"{destination.Address} . {destination.Port}").Distinct());
        var from = $"iifname \"{cable}\" ip saddr {inner}";
        return $$"""
            table inet {{id}} {
              chain forward {
                type filter hook forward priority -10; policy accept;
                {{from}} ip daddr . tcp dport { {{allowed}} } ct state new,established accept
                iifname "{{cable}}" reject with icmpx admin-prohibited
                oifname "{{cable}}" ip daddr {{inner}} ct direction reply ct state established,related accept
                oifname "{{cable}}" drop
              }
              chain input {
                type filter hook input priority -10; policy accept;
                iifname "{{cable}}" reject with icmpx admin-prohibited
              }
              chain leave {
                type nat hook postrouting priority 100; policy accept;
                ip saddr {{inner}} oifname != "{{cable}}" masquerade
              }
            }

            """;
    }

    /// <summary>No address by itself. A kernel without IPv6 does not know the setting.</summary>
    private static string WithoutIpv6(string device) =>
        Directory.Exists("/proc/sys/net/ipv6") ? $"link set {device} addrgenmode none" : "";

    private void WriteHosts()
    {
        var lines = new StringBuilder(ContainerSpec.HostsText);
        foreach (var (host, address, _) in destinations.DistinctBy(found => (found.Host, found.Address)))
            if (!IPAddress.TryParse(host, out _)) lines.Append($"{address} {host}\n");
        File.WriteAllText(HostsFile, lines.ToString());
        File.SetUnixFileMode(HostsFile, (UnixFileMode)0b100_100_100);
    }

    private async Task RunFileAsync(
        string program, string[] arguments, string name, string text, CancellationToken cancel)
    {
        var path = Path.Combine(directory, name);
        File.WriteAllText(path, text);
        await RunAsync(program, [.. arguments, path], cancel).ConfigureAwait(false);
    }

    /// <summary>What is taken is what an interface has: that holds across all hosts on this machine.</summary>
    private static (IPAddress Outer, IPAddress Inner) FreeAddresses()
    {
        var taken = NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(device => device.GetIPProperties().UnicastAddresses)
            .Select(entry => entry.Address)
            .ToHashSet();
        var first = Range.BaseAddress.GetAddressBytes();
        var start = Random.Shared.Next(Slots);
        for (var step = 0; step < Slots; step++)
        {
            var offset = (start + step) % Slots * 2;
            var outer = At(first, offset);
            var inner = At(first, offset + 1);
            if (!taken.Contains(outer) && !taken.Contains(inner)) return (outer, inner);
        }
        throw new ExecutionException("run.egress-network", $"All addresses of {Range} are taken on this machine.",
            "Wait for some runs to end.");
    }

    private static IPAddress At(byte[] first, int offset) =>
        new([first[0], (byte)(first[1] + (offset >> 16)), (byte)((offset >> 8) & 255), (byte)(offset & 255)]);
}
