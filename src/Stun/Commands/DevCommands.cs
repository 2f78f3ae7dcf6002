using System.CommandLine;
using System.Net;
using Stun.Calls;
using Stun.Node.Configuration;
using Stun.Node.Doors.Tes;
using Stun.Node.Gateway;
using Stun.Node.Hosting;
using Stun.Node.Policies;
using Stun.Node.Provider;
using Stun.Node.Storage;
using Stun.Protocol;

namespace Stun.Commands;

/// <summary><c>stun dev</c>: a whole network in this process, until it is stopped.</summary>
internal static class DevCommands
{
    private static readonly TimeSpan DrainWithin = TimeSpan.FromSeconds(30);

    private static readonly Option<string?> Folder = new("--directory")
    {
        Description = "Where it lives; a later start goes on there. Else 'dev' in the data home.",
        HelpName = "DIR",
    };

    private static readonly Option<ushort> Port = new("--port")
    {
        Description = "Where it listens on this machine; 0 for any that is free.",
        DefaultValueFactory = _ => 7800,
    };

    internal static readonly Option<string?> WithCheat = new("--with-cheat")
    {
        Description = "One provider cheats: 'garbage' returns nonsense, 'slow' never ends.",
        HelpName = "VICE",
        Arity = ArgumentArity.ZeroOrOne,
    };

    internal static readonly Option<string> Executor = new("--executor")
    {
        Description = "How tasks run: 'containers', or 'noop', which runs nothing and says the command.",
        DefaultValueFactory = _ => "containers",
    };

    private static readonly Option<string> Store = new("--store")
    {
        Description = "Where it keeps its journal: 'local' is files, 'postgres' needs --connection.",
        DefaultValueFactory = _ => "local",
    };

    private static readonly Option<string?> Connection = new("--connection")
    {
        Description = "Of PostgreSQL, such as 'Host=localhost;Username=stun'.",
    };

    internal static readonly Option<string> Driver = new("--driver")
    {
        Description = "What runs containers: crun, runc, runsc or podman.",
        DefaultValueFactory = _ => "crun",
    };

    internal static readonly Option<bool> NoChain = new("--no-chain")
    {
        Description = "The escrow role keeps the money itself, and no chain is started.",
    };

    private static readonly Option<string[]> Pretend = new("--pretend")
    {
        Description = "Every provider says that it has it, so that tasks which ask for it can be tried out: gpu "
            + "(24 GiB, capability 9.0), tee (in software). Nothing is computed on a GPU, and nothing is hidden.",
        AllowMultipleArgumentsPerToken = true,
        HelpName = "gpu|tee",
    };

    public static Command Make()
    {
        Pretend.AcceptOnlyFromAmong("gpu", "tee");
        WithCheat.AcceptOnlyFromAmong("garbage", "slow");
        Executor.AcceptOnlyFromAmong("containers", "noop");
        Store.AcceptOnlyFromAmong("local", "postgres");
        Driver.AcceptOnlyFromAmong("crun", "runc", "runsc", "podman");
        return Shared.Local("dev", "A whole network in one process, for trying out, until Ctrl-C.",
            [Folder, Port, WithCheat, Executor, Store, Connection, Driver, NoChain, Pretend, Shared.Json], RunAsync,
            "stun dev", "stun dev --with-cheat --port 0", "stun dev --executor noop --directory here");
    }

