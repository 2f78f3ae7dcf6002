using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;

namespace Stun.Chain.Evm.Rpc;

/// <summary>
/// JSON-RPC by WebSocket: exchanges share one connection and are told apart by their ids. A connection that broke is
/// opened again by the next exchange. Subscriptions end with their connection: whoever listens asks for what it missed.
/// </summary>
internal sealed class WebSocketTransport(Uri address, EvmRpcOptions options) : IRpcTransport
{
    /// <summary>Heads that nobody has taken yet; the oldest fall out, for only the newest matters.</summary>
    private const int HeadsKept = 64;

    private readonly SemaphoreSlim opening = new(1, 1);
    private readonly CancellationTokenSource closed = new();
    private Connection? current;

    public string Name { get; } = $"{address.Scheme}://{address.Authority}";

    public async Task<RpcBody> ExchangeAsync(RpcRequest request, CancellationToken cancel)
    {
        var connection = await OpenAsync(cancel).ConfigureAwait(false);
        return await connection.ExchangeAsync(request, cancel).ConfigureAwait(false);
    }

    /// <summary>The heads that follow a subscription on the connection that is open now.</summary>
    public async Task<ChannelReader<EvmBlock>> SubscribeAsync(
        Func<CancellationToken, Task<string>> subscribe, CancellationToken cancel)
    {
        var connection = await OpenAsync(cancel).ConfigureAwait(false);
        var name = await subscribe(cancel).ConfigureAwait(false);
        return connection.HeadsOf(name);
    }

    public async ValueTask DisposeAsync()
    {
        await closed.CancelAsync().ConfigureAwait(false);
        await opening.WaitAsync().ConfigureAwait(false);
        try
        {
            if (current is not null) await current.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            opening.Release();
        }
        closed.Dispose();
    }

