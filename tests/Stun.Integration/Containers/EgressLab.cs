using System.Diagnostics;
using System.Net;
using Stun.Execution.Linux;
using Stun.Execution.Tools;

namespace Stun.Integration.Containers;

/// <summary>
/// Another machine, as far as the containers can tell: a namespace with web servers, on a cable to this one. It has two
/// addresses, of which one port of one may be reached.
/// </summary>
internal sealed class EgressLab : IAsyncDisposable
{
    public const int Port = 8080, OtherPort = 8081;

    public const string Name = "data.example", Forbidden = "metadata.example", Nowhere = "nowhere.example";

    private readonly string id = $"lab{Guid.NewGuid():n}"[..11];
    private readonly List<Process> servers = [];

    public static IPNetwork Network { get; } = IPNetwork.Parse("10.213.77.0/24");

    public static string Host => "10.213.77.1";

    public static string Address => "10.213.77.2";

    public static string OtherAddress => "10.213.77.3";

    public string ForwardingFile => $"/proc/sys/net/ipv4/conf/{id}/forwarding";

    public static Task<IPAddress[]> NamesAsync(string host, CancellationToken cancel) => host switch
    {
        Name => Task.FromResult(new[] { IPAddress.Parse(Address) }),
        Forbidden => Task.FromResult(new[] { IPAddress.Parse(Address), IPAddress.Parse("169.254.169.254") }),
        Nowhere => Task.FromResult(new[] { IPAddress.IPv6Loopback }),
        _ => Dns.GetHostAddressesAsync(host, cancel),
    };

    /// <summary>Skips the test where namespaces, cables or rules cannot be made.</summary>
    public static async Task<EgressLab> OpenAsync()
    {
        Assert.SkipUnless(Kernel.IsRoot, "networks need root");
        Assert.SkipUnless(Tool.Find("ip") is not null && Tool.Find("nft") is not null, "ip or nft is not installed");
        var lab = new EgressLab();
        try
        {
            await lab.MakeAsync();
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a command of this machine; what it printed.</summary>
    public static async Task<string> CommandAsync(string command)
    {
        var words = command.Split(' ');
        var result = await Tool.RunAsync(words[0], words[1..], TimeSpan.FromSeconds(10));
        Assert.True(result.Ok, $"{command}: {result.Errors}");
        return result.Output;
    }

    public Task<string> InsideAsync(string command) => CommandAsync($"ip netns exec {id} {command}");

    /// <summary>How many datagrams arrived that nobody waited for.</summary>
    public async Task<long> DatagramsAsync()
    {
        var lines = (await InsideAsync("cat /proc/net/snmp")).Split('\n')
            .Where(line => line.StartsWith("Udp: ", StringComparison.Ordinal)).ToArray();
        var column = lines[0].Split(' ').IndexOf("NoPorts");
        return long.Parse(lines[1].Split(' ')[column], System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers)
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync();
            server.Dispose();
        }
        await Tool.RunAsync("ip", ["link", "del", id], TimeSpan.FromSeconds(10));
        await Tool.RunAsync("ip", ["netns", "del", id], TimeSpan.FromSeconds(10));
    }

    private async Task MakeAsync()
    {
        string[] commands =
        [
            $"ip netns add {id}", $"ip link add {id} type veth peer name eth0 netns {id}",
            $"ip addr add {Host}/24 dev {id}", $"ip link set {id} up", $"ip -n {id} link set lo up",
            $"ip -n {id} addr add {Address}/24 dev eth0", $"ip -n {id} addr add {OtherAddress}/24 dev eth0",
            $"ip -n {id} link set eth0 up", $"ip -n {id} route add default via {Host}",
            // Rules that track connections and translate addresses, as the runs need them.
            $"ip netns exec {id} nft add table inet try; add chain inet try nat {{ type nat hook postrouting priority "
            + "100; }; add rule inet try nat ct state new masquerade; delete table inet try",
        ];
        foreach (var command in commands)
        {
            var words = command.Split(' ');
            // The rules are one argument, or nft would end at the first semicolon.
            var at = Array.IndexOf(words, "nft");
            if (at >= 0) words = [.. words[..(at + 1)], string.Join(' ', words[(at + 1)..])];
            var result = await Tool.RunAsync(words[0], words[1..], TimeSpan.FromSeconds(10));
            Assert.SkipUnless(result.Ok, $"this machine makes no networks: {command}: {result.Errors.Trim()}");
        }
        foreach (var port in new[] { Port, OtherPort })
        {
            servers.Add(Process.Start("ip", ["netns", "exec", id, "busybox", "httpd", "-f", "-p", $"{port}"]));
            var clock = Stopwatch.StartNew();
            while (!(await InsideAsync("cat /proc/net/tcp6 /proc/net/tcp"))
                .Contains($":{port:X4} ", StringComparison.Ordinal))
                Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), "the server does not listen");
        }
    }
}
