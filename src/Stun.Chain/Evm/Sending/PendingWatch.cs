using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;

namespace Stun.Chain.Evm.Sending;

/// <summary>
/// Looks after what was sent: finds it in blocks, waits for its confirmations, sees when a reorg takes it out again,
/// sends again what nodes lost and raises what is stuck.
/// </summary>
internal sealed class PendingWatch(
    EvmRpc rpc, Address account, EvmNetwork network, TransactionSenderOptions options, PendingTable table,
    Submission submission, TimeProvider time)
{
    /// <summary>A node may count a transaction a moment before it has the receipt.</summary>
    private const int TakenCountMax = 5;

    private readonly ulong confirmations = Math.Max(1, options.Confirmations ?? network.Confirmations);

    public async Task LookAsync(CancellationToken cancel)
    {
        if (table.Count == 0) return;
        var head = RpcCalls.BlockNumber(cancel);
        var count = RpcCalls.TransactionCount(account, BlockTag.Latest, cancel);
        rpc.AskTogether(head, count);
        submission.Head = await head.Task.ConfigureAwait(false);
        var used = await count.Task.ConfigureAwait(false);
        await FindReceiptsAsync(used, cancel).ConfigureAwait(false);
        await SendAgainAsync(used, cancel).ConfigureAwait(false);
        await RaiseAsync(used, cancel).ConfigureAwait(false);
    }

    private bool IsDeep(TransactionReceipt receipt) => submission.Head + 1 >= receipt.BlockNumber + confirmations;

    private async Task FindReceiptsAsync(ulong used, CancellationToken cancel)
    {
        // A count that has gone back shows a reorg; at its depth a receipt is looked at once more.
        var items = table.All.Where(each => each.Included is { } receipt
            ? each.Nonce >= used || IsDeep(receipt)
            : each.Nonce < used).ToList();
        if (items.Count == 0) return;
        var calls = items
            .Select(item => item.Versions.Select(each => RpcCalls.Receipt(each.Hash, cancel)).ToArray()).ToList();
        // How deep a receipt lies is said by the head of the same view: the one before may be of another branch.
        var head = RpcCalls.BlockNumber(cancel);
        rpc.AskTogether([head, .. calls.SelectMany(each => each)]);
        submission.Head = await head.Task.ConfigureAwait(false);
        List<SendingEntry> entries = [];
        for (var at = 0; at < items.Count; at++)
        {
            TransactionReceipt? receipt = null;
            foreach (var call in calls[at]) receipt ??= await call.Task.ConfigureAwait(false);
            if (Judge(items[at], receipt, used) is { } ended) entries.Add(ended);
        }
        await AddTakenAsync(items, used, entries, cancel).ConfigureAwait(false);
        if (entries.Count == 0) return;
        await submission.AppendAsync(entries).ConfigureAwait(false);
        foreach (var ended in entries) End((SendingEntry.Ended)ended, items);
    }

    private SendingEntry.Ended? Judge(PendingTransaction item, TransactionReceipt? receipt, ulong used)
    {
        if (receipt is null)
        {
            // Out of its block: at the next look it is sent again.
            if (item.Included is not null) item.CheckedAt = 0;
            item.Included = null;
            item.TakenCount = item.Nonce < used ? item.TakenCount + 1 : 0;
            return null;
        }
        item.TakenCount = 0;
        item.Included = receipt;
        if (!IsDeep(receipt)) return null;
        var version = item.Versions.Find(each => each.Hash == receipt.TransactionHash)!;
        return EndOf(item, receipt.TransactionHash, !version.IsEmpty ? SendingEnd.Mined
            : item.Handle.Receipt.IsFaulted ? SendingEnd.Filled : SendingEnd.Cancelled);
    }

    /// <summary>
    /// What took a nonce can be undone as anything else: only under its confirmations it is certain that ours never
    /// comes, and its caller may ask for the same again.
    /// </summary>
    private async Task AddTakenAsync(
        List<PendingTransaction> items, ulong used, List<SendingEntry> entries, CancellationToken cancel)
    {
        var taken = items.Where(each => each.TakenCount >= TakenCountMax).ToList();
        if (taken.Count == 0 || submission.Head + 1 < confirmations) return;
        var usedForGood = confirmations == 1
            ? used
            : await rpc.GetTransactionCountAsync(
                account, BlockTag.At(submission.Head + 1 - confirmations), cancel).ConfigureAwait(false);
        foreach (var item in taken)
            if (item.Nonce < usedForGood) entries.Add(EndOf(item, default, SendingEnd.Taken));
    }

    private static SendingEntry.Ended EndOf(PendingTransaction item, Digest hash, SendingEnd end) =>
        new(item.Nonce, item.Assigned.Key, item.Content, hash, end);

    private void End(SendingEntry.Ended ended, List<PendingTransaction> items)
    {
        var item = items.Find(each => each.Nonce == ended.Nonce)!;
        table.Apply(ended);
        switch (ended.End)
        {
            case SendingEnd.Mined:
                item.Handle.End(item.Included!);
                break;
            case SendingEnd.Taken:
                item.Handle.Fail(new ChainException("chain.nonce-taken",
                    $"Another program used nonce {ended.Nonce} of {account}.",
                    "Give each program its own key; then send again."));
                break;
            default:
                item.Handle.Fail(Cancelled(ended.Key, ended.Nonce));
                break;
        }
    }

    public static ChainException Cancelled(string key, ulong nonce) => new("chain.cancelled",
        $"The transaction '{key}' with nonce {nonce} was called off.", "Send it again under another key.");

    private async Task SendAgainAsync(ulong used, CancellationToken cancel)
    {
        var items = table.All
            .Where(each => each.Included is null && each.Nonce >= used && !each.IsUnderpriced
                && (each.CheckedAt == 0 || time.GetElapsedTime(each.CheckedAt) >= options.ResendAfter))
            .Take(rpc.BatchMax).ToList();
        if (items.Count == 0) return;
        var calls = items.ConvertAll(each => RpcCalls.Transaction(each.Latest.Hash, cancel));
        rpc.AskTogether([.. calls]);
        List<PendingTransaction> lost = [];
        for (var at = 0; at < items.Count; at++)
        {
            items[at].CheckedAt = time.GetTimestamp();
            if (await calls[at].Task.ConfigureAwait(false) is null) lost.Add(items[at]);
            else (items[at].IsAccepted, items[at].Handle.Hindrance) = (true, null);
        }
        if (lost.Count > 0) await submission.SubmitAsync(lost, cancel).ConfigureAwait(false);
    }

    private async Task RaiseAsync(ulong used, CancellationToken cancel)
    {
        var waiting = table.All.Where(each => each.Included is null && each.Nonce >= used).ToList();
        // What comes first blocks the others; what is behind it cannot be mined and says nothing of its fee.
        var isStuck = waiting is [var first, ..] && first.Nonce == used && IsStuck(first);
        var items = waiting
            .Where((each, at) => each.IsUnderpriced || (isStuck && (at == 0 || IsPoorer(each, waiting[0]))))
            .ToList();
        if (items.Count > 0) await submission.ReplaceAsync(items, cancel).ConfigureAwait(false);
    }

    private static bool IsPoorer(PendingTransaction item, PendingTransaction first) =>
        item.IsAccepted && item.Latest.Fees.FeeMax <= first.Latest.Fees.FeeMax;

    private bool IsStuck(PendingTransaction item) => item.IsAccepted
        && submission.Head >= item.SentUnder + options.ReplaceAfterBlocks
        && time.GetElapsedTime(item.SentAt) >= options.ReplaceAfter;
}
