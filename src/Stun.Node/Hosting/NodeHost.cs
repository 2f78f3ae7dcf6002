using System.Net;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Stun.Chain.Evm;
using Stun.Execution.Containers;
using Stun.Node.Configuration;
using Stun.Node.Doors.OpenAi;
using Stun.Node.Gateway;
using Stun.Node.Keys;
using Stun.Node.Money.Governance;
using Stun.Node.Money.Watch;
using Stun.Node.Operator;
using Stun.Node.Proofs;
using Stun.Node.Secrets;
using Stun.Node.Provider;
using Stun.Node.Serving;
using Stun.Node.Site;
using Stun.Node.Storage;
using Stun.Node.Telemetry;
using Stun.Node.Transport;

namespace Stun.Node.Hosting;

/// <summary>
/// A whole process of a node: storage, roles, links, door. Opened in that order, closed in the other.
/// </summary>
public sealed class NodeHost : IAsyncDisposable
{
    private readonly HostSettings settings;
    private readonly Stores stores;
    private readonly PeerLinks links;
    private readonly RemoteBlobs? remote;
    private Workshop? workshop;
    private readonly SecretGround secret;
    private readonly CarriedBlobs carried = new();
    private ProofSecrets secrets = ProofSecrets.None;
    private LogIntake? foreignLogs;
    private Projector? projector;
    private readonly NodeTelemetry telemetry;
    private WebDoor? door;
    private JournalKeeper? keeper;
    private ChainWatch? watch;
    private ProposalBook? proposals;
    private ReplicaCaller? caller;
    private OutsideModels? outside;

    private NodeHost(HostSettings settings, Stores stores)
    {
        (this.settings, this.stores) = (settings, stores);
        secret = new SecretGround(settings.Tee, settings.Plan.Terms.AllowsSoftwareTee, TimeProvider.System);
        telemetry = new NodeTelemetry(settings.Log);
        Trust = new HubTrust(settings.Hubs);
        links = new PeerLinks(settings.Say);
        Keys = new KeyBook(stores.Database);
        Doorkeeper = new Doorkeeper(Keys, TimeProvider.System) { PeerOf = token => links.Hub?.FindToken(token) };
        // The gateway has the blobs; a process without one asks the hub that it is linked to.
        if (settings.Plan.Gateway is null && settings.Hubs.Count > 0)
            remote = new RemoteBlobs(() => links.HubDoor, Trust);
        Logs = LogBook.Open(Path.Combine(settings.Directory, "logs"), LogLimits.Default);
    }

    public NodeProcess Process { get; private set; } = null!;

    /// <summary>What this process does, offers with the evidence that they carry.</summary>
    public NodePlan Plan { get; private set; } = null!;

    public Blobs Blobs { get; private set; } = null!;

    public Doorkeeper Doorkeeper { get; }

    public LogBook Logs { get; }

    /// <summary>Who has which API keys.</summary>
    public KeyBook Keys { get; }

    /// <summary>Links to hubs and peers.</summary>
    public PeerLinks Links => links;

    /// <summary>By what hubs are known.</summary>
    public HubTrust Trust { get; }

    public NodeDatabase Database => stores.Database;

    /// <summary>Only where the process holds a gateway and the read model.</summary>
    public FrontDoor? Front { get; private set; }

    public Uri? Address => door?.Address;

    /// <summary>The replicas that this process runs, and those that others have brought to it.</summary>
    public ReplicaBoard Replicas { get; } = new();

    /// <summary>Only where the process holds a gateway.</summary>
    public ServiceHost? Services { get; private set; }

    /// <summary>Only where the process has this role.</summary>
    public OperatorRole? Operator { get; private set; }

    public ReadModel? ReadModel { get; private set; }

    public Workshop? Workshop => workshop;

    /// <summary>Cuts the journal, by itself now and then.</summary>
    public JournalKeeper? Keeper => keeper;

    /// <summary>Ends when the process cannot go on, with the reason: its store is full, lost or another's.</summary>
    public Task<Exception?> Ended => Process.Pump.Ended;

