namespace Stun.Chain.Evm.Rpc;

/// <summary>Makes the calls: their words, their parameters, how their answers are read.</summary>
internal static class RpcCalls
{
    public static RpcCall<ulong> ChainId(CancellationToken cancel) =>
        new("eth_chainId", Fragment("eth_chainId"u8), RpcReading.Quantity, cancel);

    public static RpcCall<ulong> BlockNumber(CancellationToken cancel) =>
        new("eth_blockNumber", Fragment("eth_blockNumber"u8), RpcReading.Quantity, cancel);

    public static RpcCall<EvmBlock?> Block(BlockTag block, CancellationToken cancel)
    {
        // Without the transactions.
        var text = block.IsHash ? Begin("eth_getBlockByHash"u8) : Begin("eth_getBlockByNumber"u8);
        if (block.IsHash) block.WriteHashOnly(text);
        else block.Write(text);
        return new RpcCall<EvmBlock?>("eth_getBlockByNumber", End(text.Raw(",false"u8)), EvmBlock.Read, cancel);
    }

    public static RpcCall<Amount> Balance(Address account, BlockTag block, CancellationToken cancel) =>
        new("eth_getBalance", Account("eth_getBalance"u8, account, block), RpcReading.Money, cancel);

    public static RpcCall<byte[]> Code(Address account, BlockTag block, CancellationToken cancel) =>
        new("eth_getCode", Account("eth_getCode"u8, account, block), RpcReading.Data, cancel);

    public static RpcCall<ulong> TransactionCount(Address account, BlockTag block, CancellationToken cancel) =>
        new("eth_getTransactionCount", Account("eth_getTransactionCount"u8, account, block), RpcReading.Quantity,
            cancel);

    public static RpcCall<byte[]> Call(CallRequest request, BlockTag block, CancellationToken cancel)
    {
        var text = Begin("eth_call"u8);
        request.Write(text);
        block.Write(text.Raw(","u8));
        return new RpcCall<byte[]>("eth_call", End(text), RpcReading.Data, cancel);
    }

    public static RpcCall<ulong> EstimateGas(CallRequest request, BlockTag block, CancellationToken cancel)
    {
        var text = Begin("eth_estimateGas"u8);
        request.Write(text);
        block.Write(text.Raw(","u8));
        return new RpcCall<ulong>("eth_estimateGas", End(text), RpcReading.Quantity, cancel);
    }

    public static RpcCall<FeeHistory> Fees(int blockCount, int percentile, CancellationToken cancel)
    {
        var text = Begin("eth_feeHistory"u8).Quantity((ulong)blockCount).Raw(",\"latest\",["u8).Number(percentile)
            .Raw("]"u8);
        return new RpcCall<FeeHistory>("eth_feeHistory", End(text), FeeHistory.Read, cancel);
    }

    public static RpcCall<Digest> Send(ReadOnlySpan<byte> raw, CancellationToken cancel) =>
        new("eth_sendRawTransaction", End(Begin("eth_sendRawTransaction"u8).Hex(raw)), RpcReading.Hash, cancel);

    public static RpcCall<TransactionReceipt?> Receipt(Digest hash, CancellationToken cancel) =>
        new("eth_getTransactionReceipt", End(Begin("eth_getTransactionReceipt"u8).Hex(hash)), TransactionReceipt.Read,
            cancel);

    public static RpcCall<KnownTransaction?> Transaction(Digest hash, CancellationToken cancel) =>
        new("eth_getTransactionByHash", End(Begin("eth_getTransactionByHash"u8).Hex(hash)), KnownTransaction.Read,
            cancel);

    public static RpcCall<List<EvmLog>> Logs(LogFilter filter, ulong from, ulong to, CancellationToken cancel)
    {
        var text = Begin("eth_getLogs"u8).Raw("{\"fromBlock\":"u8).Quantity(from).Raw(",\"toBlock\":"u8).Quantity(to);
        filter.Write(text);
        return new RpcCall<List<EvmLog>>("eth_getLogs", End(text.Raw("}"u8)), EvmLog.ReadList, cancel);
    }

    public static RpcCall<List<EvmLog>> Logs(LogFilter filter, Digest block, CancellationToken cancel)
    {
        var text = Begin("eth_getLogs"u8).Raw("{\"blockHash\":"u8).Hex(block);
        filter.Write(text);
        return new RpcCall<List<EvmLog>>("eth_getLogs", End(text.Raw("}"u8)), EvmLog.ReadList, cancel);
    }

    public static RpcCall<string> SubscribeHeads(CancellationToken cancel) =>
        new("eth_subscribe", End(Begin("eth_subscribe"u8).Raw("\"newHeads\""u8)),
            static (ref reader) => reader.GetString() ?? throw new FormatException("no name of a subscription"),
            cancel);

    private static byte[] Fragment(ReadOnlySpan<byte> method) => End(Begin(method));

    private static byte[] Account(ReadOnlySpan<byte> method, Address account, BlockTag block)
    {
        var text = Begin(method).Hex(account).Raw(","u8);
        block.Write(text);
        return End(text);
    }

    private static RpcText Begin(ReadOnlySpan<byte> method) =>
        new RpcText().Raw("\"method\":\""u8).Raw(method).Raw("\",\"params\":["u8);

    private static byte[] End(RpcText text) => text.Raw("]"u8).ToArray();
}
