using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;

namespace Stun.Chain.Evm.Following;

/// <summary>
/// Reads the logs of blocks that are final, and checks that they hang together with what was read before. All questions
/// of a step travel in one request, so that they are answered from one view of the chain.
/// </summary>
internal sealed class RangeReader(EvmRpc rpc, LogFilter filter, FinalityRule finality)
{
    /// <summary>Up to so many blocks every link is checked; over a longer way only its ends.</summary>
    private const ulong LinksMax = 32;

    private ulong final;

    /// <summary>The logs of a step, and the place behind it.</summary>
    public sealed record Step(IReadOnlyList<EvmLog> Logs, LogCursor End);

    /// <summary>The highest block that counts as unchangeable; null while there is none.</summary>
    public async Task<ulong?> FinalAsync(CancellationToken cancel)
    {
        ulong? now;
        if (finality is FinalityRule.Depth depth)
        {
            var head = await rpc.GetBlockNumberAsync(cancel).ConfigureAwait(false);
            now = head >= depth.Blocks ? head - depth.Blocks : null;
        }
        else
        {
            var tag = finality is FinalityRule.Safe ? BlockTag.Safe : BlockTag.Finalized;
            now = (await rpc.GetBlockAsync(tag, cancel).ConfigureAwait(false))?.Number;
        }
        // Another endpoint may be behind; what was final stays so.
        if (now > final) final = now.Value;
        return now is null && final == 0 ? null : final;
    }

    public async Task<Step> ReadAsync(LogCursor from, ulong to, CancellationToken cancel)
    {
        var first = from.Next;
        var logs = RpcCalls.Logs(filter, first, to, cancel);
        var anchor = from.Hash.IsZero ? null : RpcCalls.Block(BlockTag.At(from.Block), cancel);
        var count = to - first + 1;
        ulong[] numbers = count <= LinksMax ? [.. Sequence(first, count)] : [to];
        var heads = Array.ConvertAll(numbers, each => RpcCalls.Block(BlockTag.At(each), cancel));
        rpc.AskTogether([.. anchor is null ? (RpcCall[])[] : [anchor], logs, .. heads]);

        var before = anchor is null ? null : await anchor.Task.ConfigureAwait(false);
        if (anchor is not null) RequireAnchor(from, before);
        var found = await logs.Task.ConfigureAwait(false);
        List<EvmBlock> blocks = [];
        foreach (var head in heads) blocks.Add(Known(await head.Task.ConfigureAwait(false)));
        if (count <= LinksMax) RequireLinks(before, blocks);
        Require(found, first, to, blocks);
        found.RemoveAll(each => !from.IsBehind(each.BlockNumber, each.Index));
        return new Step(found, new LogCursor(to, blocks[^1].Hash, LogCursor.Whole));
    }

    public static void RequireAnchor(LogCursor cursor, EvmBlock? now)
    {
        if (Known(now).Hash == cursor.Hash) return;
        throw new ChainException("chain.deep-reorg",
            $"Block {cursor.Block} was final as 0x{cursor.Hash}, and is 0x{now!.Hash} now.",
            "Stop and look: what was done on the word of the old blocks must be judged by hand.");
    }

    private static EvmBlock Known(EvmBlock? block) => block ?? throw new ChainException(RpcFault.BlockUnknown,
        "The endpoint does not know a block that is final elsewhere.", "Wait until it has caught up.");

    private static IEnumerable<ulong> Sequence(ulong first, ulong count)
    {
        for (ulong at = 0; at < count; at++) yield return first + at;
    }

    private static void RequireLinks(EvmBlock? before, List<EvmBlock> blocks)
    {
        foreach (var block in blocks)
        {
            if (before is not null && block.Number == before.Number + 1 && block.ParentHash != before.Hash)
                throw Torn($"block {block.Number} does not follow the block before it");
            before = block;
        }
    }

    private void Require(List<EvmLog> logs, ulong first, ulong to, List<EvmBlock> blocks)
    {
        logs.Sort((left, right) => left.BlockNumber != right.BlockNumber
            ? left.BlockNumber.CompareTo(right.BlockNumber)
            : left.Index.CompareTo(right.Index));
        var hashes = blocks.ToDictionary(each => each.Number, each => each.Hash);
        for (var at = 0; at < logs.Count; at++)
        {
            var log = logs[at];
            if (log.BlockNumber < first || log.BlockNumber > to || !IsWanted(log))
                throw Torn($"a log of block {log.BlockNumber} was not asked for");
            if (hashes.TryGetValue(log.BlockNumber, out var hash) && hash != log.BlockHash)
                throw Torn($"a log of block {log.BlockNumber} belongs to another block of that number");
            if (at > 0 && logs[at - 1].BlockNumber == log.BlockNumber && logs[at - 1].Index == log.Index)
                throw Torn($"block {log.BlockNumber} has two logs {log.Index}");
        }
    }

    public bool IsWanted(EvmLog log)
    {
        if (filter.Addresses.Count > 0 && !filter.Addresses.Contains(log.Address)) return false;
        for (var place = 0; place < filter.Topics.Count; place++)
        {
            if (filter.Topics[place].Count == 0) continue;
            if (place >= log.Topics.Count || !filter.Topics[place].Contains(log.Topics[place])) return false;
        }
        return true;
    }

    /// <summary>A node that changes its mind while it is asked; the next look sees it whole.</summary>
    public static ChainException Torn(string what) => new("chain.torn-view",
        $"The endpoint contradicts itself: {what}.", "Look again; if it stays so, use another endpoint.");
}
