using Stun.Chain.Evm;
using Stun.Node.Gateway;
using Stun.Node.Policies;
using Stun.Node.Provider;
using Stun.Node.Money;

namespace Stun.Node.Hosting;

/// <summary>Which roles a process holds, under which keys, and in which network.</summary>
public sealed record NodePlan(NetworkTerms Terms, Address SchedulerAddress)
{
    public EvmKey? Gateway { get; init; }

    public EvmKey? Scheduler { get; init; }

    /// <summary>One process holds the escrow as a role: as the book of a chain, or alone.</summary>
    public EvmKey? Escrow { get; init; }

    /// <summary>How that process reaches the chain that keeps the money; null where none does.</summary>
    public ChainAccess? Chain { get; init; }

    /// <summary>
    /// What callers are told of the chain, by a process that has no way to it itself; null where there is none.
    /// </summary>
    public ChainView? ChainView { get; init; }

    public IReadOnlyList<EvmKey> Validators { get; init; } = [];

    public IReadOnlyList<ProviderPlan> Providers { get; init; } = [];

    /// <summary>The same network, of which this process holds these roles only.</summary>
    public NodePlan Only(NodeRoles roles) => this with
    {
        Gateway = roles.HasFlag(NodeRoles.Gateway) ? Gateway : null,
        Scheduler = roles.HasFlag(NodeRoles.Scheduler) ? Scheduler : null,
        Escrow = roles.HasFlag(NodeRoles.Escrow) ? Escrow : null,
        Validators = roles.HasFlag(NodeRoles.Validators) ? Validators : [],
        Providers = roles.HasFlag(NodeRoles.Providers) ? Providers : [],
    };

    /// <summary>The keys of all roles of this process.</summary>
    public IEnumerable<EvmKey> Keys
    {
        get
        {
            foreach (var key in (EvmKey?[])[Gateway, Scheduler, Escrow])
                if (key is not null) yield return key;
            foreach (var key in Validators) yield return key;
            foreach (var provider in Providers) yield return provider.Key;
        }
    }
}

/// <summary>Kinds of roles, for a network that is spread over several processes.</summary>
[Flags]
public enum NodeRoles : byte
{
    None = 0,
    Gateway = 1,
    Scheduler = 2,
    Escrow = 4,
    Validators = 8,
    Providers = 16,
    All = Gateway | Scheduler | Escrow | Validators | Providers,
}

/// <summary>One provider of this process.</summary>
/// <param name="Policy">The owner's word on a lease: null when it may run here, else which rule says no.</param>
public sealed record ProviderPlan(
    EvmKey Key, ValueList<Offer> Offers, Func<Lease, SignedOrder, Instant, PolicyLoad, string?> Policy)
{
    /// <summary>What this provider makes of the machine's own way of running things; null to use that.</summary>
    public Func<IExecutor, IExecutor>? Executor { get; init; }
}
