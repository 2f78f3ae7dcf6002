namespace Stun.Node.Transport;

/// <summary>
/// What a peer sent is refused, or a link cannot be made: the only exception that foreign bytes can cause.
/// </summary>
public sealed class TransportException : Exception
{
    /// <param name="code">Stable, dotted, for programs: one of <see cref="LinkCodes"/>.</param>
    /// <param name="message">What was wrong, and where.</param>
    /// <param name="cure">What to do next.</param>
    public TransportException(string code, string message, string cure, Exception? inner = null)
        : base($"{message} {cure}", inner)
    {
        Code = code;
        Reason = message;
        Cure = cure;
    }

    public string Code { get; }

    /// <summary>The message without the cure: what fits into a close frame.</summary>
    public string Reason { get; }

    public string Cure { get; }

    internal static TransportException Malformed(string reason, Exception? inner = null) =>
        new(LinkCodes.Malformed, reason, "Compare the versions of both nodes; else it is an attack.", inner);
}
