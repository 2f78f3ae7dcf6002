using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Rpc;
using Stun.Node.Operator.Wire;
using OperatorContract = Stun.Chain.Evm.Contracts.Operator;

namespace Stun.Node.Operator.Following;

/// <summary>
/// Looks after requests by the chain's clock: what is worked on gets more time, what was given up ends when it may, and
/// a refused answer is brought once more, and ended after its window.
/// </summary>
/// <param name="record">Writes to the lane's journal.</param>
internal sealed class Upkeep(LanePlan plan, EvmRpc rpc, Outbox outbox, Func<LaneEntry, Task> record)
{
    /// <summary>As the contract has them, in seconds: until a request ends by itself, how far ahead one extension
    /// reaches, how long a request lives at most, and a refused answer.</summary>
    private const ulong Expiry = 5 * 60, ExtensionMax = 3_600, LifetimeMax = 86_400, RetryWindow = 86_400;

    private const string RetryVerb = "retry";

    private static readonly TimeSpan PauseMax = TimeSpan.FromMinutes(1);

    /// <param name="Done">What the journal is told when it has succeeded; null for nothing.</param>
    /// <param name="Reaches">The new end, of an extension.</param>
    private sealed record Step(string Verb, byte[] Call, GasPlan Gas, LaneEntry? Done, UInt256 Reaches = default);

    /// <summary>Begins what is due now, each by itself: none waits for another one's confirmations.</summary>
    public async Task<IReadOnlyList<Task>> LookAsync(IReadOnlyList<OpenRequest> requests, CancellationToken stop)
    {
        var now = Environment.TickCount64;
        var free = requests.Where(each => !each.Tending.IsUnderWay && each.Tending.AgainAt <= now).ToList();
        if (free.Count == 0) return [];
        if (await rpc.GetBlockAsync(BlockTag.Latest, stop).ConfigureAwait(false) is not { } head) return [];
        List<Task> begun = [];
        foreach (var open in free)
        {
            if (StepOf(open, head.Timestamp) is not { } step) continue;
            open.Tending.IsUnderWay = true;
            begun.Add(Task.Run(() => TendAsync(open, open.Tending, step, stop), CancellationToken.None));
        }
        return begun;
    }

    private Step? StepOf(OpenRequest open, ulong now)
    {
        if (open.State == RequestState.Settled) return open.Refusal is { } refusal ? RetryOf(open, refusal, now) : null;
        var request = open.Request;
        // An answer that was sent and decided nothing: the others of its poll never came.
        if (open.State == RequestState.GivenUp || open.IsSent)
            return request.Expiration <= now ? new Step("expire", OperatorCalls.Expire(request), default, null) : null;
        if (open.State != RequestState.Open || open.IsHindered || outbox.IsSending(open)) return null;
        if (request.Expiration <= now || request.Expiration - now >= (ulong)plan.ExtendBefore.TotalSeconds) return null;
        var until = EndOf(open, now);
        if (until <= request.Expiration) return null;
        return new Step($"extend/{until}", OperatorCalls.Extend(request, until), default,
            Entry(EntryKind.Extended, open) with { Expiration = until.ToString() }, until);
    }

    private UInt256 EndOf(OpenRequest open, ulong now)
    {
        UInt256 until = now + Math.Min((ulong)plan.ExtendBy.TotalSeconds, ExtensionMax);
        var last = open.Original.Expiration + (LifetimeMax - Expiry);
        if (open.LatestEnd is { } said && said < last) last = said;
        return until < last ? until : last;
    }

    private Step? RetryOf(OpenRequest open, CallbackRefusal refusal, ulong now)
    {
        var over = Entry(EntryKind.RefusalOver, open);
        if (refusal.Until <= now)
            return new Step("expire-retry", OperatorCalls.ExpireRetry(
                open.Request, refusal.Kept, refusal.Until, refusal.Result), default, over);
        var since = refusal.Until - now < RetryWindow ? RetryWindow - (ulong)(refusal.Until - now) : 0;
        if (open.Tending.IsRetried || since < (ulong)plan.RetryAfter.TotalSeconds || open.Reply is not { } reply)
            return null;
        // Of a poll another node's answer may have counted, in another form.
        var answer = OperatorCalls.Answer(open.Request, reply.Result.Span);
        if (Keccak256.Hash(answer) != refusal.Result) return null;
        return new Step(RetryVerb, OperatorCalls.RetryCallback(
            open.Request, refusal.Kept, refusal.Until, answer),
            new GasPlan(Delivery.GasOver(plan, open.Request)), over);
    }

    private async Task TendAsync(OpenRequest open, Tending tending, Step step, CancellationToken stop)
    {
        try
        {
            tending.Reaches = step.Reaches;
            if (await outbox.SendAsync(open, step.Verb, step.Call, step.Gas, stop).ConfigureAwait(false))
            {
                tending.Pause = TimeSpan.Zero;
                tending.Said = "";
                if (step.Done is { } entry && open.Tending == tending) await record(entry).ConfigureAwait(false);
                return;
            }
            tending.IsRetried |= step.Verb == RetryVerb;
            Pause(tending);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (ChainException failure)
        {
            Pause(tending);
            await RefusedAsync(open, tending, step, failure).ConfigureAwait(false);
        }
        catch (IOException broken)
        {
            Pause(tending);
            Say(open, tending, "operator.journal", broken.Message);
        }
        finally
        {
            tending.IsUnderWay = false;
        }
    }

    private async Task RefusedAsync(OpenRequest open, Tending tending, Step step, ChainException failure)
    {
        tending.IsRetried |= step.Verb == RetryVerb && Outbox.IsLastWord(failure);
        var word = failure.RevertData is { Length: >= 4 } data ? OperatorContract.Error.TryDecode(data.Span) : null;
        if (word is OperatorContract.Error.ExtensionOutOfBounds { Latest: var latest } && latest < step.Reaches)
        {
            // What the contract still allows is asked for at the next look, if it is anything.
            open.LatestEnd = latest;
            tending.AgainAt = 0;
        }
        else if (word is OperatorContract.Error.NotTheRequest && open.Refusal is not null)
            await record(Entry(EntryKind.RefusalOver, open)).ConfigureAwait(false);
        Say(open, tending, failure.Code == "chain.reverted" ? $"operator.{step.Verb.Split('/')[0]}" : failure.Code,
            failure.Message);
    }

    private void Pause(Tending tending)
    {
        tending.Pause = tending.Pause == TimeSpan.Zero ? plan.LookEvery
            : tending.Pause * 2 < PauseMax ? tending.Pause * 2 : PauseMax;
        tending.AgainAt = Environment.TickCount64 + (long)tending.Pause.TotalMilliseconds;
    }

    private void Say(OpenRequest open, Tending tending, string code, string message)
    {
        if (tending.Said == code) return;
        tending.Said = code;
        plan.Say(code, $"Request {open.Request.RequestId}: {message}");
    }

    private static LaneEntry Entry(EntryKind kind, OpenRequest open) =>
        new(kind) { Id = open.Request.RequestId.ToString() };
}
