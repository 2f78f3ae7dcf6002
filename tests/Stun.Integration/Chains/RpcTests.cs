using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Reading;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;

namespace Stun.Integration.Chains;

public sealed class RpcTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_question_is_answered_by_http_and_by_websocket(bool bySocket)
    {
        await using var scene = await ChainScene.StartAsync();
        await using var rpc = new EvmRpc(new EvmRpcOptions(
            31337, [bySocket ? scene.Chain.WebSocket : scene.Chain.Http]));
        using var key = ChainScene.Key(0);
        await using var sender = await scene.SenderAsync(key);
        var notebook = await scene.NotebookAsync(sender);
        var noted = await sender.SendAsync(new TransactionRequest(notebook, ChainScene.Note(42)));

        Assert.Equal(31337u, await rpc.GetChainIdAsync());
        Assert.Equal(2u, await rpc.GetBlockNumberAsync());
        var block = await rpc.GetBlockAsync(BlockTag.At(noted.BlockNumber));
        Assert.Equal(noted.BlockHash, block!.Hash);
        Assert.Equal(block, await rpc.GetBlockAsync(BlockTag.At(block.Hash)));
        Assert.Equal(block.ParentHash, (await rpc.GetBlockAsync(BlockTag.At(1)))!.Hash);
        Assert.NotNull(block.BaseFeePerGas);
        Assert.NotNull(await rpc.GetBlockAsync(BlockTag.Safe));
        Assert.NotNull(await rpc.GetBlockAsync(BlockTag.Finalized));
        Assert.Null(await rpc.GetBlockAsync(BlockTag.At(99)));
        Assert.Equal(new Amount(UInt128.Parse("10000000000000000000000")),
            await rpc.GetBalanceAsync(key.Address, BlockTag.At(0)));
        Assert.NotEmpty(await rpc.GetCodeAsync(notebook));
        Assert.Empty(await rpc.GetCodeAsync(key.Address));
        Assert.Equal(ChainScene.Word(42), await rpc.CallAsync(new CallRequest(notebook, ChainScene.Last)));
        Assert.Equal(ChainScene.Word(7),
            await rpc.CallAsync(new CallRequest(notebook, ChainScene.Last), BlockTag.At(block.ParentHash)));
        Assert.InRange(
            await rpc.EstimateGasAsync(new CallRequest(notebook, ChainScene.Note(1)) { From = key.Address }),
            21_000UL, 60_000UL);
        Assert.Equal(3, (await rpc.GetFeeHistoryAsync(2, 50)).BaseFees.Count);
        Assert.Equal(2u, await rpc.GetTransactionCountAsync(key.Address));
        Assert.Equal(2u, await rpc.GetTransactionCountAsync(key.Address, BlockTag.Pending));
        var receipt = await rpc.GetTransactionReceiptAsync(noted.TransactionHash);
        Assert.Equal(42u, ChainScene.Number(Assert.Single(receipt!.Logs)));
        Assert.Equal(1u, (await rpc.GetTransactionAsync(noted.TransactionHash))!.Nonce);
        Assert.Null(await rpc.GetTransactionAsync(Digest.Zero));
        Assert.Single(await rpc.GetLogsAsync(LogFilter.Of(notebook), 0, 2));
        Assert.Single(await rpc.GetLogsAsync(LogFilter.Of(notebook), block.Hash));
        Assert.Empty(await rpc.GetLogsAsync(new LogFilter([notebook], [[Digest.Zero]]), 0, 2));
        Assert.Single(await rpc.GetLogsAsync(new LogFilter([notebook], [[], [receipt.Logs[0].Topics[1]]]), 0, 2));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_crowd_of_calls_travels_in_few_requests_and_each_gets_its_own_answer(bool bySocket)
    {
        await using var scene = await ChainScene.StartAsync();
        await using var proxy = new FadingProxy(scene.Chain.Http);
        await using var rpc = new EvmRpc(new EvmRpcOptions(
            31337, [bySocket ? new UriBuilder(proxy.Address) { Scheme = "ws" }.Uri : proxy.Address]));
        var accounts = Enumerable.Range(1, 3_000).Select(at => new Address(0, 0, (uint)at + 10_000)).ToList();
        await scene.Hand.BalanceAsync(accounts[17], new Amount(170));
        await scene.Hand.BalanceAsync(accounts[2_999], new Amount(29_990));
        var balances = await Task.WhenAll(accounts.Select(each => rpc.GetBalanceAsync(each)));
        Assert.Equal(new Amount(170), balances[17]);
        Assert.Equal(new Amount(29_990), balances[2_999]);
        Assert.Equal(2_998, balances.Count(each => each.IsZero));
        Assert.InRange(proxy.ConnectionCount, 1, 6);
    }

    [Fact]
    public async Task A_contract_that_refuses_is_heard_with_its_words_and_its_bytes()
    {
        await using var scene = await ChainScene.StartAsync();
        using var key = ChainScene.Key(0);
        await using var sender = await scene.SenderAsync(key);
        var notebook = await scene.NotebookAsync(sender);
        var words = await Assert.ThrowsAsync<ChainException>(
            () => scene.Rpc.CallAsync(new CallRequest(notebook, ChainScene.Refuse)));
        Assert.Equal("chain.reverted", words.Code);
        Assert.Contains("not today", words.Message);
        var name = await Assert.ThrowsAsync<ChainException>(
            () => sender.SendAsync(new TransactionRequest(notebook, ChainScene.RefuseByName(9))));
        Assert.Equal("chain.reverted", name.Code);
        Assert.Equal(ChainScene.Word(9), name.RevertData!.Value.Span[4..].ToArray());
        Assert.Equal(1u, await scene.Rpc.GetTransactionCountAsync(key.Address));
    }

    [Fact]
    public async Task New_heads_come_by_themselves()
    {
        await using var scene = await ChainScene.StartAsync();
        await using var rpc = new EvmRpc(new EvmRpcOptions(31337, [scene.Chain.WebSocket]));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        List<ulong> seen = [];
        var listening = Task.Run(async () =>
        {
            await foreach (var head in rpc.NewHeadsAsync(limit.Token))
            {
                lock (seen) seen.Add(head.Number);
                if (head.Number == 5) break;
            }
        }, limit.Token);
        await Task.Delay(200, limit.Token);
        for (var block = 0; block < 5; block++) await scene.Hand.MineAsync();
        await listening;
        Assert.Equal(seen.Order(), seen);
        Assert.Equal(5u, seen[^1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Many_reads_of_one_block_see_the_same(bool byContract)
    {
        await using var scene = await ChainScene.StartAsync();
        using var key = ChainScene.Key(0);
        await using var sender = await scene.SenderAsync(key);
        var notebook = await scene.NotebookAsync(sender);
        var collector = byContract
            ? (await sender.SendAsync(new TransactionRequest(null, ChainScene.Code("Collector")))).ContractAddress
            : null;
        var many = new Multicall(scene.Rpc, collector);
        var results = await many.CallAsync(
        [
            new CallRequest(notebook, ChainScene.Last), new CallRequest(notebook, ChainScene.Refuse),
            new CallRequest(notebook, ChainScene.Last),
        ]);
        Assert.Equal([true, false, true], results.Select(each => each.Succeeded));
        Assert.Equal(ChainScene.Word(7), results[0].Data.ToArray());
        Assert.Equal(ChainScene.Word(7), results[2].Data.ToArray());
        Assert.Equal([0x08, 0xc3, 0x79, 0xa0], results[1].Data[..4].ToArray());
    }

    [Theory]
    [InlineData("ethereum")]
    [InlineData("base")]
    [InlineData("arbitrum")]
    [InlineData("local")]
    [InlineData("local:777")]
    public async Task Each_network_is_spoken_to_by_its_own_rules(string name)
    {
        var network = EvmNetwork.Parse(name);
        await using var scene = await ChainScene.StartAsync(new LocalChainOptions { ChainId = network.ChainId });
        using var key = ChainScene.Key(0);
        await using var sender = await TransactionSender.OpenAsync(
            scene.Rpc, key, network, new MemorySendingJournal(),
            new TransactionSenderOptions { Confirmations = 1, PollInterval = TimeSpan.FromMilliseconds(30) });
        var receipt = await sender.SendAsync(
            new TransactionRequest(new Address(1, 2, 3), default) { Value = new Amount(5) });
        Assert.True(receipt.Succeeded);
        Assert.Equal(new Amount(5), await scene.Rpc.GetBalanceAsync(new Address(1, 2, 3)));
        var block = await scene.Rpc.GetBlockAsync(BlockTag.At(receipt.BlockNumber));
        var tip = receipt.EffectiveGasPrice - block!.BaseFeePerGas!.Value;
        Assert.Equal(network.Fees == FeeModel.BaseFeeWithDataInGas, tip.IsZero);
    }
}
