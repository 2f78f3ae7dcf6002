using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Stun.Node.Gateway;

namespace Stun.Node.Serving;

/// <summary>
/// Where providers bring their replicas. They only dial out; so for each replica a provider keeps one line open, on
/// which it is told "open ID" and then dials once more under that id: what passes over this second socket is what
/// passes over a connection into the container, byte by byte. Both are opened by the word of the provider's link, as
/// blobs are, and only for a task of which this provider holds an attempt.
/// </summary>
/// <param name="replicas">Gets the way to each replica while its line is open.</param>
/// <param name="holds">Whether this provider runs an attempt of this task.</param>
public sealed class ReplicaDoor(
    ReplicaBoard replicas, Func<string, Address?> peerOf, Func<TaskId, Address, bool> holds, TimeProvider clock)
{
    public const string Route = "/v1/replicas";

    /// <summary>A provider's whole machine is hardly more.</summary>
    private const int LinesPerProviderMax = 1_024;

    private readonly ConcurrentDictionary<Address, int> lines = new();
    private readonly ConcurrentDictionary<string, Awaited> awaited = new(StringComparer.Ordinal);

    /// <summary>A connection that was asked for: who may bring it, and where it goes.</summary>
    private sealed record Awaited(TaskId Task, Address Provider, TaskCompletionSource<BroughtStream> Brought);

    /// <summary>The application must call <c>UseWebSockets</c> before.</summary>
    public void Map(WebApplication app)
    {
        app.Map(Route + "/{task}", context => EnterAsync(context, LineAsync));
        app.Map(Route + "/{task}/{id}", context => EnterAsync(context, BringAsync));
    }

    private async Task EnterAsync(HttpContext context, Func<HttpContext, TaskId, Address, Task> enter)
    {
        const string bearer = "Bearer ";
        var header = context.Request.Headers.Authorization.ToString();
        var isBearer = header.StartsWith(bearer, StringComparison.OrdinalIgnoreCase);
        var who = isBearer ? peerOf(header[bearer.Length..]) : null;
        if (who is not { } provider)
            throw new ApiException("auth.refused", "A replica is brought with the word of a provider's link.");
        if (!FormReader.TryTaskId(context.Request.RouteValues["task"] as string, out var task)
            || !context.WebSockets.IsWebSocketRequest)
            throw new ApiException("replica.no-socket", "A provider brings its replica with a WebSocket.");
        await enter(context, task, provider).ConfigureAwait(false);
    }

    private async Task LineAsync(HttpContext context, TaskId task, Address provider)
    {
        if (!holds(task, provider))
            throw new ApiException("replica.not-yours", $"{provider} holds no attempt of task {task} now.");
        if (lines.AddOrUpdate(provider, 1, (_, count) => count + 1) > LinesPerProviderMax)
        {
            Leave(provider);
            throw new ApiException("node.busy", "It has as many replicas of one provider as it can.");
        }
        try
        {
            using var socket = await AcceptAsync(context).ConfigureAwait(false);
            using var line = new ReplicaLine(this, task, provider, socket);
            using var place = replicas.Add(task, line);
            await line.RunAsync(context.RequestAborted).ConfigureAwait(false);
        }
        finally
        {
            Leave(provider);
        }
    }

    private async Task BringAsync(HttpContext context, TaskId task, Address provider)
    {
        var id = context.Request.RouteValues["id"] as string ?? "";
        if (!awaited.TryGetValue(id, out var asked) || asked.Task != task || asked.Provider != provider
            || !awaited.TryRemove(id, out _))
            throw new ApiException("replica.not-yours", "Nobody waits for this connection any more.");
        using var socket = await AcceptAsync(context).ConfigureAwait(false);
        var stream = WebSocketStream.Create(socket, WebSocketMessageType.Binary, ReplicaCaller.ClosesWithin);
        var brought = new BroughtStream(stream);
        // The request lasts as long as the connection: who uses it says when it is over.
        if (asked.Brought.TrySetResult(brought)) await brought.Done.ConfigureAwait(false);
    }

    private static Task<WebSocket> AcceptAsync(HttpContext context) =>
        context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            KeepAliveInterval = ReplicaCaller.PingEvery,
            KeepAliveTimeout = ReplicaCaller.PingEvery,
        });

    private void Leave(Address provider)
    {
        if (lines.AddOrUpdate(provider, 0, (_, count) => count - 1) <= 0)
            lines.TryRemove(KeyValuePair.Create(provider, 0));
    }

    /// <summary>The line of one replica: words to the provider go one after another.</summary>
    private sealed class ReplicaLine(ReplicaDoor door, TaskId task, Address provider, WebSocket socket)
        : IReplicaWay, IDisposable
    {
        private readonly SemaphoreSlim speaking = new(1);

        public async Task<Stream> ConnectAsync(CancellationToken cancel)
        {
            var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            var asked = new Awaited(task, provider,
                new TaskCompletionSource<BroughtStream>(TaskCreationOptions.RunContinuationsAsynchronously));
            door.awaited[id] = asked;
            try
            {
                await SayAsync($"{ReplicaCaller.OpenWord} {id}", cancel).ConfigureAwait(false);
                return await asked.Brought.Task.WaitAsync(ReplicaCaller.ConnectsWithin, door.Clock, cancel)
                    .ConfigureAwait(false);
            }
            catch (Exception lost) when (lost is TimeoutException or WebSocketException or ObjectDisposedException)
            {
                throw new IOException($"{provider} brings no connection to its replica.", lost);
            }
            finally
            {
                door.awaited.TryRemove(id, out _);
                // Whoever brings it now brings it to nobody.
                if (!asked.Brought.TrySetCanceled(CancellationToken.None) && cancel.IsCancellationRequested)
                    (await asked.Brought.Task.ConfigureAwait(false)).Dispose();
            }
        }

        public void Finish() => _ = TrySayAsync(ReplicaCaller.FinishWord);

        /// <summary>The provider says nothing on it; reading hears the pings, and the end.</summary>
        public async Task RunAsync(CancellationToken cancel)
        {
            try
            {
                var buffer = new byte[64];
                while (socket.State == WebSocketState.Open)
                    await socket.ReceiveAsync(buffer.AsMemory(), cancel).ConfigureAwait(false);
            }
            catch (Exception lost) when (lost is WebSocketException or OperationCanceledException or IOException)
            {
                // It is gone; the provider dials again while its replica lives.
            }
        }

        public void Dispose() => speaking.Dispose();

        private async Task TrySayAsync(string word)
        {
            try
            {
                await SayAsync(word, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception lost) when (lost is WebSocketException or ObjectDisposedException or IOException)
            {
                // Without a line nothing can be said; whoever wants it finished cancels its task in the end.
            }
        }

        private async Task SayAsync(string word, CancellationToken cancel)
        {
            await speaking.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                // Not the caller's own end: half a frame would spoil the line for all others.
                await socket.SendAsync(
                    Encoding.ASCII.GetBytes(word), WebSocketMessageType.Text, endOfMessage: true,
                    CancellationToken.None).ConfigureAwait(false);
            }
            finally
            {
                speaking.Release();
            }
        }
    }

    private TimeProvider Clock => clock;
}
