using System.Net.Sockets;

namespace Stun.Integration.Storage;

/// <summary>
/// Stands between a program and a server's socket. When asked, it lets the next long question through and swallows the
/// answer: the server has done what the program will never hear of.
/// </summary>
internal sealed class LossyWire : IAsyncDisposable
{
    private const int LongQuestion = 1_000;
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string target;
    private readonly CancellationTokenSource stop = new();
    private readonly Task accepting;
    private int losses;

    public LossyWire(string path, string target)
    {
        this.target = target;
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        accepting = Task.Run(AcceptAsync);
    }

    public int Lost { get; private set; }

    public void LoseNextAnswer() => Interlocked.Exchange(ref losses, 1);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await accepting;
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> open = [];
        try
        {
            while (true) open.Add(CarryAsync(await listener.AcceptAsync(stop.Token)));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task CarryAsync(Socket near)
    {
        using var _ = near;
        using var far = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await far.ConnectAsync(new UnixDomainSocketEndPoint(target), stop.Token);
        var isLost = false;
        await Task.WhenAll(PumpAsync(near, far, true), PumpAsync(far, near, false));

        async Task PumpAsync(Socket from, Socket to, bool isQuestion)
        {
            var buffer = new byte[1 << 20];
            try
            {
                while (await from.ReceiveAsync(buffer, stop.Token) is > 0 and var count)
                {
                    if (isQuestion && count > LongQuestion && Interlocked.Exchange(ref losses, 0) == 1) isLost = true;
                    if (!isQuestion && isLost)
                    {
                        Lost++;
                        break;
                    }
                    await to.SendAsync(buffer.AsMemory(0, count), stop.Token);
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException)
            {
                // One side has gone; the other is told below.
            }
            try
            {
                near.Shutdown(SocketShutdown.Both);
                far.Shutdown(SocketShutdown.Both);
            }
            catch (SocketException)
            {
                // Both ends were gone already.
            }
        }
    }
}
