using System.Runtime.CompilerServices;
using Stun.Chain.Evm.Rpc;

namespace Stun.Chain.Evm.Following;

/// <summary>
/// Follows the logs of contracts. The confirmed stream tells only what is final, each log once and in order; the
/// provisional stream tells at once, and takes back what a reorg removes. A reorg of what was final ends both with
/// chain.deep-reorg; an endpoint that is away for a while only delays them.
/// </summary>
public sealed class LogFollower
{
    private readonly EvmRpc rpc;
    private readonly LogFollowerOptions options;
    private readonly TimeProvider time;

    private sealed record Level(ulong Number, Digest Hash, IReadOnlyList<EvmLog> Logs)
    {
        public LogCursor Cursor => new(Number, Hash, LogCursor.Whole);
    }

    public LogFollower(EvmRpc rpc, LogFollowerOptions options, TimeProvider? time = null)
    {
        this.rpc = rpc;
        this.options = options;
        this.time = time ?? TimeProvider.System;
    }

    /// <summary>Why the last look failed, be it that the next one succeeds; null where it did not.</summary>
    public ChainException? LastFailure { get; private set; }

    public async IAsyncEnumerable<FollowedEvent> ConfirmedAsync(
        LogCursor from, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var reader = Reader();
        await using var waiter = Waiter();
        var (at, range) = (from, options.RangeMax);
        while (true)
        {
            var final = await TryAsync(() => reader.FinalAsync(cancel)).ConfigureAwait(false);
            if (final is null || at.Next > final)
            {
                await waiter.WaitAsync(cancel).ConfigureAwait(false);
                continue;
            }
            var (step, next) = await StepAsync(reader, at, final.Value, range, cancel).ConfigureAwait(false);
            range = next;
            if (step is null)
            {
                await waiter.WaitAsync(cancel).ConfigureAwait(false);
                continue;
            }
            foreach (var log in step.Logs) yield return new FollowedEvent.Seen(log, Behind(log));
            at = step.End;
            yield return new FollowedEvent.Reached(at);
        }
    }