    public static async Task<NodeHost> StartAsync(HostSettings settings, CancellationToken cancel)
    {
        var stores = await Stores.OpenAsync(
            settings.Directory, settings.Store,
            () => settings.Say("node.standby", $"Another process owns shard {settings.Store.Shard}; this one waits."),
            cancel).ConfigureAwait(false);
        var host = new NodeHost(settings, stores);
        try
        {
            await host.StartAsync(cancel).ConfigureAwait(false);
            return host;
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Until told to stop, then drains; or until it cannot go on.</summary>
    /// <returns>What made it impossible to go on; null where it was told to stop.</returns>
    public async Task<Exception?> RunAsync(TimeSpan drainLongest, CancellationToken stop)
    {
        await Task.WhenAny(Ended, Task.Delay(Timeout.Infinite, stop)).ConfigureAwait(false);
        if (!Ended.IsCompleted) await DrainAsync(drainLongest).ConfigureAwait(false);
        return Ended.IsCompleted ? await Ended.ConfigureAwait(false) : null;
    }

    /// <summary>Takes nothing new, and ends when nothing is under way any more or the time is over.</summary>
    /// <returns>Whether nothing was left.</returns>
    public async Task<bool> DrainAsync(TimeSpan longest)
    {
        Process.Pump.Drain();
        Replicas.FinishAll();
        var began = TimeProvider.System.GetTimestamp();
        bool IsInTime() => !Ended.IsCompleted && TimeProvider.System.GetElapsedTime(began) < longest;
        while (Process.RunningCount > 0 && IsInTime())
            await Task.Delay(TimeSpan.FromMilliseconds(50)).ConfigureAwait(false);
        // A provider that goes away with a result that nobody has heard of is paid only when it comes back.
        if (settings.Plan.Scheduler is null && Process.RunningCount == 0)
            while (await Process.HasUntoldResultsAsync().ConfigureAwait(false) && IsInTime())
                await Task.Delay(TimeSpan.FromMilliseconds(50)).ConfigureAwait(false);
        return Process.RunningCount == 0;
    }

    public async ValueTask DisposeAsync()
    {
        if (Operator is not null) await Operator.DisposeAsync().ConfigureAwait(false);
        if (door is not null) await door.DisposeAsync().ConfigureAwait(false);
        if (Front is not null) await Front.DisposeAsync().ConfigureAwait(false);
        if (Services is not null) await Services.DisposeAsync().ConfigureAwait(false);
        if (caller is not null) await caller.DisposeAsync().ConfigureAwait(false);
        outside?.Dispose();
        await links.DisposeAsync().ConfigureAwait(false);
        if (keeper is not null) await keeper.DisposeAsync().ConfigureAwait(false);
        if (watch is not null) await watch.DisposeAsync().ConfigureAwait(false);
        if (proposals is not null) await proposals.DisposeAsync().ConfigureAwait(false);
        if (Process is not null) await Process.DisposeAsync().ConfigureAwait(false);
        else await stores.Journal.DisposeAsync().ConfigureAwait(false);
        if (projector is not null) await projector.DisposeAsync().ConfigureAwait(false);
        telemetry.Dispose();
        if (workshop is not null) await workshop.DisposeAsync().ConfigureAwait(false);
        if (foreignLogs is not null) await foreignLogs.DisposeAsync().ConfigureAwait(false);
        Logs.Dispose();
        remote?.Dispose();
        await secret.DisposeAsync().ConfigureAwait(false);
        await carried.DisposeAsync().ConfigureAwait(false);
        await stores.DisposeAsync().ConfigureAwait(false);
        if (settings.Below is not null) await settings.Below.DisposeAsync().ConfigureAwait(false);
    }

    private async Task StartAsync(CancellationToken cancel)
    {
        var plan = Plan = await secret.WithEvidenceAsync(
            await MeasuredAsync(settings.Plan, cancel).ConfigureAwait(false), settings.Say, cancel)
            .ConfigureAwait(false);
        if (settings.Provider.ProofSecrets is { } folder) secrets = ProofSecrets.Open(folder);
        var runsTasks = plan.Providers.Count > 0 || plan.Validators.Count > 0;
        if (runsTasks && settings.Provider.Executor == ExecutorKind.Containers)
            workshop = await Workshop.OpenAsync(
                Path.Combine(settings.Directory, "workshop"), settings.ImageHome, settings.Provider, Trouble)
                .ConfigureAwait(false);
        Process = new NodeProcess(plan, new NodeProcess.Tools(
            stores.Journal, ExecutorOf, new DeferredResults(() => Blobs), TimeProvider.System)
        {
            Proofs = new ProofDesk(() => Blobs, secret.Desk),
            Elsewhere = links.Send,
            Noted = (_, note) => telemetry.Note(note),
            Spent = new GasBook(stores.Database).Add,
            Trouble = Trouble,
            Log = NoteLog,
            LogEnded = Logs.End,
        });
        IBlobPeer peer = remote is null ? new NoBlobPeer() : remote;
        Blobs = new Blobs(Process.SmallBlobs, stores.Files, peer, ReadSmall);
        var source = Project();
        if (Process.Intake is not null) MakeFront(plan, source);
        if (remote is not null)
        {
            caller = new ReplicaCaller(() => links.HubDoors, Trust, settings.Say, TimeProvider.System);
            Replicas.Added = caller.Add;
        }
        if (settings.Hubs.Count > 0)
            links.Dial(settings.Hubs, Trust, plan.Keys, plan.Terms.Domain, Process.Pump, stores.Epoch);
        if (settings.Listen is not null)
            links.Listen(plan.Gateway ?? plan.Keys.First(), plan.Keys, plan.Terms.Domain, Process.Pump,
                (from, chunk) => foreignLogs?.Take(from, chunk));
        _ = stores.Lost.ContinueWith(lost => Process.Pump.Fail(lost.Result), TaskScheduler.Default);
        await Process.StartAsync(source.Add, source.Position, cancel).ConfigureAwait(false);
        await CatchUpAsync(source, cancel).ConfigureAwait(false);
        keeper = new JournalKeeper(
            Process.Pump, stores.Journal, () => source.Position, settings.SnapshotEveryBytes, Trouble);
        keeper.Start();
        if (plan is { Chain: { } chain, Escrow: not null })
        {
            watch = new ChainWatch(
                chain, Process, plan.Terms.Book, ReadModel!.Queries, settings.Directory, settings.Watch, Trouble);
            watch.Start(plan.Terms.Chain!.FirstBlock);
        }
        proposals?.Start(plan.Terms.Chain?.FirstBlock ?? 0);
        settings.Ready(this);
        links.Start();
        secret.Share(Blobs);
        carried.Share(Blobs);
        Services?.Start();
        Front?.Tes.Start();
        if (settings.Operator is { } asked)
            Operator = await OperatorRole.StartAsync(asked, new OperatorGround(
                Path.Combine(settings.Directory, "operator"), Process, Blobs, ReadModel!.Queries,
                plan.Terms.Domain, () => Address, settings.Say), cancel).ConfigureAwait(false);
        if (settings.Listen is { } listen)
            door = await WebDoor.OpenAsync(listen, settings.Door, Map, ConsoleDoor(), cancel).ConfigureAwait(false);
        settings.Log.Write(LogLevel.Info, "node.started",
            door is null ? "It dials and is not dialled." : $"The door is open: {Address}");
    }

    /// <summary>
    /// Whoever comes in asks the read model what was before, so it must know all of that. Most of the time it does.
    /// </summary>
    private async Task CatchUpAsync(Projector source, CancellationToken cancel)
    {
        source.Start();
        var target = Process.Pump.DurablePosition;
        while (source.Position < target && source.Failure is null && !Ended.IsCompleted)
            await Task.Delay(TimeSpan.FromMilliseconds(5), cancel).ConfigureAwait(false);
        if (Ended.IsCompleted && await Ended.ConfigureAwait(false) is { } failure)
            ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>Before anything runs here that would be measured along.</summary>
    private async Task<NodePlan> MeasuredAsync(NodePlan plan, CancellationToken cancel)
    {
        if (!settings.Provider.Measures || plan.Providers.Count == 0) return plan;
        var machine = await MeasuredMachine.RunAsync(settings.Directory, TimeProvider.System, cancel)
            .ConfigureAwait(false);
        return machine.In(plan, carried);
    }

    private ProvedExecutor ExecutorOf(SmallBlobs small)
    {
        IExecutor programs = workshop is { } open ? open.Executor(Blobs, Replicas) : new NoopExecutor(small, remote);
        return new ProvedExecutor(
            new SecretExecutor(programs, workshop, Blobs, secret.Place, secret.Desk, TimeProvider.System), Blobs,
            secrets);
    }

    private byte[]? ReadSmall(Digest digest) => ReadModel?.Queries.FindSmallBlob(digest);

    /// <summary>Also where there is no scheduler: small blobs of the journal end there.</summary>
    private Projector Project()
    {
        var plan = settings.Plan;
        ReadModel = new ReadModel(stores.Database, settings.Store.Shard, plan.SchedulerAddress, plan.Terms);
        projector = new Projector(ReadModel, Process.SmallBlobs, Trouble);
        Process.Pump.Follow(projector.Add, projector.Durable);
        foreignLogs = new LogIntake(Logs, ReadModel.Queries, settings.Store.Shard);
        telemetry.Watch(Process.Pump, ReadModel, projector, settings.Collector);
        return projector;
    }

    /// <summary>Where requesters come in, and their owner has not turned it off.</summary>
    private Func<HttpContext, RequestDelegate, Task>? ConsoleDoor() =>
        Front is not null && settings.Door.HasConsole ? new SiteDoor(SiteFiles.Embedded).AnswerAsync : null;

    private void Map(WebApplication app)
    {
        links.Hub!.Map(app);
        app.MapGet(NodeTelemetry.Route, context => telemetry.AnswerAsync(context, Doorkeeper));
        Front?.Map(app);
        if (Services is not null)
            new ReplicaDoor(Replicas, token => links.Hub?.FindToken(token), HoldsAttempt, TimeProvider.System).Map(app);
        Operator?.Map(app);
    }

    /// <summary>What a program of this process writes: kept here, and told to who took the task in.</summary>
    private void NoteLog(AttemptId attempt, LogStream stream, ReadOnlyMemory<byte> bytes)
    {
        if (remote is not null && settings.Plan.Providers.Count > 0)
            links.SendLog(settings.Plan.Providers[0].Key.Address, settings.Plan.SchedulerAddress, attempt, stream,
                Logs.LengthOf(attempt, stream), bytes);
        try
        {
            Logs.Append(attempt, stream, bytes.Span);
        }
        catch (IOException failure)
        {
            // What a program wrote is for people: a full disk is no reason to call its run a failure.
            Trouble(failure);
        }
    }

    /// <summary>A provider may bring a replica of a task of which it has an attempt under way.</summary>
    private bool HoldsAttempt(TaskId task, Address provider) => ReadModel!.Queries.Attempts(task)
        .Any(attempt => attempt.Provider == provider && attempt.ClosedAt is null);

    private ServiceHost MakeServices(NodePlan plan) => Services = new ServiceHost(new FleetTools(
        new ReplicaOrders(Process.Intake!, Process.Pump, ReadModel!.Queries, plan.Terms), Replicas,
        new ServiceBook(stores.Database, plan.Gateway!.Address), TimeProvider.System, Trouble)
    {
        IsOutside = name => outside?.Has(name) == true,
    });

    /// <summary>To be made before the projector starts: it follows what is projected.</summary>
    private void MakeFront(NodePlan plan, Projector source)
    {
        outside = new OutsideModels(settings.Models.Outside, TimeProvider.System);
        var services = MakeServices(plan);
        Front = new FrontDoor(new DoorPlan(Process, plan.Terms, stores.Database, Blobs, Logs)
        {
            // What this node's owner has set up comes first: nobody takes over a name that prompts are sent to.
            Models = [outside, services],
            Services = services,
            ModelSettings = settings.Models,
            Settings = settings.Door,
            Serving = settings.Serving,
            Doorkeeper = Doorkeeper,
            Projector = source,
            Events = new EventHub(new EventLog(stores.Database, settings.Store.Shard), source),
            Accounts = new ManagedAccounts(settings.Accounts?.Store, settings.Accounts?.Password, Process.Intake!),
            Trouble = Trouble,
            Scheduler = plan.SchedulerAddress,
            Gateway = plan.Gateway!.Address,
            Chain = plan.Chain?.View(plan.Terms.Book) ?? plan.ChainView,
            Proposals = proposals = plan.Chain is { } chain ? ProposalBook.Open(chain, Trouble) : null,
        });
    }

    private void Trouble(Exception failure)
    {
        var code = failure switch
        {
            NodeException node => node.Code,
            StorageException storage => storage.Code,
            Execution.ExecutionException execution => execution.Code,
            _ => "node.trouble",
        };
        settings.Log.Write(LogLevel.Warning, code, failure.Message);
        settings.Say(code, failure.Message);
    }

    /// <summary>The roles are made before what they read is.</summary>
    private sealed class DeferredResults(Func<Blobs> blobs) : IResults
    {
        public Task<Answer> CompareAsync(Ask.Compare compare, CancellationToken cancel) =>
            new StoredResults(blobs()).CompareAsync(compare, cancel);
    }
}
