namespace Stun.Node.Operator;

/// <summary>
/// A request of a contract that gets no answer but the reason: it is written on the chain as the result, and the
/// payment goes back.
/// </summary>
/// <param name="code">Stable, dotted, for programs.</param>
/// <param name="reason">For whoever wrote the contract: what was wrong, and what to do.</param>
public sealed class RequestRefusedException(string code, string reason, Exception? inner = null)
    : Exception(reason, inner)
{
    public string Code => code;
}
