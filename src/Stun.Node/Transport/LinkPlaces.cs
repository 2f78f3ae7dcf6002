using System.Net;
using System.Net.Sockets;

namespace Stun.Node.Transport;

/// <summary>How many connections there are, in all and from each remote; and when the last one has gone.</summary>
internal sealed class LinkPlaces(int linksMax, int perRemoteMax)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> remotes = [];
    private readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int count;
    private bool isClosed;

    /// <summary>
    /// Who a connection comes from: an IPv4 address, or the half of an IPv6 address that a site is given, within which
    /// one machine has as many addresses as it likes.
    /// </summary>
    public static string RemoteOf(IPAddress? address)
    {
        if (address is null) return "unknown";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address))
            return address.ToString();
        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, 8, 8);
        return $"{new IPAddress(bytes)}/64";
    }

    /// <summary>Null, and a place is taken; or why there is none.</summary>
    public LinkEnd? TryTake(string remote)
    {
        lock (gate)
        {
            if (isClosed) return new LinkEnd(LinkCodes.Closing, "The hub is closing.");
            if (count >= linksMax)
                return new LinkEnd(LinkCodes.TooManyLinks, $"The hub has its {linksMax} links; use another hub.");
            var here = remotes.GetValueOrDefault(remote);
            if (here >= perRemoteMax)
                return new LinkEnd(LinkCodes.TooManyLinks, $"{remote} has its {perRemoteMax} links to this hub.");
            remotes[remote] = here + 1;
            count++;
            return null;
        }
    }

    public void GiveBack(string remote)
    {
        lock (gate)
        {
            if (--remotes[remote] == 0) remotes.Remove(remote);
            count--;
            if (isClosed && count == 0) drained.TrySetResult();
        }
    }

    /// <summary>No more places; completes when all have been given back.</summary>
    public Task CloseAsync()
    {
        lock (gate)
        {
            isClosed = true;
            if (count == 0) drained.TrySetResult();
        }
        return drained.Task;
    }
}
