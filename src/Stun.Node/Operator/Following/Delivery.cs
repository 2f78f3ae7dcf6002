using System.Numerics;
using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Abi;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;
using Stun.Node.Operator.Wire;

namespace Stun.Node.Operator.Following;

/// <summary>
/// Brings replies to the chain. Each is tried without being sent first: an answer that the contract would not take, or
/// its consumer would refuse, is not shown to the world; the payment goes back instead.
/// </summary>
internal sealed class Delivery(LanePlan plan, EvmRpc rpc, TransactionSender sender)
{
    private const int AttemptsMax = 5;

    /// <summary>Over the estimate, for what changes until the block.</summary>
    private const ulong MarginPercent = 20;

    /// <summary>
    /// What a vote may cost over its estimate: nobody knows which one decides, and that one calls the consumer, keeps
    /// something back for each node, and notes their shares.
    /// </summary>
    private const ulong DecidingGas = 400_000, ShareGas = 90_000;

    private const int PollNodesMax = 16;

    /// <summary>The most gas a transaction may name (EIP-7825).</summary>
    private const ulong GasMax = 1 << 24;

    private enum Trial : byte
    {
        Taken,

        /// <summary>The contract takes it, and the consumer does not.</summary>
        CallbackRefuses,
        Refused,
    }

    /// <returns>Null when it is done; else why it cannot be.</returns>
    public async Task<string?> DeliverAsync(OpenRequest open, CancellationToken cancel)
    {
        var reason = "";
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            if (attempt > 0) await Task.Delay(plan.AgainAfter * (1 << (attempt - 1)), cancel).ConfigureAwait(false);
            // Its end may be another one by now.
            var (request, reply) = (open.Request, open.Reply!);
            var call = OperatorCalls.FulfillAndRefund(request, reply.Result.Span, reply.Refund);
            try
            {
                var (trial, why) = await TryAsync(request, call, cancel).ConfigureAwait(false);
                reason = why;
                if (trial == Trial.CallbackRefuses) break;
                if (trial == Trial.Refused) continue;
                var name = $"{request.RequestId}/{request.Expiration}/{attempt}";
                if (!await SendAsync(name, call, GasOver(request), cancel).ConfigureAwait(false)) continue;
                if (plan.Settings.IsLegacy && !reply.Refund.IsZero)
                    await RefundAsync(request, cancel).ConfigureAwait(false);
                return null;
            }
            catch (ChainException failure) when (failure.Code != "chain.sender-stopped")
            {
                reason = failure.Message;
            }
        }
        return await RejectAsync(open, reason, cancel).ConfigureAwait(false);
    }

    /// <summary>Gives more time to what is worked on, and ends what was given up and has expired.</summary>
    public async Task KeepAliveAsync(IReadOnlyList<OpenRequest> late, CancellationToken cancel)
    {
        if (await rpc.GetBlockAsync(BlockTag.Latest, cancel).ConfigureAwait(false) is not { } head) return;
        foreach (var open in late)
        {
            var request = open.Request;
            var left = (BigInteger)request.Expiration - head.Timestamp;
            // An answer that was sent and decided nothing: the others of its poll never came.
            if (open.State == RequestState.GivenUp || open.IsSent)
            {
                if (left <= 0) await OnceAsync(open, "expire", OperatorCalls.Expire(request), cancel)
                    .ConfigureAwait(false);
            }
            else if (left > 0 && left < (BigInteger)plan.ExtendBefore.TotalSeconds)
            {
                UInt256 until = head.Timestamp + (ulong)plan.ExtendBy.TotalSeconds;
                if (until > request.Expiration)
                    await OnceAsync(open, "extend", OperatorCalls.Extend(request, until), cancel)
                        .ConfigureAwait(false);
            }
        }
    }

    private async Task<(Trial, string)> TryAsync(OracleRequest request, byte[] call, CancellationToken cancel)
    {
        try
        {
            var answer = await rpc.CallAsync(
                new CallRequest(plan.Settings.Contract, call) { From = sender.Address }, default, cancel)
                .ConfigureAwait(false);
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

    private ulong GasOver(OracleRequest request)
    {
        if (PairsOf(request) is not { IsPolled: true } pairs) return plan.Settings.CallbackGas;
        var nodes = pairs.Nodes.Count is > 0 and var named ? named : PollNodesMax;
        return plan.Settings.CallbackGas + DecidingGas + (ShareGas * (ulong)(1 + nodes));
    }

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

    /// <returns>Whether it is in a block, and succeeded there.</returns>
    private async Task<bool> SendAsync(string name, byte[] call, ulong more, CancellationToken cancel)
    {
        var estimate = await rpc.EstimateGasAsync(
            new CallRequest(plan.Settings.Contract, call) { From = sender.Address }, default, cancel)
            .ConfigureAwait(false);
        var receipt = await sender.SendAsync(new TransactionRequest(plan.Settings.Contract, call)
        {
            Key = name,
            GasLimit = Math.Min(GasMax, (estimate * (100 + MarginPercent) / 100) + more),
        }, cancel).ConfigureAwait(false);
        return receipt.Succeeded;
    }

    private async Task RefundAsync(OracleRequest request, CancellationToken cancel)
    {
        var to = RefundTo(request);
        await SendAsync($"{request.RequestId}/refund", OperatorCalls.ProcessRefund(request, to), 0, cancel)
            .ConfigureAwait(false);
    }

    /// <summary>What cannot be answered gives the payment back at once, if the contract lets it.</summary>
    private async Task<string?> RejectAsync(OpenRequest open, string reason, CancellationToken cancel)
    {
        var request = open.Request;
        try
        {
            var call = OperatorCalls.Reject(request, RefundTo(request));
            if (await SendAsync($"{request.RequestId}/{request.Expiration}/reject", call, 0, cancel)
                .ConfigureAwait(false))
            {
                plan.Say("operator.rejected", $"Request {request.RequestId} got its payment back: {reason}");
                return null;
            }
        }
        catch (ChainException failure) when (failure.Code != "chain.sender-stopped")
        {
            plan.Say("operator.given-up", $"Request {request.RequestId}: {reason} {failure.Message}");
        }
        return reason;
    }

    private async Task OnceAsync(OpenRequest open, string verb, byte[] call, CancellationToken cancel)
    {
        try
        {
            var name = $"{open.Request.RequestId}/{open.Request.Expiration}/{verb}";
            await SendAsync(name, call, 0, cancel).ConfigureAwait(false);
        }
        catch (ChainException refused) when (refused.Code is "chain.reverted")
        {
            // Asked again it would say the same.
            open.IsAtLimit = true;
            plan.Say($"operator.{verb}", $"Request {open.Request.RequestId}: {refused.Message}");
        }
    }

    private static Address RefundTo(OracleRequest request) =>
        PairsOf(request)?.RefundTo ?? request.CallbackAddress;
}
