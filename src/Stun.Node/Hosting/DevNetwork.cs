using System.Net;
using System.Security.Cryptography;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Deployment;
using Stun.Node.Configuration;
using Stun.Node.Gateway;
using Stun.Node.Keys;
using Stun.Node.Money;
using Stun.Node.Money.Watch;
using Stun.Node.Operator;
using Stun.Node.Policies;
using Stun.Node.Provider;
using Stun.Node.Secrets;
using Stun.Node.Serving;
using Stun.Node.Storage;
using Stun.Node.Telemetry;

namespace Stun.Node.Hosting;

/// <summary>A whole network in one process, for trying out: everybody in it is this machine's owner.</summary>
public sealed class DevNetwork
{
    /// <summary>What the requester begins with, and what each provider has at stake.</summary>
    public static readonly Amount Purse = new(1_000_000_000_000), Stake = new(1_000_000_000);

    /// <summary>The keys guard nothing but play money on this machine: opening them should take no time.</summary>
    private static readonly ScryptCost Cost = new(1 << 10, 8, 1);

    /// <summary>By then the providers have said it themselves.</summary>
    private static readonly TimeSpan OfferedWithin = TimeSpan.FromSeconds(5);

    private readonly DevOptions options;
    private readonly Keystore keys;
    private readonly Password password;
    private readonly List<EvmKey> validators;
    private readonly List<ProviderPlan> providers = [];
    private readonly List<string> names = [];
    private LocalMoney? money;
    private LocalOperator? asking;
    private PretendedTee? tee;

    public DevNetwork(DevOptions options)
    {
        this.options = options;
        var home = options.KeyHome ?? options.Directory;
        keys = new Keystore(Path.Combine(home, "keys"), Cost);
        password = PasswordIn(home);
        Requester = Key("requester");
        validators = [.. Enumerable.Range(0, options.ValidatorCount).Select(index => Key($"validator-{index}"))
            .OrderBy(key => key.Address)];
        Terms = new NetworkTerms
        {
            Validators = [.. validators.Select(key => key.Address)],
            Schedulers = [Key("scheduler").Address],
            Quorum = (options.ValidatorCount / 2) + 1,
            Domain = new TypedDataDomain(31337, Key("escrow").Address),
            Treasury = Key("treasury").Address,
            // Times in which a person can watch what happens; a network of strangers takes minutes.
            DisputeWindow = Duration.Millis(300),
            BatchPause = Duration.Millis(100),
            AllowsSoftwareTee = options.Pretence.HasFlag(Pretence.Tee),
        };
        Add("alpha", new Hardware(GpuModel.Any, 0, 0, 0, 2_000, 2_048, 4_096), 120, "eu-de", Vice.None);
        Add("beta", new Hardware(GpuModel.Any, 0, 0, 0, 4_000, 8_192, 16_384), 200, "us-east", Vice.None);
        Add("gamma", new Hardware(GpuModel.Any, 0, 0, 0, 1_000, 1_024, 2_048), 100, "eu-fr", options.Cheat);
    }

    /// <summary>Where a chain keeps the money, they are known when it is there: when the network has started.</summary>
    public NetworkTerms Terms { get; private set; }

    public EvmKey Requester { get; }

    /// <summary>The chain, once the network has started; null where it has none.</summary>
    public LocalMoney? Money => money;

    /// <summary>Where contracts ask, once the network has started; null where they cannot.</summary>
    public LocalOperator? Asking => asking;

    public IReadOnlyList<ProviderPlan> Providers => providers;

    /// <summary>The root of the TEE in software and a policy that takes it, once the network has started; null where
    /// nothing is pretended.</summary>
    public (string Root, string Policy)? SecretFiles { get; private set; }

    /// <summary>What people call a provider of this network.</summary>
    public string? NameOf(Address provider)
    {
        var index = providers.FindIndex(plan => plan.Key.Address == provider);
        return index < 0 ? null : names[index];
    }

