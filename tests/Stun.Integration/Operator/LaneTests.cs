using Stun.Chain.Evm;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Sending;
using Stun.Integration.Chains;
using Stun.Node.Operator.Wire;
using OperatorContract = Stun.Chain.Evm.Contracts.Operator;

namespace Stun.Integration.Operator;

/// <summary>Contracts ask on real chains of this machine: answers, refunds, crashes, reorgs.</summary>
public sealed class LaneTests
{
    [Fact]
    public async Task A_contract_is_called_back_and_the_rest_comes_back_in_the_same_transaction()
    {
        await using var scene = await OperatorScene.StartAsync();
        await scene.NodeAsync();
        var before = await scene.CoinsAsync(scene.Local.User);
        var request = await scene.AskAsync("ping", "hello");
        Assert.Equal("hello", await scene.AnswerAsync(request));
        Assert.Equal(before - OperatorScene.Fee, await scene.CoinsAsync(scene.Local.User));
        Assert.Equal(1UL, await scene.SentCountAsync());
        Assert.Single(await scene.LogsAsync(OperatorTopics.Response));
    }

    [Theory]
    [InlineData("nothing", "x", 25, "operator.no-service")]
    [InlineData("ping", "x", 9, "fee too small")]
    [InlineData("ping", "a much longer text than this node takes in, so that it refuses it", 25,
        "operator.too-large")]
    public async Task A_refusal_is_the_answer_and_all_comes_back(string service, string data, ulong pays, string why)
    {
        await using var scene = await OperatorScene.StartAsync();
        await scene.NodeAsync(rules: new() { DataBytesMax = 160 });
        var before = await scene.CoinsAsync(scene.Local.User);
        var answer = await scene.AnswerAsync(await scene.AskAsync(service, data, pays));
        Assert.StartsWith("{\"error\": \"", answer);
        Assert.Contains(why, answer);
        Assert.Equal(before, await scene.CoinsAsync(scene.Local.User));
    }

    [Fact]
    public async Task A_request_is_answered_once_although_the_node_ended_between()
    {
        await using var scene = await OperatorScene.StartAsync();
        var first = await scene.NodeAsync();
        var request = await scene.AskAsync("held", "x");
        await ChainScene.UntilAsync(() => Task.FromResult(scene.Held.Begun == 1), "the work began");
        await first.DisposeAsync();
        Assert.Equal(1, scene.Held.Cancelled);
        // While nobody looks another one is asked.
        var second = await scene.AskAsync("ping", "y");
        await scene.NodeAsync();
        Assert.Equal("y", await scene.AnswerAsync(second));
        scene.Held.Release();
        Assert.Equal("x", await scene.AnswerAsync(request));
        Assert.Equal(2UL, await scene.SentCountAsync());
    }

    [Fact]
    public async Task What_was_sent_and_not_yet_in_a_block_is_not_sent_again_by_the_next_life()
    {
        await using var scene = await OperatorScene.StartAsync();
        var first = await scene.NodeAsync();
        var request = await scene.AskAsync("held", "x");
        await ChainScene.UntilAsync(() => Task.FromResult(scene.Held.Begun == 1), "the work began");
        await scene.Chain.Hand.AutomineAsync(false);
        scene.Held.Release();
        await ChainScene.UntilAsync(async () => await scene.Chain.Rpc.GetTransactionCountAsync(
            scene.Nodes[0].Address, Stun.Chain.Evm.Rpc.BlockTag.Pending, OperatorScene.Cancel) == 1, "it was sent");
        await first.DisposeAsync();
        await scene.NodeAsync();
        await Task.Delay(500, OperatorScene.Cancel);
        await scene.Chain.Hand.AutomineAsync(true);
        await scene.Chain.Hand.MineAsync();
        Assert.Equal("x", await scene.AnswerAsync(request));
        await scene.Chain.Hand.MineAsync(8);
        await Task.Delay(500, OperatorScene.Cancel);
        Assert.Equal(1UL, await scene.SentCountAsync());
        Assert.Equal(1, scene.Held.Begun);
    }

    [Fact]
    public async Task A_request_that_a_reorg_removes_is_dropped()
    {
        await using var scene = await OperatorScene.StartAsync();
        var lane = await scene.NodeAsync();
        await scene.AskAsync("held", "x");
        await ChainScene.UntilAsync(() => Task.FromResult(scene.Held.Begun == 1), "the work began");
        await scene.Chain.Hand.ReorgAsync(1);
        await ChainScene.UntilAsync(() => Task.FromResult(scene.Held.Cancelled == 1), "the work ended");
        scene.Held.Release();
        // The lane hears of its work's end a moment after the work.
        await ChainScene.UntilAsync(() => Task.FromResult(lane.OpenCount == 0), "the request was dropped");
        await scene.Chain.Hand.MineAsync(8);
        await Task.Delay(500, OperatorScene.Cancel);
        Assert.Equal(0UL, await scene.SentCountAsync());
    }

