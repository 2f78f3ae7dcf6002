using System.Numerics;
using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Abi;
using Stun.Chain.Evm.Rpc;
using Stun.Node.Operator.Wire;

namespace Stun.Node.Operator.Following;

/// <summary>
/// Brings replies to the chain. Each is tried without being sent first: an answer that the contract would not take, or
/// its consumer would refuse, is not shown to the world; the payment goes back instead.
/// </summary>
/// <param name="record">Writes to the lane's journal.</param>
/// <param name="refund">Begins to pay out what is left, where that takes a transaction of its own.</param>
internal sealed class Delivery(
    LanePlan plan, EvmRpc rpc, Outbox outbox, Func<LaneEntry, Task> record, Action<OpenRequest> refund)
{
    /// <summary>How often the contract is asked before its no is believed: a reorg may pass, or an extension come.
    /// </summary>
    private const int AttemptsMax = 5;

    private const int RefundAttemptsMax = 8;

    /// <summary>Of a token's transfer behind a proxy, and what the contract writes down.</summary>
    private const ulong RefundGas = 300_000;

    /// <summary>
    /// What a vote may cost over its estimate: nobody knows which one decides, and that one calls the consumer, keeps
    /// something back for each node, and notes their shares.
    /// </summary>
    private const ulong DecidingGas = 400_000, ShareGas = 90_000;

    private const int PollNodesMax = 16;

    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(15);

    private enum Trial : byte
    {
        Taken,

        /// <summary>The contract takes it, and the consumer does not.</summary>
        CallbackRefuses,
        Refused,
    }

    /// <summary>An endpoint that is away only delays: the answer is found and paid, and the contract takes it until
    /// somebody has ended the request.</summary>
    /// <returns>Null when it is done; else why it cannot be.</returns>
    public async Task<string?> DeliverAsync(OpenRequest open, CancellationToken cancel)
    {
        var (reason, pause) = ("", plan.AgainAfter);
        for (var attempt = 0; ;)
        {
            try
            {
                await ExtendedAsync(open, cancel).ConfigureAwait(false);
                var (trial, why) = await TryAsync(open, cancel).ConfigureAwait(false);
                if (trial == Trial.Taken && await SendAsync(open, attempt, cancel).ConfigureAwait(false)) return null;
                reason = trial == Trial.Taken ? "It failed in its block." : why;
                attempt = trial == Trial.CallbackRefuses ? AttemptsMax : attempt + 1;
            }
            catch (ChainException failure) when (Outbox.IsLastWord(failure))
            {
                reason = failure.Message;
                attempt++;
            }
            catch (ChainException failure) when (!Outbox.IsStopped(failure))
            {
                reason = failure.Message;
                if (await IsToBeEndedAsync(open, failure, cancel).ConfigureAwait(false)) attempt = AttemptsMax;
            }
            if (attempt >= AttemptsMax) return await RejectAsync(open, reason, cancel).ConfigureAwait(false);
            await Task.Delay(pause, cancel).ConfigureAwait(false);
            pause = pause * 2 < PauseMax ? pause * 2 : PauseMax;
        }
    }

    /// <summary>
    /// A contract of the first kind pays out what is left by a second transaction. It follows the first one at once, so
    /// that no block lies between them, and it is sent whatever the chain says of the first meanwhile.
    /// </summary>
    public async Task RefundAsync(OpenRequest open, CancellationToken stop)
    {
        var (asked, pause) = (open.BlockHash, plan.AgainAfter);
        var call = OperatorCalls.ProcessRefund(open.Request, RefundTo(open.Request));
        for (var attempt = 0; attempt < RefundAttemptsMax;)
        {
            if (!open.IsRefundDue || open.BlockHash != asked || open.State == RequestState.Retracted) return;
            try
            {
                // The first comes behind the answer, of which the chain knows nothing yet.
                if (attempt > 0) await outbox.TryAsync(call, stop).ConfigureAwait(false);
                if (await outbox.SendAsync(open, $"refund/{attempt}", call, new GasPlan(Fixed: RefundGas), stop)
                    .ConfigureAwait(false))
                {
                    await record(Entry(EntryKind.RefundDone, open)).ConfigureAwait(false);
                    return;
                }
                attempt++;
            }
            catch (ChainException failure) when (Outbox.IsLastWord(failure))
            {
                attempt++;
            }
            catch (ChainException failure) when (!Outbox.IsStopped(failure))
            {
                Say(open, failure.Code, failure.Message);
            }
            await Task.Delay(pause, stop).ConfigureAwait(false);
            pause = pause * 2 < PauseMax ? pause * 2 : PauseMax;
        }
        plan.Say("operator.refund-due", $"What is left of request {open.Request.RequestId} could not be paid out. "
            + "It is tried again when the node starts; look whether it is an authorised sender still.");
    }

    /// <summary>For what the consumer does.</summary>
    public static ulong GasOver(LanePlan plan, OracleRequest request)
    {
        if (PairsOf(request) is not { IsPolled: true } pairs) return plan.Settings.CallbackGas;
        var nodes = pairs.Nodes.Count is > 0 and var named ? named : PollNodesMax;
        return plan.Settings.CallbackGas + DecidingGas + (ShareGas * (ulong)(1 + nodes));
    }

    /// <summary>All under which an answer may have been sent, in this life or an earlier one.</summary>
    public IReadOnlyList<string> KeysOf(OpenRequest open)
    {
        var verbs = Enumerable.Range(0, AttemptsMax).Select(attempt => $"{attempt}")
            .Concat(Enumerable.Range(0, RefundAttemptsMax).Select(attempt => $"refund/{attempt}")).Append("reject");
        return [.. verbs.Select(verb => outbox.KeyOf(open, verb)).Union(open.Sent.Keys)];
    }

    /// <summary>Behind an extension that is on its way the contract would know the answer's end no more.</summary>
    private async Task ExtendedAsync(OpenRequest open, CancellationToken cancel)
    {
        while (open.Tending is { IsUnderWay: true } tending && tending.Reaches > open.Request.Expiration)
            await Task.Delay(plan.AgainAfter / 10, cancel).ConfigureAwait(false);
    }

    private async Task<(Trial, string)> TryAsync(OpenRequest open, CancellationToken cancel)
    {
        var request = open.Request;
        try
        {
            var answer = await outbox.TryAsync(CallOf(open), cancel).ConfigureAwait(false);
            var isAccepted = answer.Length == AbiWriter.WordSize && answer[^1] == 1;
            // A vote that does not decide says the same as a consumer who refuses. The first kind of contract says
            // what it was told, too, when it is estimated with little gas; there the event alone counts.
            if (isAccepted || plan.Settings.IsLegacy || PairsOf(request) is { IsPolled: true })
                return (Trial.Taken, "");
            return (Trial.CallbackRefuses, $"{request.CallbackAddress} would refuse the answer");
        }
        catch (ChainException refused) when (refused.Code == "chain.reverted")
        {
            return (Trial.Refused, refused.Message);
        }
    }

    private async Task<bool> SendAsync(OpenRequest open, int attempt, CancellationToken cancel)
    {
        var isOwed = plan.Settings.IsLegacy && !open.Reply!.Refund.IsZero;
        // Before it is sent: a crash behind it must not forget what is owed then.
        if (isOwed && !open.IsRefundDue) await record(Entry(EntryKind.RefundDue, open)).ConfigureAwait(false);
        open.IsHindered = false;
        return await outbox.SendAsync(open, $"{attempt}", CallOf(open), new GasPlan(GasOver(plan, open.Request)),
            cancel, () =>
            {
                if (isOwed) refund(open);
            }).ConfigureAwait(false);
    }

    /// <summary>Its end may be another one than a moment ago.</summary>
    private static byte[] CallOf(OpenRequest open) =>
        OperatorCalls.FulfillAndRefund(open.Request, open.Reply!.Result.Span, open.Reply.Refund);

    /// <summary>What the endpoints refuse though they are there must end some time; what is only away is waited for.
    /// </summary>
    private async Task<bool> IsToBeEndedAsync(OpenRequest open, ChainException failure, CancellationToken cancel)
    {
        open.IsHindered = true;
        Say(open, failure.Code, failure.Message);
        try
        {
            var head = await rpc.GetBlockAsync(BlockTag.Latest, cancel).ConfigureAwait(false);
            return head is not null && (BigInteger)open.Request.Expiration <= head.Timestamp;
        }
        catch (ChainException away) when (!Outbox.IsStopped(away))
        {
            return false;
        }
    }

    /// <summary>What cannot be answered gives the payment back at once, if the contract lets it.</summary>
    private async Task<string?> RejectAsync(OpenRequest open, string reason, CancellationToken cancel)
    {
        for (var pause = plan.AgainAfter; ; pause = pause * 2 < PauseMax ? pause * 2 : PauseMax)
        {
            try
            {
                var call = OperatorCalls.Reject(open.Request, RefundTo(open.Request));
                if (!await outbox.SendAsync(open, "reject", call, default, cancel).ConfigureAwait(false)) return reason;
                plan.Say("operator.rejected", $"Request {open.Request.RequestId} got its payment back: {reason}");
                if (open.IsRefundDue) await record(Entry(EntryKind.RefundDone, open)).ConfigureAwait(false);
                return null;
            }
            catch (ChainException failure) when (Outbox.IsLastWord(failure))
            {
                plan.Say("operator.given-up", $"Request {open.Request.RequestId}: {reason} {failure.Message}");
                return reason;
            }
            catch (ChainException failure) when (!Outbox.IsStopped(failure))
            {
                if (await IsToBeEndedAsync(open, failure, cancel).ConfigureAwait(false)) return reason;
            }
            await Task.Delay(pause, cancel).ConfigureAwait(false);
        }
    }

    private void Say(OpenRequest open, string code, string message)
    {
        if (open.Tending.Said == code) return;
        open.Tending.Said = code;
        plan.Say(code, $"Request {open.Request.RequestId} waits: {message}");
    }

    private static LaneEntry Entry(EntryKind kind, OpenRequest open) =>
        new(kind) { Id = open.Request.RequestId.ToString() };

    /// <summary>Null where they cannot be read, of which the answer tells.</summary>
    private static RequestPairs? PairsOf(OracleRequest request)
    {
        try
        {
            return RequestPairs.Read(request.Data.Span);
        }
        catch (RequestRefusedException)
        {
            return null;
        }
    }

    private static Address RefundTo(OracleRequest request) =>
        PairsOf(request)?.RefundTo ?? request.CallbackAddress;
}
