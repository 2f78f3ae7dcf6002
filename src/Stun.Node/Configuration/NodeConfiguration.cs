using Stun.Chain.Evm.Deployment;
using Stun.Chain.Evm.Networks;
using Stun.Node.Doors.Tes;

namespace Stun.Node.Configuration;

/// <summary>
/// Everything that a node is told, read once at the door. What runs inside gets its part of this record and never looks
/// at a file, a variable or a flag.
/// </summary>
public sealed record NodeConfiguration(
    string DataDirectory,
    ValueList<NodeRole> Roles,
    ListenSettings Listen,
    ValueList<HubSettings> Hubs,
    StoreSettings Store,
    NetworkTerms Network,
    ProviderSettings Provider,
    LimitSettings Limits,
    TelemetrySettings Telemetry,
    KeySettings Keys)
{
    /// <summary>Null where the escrow role keeps the money itself.</summary>
    public ChainSettings? Chain { get; init; }

    /// <summary>Null where this node has no role operator.</summary>
    public OperatorSettings? Operator { get; init; }

    /// <summary>What the role gateway answers of models.</summary>
    public ModelDoorSettings Models { get; init; } = new();

    public TesSettings Tes { get; init; } = new();

    public TeeSettings Tee { get; init; } = TeeSettings.None;

    /// <summary>Each value with where it came from, secrets masked: what <c>config show</c> prints.</summary>
    public IReadOnlyList<ConfigurationValue> Values { get; internal init; } = [];

    public bool Has(NodeRole role) => Roles.Contains(role);

    /// <exception cref="NodeException"><c>config.invalid</c>, with everything that is wrong.</exception>
    public static NodeConfiguration Load(ConfigurationSources sources) => ConfigurationReader.Read(sources);
}

public enum NodeRole : byte
{
    Gateway,
    Scheduler,
    Escrow,
    Validator,
    Provider,
    Operator,
}

/// <summary>Who said what, in the order in which the later one wins: file, environment, flags.</summary>
/// <param name="File">Path of the file; null for none.</param>
/// <param name="Environment">All variables; those that begin with STUN_ are looked at.</param>
/// <param name="Flags">Pairs <c>key.path=value</c>.</param>
public sealed record ConfigurationSources(
    string? File, IReadOnlyDictionary<string, string> Environment, IReadOnlyList<string> Flags)
{
    /// <summary>What relative paths in variables and flags begin at; those in the file begin at its folder.</summary>
    public string WorkingDirectory { get; init; } = System.Environment.CurrentDirectory;

    public static ConfigurationSources OfProcess(string? file, IReadOnlyList<string> flags)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry entry in System.Environment.GetEnvironmentVariables())
            variables[(string)entry.Key] = (string?)entry.Value ?? "";
        return new ConfigurationSources(file, variables, flags);
    }
}

/// <param name="Source"><c>node.yaml:3:9</c>, the name of a variable, a flag, or <c>default</c>.</param>
public sealed record ConfigurationValue(string Key, string Value, string Source);

/// <param name="Address">An IP address; port 0 lets the system choose.</param>
/// <param name="TlsCertificate">Path of a PEM file; null for plain http.</param>
/// <param name="PublicUrl">How others reach this node, where that is another address.</param>
public sealed record ListenSettings(
    string Address, ushort Port, string? TlsCertificate, string? TlsKey, string? PublicUrl)
{
    /// <summary>Whether a gateway shows people the console.</summary>
    public bool HasConsole { get; init; } = true;
}

/// <param name="Url">A ws or wss address that this node dials.</param>
/// <param name="CertificateHash">SHA-256 of the one certificate that is accepted there; null for the system's trust.
/// </param>
public sealed record HubSettings(string Url, Digest? CertificateHash);

public enum StoreKind : byte
{
    Local,
    Postgres,
}

/// <param name="Connection">Of PostgreSQL; a secret.</param>
/// <param name="LeaseTerm">How long one process owns the shard between renewals.</param>
public sealed record StoreSettings(StoreKind Kind, string? Connection, string Shard, Duration LeaseTerm)
{
    /// <summary>Of the local journal: this much is reserved on the disk at a time.</summary>
    public long SegmentBytes { get; init; } = Storage.FileJournal.SegmentBytesDefault;

    /// <summary>Without the connection: records are printed, secrets are not.</summary>
    public override string ToString() => $"{Kind}, shard {Shard}";
}

public enum ExecutorKind : byte
{
    Containers,
    Noop,
}

/// <param name="Driver">crun, runc, runsc or podman.</param>
/// <param name="PolicyFile">Null for the default policy.</param>
/// <param name="EgressMayReach">Private networks that containers may reach, in CIDR form.</param>
/// <param name="WarmImages">Sources of images whose containers are made ahead.</param>
public sealed record ProviderSettings(
    ExecutorKind Executor,
    string Driver,
    ValueList<OfferSettings> Offers,
    string? PolicyFile,
    ValueList<string> EgressMayReach,
    ValueList<string> WarmImages,
    uint WarmCount)
{
    /// <summary>The folder of what proofs are made from; null where this provider has none.</summary>
    public string? ProofSecrets { get; init; }

    /// <summary>Whether offers name what the machine measured of itself at the start.</summary>
    public bool Measures { get; init; }
}

/// <param name="Hardware">What of this machine is sold.</param>
public sealed record OfferSettings(Amount PricePerSecond, Hardware Hardware, Region Region, Amount Stake);

/// <param name="Source">none, tsm or sev-guest.</param>
/// <param name="Folder">Of the makers' collateral; null where the addresses are asked.</param>
public sealed record TeeSettings(string Source, string? Folder, Uri? Intel, Uri? IntelRootList, Uri? Amd)
{
    public static TeeSettings None { get; } = new("none", null, null, null, null);
}

/// <summary>What strangers may take of this node.</summary>
public sealed record LimitSettings(
    uint RequestsPerSecondPerKey,
    uint RequestsPerSecondPerAddress,
    ulong BodyBytesMax,
    uint ConnectionsMax,
    ulong BlobBytesMax);

public sealed record TelemetrySettings(string? OtlpEndpoint, string LogLevel);

/// <param name="Rpc">Endpoints in order of preference; secrets. Empty where this node keeps no book.</param>
/// <param name="KeyName">Of the key that pays for the book's transactions.</param>
/// <param name="Currency">The token that the escrow must keep; null for what the address book has.</param>
public sealed record ChainSettings(
    EvmNetwork Network, AddressBook Contracts, ValueList<string> Rpc, string? KeyName, Address? Currency)
{
    /// <summary>Without the endpoints: records are printed, secrets are not.</summary>
    public override string ToString() => $"{Network.Name}, {Contracts.Contracts.Count} contracts";
}

/// <param name="Name">Of the key in the keystore that this node signs with.</param>
public sealed record KeySettings(string Name, string? PasswordFile);
