using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Stun.Chain;
using Stun.Chain.Evm.Following;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;

namespace Stun.Integration.Chains;

public sealed class FollowerTests
{
    private static LogFollowerOptions Options(ChainScene scene, Address notebook, ulong depth = 3) =>
        new(LogFilter.Of(notebook), scene.Network)
        {
            Finality = new FinalityRule.Depth(depth),
            PollInterval = TimeSpan.FromMilliseconds(30),
        };

    private static async Task<(TransactionSender Sender, Address Notebook)> PrepareAsync(ChainScene scene)
    {
        var sender = await scene.SenderAsync(ChainScene.Key(0));
        return (sender, await scene.NotebookAsync(sender));
    }

    /// <summary>Takes events until enough logs were seen; the sight is what the events add up to.</summary>
    private static async Task<List<ulong>> SightAsync(
        IAsyncEnumerable<FollowedEvent> events, Func<List<ulong>, bool> isEnough, List<FollowedEvent>? all = null)
    {
        List<ulong> sight = [];
        await foreach (var each in events)
        {
            if (all is not null)
                lock (all) all.Add(each);
            if (each is FollowedEvent.Seen seen) sight.Add(ChainScene.Number(seen.Log));
            if (each is FollowedEvent.Retracted gone)
            {
                Assert.Equal(sight[^1], ChainScene.Number(gone.Log));
                sight.RemoveAt(sight.Count - 1);
            }
            if (isEnough(sight)) return sight;
        }
        return sight;
    }

