using System.Net;
using System.Net.Sockets;

namespace Stun.Integration.Transport;

/// <summary>A wire that can be cut: carries bytes to a port, until all its connections are reset at once.</summary>
internal sealed class CutProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private readonly List<Socket> sockets = [];
    private readonly List<Task> pumps = [];
    private readonly int target;
    private readonly Task accepting;
    private long carried;

    public CutProxy(int target)
    {
        this.target = target;
        listener.Start();
        accepting = AcceptAsync();
    }

    public Uri Address => new($"ws://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    /// <summary>Is shown all that goes either way.</summary>
    public Action<ReadOnlyMemory<byte>> Seen { get; init; } = _ => { };

    public long BytesCarried => Interlocked.Read(ref carried);

    /// <summary>Resets every connection: what is under way is lost.</summary>
    public int Cut()
    {
        lock (gate)
        {
            foreach (var socket in sockets)
            {
                socket.LingerState = new LingerOption(true, 0);
                socket.Dispose();
            }
            var count = sockets.Count;
            sockets.Clear();
            return count;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        Cut();
        await accepting;
        await Task.WhenAll(pumps);
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var inner = await listener.AcceptSocketAsync(stop.Token);
                var outer = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await outer.ConnectAsync(IPAddress.Loopback, target, stop.Token);
                lock (gate)
                {
                    sockets.Add(inner);
                    sockets.Add(outer);
                    pumps.Add(PumpAsync(inner, outer));
                    pumps.Add(PumpAsync(outer, inner));
                }
            }
        }
        catch (Exception cause) when (cause is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 << 10];
        try
        {
            while (await from.ReceiveAsync(buffer, stop.Token) is var count and > 0)
            {
                Seen(buffer.AsMemory(0, count));
                await to.SendAsync(buffer.AsMemory(0, count), stop.Token);
                Interlocked.Add(ref carried, count);
            }
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception cause) when (cause is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }
}
