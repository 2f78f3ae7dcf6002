using Stun.Chain;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Rpc;
using Stun.Node.Storage;

namespace Stun.Node.Money;

/// <summary>Looks up what the transactions cost that bring batches to the chain.</summary>
internal sealed class BatchCost(ChainAccess chain, Action<BatchGas> spent, Action<Exception> report)
{
    private Digest lastSeen;

    /// <summary>Nothing rests on it: what cannot be had is left out of the statistics.</summary>
    public async Task NoteAsync(EvmLog log, Instant at, CancellationToken cancel)
    {
        if (log.Address != chain.Escrow || log.TransactionHash == lastSeen) return;
        if (Escrow.Event.TryDecode(log.ToAbi()) is not (Escrow.Event.BatchPosted or Escrow.Event.BatchSettled)) return;
        lastSeen = log.TransactionHash;
        try
        {
            var receipt = await chain.Rpc.GetTransactionReceiptAsync(log.TransactionHash, cancel)
                .ConfigureAwait(false);
            if (receipt is null) return;
            var events = receipt.Logs.Where(each => each.Address == chain.Escrow)
                .Select(each => Escrow.Event.TryDecode(each.ToAbi())).ToList();
            var posted = events.OfType<Escrow.Event.BatchPosted>().ToList();
            spent(new BatchGas(
                log.TransactionHash, at, [.. posted.Select(batch => batch.Number)],
                [.. events.OfType<Escrow.Event.BatchSettled>().Select(batch => batch.Number)],
                posted.Aggregate(0UL, (sum, batch) => sum + batch.Tasks), receipt.GasUsed, receipt.EffectiveGasPrice));
        }
        catch (Exception failure) when (failure is ChainException or System.Data.Common.DbException)
        {
            report(failure);
        }
    }
}
