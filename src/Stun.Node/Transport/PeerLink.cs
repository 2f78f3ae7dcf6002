using System.Buffers;
using System.Net.WebSockets;
using System.Threading.Channels;

namespace Stun.Node.Transport;

/// <summary>What a link does for whoever holds it. All are called from the link's own loops.</summary>
internal sealed record LinkDuties
{
    /// <summary>
    /// Hands a post on; false when there is no room, and the link then stops reading until there is. Throws
    /// <see cref="TransportException"/> for what ends the link.
    /// </summary>
    public required Func<Post, bool> Deliver { get; init; }

    /// <summary>Last touch before a post is written: the proof of relay.</summary>
    public Func<Post, Post> Prepare { get; init; } = static post => post;

    public Action<string, string> Noticed { get; init; } = static (_, _) => { };

    public RateBucket? Rate { get; init; }
}

/// <summary>
/// One connection, either side: a loop that reads and a loop that writes, over a session that outlives both.
/// </summary>
internal sealed class PeerLink : IDisposable
{
    private readonly WebSocket socket;
    private readonly FrameCipher sealing;
    private readonly FrameCipher opening;
    private readonly LinkSession session;
    private readonly int link;
    private readonly LinkDuties duties;
    private readonly TimeProvider time;
    private readonly Channel<bool> wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private readonly Queue<(string Code, string Text)> notices = new();
    private ITimer? ackTimer;
    private LinkEnd? end;
    private long lastHeard;
    private long bytesIn;
    private long bytesOut;
    private long rttTicks;
    private ulong pingDue;
    private ulong pingSent;
    private ulong pongDue;
    private int unacknowledged;
    private bool isAckDue;
    private bool isHeld;

    public PeerLink(
        WebSocket socket, byte[] sealKey, byte[] openKey, (LinkSession Session, int Link) session, LinkDuties duties,
        TimeProvider time)
    {
        this.socket = socket;
        sealing = new FrameCipher(sealKey);
        opening = new FrameCipher(openKey);
        (this.session, link) = session;
        this.duties = duties;
        this.time = time;
        lastHeard = time.GetTimestamp();
    }

    public long BytesIn => Interlocked.Read(ref bytesIn);

    public long BytesOut => Interlocked.Read(ref bytesOut);

    /// <summary>The last round trip; null before the first.</summary>
    public TimeSpan? Rtt => Interlocked.Read(ref rttTicks) is var ticks and > 0 ? new TimeSpan(ticks) : null;

