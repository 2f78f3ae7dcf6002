using System.Net;
using Stun.Chain;
using Stun.Chain.Evm.Networks;
using Stun.Execution;
using Stun.Execution.Images;
using Stun.Node.Settings;

namespace Stun.Node.Configuration;

/// <summary>All keys of a node's configuration. docs/reference/configuration.md is made from them.</summary>
internal static class ConfigurationKeys
{
    private const string AnAddress = "0x8ba1f109551bd432803012645ac136ddd64dba72";
    private const string ADigest = "sha256:" + "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";

    public static readonly IReadOnlyList<string> RoleNames =
        ["gateway", "scheduler", "escrow", "validator", "provider", "operator"];

    private static readonly SettingForm Name = new SettingForm<string>(
        "name", "1 to 64 small letters, digits and dashes",
        text => text.Length is >= 1 and <= 64 && text.All(sign => char.IsAsciiLetterLower(sign)
            || char.IsAsciiDigit(sign) || sign == '-') ? text : null,
        text => text);

    private static readonly SettingForm IpAddress = new SettingForm<string>(
        "IP address", "an IP address such as 127.0.0.1 or ::",
        text => IPAddress.TryParse(text, out var address) && (text.Contains(':') || text.Split('.').Length == 4)
            ? address.ToString() : null,
        text => text);

    internal static readonly SettingForm IpNetwork = new SettingForm<string>(
        "network", "a network such as 10.1.0.0/16",
        text => IPNetwork.TryParse(text, out var network) ? network.ToString() : null, text => text);

    internal static readonly SettingForm ImageText = new SettingForm<string>(
        "source of an image", "a source such as docker://HOST/NAME@sha256:DIGEST", ReadImage, text => text);

    internal static readonly SettingForm ChainName = new SettingForm<EvmNetwork>(
        "chain", "ethereum, base, arbitrum, local, or local:CHAIN-ID", ReadChain,
        network => network.Name == "local" && network.ChainId != EvmNetwork.Local.ChainId
            ? $"local:{network.ChainId}" : network.Name);

    private static readonly SettingForm Seconds =
        Forms.TimeBetween(Duration.Seconds(1), Duration.Seconds(365 * 86_400));

    private static NetworkTerms Terms { get; } = new()
    {
        Validators = [],
        Schedulers = [],
        Quorum = 1,
        Domain = new TypedDataDomain(0, Address.Zero),
        Treasury = Address.Zero,
    };

    private static ChainTerms ChainDefaults { get; } = new(Address.Zero);

    public static readonly KeyTable Table = new(
        [.. Node, .. Listen, .. Store, .. Network, .. Windows, .. Money, .. Chain, .. Provider,
            .. OperatorKeys.All, .. ModelKeys.All, .. TesKeys.All, .. TeeKeys.All, .. Limits, .. Watching]);

    private static IEnumerable<SettingKey> Node =>
    [
        new("data-directory", Forms.Text, "stun-data", "Where journals, blobs, images and keys lie.", "stun-data"),
        new("roles", Forms.OneOf([.. RoleNames]), "", "What this node is for.", "provider")
        {
            IsList = true,
            IsSet = true,
            IsRequired = true,
            IsNeverEmpty = true,
        },
        new("keys.name", Name, "node", "The key in the keystore that this node signs with.", "node"),
        new("keys.password-file", Forms.Text, "",
            "A file that only this user can read; its first line opens the key.", "secrets/node-key"),
    ];

    private static IEnumerable<SettingKey> Listen =>
    [
        new("listen.address", IpAddress, "127.0.0.1",
            "Where requesters, providers and people reach this node. :: stands for every address.", "0.0.0.0"),
        new("listen.port", Forms.Port, "7800", "0 lets the system choose.", "443"),
        new("listen.tls-certificate", Forms.Text, "", "A PEM file with the certificate and those above it.", "tls.crt"),
        new("listen.tls-key", Forms.Text, "", "A PEM file with the certificate's key.", "tls.key"),
        new("listen.public-url", Forms.HttpUrl, "", "How others reach this node, if by another address.",
            "https://node.example"),
        new("listen.console", Forms.Bool, "true", "Whether a gateway shows people the console at /.", "false"),
        new("hubs.#.url", Forms.WebSocketUrl, "", "A node that this one dials and keeps a connection to.",
            "wss://hub.example/v1/node")
        {
            IsRequired = true,
        },
        new("hubs.#.certificate-hash", Forms.ContentDigest, "",
            "The one certificate that is accepted there, by the SHA-256 of its DER form. Left out: what this machine "
            + "trusts.", ADigest),
    ];

