using System.Net;
using System.Net.Sockets;

namespace Stun.Integration.Chains;

/// <summary>A wire to a chain that can be cut, and mended under the same port.</summary>
internal sealed class FadingProxy : IAsyncDisposable
{
    private readonly Uri behind;
    private readonly List<Socket> open = [];
    private TcpListener listener;
    private Task accepting;

    public FadingProxy(Uri behind)
    {
        this.behind = behind;
        listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = AcceptAsync();
    }

    public int Port { get; }

    public Uri Address => new($"http://127.0.0.1:{Port}");

    public int ConnectionCount { get; private set; }

    public async Task CutAsync()
    {
        listener.Stop();
        await accepting;
        lock (open)
        {
            foreach (var socket in open) socket.Dispose();
            open.Clear();
        }
    }

    public void Mend()
    {
        listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Start();
        accepting = AcceptAsync();
    }

    public async ValueTask DisposeAsync() => await CutAsync();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await listener.AcceptSocketAsync();
                var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await far.ConnectAsync(behind.Host, behind.Port);
                ConnectionCount++;
                lock (open) open.AddRange([near, far]);
                _ = CopyAsync(near, far);
                _ = CopyAsync(far, near);
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
        }
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 << 10];
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer)) > 0)
                for (var sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
        }
        from.Dispose();
        to.Dispose();
    }
}
