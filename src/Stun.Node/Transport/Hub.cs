using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Stun.Node.Transport;

/// <summary>
/// The listening side: roles of other processes dial in, and the hub takes what is for the roles of its own process and
/// carries the rest from peer to peer. Lives in an ASP.NET Core application that uses WebSockets.
/// </summary>
public sealed class Hub : IAsyncDisposable
{
    public const string Route = "/v1/peers";

    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(5);

    private readonly HubOptions options;
    private readonly TimeProvider time;
    private readonly PeerTable table;
    private readonly LinkPlaces places;
    private readonly HashSet<Address> locals;
    private readonly CancellationTokenSource stop = new();
    private readonly Task sweeping;

    public Hub(HubOptions options, TimeProvider time)
    {
        if (options.Locals.Count > TransportLimits.LocalRolesMax)
            throw new ArgumentException(
                $"A hub has at most {TransportLimits.LocalRolesMax} local roles, not {options.Locals.Count}.");
        this.options = options;
        this.time = time;
        table = new PeerTable(options, Metrics, time);
        places = new LinkPlaces(options.LinksMax, options.LinksPerRemoteMax);
        locals = [.. options.Locals.Select(local => local.Address)];
        sweeping = SweepAsync(stop.Token);
    }

    public TransportMetrics Metrics { get; } = new();

    public IReadOnlyCollection<PeerStatus> Peers => table.Statuses();

    /// <summary>The application must call <c>UseWebSockets</c> before.</summary>
    public IEndpointConventionBuilder Map(IEndpointRouteBuilder app) => app.Map(Route, AcceptAsync);

    /// <summary>
    /// Puts a message of a local role in line for a peer. False: the peer is not here or its queue is full; the message
    /// is dropped and counted.
    /// </summary>
    public bool Send(Address from, Address to, Message message)
    {
        if (!locals.Contains(from)) throw new ArgumentException($"{from} is no local role of this hub.");
        if (table.Find(to) is not { } peer)
        {
            Metrics.Drop(LinkCodes.Unreachable);
            return false;
        }
        var post = new Post(PostKind.Message, from, to, null, ProtocolWire.Encode(message));
        if (peer.Session.TryEnqueue(post)) return true;
        Metrics.Drop(LinkCodes.RelayFull);
        return false;
    }

    /// <summary>Whose access token this is: the bearer of a blob request.</summary>
    public Address? FindToken(string token) => table.FindToken(token);

