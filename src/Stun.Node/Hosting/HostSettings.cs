using System.Net;
using Stun.Node.Configuration;
using Stun.Node.Gateway;
using Stun.Node.Keys;
using Stun.Node.Money.Watch;
using Stun.Node.Operator;
using Stun.Node.Secrets;
using Stun.Node.Serving;
using Stun.Node.Telemetry;

namespace Stun.Node.Hosting;

/// <summary>What a host is to do besides the roles of its plan.</summary>
/// <param name="Directory">Of this process alone.</param>
/// <param name="ImageHome">Where unpacked images are kept.</param>
public sealed record HostSettings(
    string Directory, string ImageHome, NodePlan Plan, StoreSettings Store, ProviderSettings Provider)
{
    public IPEndPoint? Listen { get; init; }

    public DoorSettings Door { get; init; } = new();

    /// <summary>With what models are run whose manifests name no runner.</summary>
    public ServingSettings Serving { get; init; } = new();

    /// <summary>Where keys of accounts are kept that are made through the API; none are made without.</summary>
    public (Keystore Store, Password Password)? Accounts { get; init; }

    public IReadOnlyList<HubSettings> Hubs { get; init; } = [];

    /// <summary>What goes wrong and is gone on from, and what a person may want to know: code and sentence.</summary>
    public Action<string, string> Say { get; init; } = (_, _) => { };

    /// <summary>
    /// Is called when everything is there and before anybody can come in: for wallets, keys and first deposits.
    /// </summary>
    public Action<NodeHost> Ready { get; init; } = _ => { };

    public NodeLog Log { get; init; } = NodeLog.Silent;

    /// <summary>What the host stands on and takes with it when it ends: a chain of its own.</summary>
    public IAsyncDisposable? Below { get; init; }

    /// <summary>Answers what contracts ask; null where this process has no such role.</summary>
    public OperatorPlan? Operator { get; init; }

    /// <summary>Trusted hardware: this machine's own, and whom it believes about that of others.</summary>
    public TeeGround Tee { get; init; } = TeeGround.Plain;

    /// <summary>Which models this node's door answers for, beside those of its own network.</summary>
    public ModelDoorSettings Models { get; init; } = new();

    /// <summary>How the contracts are watched, by a process that reaches the chain.</summary>
    public WatchOptions Watch { get; init; } = WatchOptions.Default;

    /// <summary>Where traces go; null for nowhere.</summary>
    public Uri? Collector { get; init; }

    /// <summary>Some minutes of the fastest network, some seconds to replay.</summary>
    public long SnapshotEveryBytes { get; init; } = 256L << 20;
}
