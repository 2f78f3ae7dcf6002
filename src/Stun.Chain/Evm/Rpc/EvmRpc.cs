using System.Runtime.CompilerServices;

namespace Stun.Chain.Evm.Rpc;

/// <summary>
/// Speaks JSON-RPC with the nodes of one chain: gathers concurrent calls into batches, goes over to the next endpoint
/// when one fails, repeats what may be repeated. Any number of threads may use it. What fails is a
/// <see cref="ChainException"/>: chain.unreachable, chain.wrong-id, chain.lagging, chain.reverted, chain.rpc-error ...
/// </summary>
public sealed class EvmRpc : IAsyncDisposable
{
    private static readonly TimeSpan HeadPause = TimeSpan.FromMilliseconds(50);

    private readonly EvmRpcOptions options;
    private readonly TimeProvider time;
    private readonly RpcPump pump;

    public EvmRpc(EvmRpcOptions options, TimeProvider? time = null)
    {
        if (options.Endpoints.Count == 0)
            throw new ChainException("chain.no-endpoint", "No endpoint of the chain is given.",
                "Give at least one address, of http or of ws.");
        this.options = options;
        this.time = time ?? TimeProvider.System;
        pump = new RpcPump(options, this.time);
    }

    public ulong ChainId => options.ChainId;

    /// <summary>Of the calls that may stand in one group.</summary>
    public int BatchMax => options.BatchMax;

    /// <summary>Whether an endpoint can tell of new heads by itself.</summary>
    public bool CanSubscribe => pump.Endpoints.All.Any(each => each.Transport is WebSocketTransport);

    public Task<ulong> GetChainIdAsync(CancellationToken cancel = default) => AskAsync(RpcCalls.ChainId(cancel));

    public Task<ulong> GetBlockNumberAsync(CancellationToken cancel = default) =>
        AskAsync(RpcCalls.BlockNumber(cancel));

    /// <summary>The head of a block; null where the endpoint does not know it.</summary>
    public Task<EvmBlock?> GetBlockAsync(BlockTag block, CancellationToken cancel = default) =>
        AskAsync(RpcCalls.Block(block, cancel));

    public Task<Amount> GetBalanceAsync(
        Address account, BlockTag block = default, CancellationToken cancel = default) =>
        AskAtAsync(block, RpcCalls.Balance(account, block, cancel), cancel);

    public Task<byte[]> GetCodeAsync(Address account, BlockTag block = default, CancellationToken cancel = default) =>
        AskAtAsync(block, RpcCalls.Code(account, block, cancel), cancel);

    public Task<ulong> GetTransactionCountAsync(
        Address account, BlockTag block = default, CancellationToken cancel = default) =>
        AskAtAsync(block, RpcCalls.TransactionCount(account, block, cancel), cancel);

    public Task<byte[]> CallAsync(
        CallRequest request, BlockTag block = default, CancellationToken cancel = default) =>
        AskAtAsync(block, RpcCalls.Call(request, block, cancel), cancel);

    public Task<ulong> EstimateGasAsync(
        CallRequest request, BlockTag block = default, CancellationToken cancel = default) =>
        AskAtAsync(block, RpcCalls.EstimateGas(request, block, cancel), cancel);

    public Task<FeeHistory> GetFeeHistoryAsync(int blockCount, int percentile, CancellationToken cancel = default) =>
        AskAtAsync(BlockTag.Latest, RpcCalls.Fees(blockCount, percentile, cancel), cancel);

    /// <summary>Not repeated once it may have reached a node: its sender decides.</summary>
    public Task<Digest> SendRawTransactionAsync(ReadOnlyMemory<byte> raw, CancellationToken cancel = default) =>
        AskAsync(RpcCalls.Send(raw.Span, cancel));

    public Task<TransactionReceipt?> GetTransactionReceiptAsync(Digest hash, CancellationToken cancel = default) =>
        AskAsync(RpcCalls.Receipt(hash, cancel));

    public Task<KnownTransaction?> GetTransactionAsync(Digest hash, CancellationToken cancel = default) =>
        AskAsync(RpcCalls.Transaction(hash, cancel));

    /// <summary>Both ends are included. A node that finds this too much answers chain.range-refused.</summary>
    public async Task<IReadOnlyList<EvmLog>> GetLogsAsync(
        LogFilter filter, ulong from, ulong to, CancellationToken cancel = default) =>
        await AskAsync(RpcCalls.Logs(filter, from, to, cancel)).ConfigureAwait(false);

    public async Task<IReadOnlyList<EvmLog>> GetLogsAsync(
        LogFilter filter, Digest block, CancellationToken cancel = default) =>
        await AskAsync(RpcCalls.Logs(filter, block, cancel)).ConfigureAwait(false);

    /// <summary>
    /// Each new head until the connection ends. Heads are news and no record: after the end, and between two of them,
    /// blocks may have passed unseen.
    /// </summary>
    public async IAsyncEnumerable<EvmBlock> NewHeadsAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        var endpoint = pump.Endpoints.All.FirstOrDefault(each => each.Transport is WebSocketTransport)
            ?? throw new ChainException("chain.no-subscription", "No endpoint can tell of new heads by itself.",
                "Give an endpoint of ws or wss.");
        var heads = await SubscribeAsync(endpoint, cancel).ConfigureAwait(false);
        await foreach (var head in heads.ReadAllAsync(cancel).ConfigureAwait(false)) yield return head;
    }

    public ValueTask DisposeAsync() => pump.DisposeAsync();

    internal Task<T> AskAsync<T>(RpcCall<T> call)
    {
        pump.Add(call);
        return call.Task;
    }

    /// <summary>
    /// A node in the midst of a reorg may not have its own newest block for a moment. Who asked by name means whatever
    /// is newest, and is not told of it; a block that was named by number or hash is missing.
    /// </summary>
    private async Task<T> AskAtAsync<T>(BlockTag block, RpcCall<T> call, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await AskAsync(attempt == 1 ? call : call.Again(cancel)).ConfigureAwait(false);
            }
            catch (ChainException gone) when (
                gone.Code == RpcFault.BlockUnknown && block.IsMoving && attempt < options.AttemptsMax)
            {
                await Task.Delay(HeadPause * attempt, time, cancel).ConfigureAwait(false);
            }
        }
    }

    /// <summary>In one request and in this order, so that one node answers all from one view.</summary>
    internal void AskTogether(params RpcCall[] calls)
    {
        foreach (var group in calls.Chunk(options.BatchMax)) pump.Add(group);
    }

    private async Task<System.Threading.Channels.ChannelReader<EvmBlock>> SubscribeAsync(
        Endpoint endpoint, CancellationToken cancel)
    {
        try
        {
            return await ((WebSocketTransport)endpoint.Transport).SubscribeAsync(async token =>
            {
                var call = RpcCalls.SubscribeHeads(token);
                await pump.ExchangeAsync(endpoint, [call], token).ConfigureAwait(false);
                return await call.Task.ConfigureAwait(false);
            }, cancel).ConfigureAwait(false);
        }
        catch (TransportFault fault)
        {
            throw new ChainException("chain.unreachable",
                $"The endpoint {endpoint.Name} gave no answer. {fault.Message}",
                "Check that it runs and is reachable.", fault);
        }
    }
}