    private async Task<Connection> OpenAsync(CancellationToken cancel)
    {
        if (current is { IsOpen: true } open) return open;
        await opening.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (current is { IsOpen: true } other) return other;
            ObjectDisposedException.ThrowIf(closed.IsCancellationRequested, this);
            if (current is not null) await current.DisposeAsync().ConfigureAwait(false);
            current = null;
            var socket = new ClientWebSocket();
            socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(15);
            socket.Options.KeepAliveTimeout = options.Timeout;
            try
            {
                await socket.ConnectAsync(address, cancel).ConfigureAwait(false);
            }
            catch (WebSocketException failure)
            {
                socket.Dispose();
                throw new TransportFault($"It cannot be spoken to: {failure.Message}.", failure) { MaybeSent = false };
            }
            catch
            {
                socket.Dispose();
                throw;
            }
            return current = new Connection(socket, options.ResponseBytesMax, closed.Token);
        }
        finally
        {
            opening.Release();
        }
    }

    private sealed class Connection : IAsyncDisposable
    {
        private readonly ClientWebSocket socket;
        private readonly int responseBytesMax;
        private readonly SemaphoreSlim sending = new(1, 1);
        private readonly Lock gate = new();
        private readonly List<(RpcRequest Request, TaskCompletionSource<RpcBody> Source)> waiting = [];
        private readonly Dictionary<string, Channel<EvmBlock>> heads = [];
        private readonly Task reading;
        private volatile bool isOver;

        public Connection(ClientWebSocket socket, int responseBytesMax, CancellationToken closed)
        {
            this.socket = socket;
            this.responseBytesMax = responseBytesMax;
            reading = Task.Run(() => ReadAsync(closed), CancellationToken.None);
        }

        public bool IsOpen => !isOver && socket.State == WebSocketState.Open;

        public async Task<RpcBody> ExchangeAsync(RpcRequest request, CancellationToken cancel)
        {
            var source = new TaskCompletionSource<RpcBody>(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (gate)
            {
                if (isOver) throw new TransportFault("The connection is closed.") { MaybeSent = false };
                waiting.Add((request, source));
            }
            try
            {
                await sending.WaitAsync(cancel).ConfigureAwait(false);
                try
                {
                    await socket.SendAsync(request.Text, WebSocketMessageType.Text, true, cancel).ConfigureAwait(false);
                }
                finally
                {
                    sending.Release();
                }
                return await source.Task.WaitAsync(cancel).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is WebSocketException or InvalidOperationException)
            {
                throw new TransportFault($"The connection broke: {failure.Message}.", failure);
            }
            finally
            {
                lock (gate) waiting.RemoveAll(each => each.Source == source);
            }
        }

        /// <summary>What came before its name was known has been kept.</summary>
        public ChannelReader<EvmBlock> HeadsOf(string name)
        {
            lock (gate)
            {
                var channel = ChannelOf(name);
                if (isOver) channel.Writer.TryComplete();
                return channel.Reader;
            }
        }

        public async ValueTask DisposeAsync()
        {
            socket.Abort();
            await reading.ConfigureAwait(false);
            socket.Dispose();
            sending.Dispose();
        }

        private Channel<EvmBlock> ChannelOf(string name)
        {
            if (heads.TryGetValue(name, out var channel)) return channel;
            return heads[name] = Channel.CreateBounded<EvmBlock>(
                new BoundedChannelOptions(HeadsKept) { FullMode = BoundedChannelFullMode.DropOldest });
        }

        private async Task ReadAsync(CancellationToken closed)
        {
            var reason = "The endpoint closed the connection.";
            try
            {
                while (await ReceiveAsync(closed).ConfigureAwait(false) is { } body) Hand(body);
            }
            catch (Exception failure) when (failure is WebSocketException or OperationCanceledException
                or ObjectDisposedException or TransportFault or JsonException or FormatException
                or InvalidOperationException or OverflowException)
            {
                reason = $"The connection broke: {failure.Message}.";
            }
            socket.Abort();
            lock (gate)
            {
                isOver = true;
                foreach (var (_, source) in waiting) source.TrySetException(new TransportFault(reason));
                foreach (var channel in heads.Values) channel.Writer.TryComplete();
            }
        }

        private async Task<RpcBody?> ReceiveAsync(CancellationToken closed)
        {
            var body = new RpcBody(ArrayPool<byte>.Shared.Rent(8 << 10));
            try
            {
                while (true)
                {
                    var room = body.Room(responseBytesMax)
                        ?? throw new TransportFault($"Its answer is longer than {responseBytesMax} bytes.");
                    var part = await socket.ReceiveAsync(room, closed).ConfigureAwait(false);
                    if (part.MessageType == WebSocketMessageType.Close)
                    {
                        body.Dispose();
                        return null;
                    }
                    body.Length += part.Count;
                    if (part.EndOfMessage) return body;
                }
            }
            catch
            {
                body.Dispose();
                throw;
            }
        }

        private void Hand(RpcBody body)
        {
            var (id, subscription) = RpcAnswers.Address(body.Span);
            if (subscription is not null)
            {
                using (body)
                {
                    if (RpcAnswers.Head(body.Span) is not { } head) return;
                    lock (gate)
                        if (heads.Count < HeadsKept || heads.ContainsKey(subscription))
                            ChannelOf(subscription).Writer.TryWrite(head);
                }
                return;
            }
            lock (gate)
            {
                // An error about a request as a whole has no id; with one exchange under way it can only be that one.
                var at = id is { } number
                    ? waiting.FindIndex(each => number - each.Request.FirstId >= 0
                        && number - each.Request.FirstId < each.Request.Count)
                    : waiting.Count == 1 ? 0 : -1;
                if (at >= 0 && waiting[at].Source.TrySetResult(body)) return;
            }
            body.Dispose();
            // A late answer to an exchange that was given up is no fault; one that names nothing is.
            if (id is null) throw new TransportFault("It sent a message that belongs to nothing.");
        }
    }
}
