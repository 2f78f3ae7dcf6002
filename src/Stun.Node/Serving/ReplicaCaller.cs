using System.Buffers;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using Stun.Node.Transport;

namespace Stun.Node.Serving;

/// <summary>
/// The provider's end of <see cref="ReplicaDoor"/>: for each replica of this process it keeps a line to the hub, and
/// brings a connection into the container whenever it is asked for one.
/// </summary>
/// <param name="hubs">
/// Where they are and what opens them, at this moment: one for each provider of this process that has a link. Which of
/// them holds the lease the hub knows; the others are refused.
/// </param>
public sealed class ReplicaCaller(
    Func<IReadOnlyList<(Uri Door, string Token)>> hubs, HubTrust trust, Action<string, string> say, TimeProvider clock)
    : IAsyncDisposable
{
    internal const string OpenWord = "open", FinishWord = "finish";

    internal static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(15), ConnectsWithin = TimeSpan.FromSeconds(10),
        ClosesWithin = TimeSpan.FromSeconds(2);

    /// <summary>A hub that does not know of the attempt yet has it in its books within some of these.</summary>
    private static readonly TimeSpan AgainAfter = TimeSpan.FromMilliseconds(250);

    /// <summary>Connections of one replica at a time; beyond it the hub waits in vain and asks somebody else.</summary>
    private const int ConnectionsMax = 1_024;

    /// <summary>Failures that a person need not hear of: the hub's books may be some seconds late.</summary>
    private const int TellAfter = 40;

    private const int BufferBytes = 64 << 10;

    private readonly Hosting.RunningWork work = new(_ => { });

    /// <summary>Until <paramref name="gone"/>, however often the link breaks.</summary>
    public void Add(TaskId task, IReplicaWay way, CancellationToken gone) => work.Add(KeepAsync(task, way, gone));

    public ValueTask DisposeAsync() => new(work.FinishAsync());

    private async Task KeepAsync(TaskId task, IReplicaWay way, CancellationToken gone)
    {
        await Task.Yield();
        using var both = CancellationTokenSource.CreateLinkedTokenSource(gone, work.Stopping);
        var (isTold, failures, places) = (false, 0, new Places());
        while (!both.IsCancellationRequested)
        {
            foreach (var hub in hubs())
                try
                {
                    await LineAsync(hub, task, way, places, both.Token).ConfigureAwait(false);
                    failures = 0;
                }
                catch (Exception lost) when (lost
                    is WebSocketException or OperationCanceledException or IOException or InvalidOperationException)
                {
                    if (++failures < TellAfter || isTold || both.IsCancellationRequested) continue;
                    say("replica.no-line", $"Task {task}: {lost.Message}");
                    isTold = true;
                }
            try
            {
                await Task.Delay(AgainAfter, clock, both.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The replica is gone, or this process ends.
            }
        }
    }

    private async Task LineAsync(
        (Uri Door, string Token) hub, TaskId task, IReplicaWay way, Places places, CancellationToken cancel)
    {
        using var socket = await DialAsync(hub, $"{ReplicaDoor.Route}/{task}", cancel).ConfigureAwait(false);
        var buffer = new byte[256];
        while (true)
        {
            var heard = await socket.ReceiveAsync(buffer.AsMemory(), cancel).ConfigureAwait(false);
            if (heard.MessageType == WebSocketMessageType.Close) return;
            var word = Encoding.ASCII.GetString(buffer, 0, heard.Count);
            if (word == FinishWord) way.Finish();
            else if (word.StartsWith(OpenWord + " ", StringComparison.Ordinal) && places.TryTake())
                work.Add(BringAsync(
                    hub, $"{ReplicaDoor.Route}/{task}/{word[(OpenWord.Length + 1)..]}", way, places));
        }
    }

    /// <summary>It outlives the line on which it was asked for: what is answered is answered to its end.</summary>
    private async Task BringAsync((Uri Door, string Token) hub, string path, IReplicaWay way, Places places)
    {
        var cancel = work.Stopping;
        try
        {
            // First inside: a hub that gets a connection gets one that works.
            var inner = await way.ConnectAsync(cancel).ConfigureAwait(false);
            await using (inner.ConfigureAwait(false))
            {
                using var socket = await DialAsync(hub, path, cancel).ConfigureAwait(false);
                var outer = WebSocketStream.Create(socket, WebSocketMessageType.Binary, ClosesWithin);
                await using (outer.ConfigureAwait(false))
                    await SpliceAsync(inner, outer, socket, cancel).ConfigureAwait(false);
            }
        }
        catch (Exception lost) when (
            lost is IOException or WebSocketException or OperationCanceledException or InvalidOperationException)
        {
            // Whoever asked for it notices: it does not come, or ends.
        }
        finally
        {
            places.GiveBack();
        }
    }

    /// <summary>
    /// Until one side has said its last. A replica's last bytes must arrive: the socket is closed in good order, and
    /// not torn off by the reading that waits on it. What a caller has still to say to that, nobody hears.
    /// </summary>
    private static async Task SpliceAsync(Stream inner, Stream outer, WebSocket socket, CancellationToken cancel)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var outwards = CopyAsync(inner, outer, end.Token);
        var inwards = CopyAsync(outer, inner, end.Token);
        if (await Task.WhenAny(outwards, inwards).ConfigureAwait(false) == outwards
            && socket.State == WebSocketState.Open)
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, end.Token).ConfigureAwait(false);
            await Task.WhenAny(inwards, Task.Delay(ClosesWithin, end.Token)).ConfigureAwait(false);
        }
        await end.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(outwards, inwards).ConfigureAwait(false);
    }

    private static async Task CopyAsync(Stream from, Stream to, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int count;
            while ((count = await from.ReadAsync(buffer, cancel).ConfigureAwait(false)) > 0)
            {
                await to.WriteAsync(buffer.AsMemory(0, count), cancel).ConfigureAwait(false);
                await to.FlushAsync(cancel).ConfigureAwait(false);
            }
        }
        catch (Exception lost) when (
            lost is IOException or WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Broken is over, too.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<ClientWebSocket> DialAsync(
        (Uri Door, string Token) hub, string path, CancellationToken cancel)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.SetRequestHeader("Authorization", $"Bearer {hub.Token}");
            socket.Options.KeepAliveInterval = PingEvery;
            socket.Options.KeepAliveTimeout = PingEvery;
            socket.Options.HttpVersion = HttpVersion.Version11;
            trust.Apply(socket.Options, hub.Door);
            var address = new UriBuilder(new Uri(hub.Door, path))
            {
                Scheme = hub.Door.Scheme == "https" ? "wss" : "ws",
            };
            using var within = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            within.CancelAfter(ConnectsWithin);
            await socket.ConnectAsync(address.Uri, within.Token).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>How many connections of one replica are open.</summary>
    private sealed class Places
    {
        private int count;

        public bool TryTake()
        {
            if (Interlocked.Increment(ref count) <= ConnectionsMax) return true;
            Interlocked.Decrement(ref count);
            return false;
        }

        public void GiveBack() => Interlocked.Decrement(ref count);
    }
}
