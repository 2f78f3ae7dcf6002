using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Following;
using Stun.Chain.Evm.Rpc;
using Stun.Node.Operator.Wire;

namespace Stun.Node.Operator.Following;

/// <summary>
/// One operator's contract on one chain. What it logs is taken in, worked on and answered; each step stands in the
/// journal before the next is done, so that a crash at any place loses nothing and does nothing twice:
/// <code>
///   asked ─► (ordered ─►) replied ─► sent ─► settled, by the chain's own word ─► final: forgotten
///     └── retracted by a reorg: dropped; asked again in another block: gone on with
/// </code>
/// </summary>
public sealed class ChainLane : IAsyncDisposable
{
    private static readonly TimeSpan FollowAgainAfter = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Some kilobytes each, with their answers: a day's work of a large node. What comes beyond expires, and is paid
    /// back then.
    /// </summary>
    private const int RequestsMax = 50_000;

    /// <summary>What this node could not end in so many blocks, days on any chain, it forgets.</summary>
    private const ulong GivenUpBlocksMax = 100_000;

    /// <summary>A place is worth a line only so often, where nothing else has happened.</summary>
    private static readonly TimeSpan PlaceEvery = TimeSpan.FromSeconds(10);

    private readonly LanePlan plan;
    private readonly LaneSender sender;
    private readonly EvmRpc rpc;
    private readonly RequestTable table;
    private readonly LaneJournal journal;
    private readonly LaneWork work;
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private Task following = Task.CompletedTask;
    private long placeKeptAt;

    private ChainLane(LanePlan plan, LaneSender sender, RequestTable table, LaneJournal journal)
    {
        (this.plan, this.sender, this.table, this.journal, rpc) = (plan, sender, table, journal, sender.Rpc);
        work = new LaneWork(plan, sender, table, gate, RecordAsync);
    }

    public Address Sender => sender.Sender.Address;

    /// <summary>Requests that are neither answered for good nor forgotten.</summary>
    public int OpenCount
    {
        get
        {
            lock (gate) return table.All.Count(each => each.State == RequestState.Open);
        }
    }

