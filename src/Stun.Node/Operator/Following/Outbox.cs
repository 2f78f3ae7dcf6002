using Stun.Chain;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;

namespace Stun.Node.Operator.Following;

/// <summary>How much gas a transaction may use.</summary>
/// <param name="Over">The estimate, for what the call sets in motion.</param>
/// <param name="Fixed">In place of an estimate, for what only the transactions before it make possible.</param>
internal readonly record struct GasPlan(ulong Over = 0, ulong? Fixed = null);

/// <summary>Sends what is to be done for requests, each thing under a key that says what it is.</summary>
internal sealed class Outbox(LanePlan plan, EvmRpc rpc, TransactionSender sender)
{
    /// <summary>Over the estimate, for what changes until the block.</summary>
    private const ulong MarginPercent = 20;

    /// <summary>The most gas a transaction may name (EIP-7825).</summary>
    private const ulong GasMax = 1 << 24;

    /// <summary>What was asked for a moment ago may get its nonce after it was looked for.</summary>
    private const int WithdrawLooks = 10;

    private static readonly TimeSpan WithdrawEvery = TimeSpan.FromMilliseconds(200);

    /// <summary>The contract has spoken, or the key is used up: the same again would end the same. All else passes, or
    /// is for the owner to mend.</summary>
    public static bool IsLastWord(ChainException failure) => failure.Code is "chain.reverted" or "chain.cancelled"
        or "chain.key-reused" or "chain.receipt-gone";

    /// <summary>In this life nothing more is sent.</summary>
    public static bool IsStopped(ChainException failure) => failure.Code == "chain.sender-stopped";

    /// <summary>A request of the same number in another block is another one, and so is one that ends later.</summary>
    public string KeyOf(OpenRequest open, string verb)
    {
        var request = open.Request;
        return $"{plan.Settings.Contract}/{request.RequestId}/{open.BlockHash.A:x16}/{request.Expiration}/{verb}";
    }

    /// <summary>Whether something of it is on its way.</summary>
    public bool IsSending(OpenRequest open) => open.Sent.Keys.Any(key => sender.Find(key) is not null);

    public Task<byte[]> TryAsync(byte[] call, CancellationToken cancel) => rpc.CallAsync(
        new CallRequest(plan.Settings.Contract, call) { From = sender.Address }, default, cancel);

    /// <param name="submitted">Is called when it has its nonce: what is sent from there on comes behind it.</param>
    /// <returns>Whether it is in a block, and succeeded there.</returns>
    public async Task<bool> SendAsync(
        OpenRequest open, string verb, byte[] call, GasPlan gas, CancellationToken cancel, Action? submitted = null)
    {
        var name = KeyOf(open, verb);
        var limit = gas.Fixed ?? await LimitAsync(call, gas.Over, cancel).ConfigureAwait(false);
        open.Sent[name] = true;
        var sent = await sender.SubmitAsync(
            new TransactionRequest(plan.Settings.Contract, call) { Key = name, GasLimit = limit }, cancel)
            .ConfigureAwait(false);
        submitted?.Invoke();
        var receipt = await sent.Receipt.WaitAsync(cancel).ConfigureAwait(false);
        return receipt.Succeeded;
    }

    /// <summary>Takes back what is not in a block yet.</summary>
    public async Task WithdrawAsync(IReadOnlyList<string> keys, CancellationToken stop)
    {
        HashSet<string> withdrawn = [];
        var isHindered = false;
        for (var look = 0; look < WithdrawLooks || isHindered; look++)
        {
            isHindered = false;
            foreach (var key in keys)
            {
                if (withdrawn.Contains(key) || sender.Find(key) is null) continue;
                try
                {
                    await sender.CancelAsync(key, stop).ConfigureAwait(false);
                    withdrawn.Add(key);
                }
                catch (ChainException failure) when (!IsStopped(failure))
                {
                    isHindered = true;
                }
            }
            await Task.Delay(WithdrawEvery, stop).ConfigureAwait(false);
        }
    }

    private async Task<ulong> LimitAsync(byte[] call, ulong over, CancellationToken cancel)
    {
        var estimate = await rpc.EstimateGasAsync(
            new CallRequest(plan.Settings.Contract, call) { From = sender.Address }, default, cancel)
            .ConfigureAwait(false);
        return Math.Min(GasMax, (estimate * (100 + MarginPercent) / 100) + over);
    }
}