    /// <summary>Starts it, gives everybody what they need to take part, and fetches the images.</summary>
    public async Task<NodeHost> StartAsync(Action<string, string> say, CancellationToken cancel)
    {
        RequireSameMoney();
        if (options.Pretence.HasFlag(Pretence.Tee) && options.Tee is null)
        {
            tee = PretendedTee.Make(DateTimeOffset.UtcNow);
            SecretFiles = tee.Write(Path.Combine(options.Directory, "tee"));
        }
        if (options.HasChain) money = await OpenMoneyAsync(cancel).ConfigureAwait(false);
        try
        {
            return await StartHostAsync(say, cancel).ConfigureAwait(false);
        }
        catch
        {
            await new Ground(asking, money, tee).DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What a network of this machine stands on.</summary>
    private sealed class Ground(LocalOperator? asking, LocalMoney? money, PretendedTee? tee) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (asking is not null) await asking.DisposeAsync().ConfigureAwait(false);
            if (money is not null) await money.DisposeAsync().ConfigureAwait(false);
            tee?.Dispose();
        }
    }

    /// <summary>A journal of the one kind makes no sense to the other: its orders name another escrow.</summary>
    private void RequireSameMoney()
    {
        Directory.CreateDirectory(options.Directory);
        var mark = Path.Combine(options.Directory, "money");
        var kind = options.HasChain ? "chain" : "book";
        var had = File.Exists(mark) ? File.ReadAllText(mark).Trim()
            : Directory.EnumerateFileSystemEntries(options.Directory).Any(entry => Path.GetFileName(entry) is "journal")
                ? "book" : kind;
        if (had != kind)
            throw new NodeException("dev.other-money",
                $"The network in {options.Directory} keeps its money {(had == "chain" ? "on" : "without")} a chain.",
                had == "chain" ? "Start it without --no-chain, or choose another folder."
                    : "Start it with --no-chain, remove the folder, or choose another.");
        File.WriteAllText(mark, kind);
    }

