using Stun.Chain.Evm.Rpc;

namespace Stun.Chain.Evm.Sending;

/// <summary>A request that has its nonce: it is on its way, and stays so over crashes.</summary>
public sealed class SentTransaction
{
    private readonly TaskCompletionSource<TransactionReceipt> source =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal SentTransaction(string key, ulong nonce)
    {
        Key = key;
        Nonce = nonce;
        // Nobody need wait for it; a failure that nobody saw is no fault of the process.
        _ = source.Task.ContinueWith(
            static task => _ = task.Exception, CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    public string Key { get; }

    public ulong Nonce { get; }

    /// <summary>Of the version sent last; another takes its place when it is sent again for more.</summary>
    public Digest Hash { get; internal set; }

    /// <summary>
    /// Why the endpoints do not take it just now, though it may be on its way: no coin for its gas, say. It is offered
    /// again until it has an end. Null where they have it.
    /// </summary>
    public ChainException? Hindrance { get; internal set; }

    /// <summary>
    /// When it has its confirmations. A receipt says whether the transaction succeeded; an exception says that the
    /// request is not, and will not be, on the chain (chain.cancelled, chain.nonce-taken, or why it was refused).
    /// </summary>
    public Task<TransactionReceipt> Receipt => source.Task;

    internal void End(TransactionReceipt receipt)
    {
        Hindrance = null;
        source.TrySetResult(receipt);
    }

    internal void Fail(Exception failure) => source.TrySetException(failure);
}
