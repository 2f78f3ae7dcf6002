using System.Net.WebSockets;
using System.Security.Cryptography;
using Stun.Chain.Evm;

namespace Stun.Node.Transport;

/// <summary>Which role dials which hubs, and to whom it hands what arrives.</summary>
public sealed record DialerOptions
{
    /// <summary>The role's key; the caller's to dispose, after the dialer.</summary>
    public required EvmKey Key { get; init; }

    public required TypedDataDomain Network { get; init; }

    /// <summary>Where hubs listen, without the route: ws or wss. The first that answers is used.</summary>
    public required IReadOnlyList<Uri> Hubs { get; init; }

    /// <summary>
    /// From, to, message. Quick, and never waits: false says that the inbox is full, and the hub is then not read from
    /// until there is room.
    /// </summary>
    public required Func<Address, Address, Message, bool> Received { get; init; }

    public Action<Address, Address, LogChunk> LogReceived { get; init; } = static (_, _, _) => { };

    /// <summary>Code, text: what the hub complained of, what was refused here, how links ended. For a log.</summary>
    public Action<string, string> Noticed { get; init; } = static (_, _) => { };

    /// <summary>Counts leaders of one role: a hub refuses a lower one than it has seen. 0 where nobody leads.</summary>
    public ulong Epoch { get; init; }

    /// <summary>
    /// The hub's identity, where it is known: any other is refused, and this one is believed about its roles.
    /// </summary>
    public Address? HubAddress { get; init; }

    public HubTrust Trust { get; init; } = HubTrust.OfMachine();
}

public enum DialerPhase : byte
{
    Dialling,
    Linked,
    Waiting,
    Stopped,
}

/// <param name="Since">When this phase began.</param>
/// <param name="FailureCount">Attempts since there was a link.</param>
public sealed record DialerState(
    DialerPhase Phase, DateTimeOffset Since, Uri? Hub, Address? HubAddress, int FailureCount, LinkEnd? LastEnd);

/// <summary>
/// The dialling side: keeps one role linked to a hub, for as long as it lives. What is sent while there is no link
/// waits; what was not acknowledged is sent again.
/// </summary>
public sealed class Dialer : IAsyncDisposable
{
    private sealed record Linked(Address Hub, IReadOnlySet<Address> Locals);

    private readonly DialerOptions options;
    private readonly TimeProvider time;
    private readonly LinkSession session = new(new ByteBudget(long.MaxValue));
    private readonly RelaySigner signer;
    private readonly RelayGuard guard;
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private DialerState state;
    private PeerLink? current;
    private Task? running;
    private Linked? linked;
    private string? token;

    public Dialer(DialerOptions options, TimeProvider time)
    {
        if (options.Hubs.Count == 0) throw new ArgumentException("A dialer needs the address of a hub.");
        foreach (var hub in options.Hubs)
            if (hub.Scheme is not ("ws" or "wss"))
                throw new ArgumentException($"{hub}: a hub is dialled by ws or wss, not by {hub.Scheme}.");
        this.options = options;
        this.time = time;
        signer = new RelaySigner(options.Key, options.Network.Separator, time);
        guard = new RelayGuard(options.Network.Separator, time);
        state = new DialerState(DialerPhase.Stopped, time.GetUtcNow(), null, null, 0, null);
    }

    public Address Role => options.Key.Address;

    public TransportMetrics Metrics { get; } = new();

    public DialerState State => Volatile.Read(ref state);

    /// <summary>The bearer for blobs at the present hub; null while there was no link yet.</summary>
    public string? AccessToken => Volatile.Read(ref token);

    public int QueueCount => session.QueueCount;

    public long QueueBytes => session.QueueBytes;

    public TimeSpan? Rtt => Volatile.Read(ref current)?.Rtt;

    /// <summary>Begins to dial. Once.</summary>
    public void Start()
    {
        lock (gate)
        {
            if (running is not null) throw new InvalidOperationException("The dialer is running already.");
            running = RunAsync(stop.Token);
        }
    }

