using System.CommandLine;
using System.Net;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Networks;
using Stun.Node;
using Stun.Node.Configuration;
using Stun.Node.Gateway;
using Stun.Node.Hosting;
using Stun.Node.Keys;
using Stun.Node.Money;
using Stun.Node.Operator;
using Stun.Node.Policies;
using Stun.Node.Provider;
using Stun.Node.Secrets;
using Stun.Node.Telemetry;
using Stun.Protocol;

namespace Stun.Commands;

/// <summary><c>stun node</c>: the roles that a configuration names, until they are stopped.</summary>
internal static class NodeCommands
{
    public static Command Make() => Shared.Group("node", "A node of a network, after a configuration.",
        Shared.Local("start", "Starts the roles that the configuration names, until Ctrl-C.",
            [ConfigCommands.File, ConfigCommands.Sets], StartAsync,
            "stun node start --config node.yaml", "stun node start --config node.yaml --set listen.port=7900"));

    private static async Task<int> StartAsync(ParseResult parsed, CancellationToken cancel)
    {
        var configuration = ConfigCommands.Load(parsed);
        var directory = configuration.DataDirectory;
        using var password = configuration.Keys.PasswordFile is { } file
            ? Password.FromFile(file)
            : KeyCommands.PasswordOf(parsed, isNew: false);
        var store = new Keystore(Path.Combine(directory, "keys"));
        var door = DoorSettings.Of(configuration, TimeProvider.System, Say);
        var plan = PlanOf(configuration, store, password);
        var outlet = new LogOutlet(Console.OpenStandardOutput(), TimeProvider.System);
        await using var outletEnds = outlet.ConfigureAwait(false);
        var chain = await ChainOfAsync(configuration, plan, store, password, cancel).ConfigureAwait(false);
        var settings = new HostSettings(
            directory, Path.Combine(directory, "images"), plan with { Chain = chain?.Access }, configuration.Store,
            configuration.Provider)
        {
            Below = chain,
            Listen = new IPEndPoint(IPAddress.Parse(configuration.Listen.Address), configuration.Listen.Port),
            Hubs = configuration.Hubs,
            Door = door with { Tes = door.Tes with { ImageNamed = OurImages.Named } },
            Operator = configuration.Operator is { } asked
                ? new OperatorPlan(asked, KeyOf(configuration, store, password, NodeRole.Operator))
                : null,
            Models = configuration.Models,
            Tee = TeeGround.Of(configuration.Tee),
            Accounts = configuration.Has(NodeRole.Gateway) ? (store, password) : null,
            Say = Say,
            Log = new NodeLog(outlet.Lines, NodeLog.LevelOf(configuration.Telemetry.LogLevel), TimeProvider.System),
            Collector = configuration.Telemetry.OtlpEndpoint is { } collector ? new Uri(collector) : null,
        };
        var host = await StartAsync(settings, cancel).ConfigureAwait(false);
        await using (host.ConfigureAwait(false))
        {
            if (host.Workshop is { } workshop)
                foreach (var image in configuration.Provider.WarmImages.Span.ToArray())
                    await workshop.PrepareAsync(image, (int)configuration.Provider.WarmCount, cancel)
                        .ConfigureAwait(false);
            Screen.Line($"{string.Join(", ", configuration.Roles)} at {host.Address}");
            outlet.Start();
            return await ServeAsync(host, cancel).ConfigureAwait(false);
        }
    }

    private static void Say(string code, string text) => Screen.Note($"stun: {text} [{code}]");

