using Stun.Chain.Evm.Rpc;

namespace Stun.Chain.Evm.Reading;

/// <summary>
/// Many reads of one block. With the address of a Multicall3 contract they are one call, for endpoints that count or
/// limit calls; without it they are calls in a batch, pinned to the block, which works on every chain and needs nobody
/// to have deployed anything.
/// </summary>
public sealed class Multicall(EvmRpc rpc, Address? contract = null)
{
    /// <summary>aggregate3((address,bool,bytes)[])</summary>
    private const uint Aggregate = 0x82ad56cb;

    /// <summary>Where Multicall3 is on most chains, Ethereum, Base and Arbitrum among them.</summary>
    public static Address UsualAddress { get; } = new(0xca11bde05977b363, 0x1167028862be2a17, 0x3976ca11);

    /// <summary>In the order of the calls. The latest block is pinned first, so that all see the same.</summary>
    public async Task<IReadOnlyList<MulticallResult>> CallAsync(
        IReadOnlyList<CallRequest> calls, BlockTag block = default, CancellationToken cancel = default)
    {
        if (calls.Count == 0) return [];
        if (contract is { } address && calls.All(each => each is { To: not null, From: null, Value.IsZero: true }))
            return await AggregateAsync(address, calls, block, cancel).ConfigureAwait(false);
        if (block == BlockTag.Latest)
            block = BlockTag.At(await rpc.GetBlockNumberAsync(cancel).ConfigureAwait(false));
        var asked = calls.Select(each => RpcCalls.Call(each, block, cancel)).ToArray();
        rpc.AskTogether(asked);
        List<MulticallResult> results = [];
        foreach (var call in asked)
        {
            try
            {
                results.Add(new MulticallResult(true, await call.Task.ConfigureAwait(false)));
            }
            catch (ChainException refused) when (refused.Code == RpcFault.Reverted)
            {
                results.Add(new MulticallResult(false, refused.RevertData ?? default));
            }
        }
        return results;
    }

    private async Task<IReadOnlyList<MulticallResult>> AggregateAsync(
        Address address, IReadOnlyList<CallRequest> calls, BlockTag block, CancellationToken cancel)
    {
        var words = new AbiWords();
        words.Add(32).Add((ulong)calls.Count);
        // Of each call its place, counted from the first place; then the calls.
        var place = (ulong)calls.Count * 32;
        foreach (var call in calls)
        {
            words.Add(place);
            place += 128 + AbiWords.Padded(call.Data.Length);
        }
        foreach (var call in calls) words.Add(call.To!.Value).Add(1).Add(96).AddBytes(call.Data.Span);
        var answer = await rpc
            .CallAsync(new CallRequest(address, words.After(Aggregate)), block, cancel).ConfigureAwait(false);
        return Read(answer, calls.Count);
    }

    internal static IReadOnlyList<MulticallResult> Read(ReadOnlyMemory<byte> answer, int count)
    {
        try
        {
            var list = answer[AbiWords.Number(answer.Span, 0)..];
            if (AbiWords.Number(list.Span, 0) != count) throw new FormatException("another number of results");
            var items = list[32..];
            List<MulticallResult> results = [];
            for (var at = 0; at < count; at++)
            {
                var item = items[AbiWords.Number(items.Span, at * 32)..];
                var bytes = item[AbiWords.Number(item.Span, 32)..];
                var length = AbiWords.Number(bytes.Span, 0);
                results.Add(new MulticallResult(AbiWords.Number(item.Span, 0) == 1, bytes.Slice(32, length)));
            }
            return results;
        }
        catch (Exception bad) when (bad is FormatException or ArgumentException or OverflowException)
        {
            throw new ChainException("chain.bad-answer", "The Multicall3 contract answered what cannot be read.",
                "Check its address; without one, calls are batched instead.", bad);
        }
    }
}