    private static IEnumerable<SettingKey> Store =>
    [
        new("store.kind", Forms.OneOf("local", "postgres"), "local",
            "'local' is files below the data directory; 'postgres' lets several machines stand by for one another.",
            "postgres"),
        new("store.connection", Forms.Text, "", "Of the database; a secret.", "Host=db;Username=stun;Password=...")
        {
            IsSecret = true,
        },
        new("store.shard", Name, "main", "Which shard this node owns, or stands by for.", "eu-1"),
        new("store.lease-term", Forms.TimeBetween(Duration.Seconds(2), Duration.Seconds(600)), "15s",
            "How long a node that stopped keeps its shard from the others.", "15s"),
    ];

    private static IEnumerable<SettingKey> Network =>
    [
        new("network.chain-id", Forms.Number(1, ulong.MaxValue), "", "Binds signatures to one chain.", "31337")
        {
            IsRequired = true,
        },
        new("network.escrow", Forms.Address, "", "The contract that holds the money, or the escrow role's key.",
            AnAddress)
        {
            IsRequired = true,
        },
        new("network.validators", Forms.Address, "", "Whose votes count.", AnAddress)
        {
            IsList = true,
            IsSet = true,
            IsRequired = true,
            IsNeverEmpty = true,
        },
        new("network.schedulers", Forms.Address, "", "Who may put evidence before the validators.", AnAddress)
        {
            IsList = true,
            IsSet = true,
            IsRequired = true,
            IsNeverEmpty = true,
        },
        new("network.quorum", Forms.Number(1, 128), "",
            "How many equal votes make a verdict. Left out: two thirds of the validators and one more.", "5"),
        new("network.treasury", Forms.Address, "", "Who gets the network's fee.", AnAddress)
        {
            IsRequired = true,
        },
        new("network.validators-rerun", Forms.Bool, "true",
            "Whether validators can run tasks themselves. If not, a minority is never slashed.", "true"),
        new("network.audit-floor", Forms.Share, Forms.Share.Write(Terms.AuditFloorPpm),
            "The lowest audit rate that an order may ask for.", "5%"),
        new("network.colluders", Forms.Share, Forms.Share.Write(Terms.ColluderPpmAssumed),
            "The share of colluding providers that the published probabilities assume.", "10%"),
    ];

    private static IEnumerable<SettingKey> Windows =>
    [
        Time("network.dispute-window", Terms.DisputeWindow, "How long after a verdict anyone may dispute it."),
        Time("network.dispute-timeout", Terms.DisputeTimeout,
            "How long validators have for another round; after that the first verdict stands."),
        Time("network.expiry-grace", Terms.ExpiryGrace,
            "How long after its deadline an order without a verdict gives its money back."),
        Time("network.unbonding-delay", Terms.UnbondingDelay, "How long stake that is asked for stays slashable."),
        new("network.batch-pause", Forms.TimeBetween(Duration.Zero, Duration.Seconds(3_600)),
            Forms.Time.Write(Terms.BatchPause),
            "How long verdicts wait for others to share their batch.", "2s"),
    ];

    private static IEnumerable<SettingKey> Money =>
    [
        new("network.treasury-share", Forms.Share, Forms.Share.Write(Terms.TreasuryPpm), "Of every price.", "15%"),
        new("network.creator-share", Forms.Share, Forms.Share.Write(Terms.CreatorPpm),
            "Of every price, to the creator of the model.", "5%"),
        new("network.dispute-bond", Forms.Amount, $"{Terms.DisputeBond}",
            "Forfeited when a dispute changes nothing.", "1000"),
        new("network.slash-multiple", Forms.Number(1, 1_000_000), $"{Terms.SlashMultiple}",
            "A fraud costs this many times the order's price limit.", "20"),
        new("network.slash-to-requester", Forms.Share, Forms.Share.Write(Terms.SlashToRequesterPpm),
            "Of what is slashed.", "50%"),
        new("network.offer-stake-min", Forms.Amount, $"{Terms.OfferStakeMin}",
            "Without this much at the escrow nobody's offer is taken in.", "1"),
    ];

    private static IEnumerable<SettingKey> Chain =>
    [
        new("chain.network", ChainName, "",
            "Which chain keeps the money. Left out: none does, and the escrow role keeps it itself.", "base"),
        new("chain.contracts", Forms.Text, "",
            "The address book of the network's contracts, as 'stun chain deploy' wrote it.", "contracts.json"),
        new("chain.rpc", Forms.ChainUrl, "",
            "Endpoints of the chain, in order of preference; secrets. For the role escrow, which keeps the book.",
            "https://chain.example/KEY")
        {
            IsList = true,
            IsSecret = true,
        },
        new("chain.key", Name, "",
            "The key in the keystore that pays for the book's transactions. Nothing else may use it: each machine that "
            + "stands by has its own.", "payer"),
        new("chain.currency", Forms.Address, "",
            "The token that the escrow must keep. Left out: what the address book has.", AnAddress),
        new("chain.first-block", Forms.Number(0, ulong.MaxValue), "",
            "Where the contracts' logs begin. Left out: the first block in the address book.", "12345678"),
        new("chain.batch-every", Forms.TimeBetween(Duration.Millis(100), Duration.Seconds(86_400)),
            Forms.Time.Write(ChainDefaults.BatchEvery), "A batch goes to the chain when the first of it has waited so "
            + "long.", "10min"),
        new("chain.batch-entries", Forms.Number(1, 10_000), $"{ChainDefaults.BatchEntriesMax}",
            "A batch goes to the chain when so much waits.", "1_000"),
    ];

