using Stun.Chain.Evm;
using Stun.Node.Configuration;
using Stun.Node.Gateway;
using Stun.Node.Operator.Wire;

namespace Stun.Node.Operator.Policies;

/// <summary>The owner's word on requests: whom this node answers. What it refuses is told with the reason, and the
/// payment goes back; but strangers to a node that names its callers are not told, since each word on a chain costs.
/// </summary>
public sealed class OperatorPolicy(OperatorRules rules, TimeProvider clock)
{
    /// <summary>A contract that batches asks for some at once.</summary>
    private const int BurstSeconds = 20;

    private readonly RateLimits<Address> rates =
        new(new Rate((int)rules.PerSecond, (int)Math.Min(100_000, rules.PerSecond * BurstSeconds)), clock);

    /// <summary>Whether the request is this node's at all. What is not gets no answer from here.</summary>
    public bool Concerns(OracleRequest request) =>
        (rules.Specs.Count == 0 || rules.Specs.Contains(request.SpecName))
        && (rules.Callers.Count == 0 || rules.Callers.Contains(request.CallbackAddress))
        && request.Payment >= (UInt256)rules.SilentBelow;

    /// <summary>Before anything is read of it.</summary>
    /// <param name="isAgain">It was admitted in an earlier life.</param>
    /// <exception cref="RequestRefusedException"><c>operator.caller</c>, <c>operator.too-large</c>,
    /// <c>operator.too-often</c>.</exception>
    public void Admit(OracleRequest request, bool isAgain)
    {
        // A bridge asks past what is followed.
        if (rules.Callers.Count > 0 && !rules.Callers.Contains(request.CallbackAddress))
            throw new RequestRefusedException("operator.caller",
                $"This node does not answer {request.CallbackAddress}. Ask its owner, or another node.");
        if ((ulong)request.Data.Count > rules.DataBytesMax)
            throw new RequestRefusedException("operator.too-large",
                $"The request has {request.Data.Count} bytes; {rules.DataBytesMax} are taken. Give a content id.");
        if (isAgain) return;
        var wait = rates.Take(request.CallbackAddress, out _);
        if (wait > TimeSpan.Zero)
            throw new RequestRefusedException("operator.too-often",
                $"{request.CallbackAddress} asks more than {rules.PerSecond} times a second. Ask again later.");
    }

    /// <exception cref="RequestRefusedException"><c>operator.refund</c></exception>
    public void Admit(OracleRequest request, RequestPairs pairs)
    {
        var refund = pairs.RefundTo ?? request.CallbackAddress;
        if (rules.RefundTo.Count > 0 && !rules.RefundTo.Contains(refund))
            throw new RequestRefusedException("operator.refund",
                $"This node answers nobody who has money given back to {refund}.");
    }
}
