using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Rpc;
using Stun.Node.Storage;

namespace Stun.Node.Money.Watch;

/// <summary>What is done about each kind of matter.</summary>
internal sealed class WatchActs(
    ChainAccess chain, WatchFacts facts, BatchEvidence evidence, ContractCaller caller, WatchOptions options,
    Action<Exception> report, CancellationToken stop)
{
    /// <summary>Kinds of challenges, as the court numbers them.</summary>
    private const byte OfLine = 1, OfIndex = 2;

    /// <summary>Some hundred bytes and twenty thousand gas each: far from what a transaction may have.</summary>
    private const int LinesPerCall = 64;

    /// <summary>Of the lines of a strange batch, after its sum was shown: each costs a bond.</summary>
    private const int DemandsMax = 8;

    /// <returns>Whether nothing is left to be done; else it is looked at again.</returns>
    public async Task<bool> AttendAsync(Matter matter)
    {
        switch (matter)
        {
            case Matter.Claimed claimed: return await RefuteAsync(claimed).ConfigureAwait(false);
            case Matter.PaidAlone paid: return await VoidSpentAsync(paid.Task).ConfigureAwait(false);
            case Matter.BatchPosted posted: return await LookAtAsync(posted).ConfigureAwait(false);
            case Matter.BatchChallenged challenged: return await DefendAsync(challenged).ConfigureAwait(false);
            default: throw new InvariantException("every matter is known");
        }
    }

    /// <summary>Until a batch has the task it waits.</summary>
    private async Task<bool> RefuteAsync(Matter.Claimed claimed)
    {
        if (evidence.Of(claimed.Task) is { } batch && evidence.Line(batch, batch.Place, claimed.Task) is { } line)
        {
            var call = TaskEscrow.Calls.Refute(
                claimed.Task, CourtForms.ClaimPosted(batch), CourtForms.ClaimPlace(batch, line));
            if (await caller.TryAsync(chain.TaskEscrow, call).ConfigureAwait(false)) return true;
        }
        claimed.WaitLonger(options.Every);
        return false;
    }

    private async Task<bool> VoidSpentAsync(TaskId task)
    {
        if (evidence.Of(task) is not { State: "posted" } batch
            || facts.Pending(batch.Signed.Batch.Number) is not { } posted
            || evidence.Line(batch, batch.Place, task) is not { } line) return true;
        return await caller.TryAsync(
            chain.Court, Court.Calls.VoidSpent(posted, CourtForms.Place(batch, line))).ConfigureAwait(false);
    }

    private async Task<bool> LookAtAsync(Matter.BatchPosted matter)
    {
        if (facts.Pending(matter.Number) is not { } posted) return true;
        if (evidence.Find(posted.Number, posted.Root, posted.Moves) is not null)
        {
            foreach (var task in evidence.TasksOf(posted.Number))
                if (facts.IsSpent(task) && !await VoidSpentAsync(task).ConfigureAwait(false)) break;
            return true;
        }
        if (Environment.TickCount64 - matter.SeenAt < options.Patience.TotalMilliseconds) return false;
        return await OpposeAsync(matter, posted).ConfigureAwait(false);
    }

    /// <summary>Enough validators have signed what the book has not made: somebody has their keys.</summary>
    private async Task<bool> OpposeAsync(Matter.BatchPosted matter, Court.Posted posted)
    {
        report(new NodeException("watch.foreign-batch",
            $"Batch {posted.Number} on the chain was signed by a quorum and is none of this network's book.",
            "Look at the validators' keys at once; the guardian can pause, and governance replace them."));
        if (matter.AnsweredCount > DemandsMax) return true;
        var terms = Escrow.Answers.Terms(await AskAsync(Escrow.Calls.Terms()).ConfigureAwait(false));
        var isFirst = matter.AnsweredCount == 0;
        var bond = isFirst ? terms.ContestBond : terms.ChallengeBond;
        if (!await LodgeAsync(bond).ConfigureAwait(false) || (!isFirst && posted.Tasks == 0)) return true;
        // Its sum first, which shows all its lines; then lines by chance: a made-up one has no requester's signature.
        var call = isFirst
            ? Court.Calls.Contest(posted)
            : Court.Calls.Demand(posted, (uint)Random.Shared.Next((int)posted.Tasks));
        if (await caller.TryAsync(chain.Court, call).ConfigureAwait(false)) return true;
        matter.WaitLonger(options.Every);
        return false;
    }

    private async Task<bool> DefendAsync(Matter.BatchChallenged matter)
    {
        if (facts.Pending(matter.Number) is not { } posted) return true;
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
        // The court's log says when it is over.
        matter.WaitLonger(options.Every);
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