    /// <summary>False: the queue is full or the dialer has stopped; the message is dropped and counted.</summary>
    public bool TrySend(Address to, Message message) => TrySend(to, PostKind.Message, ProtocolWire.Encode(message));

    public bool TrySend(Address to, LogChunk chunk) => TrySend(to, PostKind.Log, chunk.Encode());

    /// <summary>Says good-bye, waits for the link to end, and stops. What was not acknowledged is lost.</summary>
    public async ValueTask DisposeAsync()
    {
        if (stop.IsCancellationRequested) return;
        await stop.CancelAsync().ConfigureAwait(false);
        Volatile.Read(ref current)?.End(new LinkEnd(LinkCodes.Closing, "The peer is closing."));
        if (running is not null) await running.ConfigureAwait(false);
        session.Close();
        stop.Dispose();
        Metrics.Dispose();
    }

    private bool TrySend(Address to, PostKind kind, byte[] body)
    {
        if (session.TryEnqueue(new Post(kind, Role, to, null, body))) return true;
        Metrics.Drop(LinkCodes.RelayFull);
        return false;
    }

    private async Task RunAsync(CancellationToken cancel)
    {
        // The caller's thread is not kept for the first connection.
        await Task.Yield();
        var failures = 0;
        try
        {
            while (!cancel.IsCancellationRequested)
            {
                foreach (var hub in options.Hubs)
                {
                    Enter(DialerPhase.Dialling, hub, failures, State.LastEnd);
                    var (end, lived) = await LinkAsync(hub, cancel).ConfigureAwait(false);
                    failures = lived > TransportLimits.SettledAfter ? 0 : failures + 1;
                    Metrics.End(end);
                    options.Noticed(end.Code, end.Text);
                    Enter(DialerPhase.Waiting, hub, failures, end);
                    cancel.ThrowIfCancellationRequested();
                    // After a link that was good, the first hub is asked first again.
                    if (lived > TimeSpan.Zero) break;
                }
                await Task.Delay(Backoff(failures / options.Hubs.Count), time, cancel).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
        finally
        {
            Enter(DialerPhase.Stopped, null, failures, State.LastEnd);
        }
    }

    private async Task<(LinkEnd End, TimeSpan Lived)> LinkAsync(Uri hub, CancellationToken cancel)
    {
        try
        {
            using var socket = new ClientWebSocket();
            await ConnectAsync(socket, hub, cancel).ConfigureAwait(false);
            using var link = await ShakeAsync(socket, hub, cancel).ConfigureAwait(false);
            var began = time.GetTimestamp();
            Volatile.Write(ref current, link);
            // Stopping ends the link, which says good-bye, and does not cut it; it may have come too early for that.
            if (cancel.IsCancellationRequested) link.End(new LinkEnd(LinkCodes.Closing, "The peer is closing."));
            var end = await link.RunAsync(CancellationToken.None).ConfigureAwait(false);
            Volatile.Write(ref current, null);
            return (end, time.GetElapsedTime(began));
        }
        catch (TransportException cause)
        {
            return (LinkEnd.From(cause), TimeSpan.Zero);
        }
        catch (Exception cause) when (FrameSocket.IsLoss(cause))
        {
            return (LinkEnd.Lost(cause), TimeSpan.Zero);
        }
    }

    private async Task ConnectAsync(ClientWebSocket socket, Uri hub, CancellationToken cancel)
    {
        socket.Options.KeepAliveInterval = Timeout.InfiniteTimeSpan;
        socket.Options.CollectHttpResponseDetails = true;
        options.Trust.Apply(socket.Options, hub);
        using var limit = new CancellationTokenSource(TransportLimits.HandshakeTime, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            await socket.ConnectAsync(new Uri(hub, Hub.Route), both.Token).ConfigureAwait(false);
        }
        catch (WebSocketException cause) when (socket.HttpStatusCode == System.Net.HttpStatusCode.ServiceUnavailable)
        {
            throw new TransportException(LinkCodes.TooManyLinks, $"{hub} takes no more links now.",
                "Use another hub, or ask its operator for more room.", cause);
        }
        catch (OperationCanceledException cause) when (!cancel.IsCancellationRequested)
        {
            throw new TransportException(LinkCodes.Timeout,
                $"{hub} did not answer within {TransportLimits.HandshakeTime.TotalSeconds} s.",
                "Check the address of the hub and the way there.", cause);
        }
    }

    private async Task<PeerLink> ShakeAsync(ClientWebSocket socket, Uri hub, CancellationToken cancel)
    {
        using var handshake = new PeerHandshake(
            options.Key, options.Network.Separator, options.Epoch, options.HubAddress);
        try
        {
            var challenge = await FrameSocket.ReceiveHandshakeAsync(socket, time, cancel).ConfigureAwait(false);
            await socket.SendAsync(
                handshake.Answer(challenge, session.Point).AsMemory(), WebSocketMessageType.Binary,
                endOfMessage: true, cancel).ConfigureAwait(false);
            var (keys, welcome) = handshake.Finish(
                await FrameSocket.ReceiveHandshakeAsync(socket, time, cancel).ConfigureAwait(false));
            var number = session.Attach(welcome);
            Volatile.Write(ref linked, new Linked(handshake.Hub, welcome.Locals.ToHashSet()));
            Volatile.Write(ref token, keys.Token);
            Volatile.Write(ref state, new DialerState(
                DialerPhase.Linked, time.GetUtcNow(), hub, handshake.Hub, 0, State.LastEnd));
            return new PeerLink(socket, keys.PeerToHub, keys.HubToPeer, (session, number), new LinkDuties
            {
                Deliver = Deliver,
                Prepare = Prepare,
                Noticed = options.Noticed,
            }, time);
        }
        catch (TransportException cause)
        {
            Metrics.Refuse(cause.Code);
            await FrameSocket.RefuseAsync(socket, cause, time, cancel).ConfigureAwait(false);
            throw;
        }
    }

    private Post Prepare(Post post) => linked!.Locals.Contains(post.To) ? post : signer.Sign(post);

    private bool Deliver(Post post)
    {
        if (post.To != Role)
            throw new TransportException(LinkCodes.NotForHere,
                $"{Role} was sent what is for {post.To}.", "The hub has an error; report it with its version.");
        if (linked!.Locals.Contains(post.From)) return Hand(post);
        var check = guard.Check(post);
        if (check != RelayCheck.Accepted)
        {
            Refuse(LinkCodes.RelayRefused, $"{check}: a message of {post.From} by way of the hub.");
            return true;
        }
        if (!Hand(post)) return false;
        // Only now: what a full inbox did not take comes again, and is no replay.
        guard.Note(post);
        return true;
    }

    private bool Hand(Post post)
    {
        try
        {
            if (post.Kind == PostKind.Message)
                return options.Received(post.From, post.To, ProtocolWire.DecodeMessage(post.Body.Span));
            options.LogReceived(post.From, post.To, LogChunk.Decode(post.Body.Span));
        }
        catch (Exception cause) when (cause is WireException or TransportException)
        {
            Refuse(LinkCodes.MessageRefused, cause.Message);
        }
        return true;
    }

    private void Refuse(string code, string text)
    {
        Metrics.Drop(code);
        options.Noticed(code, text);
    }

    private static TimeSpan Backoff(int failures)
    {
        var most = Math.Min(
            TransportLimits.BackoffMost.TotalMilliseconds,
            TransportLimits.BackoffLeast.TotalMilliseconds * Math.Pow(2, Math.Min(failures, 16)));
        // Half of it is chance, so that the peers of a hub that was gone do not all come at once.
        return TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32((int)most / 2, (int)most + 1));
    }

    private void Enter(DialerPhase phase, Uri? hub, int failures, LinkEnd? end) => Volatile.Write(
        ref state, new DialerState(phase, time.GetUtcNow(), hub, null, failures, end));
}
