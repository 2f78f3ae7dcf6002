using Stun.Chain.Evm.Rpc;

namespace Stun.Chain.Evm.Sending;

/// <summary>A request that waits for its nonce, and who waits for it.</summary>
internal sealed record WaitingRequest(
    TransactionRequest Request, string Key, ulong GasLimit, TaskCompletionSource<SentTransaction> Source);

/// <summary>
/// Gives nonces, signs, writes to the journal, sends in the order of the nonces, and reacts to what the node says. What
/// leaves has been written before; what a node refused for certain, and only that, gives its nonce back.
/// </summary>
internal sealed class Submission(
    EvmRpc rpc, EvmKey key, TransactionSenderOptions options, ISendingJournal journal, PendingTable table,
    FeeSource fees, TimeProvider time)
{
    /// <summary>An empty transaction on a chain that charges gas for nothing else.</summary>
    private const ulong PlainGas = 21_000;

    /// <summary>Then the journal is written anew without what is over.</summary>
    private const int RewriteAfter = 20_000;

    private readonly SortedSet<ulong> free = [];
    private int appendedCount;
    private ulong emptyGas;

    /// <summary>The newest block that was seen.</summary>
    public ulong Head { get; set; }

    /// <summary>Nonces below the next one that neither we nor, by the node's count, anybody uses.</summary>
    public void Free(ulong nonce) => free.Add(nonce);

    public async Task AssignAsync(IReadOnlyList<WaitingRequest> requests, CancellationToken cancel)
    {
        List<PendingTransaction> items = [];
        List<SendingEntry> entries = [];
        List<WaitingRequest> assigned = [];
        FeeQuote quote;
        try
        {
            quote = await fees.QuoteAsync(cancel).ConfigureAwait(false);
        }
        catch (ChainException failure)
        {
            foreach (var request in requests) request.Source.TrySetException(failure);
            return;
        }
        foreach (var waiting in requests)
        {
            // Another caller may have been faster with the same key.
            if (table.Find(waiting.Key) is { } same)
            {
                if (same.Content == waiting.Request.Content) waiting.Source.TrySetResult(same.Handle);
                else waiting.Source.TrySetException(TransactionSender.Reused(waiting.Key));
                continue;
            }
            var nonce = free.Count > 0 ? free.Min : table.Next;
            free.Remove(nonce);
            var entry = new SendingEntry.Assigned(nonce, waiting.Key, waiting.Request.To, waiting.Request.Value,
                waiting.Request.Data, waiting.GasLimit);
            var item = new PendingTransaction(entry, new SentTransaction(waiting.Key, nonce));
            table.Add(item);
            entries.Add(entry);
            entries.Add(Sign(item, quote));
            items.Add(item);
            assigned.Add(waiting);
        }
        await AppendAsync(entries).ConfigureAwait(false);
        var refused = await SubmitAsync(items, cancel).ConfigureAwait(false);
        for (var at = 0; at < items.Count; at++)
            if (refused.TryGetValue(items[at], out var failure)) assigned[at].Source.TrySetException(failure);
            else assigned[at].Source.TrySetResult(items[at].Handle);
    }

    /// <summary>In the order of the nonces. Returns what was refused for certain, its nonces given back.</summary>
    public async Task<Dictionary<PendingTransaction, ChainException>> SubmitAsync(
        IReadOnlyList<PendingTransaction> items, CancellationToken cancel)
    {
        Dictionary<PendingTransaction, ChainException> refused = [];
        foreach (var chunk in items.Chunk(rpc.BatchMax))
        {
            var calls = Array.ConvertAll(chunk, each => RpcCalls.Send(each.Latest.Raw.Span, cancel));
            rpc.AskTogether(calls);
            for (var at = 0; at < chunk.Length; at++)
            {
                var failure = await FailureAsync(calls[at].Task).ConfigureAwait(false);
                chunk[at].SentAt = chunk[at].CheckedAt = time.GetTimestamp();
                chunk[at].SentUnder = Head;
                chunk[at].Handle.Hindrance = failure?.Code is RpcFault.AlreadyKnown ? null : failure;
                if (Refusal(chunk[at], failure) is { } final) refused[chunk[at]] = final;
            }
        }
        if (refused.Count > 0) await GiveBackAsync(refused, cancel).ConfigureAwait(false);
        return refused;
    }

    /// <summary>Sends them again for more; what is at the cap already stays as it is.</summary>
    public async Task ReplaceAsync(IReadOnlyList<PendingTransaction> items, CancellationToken cancel)
    {
        var quote = await fees.QuoteAsync(cancel).ConfigureAwait(false);
        List<PendingTransaction> raised = [];
        List<SendingEntry> entries = [];
        if (items.Any(each => each.IsEmpty)) await FindEmptyGasAsync(cancel).ConfigureAwait(false);
        foreach (var item in items)
        {
            item.IsUnderpriced = false;
            item.SentAt = time.GetTimestamp();
            if (options.Fees.Bump(item.Latest.Fees, quote) is not { } better) continue;
            entries.Add(Sign(item, better));
            raised.Add(item);
        }
        if (raised.Count == 0) return;
        await AppendAsync(entries).ConfigureAwait(false);
        await SubmitAsync(raised, cancel).ConfigureAwait(false);
    }

    /// <summary>An empty transaction is sent for more than the request; either of them may win.</summary>
    public async Task CallOffAsync(PendingTransaction item, CancellationToken cancel)
    {
        item.IsEmpty = true;
        await ReplaceAsync([item], cancel).ConfigureAwait(false);
        if (!item.Latest.IsEmpty)
            throw new ChainException("chain.fee-cap", "The empty transaction would cost more than the cap allows.",
                "Raise the cap of the fees, or wait for the receipt.");
    }

    public async Task AppendAsync(IReadOnlyList<SendingEntry> entries)
    {
        await journal.AppendAsync(entries, CancellationToken.None).ConfigureAwait(false);
        appendedCount += entries.Count;
        if (appendedCount < RewriteAfter) return;
        appendedCount = 0;
        await journal.RewriteAsync(table.Shortened(), CancellationToken.None).ConfigureAwait(false);
    }

    private SendingEntry.Signed Sign(PendingTransaction item, FeeQuote quote)
    {
        var version = item.Sign(key, rpc.ChainId, quote, emptyGas);
        item.Add(version);
        return new SendingEntry.Signed(item.Nonce, version.Raw, version.Fees, version.IsEmpty);
    }

    private static async Task<ChainException?> FailureAsync(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
            return null;
        }
        catch (ChainException failure)
        {
            return failure;
        }
    }

    /// <summary>Not null where no node has this nonce of ours, nor will have it.</summary>
    private static ChainException? Refusal(PendingTransaction item, ChainException? failure)
    {
        switch (failure?.Code)
        {
            case null or RpcFault.AlreadyKnown:
                item.IsAccepted = true;
                return null;
            case RpcFault.NonceTooLow:
                // In a block already: ours or a stranger's, which the receipts will tell.
                return null;
            case RpcFault.Underpriced:
                item.IsUnderpriced = true;
                return null;
            case RpcFault.ReplacementUnderpriced:
                // Of a stranger with the same key nothing is replaced.
                item.IsUnderpriced = item.IsAccepted;
                return null;
            case "chain.unreachable":
                // It may have arrived.
                item.IsAccepted = true;
                return null;
            case RpcFault.RateLimited or "chain.wrong-id" or "chain.lagging" or "chain.overloaded":
                return null;
            default:
                return item.IsAccepted ? null : failure;
        }
    }

    private async Task GiveBackAsync(
        Dictionary<PendingTransaction, ChainException> refused, CancellationToken cancel)
    {
        List<SendingEntry> entries = [];
        List<PendingTransaction> holes = [];
        foreach (var (item, failure) in refused.OrderByDescending(each => each.Key.Nonce))
        {
            // Until its hole is closed, nobody need wait for it.
            item.Handle.Fail(failure);
            if (item.Nonce + 1 == table.Next)
            {
                var entry = new SendingEntry.Abandoned(item.Nonce);
                table.Apply(entry);
                entries.Add(entry);
            }
            else if (!item.IsEmpty)
            {
                item.IsEmpty = true;
                holes.Add(item);
            }
        }
        if (entries.Count > 0) await AppendAsync(entries).ConfigureAwait(false);
        holes.Reverse();
        if (holes.Count > 0) await ReplaceAsync(holes, cancel).ConfigureAwait(false);
    }

    private async Task FindEmptyGasAsync(CancellationToken cancel)
    {
        if (emptyGas != 0) return;
        try
        {
            var estimate = await rpc.EstimateGasAsync(
                new CallRequest(key.Address, default) { From = key.Address }, default, cancel).ConfigureAwait(false);
            emptyGas = estimate == PlainGas ? estimate : estimate * (100 + options.GasMarginPercent) / 100;
        }
        catch (ChainException)
        {
            emptyGas = PlainGas;
        }
    }
}
