using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;

namespace Stun.Integration.Chains;

public sealed class SenderTests
{
    private static readonly Address Someone = new(0xaaaa, 0xbbbb, 0xcccc);

    private static TransactionRequest Gift(ulong units, string? key = null) =>
        new(Someone, default) { Value = new Amount(units), GasLimit = 21_000, Key = key };

    [Fact]
    public async Task Fifty_callers_of_one_key_get_fifty_nonces_without_a_gap()
    {
        await using var scene = await ChainScene.StartAsync();
        using var key = ChainScene.Key(0);
        await using var sender = await scene.SenderAsync(key);
        var notebook = await scene.NotebookAsync(sender);
        var receipts = await Task.WhenAll(Enumerable.Range(0, 50).Select(number => Task.Run(
            () => sender.SendAsync(new TransactionRequest(notebook, ChainScene.Note((ulong)number))
            {
                GasLimit = 100_000,
            }))));
        Assert.All(receipts, each => Assert.True(each.Succeeded));
        Assert.Equal(51u, await scene.Rpc.GetTransactionCountAsync(key.Address));
        var logs = await scene.Rpc.GetLogsAsync(LogFilter.Of(notebook), 0, 60);
        Assert.Equal(Enumerable.Range(0, 50).Select(each => (ulong)each), logs.Select(ChainScene.Number).Order());
    }