    [Fact]
    public async Task Only_what_lies_deep_enough_is_confirmed_and_each_log_once_from_any_cursor()
    {
        await using var scene = await ChainScene.StartAsync();
        var (sender, notebook) = await PrepareAsync(scene);
        await using var _ = sender;
        for (ulong number = 0; number < 10; number++)
            await sender.SendAsync(new TransactionRequest(notebook, ChainScene.NoteMany(number * 3, 3)));
        await scene.Hand.MineAsync(3);
        await sender.SendAsync(new TransactionRequest(notebook, ChainScene.Note(99)));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var follower = new LogFollower(scene.Rpc, Options(scene, notebook));
        List<FollowedEvent> all = [];
        var sight = await SightAsync(
            follower.ConfirmedAsync(LogCursor.StartAt(0), limit.Token), seen => seen.Count == 30, all);
        Assert.Equal(Enumerable.Range(0, 30).Select(each => (ulong)each), sight);
        foreach (var place in all)
        {
            var rest = await SightAsync(
                new LogFollower(scene.Rpc, Options(scene, notebook))
                    .ConfirmedAsync(LogCursor.Parse(place.Cursor.ToString()), limit.Token),
                seen => seen.Count == 30 - all.TakeWhile(each => each != place).Append(place)
                    .Count(each => each is FollowedEvent.Seen));
            Assert.Equal(sight[(30 - rest.Count)..], rest);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_reorg_above_what_is_final_is_taken_back_and_never_confirmed(ulong depth)
    {
        await using var scene = await ChainScene.StartAsync();
        var (sender, notebook) = await PrepareAsync(scene);
        await using var _ = sender;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var follower = new LogFollower(scene.Rpc, Options(scene, notebook, 6));
        List<FollowedEvent> told = [];
        var watching = Task.Run(() => SightAsync(
            follower.ProvisionalAsync(LogCursor.StartAt(0), limit.Token), sight => sight.Contains(100), told),
            limit.Token);
        var confirming = Task.Run(() => SightAsync(
            new LogFollower(scene.Rpc, Options(scene, notebook, 6)).ConfirmedAsync(LogCursor.StartAt(0), limit.Token),
            sight => sight.Contains(100)), limit.Token);
        await scene.Hand.MineAsync(8);
        for (ulong number = 0; number < 6; number++)
            await sender.SendAsync(new TransactionRequest(notebook, ChainScene.NoteMany(number * 2, 2)));
        await ChainScene.UntilAsync(() =>
        {
            lock (told) return Task.FromResult(told.OfType<FollowedEvent.Seen>().Count() == 12);
        }, "all is told provisionally");
        await scene.Hand.ReorgAsync(depth);
        await scene.Hand.MineAsync();
        // The sender of these has its receipts and does not send again; another says the last word.
        await using var other = await scene.SenderAsync(ChainScene.Key(2));
        await other.SendAsync(new TransactionRequest(notebook, ChainScene.Note(100)));
        await scene.Hand.MineAsync(8);
        List<ulong> expected = [.. Enumerable.Range(0, 12 - (2 * (int)depth)).Select(each => (ulong)each), 100];
        Assert.Equal(expected, await watching);
        Assert.Equal(expected, await confirming);
        Assert.Equal(2 * (int)depth, told.OfType<FollowedEvent.Retracted>().Count());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reorg_of_what_was_final_stops_the_follower(bool isConfirmed)
    {
        await using var scene = await ChainScene.StartAsync();
        var (sender, notebook) = await PrepareAsync(scene);
        await using var _ = sender;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await scene.Hand.MineAsync(10);
        await sender.SendAsync(new TransactionRequest(notebook, ChainScene.Note(1)));
        await scene.Hand.MineAsync(3);
        var follower = new LogFollower(scene.Rpc, Options(scene, notebook, 2));
        var events = isConfirmed
            ? follower.ConfirmedAsync(LogCursor.StartAt(0), limit.Token)
            : follower.ProvisionalAsync(LogCursor.StartAt(0), limit.Token);
        var isAtEnd = new TaskCompletionSource();
        var watching = Task.Run(async () =>
        {
            await foreach (var each in events)
                if (each is FollowedEvent.Reached { Cursor.Block: >= 12 }) isAtEnd.TrySetResult();
        }, limit.Token);
        await isAtEnd.Task.WaitAsync(limit.Token);
        await scene.Hand.ReorgAsync(5);
        await scene.Hand.MineAsync(4);
        var stop = await Assert.ThrowsAsync<ChainException>(() => watching);
        Assert.Equal("chain.deep-reorg", stop.Code);
    }

    [Fact]
    public async Task The_chains_own_word_of_what_is_final_is_taken()
    {
        await using var scene = await ChainScene.StartAsync();
        var (sender, notebook) = await PrepareAsync(scene);
        await using var _ = sender;
        await sender.SendAsync(new TransactionRequest(notebook, ChainScene.Note(1)));
        var options = Options(scene, notebook) with { Finality = new FinalityRule.Finalized() };
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var seeing = Task.Run(() => SightAsync(
            new LogFollower(scene.Rpc, options).ConfirmedAsync(LogCursor.StartAt(1), limit.Token),
            sight => sight.Count == 1), limit.Token);
        await Task.Delay(300, limit.Token);
        Assert.False(seeing.IsCompleted);
        await scene.Hand.MineAsync(70);
        Assert.Equal([1UL], await seeing);
    }

    [Fact]
    public async Task A_node_that_refuses_long_ranges_is_asked_for_shorter_ones()
    {
        await using var scene = await ChainScene.StartAsync();
        var (sender, notebook) = await PrepareAsync(scene);
        await using var _ = sender;
        using var http = new HttpClient();
        await sender.SendAsync(new TransactionRequest(notebook, ChainScene.Note(1)));
        await scene.Hand.MineAsync(300);
        await sender.SendAsync(new TransactionRequest(notebook, ChainScene.Note(2)));
        await scene.Hand.MineAsync(5);
        var refusals = 0;
        await using var strict = await HostileNode.StartAsync(async (request, response) =>
        {
            var forward = await http.PostAsync(scene.Chain.Http,
                new StringContent(request.GetRawText(), null, "application/json"));
            var text = await forward.Content.ReadAsStringAsync();
            var calls = request.ValueKind == JsonValueKind.Array ? request.EnumerateArray().ToList() : [request];
            var tooLong = calls.Find(IsTooLong);
            if (tooLong.ValueKind != JsonValueKind.Undefined)
            {
                refusals++;
                using var parsed = JsonDocument.Parse(text);
                var error = $"{{\"jsonrpc\":\"2.0\",\"id\":{tooLong.GetProperty("id")},"
                    + "\"error\":{\"code\":-32005,\"message\":\"query returned more than 50 blocks\"}}";
                var parts = parsed.RootElement.EnumerateArray().Select(each =>
                    each.GetProperty("id").GetInt64() == tooLong.GetProperty("id").GetInt64()
                        ? error : each.GetRawText());
                text = $"[{string.Join(',', parts)}]";
            }
            await response.WriteAsync(text);
        }, 308);
        await using var rpc = new EvmRpc(new EvmRpcOptions(31337, [strict.Address]));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var sight = await SightAsync(
            new LogFollower(rpc, Options(scene, notebook, 0)).ConfirmedAsync(LogCursor.StartAt(0), limit.Token),
            seen => seen.Count == 2);
        Assert.Equal([1UL, 2UL], sight);
        Assert.True(refusals > 2);
    }

    private static bool IsTooLong(JsonElement call)
    {
        if (call.GetProperty("method").GetString() != "eth_getLogs") return false;
        var filter = call.GetProperty("params")[0];
        return filter.TryGetProperty("fromBlock", out var from)
            && Convert.ToUInt64(filter.GetProperty("toBlock").GetString(), 16)
                - Convert.ToUInt64(from.GetString(), 16) >= 50;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_chain_that_stands_still_or_goes_away_only_delays(bool bySocket)
    {
        await using var scene = await ChainScene.StartAsync();
        await using var proxy = new FadingProxy(scene.Chain.Http);
        await using var rpc = new EvmRpc(new EvmRpcOptions(
            31337, [bySocket ? new UriBuilder(proxy.Address) { Scheme = "ws" }.Uri : proxy.Address])
        {
            SickTime = TimeSpan.FromMilliseconds(50),
            SickTimeMax = TimeSpan.FromMilliseconds(200),
        });
        var (sender, notebook) = await PrepareAsync(scene);
        await using var _ = sender;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var seeing = Task.Run(() => SightAsync(
            new LogFollower(rpc, Options(scene, notebook, 0)).ProvisionalAsync(LogCursor.StartAt(0), limit.Token),
            sight => sight.Count == 2), limit.Token);
        await sender.SendAsync(new TransactionRequest(notebook, ChainScene.Note(1)));
        await scene.Hand.AutomineAsync(false);
        await Task.Delay(200, limit.Token);
        await proxy.CutAsync();
        var sent = await sender.SubmitAsync(
            new TransactionRequest(notebook, ChainScene.Note(2)) { GasLimit = 100_000 }, limit.Token);
        await Task.Delay(300, limit.Token);
        await scene.Hand.AutomineAsync(true);
        await scene.Hand.MineAsync();
        await sent.Receipt.WaitAsync(limit.Token);
        proxy.Mend();
        Assert.Equal([1UL, 2UL], await seeing);
    }
}