    private async Task<LocalMoney> OpenMoneyAsync(CancellationToken cancel)
    {
        var opened = await LocalMoney.OpenAsync(
            Path.Combine(options.Directory, "chain"), Key("treasury"), Terms.Validators, (byte)Terms.Quorum, cancel)
            .ConfigureAwait(false);
        if (!options.SkipsWindows) opened.KeepTime();
        try
        {
            await Task.WhenAll(
            [
                opened.DepositAsync(Requester.Address, Purse, cancel),
                .. providers.Select(provider => opened.StakeAsync(provider.Key, Stake, cancel)),
            ]).ConfigureAwait(false);
        }
        catch
        {
            await opened.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        Terms = Terms with
        {
            Domain = new TypedDataDomain(opened.Access.Network.ChainId, opened.Access.Escrow),
            Chain = new ChainTerms(Key("escrow").Address)
            {
                BatchEvery = options.BatchEvery,
                RecutAfter = Duration.Seconds(5),
            },
        };
        return opened;
    }

    /// <summary>The operator pays for the tasks that contracts have done, and is paid by the contracts.</summary>
    private async Task<OperatorPlan?> OpenOperatorAsync(CancellationToken cancel)
    {
        if (options.Operator is not { } settings || money is not { } chain) return null;
        var key = Key("operator");
        await chain.DepositAsync(key.Address, Purse, cancel).ConfigureAwait(false);
        asking = await LocalOperator.OpenAsync(
            new LocalOperatorPlan(chain.Access.Network, chain.Address, chain.Rpc, chain.Access.Sender,
                chain.Contracts[ContractNames.Token].Address, [key.Address]), Key("asker"), cancel)
            .ConfigureAwait(false);
        await asking.FundAsync(new Amount(NetworkPlan.Coin), cancel).ConfigureAwait(false);
        return new OperatorPlan(settings with { Chains = [asking.Settings] }, key)
        {
            Finality = chain.Access.Finality,
        };
    }

    private async Task<NodeHost> StartHostAsync(Action<string, string> say, CancellationToken cancel)
    {
        var asked = await OpenOperatorAsync(cancel).ConfigureAwait(false);
        var provider = new ProviderSettings(options.Executor, options.Driver, [], null, [], [], options.WarmCount)
        {
            ProofSecrets = options.ProofSecrets,
            Measures = options.Measures,
        };
        var host = await NodeHost.StartAsync(
            new HostSettings(options.Directory, options.ImageHome, Plan(), options.Store, provider)
            {
                Listen = options.Hubs.Count == 0 ? options.Listen : null,
                Hubs = options.Hubs,
                Say = say,
                Operator = asked,
                Models = options.Models,
                Ready = Prepare,
                Watch = options.Watch,
                Log = options.Log,
                Collector = options.Collector,
                Door = options.Door,
                Serving = options.Serving,
                Accounts = (keys, password),
                Tee = options.Tee ?? tee?.Ground ?? TeeGround.Plain,
                Below = new Ground(asking, money, tee),
            }, cancel).ConfigureAwait(false);
        try
        {
            if (host.Workshop is { } workshop)
                foreach (var image in options.Images)
                    await workshop.PrepareAsync(image, (int)options.WarmCount, cancel).ConfigureAwait(false);
            // Where everything is in this process; else somebody else has the offers, or comes later.
            if (options.Roles == NodeRoles.All) await OfferAsync(host, cancel).ConfigureAwait(false);
            return host;
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private void Prepare(NodeHost host)
    {
        if (money is null && options.Roles.HasFlag(NodeRoles.Escrow)) Fund(host.Process);
        host.Process.Intake?.AddWallet(Requester);
        options.Ready(host);
    }

    private NodePlan Plan() => new NodePlan(Terms, Terms.Schedulers[0])
    {
        Gateway = Key("gateway"),
        Scheduler = Key("scheduler"),
        Escrow = Key("escrow"),
        Chain = money?.Access,
        Validators = validators,
        Providers =
        [
            .. providers.Where((_, index) => options.ProviderNames?.Contains(names[index]) != false),
        ],
    }.Only(options.Roles);

    private void Add(string name, Hardware hardware, ulong price, string region, Vice vice)
    {
        var key = Key("provider-" + name);
        const int much = 1_000;
        if (options.Boundless)
            hardware = hardware with { CpuMillis = much * 1_000, MemoryMiB = much << 10, DiskMiB = much << 10 };
        if (options.Pretence.HasFlag(Pretence.Gpu))
            hardware = hardware with { GpuCount = 1, GpuMemoryMiB = 24 << 10, ComputeCapability = 90 };
        var policy = !options.Pretence.HasFlag(Pretence.Tee) ? ProviderPolicy.Default
            : ProviderPolicy.Parse("version: 1\nprivacy: { accepted: [none, tee] }\n", "--pretend tee");
        var offer = new Offer(
            new OfferId(1), key.Address, hardware, new Amount(price), Region.Parse(region),
            OfferClaims.Of(policy), Stake, policy.Digest, 1);
        names.Add(name);
        providers.Add(new ProviderPlan(key, [offer], PolicyDesk.Of(policy))
        {
            Executor = vice == Vice.None ? options.Around : honest => new CheatingExecutor(honest, vice),
        });
    }

    private void Fund(NodeProcess process)
    {
        // Each has its number: done again in a later life, nothing happens.
        process.CallEscrow(Requester.Address, new EscrowCall.Deposit(1, Purse));
        foreach (var validator in validators)
            process.CallEscrow(validator.Address, new EscrowCall.Deposit(1, Terms.DisputeBond * 1_000));
        foreach (var provider in providers)
        {
            process.CallEscrow(provider.Key.Address, new EscrowCall.Deposit(1, Stake));
            process.CallEscrow(provider.Key.Address, new EscrowCall.AddStake(2, Stake));
        }
    }

    /// <summary>
    /// A provider says its offers again every few seconds until they are noted, which they are when its stake is. Here
    /// a person waits for the first task: they are said again at once.
    /// </summary>
    private async Task OfferAsync(NodeHost host, CancellationToken cancel)
    {
        var until = DateTime.UtcNow + OfferedWithin;
        var all = new OfferFilter(null, null, null, null, ReadModelQueries.LimitMax);
        while (host.ReadModel!.Queries.ListOffers(all).Items.Count < providers.Count && DateTime.UtcNow < until)
        {
            foreach (var provider in host.Plan.Providers)
                foreach (var offer in provider.Offers)
                    host.Process.Pump.TryPost(offer.Provider, Terms.Schedulers[0], new Message.PostOffer(offer));
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancel).ConfigureAwait(false);
        }
    }

    private EvmKey Key(string name)
    {
        if (keys.List().All(entry => entry.Name != name)) keys.Create(name, password);
        return keys.Open(name, password);
    }

    private static Password PasswordIn(string directory)
    {
        var file = Path.Combine(directory, "password");
        Directory.CreateDirectory(directory);
        if (!File.Exists(file))
        {
            File.WriteAllText(file, Convert.ToHexString(RandomNumberGenerator.GetBytes(16)));
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        return Password.FromFile(file);
    }
}
