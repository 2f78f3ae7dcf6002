using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Rpc;
using Stun.Node.Storage;

namespace Stun.Node.Money.Watch;

/// <summary>What is done about each kind of matter.</summary>
internal sealed class WatchActs(
    ChainAccess chain, WatchFacts facts, BatchEvidence evidence, BookWord book, WatchOptions options,
    Action<Exception> report, CancellationToken stop)
{
    /// <summary>Kinds of challenges, as the court numbers them.</summary>
    private const byte OfLine = 1, OfIndex = 2;

    /// <summary>Some hundred bytes and twenty thousand gas each: far from what a transaction may have.</summary>
    private const int LinesPerCall = 64;

    /// <summary>Of a strange batch: each answer costs the watch a bond, and begins the window anew.</summary>
    private const int AnswersMax = 8;

    private readonly ContractCaller caller = new(chain, report, stop);

    /// <returns>Whether nothing is left to be done; else it is looked at again.</returns>
    public async Task<bool> AttendAsync(Matter matter)
    {
        var isDone = matter switch
        {
            Matter.Claimed claimed => await RefuteAsync(claimed).ConfigureAwait(false),
            Matter.JudgedAlone judged => await ReturnAsync(judged).ConfigureAwait(false),
            Matter.PaidAlone paid => await VoidSpentAsync(paid).ConfigureAwait(false),
            Matter.BatchPosted posted => await LookAtAsync(posted).ConfigureAwait(false),
            Matter.BatchChallenged challenged => await DefendAsync(challenged).ConfigureAwait(false),
            _ => throw new InvariantException("every matter is known"),
        };
        if (!isDone) matter.WaitLonger(options.Every);
        return isDone;
    }

    private async Task<bool> RefuteAsync(Matter.Claimed claimed)
    {
        if (await InBatchAsync(claimed.Task, claimed.PayableAt).ConfigureAwait(false) is not var (batch, line))
            return false;
        var call = TaskEscrow.Calls.Refute(
            claimed.Task, CourtForms.ClaimPosted(batch), CourtForms.ClaimPlace(batch, line));
        return await caller.TryAsync(chain.TaskEscrow, call).ConfigureAwait(false);
    }

    /// <summary>Else the requester would pay twice: from what lies there for this task, and from the balance.</summary>
    private async Task<bool> ReturnAsync(Matter.JudgedAlone judged)
    {
        if (await InBatchAsync(judged.Task, judged.PayableAt).ConfigureAwait(false) is not var (batch, line))
            return false;
        var call = TaskEscrow.Calls.ReturnTask(
            CourtForms.ClaimOrder(line), CourtForms.ClaimPosted(batch), CourtForms.ClaimPlace(batch, line));
        return await caller.TryAsync(chain.TaskEscrow, call).ConfigureAwait(false);
    }

    /// <summary>
    /// A settled batch, since a pending one may be voided; a pending one only where the other payment is near. Else
    /// whoever claims often and early would keep this node busy for nothing.
    /// </summary>
    private async Task<(StoredBatch Batch, JudgedLine Line)?> InBatchAsync(TaskId task, ulong payableAt)
    {
        if (evidence.Of(task) is not { } batch || evidence.Line(batch, batch.Place, task) is not { } line) return null;
        var isNear = batch.State == "settled"
            || await ClockAsync().ConfigureAwait(false) + options.RefuteBefore.TotalSeconds >= payableAt;
        return isNear ? (batch, line) : null;
    }

    private async Task<bool> VoidSpentAsync(Matter.PaidAlone paid)
    {
        var (hasRead, number, isPosted) = await book.BatchWithAsync(paid.Task, paid.At).ConfigureAwait(false);
        // What is in no batch when the book knows of the payment comes into none.
        if (number is not { } inside) return hasRead;
        if (!isPosted || facts.Pending(inside) is not { } pending || evidence.Of(paid.Task) is not { } batch
            || batch.Signed.Batch.Number != inside || evidence.Line(batch, batch.Place, paid.Task) is not { } line)
            return false;
        // The book says when the batch is gone.
        await caller.TryAsync(chain.Court, Court.Calls.VoidSpent(pending.Posted, CourtForms.Place(batch, line)))
            .ConfigureAwait(false);
        return false;
    }

    private async Task<bool> LookAtAsync(Matter.BatchPosted matter)
    {
        if (facts.Pending(matter.Number) is not { } batch) return true;
        var isOwn = await book.IsOwnAsync(
            matter.Number, batch.Posted.Root, batch.Posted.Moves, batch.At).ConfigureAwait(false);
        if (isOwn == true) return true;
        // The book has settled it, perhaps, and the chain's word of that is under way to this watch.
        if (isOwn is null || Environment.TickCount64 - matter.SeenAt < options.Patience.TotalMilliseconds) return false;
        // While a challenge waits for its answer no other can be opened.
        return batch.OpenKind == 0 && await OpposeAsync(batch).ConfigureAwait(false);
    }

    /// <summary>Enough validators have signed what the book has not made: somebody has their keys.</summary>
    private async Task<bool> OpposeAsync(PendingBatch batch)
    {
        var posted = batch.Posted;
        report(new NodeException("watch.foreign-batch",
            $"Batch {posted.Number} on the chain was signed by a quorum and is none of this network's book.",
            "Look at the validators' keys at once; the guardian can pause, and governance replace them."));
        if (batch.IsSumShown && (batch.AnswerCount > AnswersMax || posted.Tasks == 0)) return true;
        var terms = Escrow.Answers.Terms(await AskAsync(Escrow.Calls.Terms()).ConfigureAwait(false));
        if (!await LodgeAsync(batch.IsSumShown ? terms.ChallengeBond : terms.ContestBond).ConfigureAwait(false))
            return false;
        // Its sum first, whatever else was asked of it: that is what holds the balances together, and it shows all
        // lines. Then lines by chance: a made-up one has no requester's signature.
        var call = batch.IsSumShown
            ? Court.Calls.Demand(posted, (uint)Random.Shared.NextInt64(posted.Tasks))
            : Court.Calls.Contest(posted);
        return await caller.TryAsync(chain.Court, call).ConfigureAwait(false);
    }

    private async Task<bool> DefendAsync(Matter.BatchChallenged matter)
    {
        if (facts.Pending(matter.Number) is not { Posted: var posted }) return true;
        var open = matter.Challenge;
        if (await ClockAsync().ConfigureAwait(false) > open.AnswerBy)
        {
            // Whoever was to answer did not. Until it is void, it holds up all that come after it.
            await caller.TryAsync(chain.Court, Court.Calls.VoidBatch(posted, open)).ConfigureAwait(false);
        }
        else if (evidence.Find(posted.Number, posted.Root, posted.Moves) is { } batch)
        {
            await (open.Kind switch
            {
                OfLine or OfIndex => ShowLineAsync(posted, batch, open),
                _ => ShowSumAsync(posted, batch, matter),
            }).ConfigureAwait(false);
        }
        else if (open.Challenger != chain.Sender.Address)
        {
            report(Missing(posted.Number));
        }
        // The court's log says when it is over.
        return false;
    }

    private async Task ShowLineAsync(Court.Posted posted, StoredBatch batch, Court.Challenge open)
    {
        if (evidence.LineAt(batch, (int)open.Index) is not { } line)
        {
            report(Missing(posted.Number));
            return;
        }
        var judged = CourtForms.Judged(line);
        await caller.TryAsync(chain.Court, open.Kind == OfLine
            ? Court.Calls.Answer(posted, open, judged)
            : Court.Calls.AnswerDemand(posted, open, judged, BatchEvidence.PathOf(batch, line.Index)))
            .ConfigureAwait(false);
    }

    private async Task ShowSumAsync(Court.Posted posted, StoredBatch batch, Matter.BatchChallenged matter)
    {
        if (evidence.LinesOf(batch) is not { } lines)
        {
            report(Missing(posted.Number));
            return;
        }
        var moves = CourtForms.Moves(batch);
        while (matter.Added < lines.Count)
        {
            var part = lines.Skip((int)matter.Added).Take(LinesPerCall).Select(CourtForms.Unsigned).ToList();
            var call = Court.Calls.AddLines(posted, matter.Challenge, ValueList.From(part), moves);
            if (!await caller.TryAsync(chain.Court, call).ConfigureAwait(false)) return;
            matter.Added += (uint)part.Count;
        }
        await caller.TryAsync(chain.Court, Court.Calls.AnswerContest(posted, matter.Challenge, moves))
            .ConfigureAwait(false);
    }

    private static NodeException Missing(ulong number) => new("watch.no-evidence",
        $"Batch {number} is challenged, and the read model lacks an order or a verdict of it.",
        "Let the read model catch up, or answer with another node that has them; else the batch is voided and its "
        + "tasks come again in a later one.");

    /// <summary>So that a bond can be taken: from what lies there, else from the payer's tokens.</summary>
    private async Task<bool> LodgeAsync(UInt128 bond)
    {
        var self = chain.Sender.Address;
        var lodged = Escrow.Answers.Claimable(
            await AskAsync(Escrow.Calls.Claimable(self)).ConfigureAwait(false));
        if ((UInt128)lodged >= bond) return true;
        var token = Escrow.Answers.Token(await AskAsync(Escrow.Calls.Token()).ConfigureAwait(false));
        var has = StunToken.Answers.BalanceOf(await chain.Rpc.CallAsync(
            new CallRequest(token, StunToken.Calls.BalanceOf(self)), default, stop).ConfigureAwait(false));
        if ((UInt128)has >= bond)
            return await caller.TryAsync(token, StunToken.Calls.Approve(chain.Escrow, bond)).ConfigureAwait(false);
        report(new NodeException("watch.no-bond",
            $"A challenge needs a bond of {bond}, and {self}, who pays for this node's transactions, has {has}.",
            $"Send {self} the difference in the escrow's currency."));
        return false;
    }

    private Task<byte[]> AskAsync(byte[] call) =>
        chain.Rpc.CallAsync(new CallRequest(chain.Escrow, call), default, stop);

    private async Task<ulong> ClockAsync() =>
        (await chain.Rpc.GetBlockAsync(default, stop).ConfigureAwait(false))?.Timestamp ?? 0;
}