    private static IEnumerable<SettingKey> Provider =>
    [
        new("provider.executor", Forms.OneOf("containers", "noop"), "containers",
            "'noop' runs nothing and answers at once: for measuring the network itself.", "containers"),
        new("provider.driver", Forms.OneOf("crun", "runc", "runsc", "podman"), "crun",
            "What starts containers.", "runsc"),
        new("provider.policy-file", Forms.Text, "", "Which tasks are taken on; see the reference of policies.",
            "policy.yaml"),
        new("provider.egress-may-reach", IpNetwork, "[]",
            "Private networks that containers may reach, where policy and task name a host in them.", "10.1.0.0/16")
        {
            IsList = true,
            IsSet = true,
        },
        new("provider.warm-images", ImageText, "[]", "Images whose containers are made ahead.",
            "docker://registry.example/physics/base:1")
        {
            IsList = true,
            IsSet = true,
        },
        new("provider.warm-count", Forms.Number(0, 64), "2", "Containers made ahead of each warm image.", "2"),
        new("provider.proof-secrets", Forms.Text, "",
            "Folder of what proofs are made from and nobody is shown: NAME.network.json, NAME.measurement.json.",
            "secrets"),
        new("provider.measure", Forms.Bool, "true",
            "Whether the machine measures itself at the start, for a second, and offers name what it found, signed.",
            "true"),
        new("provider.offers.#.price-per-second", Forms.Amount, "", "What a second costs.", "250")
        {
            IsRequired = true,
        },
        new("provider.offers.#.cpu", Forms.CpuMillis, "", "Processors.", "16")
        {
            IsRequired = true,
        },
        new("provider.offers.#.memory", Forms.Mebibytes, "", "Memory.", "64GiB")
        {
            IsRequired = true,
        },
        new("provider.offers.#.disk", Forms.Mebibytes, "", "Scratch space.", "200GiB")
        {
            IsRequired = true,
        },
        new("provider.offers.#.gpus", Forms.Number(0, 1024), "0", "GPUs.", "8"),
        new("provider.offers.#.gpu-model", Forms.GpuModel, "", "Their model.", "H100SXM"),
        new("provider.offers.#.gpu-memory", Forms.Mebibytes, "0", "Memory of one GPU.", "80GiB"),
        new("provider.offers.#.compute-capability", Forms.Number(0, 1000), "0",
            "Ten times the figure of CUDA: 90 means 9.0.", "90"),
        new("provider.offers.#.region", Forms.Region, "", "Where the machine stands.", "eu-de")
        {
            IsRequired = true,
        },
        new("provider.offers.#.stake", Forms.Amount, "1", "What is at stake for it.", "100_000"),
    ];

    private static IEnumerable<SettingKey> Limits =>
    [
        new("limits.requests-per-second-per-key", Forms.Number(1, 1_000_000), "20_000",
            "Of one key; twice as many in one second, after a quiet one.", "100"),
        new("limits.requests-per-second-per-address", Forms.Number(1, 1_000_000), "50",
            "Of one network address without a key; four times as many at once.", "50"),
        new("limits.body-bytes", Forms.SizeBetween(1 << 10, 1 << 30), "2MiB",
            "Of one request that is no blob, and no question to a model.", "1MiB"),
        new("limits.connections", Forms.Number(1, 1_000_000), "10_000", "Open at once.", "10_000"),
        new("limits.blob-bytes", Forms.SizeBetween(1 << 10, 1UL << 46), "64GiB", "Of one blob.", "16GiB"),
    ];

    private static IEnumerable<SettingKey> Watching =>
    [
        new("telemetry.otlp-endpoint", Forms.HttpUrl, "",
            "Where traces are sent, over HTTP, to its /v1/traces. Left out: nowhere.",
            "http://collector.example:4318"),
        new("telemetry.log-level", Forms.OneOf("debug", "information", "warning", "error"), "information",
            "What is worth a line, in JSON, on the standard output.", "debug"),
    ];

    private static SettingKey Time(string path, Duration otherwise, string meaning) =>
        new(path, Seconds, Forms.Time.Write(otherwise), meaning, Forms.Time.Write(otherwise));

    private static EvmNetwork? ReadChain(string text)
    {
        try
        {
            return EvmNetwork.Parse(text);
        }
        catch (ChainException)
        {
            return null;
        }
    }

    private static string? ReadImage(string text)
    {
        try
        {
            return ImageSource.Parse(text).ToString();
        }
        catch (ExecutionException)
        {
            return null;
        }
    }
}
