using System.CommandLine;
using System.Globalization;
using Stun.Chain.Evm;
using Stun.Calls;
using Stun.Engine;
using Stun.Execution.Hardware;
using Stun.Execution.Images;
using Stun.Node;
using Stun.Node.Configuration;
using Stun.Node.Gateway;
using Stun.Node.Hosting;
using Stun.Node.Money;
using Stun.Node.Policies;
using Stun.Node.Provider;
using Stun.Node.Secrets;
using Stun.Node.Transport;
using Stun.Protocol;

namespace Stun.Commands;

/// <summary><c>stun provider</c>: sells this machine's time to a network that runs elsewhere.</summary>
internal static class ProviderCommands
{
    private static readonly Option<Uri?> HubUrl = new("--hub")
    {
        Description = "A node of the network; this machine dials it, and nobody dials this machine.",
        HelpName = "URL",
        Required = true,
        CustomParser = result => Shared.UrlOf(result.Tokens[0].Value, result.AddError),
    };

    private static readonly Option<string?> HubCertificate = new("--hub-certificate")
    {
        Description = "The one certificate that is accepted there, by the SHA-256 of its DER form. Else those that "
            + "this machine trusts.",
        HelpName = "sha256:DIGEST",
    };

    private static readonly Option<string> KeyName = new("--name")
    {
        Description = "The key in the keystore; made if it is not there.",
        DefaultValueFactory = _ => "provider",
    };

    private static readonly Option<string?> Policy = new("--policy")
    {
        Description = "What this provider takes on; else the default policy.",
        HelpName = "FILE",
    };

    private static readonly Option<string[]> Offers = new("--offer")
    {
        Description =
            "What is sold: price=12,cpu=2,memory=2GiB,disk=4GiB,gpus=0,gpu-model=any,gpu-memory=0,region=eu-de,"
            + "stake=1000. Else half of what this machine has.",
        HelpName = "OFFER",
    };

    private static readonly Option<string?> Folder = new("--directory")
    {
        Description = "Where it lives; else 'provider' in the data home.",
        HelpName = "DIR",
    };

    private static readonly Option<string[]> Images = new("--image")
    {
        Description = "Images that are brought at the start and kept ready: base, docker://HOST/NAME@sha256:DIGEST.",
    };

    private static readonly Option<string> Tee = new("--tee")
    {
        Description = "Where this machine's evidence of trusted hardware comes from: none, tsm (Linux's configfs) or "
            + "sev-guest. Its policy must take privacy 'tee'.",
        DefaultValueFactory = _ => "none",
    };

    private static readonly Option<bool> NoMeasure = new("--no-measure")
    {
        Description = "Do not measure this machine at the start; offers then name no record of it.",
    };

    public static Command Make() => Shared.Group("provider", "Providers: run one, look at them, test a policy.",
        Start(), Status(), Shared.Group("policy", "Policies of providers.", TestPolicy()));

    private static Command Start()
    {
        Tee.AcceptOnlyFromAmong("none", "tsm", "sev-guest");
        return Shared.Local("start", "Runs strangers' tasks on this machine, until Ctrl-C.",
            [HubUrl, HubCertificate, KeyName, Policy, Offers, Folder, Images, ChainPlace.Endpoints,
                DevCommands.Executor, DevCommands.Driver, Tee, NoMeasure, KeyCommands.PasswordFile],
            StartAsync,
            "stun provider start --hub https://HOST --policy policy.yaml --image base",
            "stun provider start --hub http://127.0.0.1:7800 "
                + "--offer price=12,cpu=2,memory=2GiB,disk=4GiB,region=eu-de,stake=1000");
    }

