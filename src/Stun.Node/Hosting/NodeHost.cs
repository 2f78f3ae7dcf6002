using System.Net;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Builder;
using Stun.Chain.Evm;
using Stun.Node.Configuration;
using Stun.Node.Gateway;
using Stun.Node.Provider;
using Stun.Node.Storage;
using Stun.Node.Transport;

namespace Stun.Node.Hosting;

/// <summary>What a host is to do besides the roles of its plan.</summary>
/// <param name="Directory">Of this process alone.</param>
/// <param name="ImageHome">Where unpacked images are kept.</param>
public sealed record HostSettings(
    string Directory, string ImageHome, NodePlan Plan, StoreSettings Store, ProviderSettings Provider)
{
    public IPEndPoint? Listen { get; init; }

    public IReadOnlyList<HubSettings> Hubs { get; init; } = [];

    /// <summary>What goes wrong and is gone on from, and what a person may want to know: code and sentence.</summary>
    public Action<string, string> Say { get; init; } = (_, _) => { };

    /// <summary>
    /// Is called when everything is there and before anybody can come in: for wallets, keys and first deposits.
    /// </summary>
    public Action<NodeHost> Ready { get; init; } = _ => { };
}

/// <summary>A whole process of a node: storage, roles, links, door. Opened in that order, closed in the other.</summary>
public sealed class NodeHost : IAsyncDisposable
{
    private readonly HostSettings settings;
    private readonly Stores stores;
    private readonly PeerLinks links;
    private Workshop? workshop;
    private Projector? projector;
    private WebDoor? door;

    private NodeHost(HostSettings settings, Stores stores) =>
        (this.settings, this.stores, links) = (settings, stores, new PeerLinks(settings.Say));

    public NodeProcess Process { get; private set; } = null!;

    public Blobs Blobs { get; private set; } = null!;

    public Doorkeeper Doorkeeper { get; } = new();

    public Uri? Address => door?.Address;

    public ReadModel? ReadModel { get; private set; }

    public Workshop? Workshop => workshop;

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
        var until = DateTime.UtcNow + longest;
        while (Process.RunningCount > 0 && !Ended.IsCompleted && DateTime.UtcNow < until)
            await Task.Delay(TimeSpan.FromMilliseconds(50)).ConfigureAwait(false);
        return Process.RunningCount == 0;
    }

    public async ValueTask DisposeAsync()
    {
        if (door is not null) await door.DisposeAsync().ConfigureAwait(false);
        await links.DisposeAsync().ConfigureAwait(false);
        if (Process is not null) await Process.DisposeAsync().ConfigureAwait(false);
        else await stores.Journal.DisposeAsync().ConfigureAwait(false);
        if (projector is not null) await projector.DisposeAsync().ConfigureAwait(false);
        if (workshop is not null) await workshop.DisposeAsync().ConfigureAwait(false);
        await stores.DisposeAsync().ConfigureAwait(false);
    }

    private async Task StartAsync(CancellationToken cancel)
    {
        var plan = settings.Plan;
        if (settings.Provider.Executor == ExecutorKind.Containers && (plan.Providers.Count > 0 || plan.Validators.Count > 0))
            workshop = await Workshop.OpenAsync(
                Path.Combine(settings.Directory, "workshop"), settings.ImageHome, settings.Provider, Trouble)
                .ConfigureAwait(false);
        Process = new NodeProcess(plan, new NodeProcess.Tools(
            stores.Journal, ExecutorOf, new DeferredResults(() => Blobs), TimeProvider.System)
        {
            Elsewhere = links.Send,
            Trouble = Trouble,
        });
        IBlobPeer peer = new NoBlobPeer();
        Blobs = new Blobs(Process.SmallBlobs, stores.Files, peer, ReadSmall);
        if (plan.Scheduler is { } scheduler) Project(scheduler);
        if (settings.Hubs.Count > 0)
            links.Dial(settings.Hubs, plan.Keys, plan.Terms.Domain, Process.Pump, stores.Epoch);
        if (settings.Listen is not null)
            links.Listen(
                plan.Gateway ?? plan.Keys.First(), plan.Keys, plan.Terms.Domain, Process.Pump, (_, _) => { });
        _ = stores.Lost.ContinueWith(lost => Process.Pump.Fail(lost.Result), TaskScheduler.Default);
        var last = 0UL;
        await Process.StartAsync(record =>
        {
            last = record.Position;
            projector?.Add(record);
        }, cancel).ConfigureAwait(false);
        await CatchUpAsync(last, cancel).ConfigureAwait(false);
        settings.Ready(this);
        links.Start();
        if (settings.Listen is { } listen) door = await WebDoor.OpenAsync(listen, Map, cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// Whoever comes in asks the read model what was before, so it must know all of that. Most of the time it does.
    /// </summary>
    private async Task CatchUpAsync(ulong last, CancellationToken cancel)
    {
        if (projector is null) return;
        projector.Start();
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await Task.WhenAny(projector.ReachAsync(last, giveUp.Token), Ended).ConfigureAwait(false);
        await giveUp.CancelAsync().ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
        if (Ended.IsCompleted && await Ended.ConfigureAwait(false) is { } failure)
            ExceptionDispatchInfo.Throw(failure);
    }

    private IExecutor ExecutorOf(SmallBlobs small) =>
        workshop is { } open ? open.Executor(Blobs) : new NoopExecutor(small);

    private byte[]? ReadSmall(Digest digest) => ReadModel?.Queries.FindSmallBlob(digest);

    private void Project(EvmKey scheduler)
    {
        ReadModel = new ReadModel(stores.Database, settings.Store.Shard, scheduler.Address, settings.Plan.Terms);
        projector = new Projector(ReadModel, Process.SmallBlobs, Trouble);
        Process.SmallBlobs.KeptUpTo = projector.Position;
        Process.Pump.Follow(projector.Add, projector.Durable);
    }

    private void Map(WebApplication app)
    {
        app.UseWebSockets();
        links.Hub!.Map(app);
        if (Process.Intake is { } intake)
            new FrontDoor(Process.Pump, Doorkeeper, intake, Process.Board) { Earlier = Earlier }.Map(app);
    }

    /// <summary>What an idempotency key was used for in an earlier life. A refused order has used up nothing.</summary>
    private TaskOrder? Earlier(Address requester, ulong key) =>
        ReadModel?.Queries.FindByKey(requester, key) is { State: not "refused" } task ? task.Order.Order : null;

    private void Trouble(Exception failure)
    {
        var code = failure switch
        {
            NodeException node => node.Code,
            StorageException storage => storage.Code,
            Execution.ExecutionException execution => execution.Code,
            _ => "node.trouble",
        };
        settings.Say(code, failure.Message);
    }

    /// <summary>The roles are made before what they read is.</summary>
    private sealed class DeferredResults(Func<Blobs> blobs) : IResults
    {
        public Task<Answer> CompareAsync(Ask.Compare compare, CancellationToken cancel) =>
            new StoredResults(blobs()).CompareAsync(compare, cancel);
    }
}
