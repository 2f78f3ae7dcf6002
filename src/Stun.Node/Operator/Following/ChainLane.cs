using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Following;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;
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
    private readonly EvmRpc rpc;
    private readonly RequestTable table;
    private readonly LaneJournal journal;
    private readonly FileSendingJournal sendingJournal;
    private readonly TransactionSender sender;
    private readonly Delivery delivery;
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private readonly HashSet<Task> running = [];
    private Task following = Task.CompletedTask, looking = Task.CompletedTask;
    private long placeKeptAt;

    private ChainLane(LanePlan plan, EvmRpc rpc, (RequestTable, LaneJournal) books, FileSendingJournal sendingJournal,
        TransactionSender sender)
    {
        (this.plan, this.rpc, this.sendingJournal, this.sender) = (plan, rpc, sendingJournal, sender);
        (table, journal) = books;
        delivery = new Delivery(plan, rpc, sender);
    }

    public Address Sender => sender.Address;

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
        var rpc = new EvmRpc(new EvmRpcOptions(
            plan.Settings.Network.ChainId, [.. plan.Settings.Rpc.Select(each => new Uri(each))]));
        FileSendingJournal? sending = null;
        try
        {
            var table = new RequestTable();
            sending = new FileSendingJournal(Path.Combine(plan.Directory, "sending.journal"));
            var sender = await TransactionSender.OpenAsync(
                rpc, plan.Key, plan.Settings.Network, sending, plan.Sending, cancel: cancel).ConfigureAwait(false);
            var journal = LaneJournal.Open(
                Path.Combine(plan.Directory, "requests.journal"), table.Apply, table.Shortened);
            var lane = new ChainLane(plan, rpc, (table, journal), sending, sender);
            await lane.BeginAsync(cancel).ConfigureAwait(false);
            return lane;
        }
        catch
        {
            if (sending is not null) await sending.DisposeAsync().ConfigureAwait(false);
            await rpc.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (stop.IsCancellationRequested) return;
        await stop.CancelAsync().ConfigureAwait(false);
        await following.ConfigureAwait(false);
        await looking.ConfigureAwait(false);
        Task[] rest;
        lock (gate) rest = [.. running];
        await Task.WhenAll(rest).ConfigureAwait(false);
        await sender.DisposeAsync().ConfigureAwait(false);
        await sendingJournal.DisposeAsync().ConfigureAwait(false);
        await journal.DisposeAsync().ConfigureAwait(false);
        await rpc.DisposeAsync().ConfigureAwait(false);
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
        lock (gate)
            foreach (var request in table.All)
                if (request.State == RequestState.Open) Begin(request);
        following = Task.Run(FollowAsync, CancellationToken.None);
        looking = Task.Run(LookAsync, CancellationToken.None);
    }

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
        // Told again after a restart: it is known, or over.
        if (table.Find(request.RequestId) is { State: not RequestState.Retracted } known
            && (known.Block == log.BlockNumber || known.State == RequestState.Settled)) return;
        if (table.Count >= RequestsMax)
        {
            plan.Say("operator.full", $"{plan.Settings}: request {request.RequestId} is left to expire.");
            return;
        }
        await RecordAsync(new LaneEntry(EntryKind.Asked)
        {
            Id = request.RequestId.ToString(),
            Block = log.BlockNumber,
            Request = RequestText.Of(request),
        }).ConfigureAwait(false);
        lock (gate)
            if (table.Find(request.RequestId) is { } open) Begin(open);
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
            return;
        }
        if (log.Topics[0] == OperatorTopics.Extended)
        {
            var until = UInt256.Read(log.Data.Span[..UInt256.Size]);
            await RecordAsync(new LaneEntry(EntryKind.Extended) { Id = id, Expiration = until.ToString() })
                .ConfigureAwait(false);
            return;
        }
        await RecordAsync(new LaneEntry(EntryKind.Settled) { Id = id, Block = log.BlockNumber }).ConfigureAwait(false);
        lock (gate) request.Work?.CallOff();
    }

    private async Task TakenBackAsync(EvmLog log)
    {
        var isRequest = log.Topics[0] == OracleRequest.Topic;
        var which = isRequest ? OracleRequest.TryRead(log)?.RequestId
            : log.Topics.Count > 1 ? log.Topics[1] : (Digest?)null;
        if (which is not { } key || table.Find(key) is not { } request) return;
        var id = key.ToString();
        if (isRequest)
        {
            await RecordAsync(new LaneEntry(EntryKind.Retracted) { Id = id }).ConfigureAwait(false);
            lock (gate) request.Work?.CallOff();
        }
        else if (log.Topics[0] == OperatorTopics.Extended)
        {
            await RecordAsync(new LaneEntry(EntryKind.Extended) { Id = id }).ConfigureAwait(false);
        }
        else if (log.Topics[0] != OperatorTopics.CallbackRefused && request.State == RequestState.Settled)
        {
            await RecordAsync(new LaneEntry(EntryKind.Reopened) { Id = id }).ConfigureAwait(false);
            lock (gate) Begin(request);
        }
    }

    private async Task ReachedAsync(LogCursor place)
    {
        List<LaneEntry> over = [];
        lock (gate)
            foreach (var request in table.All)
                if (request.State == RequestState.Settled && request.SettledAt <= place.Block
                    || request.State == RequestState.Retracted && request.Block <= place.Block
                    || request.State == RequestState.GivenUp && request.Block + GivenUpBlocksMax <= place.Block)
                    over.Add(new LaneEntry(EntryKind.Forgotten) { Id = request.Request.RequestId.ToString() });
        var now = Environment.TickCount64;
        if (over.Count == 0 && now - placeKeptAt < PlaceEvery.TotalMilliseconds) return;
        placeKeptAt = now;
        // First the place: what is forgotten must not be told again.
        var last = RecordAsync(new LaneEntry(EntryKind.Reached) { Place = place.ToString() });
        foreach (var entry in over) last = RecordAsync(entry);
        await last.ConfigureAwait(false);
    }

    /// <summary>Within the gate.</summary>
    private void Begin(OpenRequest request)
    {
        if (request.Work is { IsCalledOff: false } || stop.IsCancellationRequested) return;
        var work = new RequestWork(stop.Token);
        request.Work = work;
        var task = Task.Run(() => WorkAsync(request, work));
        running.Add(task);
        task.ContinueWith(done =>
        {
            lock (gate)
            {
                running.Remove(done);
                if (request.Work == work) request.Work = null;
            }
            work.Dispose();
        }, TaskScheduler.Default);
    }

    private async Task WorkAsync(OpenRequest request, RequestWork work)
    {
        try
        {
            if (request.Reply is null)
            {
                var reply = await AnswerAsync(request, work).ConfigureAwait(false);
                await RecordAsync(RequestTable.Replied(request.Request.RequestId.ToString(), reply))
                    .ConfigureAwait(false);
            }
            work.Stop.ThrowIfCancellationRequested();
            if (await delivery.DeliverAsync(request, work.Stop).ConfigureAwait(false) is { } reason)
                await GiveUpAsync(request, reason).ConfigureAwait(false);
            else request.IsSent = true;
        }
        catch (OperationCanceledException) when (work.Stop.IsCancellationRequested)
        {
            // The chain has ended it, or the process ends and goes on with it later.
        }
        catch (Exception failure)
        {
            plan.Say("operator.work", $"Request {request.Request.RequestId}: {failure.Message}");
            await GiveUpAsync(request, failure.Message).ConfigureAwait(false);
        }
    }

    private async Task<Reply> AnswerAsync(OpenRequest request, RequestWork work)
    {
        await plan.AtOnce.WaitAsync(work.Stop).ConfigureAwait(false);
        try
        {
            var memory = new LaneMemory(request, work, RecordAsync);
            return await plan.Desk.AnswerAsync(rpc.ChainId, request.Request, memory, work.Stop).ConfigureAwait(false);
        }
        finally
        {
            plan.AtOnce.Release();
        }
    }

    private async Task GiveUpAsync(OpenRequest request, string reason)
    {
        try
        {
            await RecordAsync(new LaneEntry(EntryKind.GivenUp)
            {
                Id = request.Request.RequestId.ToString(),
                Reason = Sentence.Short(reason),
            }).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            // Then the next life tries once more.
        }
    }

    /// <summary>Now and then: what needs longer is given longer, and what this node gave up is ended when it may be.
    /// </summary>
    private async Task LookAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(plan.LookEvery, stop.Token).ConfigureAwait(false);
                List<OpenRequest> late;
                lock (gate)
                    late = [.. table.All.Where(each => !each.IsAtLimit
                        && each.State is (RequestState.Open or RequestState.GivenUp))];
                if (late.Count == 0 || plan.Settings.IsLegacy) continue;
                await delivery.KeepAliveAsync(late, stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (ChainException away)
            {
                plan.Say(away.Code, $"{plan.Settings}: {away.Message}");
            }
        }
    }
}
