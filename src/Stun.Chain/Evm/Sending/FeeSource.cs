using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;

namespace Stun.Chain.Evm.Sending;

/// <summary>Asks for the fees of the last blocks, once for a crowd of transactions.</summary>
internal sealed class FeeSource(EvmRpc rpc, EvmNetwork network, FeePolicy policy, TimeProvider time)
{
    private FeeQuote last;
    private long askedAt;
    private bool isAsked;

    public async ValueTask<FeeQuote> QuoteAsync(CancellationToken cancel)
    {
        if (isAsked && time.GetElapsedTime(askedAt) < network.PollInterval) return last;
        var history = await rpc.GetFeeHistoryAsync(policy.HistoryBlocks, policy.TipPercentile, cancel)
            .ConfigureAwait(false);
        last = policy.Quote(history, network.Fees);
        askedAt = time.GetTimestamp();
        isAsked = true;
        return last;
    }
}
