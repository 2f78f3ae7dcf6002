namespace Stun.Chain.Evm.Rpc;

/// <summary>An exchange with an endpoint that gave no usable answer; never leaves this folder.</summary>
internal sealed class TransportFault(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>False only where it is certain that nothing reached the endpoint.</summary>
    public bool MaybeSent { get; init; } = true;

    /// <summary>The endpoint wants fewer calls in a request, or smaller answers.</summary>
    public bool TooLarge { get; init; }

    /// <summary>The endpoint took too long.</summary>
    public bool Late { get; init; }
}