    [Fact]
    public async Task Under_one_key_something_is_sent_once_and_nothing_else_is()
    {
        await using var scene = await ChainScene.StartAsync();
        using var key = ChainScene.Key(0);
        await using var sender = await scene.SenderAsync(key);
        var receipts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => sender.SendAsync(Gift(3, "gift"))));
        Assert.Single(receipts.Select(each => each.TransactionHash).Distinct());
        Assert.Equal(receipts[0].TransactionHash, (await sender.SendAsync(Gift(3, "gift"))).TransactionHash);
        Assert.Equal(new Amount(3), await scene.Rpc.GetBalanceAsync(Someone));
        var other = await Assert.ThrowsAsync<ChainException>(() => sender.SendAsync(Gift(4, "gift")));
        Assert.Equal("chain.key-reused", other.Code);
    }

    [Fact]
    public async Task What_is_stuck_below_the_fee_of_the_block_is_sent_again_for_more_under_its_nonce()
    {
        await using var scene = await ChainScene.StartAsync(new LocalChainOptions { IsHalted = true });
        using var key = ChainScene.Key(0);
        await using var sender = await scene.SenderAsync(key);
        var sent = await Task.WhenAll(
            Enumerable.Range(1, 3).Select(each => sender.SubmitAsync(Gift((ulong)each))));
        var first = sent.ToDictionary(each => each.Nonce, each => each.Hash);
        // Far above twice the fee under which they were sent.
        for (var block = 0; block < 6; block++)
        {
            await scene.Hand.NextBaseFeeAsync(40_000_000_000);
            await scene.Hand.MineAsync();
            await Task.Delay(100);
        }
        await ChainScene.UntilAsync(async () =>
        {
            await scene.Hand.MineAsync();
            return sent.All(each => each.Receipt.IsCompleted);
        }, "the three are mined");
        foreach (var each in sent)
        {
            var receipt = await each.Receipt;
            Assert.True(receipt.Succeeded);
            Assert.Equal(receipt.TransactionHash, each.Hash);
            Assert.NotEqual(first[each.Nonce], each.Hash);
            Assert.Null(await scene.Rpc.GetTransactionReceiptAsync(first[each.Nonce]));
        }
        Assert.Equal(new Amount(6), await scene.Rpc.GetBalanceAsync(Someone));
        Assert.Equal(3u, await scene.Rpc.GetTransactionCountAsync(key.Address));
    }

    [Fact]
    public async Task On_a_chain_that_stands_still_nothing_is_outbid_and_all_goes_on_with_it()
    {
        await using var scene = await ChainScene.StartAsync(new LocalChainOptions { IsHalted = true });
        using var key = ChainScene.Key(0);
        await using var sender = await scene.SenderAsync(key);
        var sent = await sender.SubmitAsync(Gift(9));
        var hash = sent.Hash;
        await Task.Delay(1_500);
        Assert.Equal(hash, sent.Hash);
        Assert.False(sent.Receipt.IsCompleted);
        await scene.Hand.AutomineAsync(true);
        await scene.Hand.MineAsync();
        Assert.Equal(hash, (await sent.Receipt.WaitAsync(TimeSpan.FromSeconds(10))).TransactionHash);
    }

    [Fact]
    public async Task What_a_node_dropped_is_sent_again_as_it_was()
    {
        await using var scene = await ChainScene.StartAsync(new LocalChainOptions { IsHalted = true });
        using var key = ChainScene.Key(0);
        await using var sender = await scene.SenderAsync(key);
        var sent = await sender.SubmitAsync(Gift(9));
        await scene.Hand.DropAsync(sent.Hash);
        Assert.Null(await scene.Rpc.GetTransactionAsync(sent.Hash));
        await ChainScene.UntilAsync(
            async () => await scene.Rpc.GetTransactionAsync(sent.Hash) is not null, "the node has it again");
        await scene.Hand.MineAsync();
        Assert.True((await sent.Receipt.WaitAsync(TimeSpan.FromSeconds(10))).Succeeded);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task What_a_reorg_takes_out_of_its_block_is_sent_again_and_confirmed_once(ulong depth)
    {
        await using var scene = await ChainScene.StartAsync(new LocalChainOptions { IsHalted = true });
        using var key = ChainScene.Key(0);
        await using var sender = await scene.SenderAsync(key, new TransactionSenderOptions
        {
            Confirmations = 8,
            PollInterval = TimeSpan.FromMilliseconds(30),
            ResendAfter = TimeSpan.FromMilliseconds(300),
        });
        await scene.Hand.MineAsync(10);
        var sent = await sender.SubmitAsync(Gift(9));
        await scene.Hand.MineAsync();
        await scene.Hand.MineAsync(depth - 1);
        await ChainScene.UntilAsync(
            async () => await scene.Rpc.GetTransactionCountAsync(key.Address) == 1, "it is in a block");
        await Task.Delay(150);
        await scene.Hand.ReorgAsync(depth);
        Assert.Equal(0u, await scene.Rpc.GetTransactionCountAsync(key.Address));
        Assert.False(sent.Receipt.IsCompleted);
        await ChainScene.UntilAsync(async () =>
        {
            await scene.Hand.MineAsync();
            return sent.Receipt.IsCompleted;
        }, "it is confirmed in the new branch");
        var receipt = await sent.Receipt;
        var block = await scene.Rpc.GetBlockAsync(BlockTag.At(receipt.BlockNumber));
        Assert.Equal(block!.Hash, receipt.BlockHash);
        Assert.True(await scene.Rpc.GetBlockNumberAsync() + 1 >= receipt.BlockNumber + 8);
        Assert.Equal(new Amount(9), await scene.Rpc.GetBalanceAsync(Someone));
        Assert.Equal(1u, await scene.Rpc.GetTransactionCountAsync(key.Address));
    }

    [Fact]
    public async Task What_is_called_off_is_replaced_by_nothing()
    {
        await using var scene = await ChainScene.StartAsync(new LocalChainOptions { IsHalted = true });
        using var key = ChainScene.Key(0);
        await using var sender = await scene.SenderAsync(key);
        var sent = await sender.SubmitAsync(Gift(9, "regretted"));
        await sender.CancelAsync("regretted");
        await scene.Hand.MineAsync();
        var end = await Assert.ThrowsAsync<ChainException>(() => sent.Receipt.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal("chain.cancelled", end.Code);
        Assert.True((await scene.Rpc.GetBalanceAsync(Someone)).IsZero);
        Assert.Equal(1u, await scene.Rpc.GetTransactionCountAsync(key.Address));
    }

    [Fact]
    public async Task What_the_account_cannot_pay_is_refused_and_leaves_no_gap()
    {
        await using var scene = await ChainScene.StartAsync();
        using var key = ChainScene.Key(0);
        await using var sender = await scene.SenderAsync(key);
        TransactionRequest[] requests =
        [
            Gift(1), Gift(2), new(Someone, default) { Value = new Amount(UInt128.One << 100), GasLimit = 21_000 },
            Gift(4), Gift(8),
        ];
        var ends = await Task.WhenAll(requests.Select(async each =>
        {
            try
            {
                return (await sender.SendAsync(each).WaitAsync(TimeSpan.FromSeconds(20))).Succeeded ? "sent" : "failed";
            }
            catch (ChainException refused)
            {
                return refused.Code;
            }
        }));
        Assert.Equal(["sent", "sent", "chain.insufficient-funds", "sent", "sent"], ends);
        Assert.Equal(new Amount(15), await scene.Rpc.GetBalanceAsync(Someone));
        Assert.True((await sender.SendAsync(Gift(16)).WaitAsync(TimeSpan.FromSeconds(20))).Succeeded);
    }

    [Fact]
    public async Task A_stranger_with_the_same_key_costs_one_request_and_no_more()
    {
        await using var scene = await ChainScene.StartAsync();
        using var key = ChainScene.Key(0);
        await using var sender = await scene.SenderAsync(key);
        await using var stranger = await scene.SenderAsync(key);
        Assert.True((await stranger.SendAsync(Gift(1))).Succeeded);
        var taken = await Assert.ThrowsAsync<ChainException>(
            () => sender.SendAsync(Gift(2)).WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal("chain.nonce-taken", taken.Code);
        Assert.True((await sender.SendAsync(Gift(4)).WaitAsync(TimeSpan.FromSeconds(20))).Succeeded);
        Assert.Equal(new Amount(5), await scene.Rpc.GetBalanceAsync(Someone));
    }

    [Fact]
    public async Task A_nonce_that_a_stranger_took_is_ours_again_when_a_reorg_undoes_the_stranger()
    {
        await using var scene = await ChainScene.StartAsync(new LocalChainOptions { IsHalted = true });
        using var key = ChainScene.Key(0);
        var options = new TransactionSenderOptions
        {
            Confirmations = 6,
            PollInterval = TimeSpan.FromMilliseconds(10),
            ResendAfter = TimeSpan.FromMilliseconds(50),
        };
        await scene.Hand.MineAsync(10);
        await using var sender = await scene.SenderAsync(key, options);
        await using (var stranger = await scene.SenderAsync(key, options))
        {
            await stranger.SubmitAsync(Gift(1));
            await scene.Hand.MineAsync();
        }
        var ours = await sender.SubmitAsync(Gift(2));
        // As long as it takes to look at it many times.
        await Task.Delay(500);
        Assert.False(ours.Receipt.IsCompleted);
        await scene.Hand.ReorgAsync(1);
        await ChainScene.UntilAsync(async () =>
        {
            await scene.Hand.MineAsync();
            return ours.Receipt.IsCompleted;
        }, "ours is mined in its place");
        Assert.True((await ours.Receipt).Succeeded);
        Assert.Equal(new Amount(2), await scene.Rpc.GetBalanceAsync(Someone));
        Assert.Equal(1u, await scene.Rpc.GetTransactionCountAsync(key.Address));
    }

    [Fact]
    public async Task What_a_reorg_leaves_without_coin_says_so_and_goes_when_there_is_coin_again()
    {
        await using var scene = await ChainScene.StartAsync(new LocalChainOptions { IsHalted = true });
        using var key = EvmKey.Generate();
        var coin = new Amount(1_000_000_000_000_000_000);
        await scene.Hand.MineAsync(5);
        await using var sender = await scene.SenderAsync(key, new TransactionSenderOptions
        {
            Confirmations = 4,
            PollInterval = TimeSpan.FromMilliseconds(30),
            ResendAfter = TimeSpan.FromMilliseconds(100),
        });
        await scene.Hand.BalanceAsync(key.Address, coin);
        var sent = await sender.SubmitAsync(Gift(9));
        Assert.Null(sent.Hindrance);
        await scene.Hand.MineAsync();
        await ChainScene.UntilAsync(
            async () => await scene.Rpc.GetTransactionCountAsync(key.Address) == 1, "it is in a block");
        // The gift is in no block of its own: it goes with the block that was made on it.
        await scene.Hand.ReorgAsync(2);
        await ChainScene.UntilAsync(
            () => Task.FromResult(sent.Hindrance?.Code == "chain.insufficient-funds"), "it says what is in its way");
        Assert.False(sent.Receipt.IsCompleted);
        await scene.Hand.BalanceAsync(key.Address, coin);
        await ChainScene.UntilAsync(async () =>
        {
            await scene.Hand.MineAsync();
            return sent.Receipt.IsCompleted;
        }, "it is on the chain");
        Assert.True((await sent.Receipt).Succeeded);
        Assert.Null(sent.Hindrance);
        Assert.Equal(new Amount(9), await scene.Rpc.GetBalanceAsync(Someone));
    }

    [Fact]
    public async Task A_chain_that_goes_away_delays_what_is_sent_and_loses_nothing()
    {
        await using var scene = await ChainScene.StartAsync();
        await using var proxy = new FadingProxy(scene.Chain.Http);
        await using var rpc = new EvmRpc(new EvmRpcOptions(31337, [proxy.Address])
        {
            SickTime = TimeSpan.FromMilliseconds(50),
            SickTimeMax = TimeSpan.FromMilliseconds(200),
            Timeout = TimeSpan.FromSeconds(2),
        });
        using var key = ChainScene.Key(0);
        await using var sender = await TransactionSender.OpenAsync(
            rpc, key, scene.Network, new MemorySendingJournal(), new TransactionSenderOptions
            {
                PollInterval = TimeSpan.FromMilliseconds(30),
                ResendAfter = TimeSpan.FromMilliseconds(200),
            });
        Assert.True((await sender.SendAsync(Gift(1))).Succeeded);
        await proxy.CutAsync();
        var sent = Enumerable.Range(1, 5).Select(each => sender.SendAsync(Gift(2))).ToList();
        await Task.Delay(500);
        proxy.Mend();
        var ends = await Task.WhenAll(sent.Select(async each =>
        {
            try
            {
                return (await each.WaitAsync(TimeSpan.FromSeconds(20))).Succeeded;
            }
            catch (ChainException gone) when (gone.Code == "chain.unreachable")
            {
                // Refused before it had a nonce: nothing was sent, and the caller was told so.
                return false;
            }
        }));
        var arrived = (ulong)ends.Count(each => each);
        Assert.Equal(new Amount(1 + (2 * arrived)), await scene.Rpc.GetBalanceAsync(Someone));
        Assert.True((await sender.SendAsync(Gift(100)).WaitAsync(TimeSpan.FromSeconds(20))).Succeeded);
        Assert.Equal(2 + arrived, await scene.Rpc.GetTransactionCountAsync(key.Address));
    }

    [Fact]
    public async Task A_sender_that_is_opened_again_goes_on_with_its_journal()
    {
        await using var scene = await ChainScene.StartAsync(new LocalChainOptions { IsHalted = true });
        using var key = ChainScene.Key(0);
        var path = Path.Combine(Directory.CreateTempSubdirectory("stun-chain-").FullName, "sending");
        Digest hash;
        await using (var journal = new FileSendingJournal(path))
        {
            await using var sender = await scene.SenderAsync(key, journal: journal);
            hash = (await sender.SubmitAsync(Gift(5, "one"))).Hash;
            await sender.SubmitAsync(Gift(7, "two"));
            Assert.Equal("chain.journal-held",
                Assert.Throws<ChainException>(() => new FileSendingJournal(path)).Code);
        }
        await scene.Hand.DropAsync(hash);
        // A crash in the middle of a write.
        await File.AppendAllTextAsync(path, "0123456789abcdef {\"Kind\":\"assig");
        await using (var journal = new FileSendingJournal(path))
        {
            await using var sender = await scene.SenderAsync(key, journal: journal);
            var again = await sender.SubmitAsync(Gift(5, "one"));
            Assert.Equal(hash, again.Hash);
            await ChainScene.UntilAsync(async () =>
            {
                await scene.Hand.MineAsync();
                return again.Receipt.IsCompleted && sender.Find("two") is null;
            }, "both are mined");
        }
        await using (var journal = new FileSendingJournal(path))
        {
            await using var sender = await scene.SenderAsync(key, journal: journal);
            Assert.Equal(hash, (await sender.SendAsync(Gift(5, "one"))).TransactionHash);
        }
        Assert.Equal(new Amount(12), await scene.Rpc.GetBalanceAsync(Someone));
        Directory.Delete(Path.GetDirectoryName(path)!, true);
    }

    [Fact]
    public async Task A_sender_killed_at_any_moment_sends_nothing_twice()
    {
        await using var scene = await ChainScene.StartAsync();
        using var key = ChainScene.Key(1);
        await using var other = await scene.SenderAsync(ChainScene.Key(0));
        var notebook = await scene.NotebookAsync(other);
        var path = Path.Combine(Directory.CreateTempSubdirectory("stun-chain-").FullName, "sending");
        var settings = new SenderVictimSettings(scene.Chain.Http.ToString(), path, notebook.ToString(), 120);
        var random = new Random(20_261_121);
        for (var life = 0; life < 5; life++)
        {
            await using var victim = SenderVictim.Start(settings);
            await victim.WaitForAsync("ready");
            await Task.Delay(random.Next(0, 60));
            await victim.KillAsync();
        }
        await using (var last = SenderVictim.Start(settings)) await last.WaitForAsync("done");
        var head = await scene.Rpc.GetBlockNumberAsync();
        var logs = await scene.Rpc.GetLogsAsync(LogFilter.Of(notebook), 0, head);
        Assert.Equal(Enumerable.Range(0, 120).Select(each => (ulong)each), logs.Select(ChainScene.Number).Order());
        Assert.Equal(120u, await scene.Rpc.GetTransactionCountAsync(key.Address));
        Directory.Delete(Path.GetDirectoryName(path)!, true);
    }
}