    private static async Task<int> StartAsync(ParseResult parsed, CancellationToken cancel)
    {
        var policy = parsed.GetValue(Policy) is { } file
            ? ProviderPolicy.Parse(File.ReadAllText(file), file)
            : ProviderPolicy.Default;
        DataHome.Make();
        var directory = Path.GetFullPath(parsed.GetValue(Folder) ?? DataHome.In("provider"));
        using var key = OpenKey(parsed);
        var hub = parsed.GetValue(HubUrl)!;
        NetworkView network;
        var dialled = new HubSettings(SocketOf(hub).ToString(), CertificateOf(parsed));
        using (var calls = new NodeCalls(hub, null, new HubTrust([dialled])))
            network = await calls.GetAsync<NetworkView>("/v1/network", cancel).ConfigureAwait(false);
        var (terms, scheduler) = HubTerms.Of(network);
        var offers = await OffersOfAsync(parsed, key.Address, policy, directory).ConfigureAwait(false);
        var plan = new NodePlan(terms, scheduler)
        {
            Providers = [new ProviderPlan(key, offers, PolicyDesk.Of(policy))],
        };
        var isNoop = parsed.GetValue(DevCommands.Executor) == "noop";
        var settings = new HostSettings(directory, DataHome.In("provider-images"), plan,
            new StoreSettings(StoreKind.Local, null, "provider", Duration.Seconds(10)),
            new ProviderSettings(
                isNoop ? ExecutorKind.Noop : ExecutorKind.Containers, parsed.GetValue(DevCommands.Driver)!,
                [], null, [], [], 1)
            {
                Measures = !parsed.GetValue(NoMeasure),
            })
        {
            Hubs = [dialled],
            Say = (code, text) => Screen.Note($"stun: {text} [{code}]"),
            Tee = TeeGround.Of(TeeSettings.None with { Source = parsed.GetValue(Tee)! }),
        };
        var host = await NodeHost.StartAsync(settings, cancel).ConfigureAwait(false);
        await using (host.ConfigureAwait(false))
        {
            await PrepareAsync(host, parsed.GetValue(Images) ?? [], cancel).ConfigureAwait(false);
            Screen.Line($"provider {key.Address} serves {hub}");
            foreach (var offer in offers) Screen.Line($"offer {offer.Id}: {Shown(offer)}");
            var stake = offers.Aggregate(Amount.Zero, (sum, offer) => sum + offer.Stake);
            var desk = new StakeDesk(host, key.Address, terms.Book, stake, settings.Say)
            {
                OnChain = StakingOf(parsed, network, terms, key),
            };
            return await ServeAsync(host, desk, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Null where no chain keeps the money. The endpoint is one's own, or that of a chain beside the
    /// hub.</summary>
    private static StakeOnChain? StakingOf(ParseResult parsed, NetworkView network, NetworkTerms terms, EvmKey key)
    {
        if (network.Chain is not { } chain) return null;
        var how = $"stun wallet stake AMOUNT --key {parsed.GetValue(KeyName)} --node {parsed.GetValue(HubUrl)}";
        var endpoints = parsed.GetValue(ChainPlace.Endpoints) is { Length: > 0 } named ? named
            : chain.Endpoint is { } told ? [new Uri(told)] : (Uri[])[];
        if (endpoints.Length == 0) return new StakeOnChain(null, $"{how} --rpc URL");
        return new StakeOnChain(cancel => OpenWallet.OpenAsync(ChainPlace.NetworkOf(terms.Domain.ChainId), endpoints,
            terms.Domain.Contract, key, DataHome.In("wallet"), cancel), how);
    }

    private static async Task<int> ServeAsync(NodeHost host, StakeDesk desk, CancellationToken cancel)
    {
        var staking = desk.RunAsync(cancel);
        try
        {
            var broken = await host.Process.Pump.Ended.WaitAsync(cancel).ConfigureAwait(false);
            throw new CommandException("node.broken", $"The provider has stopped itself: {broken?.Message}",
                "Start it again: it goes on from its journal. If it stops again, keep its directory and report it.");
        }
        catch (OperationCanceledException)
        {
            Screen.Note("stun: stopping; what runs may end");
            await host.DrainAsync(TimeSpan.FromSeconds(30)).ConfigureAwait(false);
            await staking.ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
            Screen.Note("stun: stopped");
            return Exits.Ok;
        }
    }

    private static async Task PrepareAsync(NodeHost host, string[] images, CancellationToken cancel)
    {
        if (host.Workshop is not { } workshop) return;
        foreach (var image in images)
        {
            var source = OurImages.IsName(image)
                ? "oci:" + await OurImages.EnsureAsync(image, new StepLine(), cancel).ConfigureAwait(false)
                : image;
            await workshop.PrepareAsync(source, 1, cancel).ConfigureAwait(false);
        }
    }

    private static EvmKey OpenKey(ParseResult parsed)
    {
        var name = parsed.GetValue(KeyName)!;
        var isNew = KeyCommands.Store.List().All(entry => entry.Name != name);
        using var password = KeyCommands.PasswordOf(parsed, isNew);
        if (isNew) KeyCommands.Store.Create(name, password);
        return KeyCommands.Store.Open(name, password);
    }

    private static Digest? CertificateOf(ParseResult parsed)
    {
        if (parsed.GetValue(HubCertificate) is not { } text) return null;
        if (parsed.GetValue(HubUrl)!.Scheme is not ("https" or "wss"))
            throw CommandException.Usage("--hub-certificate names a certificate, and --hub an address that shows none.",
                "Name the hub by its https address, or leave the certificate out.");
        return ImageDigest.TryParse(text, out var digest)
            ? digest
            : throw CommandException.Usage($"'{text}' is no digest of a certificate.",
                "Give sha256: and 64 hexadecimal digits: openssl x509 -in tls.crt -outform der | sha256sum.");
    }

    private static Uri SocketOf(Uri hub) =>
        new UriBuilder(hub) { Scheme = hub.Scheme is "https" or "wss" ? "wss" : "ws", Path = "" }.Uri;

    private static async Task<ValueList<Offer>> OffersOfAsync(
        ParseResult parsed, Address provider, ProviderPolicy policy, string directory)
    {
        var texts = parsed.GetValue(Offers) ?? [];
        if (texts.Length > 0)
            return ValueList.From(
                texts.Select((text, index) => OfferText.Parse(text, (ulong)index + 1, provider, policy)).ToList());
        Directory.CreateDirectory(directory);
        var machine = await HardwareDetection.RunAsync(HardwareSources.Real(directory)).ConfigureAwait(false);
        var hardware = new Hardware(GpuModel.Any, 0, 0, 0, (uint)machine.Cpu.UsableMillis / 2,
            (uint)(machine.Memory.AvailableBytes >> 21), (uint)(machine.Disk.FreeBytes >> 21));
        return [new Offer(
            new OfferId(1), provider, hardware, new Amount(10), Region.Anywhere, OfferClaims.Of(policy),
            new Amount(1_000), policy.Digest, OfferClaims.VersionAt(WallTime.Now(TimeProvider.System)))];
    }

    private static string Shown(Offer offer) => string.Create(CultureInfo.InvariantCulture,
        $"{offer.Hardware.CpuMillis / 1_000m} CPUs, {offer.Hardware.MemoryMiB} MiB, {offer.Hardware.DiskMiB} MiB disk, "
        + $"{offer.Hardware.GpuCount} GPUs at {offer.PricePerSecond}/s in {offer.Region}, stake {offer.Stake}");

    private static Command Status() =>
        Shared.Asking("status", "What providers have on offer.", [], async (parsed, calls, cancel) =>
    {
        var page = await calls.GetAsync<OfferPage>("/v1/offers?limit=200", cancel).ConfigureAwait(false);
        if (Shared.IsJson(parsed)) Screen.Write(page);
        else
            Screen.Table(["PROVIDER", "OFFER", "PRICE/S", "REGION", "CPUS", "MEMORY", "GPUS"],
                page.Offers.Select(offer => (string[])
            [
                offer.Provider, offer.Id, offer.PricePerSecond, offer.Region, $"{offer.Hardware.CpuMillis / 1_000m}",
                $"{offer.Hardware.MemoryMib} MiB", $"{offer.Hardware.GpuCount}",
            ]));
        return Exits.Ok;
    }, "stun provider status", "stun provider status --json");

    private static Command TestPolicy()
    {
        var file = new Argument<string>("POLICY") { Description = "A provider's policy." };
        var task = new Argument<string>("TASK") { Description = "A task as JSON, as the API takes it." };
        var price = new Option<string?>("--price-per-second")
        {
            Description = "What the lease would pay; else the limit over the time.",
        };
        var who = new Option<string?>("--requester") { Description = "Who hands the task in." };
        return Shared.Local("test", "Asks every rule of a policy about a task.", [file, task, price, who, Shared.Json],
            (parsed, _) =>
            {
                var path = parsed.GetValue(file)!;
                var policy = ProviderPolicy.Parse(File.ReadAllText(path), path);
                var requester = parsed.GetValue(who) is not { } text ? Address.Zero
                    : FormReader.TryAddress(text, out var known)
                    ? known
                    : throw CommandException.Usage($"--requester {text} is no address.", "Write 0x and 40 digits.");
                var now = WallTime.Now(TimeProvider.System);
                var order = OrderDesk.Read(TaskCommands.ReadForm(parsed.GetValue(task)!), requester, 0, now);
                var answers = PolicyTrial.Ask(policy, order, PriceOf(parsed.GetValue(price)), now);
                var isKept = answers.All(answer => answer.IsKept);
                if (Shared.IsJson(parsed)) Screen.Write(new { Allowed = isKept, Rules = answers });
                else
                {
                    foreach (var answer in answers) Screen.Line($"{answer}");
                    Screen.Line(isKept ? "This task would be taken." : "This task would be refused.");
                }
                return Task.FromResult(isKept ? Exits.Ok : Exits.TaskFailed);
            }, "stun provider policy test policy.yaml task.json");
    }

    /// <summary>Null where nobody says what the lease would pay.</summary>
    private static Amount? PriceOf(string? text)
    {
        if (text is null) return null;
        var reader = new FormReader();
        var given = reader.Amount("price-per-second", text);
        reader.ThrowIfRefused();
        return given;
    }
}
