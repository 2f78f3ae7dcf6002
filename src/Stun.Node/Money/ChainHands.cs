using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Following;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;
using Stun.Node.Hosting;

namespace Stun.Node.Money;

/// <summary>
/// The escrow role's hands where a chain keeps the money: tells it what the contracts have made final, and brings its
/// batches there.
/// </summary>
internal sealed class ChainHands(
    HandTools tools, ChainAccess chain, ulong firstBlock, RunningWork work, BatchCost cost)
    : RoleHands(tools)
{
    /// <summary>After a fault of the endpoints, which the calls below have tried around already.</summary>
    private static readonly TimeSpan FollowAgainAfter = TimeSpan.FromSeconds(2);

    private readonly ContractCaller caller = new(chain, work.Report, work.Stopping);
    private Task? following;

    public override bool IsForeign(Ask asked) => asked is Ask.SubmitBatch || base.IsForeign(asked);

    public override void Carry(RoleHost role, ulong id, Ask asked)
    {
        switch (asked)
        {
            case Ask.FollowChain follow when following is null:
                work.Add(following = Task.Run(() => FollowAsync(role, follow.After)));
                break;
            case Ask.FollowChain: break;
            case Ask.SubmitBatch submit: work.Add(Task.Run(() => SubmitAsync(role, id, submit))); break;
            default: base.Carry(role, id, asked); break;
        }
    }

    private async Task FollowAsync(RoleHost role, ChainPosition after)
    {
        var cursor = after == default
            ? LogCursor.StartAt(firstBlock)
            : new LogCursor(after.Block, after.Hash ?? Digest.Zero, after.Index);
        var what = LogFilter.Of(chain.Escrow, chain.Staking, chain.Court, chain.TaskEscrow);
        var options = new LogFollowerOptions(what, chain.Network) { Finality = chain.Finality };
        var follower = new LogFollower(chain.Rpc, options);
        while (!work.Stopping.IsCancellationRequested)
        {
            try
            {
                var head = await chain.Rpc.GetBlockNumberAsync(work.Stopping).ConfigureAwait(false);
                if (head < after.Block) throw Forgotten(head, after);
                await foreach (var told in follower.ConfirmedAsync(cursor, work.Stopping).ConfigureAwait(false))
                {
                    if (told is FollowedEvent.Seen seen)
                    {
                        await TellAsync(role, seen.Log).ConfigureAwait(false);
                        await cost.NoteAsync(seen.Log, Pump.Now, work.Stopping).ConfigureAwait(false);
                    }
                    cursor = told.Cursor;
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (ChainException failure) when (failure.Code != "chain.deep-reorg")
            {
                work.Report(failure);
                await Task.Delay(FollowAgainAfter, work.Stopping)
                    .ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
            }
            catch (Exception end)
            {
                // What the book rests on is not there, or is not understood: whatever it decided next would be wrong.
                Pump.Fail(end);
                return;
            }
        }
    }

    private static NodeException Forgotten(ulong head, ChainPosition after) => new("chain.forgotten",
        $"The chain ends at block {head}, and this node's book has taken in block {after.Block}.",
        "If it is a chain of this machine that was not ended properly, remove the network's folder; else look at the "
        + "endpoints.");

    private async Task TellAsync(RoleHost role, EvmLog log)
    {
        // A window is measured by the chain's clock; what is left of it is the same by ours.
        var block = await chain.Rpc.GetBlockAsync(BlockTag.At(log.BlockHash), work.Stopping).ConfigureAwait(false);
        var happened = ChainReading.Read(chain, log, DueIn, Pump.Now);
        if (happened is null) return;
        var position = new ChainPosition(log.BlockNumber, log.Index, log.BlockHash);
        Pump.Visit(() => role.Take(new Input(role.Address, new Message.ChainLogged(position, Pump.Now, happened))));

        Duration DueIn(ulong payableAt)
        {
            if (chain.SkipTo is not null || block is null || payableAt <= block.Timestamp) return Duration.Zero;
            return Duration.Seconds(checked((long)(payableAt - block.Timestamp)));
        }
    }

    private async Task SubmitAsync(RoleHost role, ulong id, Ask.SubmitBatch submit)
    {
        var refusal = EscrowRefusal.WindowOpen;
        try
        {
            if (submit.Settle is { } due && chain.SkipTo is { } skip)
                await skip(due.PayableAt.UnixSeconds, work.Stopping).ConfigureAwait(false);
            refusal = await SendAsync(submit).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (ChainException failure)
        {
            work.Report(failure);
        }
        Pump.Answer(role, id, new Answer.CallFinal(refusal));
    }

    private async Task<EscrowRefusal> SendAsync(Ask.SubmitBatch submit)
    {
        if (submit is { Post: { } post, Settle: { } settle })
        {
            var both = Escrow.Calls.PostAndSettle(
                BatchOf(post.Batch), SignatureBytes.Compact(post.Signatures), [PostedOf(settle)],
                [MovesOf(settle)]);
            if (await TrySendAsync(both).ConfigureAwait(false)) return EscrowRefusal.None;
        }
        // One by one, so that what is wrong with the one does not hold up the other.
        var isDone = true;
        if (submit.Settle is { } alone) isDone &= await SettleAsync(alone).ConfigureAwait(false);
        if (submit.Post is { } signed)
            isDone &= await TrySendAsync(Escrow.Calls.Post(
                BatchOf(signed.Batch), SignatureBytes.Compact(signed.Signatures))).ConfigureAwait(false);
        return isDone ? EscrowRefusal.None : EscrowRefusal.WindowOpen;
    }

    private async Task<bool> SettleAsync(DueBatch due)
    {
        var (posted, moves) = (PostedOf(due), MovesOf(due));
        if (await TrySendAsync(Escrow.Calls.Settle(posted, moves)).ConfigureAwait(false)) return true;
        // It needs money that a voided batch was to bring: it comes again after that.
        return await TrySendAsync(Escrow.Calls.VoidUncovered(posted, moves)).ConfigureAwait(false);
    }

    private Task<bool> TrySendAsync(byte[] call) => caller.TryAsync(chain.Escrow, call);

    private static Escrow.Batch BatchOf(ChainBatch batch) => new(batch.Number, batch.Root, batch.Tasks, batch.Moves);

    private static Escrow.Posted PostedOf(DueBatch due) => new(
        due.Batch.Number, due.Batch.Root, due.Batch.Tasks, due.Batch.Moves, due.PayableAt.UnixSeconds);

    private static ValueList<byte> MovesOf(DueBatch due) => ValueList.Create<byte>(Digest.Join(due.Moves));
}
