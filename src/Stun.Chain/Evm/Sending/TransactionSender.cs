using System.Threading.Channels;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;

namespace Stun.Chain.Evm.Sending;

/// <summary>
/// Sends the transactions of one key, for any number of callers at once. Nonces are given here, one after the other and
/// without gaps, by a single loop that owns all state; what it is about to send stands in the journal first. So a crash
/// at any place leaves at most something to be sent again under the same nonce, never twice under two.
/// </summary>
/// <remarks>One sender for each key and chain: two would take each other's nonces.</remarks>
public sealed class TransactionSender : IAsyncDisposable
{
    /// <summary>The most gas a transaction may name (EIP-7825); a margin never lifts an estimate over it.</summary>
    private const ulong GasMax = 1 << 24;

    private readonly EvmRpc rpc;
    private readonly EvmKey key;
    private readonly TransactionSenderOptions options;
    private readonly TimeProvider time;
    private readonly TimeSpan pollInterval;
    private readonly PendingTable table;
    private readonly Submission submission;
    private readonly PendingWatch watch;
    private readonly Channel<object> inbox;
    private readonly CancellationTokenSource stop = new();
    private Task loop = Task.CompletedTask;
    private volatile Exception? end;

    private sealed record CallOff(string Key, TaskCompletionSource Source);

    private TransactionSender(
        EvmRpc rpc, EvmKey key, EvmNetwork network, ISendingJournal journal, TransactionSenderOptions options,
        PendingTable table, TimeProvider time)
    {
        this.rpc = rpc;
        this.key = key;
        this.options = options;
        this.time = time;
        this.table = table;
        pollInterval = options.PollInterval ?? network.PollInterval;
        submission = new Submission(
            rpc, key, options, journal, table, new FeeSource(rpc, network, options.Fees, time), time);
        watch = new PendingWatch(rpc, key.Address, network, options, table, submission, time);
        inbox = Channel.CreateBounded<object>(new BoundedChannelOptions(options.QueueMax) { SingleReader = true });
    }

    public Address Address => key.Address;

    /// <summary>Goes on with what the journal left unfinished. The key and the journal stay the caller's.</summary>
    public static async Task<TransactionSender> OpenAsync(
        EvmRpc rpc, EvmKey key, EvmNetwork network, ISendingJournal journal, TransactionSenderOptions? options = null,
        TimeProvider? time = null, CancellationToken cancel = default)
    {
        options ??= new TransactionSenderOptions();
        if (rpc.ChainId != network.ChainId)
            throw new ChainException("chain.wrong-id",
                $"The endpoints are of chain {rpc.ChainId}, the network {network.Name} of {network.ChainId}.",
                "Give the endpoints of this network.");
        var table = new PendingTable(options.DoneKeysMax);
        foreach (var entry in await journal.ReadAsync(cancel).ConfigureAwait(false)) table.Apply(entry);
        await journal.RewriteAsync(table.Shortened(), cancel).ConfigureAwait(false);
        var sender = new TransactionSender(
            rpc, key, network, journal, options, table, time ?? TimeProvider.System);
        await sender.StartAsync(cancel).ConfigureAwait(false);
        return sender;
    }

