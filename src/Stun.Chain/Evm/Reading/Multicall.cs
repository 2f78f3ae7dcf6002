using Stun.Chain.Evm.Abi;
using Stun.Chain.Evm.Rpc;

namespace Stun.Chain.Evm.Reading;

/// <summary>
/// Many reads of one block. With the address of a Multicall3 contract they are one call, for endpoints that count or
/// limit calls; without it they are calls in a batch, pinned to the block, which works on every chain and needs nobody
/// to have deployed anything.
/// </summary>
public sealed class Multicall(EvmRpc rpc, Address? contract = null)
{
    private static readonly AbiSignature Aggregate = AbiSignature.Parse("aggregate3((address,bool,bytes)[])");
    private static readonly ValueList<AbiType> Results = [AbiType.Parse("(bool,bytes)[]")];

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
        AbiValue list = new AbiValue.List([.. calls.Select(each => new AbiValue.List(
        [
            new AbiValue.Account(each.To!.Value), new AbiValue.Flag(true),
            new AbiValue.Bytes(ValueList.Create(each.Data.Span)),
        ]))]);
        var answer = await rpc
            .CallAsync(new CallRequest(address, Aggregate.EncodeCall([list])), block, cancel).ConfigureAwait(false);
        return Read(answer, calls.Count);
    }

    internal static IReadOnlyList<MulticallResult> Read(ReadOnlySpan<byte> answer, int count)
    {
        try
        {
            var items = ((AbiValue.List)AbiCodec.Decode(Results, answer)[0]).Items;
            if (items.Count == count)
            {
                List<MulticallResult> results = [];
                foreach (var item in items)
                {
                    var fields = ((AbiValue.List)item).Items;
                    results.Add(new MulticallResult(
                        ((AbiValue.Flag)fields[0]).Value, ((AbiValue.Bytes)fields[1]).Value.Span.ToArray()));
                }
                return results;
            }
        }
        catch (ChainException bad)
        {
            throw BadAnswer(bad);
        }
        throw BadAnswer(null);
    }

    private static ChainException BadAnswer(Exception? inner) => new("chain.bad-answer",
        "The Multicall3 contract answered what cannot be read.",
        "Check its address; without one, calls are batched instead.", inner);
}