    public static async Task<ChainLane> StartAsync(LanePlan plan, CancellationToken cancel)
    {
        Directory.CreateDirectory(plan.Directory);
        var settings = plan.Settings;
        var sender = plan.Sender ?? await LaneSender.OpenAsync(
            settings.Network, settings.Rpc.Span.ToArray(), plan.Key, plan.Directory, plan.Sending, cancel)
            .ConfigureAwait(false);
        LaneJournal? journal = null;
        try
        {
            var table = new RequestTable();
            journal = LaneJournal.Open(
                Path.Combine(plan.Directory, "requests.journal"), table.Apply, table.Shortened);
            var lane = new ChainLane(plan, sender, table, journal);
            await lane.BeginAsync(cancel).ConfigureAwait(false);
            return lane;
        }
        catch
        {
            if (journal is not null) await journal.DisposeAsync().ConfigureAwait(false);
            if (plan.Sender is null) await sender.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (stop.IsCancellationRequested) return;
        await stop.CancelAsync().ConfigureAwait(false);
        await following.ConfigureAwait(false);
        await work.DisposeAsync().ConfigureAwait(false);
        if (plan.Sender is null) await sender.DisposeAsync().ConfigureAwait(false);
        await journal.DisposeAsync().ConfigureAwait(false);
        stop.Dispose();
    }

    private async Task BeginAsync(CancellationToken cancel)
    {
        if (table.Place is null)
        {
            var first = plan.Settings.FirstBlock ?? await rpc.GetBlockNumberAsync(cancel).ConfigureAwait(false);
            await RecordAsync(new LaneEntry(EntryKind.Reached) { Place = LogCursor.StartAt(first).ToString() })
                .ConfigureAwait(false);
        }
        foreach (var request in table.All.ToList()) await GoOnAsync(request).ConfigureAwait(false);
        following = Task.Run(FollowAsync, CancellationToken.None);
        work.StartLooking();
    }

    /// <summary>With what an earlier life left.</summary>
    private async Task GoOnAsync(OpenRequest request)
    {
        // Above the kept place a reorg may have taken its end back while nobody looked; what holds is told again.
        if (request.State == RequestState.Settled && request.SettledAt > table.Place!.Block)
            await RecordAsync(Entry(EntryKind.Reopened, request)).ConfigureAwait(false);
        lock (gate)
        {
            if (request.State == RequestState.Open) work.Begin(request);
            else if (request.State == RequestState.Retracted) work.Withdraw(request);
            else if (request.IsRefundDue) work.Refund(request);
        }
    }

    private static LaneEntry Entry(EntryKind kind, OpenRequest request) =>
        new(kind) { Id = request.Request.RequestId.ToString() };

    private Task RecordAsync(LaneEntry entry)
    {
        lock (gate)
        {
            var kept = journal.AppendAsync(entry);
            table.Apply(entry);
            return kept;
        }
    }

    private async Task FollowAsync()
    {
        var options = new LogFollowerOptions(OperatorTopics.FilterOf(plan.Settings.Contract), plan.Settings.Network)
        {
            Finality = plan.Finality,
        };
        var follower = new LogFollower(rpc, options);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var place = table.Place!;
                var told = plan.Settings.WaitsForFinality
                    ? follower.ConfirmedAsync(place, stop.Token)
                    : follower.ProvisionalAsync(place, stop.Token);
                await foreach (var each in told.ConfigureAwait(false)) await TakeAsync(each).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (ChainException deep) when (deep.Code == "chain.deep-reorg")
            {
                // What is open is looked at before anything is sent, so that it is safe to go on from here.
                plan.Say(deep.Code, $"{plan.Settings}: {deep.Message}");
                await RecordAsync(new LaneEntry(EntryKind.Reached)
                {
                    Place = LogCursor.StartAt(table.Place!.Block).ToString(),
                }).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is ChainException or IOException)
            {
                plan.Say((failure as ChainException)?.Code ?? "operator.journal", $"{plan.Settings}: "
                    + failure.Message);
                await Task.Delay(FollowAgainAfter, stop.Token).ContinueWith(_ => { }, TaskScheduler.Default)
                    .ConfigureAwait(false);
            }
        }
    }

    private async Task TakeAsync(FollowedEvent told)
    {
        switch (told)
        {
            case FollowedEvent.Seen { Log: var log } when log.Topics[0] == OracleRequest.Topic:
                await AskedAsync(log).ConfigureAwait(false);
                break;
            case FollowedEvent.Seen { Log: var log }: await SaidAsync(log).ConfigureAwait(false); break;
            case FollowedEvent.Retracted { Log: var log }: await TakenBackAsync(log).ConfigureAwait(false); break;
            case FollowedEvent.Reached reached: await ReachedAsync(reached.Cursor).ConfigureAwait(false); break;
        }
    }

    private async Task AskedAsync(EvmLog log)
    {
        if (OracleRequest.TryRead(log) is not { } request || !IsOurs(request)) return;
        var known = table.Find(request.RequestId);
        // Told again after a restart: it is known, or over.
        if (known is { State: not RequestState.Retracted } && known.BlockHash == log.BlockHash
            && known.Original == request) return;
        if (table.Count >= RequestsMax)
        {
            plan.Say("operator.full", $"{plan.Settings}: request {request.RequestId} is left to expire.");
            return;
        }
        lock (gate)
            if (known is not null) work.CallOff(known);
        await RecordAsync(new LaneEntry(EntryKind.Asked)
        {
            Id = request.RequestId.ToString(),
            Block = log.BlockNumber,
            BlockHash = log.BlockHash.ToString(),
            Request = RequestText.Of(request),
        }).ConfigureAwait(false);
        lock (gate)
            if (table.Find(request.RequestId) is { } open) work.Begin(open);
    }