    /// <summary>Waits until it is on the chain under its confirmations. To stop waiting does not call it off.</summary>
    public async Task<TransactionReceipt> SendAsync(TransactionRequest request, CancellationToken cancel = default)
    {
        var sent = await SubmitAsync(request, cancel).ConfigureAwait(false);
        return await sent.Receipt.WaitAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Returns when the request has its nonce, is in the journal and was offered to a node.</summary>
    public async Task<SentTransaction> SubmitAsync(TransactionRequest request, CancellationToken cancel = default)
    {
        var name = request.Key ?? Guid.CreateVersion7().ToString();
        if (request.Key is not null && await FindAsync(request, cancel).ConfigureAwait(false) is { } known)
            return known;
        var gas = request.GasLimit ?? await EstimateAsync(request, cancel).ConfigureAwait(false);
        var source = new TaskCompletionSource<SentTransaction>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(new WaitingRequest(request, name, gas, source));
        return await source.Task.WaitAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// Puts an empty transaction in the place of what was sent under this key. Which of them wins is the chain's: the
    /// handle's receipt comes, or fails with chain.cancelled.
    /// </summary>
    public async Task CancelAsync(string sendingKey, CancellationToken cancel = default)
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(new CallOff(sendingKey, source));
        await source.Task.WaitAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>What is sent under this key and has no end yet; null where nothing is.</summary>
    public SentTransaction? Find(string sendingKey) => table.Find(sendingKey)?.Handle;

    public async ValueTask DisposeAsync()
    {
        if (stop.IsCancellationRequested) return;
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(false);
        stop.Dispose();
    }

    private async Task StartAsync(CancellationToken cancel)
    {
        var head = rpc.GetBlockNumberAsync(cancel);
        var pending = await rpc.GetTransactionCountAsync(Address, BlockTag.Pending, cancel).ConfigureAwait(false);
        submission.Head = await head.ConfigureAwait(false);
        for (var nonce = pending; nonce < table.Next; nonce++)
            if (!table.Has(nonce)) submission.Free(nonce);
        table.Next = Math.Max(table.Next, pending);
        loop = Task.Run(RunAsync, CancellationToken.None);
    }

    private async Task<SentTransaction?> FindAsync(TransactionRequest request, CancellationToken cancel)
    {
        if (table.Find(request.Key!) is { } pending)
        {
            RequireSame(request, pending.Content);
            return pending.Handle;
        }
        if (table.FindDone(request.Key!) is not { } ended) return null;
        RequireSame(request, ended.Content);
        var handle = new SentTransaction(ended.Key, ended.Nonce) { Hash = ended.Hash };
        if (ended.End == SendingEnd.Cancelled)
        {
            handle.Fail(PendingWatch.Cancelled(ended.Key, ended.Nonce));
            return handle;
        }
        var receipt = await rpc.GetTransactionReceiptAsync(ended.Hash, cancel).ConfigureAwait(false);
        if (receipt is not null) handle.End(receipt);
        else
            handle.Fail(new ChainException("chain.receipt-gone",
                $"The transaction 0x{ended.Hash} had its confirmations, and the endpoint does not know it.",
                "Use an endpoint that keeps old receipts; after a deep reorg send again under another key."));
        return handle;
    }

    private static void RequireSame(TransactionRequest request, Digest content)
    {
        if (request.Content != content) throw Reused(request.Key!);
    }

    internal static ChainException Reused(string sendingKey) => new("chain.key-reused",
        $"Under the key '{sendingKey}' something else was sent.", "Give each request its own key.");

    private async Task<ulong> EstimateAsync(TransactionRequest request, CancellationToken cancel)
    {
        var estimate = await rpc.EstimateGasAsync(
            new CallRequest(request.To, request.Data) { From = Address, Value = request.Value }, default, cancel)
            .ConfigureAwait(false);
        var wide = checked(estimate * (100 + options.GasMarginPercent)) / 100;
        return Math.Max(estimate, Math.Min(wide, GasMax));
    }

    private void Post(object message)
    {
        if (end is { } over) throw Stopped(over);
        if (!inbox.Writer.TryWrite(message))
            throw end is { } late
                ? Stopped(late)
                : new ChainException("chain.overloaded", $"{options.QueueMax} requests wait for their nonces.",
                    "Send less at a time.");
    }

    private static ChainException Stopped(Exception reason) => new("chain.sender-stopped",
        $"The sender has stopped: {reason.Message}", "Open it again; it goes on with what its journal holds.", reason);

    private async Task RunAsync()
    {
        Exception reason = new ObjectDisposedException(nameof(TransactionSender));
        try
        {
            var wake = Task.Delay(pollInterval, time, stop.Token);
            while (true)
            {
                if (table.Count < options.PendingMax)
                    await Task.WhenAny(inbox.Reader.WaitToReadAsync(stop.Token).AsTask(), wake).ConfigureAwait(false);
                else await wake.ConfigureAwait(false);
                stop.Token.ThrowIfCancellationRequested();
                if (inbox.Reader.TryPeek(out _) && options.GatherTime > TimeSpan.Zero)
                    await Task.Delay(options.GatherTime, time, stop.Token).ConfigureAwait(false);
                await TakeAsync().ConfigureAwait(false);
                if (!wake.IsCompleted) continue;
                await LookAsync().ConfigureAwait(false);
                wake = Task.Delay(pollInterval, time, stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (Exception failure)
        {
            // A journal that cannot be written: to go on without it would risk what it is there for.
            reason = failure;
        }
        end = reason;
        inbox.Writer.TryComplete();
        while (inbox.Reader.TryRead(out var message))
            if (message is WaitingRequest waiting) waiting.Source.TrySetException(Stopped(reason));
            else ((CallOff)message).Source.TrySetException(Stopped(reason));
        foreach (var item in table.All) item.Handle.Fail(Stopped(reason));
    }

    private async Task TakeAsync()
    {
        List<WaitingRequest> requests = [];
        while (requests.Count + table.Count < options.PendingMax && requests.Count < rpc.BatchMax
            && inbox.Reader.TryRead(out var message))
        {
            if (message is WaitingRequest waiting) requests.Add(waiting);
            else await CallOffAsync((CallOff)message).ConfigureAwait(false);
        }
        if (requests.Count == 0) return;
        try
        {
            await submission.AssignAsync(requests, stop.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not ChainException)
        {
            foreach (var request in requests) request.Source.TrySetException(Stopped(failure));
            throw;
        }
        catch (ChainException)
        {
            // They have their nonces and stand in the journal; the watch sends them again.
            foreach (var request in requests)
                if (table.Find(request.Key) is { } item) request.Source.TrySetResult(item.Handle);
        }
    }

    private async Task CallOffAsync(CallOff message)
    {
        try
        {
            if (table.Find(message.Key) is not { } item)
                throw new ChainException("chain.not-pending", $"Nothing is under way under the key '{message.Key}'.",
                    "Look at its receipt: it may be over.");
            await submission.CallOffAsync(item, stop.Token).ConfigureAwait(false);
            message.Source.TrySetResult();
        }
        catch (ChainException failure)
        {
            message.Source.TrySetException(failure);
        }
    }

    private async Task LookAsync()
    {
        try
        {
            await watch.LookAsync(stop.Token).ConfigureAwait(false);
        }
        catch (ChainException)
        {
            // The chain cannot be reached just now. Nothing is lost: the next look sees what this one did not.
        }
    }
}