    /// <summary>Begins with what is final behind the cursor. The cursor of an event may be retracted with it.</summary>
    public async IAsyncEnumerable<FollowedEvent> ProvisionalAsync(
        LogCursor from, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var reader = Reader();
        await using var waiter = Waiter();
        var (anchor, range) = (from, options.RangeMax);
        List<Level> window = [];
        while (true)
        {
            var final = await TryAsync(() => reader.FinalAsync(cancel)).ConfigureAwait(false);
            if (window.Count == 0 && final is { } limit && anchor.Next <= limit)
            {
                var (step, next) = await StepAsync(reader, anchor, limit, range, cancel).ConfigureAwait(false);
                range = next;
                foreach (var log in step?.Logs ?? []) yield return new FollowedEvent.Seen(log, Behind(log));
                anchor = step?.End ?? anchor;
                if (step is null) await waiter.WaitAsync(cancel).ConfigureAwait(false);
                else yield return new FollowedEvent.Reached(anchor);
                continue;
            }
            var (gone, come) = await TryAsync(() => CompareAsync(reader, anchor, window, cancel))
                .ConfigureAwait(false) ?? Nothing;
            foreach (var level in gone)
            {
                window.RemoveAt(window.Count - 1);
                var place = window.Count > 0 ? window[^1].Cursor : anchor;
                foreach (var log in level.Logs.Reverse()) yield return new FollowedEvent.Retracted(log, place);
            }
            foreach (var level in come)
            {
                window.Add(level);
                foreach (var log in level.Logs) yield return new FollowedEvent.Seen(log, Behind(log));
            }
            if (Settle(window, final) is { } settled)
            {
                anchor = settled;
                yield return new FollowedEvent.Reached(anchor);
            }
            if (come.Count == 0) await waiter.WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    private static (List<Level> Gone, List<Level> Come) Nothing => ([], []);

    private RangeReader Reader() => new(rpc, options.Filter, options.Finality ?? options.Network.Finality);

    private HeadWaiter Waiter() => new(rpc, options.PollInterval ?? options.Network.PollInterval, time);

    private static LogCursor Behind(EvmLog log) => new(log.BlockNumber, log.BlockHash, log.Index);

    /// <summary>What may pass by itself is waited for.</summary>
    private static bool MayPass(ChainException failure) => failure.Code is "chain.unreachable" or "chain.lagging"
        or "chain.torn-view" or "chain.overloaded" or RpcFault.RateLimited or RpcFault.BlockUnknown;

    private async Task<T?> TryAsync<T>(Func<Task<T>> look)
    {
        try
        {
            var found = await look().ConfigureAwait(false);
            LastFailure = null;
            return found;
        }
        catch (ChainException failure) when (MayPass(failure))
        {
            LastFailure = failure;
            return default;
        }
    }

    private async Task<(RangeReader.Step? Step, ulong Range)> StepAsync(
        RangeReader reader, LogCursor at, ulong final, ulong range, CancellationToken cancel)
    {
        while (true)
        {
            var to = Math.Min(final, at.Next + range - 1);
            try
            {
                var step = await TryAsync(() => reader.ReadAsync(at, to, cancel)).ConfigureAwait(false);
                return (step, step is null ? range : Math.Min(options.RangeMax, range * 2));
            }
            catch (ChainException refused) when (refused.Code == RpcFault.RangeRefused && to > at.Next)
            {
                range = Math.Max(1, (to - at.Next + 1) / 2);
            }
        }
    }

    /// <summary>Which levels the chain no longer has, highest first, and which it has above the rest.</summary>
    private async Task<(List<Level> Gone, List<Level> Come)?> CompareAsync(
        RangeReader reader, LogCursor anchor, List<Level> window, CancellationToken cancel)
    {
        var head = await rpc.GetBlockAsync(BlockTag.Latest, cancel).ConfigureAwait(false);
        if (head is null || (window.Count > 0 && window[^1].Hash == head.Hash)) return Nothing;
        List<Level> gone = [];
        var kept = await KeptAsync(head, anchor, window, cancel).ConfigureAwait(false);
        for (var at = window.Count - 1; at >= kept; at--) gone.Add(window[at]);

        List<Level> come = [];
        var below = kept > 0 ? window[kept - 1].Cursor : anchor;
        while (below.Next <= head.Number && kept + come.Count < options.WindowMax && come.Count < rpc.BatchMax)
        {
            var block = below.Next == head.Number
                ? head
                : await rpc.GetBlockAsync(BlockTag.At(below.Next), cancel).ConfigureAwait(false);
            // The chain has changed while we looked: what hangs together is told, the rest with the next look.
            if (block is null || (block.Number == below.Block + 1 && below is { Hash.IsZero: false }
                && block.ParentHash != below.Hash)) break;
            var logs = await LogsAsync(reader, below, block, cancel).ConfigureAwait(false);
            if (logs is null) break;
            come.Add(new Level(block.Number, block.Hash, logs));
            below = come[^1].Cursor;
        }
        return (gone, come);
    }

    /// <summary>How many levels from the bottom are still in the chain.</summary>
    private async Task<int> KeptAsync(EvmBlock head, LogCursor anchor, List<Level> window, CancellationToken cancel)
    {
        if (window.Count > 0 && window[^1].Hash == head.ParentHash) return window.Count;
        var kept = window.Count;
        while (kept > 0)
        {
            var top = window[kept - 1];
            // An endpoint that is behind says nothing about what is above its head; blocks that replace ours would.
            if (top.Number > head.Number)
            {
                if (window[0].Number <= head.Number
                    && window[(int)(head.Number - window[0].Number)].Hash == head.Hash) return window.Count;
                kept--;
                continue;
            }
            var now = top.Number == head.Number
                ? head
                : await rpc.GetBlockAsync(BlockTag.At(top.Number), cancel).ConfigureAwait(false);
            if (now?.Hash == top.Hash) return kept;
            kept--;
        }
        if (!anchor.Hash.IsZero && head.Number >= anchor.Block)
            RangeReader.RequireAnchor(
                anchor, await rpc.GetBlockAsync(BlockTag.At(anchor.Block), cancel).ConfigureAwait(false));
        return 0;
    }

    private async Task<IReadOnlyList<EvmLog>?> LogsAsync(
        RangeReader reader, LogCursor below, EvmBlock block, CancellationToken cancel)
    {
        try
        {
            var logs = await rpc.GetLogsAsync(options.Filter, block.Hash, cancel).ConfigureAwait(false);
            if (logs.Any(each => each.BlockHash != block.Hash || !reader.IsWanted(each)))
                throw RangeReader.Torn($"logs of block {block.Number} were not asked for");
            return [.. logs.Where(each => below.IsBehind(each.BlockNumber, each.Index)).OrderBy(each => each.Index)];
        }
        catch (ChainException gone) when (gone.Code is "chain.rpc-error" or RpcFault.BlockUnknown)
        {
            return null;
        }
    }

    /// <summary>Forgets the levels that are final now; the place behind the last of them.</summary>
    private static LogCursor? Settle(List<Level> window, ulong? final)
    {
        var count = window.TakeWhile(each => each.Number <= final).Count();
        if (count == 0) return null;
        var settled = window[count - 1].Cursor;
        window.RemoveRange(0, count);
        return settled;
    }
}
