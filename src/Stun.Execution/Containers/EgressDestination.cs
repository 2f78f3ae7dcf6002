using System.Net;
using System.Net.Sockets;

namespace Stun.Execution.Containers;

/// <summary>
/// An address and port that one run may connect to. Names are resolved by the host, once, before the container is made:
/// what a name means cannot change under the rules, and the container needs no name service, which could carry data to
/// anywhere. IPv4 only: the container has no IPv6.
/// </summary>
internal sealed record EgressDestination(string Host, IPAddress Address, ushort Port)
{
    private static readonly TimeSpan ResolveMax = TimeSpan.FromSeconds(10);

    /// <summary>No task has business there, whatever the provider allows: they lead to a machine itself, to its link
    /// with the metadata services of clouds, to many at once, or to the other containers.</summary>
    private static readonly IPNetwork[] Never =
    [
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("169.254.0.0/16"),
        EgressNetwork.Range, IPNetwork.Parse("224.0.0.0/3"),
    ];

    /// <summary>The provider's own network, where services trust who can reach them.</summary>
    private static readonly IPNetwork[] Private =
    [
        IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("192.0.0.0/24"),
    ];

    public static async Task<IReadOnlyList<EgressDestination>> ResolveAsync(
        IEnumerable<EgressRule> rules, ContainerHostOptions options, CancellationToken cancel)
    {
        var found = new List<EgressDestination>();
        foreach (var rule in rules)
            foreach (var address in await AddressesAsync(rule.Host, options.EgressNames, cancel).ConfigureAwait(false))
            {
                if (IsForbidden(address, options.EgressMayReach)) throw Forbidden(rule.Host, address);
                found.Add(new EgressDestination(rule.Host, address, rule.Port));
            }
        return found;
    }

    public static ExecutionException Forbidden(string host, IPAddress address) =>
        new("run.egress-address", $"'{host}' is {address}, which no container may reach.",
            "Name a public host, or let the provider allow its network.");

    private static bool IsForbidden(IPAddress address, IReadOnlyList<IPNetwork> mayReach) =>
        Never.Any(network => network.Contains(address))
        || (Private.Any(network => network.Contains(address))
            && !mayReach.Any(network => network.Contains(address)));

    private static async Task<IPAddress[]> AddressesAsync(
        string host, Func<string, CancellationToken, Task<IPAddress[]>> names, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(ResolveMax);
        IPAddress[] addresses = [];
        Exception? reason = null;
        try
        {
            addresses = await names(host, limit.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException or ArgumentException)
        {
            cancel.ThrowIfCancellationRequested();
            reason = failure;
        }
        addresses = [.. addresses.Where(address => address.AddressFamily == AddressFamily.InterNetwork).Distinct()];
        if (addresses.Length > 0) return addresses;
        throw new ExecutionException("run.egress-unresolved", $"The name '{host}' has no IPv4 address here.",
            "Look at its spelling and at the name service of this machine.", reason);
    }
}