    /// <summary>Whoever is not named in a poll could only send what the contract refuses.</summary>
    private bool IsOurs(OracleRequest request)
    {
        if (!plan.Desk.Policy.Concerns(request)) return false;
        try
        {
            var pairs = RequestPairs.Read(request.Data.Span);
            return !pairs.IsPolled || pairs.Nodes.Count == 0 || pairs.Nodes.Contains(Sender);
        }
        catch (RequestRefusedException)
        {
            // It is told so.
            return true;
        }
    }

    private async Task SaidAsync(EvmLog log)
    {
        if (log.Topics.Count < 2 || table.Find(log.Topics[1]) is not { } request) return;
        var id = log.Topics[1].ToString();
        if (log.Topics[0] == OperatorTopics.CallbackRefused)
        {
            plan.Say("operator.callback-refused",
                $"Request {id} was answered, and {request.Request.CallbackAddress} refused the answer.");
            await RecordAsync(RequestTable.Refused(id, new CallbackRefusal(
                WordOf(log, 0), WordOf(log, 1), Digest.Read(log.Data.Span[(2 * UInt256.Size)..(3 * UInt256.Size)]))))
                .ConfigureAwait(false);
            return;
        }
        if (log.Topics[0] == OperatorTopics.Extended)
        {
            await RecordAsync(new LaneEntry(EntryKind.Extended) { Id = id, Expiration = WordOf(log, 0).ToString() })
                .ConfigureAwait(false);
            return;
        }
        await RecordAsync(new LaneEntry(EntryKind.Settled) { Id = id, Block = log.BlockNumber }).ConfigureAwait(false);
        lock (gate)
        {
            request.Work?.CallOff();
            if (request.IsRefundDue) work.Refund(request);
        }
    }

    private static UInt256 WordOf(EvmLog log, int index) =>
        UInt256.Read(log.Data.Span[(index * UInt256.Size)..((index + 1) * UInt256.Size)]);

    private async Task TakenBackAsync(EvmLog log)
    {
        var isRequest = log.Topics[0] == OracleRequest.Topic;
        var which = isRequest ? OracleRequest.TryRead(log)?.RequestId
            : log.Topics.Count > 1 ? log.Topics[1] : (Digest?)null;
        if (which is not { } key || table.Find(key) is not { } request) return;
        if (isRequest)
        {
            lock (gate) work.CallOff(request);
            await RecordAsync(Entry(EntryKind.Retracted, request)).ConfigureAwait(false);
        }
        else if (log.Topics[0] == OperatorTopics.Extended)
        {
            await RecordAsync(Entry(EntryKind.ExtensionTakenBack, request) with
            {
                Expiration = WordOf(log, 0).ToString(),
            }).ConfigureAwait(false);
        }
        else if (log.Topics[0] == OperatorTopics.CallbackRefused)
        {
            await RecordAsync(Entry(EntryKind.RefusalOver, request)).ConfigureAwait(false);
        }
        else if (request.State == RequestState.Settled)
        {
            await RecordAsync(Entry(EntryKind.Reopened, request)).ConfigureAwait(false);
            lock (gate) work.Begin(request);
        }
    }

    private async Task ReachedAsync(LogCursor place)
    {
        List<LaneEntry> over = [];
        lock (gate)
            foreach (var request in table.All)
                if (IsOver(request, place.Block)) over.Add(Entry(EntryKind.Forgotten, request));
        var now = Environment.TickCount64;
        if (over.Count == 0 && now - placeKeptAt < PlaceEvery.TotalMilliseconds) return;
        placeKeptAt = now;
        // First the place: what is forgotten must not be told again.
        var last = RecordAsync(new LaneEntry(EntryKind.Reached) { Place = place.ToString() });
        foreach (var entry in over) last = RecordAsync(entry);
        await last.ConfigureAwait(false);
    }

    private static bool IsOver(OpenRequest request, ulong final) => request.State switch
    {
        RequestState.Settled when request.Refusal is not null => false,
        RequestState.Settled => request.SettledAt + (request.IsRefundDue ? GivenUpBlocksMax : 0) <= final,
        RequestState.Retracted => request.Block <= final,
        RequestState.GivenUp => request.Block + GivenUpBlocksMax <= final,
        _ => false,
    };
}