    /// <summary>Runs until the link has ended, for whatever reason, and says which.</summary>
    public async Task<LinkEnd> RunAsync(CancellationToken cancel)
    {
        using var hard = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var alive = time.CreateTimer(
            _ => KeepAlive(), null, TransportLimits.KeepAliveEvery, TransportLimits.KeepAliveEvery);
        await using var aliveScope = alive.ConfigureAwait(false);
        ackTimer = time.CreateTimer(_ => AckNow(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await using var ackScope = ackTimer.ConfigureAwait(false);
        session.OnWaiting(link, Wake);
        var reading = ReadAsync(hard.Token);
        var writing = WriteAsync(hard.Token);
        await ended.Task.ConfigureAwait(false);
        using var grace = new CancellationTokenSource(TransportLimits.CloseGrace, time);
        await using var registration = grace.Token.Register(hard.Cancel).ConfigureAwait(false);
        await Task.WhenAll(reading, writing).ConfigureAwait(false);
        return end!;
    }

    /// <summary>Says why to the other side and ends. The first reason counts.</summary>
    public void End(LinkEnd reason)
    {
        if (Interlocked.CompareExchange(ref end, reason, null) is not null) return;
        ended.TrySetResult();
        Wake();
    }

    /// <summary>Tells the other side something for its log; dropped when it is told too much.</summary>
    public void Notify(string code, string text)
    {
        lock (gate)
        {
            if (notices.Count >= TransportLimits.NoticesMax) return;
            notices.Enqueue((code, text));
        }
        Wake();
    }

    public void Dispose()
    {
        sealing.Dispose();
        opening.Dispose();
    }

    private bool IsEnded => Volatile.Read(ref end) is not null;

    private void Wake() => wake.Writer.TryWrite(true);

    private async Task ReadAsync(CancellationToken cancel)
    {
        try
        {
            while (!IsEnded)
            {
                using var frame = await FrameSocket.ReceiveAsync(socket, TransportLimits.FrameBytesMax, cancel)
                    .ConfigureAwait(false);
                if (frame is null)
                {
                    End(LinkEnd.Read(socket));
                    return;
                }
                Volatile.Write(ref lastHeard, time.GetTimestamp());
                Interlocked.Add(ref bytesIn, frame.Bytes.Length);
                if (!IsEnded) await TakeAsync(Opened(frame), cancel).ConfigureAwait(false);
            }
        }
        catch (TransportException cause)
        {
            End(LinkEnd.From(cause));
        }
        catch (Exception cause) when (FrameSocket.IsLoss(cause))
        {
            End(LinkEnd.Lost(cause));
            return;
        }
        catch (Exception cause)
        {
            // The holder's own error: the link must not be left half alive. It is shown with the end.
            End(LinkEnd.Failed(cause));
        }
        await FrameSocket.DrainAsync(socket, cancel).ConfigureAwait(false);
    }

    private Envelope Opened(Frame frame)
    {
        var sealedFrame = frame.Bytes.Span;
        var plain = ArrayPool<byte>.Shared.Rent(Math.Max(1, sealedFrame.Length - FrameCipher.Overhead));
        try
        {
            var open = plain.AsSpan(0, Math.Max(0, sealedFrame.Length - FrameCipher.Overhead));
            opening.Open(sealedFrame, open);
            return Envelope.Decode(open);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plain);
        }
    }

    private async Task TakeAsync(Envelope envelope, CancellationToken cancel)
    {
        session.Acknowledge(link, envelope.Ack);
        switch (envelope)
        {
            case Envelope.KeepAlive alive:
                TakeKeepAlive(alive);
                break;
            case Envelope.Notice notice:
                duties.Noticed(notice.Code, notice.Text);
                break;
            case Envelope.Carry carry:
                await DeliverAsync(carry, cancel).ConfigureAwait(false);
                break;
        }
    }

    private void TakeKeepAlive(Envelope.KeepAlive alive)
    {
        lock (gate)
        {
            if (alive.Ping != 0) pongDue = alive.Ping;
            if (alive.Pong != 0 && alive.Pong == pingSent)
                Interlocked.Exchange(ref rttTicks, Math.Max(1, time.GetElapsedTime((long)pingSent).Ticks));
        }
        if (alive.Ping != 0) Wake();
    }

    private async Task DeliverAsync(Envelope.Carry carry, CancellationToken cancel)
    {
        if (duties.Rate?.Take() is { } wait && wait > TimeSpan.Zero)
            await HoldAsync(wait, cancel).ConfigureAwait(false);
        var retry = TransportLimits.InboxRetryLeast;
        while (!IsEnded)
        {
            switch (session.Receive(link, carry.Sequence, () => duties.Deliver(carry.Post)))
            {
                case Arrival.InboxFull:
                    // Not read meanwhile: the other side's socket fills up, and then its queue, and then it is told.
                    await HoldAsync(retry, cancel).ConfigureAwait(false);
                    retry = retry * 2 < TransportLimits.InboxRetryMost ? retry * 2 : TransportLimits.InboxRetryMost;
                    continue;
                case Arrival.Superseded:
                    End(new LinkEnd(LinkCodes.Replaced, "A newer link of the same role has taken over."));
                    return;
                default:
                    Acknowledge();
                    return;
            }
        }
    }

    /// <summary>The other side is not silent while it is not listened to.</summary>
    private async Task HoldAsync(TimeSpan wait, CancellationToken cancel)
    {
        Volatile.Write(ref isHeld, true);
        await Task.Delay(wait, time, cancel).ConfigureAwait(false);
        Volatile.Write(ref lastHeard, time.GetTimestamp());
        Volatile.Write(ref isHeld, false);
    }

    private void Acknowledge()
    {
        lock (gate)
        {
            unacknowledged++;
            if (unacknowledged == 1) ackTimer!.Change(TransportLimits.AckDelay, Timeout.InfiniteTimeSpan);
            if (unacknowledged % TransportLimits.AckEvery != 0) return;
            isAckDue = true;
        }
        Wake();
    }

    private void AckNow()
    {
        lock (gate) isAckDue = unacknowledged > 0;
        Wake();
    }

    private void KeepAlive()
    {
        if (!Volatile.Read(ref isHeld)
            && time.GetElapsedTime(Volatile.Read(ref lastHeard)) > TransportLimits.SilenceMax)
            End(new LinkEnd(LinkCodes.Silent, $"Nothing heard for {TransportLimits.SilenceMax.TotalSeconds} s."));
        lock (gate) pingDue = (ulong)Math.Max(1, time.GetTimestamp());
        Wake();
    }

    private async Task WriteAsync(CancellationToken cancel)
    {
        try
        {
            while (!IsEnded)
            {
                while (!IsEnded && NextEnvelope() is { } envelope)
                    await SendAsync(envelope, cancel).ConfigureAwait(false);
                if (!IsEnded) await wake.Reader.ReadAsync(cancel).ConfigureAwait(false);
            }
            await FrameSocket.CloseAsync(socket, end!, cancel).ConfigureAwait(false);
        }
        catch (Exception cause) when (FrameSocket.IsLoss(cause))
        {
            End(LinkEnd.Lost(cause));
        }
        catch (Exception cause)
        {
            End(LinkEnd.Failed(cause));
        }
    }

    private Envelope? NextEnvelope()
    {
        // Read before the acknowledgement is counted as made: at worst one is made twice.
        var ack = session.LastReceived;
        lock (gate)
        {
            if (pingDue != 0 || pongDue != 0)
            {
                var alive = new Envelope.KeepAlive(ack, pingDue, pongDue);
                if (pingDue != 0) pingSent = pingDue;
                pingDue = pongDue = 0;
                return alive;
            }
            if (notices.TryDequeue(out var notice)) return new Envelope.Notice(ack, notice.Code, notice.Text);
        }
        if (session.TakeNext(link) is { } entry)
        {
            entry.Post = duties.Prepare(entry.Post);
            NoteAcknowledged();
            return new Envelope.Carry(session.LastReceived, entry.Sequence, entry.Post);
        }
        lock (gate)
            if (!isAckDue) return null;
        NoteAcknowledged();
        return new Envelope.KeepAlive(session.LastReceived, 0, 0);
    }

    private void NoteAcknowledged()
    {
        lock (gate)
        {
            unacknowledged = 0;
            isAckDue = false;
        }
    }

    private async Task SendAsync(Envelope envelope, CancellationToken cancel)
    {
        var writer = envelope.Encode();
        var length = writer.Length + FrameCipher.Overhead;
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            sealing.Seal(writer.Written, buffer.AsSpan(0, length));
            await socket.SendAsync(
                buffer.AsMemory(0, length), WebSocketMessageType.Binary, endOfMessage: true, cancel)
                .ConfigureAwait(false);
            Interlocked.Add(ref bytesOut, length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
