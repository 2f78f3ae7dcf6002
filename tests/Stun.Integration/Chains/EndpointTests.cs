using System.Text;
using Microsoft.AspNetCore.Http;
using Stun.Chain;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;

namespace Stun.Integration.Chains;

public sealed class EndpointTests
{
    private static EvmRpc Rpc(params Uri[] endpoints) => new(new EvmRpcOptions(31337, endpoints)
    {
        Timeout = TimeSpan.FromSeconds(1),
        SickTime = TimeSpan.FromMilliseconds(200),
        SickTimeMax = TimeSpan.FromMilliseconds(400),
        ResponseBytesMax = 1 << 20,
    });

    [Fact]
    public async Task When_an_endpoint_dies_the_next_one_answers_and_the_first_is_taken_again_later()
    {
        await using var scene = await ChainScene.StartAsync();
        await using var proxy = new FadingProxy(scene.Chain.Http);
        await using var spare = new FadingProxy(scene.Chain.Http);
        await using var rpc = Rpc(proxy.Address, spare.Address);
        for (var call = 0; call < 5; call++) await rpc.GetBlockNumberAsync();
        var before = spare.ConnectionCount;
        await proxy.CutAsync();
        // None of them fails.
        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => rpc.GetBlockNumberAsync()));
        proxy.Mend();
        var known = proxy.ConnectionCount;
        await ChainScene.UntilAsync(async () =>
        {
            await rpc.GetBlockNumberAsync();
            return proxy.ConnectionCount > known;
        }, "the first endpoint is asked again");
        Assert.True(spare.ConnectionCount >= before);
    }

    [Fact]
    public async Task An_endpoint_of_another_chain_is_refused_by_name()
    {
        await using var scene = await ChainScene.StartAsync(new LocalChainOptions { ChainId = 5 });
        await using var rpc = Rpc(scene.Chain.Http);
        var refused = await Assert.ThrowsAsync<ChainException>(() => rpc.GetBlockNumberAsync());
        Assert.Equal("chain.wrong-id", refused.Code);
        Assert.Contains("chain 5, and 31337", refused.Message);
    }

    [Fact]
    public async Task An_endpoint_of_another_chain_is_passed_over_where_another_is_right()
    {
        await using var wrong = await ChainScene.StartAsync(new LocalChainOptions { ChainId = 5 });
        await using var right = await ChainScene.StartAsync();
        await right.Hand.MineAsync(3);
        await using var rpc = Rpc(wrong.Chain.Http, right.Chain.Http);
        Assert.Equal(3u, await rpc.GetBlockNumberAsync());
    }

    [Fact]
    public async Task An_endpoint_that_is_far_behind_is_passed_over()
    {
        await using var behind = await ChainScene.StartAsync();
        await using var ahead = await ChainScene.StartAsync();
        await ahead.Hand.MineAsync(100);
        await using var rpc = Rpc(behind.Chain.Http, ahead.Chain.Http);
        // The heads are compared in the background; the first answer may come before.
        await ChainScene.UntilAsync(
            async () => await rpc.GetBlockNumberAsync() == 100, "the endpoint ahead is asked", 5);
    }

    [Theory]
    [InlineData("this is no JSON")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,")]
    [InlineData("[[[[[[[[[[[[")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":987654321,\"result\":\"0x1\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":\"three\",\"result\":\"0x1\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"parse error\"}}")]
    public async Task An_endpoint_that_talks_nonsense_is_sick_and_another_answers(string nonsense)
    {
        await using var scene = await ChainScene.StartAsync();
        await using var hostile = await HostileNode.StartAsync(HostileNode.Says(nonsense));
        await using var rpc = Rpc(hostile.Address, scene.Chain.Http);
        Assert.NotNull(await rpc.GetBlockAsync(BlockTag.Latest));
        Assert.True(hostile.RequestCount > 0);
        await using var alone = Rpc(hostile.Address);
        var failure = await Assert.ThrowsAsync<ChainException>(() => alone.GetBlockAsync(BlockTag.Latest));
        Assert.Equal("chain.unreachable", failure.Code);
    }

    [Theory]
    [InlineData("\"0xzz\"")]
    [InlineData("\"0x\"")]
    [InlineData("12")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("\"0xfffffffffffffffffffffffffffffffffffffffff\"")]
    public async Task A_value_of_the_wrong_form_is_no_answer(string value)
    {
        await using var hostile = await HostileNode.StartAsync(
            (request, response) => response.WriteAsync(HostileNode.Result(request, value)));
        await using var rpc = Rpc(hostile.Address);
        var failure = await Assert.ThrowsAsync<ChainException>(() => rpc.GetBalanceAsync(default));
        Assert.Equal("chain.unreachable", failure.Code);
        Assert.Contains("cannot be read", failure.Message);
    }

    [Theory]
    [InlineData("BlockOutOfRangeError: block height is 266 but requested was 268", -32602)]
    [InlineData("header not found", -32000)]
    public async Task A_node_in_the_midst_of_a_reorg_is_asked_again_for_what_is_newest(string says, int code)
    {
        var count = 0;
        await using var node = await HostileNode.StartAsync((request, response) => response.WriteAsync(
            Interlocked.Increment(ref count) % 3 != 0
                ? HostileNode.Error(request, code, says)
                : HostileNode.Result(request, "\"0x5208\"")));
        await using var rpc = Rpc(node.Address);
        Assert.Equal(21_000u, await rpc.EstimateGasAsync(new CallRequest(null, default)));
        Assert.Equal(3, node.RequestCount);
        // A block of its own is meant, and is not there.
        var missing = await Assert.ThrowsAsync<ChainException>(() => rpc.GetBalanceAsync(default, BlockTag.At(268)));
        Assert.Equal("chain.block-unknown", missing.Code);
        Assert.Equal(4, node.RequestCount);
    }

    [Fact]
    public async Task A_node_that_never_has_its_newest_block_is_named_so()
    {
        await using var node = await HostileNode.StartAsync((request, response) =>
            response.WriteAsync(HostileNode.Error(request, -32602, "BlockOutOfRangeError: block height is 1")));
        await using var rpc = Rpc(node.Address);
        var failure = await Assert.ThrowsAsync<ChainException>(() => rpc.GetBalanceAsync(default));
        Assert.Equal("chain.block-unknown", failure.Code);
    }

    [Fact]
    public async Task An_answer_without_an_end_is_cut()
    {
        var megabyte = Encoding.ASCII.GetBytes(new string('0', 1 << 20));
        await using var hostile = await HostileNode.StartAsync(async (_, response) =>
        {
            await response.WriteAsync("{\"jsonrpc\":\"2.0\",\"result\":\"0x");
            for (var part = 0; part < 5_000; part++) await response.Body.WriteAsync(megabyte);
        });
        await using var rpc = Rpc(hostile.Address);
        var before = GC.GetTotalAllocatedBytes();
        var failure = await Assert.ThrowsAsync<ChainException>(() => rpc.GetCodeAsync(default));
        Assert.Equal("chain.range-refused", failure.Code);
        Assert.Contains("longer than 1048576", failure.Message);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 200 << 20);
    }

    [Fact]
    public async Task An_endpoint_that_never_answers_is_left_in_time()
    {
        await using var scene = await ChainScene.StartAsync();
        var silence = new TaskCompletionSource();
        await using var hostile = await HostileNode.StartAsync((_, _) => silence.Task);
        await using var rpc = Rpc(hostile.Address, scene.Chain.Http);
        Assert.NotNull(await rpc.GetBlockAsync(BlockTag.Latest).WaitAsync(TimeSpan.FromSeconds(5)));
        silence.SetResult();
    }

    [Fact]
    public async Task A_transaction_that_may_have_arrived_is_not_sent_twice_by_itself()
    {
        await using var hostile = await HostileNode.StartAsync(HostileNode.Says("lost"));
        await using var spare = await HostileNode.StartAsync(HostileNode.Says("lost"));
        await using var rpc = Rpc(hostile.Address, spare.Address);
        var failure = await Assert.ThrowsAsync<ChainException>(() => rpc.SendRawTransactionAsync(new byte[] { 2 }));
        Assert.Equal("chain.unreachable", failure.Code);
        Assert.Equal(1, hostile.RequestCount);
        Assert.Equal(0, spare.RequestCount);
    }

    [Fact]
    public async Task A_node_that_takes_no_batches_gets_smaller_ones()
    {
        await using var hostile = await HostileNode.StartAsync((request, response) =>
            request.ValueKind == System.Text.Json.JsonValueKind.Array
                ? response.WriteAsync("{\"id\":null,\"error\":{\"code\":-32600,\"message\":\"no\"}}")
                : response.WriteAsync(HostileNode.Result(request, "\"0x10\"")));
        await using var rpc = new EvmRpc(new EvmRpcOptions(31337, [hostile.Address])
        {
            AttemptsMax = 10,
            BatchMax = 16,
        });
        var balances = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => rpc.GetBalanceAsync(default)));
        Assert.All(balances, each => Assert.Equal(new Amount(16), each));
    }

    [Fact]
    public async Task Whoever_stops_waiting_does_not_disturb_the_others()
    {
        await using var scene = await ChainScene.StartAsync();
        await using var rpc = Rpc(scene.Chain.Http);
        using var impatient = new CancellationTokenSource();
        var calls = Enumerable.Range(0, 100)
            .Select(at => rpc.GetBlockNumberAsync(at % 2 == 0 ? impatient.Token : default)).ToList();
        await impatient.CancelAsync();
        for (var at = 1; at < calls.Count; at += 2) Assert.Equal(0u, await calls[at]);
    }
}
