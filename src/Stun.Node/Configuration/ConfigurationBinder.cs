using Stun.Node.Settings;

namespace Stun.Node.Configuration;

/// <summary>Makes the typed records of settings in which no fault was found.</summary>
internal static class ConfigurationBinder
{
    public static NodeConfiguration Bind(SettingSet settings, ConfiguredPaths paths)
    {
        var chain = ConfiguredChain.Read(settings, paths);
        return Bind(settings, paths, chain) with
        {
            Chain = chain,
            Tes = TesKeys.Read(settings),
            Operator = settings.List<string>("roles").Contains("operator")
                ? ConfiguredOperator.Read(settings, paths) : null,
            Models = ConfiguredModels.Read(settings, paths),
            Tee = TeeKeys.Read(settings, paths),
        };
    }

    private static NodeConfiguration Bind(SettingSet settings, ConfiguredPaths paths, ChainSettings? chain) => new(
        paths.DataDirectory,
        [.. settings.List<string>("roles").Select(RoleOf).Distinct().Order()],
        new ListenSettings(
            settings.Get<string>("listen.address"), (ushort)settings.Get<ulong>("listen.port"),
            paths.ExistingFile("listen.tls-certificate"), paths.ExistingFile("listen.tls-key"),
            settings.Find("listen.public-url")?.Value as string)
        {
            HasConsole = settings.Get<bool>("listen.console"),
        },
        Hubs(settings),
        new StoreSettings(
            settings.Get<string>("store.kind") == "postgres" ? StoreKind.Postgres : StoreKind.Local,
            settings.Find("store.connection")?.Value as string, settings.Get<string>("store.shard"),
            settings.Get<Duration>("store.lease-term")),
        ConfiguredChain.On(chain, settings, Terms(settings)),
        Provider(settings, paths),
        Limits(settings),
        new TelemetrySettings(
            settings.Find("telemetry.otlp-endpoint")?.Value as string, settings.Get<string>("telemetry.log-level")),
        new KeySettings(settings.Get<string>("keys.name"), paths.ExistingFile("keys.password-file")))
    {
        Values = [.. settings.All().Select(each =>
            new ConfigurationValue(each.Path, each.Shown, $"{each.Origin}"))],
    };

    private static NodeRole RoleOf(string name) => Enum.Parse<NodeRole>(name, ignoreCase: true);

    private static ValueList<HubSettings> Hubs(SettingSet settings) =>
    [
        .. Enumerable.Range(0, settings.CountOf("hubs")).Select(index => new HubSettings(
            settings.Get<string>($"hubs.{index}.url"), settings.Maybe<Digest>($"hubs.{index}.certificate-hash"))),
    ];

    private static NetworkTerms Terms(SettingSet settings)
    {
        ValueList<Address> validators = [.. settings.List<Address>("network.validators").Distinct().Order()];
        return new NetworkTerms
        {
            Validators = validators,
            Schedulers = [.. settings.List<Address>("network.schedulers").Distinct().Order()],
            Quorum = (int)(settings.Maybe<ulong>("network.quorum") ?? Contradictions.QuorumOf(validators.Count)),
            Domain = new TypedDataDomain(
                settings.Get<ulong>("network.chain-id"), settings.Get<Address>("network.escrow")),
            Treasury = settings.Get<Address>("network.treasury"),
            TreasuryPpm = settings.Get<uint>("network.treasury-share"),
            CreatorPpm = settings.Get<uint>("network.creator-share"),
            DisputeWindow = settings.Get<Duration>("network.dispute-window"),
            BatchPause = settings.Get<Duration>("network.batch-pause"),
            DisputeTimeout = settings.Get<Duration>("network.dispute-timeout"),
            ExpiryGrace = settings.Get<Duration>("network.expiry-grace"),
            UnbondingDelay = settings.Get<Duration>("network.unbonding-delay"),
            DisputeBond = settings.Get<Amount>("network.dispute-bond"),
            SlashMultiple = settings.Get<ulong>("network.slash-multiple"),
            OfferStakeMin = settings.Get<Amount>("network.offer-stake-min"),
            SlashToRequesterPpm = settings.Get<uint>("network.slash-to-requester"),
            AuditFloorPpm = settings.Get<uint>("network.audit-floor"),
            ColluderPpmAssumed = settings.Get<uint>("network.colluders"),
            ValidatorsRerun = settings.Get<bool>("network.validators-rerun"),
        };
    }

    private static ProviderSettings Provider(SettingSet settings, ConfiguredPaths paths) => new(
        settings.Get<string>("provider.executor") == "noop" ? ExecutorKind.Noop : ExecutorKind.Containers,
        settings.Get<string>("provider.driver"),
        [.. Enumerable.Range(0, settings.CountOf("provider.offers")).Select(index => Offer(settings, index))],
        paths.ExistingFile("provider.policy-file"),
        settings.List<string>("provider.egress-may-reach"),
        settings.List<string>("provider.warm-images"),
        (uint)settings.Get<ulong>("provider.warm-count"))
    {
        ProofSecrets = paths.Find("provider.proof-secrets"),
        Measures = settings.Get<bool>("provider.measure"),
    };

    private static OfferSettings Offer(SettingSet settings, int index)
    {
        var offer = $"provider.offers.{index}";
        return new OfferSettings(
            settings.Get<Amount>($"{offer}.price-per-second"),
            new Hardware(
                settings.Get<GpuModel>($"{offer}.gpu-model"),
                (ushort)settings.Get<ulong>($"{offer}.gpus"),
                settings.Get<uint>($"{offer}.gpu-memory"),
                (ushort)settings.Get<ulong>($"{offer}.compute-capability"),
                settings.Get<uint>($"{offer}.cpu"),
                settings.Get<uint>($"{offer}.memory"),
                settings.Get<uint>($"{offer}.disk")),
            settings.Get<Region>($"{offer}.region"),
            settings.Get<Amount>($"{offer}.stake"));
    }

    private static LimitSettings Limits(SettingSet settings) => new(
        (uint)settings.Get<ulong>("limits.requests-per-second-per-key"),
        (uint)settings.Get<ulong>("limits.requests-per-second-per-address"),
        settings.Get<ulong>("limits.body-bytes"),
        (uint)settings.Get<ulong>("limits.connections"),
        settings.Get<ulong>("limits.blob-bytes"));
}
