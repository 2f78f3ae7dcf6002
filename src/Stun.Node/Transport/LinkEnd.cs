using System.Net.WebSockets;
using System.Text;

namespace Stun.Node.Transport;

/// <summary>The stable codes with which links end, are refused, or complain.</summary>
public static class LinkCodes
{
    public const string Malformed = "link.malformed";
    public const string TooLarge = "link.too-large";
    public const string FrameRefused = "link.frame-refused";
    public const string Gap = "link.gap";
    public const string AckImpossible = "link.ack-impossible";
    public const string Version = "link.version";
    public const string NetworkMismatch = "link.network-mismatch";
    public const string BadSignature = "link.bad-signature";
    public const string UnexpectedHub = "link.unexpected-hub";
    public const string UnprovenRole = "link.unproven-role";
    public const string AddressTaken = "link.address-taken";
    public const string StaleEpoch = "link.stale-epoch";
    public const string Superseded = "link.superseded";
    public const string Replaced = "link.replaced";
    public const string NotYourAddress = "link.not-your-address";
    public const string NotForHere = "link.not-for-here";
    public const string Timeout = "link.timeout";
    public const string Silent = "link.silent";
    public const string Lost = "link.lost";
    public const string Failed = "link.failed";
    public const string Closing = "link.closing";
    public const string TooManyLinks = "link.too-many";
    public const string NoPeerSocket = "link.no-websocket";
    public const string Unreachable = "relay.unreachable";
    public const string RelayFull = "relay.full";
    public const string RelayUnsigned = "relay.unsigned";
    public const string RelayRefused = "relay.refused";
    public const string MessageRefused = "message.refused";
}

/// <summary>Why a link ended, and who said so.</summary>
/// <param name="Code">One of <see cref="LinkCodes"/>, or what the other side wrote.</param>
public sealed record LinkEnd(string Code, string Text, bool SaidByPeer = false)
{
    /// <summary>A close frame has 125 bytes, two of which are its number (RFC 6455, 5.5).</summary>
    private const int DescriptionBytesMax = 123;

    /// <summary>Our own error, for our own log.</summary>
    public Exception? Cause { get; private init; }

    internal static LinkEnd From(TransportException cause) => new(cause.Code, cause.Reason);

    internal static LinkEnd Lost(Exception cause) => new(LinkCodes.Lost, cause.Message);

    /// <summary>An error of our own, whose details are not for the other side.</summary>
    internal static LinkEnd Failed(Exception cause) => new(LinkCodes.Failed, $"An error here: {cause.GetType().Name}.")
    {
        Cause = cause,
    };

    /// <summary>What the other side wrote into its close frame. Unauthenticated: for people only.</summary>
    internal static LinkEnd Read(WebSocket socket)
    {
        var text = socket.CloseStatusDescription;
        if (string.IsNullOrEmpty(text)) return new LinkEnd(LinkCodes.Lost, "The other side closed.", SaidByPeer: true);
        var at = text.IndexOf(": ", StringComparison.Ordinal);
        return at < 0
            ? new LinkEnd(LinkCodes.Lost, text, SaidByPeer: true)
            : new LinkEnd(text[..at], text[(at + 2)..], SaidByPeer: true);
    }

    internal WebSocketCloseStatus Status => Code switch
    {
        LinkCodes.Closing => WebSocketCloseStatus.EndpointUnavailable,
        LinkCodes.Malformed or LinkCodes.FrameRefused => WebSocketCloseStatus.InvalidPayloadData,
        LinkCodes.TooLarge => WebSocketCloseStatus.MessageTooBig,
        _ => WebSocketCloseStatus.PolicyViolation,
    };

    internal string Description()
    {
        var text = $"{Code}: {Text}";
        while (Encoding.UTF8.GetByteCount(text) > DescriptionBytesMax)
            text = text[..^(char.IsLowSurrogate(text[^1]) ? 2 : 1)];
        return text;
    }

    public override string ToString() => $"{Code}: {Text}";
}
