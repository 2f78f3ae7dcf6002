using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>What happens, as it happens, over a WebSocket: one JSON object a message.</summary>
internal sealed class EventRoutes(DoorPlan plan, StreamCount streams)
{
    /// <summary>Of the range that applications may use: the client was too slow, and goes on behind its last event.
    /// </summary>
    public const int TooSlow = 4008;

    /// <summary>What is spoken, as a page names it beside its key; the answer names it and never the key.</summary>
    public const string Protocol = "stun.v1";

    public const string KeyProtocol = "stun.key.";

    /// <summary>Who reads nothing for so long is let go.</summary>
    private static readonly TimeSpan SendWithin = TimeSpan.FromSeconds(10);

    public IEnumerable<ApiRoute> All() =>
    [
        new("GET", "/v1/events", "followEvents",
            "A WebSocket of what happens to the caller's tasks and to offers; everybody's for who may see it. Each "
            + "message is an EventView. A client that is too slow is closed with the code 4008 and can go on behind "
            + "the last position that it has. A page, whose WebSocket sends no header of its own, names the "
            + "subprotocols stun.v1 and stun.key. followed by its key.", EventsAsync)
        {
            Right = Right.EventsRead,
            IsStream = true,
            TakesSubprotocol = true,
            Parameters =
            [
                ApiParameter.Query("since", "string", "Go on behind this position, without gap or double; from now on "
                    + "if left out."),
            ],
            Answers = [new ApiAnswer(101, "It is a WebSocket now."), ApiAnswer.Of<EventView>(200, "A message of it.")],
            Refusals = ["request.upgrade", "request.invalid", "node.busy"],
        },
    ];

    private async Task EventsAsync(ApiCall call)
    {
        var since = call.Query("since") is null ? -1 : call.Number("since", 0, 0, long.MaxValue);
        if (!call.Http.WebSockets.IsWebSocketRequest)
            throw new ApiException("request.upgrade", "This was no request for a WebSocket.");
        using var place = streams.Enter();
        using var follower = plan.Events.Follow(call.Who.SeesAll ? null : call.Who.Account);
        var spoken = call.Http.WebSockets.WebSocketRequestedProtocols.Contains(Protocol) ? Protocol : null;
        using var socket = await call.Http.WebSockets.AcceptWebSocketAsync(spoken).ConfigureAwait(false);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(call.Cancel);
        var listening = ListenAsync(socket, over);
        try
        {
            await SendAllAsync(socket, follower, since, over.Token).ConfigureAwait(false);
            await CloseAsync(socket, (WebSocketCloseStatus)TooSlow, "too slow").ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is OperationCanceledException or WebSocketException or IOException)
        {
            if (over.IsCancellationRequested)
                await CloseAsync(socket, WebSocketCloseStatus.NormalClosure, "").ConfigureAwait(false);
            else if (gone is OperationCanceledException)
                await CloseAsync(socket, (WebSocketCloseStatus)TooSlow, "too slow").ConfigureAwait(false);
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            await listening.ConfigureAwait(false);
        }
    }

    /// <summary>Returns when the follower was let go.</summary>
    private async Task SendAllAsync(WebSocket socket, EventHub.Follower follower, long since, CancellationToken cancel)
    {
        var position = since < 0 ? follower.Begin : since;
        while (position < follower.Begin)
        {
            var earlier = plan.Events.Earlier(follower, position);
            foreach (var happened in earlier) await SendAsync(socket, happened, cancel).ConfigureAwait(false);
            if (earlier.Count == 0) break;
            position = earlier[^1].Position;
        }
        await foreach (var happened in follower.News.ReadAllAsync(cancel).ConfigureAwait(false))
            if (happened.Position > position) await SendAsync(socket, happened, cancel).ConfigureAwait(false);
    }

    private static async Task SendAsync(WebSocket socket, LoggedEvent happened, CancellationToken cancel)
    {
        var view = new EventView(
            happened.Position.ToString(CultureInfo.InvariantCulture), WallTime.Time(happened.At),
            happened.Task?.ToString(), happened.Kind, happened.About, happened.Detail);
        var json = JsonSerializer.SerializeToUtf8Bytes(view, ApiJson.Default.EventView);
        var sending = socket.SendAsync(json.AsMemory(), WebSocketMessageType.Text, true, cancel);
        if (sending.IsCompletedSuccessfully) return;
        try
        {
            await sending.AsTask().WaitAsync(SendWithin, cancel).ConfigureAwait(false);
        }
        catch (TimeoutException slow)
        {
            socket.Abort();
            throw new IOException("The client reads nothing.", slow);
        }
    }

    /// <summary>Clients say nothing but good-bye.</summary>
    private static async Task ListenAsync(WebSocket socket, CancellationTokenSource over)
    {
        var buffer = new byte[256];
        try
        {
            while (socket.State == WebSocketState.Open)
            {
                var said = await socket.ReceiveAsync(buffer.AsMemory(), over.Token).ConfigureAwait(false);
                if (said.MessageType == WebSocketMessageType.Close) break;
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or WebSocketException or IOException)
        {
            // It is over in any case.
        }
        await over.CancelAsync().ConfigureAwait(false);
    }

    private static async Task CloseAsync(WebSocket socket, WebSocketCloseStatus status, string why)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived)) return;
        try
        {
            using var within = new CancellationTokenSource(SendWithin);
            await socket.CloseOutputAsync(status, why, within.Token).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is OperationCanceledException or WebSocketException or IOException)
        {
            // Then without a word.
        }
    }
}