    [Fact]
    public async Task An_answer_that_a_reorg_removes_is_brought_again()
    {
        await using var scene = await OperatorScene.StartAsync();
        await scene.NodeAsync(with: plan => plan with
        {
            Sending = new TransactionSenderOptions
            {
                Confirmations = 4,
                ResendAfter = TimeSpan.FromMilliseconds(200),
                PollInterval = TimeSpan.FromMilliseconds(30),
            },
        });
        var request = await scene.AskAsync("ping", "x");
        Assert.Equal("x", await scene.AnswerAsync(request));
        await scene.Chain.Hand.ReorgAsync(1);
        Assert.Empty(await scene.Local.AnswerAsync(request, OperatorScene.Cancel));
        Assert.Equal("x", await scene.AnswerAsync(request));
        Assert.Single(await scene.LogsAsync(OperatorTopics.Response));
    }

    [Fact]
    public async Task An_answer_that_its_consumer_would_refuse_is_not_shown_and_the_payment_goes_back()
    {
        await using var scene = await OperatorScene.StartAsync();
        await scene.NodeAsync();
        var asks = scene.Owner.Address;
        var before = await scene.Local.BalanceAsync(asks, OperatorScene.Cancel);
        await scene.AskDirectlyAsync(1, asks, [.. Pairs.Of("service", "held", "data", "secret")]);
        await scene.Chain.Hand.CodeAsync(asks, "0xfe");
        scene.Held.Release();
        await ChainScene.UntilAsync(async () => (await scene.LogsAsync(OperatorTopics.Cancelled)).Count == 1,
            "the request was rejected");
        Assert.Equal(before, await scene.Local.BalanceAsync(asks, OperatorScene.Cancel));
        Assert.Empty(await scene.LogsAsync(OperatorTopics.Response));
    }

    [Fact]
    public async Task A_request_that_this_node_cannot_end_is_expired_and_the_payment_goes_back()
    {
        await using var scene = await OperatorScene.StartAsync();
        await scene.NodeAsync();
        var before = await scene.CoinsAsync(scene.Local.User);
        await scene.Owner.SendAsync(new TransactionRequest(scene.Local.Contract,
            OperatorContract.Calls.SetAuthorizedSenders([scene.Owner.Address])), OperatorScene.Cancel);
        await scene.AskAsync("ping", "x");
        await ChainScene.UntilAsync(() => Task.FromResult(scene.Said.Contains("operator.given-up")), "it gave up");
        Assert.Equal(before - 25, await scene.CoinsAsync(scene.Local.User));
        await scene.Chain.Hand.IncreaseTimeAsync(301);
        await scene.Chain.Hand.MineAsync();
        await ChainScene.UntilAsync(async () => await scene.CoinsAsync(scene.Local.User) == before, "the refund");
    }

    [Fact]
    public async Task Nodes_that_are_named_must_agree_and_others_stay_out()
    {
        await using var scene = await OperatorScene.StartAsync(nodes: 3);
        for (var node = 0; node < 3; node++) await scene.NodeAsync(node);
        byte[] pairs = [.. Pairs.Of("service", "echo", "data", "[1,2]", "nodes",
            $"{scene.Nodes[0].Address},{scene.Nodes[2].Address}", "quorum", "2")];
        await scene.AskDirectlyAsync(1, scene.Owner.Address, pairs);
        await ChainScene.UntilAsync(async () => (await scene.LogsAsync(OperatorTopics.Response)).Count == 1,
            "both have voted");
        var sent = await Task.WhenAll(scene.SentCountAsync(0), scene.SentCountAsync(1), scene.SentCountAsync(2));
        Assert.Equal([1UL, 0UL, 1UL], sent);
        var share = OperatorContract.Answers.Shares(await scene.Chain.Rpc.CallAsync(
            new Stun.Chain.Evm.Rpc.CallRequest(scene.Local.Contract,
                OperatorContract.Calls.Shares(scene.Nodes[2].Address)), default, OperatorScene.Cancel));
        Assert.Equal((UInt256)(OperatorScene.Fee / 2), share);
    }

    [Fact]
    public async Task One_node_answers_on_three_chains()
    {
        var scenes = await Task.WhenAll(((ulong[])[1, 8453, 42161]).Select(
            id => OperatorScene.StartAsync(new LocalChainOptions { ChainId = id })));
        try
        {
            var gate = new SemaphoreSlim(2);
            foreach (var scene in scenes)
                await scene.NodeAsync(with: plan => plan with { Key = scenes[0].Nodes[0], AtOnce = gate });
            foreach (var scene in scenes.Skip(1))
            {
                await scene.Owner.SendAsync(new TransactionRequest(scene.Local.Contract,
                    OperatorContract.Calls.SetAuthorizedSenders([scenes[0].Nodes[0].Address])), OperatorScene.Cancel);
                await scene.Chain.Hand.BalanceAsync(scenes[0].Nodes[0].Address, new Amount(UInt128.One << 80));
            }
            var requests = await Task.WhenAll(scenes.Select(
                (scene, index) => scene.AskAsync("ping", $"{index}")));
            // The same consumer at the same address: the same number of a request is another one on another chain.
            for (var index = 0; index < scenes.Length; index++)
                Assert.Equal($"{index}", await scenes[index].AnswerAsync(requests[index]));
        }
        finally
        {
            foreach (var scene in scenes) await scene.DisposeAsync();
        }
    }
}
