using Stun.Chain;
using Stun.Chain.Evm.Rpc;

namespace Stun.Node.Operator.Following;

/// <summary>What is under way for the requests of one lane, from the question to the answer on the chain.</summary>
internal sealed class LaneWork : IAsyncDisposable
{
    private readonly LanePlan plan;
    private readonly EvmRpc rpc;
    private readonly RequestTable table;
    private readonly Lock gate;
    private readonly Func<LaneEntry, Task> record;
    private readonly Outbox outbox;
    private readonly Delivery delivery;
    private readonly Upkeep upkeep;
    private readonly CancellationTokenSource stop = new();
    private readonly HashSet<Task> running = [];
    private Task looking = Task.CompletedTask;

    /// <param name="gate">Guards the table, and what is under way.</param>
    /// <param name="record">Writes to the journal, and applies it to the table.</param>
    public LaneWork(LanePlan plan, LaneSender sender, RequestTable table, Lock gate, Func<LaneEntry, Task> record)
    {
        (this.plan, this.table, this.gate, this.record, rpc) = (plan, table, gate, record, sender.Rpc);
        outbox = new Outbox(plan, rpc, sender.Sender);
        delivery = new Delivery(plan, rpc, outbox, record, Refund);
        upkeep = new Upkeep(plan, rpc, outbox, record);
    }

    public void StartLooking() => looking = Task.Run(LookAsync, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await looking.ConfigureAwait(false);
        Task[] rest;
        lock (gate) rest = [.. running];
        await Task.WhenAll(rest).ConfigureAwait(false);
        stop.Dispose();
    }

    /// <summary>Within the gate.</summary>
    public void Begin(OpenRequest request)
    {
        if (request.Work is { IsCalledOff: false } || stop.IsCancellationRequested) return;
        var work = new RequestWork(stop.Token);
        request.Work = work;
        Track(() => WorkAsync(request, work), () =>
        {
            if (request.Work == work) request.Work = null;
            work.Dispose();
        });
    }

    /// <summary>Within the gate. What has been sent for it, but is in no block, must not be left to fail in one.
    /// </summary>
    public void CallOff(OpenRequest request)
    {
        request.Work?.CallOff();
        Withdraw(request);
    }

    public void Withdraw(OpenRequest request)
    {
        var keys = delivery.KeysOf(request);
        Track(() => outbox.WithdrawAsync(keys, stop.Token));
    }

    /// <summary>It is paid out whatever becomes of the work on the request, which the answer's log calls off.</summary>
    public void Refund(OpenRequest request)
    {
        lock (gate)
        {
            if (request.IsRefunding) return;
            request.IsRefunding = true;
            Track(() => delivery.RefundAsync(request, stop.Token), () => request.IsRefunding = false);
        }
    }

    private void Track(Func<Task> begin, Action? end = null)
    {
        if (stop.IsCancellationRequested) return;
        var task = Task.Run(async () =>
        {
            try
            {
                await begin().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // The next life goes on with it.
            }
            catch (Exception failure)
            {
                plan.Say((failure as ChainException)?.Code ?? "operator.work", $"{plan.Settings}: {failure.Message}");
            }
        });
        lock (gate) running.Add(task);
        task.ContinueWith(done =>
        {
            lock (gate)
            {
                running.Remove(done);
                end?.Invoke();
            }
        }, TaskScheduler.Default);
    }

    private async Task WorkAsync(OpenRequest request, RequestWork work)
    {
        try
        {
            if (request.Reply is null)
            {
                var reply = await AnswerAsync(request, work).ConfigureAwait(false);
                await record(RequestTable.Replied(request.Request.RequestId.ToString(), reply))
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
        catch (Exception failure) when (failure is not ChainException chain || !Outbox.IsStopped(chain))
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
            var memory = new LaneMemory(request, work, record);
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
            await record(new LaneEntry(EntryKind.GivenUp)
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
                if (plan.Settings.IsLegacy) continue;
                List<OpenRequest> all;
                lock (gate) all = [.. table.All];
                foreach (var begun in await upkeep.LookAsync(all, stop.Token).ConfigureAwait(false)) Track(() => begun);
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
