using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using Stun.Node.Gateway;

namespace Stun.Integration.Gateway;

public sealed class EventTests
{
    [Fact]
    public async Task Events_arrive_live_in_order_and_only_the_callers()
    {
        await using var node = await LiveNode.StartAsync();
        using var mine = await OpenAsync(node, ApiRole.Requester, null);
        using var strangers = await OpenAsync(node, ApiRole.Provider, null);
        using var all = await OpenAsync(node, ApiRole.Operator, null);
        var id = await node.RunTaskAsync("seen");
        var events = await UntilAsync(mine, "complete");
        Assert.Equal(["received", "admitted"], events.Where(e => e.Task == id).Take(2).Select(e => e.Kind));
        Assert.Contains("settled", events.Select(e => e.Kind));
        Assert.Equal(events.Select(e => e.Position).Order().Distinct(), events.Select(e => e.Position));
        Assert.Contains("complete", (await UntilAsync(all, "complete")).Select(e => e.Kind));
        await strangers.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
        Assert.DoesNotContain(await RestAsync(strangers), e => e.Task is not null);
    }

    [Fact]
    public async Task A_follower_goes_on_behind_its_last_event_without_gap_or_double()
    {
        await using var node = await LiveNode.StartAsync();
        await node.RunTaskAsync("first");
        using var whole = await OpenAsync(node, ApiRole.Requester, 0);
        var all = await UntilAsync(whole, "complete");
        Assert.Contains("offer-posted", all.Select(e => e.Kind));
        var cut = all[all.Count / 2].Position;
        var running = node.RunTaskAsync("second");
        using var again = await OpenAsync(node, ApiRole.Requester, cut);
        List<Seen> seen = [.. await UntilAsync(again, "complete"), .. await UntilAsync(again, "complete")];
        await running;
        all.AddRange(await UntilAsync(whole, "complete"));
        Assert.Equal(all.Where(e => e.Position > cut), seen);
    }

    [Fact]
    public async Task Who_follows_is_told_that_the_figures_have_changed_and_who_cheats_or_comes()
    {
        await using var node = await LiveNode.StartAsync();
        using var anybody = await OpenAsync(node, ApiRole.Provider, 0);
        var first = await UntilAsync(anybody, "offer-posted");
        Assert.Contains("provider-online", first.Select(e => e.Kind));
        await node.RunTaskAsync("counted");
        var ticks = await UntilAsync(anybody, "statistics");
        Assert.DoesNotContain(ticks, e => e.Task is not null);
        await node.RunTaskAsync("again");
        Assert.Equal("statistics", (await UntilAsync(anybody, "statistics"))[^1].Kind);
    }

    [Fact]
    public async Task A_page_that_can_send_no_header_names_its_key_as_a_subprotocol()
    {
        await using var node = await LiveNode.StartAsync();
        using var socket = await OpenAsPageAsync(node, node.Keys[ApiRole.Requester]);
        Assert.Equal("stun.v1", socket.SubProtocol);
        var id = await node.RunTaskAsync("seen");
        Assert.Contains(await UntilAsync(socket, "complete"), e => e.Task == id);

        var refused = await Assert.ThrowsAsync<WebSocketException>(() => OpenAsPageAsync(node, "stun_0_0"));
        Assert.Contains("401", refused.Message);
        // It opens the events and nothing else.
        using var other = new HttpRequestMessage(HttpMethod.Get, "/v1/me");
        other.Headers.TryAddWithoutValidation("Sec-WebSocket-Protocol", "stun.key." + node.Keys[ApiRole.Requester]);
        using var answer = await node.Http.SendAsync(other);
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    private static async Task<ClientWebSocket> OpenAsPageAsync(LiveNode node, string key)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("stun.v1");
        socket.Options.AddSubProtocol("stun.key." + key);
        await socket.ConnectAsync(
            new Uri($"ws://127.0.0.1:{node.Http.BaseAddress!.Port}/v1/events"), CancellationToken.None);
        return socket;
    }

    private sealed record Seen(long Position, string? Task, string Kind);

    private static async Task<ClientWebSocket> OpenAsync(LiveNode node, ApiRole role, long? since)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + node.Keys[role]);
        var query = since is null ? "" : $"?since={since}";
        await socket.ConnectAsync(
            new Uri($"ws://127.0.0.1:{node.Http.BaseAddress!.Port}/v1/events{query}"), CancellationToken.None);
        return socket;
    }

    private static async Task<List<Seen>> UntilAsync(ClientWebSocket socket, string kind)
    {
        using var within = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        List<Seen> events = [];
        while (events.Count == 0 || events[^1].Kind != kind)
        {
            var happened = await ReadAsync(socket, within.Token)
                ?? throw new InvalidOperationException("It was closed.");
            // Of no place in the order, and under the position of what was before it.
            if (happened.Kind != "statistics" || kind == "statistics") events.Add(happened);
        }
        return events;
    }

    private static async Task<List<Seen>> RestAsync(ClientWebSocket socket)
    {
        using var within = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        List<Seen> events = [];
        while (await ReadAsync(socket, within.Token) is { } happened) events.Add(happened);
        return events;
    }

    private static async Task<Seen?> ReadAsync(ClientWebSocket socket, CancellationToken cancel)
    {
        var buffer = new byte[8192];
        var count = 0;
        while (true)
        {
            var got = await socket.ReceiveAsync(buffer.AsMemory(count), cancel);
            if (got.MessageType == WebSocketMessageType.Close) return null;
            count += got.Count;
            if (!got.EndOfMessage) continue;
            var json = JsonDocument.Parse(buffer.AsMemory(0, count)).RootElement;
            return new Seen(
                long.Parse(json.GetProperty("position").GetString()!, CultureInfo.InvariantCulture),
                json.TryGetProperty("task", out var task) ? task.GetString() : null,
                json.GetProperty("kind").GetString()!);
        }
    }
}
