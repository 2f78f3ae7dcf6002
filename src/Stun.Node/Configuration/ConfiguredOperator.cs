using Stun.Node.Settings;

namespace Stun.Node.Configuration;

/// <summary>What a configuration says of the role operator.</summary>
internal static class ConfiguredOperator
{
    public static OperatorSettings Read(SettingSet settings, ConfiguredPaths paths) => new()
    {
        Chains = ConfiguredFederations.Chains(settings, paths),
        Rules = new OperatorRules
        {
            Specs = settings.List<string>("operator.jobs"),
            Callers = settings.List<Address>("operator.callers"),
            RefundTo = settings.List<Address>("operator.refund-addresses"),
            DataBytesMax = settings.Get<ulong>("operator.data-bytes"),
            PerSecond = (uint)settings.Get<ulong>("operator.requests-per-second"),
            SilentBelow = settings.Get<Amount>("operator.silent-below"),
        },
        Fees = new FeeSettings(
            settings.Get<string>("operator.fees") switch
            {
                "prototype" => FeeKind.Prototype,
                "prototype-flat" => FeeKind.PrototypeFlat,
                _ => FeeKind.Listed,
            },
            settings.Get<Amount>("operator.fee")),
        HexBecomesBytes = settings.Get<bool>("operator.hex-becomes-bytes"),
        BuiltIn = settings.List<string>("operator.built-in"),
        Http = new HttpRules
        {
            Hosts = settings.List<string>("operator.http-hosts"),
            MayReach = settings.List<string>("operator.http-may-reach"),
            BytesMax = settings.Get<ulong>("operator.http-bytes"),
            Within = settings.Get<Duration>("operator.http-within"),
        },
        Containers = [.. Each(settings, "operator.containers").Select(each => ContainerOf(settings, each))],
        Models = [.. Each(settings, "operator.models").Select(each => ModelOf(settings, paths, each))],
        AtOnce = (uint)settings.Get<ulong>("operator.at-once"),
        ResultBytesMax = settings.Get<ulong>("operator.result-bytes"),
        KeptBytesMax = settings.Get<ulong>("operator.kept-bytes"),
        ExtendBefore = settings.Get<Duration>("operator.extend-before"),
        ExtendBy = settings.Get<Duration>("operator.extend-by"),
        BridgeTokenFile = paths.ExistingFile("operator.bridge-token-file"),
        PublicUrl = settings.Find("listen.public-url")?.Value is string url ? new Uri(url) : null,
    };

    private static IEnumerable<string> Each(SettingSet settings, string list) =>
        Enumerable.Range(0, settings.CountOf(list)).Select(index => $"{list}.{index}");

    private static ContainerSettings ContainerOf(SettingSet settings, string each) => new(
        settings.Get<string>($"{each}.name"),
        settings.Get<string>($"{each}.image"),
        settings.List<string>($"{each}.command"),
        settings.Get<Amount>($"{each}.price-limit"),
        settings.Get<Duration>($"{each}.run-time"),
        settings.Get<string>($"{each}.verify"),
        settings.Get<uint>($"{each}.cpu"),
        settings.Get<uint>($"{each}.memory"),
        settings.Get<uint>($"{each}.disk"),
        settings.Maybe<Amount>($"{each}.fee"))
    {
        Http = settings.Maybe<ulong>($"{each}.http-port") is { } port
            ? new ContainerHttp((ushort)port, settings.List<string>($"{each}.http-paths")) : null,
    };

    private static ModelSettings ModelOf(SettingSet settings, ConfiguredPaths paths, string each) => new(
        settings.Get<string>($"{each}.name"),
        settings.Get<string>($"{each}.url"),
        settings.Get<string>($"{each}.model"),
        paths.ExistingFile($"{each}.key-file"),
        settings.Find($"{each}.key-variable")?.Value as string,
        (uint)settings.Get<ulong>($"{each}.tokens"),
        settings.Get<Duration>($"{each}.within"),
        settings.Maybe<Amount>($"{each}.fee"));
}
