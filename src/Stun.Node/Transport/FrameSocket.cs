using System.Buffers;
using System.Net.WebSockets;

namespace Stun.Node.Transport;

/// <summary>One whole frame in a borrowed buffer.</summary>
internal sealed class Frame(byte[] buffer, int length) : IDisposable
{
    private byte[]? borrowed = buffer;

    public Memory<byte> Bytes => borrowed.AsMemory(0, length);

    /// <summary>Once only: a buffer given back twice is lent to two, and each reads what the other writes.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref borrowed, null) is { Length: > 0 } own) ArrayPool<byte>.Shared.Return(own);
    }
}

/// <summary>Whole frames over a WebSocket, and closing with a reason.</summary>
internal static class FrameSocket
{
    private const int FirstBuffer = 4096;

    /// <summary>Null when the other side has closed. An idle link holds no buffer.</summary>
    /// <exception cref="TransportException">Not a binary frame, or larger than <paramref name="most"/>.</exception>
    public static async Task<Frame?> ReceiveAsync(WebSocket socket, int most, CancellationToken cancel)
    {
        // A read of nothing waits for the head of the next frame.
        var result = await socket.ReceiveAsync(Memory<byte>.Empty, cancel).ConfigureAwait(false);
        if (result.MessageType == WebSocketMessageType.Close) return null;
        if (result.MessageType == WebSocketMessageType.Text)
            throw TransportException.Malformed("A text frame; links speak binary frames.");
        if (result.EndOfMessage) return new Frame([], 0);
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        var count = 0;
        try
        {
            while (true)
            {
                result = await socket.ReceiveAsync(buffer.AsMemory(count), cancel).ConfigureAwait(false);
                count += result.Count;
                if (count > most) throw FrameCipher.TooLarge(most);
                if (result.EndOfMessage)
                {
                    var frame = new Frame(buffer, count);
                    buffer = [];
                    return frame;
                }
                if (count < buffer.Length) continue;
                if (count >= most) throw FrameCipher.TooLarge(most);
                buffer = Grown(buffer, most);
            }
        }
        finally
        {
            if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>One frame of a handshake, within its time; says why there is none.</summary>
    public static async Task<byte[]> ReceiveHandshakeAsync(
        WebSocket socket, TimeProvider time, CancellationToken cancel)
    {
        using var hard = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var receiving = ReceiveAsync(socket, TransportLimits.HandshakeBytesMax, hard.Token);
        try
        {
            using var frame = await receiving.WaitAsync(TransportLimits.HandshakeTime, time, cancel)
                .ConfigureAwait(false);
            if (frame is not null) return frame.Bytes.ToArray();
            var end = LinkEnd.Read(socket);
            throw new TransportException(end.Code, end.Text, "The other side has refused; its log may say more.");
        }
        catch (TimeoutException)
        {
            var timeout = new TransportException(LinkCodes.Timeout,
                $"No answer to the handshake within {TransportLimits.HandshakeTime.TotalSeconds} s.",
                "Look at the load and the connection of the other side.");
            // While the read still waits: cancelling it would tear the socket down before the reason is told.
            await CloseAsync(socket, LinkEnd.From(timeout), hard.Token).ConfigureAwait(false);
            throw timeout;
        }
        finally
        {
            await hard.CancelAsync().ConfigureAwait(false);
            await Quiet(receiving).ConfigureAwait(false);
        }
    }

    /// <summary>Tells why, and waits a little for the other side to have read it.</summary>
    public static async Task RefuseAsync(
        WebSocket socket, TransportException cause, TimeProvider time, CancellationToken cancel)
    {
        using var grace = new CancellationTokenSource(TransportLimits.CloseGrace, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(grace.Token, cancel);
        await CloseAsync(socket, LinkEnd.From(cause), both.Token).ConfigureAwait(false);
        await DrainAsync(socket, both.Token).ConfigureAwait(false);
    }

    public static async Task CloseAsync(WebSocket socket, LinkEnd end, CancellationToken cancel)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived)) return;
        try
        {
            await socket.CloseOutputAsync(end.Status, end.Description(), cancel).ConfigureAwait(false);
        }
        catch (Exception cause) when (IsLoss(cause))
        {
            // The other side is gone already: nobody is left to be told.
        }
    }

    /// <summary>
    /// Reads on until the other side has closed too: a socket closed with unread bytes takes back what was said last.
    /// </summary>
    public static async Task DrainAsync(WebSocket socket, CancellationToken cancel)
    {
        var waste = new byte[FirstBuffer];
        try
        {
            while (socket.State is WebSocketState.Open or WebSocketState.CloseSent)
                await socket.ReceiveAsync(waste.AsMemory(), cancel).ConfigureAwait(false);
        }
        catch (Exception cause) when (IsLoss(cause))
        {
            // Gone, or too slow to be waited for.
        }
    }

    /// <summary>How a connection fails, by whatever cause: all of these mean that it is gone.</summary>
    public static bool IsLoss(Exception cause) => cause is WebSocketException or IOException
        or OperationCanceledException or ObjectDisposedException or InvalidOperationException
        or HttpRequestException or System.Net.Sockets.SocketException;

    private static byte[] Grown(byte[] buffer, int most)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(4 * buffer.Length, most + 1));
        buffer.CopyTo(larger.AsSpan());
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private static async Task Quiet(Task<Frame?> receiving)
    {
        try
        {
            (await receiving.ConfigureAwait(false))?.Dispose();
        }
        catch (Exception cause) when (IsLoss(cause) || cause is TransportException)
        {
            // Whoever waited for it has been told.
        }
    }
}
