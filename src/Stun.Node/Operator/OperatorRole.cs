using Microsoft.AspNetCore.Routing;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;
using Stun.Node.Configuration;
using Stun.Node.Hosting;
using Stun.Node.Operator.Bridge;
using Stun.Node.Operator.Fees;
using Stun.Node.Operator.Following;
using Stun.Node.Operator.Policies;
using Stun.Node.Operator.Responders;
using Stun.Node.Operator.Results;
using Stun.Node.Storage;

namespace Stun.Node.Operator;

/// <summary>The role operator of one process.</summary>
/// <param name="Key">Signs what is sent to the chains, and orders tasks of the network; it pays for both.</param>
public sealed record OperatorPlan(OperatorSettings Settings, EvmKey Key)
{
    /// <summary>Null: as the networks have it.</summary>
    public FinalityRule? Finality { get; init; }

    /// <summary>How often what is open is looked at.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>What the role stands on.</summary>
/// <param name="Directory">Of the role alone.</param>
public sealed record OperatorGround(
    string Directory, NodeProcess Process, Blobs Blobs, ReadModelQueries Queries, TypedDataDomain Domain,
    Func<Uri?> Door, Action<string, string> Say);

/// <summary>
/// The front door of chains: contracts ask an operator's contract, this node answers. One lane for each contract, one
/// desk for all of them.
/// </summary>
public sealed class OperatorRole : IAsyncDisposable
{
    private readonly ResponderBook book;
    private readonly OperatorDoor door;
    private readonly List<ChainLane> lanes = [];
    private readonly Dictionary<ulong, LaneSender> senders = [];

    private OperatorRole(OperatorPlan plan, OperatorGround ground)
    {
        var settings = plan.Settings;
        ground.Process.Intake?.AddWallet(plan.Key);
        book = new ResponderBook(settings, ground.Process.Intake is null
            ? null : new NetworkTasks(ground.Process, ground.Blobs, ground.Queries, plan.Key, ground.Domain));
        Shelf = new ResultShelf(Path.Combine(ground.Directory, "results"), settings.KeptBytesMax);
        var desk = new DeskPlan(new OperatorPolicy(settings.Rules, TimeProvider.System), FeesOf(settings),
            book.Responders, Shelf, (digest, most, cancel) => BlobAsync(ground.Blobs, digest, most, cancel))
        {
            HexBecomesBytes = settings.HexBecomesBytes,
            ResultBytesMax = settings.ResultBytesMax,
            Door = () => settings.PublicUrl ?? ground.Door(),
            Trouble = failure => ground.Say("operator.failed", failure.Message),
        };
        Desk = new RequestDesk(desk);
        var trial = new RequestDesk(desk with
        {
            Responders = new Dictionary<string, IResponder>(),
            Otherwise = new PingResponder(),
        });
        door = new OperatorDoor(Desk, trial, Shelf, settings.BridgeTokenFile);
    }

    public RequestDesk Desk { get; }

    public ResultShelf Shelf { get; }

    public IReadOnlyList<ChainLane> Lanes => lanes;

    public static async Task<OperatorRole> StartAsync(
        OperatorPlan plan, OperatorGround ground, CancellationToken cancel)
    {
        Directory.CreateDirectory(ground.Directory);
        var role = new OperatorRole(plan, ground);
        try
        {
            var settings = plan.Settings;
            var atOnce = new SemaphoreSlim((int)settings.AtOnce);
            foreach (var chain in settings.Chains.Span.ToArray())
            {
                var sender = await role.SenderOfAsync(chain, plan, ground, cancel).ConfigureAwait(false);
                await ContractStanding.RequireAsync(sender.Rpc, chain, plan.Key.Address, cancel)
                    .ConfigureAwait(false);
                var folder = Path.Combine(ground.Directory, $"{chain.Network.ChainId}-{chain.Contract}");
                role.lanes.Add(await ChainLane.StartAsync(new LanePlan(chain, plan.Key, role.Desk, folder)
                {
                    AtOnce = atOnce,
                    Sender = sender,
                    ExtendBefore = TimeSpan.FromMicroseconds(settings.ExtendBefore.Micros),
                    ExtendBy = TimeSpan.FromMicroseconds(settings.ExtendBy.Micros),
                    Finality = plan.Finality,
                    LookEvery = plan.LookEvery,
                    Say = ground.Say,
                }, cancel).ConfigureAwait(false));
            }
            return role;
        }
        catch
        {
            await role.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public void Map(IEndpointRouteBuilder routes) => door.Map(routes);

    public async ValueTask DisposeAsync()
    {
        foreach (var lane in lanes) await lane.DisposeAsync().ConfigureAwait(false);
        foreach (var sender in senders.Values) await sender.DisposeAsync().ConfigureAwait(false);
        book.Dispose();
    }

    /// <summary>One for each chain, however many contracts are answered for there.</summary>
    private async Task<LaneSender> SenderOfAsync(
        OperatorChainSettings chain, OperatorPlan plan, OperatorGround ground, CancellationToken cancel)
    {
        var id = chain.Network.ChainId;
        if (senders.TryGetValue(id, out var known)) return known;
        var endpoints = plan.Settings.Chains.Span.ToArray().Where(each => each.Network.ChainId == id)
            .SelectMany(each => each.Rpc.Span.ToArray());
        return senders[id] = await LaneSender.OpenAsync(chain.Network, endpoints, plan.Key,
            Path.Combine(ground.Directory, $"{id}"), null, cancel).ConfigureAwait(false);
    }

    private static FeeSchedule FeesOf(OperatorSettings settings)
    {
        if (settings.Fees.Kind == FeeKind.Prototype) return new FeeSchedule.Prototype();
        if (settings.Fees.Kind == FeeKind.PrototypeFlat) return new FeeSchedule.PrototypeFlat();
        var named = new Dictionary<string, Amount>(StringComparer.Ordinal);
        foreach (var each in settings.Containers)
            foreach (var service in each.Services)
                if (each.Fee is { } fee) named[service] = fee;
        foreach (var each in settings.Models)
            if (each.Fee is { } fee) named[each.Name] = fee;
        return new FeeSchedule.Listed(settings.Fees.Usual, named);
    }

    private static async Task<byte[]?> BlobAsync(Blobs blobs, Digest digest, long most, CancellationToken cancel)
    {
        try
        {
            return await blobs.ReadAsync(digest, most, cancel).ConfigureAwait(false);
        }
        catch (StorageException)
        {
            return null;
        }
    }
}