    internal static Vice ViceOf(ParseResult parsed) => parsed.GetResult(WithCheat) is null ? Vice.None
        : parsed.GetValue(WithCheat) == "slow" ? Vice.Slow : Vice.Garbage;

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var isNoop = parsed.GetValue(Executor) == "noop";
        DataHome.Make();
        var options = new DevOptions(Path.GetFullPath(parsed.GetValue(Folder) ?? DataHome.In("dev")), DataHome.Path)
        {
            Executor = isNoop ? ExecutorKind.Noop : ExecutorKind.Containers,
            Driver = parsed.GetValue(Driver)!,
            Cheat = ViceOf(parsed),
            Boundless = isNoop,
            Pretence = (parsed.GetValue(Pretend) ?? []).Aggregate(
                Pretence.None, (all, each) => all | (each == "gpu" ? Pretence.Gpu : Pretence.Tee)),
            Listen = new IPEndPoint(IPAddress.Loopback, parsed.GetValue(Port)),
            Store = StoreOf(parsed),
            Door = new DoorSettings { Tes = new TesSettings { ImageNamed = OurImages.Named } },
            HasChain = !parsed.GetValue(NoChain),
            Images = isNoop ? [] :
            [
                $"oci:{await OurImages.EnsureAsync(OurImages.Base, new StepLine(), cancel).ConfigureAwait(false)}",
                .. OurImages.IsBuilt(OurImages.Inference) ? [$"oci:{OurImages.Built}/{OurImages.Inference}"]
                    : Array.Empty<string>(),
            ],
            Serving = OurImages.Serving(),
            // Behind the image, whose digest it names.
            Operator = DemoOperator.Settings,
        };
        RequireFree(options.Listen);
        var network = new DevNetwork(options);
        var host = await network.StartAsync((code, text) => Screen.Note($"stun: {text} [{code}]"), cancel)
            .ConfigureAwait(false);
        await using (host.ConfigureAwait(false))
        {
            var address = new NodeAddress(host.Address!, KeyFor(host, network.Requester.Address));
            address.Save();
            Tell(parsed, network, host);
            var end = await Task.WhenAny(host.Process.Pump.Ended, StoppedAsync(cancel)).ConfigureAwait(false);
            var broken = end == host.Process.Pump.Ended ? await host.Process.Pump.Ended.ConfigureAwait(false) : null;
            if (broken is not null)
                throw new CommandException("node.broken", $"The network has stopped itself: {broken.Message}",
                    "Start it again: it goes on from its journal. If it stops again, keep its directory and report "
                    + "it.");
            Screen.Note("stun: stopping; what runs may end");
            var isDone = await host.DrainAsync(DrainWithin).ConfigureAwait(false);
            address.Forget();
            Screen.Note(isDone ? "stun: stopped" : "stun: stopped; what was left is run again at the next start");
        }
        return Exits.Ok;
    }

    private static StoreSettings StoreOf(ParseResult parsed)
    {
        var connection = parsed.GetValue(Connection);
        if (parsed.GetValue(Store) == "local")
            return new StoreSettings(StoreKind.Local, null, "dev", Duration.Seconds(10));
        return connection is { Length: > 0 }
            ? new StoreSettings(StoreKind.Postgres, connection, "dev", Duration.Seconds(10))
            : throw CommandException.Usage("--store postgres without --connection.",
                "Say which database: --connection 'Host=localhost;Username=stun'.");
    }

    /// <summary>A network that starts, and then has no port, would have to be taken down again.</summary>
    private static void RequireFree(IPEndPoint listen)
    {
        if (listen.Port == 0) return;
        try
        {
            using var probe = new System.Net.Sockets.TcpListener(listen);
            probe.Start();
        }
        catch (System.Net.Sockets.SocketException)
        {
            throw new CommandException("node.port-taken", $"Somebody listens at {listen} already.",
                "Stop it, or choose another with --port; --port 0 takes any that is free.");
        }
    }

    private static async Task StoppedAsync(CancellationToken cancel)
    {
        var stopped = new TaskCompletionSource();
        using var registration = cancel.Register(stopped.SetResult);
        await stopped.Task.ConfigureAwait(false);
    }

    /// <summary>The owner's key. That of an earlier life goes on to open, so that scripts need not learn
    /// another.</summary>
    internal static string KeyFor(NodeHost host, Address owner)
    {
        if (NodeAddress.Read()?.Key is { } earlier && host.Doorkeeper.Find(earlier)?.Account == owner) return earlier;
        var now = host.Process.Pump.Now;
        host.Keys.AddPrincipal(owner, "dev", now);
        return host.Keys.Issue(owner, nameof(ApiRole.Owner).ToLowerInvariant(), [], now, null).Token;
    }

    private static void Tell(ParseResult parsed, DevNetwork network, NodeHost host)
    {
        var providers = network.Providers
            .Select(plan => (Name: network.NameOf(plan.Key.Address)!, Offer: plan.Offers[0]))
            .ToList();
        if (Shared.IsJson(parsed))
        {
            Screen.Write(new
            {
                Url = host.Address!.ToString(),
                Account = network.Requester.Address.ToString(),
                NodeFile = NodeAddress.File,
                Providers = providers.Select(each => new
                {
                    each.Name,
                    Address = each.Offer.Provider.ToString(),
                    PricePerSecond = each.Offer.PricePerSecond.ToString(),
                    Region = each.Offer.Region.ToString(),
                }),
            });
            return;
        }
        Screen.Line($"The network is up at {host.Address}");
        if (parsed.GetValue(Pretend) is { Length: > 0 } pretended)
            Screen.Line($"Pretended, and not there: {string.Join(", ", pretended)}.");
        Screen.Line("");
        Screen.Table(["PROVIDER", "ADDRESS", "PRICE/S", "REGION", "CPUS", "MEMORY"], providers.Select(each => (string[])
        [
            each.Name, each.Offer.Provider.ToString(), each.Offer.PricePerSecond.ToString(),
                each.Offer.Region.ToString(),
            $"{each.Offer.Hardware.CpuMillis / 1_000m}", $"{each.Offer.Hardware.MemoryMiB} MiB",
        ]));
        Screen.Line("");
        if (network.Asking is { } asking)
        {
            Screen.Line($"Contracts ask the operator {asking.Contract}; an example that does is {asking.Consumer}.");
            Screen.Line("");
        }
        Screen.Line("Try, in another terminal:  stun run base -- echo hello");
        if (network.SecretFiles is { } secret)
            Screen.Line($"A secret, as far as software can:  stun run base --secret {secret.Policy} "
                + $"--software-root {secret.Root} --input in.txt=FILE -- wc -c /in/in.txt");
        Screen.Line("Stop it with Ctrl-C.");
    }
}
