using Stun.Execution;
using Stun.Execution.Images;
using Stun.Node.Operator.Responders;
using Stun.Node.Settings;

namespace Stun.Node.Configuration;

/// <summary>The keys of the role operator.</summary>
internal static class OperatorKeys
{
    private const string AnAddress = "0x8ba1f109551bd432803012645ac136ddd64dba72";

    private const string AnImage = "docker://registry.example/physics/mass@sha256:"
        + "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";

    private static readonly OperatorSettings Defaults = new();

    private static readonly SettingForm Word = new SettingForm<string>(
        "name of a service", "1 to 64 letters, digits, dashes, points, slashes, colons and underscores",
        text => text.Length is >= 1 and <= 64 && text.All(sign => IsPath(sign) || sign == ':') ? text : null,
        text => text);

    private static readonly SettingForm HttpPath = new SettingForm<string>(
        "path", "a slash, and up to 127 letters, digits, dashes, points, slashes and underscores",
        text => text.Length is >= 1 and <= 128 && text[0] == '/' && text.All(IsPath) ? text : null, text => text);

    private static readonly SettingForm SpecName = new SettingForm<string>(
        "job", "the 32 hexadecimal digits of a job's UUID, without dashes",
        text => text.Length == 32 && text.All(char.IsAsciiHexDigit) ? text : null, text => text);

    private static readonly SettingForm Host = new SettingForm<string>(
        "host", "a host such as api.example.com, *.example.com or api.example.com:8443",
        text => AllowedHosts.Fault(text) is null ? text : null, text => text);

    private static readonly SettingForm PinnedImage = new SettingForm<string>(
        "image with a digest", "a source such as docker://HOST/NAME@sha256:DIGEST, or the digest alone", ReadPinned,
        text => text);

    private static readonly SettingForm Verify = new SettingForm<string>(
        "verification", Verification.Forms, text => Verification.TryRead(text) is null ? null : text, text => text);

    private static readonly SettingForm Times =
        Forms.TimeBetween(Duration.Seconds(1), Duration.Seconds(86_400));

    public static IEnumerable<SettingKey> All =>
        [.. Chains, .. Policy, .. Prices, .. Results, .. Http, .. Containers, .. Models];

    private static IEnumerable<SettingKey> Chains =>
    [
        new("operator.federations", Forms.Text, "[]",
            "Files as 'stun operator deploy' writes them and institutes exchange them: each gives a contract to "
            + "follow. An entry of operator.chains with the same network says how it is reached, instead of the file.",
            "federation.json")
        {
            IsList = true,
        },
        new("operator.chains.#.network", ConfigurationKeys.ChainName, "", "The chain of an operator's contract.",
            "base")
        {
            IsRequired = true,
        },
        new("operator.chains.#.rpc", Forms.ChainUrl, "",
            "Endpoints of the chain, in order of preference; secrets.", "https://chain.example/KEY")
        {
            IsList = true,
            IsSecret = true,
            IsRequired = true,
            IsNeverEmpty = true,
        },
        new("operator.chains.#.contract", Forms.Address, "",
            "The operator's contract, which has this node's key among its authorised senders. Left out: that of the "
            + "federation of this chain.", AnAddress),
        new("operator.chains.#.first-block", Forms.Number(0, ulong.MaxValue), "",
            "Where requests begin to count. Left out: when the role is first started.", "12345678"),
        new("operator.chains.#.waits-for-finality", Forms.Bool, "false",
            "Work begins only when no reorg can take the request back.", "true"),
        new("operator.chains.#.legacy", Forms.Bool, "false",
            "A contract of the first kind: refunds need a second transaction, and nothing can be extended.", "true"),
        new("operator.chains.#.callback-gas", Forms.Number(0, 10_000_000), "200_000",
            "For what consumers do, over what is estimated.", "500_000"),
    ];

    private static IEnumerable<SettingKey> Policy =>
    [
        new("operator.jobs", SpecName, "[]", "Jobs that are served. Left out: all.", "a3fa982792ad486785be5d89ac333ab5")
        {
            IsList = true,
            IsSet = true,
        },
        new("operator.callers", Forms.Address, "[]", "Contracts that are answered. Left out: all.", AnAddress)
        {
            IsList = true,
            IsSet = true,
        },
        new("operator.refund-addresses", Forms.Address, "[]",
            "Who may have money given back to. Left out: everybody.", AnAddress)
        {
            IsList = true,
            IsSet = true,
        },
        new("operator.data-bytes", Forms.Size, "64KiB", "Of one request.", "64KiB"),
        new("operator.requests-per-second", Forms.Number(1, 5_000), $"{Defaults.Rules.PerSecond}", "Of one caller.",
            "10"),
        new("operator.silent-below", Forms.Amount, "0",
            "Requests that pay less are not answered at all, for each answer costs gas. They expire.", "1_000_000"),
        new("operator.at-once", Forms.Number(1, 10_000), $"{Defaults.AtOnce}", "Requests that are worked on at once.",
            "64"),
        new("operator.extend-before", Times, Forms.Time.Write(Defaults.ExtendBefore),
            "A request that ends so soon and is not answered gets more time.", "2min"),
        new("operator.extend-by", Times, Forms.Time.Write(Defaults.ExtendBy), "So much, from then on.", "10min"),
    ];

