using System.Net;
using System.Net.Sockets;

namespace Stun.Node.Operator.Responders;

/// <summary>Which addresses are the Internet's, and which lead into the network of whoever asks.</summary>
internal static class PublicAddresses
{
    /// <summary>IANA's special-purpose registries (RFC 6890 and after), the ranges that are not globally reachable.
    /// </summary>
    private static readonly IPNetwork[] Inner =
    [
        .. ((string[])
        [
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/3",
            "::/127", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10",
            "fec0::/10", "ff00::/8",
        ]).Select(text => IPNetwork.Parse(text)),
    ];

    /// <summary>Addresses of IPv6 that a gateway turns into those of IPv4 within them: NAT64 and 6to4.</summary>
    private static readonly (IPNetwork Network, int Offset)[] Wrapped =
    [
        (IPNetwork.Parse("64:ff9b::/96"), 12), (IPNetwork.Parse("64:ff9b:1::/48"), 12),
        (IPNetwork.Parse("2002::/16"), 2), (IPNetwork.Parse("::/96"), 12),
    ];

    /// <param name="mayReach">What the owner has opened.</param>
    public static bool Allows(IPAddress address, IReadOnlyList<IPNetwork> mayReach)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (mayReach.Any(network => network.Contains(plain))) return true;
        if (Inner.Any(network => network.Contains(plain))) return false;
        return Within(plain) is not { } within || Allows(within, mayReach);
    }

    /// <summary>Connects to an address of the host that was looked at, and to no other.</summary>
    /// <param name="names">Finds the addresses of a name.</param>
    /// <param name="refused">Made of what is wrong where no address of the host may be reached.</param>
    public static async ValueTask<Stream> ConnectAsync(
        DnsEndPoint place, IReadOnlyList<IPNetwork> mayReach, Func<string, CancellationToken, Task<IPAddress[]>> names,
        Func<string, Exception> refused, CancellationToken cancel)
    {
        var found = IPAddress.TryParse(place.Host, out var literal)
            ? [literal]
            : await names(place.Host, cancel).ConfigureAwait(false);
        var open = found.Where(address => Allows(address, mayReach)).ToArray();
        if (open.Length == 0)
            throw refused($"'{Sentence.Short(place.Host)}' leads into a private network, or nowhere");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(open, place.Port, cancel).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static IPAddress? Within(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return null;
        foreach (var (network, offset) in Wrapped)
            if (network.Contains(address)) return new IPAddress(address.GetAddressBytes().AsSpan(offset, 4));
        return null;
    }
}
