using System.Net;
using Stun.Node.Configuration;
using Stun.Node.Gateway;
using Stun.Node.Money.Watch;
using Stun.Node.Operator;
using Stun.Node.Provider;
using Stun.Node.Secrets;
using Stun.Node.Serving;
using Stun.Node.Storage;
using Stun.Node.Telemetry;

namespace Stun.Node.Hosting;

/// <summary>What a network on one machine is to be like.</summary>
/// <param name="Directory">Where it lives; a later life goes on where this one ended.</param>
public sealed record DevOptions(string Directory, string ImageHome)
{
    public ExecutorKind Executor { get; init; } = ExecutorKind.Containers;

    public string Driver { get; init; } = "crun";

    public int ValidatorCount { get; init; } = 3;

    /// <summary>Whether a chain on this machine keeps the money, or the escrow role alone.</summary>
    public bool HasChain { get; init; }

    /// <summary>How long a settled task may wait for others on its way to the chain: short, so that a person who
    /// watches sees each by itself.</summary>
    public Duration BatchEvery { get; init; } = Duration.Millis(300);

    /// <summary>Puts the chain's clock forward where elsewhere somebody would wait for a window.</summary>
    public bool SkipsWindows { get; init; } = true;

    public WatchOptions Watch { get; init; } = WatchOptions.Default;

    public Vice Cheat { get; init; } = Vice.None;

    /// <summary>What every provider says that it has, besides what there is.</summary>
    public Pretence Pretence { get; init; }

    /// <summary>What this process has of trusted hardware, and whom it believes; null for what is pretended.</summary>
    public TeeGround? Tee { get; init; }

    public StoreSettings Store { get; init; } = new(StoreKind.Local, null, "dev", Duration.Seconds(10));

    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>Images that are brought at the start, and of which containers are kept ready.</summary>
    public IReadOnlyList<string> Images { get; init; } = [];

    public uint WarmCount { get; init; } = 1;

    public DoorSettings Door { get; init; } = new();

    public ServingSettings Serving { get; init; } = new();

    public NodeLog Log { get; init; } = NodeLog.Silent;

    /// <summary>Where traces go; null for nowhere.</summary>
    public Uri? Collector { get; init; }

    /// <summary>Tells the providers to take what they have, as if it were a hundred times as much.</summary>
    public bool Boundless { get; init; }

    /// <summary>What of the network this process holds; other processes hold the rest.</summary>
    public NodeRoles Roles { get; init; } = NodeRoles.All;

    /// <summary>Which providers, by name; null for all.</summary>
    public IReadOnlyList<string>? ProviderNames { get; init; }

    /// <summary>Where the network's keys lie; null for the directory. Processes of one network share them.</summary>
    public string? KeyHome { get; init; }

    /// <summary>Where the process dials that has the other roles.</summary>
    public IReadOnlyList<HubSettings> Hubs { get; init; } = [];

    /// <summary>What every provider makes of the machine's own way of running things.</summary>
    public Func<IExecutor, IExecutor>? Around { get; init; }

    /// <summary>What contracts on the network's own chain may ask for; null where they cannot ask.</summary>
    public OperatorSettings? Operator { get; init; }

    /// <summary>The folder of what its providers make proofs from; null where they have nothing.</summary>
    public string? ProofSecrets { get; init; }

    /// <summary>Whether this machine is measured at the start, and its providers sign what was found.</summary>
    public bool Measures { get; init; }

    /// <summary>Which models of others its door answers for.</summary>
    public ModelDoorSettings Models { get; init; } = new();

    /// <summary>Is called before anybody can come in.</summary>
    public Action<NodeHost> Ready { get; init; } = _ => { };
}

/// <summary>
/// Hardware that is not there, so that tasks which ask for it can be tried out: nothing is computed on a GPU, and
/// nothing is hidden from anybody.
/// </summary>
[Flags]
public enum Pretence : byte
{
    None = 0,
    Gpu = 1,
    Tee = 2,
}