    /// <summary>Tells all peers, waits for their links to end, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (stop.IsCancellationRequested) return;
        await stop.CancelAsync().ConfigureAwait(false);
        var drained = places.CloseAsync();
        table.Close(new LinkEnd(LinkCodes.Closing, "The hub is closing."));
        await drained.ConfigureAwait(false);
        await sweeping.ConfigureAwait(false);
        stop.Dispose();
        Metrics.Dispose();
    }

    private async Task AcceptAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await RefuseAsync(context, StatusCodes.Status426UpgradeRequired, new LinkEnd(
                LinkCodes.NoPeerSocket, "This is where peers link with a WebSocket.")).ConfigureAwait(false);
            return;
        }
        var remote = LinkPlaces.RemoteOf(context.Connection.RemoteIpAddress);
        if (places.TryTake(remote) is { } refusal)
        {
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, refusal).ConfigureAwait(false);
            return;
        }
        try
        {
            // Links have their own keep-alive, which also measures and acknowledges.
            using var socket = await context.WebSockets.AcceptWebSocketAsync(
                new WebSocketAcceptContext { KeepAliveInterval = Timeout.InfiniteTimeSpan }).ConfigureAwait(false);
            await ServeAsync(socket, remote, context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception cause) when (FrameSocket.IsLoss(cause))
        {
            // Gone before the handshake was done: as if it had never come.
        }
        finally
        {
            places.GiveBack(remote);
        }
    }

    private async Task RefuseAsync(HttpContext context, int status, LinkEnd reason)
    {
        Metrics.Refuse(reason.Code);
        context.Response.StatusCode = status;
        await context.Response.WriteAsync(reason.ToString(), context.RequestAborted).ConfigureAwait(false);
    }

    private async Task ServeAsync(WebSocket socket, string remote, CancellationToken cancel)
    {
        (HubPeer Peer, PeerLink Link) entered;
        try
        {
            using var closing = CancellationTokenSource.CreateLinkedTokenSource(cancel, stop.Token);
            entered = await ShakeAsync(socket, remote, closing.Token).ConfigureAwait(false);
        }
        catch (TransportException cause)
        {
            Metrics.Refuse(cause.Code);
            await FrameSocket.RefuseAsync(socket, cause, time, cancel).ConfigureAwait(false);
            return;
        }
        using var link = entered.Link;
        var end = await link.RunAsync(cancel).ConfigureAwait(false);
        table.Leave(entered.Peer, link);
        Metrics.End(end);
        options.Noticed(entered.Peer.Address, end.Code, end.Text);
    }

    private async Task<(HubPeer Peer, PeerLink Link)> ShakeAsync(
        WebSocket socket, string remote, CancellationToken cancel)
    {
        using var handshake = new HubHandshake(options.Key, options.Network.Separator, options.Locals);
        await socket.SendAsync(
            handshake.Challenge.AsMemory(), WebSocketMessageType.Binary, endOfMessage: true, cancel)
            .ConfigureAwait(false);
        var hello = handshake.ReadHello(
            await FrameSocket.ReceiveHandshakeAsync(socket, time, cancel).ConfigureAwait(false));
        if (locals.Contains(hello.Role))
            throw new TransportException(LinkCodes.AddressTaken, $"{hello.Role} lives in the hub's own process.",
                "Two processes have the same key: give each role one of its own.");
        byte[] welcome = [];
        var entered = table.Enter(hello, remote, (peer, number, isResumed) =>
        {
            var session = peer.Session;
            var (keys, frame) = handshake.Answer(session.Id, isResumed, session.LastReceived);
            welcome = frame;
            return (new PeerLink(
                socket, keys.HubToPeer, keys.PeerToHub, (session, number), DutiesOf(peer), time), keys.Token);
        });
        try
        {
            await socket.SendAsync(welcome.AsMemory(), WebSocketMessageType.Binary, endOfMessage: true, cancel)
                .ConfigureAwait(false);
            return entered;
        }
        catch
        {
            table.Leave(entered.Peer, entered.Link);
            entered.Link.Dispose();
            throw;
        }
    }

    private LinkDuties DutiesOf(HubPeer peer) => new()
    {
        Deliver = post => Deliver(peer, post),
        Noticed = (code, text) => options.Noticed(peer.Address, code, text),
        Rate = peer.Rate,
    };

    private bool Deliver(HubPeer peer, Post post)
    {
        if (post.From != peer.Address)
            throw new TransportException(LinkCodes.NotYourAddress,
                $"{peer.Address} sent as {post.From}.", "A link speaks for one role.");
        if (locals.Contains(post.To)) return Hand(peer, post);
        Relay(peer, post);
        return true;
    }

    private bool Hand(HubPeer peer, Post post)
    {
        try
        {
            if (post.Kind == PostKind.Message)
                return options.Received(post.From, post.To, ProtocolWire.DecodeMessage(post.Body.Span));
            options.LogReceived(post.From, post.To, LogChunk.Decode(post.Body.Span));
        }
        catch (Exception cause) when (cause is WireException or TransportException)
        {
            // Taken and dropped: if it were not, the peer would send it again forever.
            Refuse(peer, LinkCodes.MessageRefused, cause.Message);
        }
        return true;
    }

    /// <summary>
    /// A full queue of one peer must not stop another's link: what does not fit is dropped, and the origin told.
    /// </summary>
    private void Relay(HubPeer peer, Post post)
    {
        if (post.Proof is null) Refuse(peer, LinkCodes.RelayUnsigned, $"{post.To} is not at this hub.");
        else if (table.Find(post.To) is not { } target) Refuse(peer, LinkCodes.Unreachable, $"{post.To} is not here.");
        else if (!target.Session.TryEnqueue(post)) Refuse(peer, LinkCodes.RelayFull, $"{post.To} does not keep up.");
    }

    private void Refuse(HubPeer peer, string code, string text)
    {
        Metrics.Drop(code);
        table.Notify(peer.Address, code, text);
    }

    private async Task SweepAsync(CancellationToken cancel)
    {
        try
        {
            using var timer = new PeriodicTimer(SweepEvery, time);
            while (await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false)) table.Sweep();
        }
        catch (OperationCanceledException)
        {
            // The hub is closing.
        }
    }
}