    private static IEnumerable<SettingKey> Prices =>
    [
        new("operator.fees", Forms.OneOf("listed", "prototype", "prototype-flat"), "listed",
            "'listed': operator.fee, and what containers and models say. The others are the schedules that contracts "
            + "of the prototype pay.", "prototype-flat"),
        new("operator.fee", Forms.Amount, "0", "In the smallest unit of the contract's token.",
            "10_000_000_000_000_000"),
        new("operator.built-in", Forms.OneOf("ping", "echo", "util/http"), "ping, echo", "What is offered.", "ping")
        {
            IsList = true,
            IsSet = true,
        },
    ];

    private static IEnumerable<SettingKey> Results =>
    [
        new("operator.result-bytes", Forms.Size, "4KiB",
            "Of a result on the chain. A larger one is kept here; its digest and address go there.", "1KiB"),
        new("operator.kept-bytes", Forms.Size, "10GiB", "Of all larger results that are kept here.", "100GiB"),
        new("operator.hex-becomes-bytes", Forms.Bool, "false",
            "A text that looks like hexadecimal digits becomes bytes, as in the prototype.", "true"),
        new("operator.bridge-token-file", Forms.Text, "",
            "A file with the outgoing token of a Chainlink node's bridge. Left out: no bridge is answered.",
            "secrets/bridge"),
    ];

    private static IEnumerable<SettingKey> Http =>
    [
        new("operator.http-hosts", Host, "[]", "Hosts that util/http may ask, redirects and all.", "api.example.com")
        {
            IsList = true,
            IsSet = true,
        },
        new("operator.http-may-reach", ConfigurationKeys.IpNetwork, "[]",
            "Private networks that util/http may reach, where a host leads there.", "10.1.0.0/16")
        {
            IsList = true,
            IsSet = true,
        },
        new("operator.http-bytes", Forms.Size, "1MiB", "Of one answer.", "1MiB"),
        new("operator.http-within", Times, Forms.Time.Write(Defaults.Http.Within), "For one answer.", "30s"),
    ];

    private static IEnumerable<SettingKey> Containers =>
    [
        new("operator.containers.#.name", Word, "", "By which contracts ask for it.", "physics/mass")
        {
            IsRequired = true,
        },
        new("operator.containers.#.image", PinnedImage, "", "What is run, and nothing else under this name.", AnImage)
        {
            IsRequired = true,
        },
        new("operator.containers.#.command", Forms.Text, "",
            "The program and its arguments: data at its standard input, the answer at its standard output.",
            "/usr/bin/mass")
        {
            IsList = true,
            IsRequired = true,
            IsNeverEmpty = true,
        },
        new("operator.containers.#.http-port", Forms.Number(1, 65_535), "",
            "The program is a server on this port: it is sent the data by POST, and its answer counts. Only its own "
            + "container reaches it.", "8001"),
        new("operator.containers.#.http-paths", HttpPath, "[]",
            "Each is a service, by the name with the path behind it. Left out: the name alone, and the path /.",
            "/price-fixed-rate-bond")
        {
            IsList = true,
        },
        new("operator.containers.#.price-limit", Forms.Amount, "1_000_000",
            "What this node pays the network for a run, at most.", "2_000"),
        new("operator.containers.#.run-time", Times, "10min", "A run takes no longer.", "1h"),
        new("operator.containers.#.verify", Verify, "redundant",
            "How the network verifies, where the payer does not say it.", "redundant:2/3"),
        new("operator.containers.#.cpu", Forms.CpuMillis, "1", "Processors.", "4"),
        new("operator.containers.#.memory", Forms.Mebibytes, "512MiB", "Memory.", "8GiB"),
        new("operator.containers.#.disk", Forms.Mebibytes, "256MiB", "Scratch space.", "1GiB"),
        new("operator.containers.#.fee", Forms.Amount, "", "What contracts pay. Left out: operator.fee.",
            "10_000_000_000_000_000"),
    ];

    private static IEnumerable<SettingKey> Models =>
    [
        new("operator.models.#.name", Word, "", "By which contracts ask for it.", "ai/chat")
        {
            IsRequired = true,
        },
        new("operator.models.#.url", Forms.HttpUrl, "", "Below which /chat/completions is.",
            "https://models.example/v1")
        {
            IsRequired = true,
        },
        new("operator.models.#.model", Forms.Text, "", "Which model answers.", "llama-3.1-8b")
        {
            IsRequired = true,
        },
        new("operator.models.#.key-file", Forms.Text, "", "A file with the key; it goes nowhere but there.",
            "secrets/models"),
        new("operator.models.#.key-variable", Forms.Text, "", "Or the variable with it.", "MODELS_KEY"),
        new("operator.models.#.tokens", Forms.Number(1, 1_000_000), "1_024", "Of one answer, at most.", "512"),
        new("operator.models.#.within", Times, "2min", "For one answer.", "1min"),
        new("operator.models.#.fee", Forms.Amount, "", "What contracts pay. Left out: operator.fee.",
            "10_000_000_000_000_000"),
    ];

    private static bool IsPath(char sign) => char.IsAsciiLetterOrDigit(sign) || sign is '-' or '.' or '/' or '_';

    private static string? ReadPinned(string text)
    {
        if (ImageDigest.TryParse(text, out _)) return text;
        try
        {
            var at = text.LastIndexOf('@');
            return at > 0 && ImageDigest.TryParse(text[(at + 1)..], out _) && ImageSource.Parse(text) is not null
                ? text : null;
        }
        catch (ExecutionException)
        {
            return null;
        }
    }
}