    private static async Task<NodeHost> StartAsync(HostSettings settings, CancellationToken cancel)
    {
        try
        {
            return await NodeHost.StartAsync(settings, cancel).ConfigureAwait(false);
        }
        catch
        {
            if (settings.Below is not null) await settings.Below.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static EvmKey KeyOf(NodeConfiguration configuration, Keystore store, Password password, NodeRole role)
    {
        var names = store.List().Select(entry => entry.Name).ToList();
        var name = NameOf(configuration, names, role);
        if (configuration.Chain is { } chain && chain.KeyName == name && configuration.Operator!.Chains.Any(
            each => each.Network.ChainId == chain.Network.ChainId))
            throw new CommandException("config.key",
                $"'{name}' pays for the book's transactions on chain {chain.Network.ChainId}, and is the operator's.",
                "Give them a key each: two senders of one key disturb each other.");
        return Open(store, password, name);
    }

    /// <summary>Only the role that keeps the book reaches the chain; null where this node does not hold it.</summary>
    private static async Task<ChainConnection?> ChainOfAsync(
        NodeConfiguration configuration, NodePlan plan, Keystore store, Password password, CancellationToken cancel)
    {
        if (configuration.Chain is not { } chain || plan.Escrow is null) return null;
        if (plan.Scheduler is null)
            Screen.Note("stun: this node keeps the book without the scheduler, and so without the read model: it can "
                + "answer no challenges and refute no claims. Give it the role scheduler too [chain.unwatched]");
        var payer = Open(store, password, chain.KeyName!);
        return await ChainConnection.OpenAsync(
            chain, configuration.Network, configuration.DataDirectory, payer, cancel).ConfigureAwait(false);
    }

    private static async Task<int> ServeAsync(NodeHost host, CancellationToken cancel)
    {
        try
        {
            var broken = await host.Process.Pump.Ended.WaitAsync(cancel).ConfigureAwait(false);
            throw new CommandException("node.broken", $"The node has stopped itself: {broken?.Message}",
                "Start it again: it goes on from its journal. If it stops again, keep its directory and report it.");
        }
        catch (OperationCanceledException)
        {
            Screen.Note("stun: stopping; what runs may end");
            await host.DrainAsync(TimeSpan.FromSeconds(30)).ConfigureAwait(false);
            Screen.Note("stun: stopped");
            return Exits.Ok;
        }
    }

    private static NodePlan PlanOf(NodeConfiguration configuration, Keystore store, Password password)
    {
        var terms = configuration.Network;
        var names = store.List().Select(entry => entry.Name).ToList();
        EvmKey? KeyOf(NodeRole role) => configuration.Has(role)
            ? Open(store, password, NameOf(configuration, names, role))
            : null;
        var (escrow, scheduler, validator) =
            (KeyOf(NodeRole.Escrow), KeyOf(NodeRole.Scheduler), KeyOf(NodeRole.Validator));
        Require(escrow is null || escrow.Address == terms.Book, "escrow", escrow, "network.escrow");
        Require(scheduler is null
            || terms.Schedulers.Contains(scheduler.Address), "scheduler", scheduler, "network.schedulers");
        Require(validator is null
            || terms.Validators.Contains(validator.Address), "validator", validator, "network.validators");
        return new NodePlan(terms, scheduler?.Address ?? terms.Schedulers[0])
        {
            Gateway = KeyOf(NodeRole.Gateway),
            ChainView = configuration.Chain is { } chain
                ? ChainAccess.ViewOf(chain.Network, chain.Contracts, terms.Book, null)
                : null,
            Scheduler = scheduler,
            Escrow = escrow,
            Validators = validator is null ? [] : [validator],
            Providers = KeyOf(NodeRole.Provider) is { } provider ? [ProviderOf(configuration, provider)] : [],
        };
    }

    private static ProviderPlan ProviderOf(NodeConfiguration configuration, EvmKey key)
    {
        var policy = configuration.Provider.PolicyFile is { } file
            ? ProviderPolicy.Parse(File.ReadAllText(file), file)
            : ProviderPolicy.Default;
        var version = OfferClaims.VersionAt(WallTime.Now(TimeProvider.System));
        var offers = configuration.Provider.Offers.Select((offer, index) => new Offer(
            new OfferId((ulong)index + 1), key.Address, offer.Hardware, offer.PricePerSecond, offer.Region,
            OfferClaims.Of(policy), offer.Stake, policy.Digest, version)).ToList();
        return new ProviderPlan(key, ValueList.From(offers), PolicyDesk.Of(policy));
    }

    /// <summary>Roles of one process have a key each, called after them; a single role may have the name
    /// alone.</summary>
    private static string NameOf(NodeConfiguration configuration, List<string> names, NodeRole role)
    {
        var own = $"{configuration.Keys.Name}-{role.ToString().ToLowerInvariant()}";
        if (names.Contains(own) || configuration.Roles.Count > 1) return own;
        return configuration.Keys.Name;
    }

    private static EvmKey Open(Keystore store, Password password, string name)
    {
        try
        {
            return store.Open(name, password);
        }
        catch (NodeException missing) when (missing.Code == "key.unknown")
        {
            throw new CommandException("key.unknown", missing.Message[..^missing.Cure.Length].TrimEnd(),
                $"Make it: STUN_HOME=DATA-DIRECTORY stun key create {name}.");
        }
    }

    private static void Require(bool isSo, string role, EvmKey? key, string setting)
    {
        if (!isSo)
            throw new CommandException(
                "config.key", $"The key of the {role} is {key!.Address}, and {setting} does not name it.",
                $"Put it into {setting}, or use the key that is named there.");
    }
}
