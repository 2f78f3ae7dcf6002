using System.Diagnostics;
using Stun.Chain;
using Stun.Chain.Evm.Following;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;

namespace Stun.Integration.Chains;

/// <summary>All endpoints are away for a while, and the chain goes on without us.</summary>
public sealed class OutageTests
{
    private static readonly TimeSpan SickTime = TimeSpan.FromMilliseconds(50);

    /// <summary>Until an endpoint of that sick time is left for longer than is waited below.</summary>
    private static readonly TimeSpan Outage = TimeSpan.FromMilliseconds(3_400);

    private static EvmRpc Rpc(params FadingProxy[] proxies) =>
        new(new EvmRpcOptions(31337, [.. proxies.Select(each => each.Address)]) { SickTime = SickTime });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Endpoints_that_were_all_away_are_asked_as_soon_as_they_are_back(int count)
    {
        await using var scene = await ChainScene.StartAsync();
        var proxies = Enumerable.Range(0, count).Select(_ => new FadingProxy(scene.Chain.Http)).ToArray();
        await using var rpc = Rpc(proxies);
        await rpc.GetBlockNumberAsync();
        foreach (var each in proxies) await each.CutAsync();
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Outage; await Task.Delay(20))
        {
            var away = await Assert.ThrowsAsync<ChainException>(() => rpc.GetBlockNumberAsync());
            Assert.Equal("chain.unreachable", away.Code);
        }
        proxies[^1].Mend();
        var back = Stopwatch.StartNew();
        await ChainScene.UntilAsync(async () =>
        {
            try
            {
                await rpc.GetBlockNumberAsync();
                return true;
            }
            catch (ChainException away) when (away.Code == "chain.unreachable")
            {
                return false;
            }
        }, "it answers again");
        Assert.InRange(back.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        foreach (var each in proxies) await each.DisposeAsync();
    }

    [Fact]
    public async Task What_was_sent_before_and_what_happened_meanwhile_is_found_after_an_outage()
    {
        await using var scene = await ChainScene.StartAsync(new LocalChainOptions { IsHalted = true });
        await using var first = new FadingProxy(scene.Chain.Http);
        await using var second = new FadingProxy(scene.Chain.Http);
        await using var rpc = Rpc(first, second);
        using var ourKey = ChainScene.Key(0);
        using var otherKey = ChainScene.Key(1);
        var options = new TransactionSenderOptions
        {
            Confirmations = 3,
            PollInterval = TimeSpan.FromMilliseconds(30),
            ResendAfter = TimeSpan.FromMilliseconds(100),
        };
        await using var other = await scene.SenderAsync(otherKey, options);
        var making = scene.NotebookAsync(other);
        await MineUntilAsync(scene, making);
        var notebook = await making;
        await using var ours = await TransactionSender.OpenAsync(
            rpc, ourKey, scene.Network, new MemorySendingJournal(), options);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var follower = new LogFollower(rpc, new LogFollowerOptions(LogFilter.Of(notebook), scene.Network)
        {
            Finality = new FinalityRule.Depth(3),
            PollInterval = TimeSpan.FromMilliseconds(30),
        });
        var following = Task.Run(() => SeenAsync(follower, count: 3, stop.Token), stop.Token);
        await MineUntilAsync(scene, ours.SendAsync(Note(notebook, 1)));
        var sent = await ours.SubmitAsync(Note(notebook, 2));

        await first.CutAsync();
        await second.CutAsync();
        // The node loses what it was given, and the chain goes on.
        await scene.Hand.DropAsync(sent.Hash);
        await MineUntilAsync(scene, other.SendAsync(Note(notebook, 3)));
        await Task.Delay(Outage);
        Assert.False(sent.Receipt.IsCompleted);
        Assert.Equal("chain.unreachable", follower.LastFailure?.Code);
        first.Mend();
        second.Mend();

        await MineUntilAsync(scene, sent.Receipt);
        Assert.True((await sent.Receipt).Succeeded);
        await MineUntilAsync(scene, following);
        Assert.Equal([1ul, 3, 2], await following);
        Assert.Null(follower.LastFailure);
        Assert.Equal(2u, await scene.Rpc.GetTransactionCountAsync(ourKey.Address));
    }

    private static TransactionRequest Note(Address notebook, ulong number) =>
        new(notebook, ChainScene.Note(number)) { GasLimit = 100_000 };

    private static async Task<List<ulong>> SeenAsync(LogFollower follower, int count, CancellationToken cancel)
    {
        List<ulong> seen = [];
        await foreach (var told in follower.ConfirmedAsync(LogCursor.StartAt(0), cancel))
        {
            if (told is FollowedEvent.Seen log) seen.Add(ChainScene.Number(log.Log));
            if (seen.Count == count) break;
        }
        return seen;
    }

    private static Task MineUntilAsync(ChainScene scene, Task done) => ChainScene.UntilAsync(async () =>
    {
        await scene.Hand.MineAsync();
        return done.IsCompleted;
    }, "it is on the chain and known there");
}
