using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Stun.Integration.Operator;

/// <summary>A web server that says what a test tells it, and keeps what it was asked.</summary>
internal sealed class SmallServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Func<string, string> answer;
    private readonly Task serving;

    /// <param name="answer">Of a request, head and body; the whole answer, with its head.</param>
    public SmallServer(Func<string, string> answer)
    {
        this.answer = answer;
        listener.Start();
        serving = Task.Run(ServeAsync);
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public List<string> Asked { get; } = [];

    public static string Ok(string body) =>
        $"HTTP/1.1 200 OK\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}";

    public static string Status(string status, string head = "", string body = "") =>
        $"HTTP/1.1 {status}\r\n{head}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n"
        + $"Connection: close\r\n\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await serving;
        listener.Stop();
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(stop.Token);
                await using var stream = client.GetStream();
                var asked = await ReadAsync(stream);
                lock (Asked) Asked.Add(asked);
                await stream.WriteAsync(Encoding.UTF8.GetBytes(answer(asked)), stop.Token);
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException
            or IOException)
        {
            // The test is over, or a client went away.
        }
    }

    private async Task<string> ReadAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (true)
        {
            var count = await stream.ReadAsync(buffer, stop.Token);
            text.Append(Encoding.UTF8.GetString(buffer, 0, count));
            var head = text.ToString().IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (count == 0) return text.ToString();
            if (head < 0) continue;
            var mark = text.ToString().IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
            var length = mark < 0 ? 0 : int.Parse(text.ToString()[(mark + 16)..].Split('\r')[0]);
            if (Encoding.UTF8.GetByteCount(text.ToString()) >= head + 4 + length) return text.ToString();
        }
    }
}
