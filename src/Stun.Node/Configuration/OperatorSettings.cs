using Stun.Chain.Evm.Networks;

namespace Stun.Node.Configuration;

/// <summary>What the role operator is told: which contracts it answers for, whom, what, and for how much.</summary>
public sealed record OperatorSettings
{
    public ValueList<OperatorChainSettings> Chains { get; init; } = [];

    public OperatorRules Rules { get; init; } = new();

    public FeeSettings Fees { get; init; } = new();

    /// <summary>As the first executor did: a text of hexadecimal digits becomes bytes.</summary>
    public bool HexBecomesBytes { get; init; }

    /// <summary>Which of ping, echo and util/http are offered.</summary>
    public ValueList<string> BuiltIn { get; init; } = ["ping", "echo"];

    public HttpRules Http { get; init; } = new();

    public ValueList<ContainerSettings> Containers { get; init; } = [];

    public ValueList<ModelSettings> Models { get; init; } = [];

    /// <summary>Requests that are worked on at once; the others wait.</summary>
    public uint AtOnce { get; init; } = 64;

    /// <summary>Of a result on the chain; a larger one is kept here, and its name goes there.</summary>
    public ulong ResultBytesMax { get; init; } = 4 << 10;

    /// <summary>Of all larger results together that are kept here.</summary>
    public ulong KeptBytesMax { get; init; } = 10UL << 30;

    /// <summary>A request that is not answered so long before its end gets a later one.</summary>
    public Duration ExtendBefore { get; init; } = Duration.Seconds(120);

    /// <summary>The later end, from now.</summary>
    public Duration ExtendBy { get; init; } = Duration.Seconds(600);

    /// <summary>A file with the word by which a Chainlink node's bridge is known; null where none may ask.</summary>
    public string? BridgeTokenFile { get; init; }

    /// <summary>How others reach this node's door, for results that are fetched; null where it has no other address.
    /// </summary>
    public Uri? PublicUrl { get; init; }
}

/// <summary>One contract on one chain.</summary>
/// <param name="FirstBlock">Where to begin; null for the block in which the role was first started.</param>
/// <param name="WaitsForFinality">Work begins only when no reorg can take the request back.</param>
/// <param name="IsLegacy">A contract of the first kind: what is left is paid out by a second transaction, and no
/// request can be extended.</param>
/// <param name="CallbackGas">For what the consumer does, over what the call is estimated at.</param>
public sealed record OperatorChainSettings(
    EvmNetwork Network, ValueList<string> Rpc, Address Contract, ulong? FirstBlock, bool WaitsForFinality,
    bool IsLegacy, ulong CallbackGas)
{
    /// <summary>The file of the federation that the contract is of; null where a configuration alone names it.
    /// </summary>
    public string? FederationFile { get; init; }

    /// <summary>What that file says that the contract takes.</summary>
    public Address? Token { get; init; }

    /// <summary>Without the endpoints: records are printed, secrets are not.</summary>
    public override string ToString() => $"{Network.Name} {Network.ChainId}, {Contract}";
}

/// <summary>Whom a node answers, and how much.</summary>
public sealed record OperatorRules
{
    /// <summary>Names of jobs, 32 hexadecimal digits each; empty for any.</summary>
    public ValueList<string> Specs { get; init; } = [];

    /// <summary>Contracts that may ask, by the address that is called back; empty for any.</summary>
    public ValueList<Address> Callers { get; init; } = [];

    /// <summary>Addresses that money may be given back to; empty for any.</summary>
    public ValueList<Address> RefundTo { get; init; } = [];

    public ulong DataBytesMax { get; init; } = 64 << 10;

    /// <summary>Of one caller.</summary>
    public uint PerSecond { get; init; } = 50;

    /// <summary>
    /// Below this payment nothing is answered, not even with a refusal: each costs this node gas. The payer gets it
    /// back when the request has expired.
    /// </summary>
    public Amount SilentBelow { get; init; }
}

public enum FeeKind : byte
{
    Listed,
    Prototype,
    PrototypeFlat,
}

/// <param name="Usual">For what has no price of its own.</param>
public sealed record FeeSettings(FeeKind Kind = FeeKind.Listed, Amount Usual = default);

/// <summary>What util/http may do.</summary>
public sealed record HttpRules
{
    /// <summary>Such as <c>api.example.com</c>, <c>*.example.com</c>, <c>api.example.com:8443</c>.</summary>
    public ValueList<string> Hosts { get; init; } = [];

    /// <summary>Private networks that may be reached all the same.</summary>
    public ValueList<string> MayReach { get; init; } = [];

    public ulong BytesMax { get; init; } = 1 << 20;

    public Duration Within { get; init; } = Duration.Seconds(30);
}

/// <summary>A container that contracts may have run, under a name of this node's.</summary>
/// <param name="Name">By which contracts ask for it.</param>
/// <param name="Image">With its digest; nothing else is ever run under this name.</param>
/// <param name="Command">What reads the data at its standard input and writes the answer to its standard output, or a
/// server that answers at <paramref name="Http"/>.</param>
/// <param name="PriceLimit">What this node pays its network for a run, at most.</param>
/// <param name="Verify">none, audit, audit:PPM, redundant, or redundant:AGREEING/ATTEMPTS.</param>
public sealed record ContainerSettings(
    string Name, string Image, ValueList<string> Command, Amount PriceLimit, Duration RunTimeMax, string Verify,
    uint CpuMillis, uint MemoryMiB, uint DiskMiB, Amount? Fee)
{
    /// <summary>Null where the program reads its standard input.</summary>
    public ContainerHttp? Http { get; init; }

    /// <summary>What contracts ask for: the name, or the name with each path behind it.</summary>
    public IEnumerable<string> Services =>
        Http is { Paths.Count: > 0 } http ? http.Paths.Select(path => Name + path) : [Name];
}

/// <summary>The program is a server: the data are sent to it, and what it answers is the answer.</summary>
/// <param name="Port">At its own loopback address: nobody else can reach it.</param>
/// <param name="Paths">Each a service of its own, below the name; empty for the name alone and the path /.</param>
public sealed record ContainerHttp(ushort Port, ValueList<string> Paths);

/// <summary>An endpoint that speaks like OpenAI's, under a name of this node's.</summary>
/// <param name="Url">Below which <c>/chat/completions</c> is.</param>
/// <param name="KeyFile">A file with the key; a path and no secret.</param>
/// <param name="KeyVariable">Or the variable that holds it.</param>
public sealed record ModelSettings(
    string Name, string Url, string Model, string? KeyFile, string? KeyVariable, uint TokensMax, Duration Within,
    Amount? Fee);
