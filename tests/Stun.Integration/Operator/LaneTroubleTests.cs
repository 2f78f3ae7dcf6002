using System.Text.Json;
using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;
using Stun.Integration.Chains;
using Stun.Node.Operator.Following;
using Stun.Node.Operator.Wire;
using OperatorContract = Stun.Chain.Evm.Contracts.Operator;

namespace Stun.Integration.Operator;

/// <summary>What keeps an answer from its contract for a while, and must not keep it for good.</summary>
public sealed class LaneTroubleTests
{
    private static readonly byte[] Held = [.. Pairs.Of("service", "held", "data", "x")];

    private static TransactionSenderOptions Sending(ulong confirmations) => new()
    {
        Confirmations = confirmations,
        ResendAfter = TimeSpan.FromMilliseconds(200),
        PollInterval = TimeSpan.FromMilliseconds(30),
    };

    [Fact]
    public async Task Requests_that_take_ten_minutes_are_kept_alive_although_a_stranger_would_end_them()
    {
        await using var scene = await OperatorScene.StartAsync();
        // No confirmation ever comes: none of them may wait for another one's.
        await scene.NodeAsync(with: plan => plan with { Sending = Sending(1_000) });
        for (ulong nonce = 1; nonce <= 4; nonce++) await scene.AskDirectlyAsync(nonce, scene.Owner.Address, Held);
        await ChainScene.UntilAsync(() => Task.FromResult(scene.Held.Begun == 4), "the work began");
        await using var stranger = await scene.Chain.SenderAsync(ChainScene.Key(2));
        for (var minute = 0; minute < 10; minute++)
        {
            await scene.PassAsync(60);
            var requests = await RequestsAsync(scene);
            Assert.Equal(4, requests.Count);
            foreach (var request in requests)
            {
                var refused = await Assert.ThrowsAsync<ChainException>(() => stranger.SendAsync(
                    new TransactionRequest(scene.Local.Contract, OperatorCalls.Expire(request)),
                    OperatorScene.Cancel));
                Assert.IsType<OperatorContract.Error.NotExpired>(
                    OperatorContract.Error.TryDecode(refused.RevertData!.Value.Span));
            }
            await ChainScene.UntilAsync(async () =>
            {
                var head = (await scene.Chain.Rpc.GetBlockAsync(BlockTag.Latest, OperatorScene.Cancel))!;
                return (await RequestsAsync(scene)).All(each => each.Expiration > head.Timestamp + 60);
            }, "each has a minute left");
        }
        scene.Held.Release();
        await ChainScene.UntilAsync(async () => (await scene.LogsAsync(OperatorTopics.Response)).Count == 4,
            "the answers");
    }

    [Fact]
    public async Task A_request_lives_a_day_at_most_and_each_extension_stays_within_the_contracts_hour()
    {
        await using var scene = await OperatorScene.StartAsync();
        await scene.NodeAsync(with: plan => plan with
        {
            ExtendBefore = TimeSpan.FromMinutes(10),
            ExtendBy = TimeSpan.FromHours(3),
        });
        await scene.AskDirectlyAsync(1, scene.Owner.Address, Held);
        await ChainScene.UntilAsync(() => Task.FromResult(scene.Held.Begun == 1), "the work began");
        var last = (await OriginalsAsync(scene))[0].Expiration + 86_400UL - 300UL;
        while (true)
        {
            await ChainScene.UntilAsync(async () =>
            {
                var head = (await scene.Chain.Rpc.GetBlockAsync(BlockTag.Latest, OperatorScene.Cancel))!;
                var end = (await RequestsAsync(scene))[0].Expiration;
                return end == last || end > head.Timestamp + 3_000;
            }, "it was extended");
            if ((await RequestsAsync(scene))[0].Expiration == last) break;
            await scene.PassAsync(3_100);
        }
        var count = (await scene.LogsAsync(OperatorTopics.Extended)).Count;
        await scene.PassAsync(3_500);
        await Task.Delay(500, OperatorScene.Cancel);
        Assert.Equal(count, (await scene.LogsAsync(OperatorTopics.Extended)).Count);
        Assert.False(scene.HasSaid("operator.extend"));
        scene.Held.Release();
        await ChainScene.UntilAsync(async () => (await scene.LogsAsync(OperatorTopics.Response)).Count == 1,
            "the answer");
    }

    [Fact]
    public async Task An_extension_that_the_contract_refuses_for_another_reason_is_tried_again()
    {
        await using var scene = await OperatorScene.StartAsync();
        await scene.NodeAsync();
        await scene.AskDirectlyAsync(1, scene.Owner.Address, Held);
        await ChainScene.UntilAsync(() => Task.FromResult(scene.Held.Begun == 1), "the work began");
        await AuthorizeAsync(scene, scene.Owner.Address);
        await scene.PassAsync(200);
        await ChainScene.UntilAsync(() => Task.FromResult(scene.HasSaid("operator.extend")), "it was refused");
        await AuthorizeAsync(scene, scene.Nodes[0].Address);
        await ChainScene.UntilAsync(async () => (await scene.LogsAsync(OperatorTopics.Extended)).Count == 1,
            "it was extended");
    }

    [Fact]
    public async Task An_own_extension_counts_before_the_chain_tells_of_it_as_final()
    {
        await using var scene = await OperatorScene.StartAsync();
        await scene.NodeAsync(with: plan => plan with
        {
            Settings = plan.Settings with { WaitsForFinality = true },
            Finality = new FinalityRule.Depth(20),
            ExtendBefore = TimeSpan.FromSeconds(590),
        });
        await scene.AskDirectlyAsync(1, scene.Owner.Address, Held);
        await scene.Chain.Hand.MineAsync(20);
        await ChainScene.UntilAsync(() => Task.FromResult(scene.Held.Begun == 1), "the work began");
        for (var count = 1; count <= 3; count++)
        {
            await ChainScene.UntilAsync(
                async () => (await scene.LogsAsync(OperatorTopics.Extended)).Count == count, $"extension {count}");
            await scene.PassAsync(60);
        }
        scene.Held.Release();
        await ChainScene.UntilAsync(async () => (await scene.LogsAsync(OperatorTopics.Response)).Count == 1,
            "the answer");
        Assert.False(scene.HasSaid("chain.key-reused"));
    }

    [Fact]
    public async Task An_answer_waits_for_an_endpoint_that_is_away_and_is_not_thrown_away()
    {
        await using var scene = await OperatorScene.StartAsync();
        await using var wire = new FadingProxy(scene.Chain.Chain.Http);
        await scene.NodeAsync(with: plan => plan with
        {
            Settings = plan.Settings with { Rpc = [wire.Address.ToString()] },
        });
        var request = await scene.AskAsync("held", "x");
        await ChainScene.UntilAsync(() => Task.FromResult(scene.Held.Begun == 1), "the work began");
        await wire.CutAsync();
        scene.Held.Release();
        await Task.Delay(TimeSpan.FromSeconds(20), OperatorScene.Cancel);
        wire.Mend();
        Assert.Equal("x", await scene.AnswerAsync(request, 90));
        Assert.False(scene.HasSaid("operator.given-up"));
        Assert.False(scene.HasSaid("operator.rejected"));
    }

    [Fact]
    public async Task What_is_left_at_a_contract_of_the_first_kind_is_paid_out_though_the_answer_was_told_at_once()
    {
        await using var scene = await OperatorScene.StartAsync();
        var contract = await scene.LegacyAsync();
        await scene.NodeAsync(with: plan => plan with
        {
            Settings = plan.Settings with { Contract = contract, IsLegacy = true },
            Sending = Sending(3),
        });
        var before = await OwnersAsync(scene);
        byte[] pairs = [.. Pairs.Of("service", "ping", "data", "x")];
        await scene.AskDirectlyAsync(1, scene.Owner.Address, pairs, contract: contract);
        await ChainScene.UntilAsync(
            async () => await OwnersAsync(scene) == before - (UInt256)OperatorScene.Fee, "the rest is back");
        await scene.Chain.Hand.MineAsync(8);
        await Task.Delay(500, OperatorScene.Cancel);
        Assert.Equal(2UL, await scene.SentCountAsync());
    }

    [Fact]
    public async Task What_an_earlier_life_left_unpaid_is_paid_out_by_the_next()
    {
        await using var scene = await OperatorScene.StartAsync();
        var contract = await scene.LegacyAsync();
        var before = await OwnersAsync(scene);
        // The first life knows nothing of second transactions, as if it had ended before it could send one.
        LanePlan Of(LanePlan plan, bool isLegacy) => plan with
        {
            Settings = plan.Settings with { Contract = contract, IsLegacy = isLegacy },
        };
        var first = await scene.NodeAsync(with: plan => Of(plan, false));
        byte[] pairs = [.. Pairs.Of("service", "ping", "data", "x")];
        var asked = await scene.AskDirectlyAsync(1, scene.Owner.Address, pairs, contract: contract);
        await ChainScene.UntilAsync(() => Task.FromResult(first.OpenCount == 0), "it was answered");
        await first.DisposeAsync();
        var id = asked.Logs.Select(OracleRequest.TryRead).OfType<OracleRequest>().Single().RequestId;
        await File.AppendAllTextAsync(Path.Combine(scene.Folder, "node-0", "requests.journal"),
            $"{{\"kind\":\"RefundDue\",\"id\":\"{id}\"}}\n", OperatorScene.Cancel);
        Assert.Equal(before - 25UL, await OwnersAsync(scene));
        await scene.NodeAsync(with: plan => Of(plan, true));
        await ChainScene.UntilAsync(
            async () => await OwnersAsync(scene) == before - (UInt256)OperatorScene.Fee, "the rest is back");
    }

    [Fact]
    public async Task What_was_sent_for_a_request_that_a_reorg_removes_is_withdrawn()
    {
        await using var scene = await OperatorScene.StartAsync();
        await scene.NodeAsync();
        await scene.AskDirectlyAsync(1, scene.Owner.Address, Held);
        await ChainScene.UntilAsync(() => Task.FromResult(scene.Held.Begun == 1), "the work began");
        await scene.Chain.Hand.AutomineAsync(false);
        scene.Held.Release();
        await ChainScene.UntilAsync(async () => await scene.Chain.Rpc.GetTransactionCountAsync(
            scene.Nodes[0].Address, BlockTag.Pending, OperatorScene.Cancel) == 1, "it was sent");
        await scene.Chain.Hand.ReorgAsync(1);
        await ChainScene.UntilAsync(async () =>
        {
            var pool = await scene.Chain.Hand.DoAsync("txpool_content");
            var node = scene.Nodes[0].Address;
            return Sent(pool.GetProperty("pending"), node)
                .Any(each => AddressText.Parse(each.GetProperty("to").GetString()!, "a pool") == node);
        }, "an empty transaction took its place");
        await scene.Chain.Hand.AutomineAsync(true);
        await scene.Chain.Hand.MineAsync(3);
        Assert.Equal(1UL, await scene.SentCountAsync());
    }

    [Fact]
    public async Task An_answer_that_a_reorg_removes_while_the_node_is_away_is_brought_again()
    {
        await using var scene = await OperatorScene.StartAsync();
        var first = await scene.NodeAsync();
        var request = await scene.AskAsync("ping", "x");
        Assert.Equal("x", await scene.AnswerAsync(request));
        await ChainScene.UntilAsync(() => Task.FromResult(first.OpenCount == 0), "it is settled");
        await first.DisposeAsync();
        await scene.Chain.Hand.ReorgAsync(1);
        Assert.Empty(await scene.Local.AnswerAsync(request, OperatorScene.Cancel));
        await scene.NodeAsync();
        Assert.Equal("x", await scene.AnswerAsync(request));
    }

    [Fact]
    public async Task Another_question_at_the_same_height_of_another_branch_is_another_question()
    {
        await using var scene = await OperatorScene.StartAsync();
        var first = await scene.NodeAsync();
        await scene.Chain.Hand.MineAsync();
        var branch = await scene.Chain.Hand.SnapshotAsync();
        await scene.AskDirectlyAsync(1, scene.Owner.Address, [.. Pairs.Of("service", "held", "data", "first")]);
        await ChainScene.UntilAsync(() => Task.FromResult(scene.Held.Begun == 1), "the work began");
        await first.DisposeAsync();
        await scene.Chain.Hand.RevertAsync(branch);
        await using var again = await scene.Chain.SenderAsync(ChainScene.Key(0));
        await scene.AskDirectlyAsync(1, scene.Owner.Address, [.. Pairs.Of("service", "ping", "data", "second")],
            asks: again);
        await scene.NodeAsync();
        await ChainScene.UntilAsync(async () => (await scene.LogsAsync(OperatorTopics.Response)).Count == 1,
            "the second question was answered");
    }

    [Fact]
    public async Task Two_contracts_on_one_chain_are_answered_by_one_sender()
    {
        await using var scene = await OperatorScene.StartAsync();
        var other = await scene.AlsoAsync(OperatorContract.Deploy(scene.Token, scene.Owner.Address));
        var settings = scene.Local.Settings;
        await using var sender = await LaneSender.OpenAsync(settings.Network, settings.Rpc.Span.ToArray(),
            scene.Nodes[0], Path.Combine(scene.Folder, "sender"), null, OperatorScene.Cancel);
        var first = await scene.NodeAsync(with: plan => plan with { Sender = sender });
        var second = await scene.NodeAsync(name: "second", with: plan => plan with
        {
            Sender = sender,
            Settings = settings with { Contract = other },
        });
        for (ulong nonce = 1; nonce <= 5; nonce++)
        {
            byte[] pairs = [.. Pairs.Of("service", "held", "data", $"{nonce}")];
            await scene.AskDirectlyAsync(nonce, scene.Owner.Address, pairs);
            // The same number of a request at another contract is another one.
            await scene.AskDirectlyAsync(nonce, scene.Owner.Address, pairs, contract: other);
        }
        await ChainScene.UntilAsync(() => Task.FromResult(scene.Held.Begun == 10), "the work began");
        scene.Held.Release();
        await ChainScene.UntilAsync(() => Task.FromResult(first.OpenCount + second.OpenCount == 0), "all answered");
        Assert.Equal(10UL, await scene.SentCountAsync());
        Assert.Equal(5, (await scene.LogsAsync(OperatorTopics.Response)).Count);
        // What shares a sender ends before it.
        await first.DisposeAsync();
        await second.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_refused_answer_is_brought_once_more_and_ended_after_its_window(bool isTakenLater)
    {
        await using var scene = await OperatorScene.StartAsync();
        await scene.NodeAsync();
        var asks = scene.Owner.Address;
        await scene.AskDirectlyAsync(1, asks, Held);
        var before = await OwnersAsync(scene);
        await ChainScene.UntilAsync(() => Task.FromResult(scene.Held.Begun == 1), "the work began");
        await scene.Chain.Hand.AutomineAsync(false);
        scene.Held.Release();
        await ChainScene.UntilAsync(async () => await scene.Chain.Rpc.GetTransactionCountAsync(
            scene.Nodes[0].Address, BlockTag.Pending, OperatorScene.Cancel) == 1, "it was sent");
        // Between the trial and the block the consumer changes its mind.
        await scene.Chain.Hand.CodeAsync(asks, "0x60006000fd");
        await scene.Chain.Hand.MineAsync();
        await scene.Chain.Hand.AutomineAsync(true);
        await ChainScene.UntilAsync(() => Task.FromResult(scene.HasSaid("operator.callback-refused")), "it refused");
        await ChainScene.UntilAsync(async () => await OwnersAsync(scene) == before + 15UL, "the rest went back");
        if (isTakenLater) await scene.Chain.Hand.CodeAsync(asks, "0x");
        // What is final is not forgotten as long as something is to be done for it.
        await scene.Chain.Hand.MineAsync(8);
        await scene.PassAsync(301);
        if (isTakenLater)
        {
            await ChainScene.UntilAsync(
                async () => (await scene.LogsAsync(OperatorContract.Event.CallbackAccepted.Topic)).Count == 1,
                "it was taken");
            return;
        }
        await ChainScene.UntilAsync(() => Task.FromResult(scene.HasSaid("operator.retry")), "it refused again");
        await scene.PassAsync(86_400);
        await ChainScene.UntilAsync(async () => await OwnersAsync(scene) == before + 25UL, "all went back");
        Assert.Single(await scene.LogsAsync(OperatorContract.Event.RetryExpired.Topic));
    }

    private static Task<UInt256> OwnersAsync(OperatorScene scene) =>
        scene.Local.BalanceAsync(scene.Owner.Address, OperatorScene.Cancel);

    private static IEnumerable<JsonElement> Sent(JsonElement pool, Address account) =>
        pool.EnumerateObject().Where(each => AddressText.Parse(each.Name, "a pool") == account)
            .SelectMany(each => each.Value.EnumerateObject().Select(inner => inner.Value));

    private static async Task AuthorizeAsync(OperatorScene scene, Address node) =>
        await scene.Owner.SendAsync(new TransactionRequest(scene.Local.Contract,
            OperatorContract.Calls.SetAuthorizedSenders([node])), OperatorScene.Cancel);

    private static async Task<List<OracleRequest>> OriginalsAsync(OperatorScene scene) =>
        [.. (await scene.LogsAsync(OracleRequest.Topic)).Select(OracleRequest.TryRead).OfType<OracleRequest>()];

    /// <summary>With the ends that they have now.</summary>
    private static async Task<List<OracleRequest>> RequestsAsync(OperatorScene scene)
    {
        var extended = await scene.LogsAsync(OperatorTopics.Extended);
        return (await OriginalsAsync(scene)).ConvertAll(each =>
            extended.LastOrDefault(log => log.Topics[1] == each.RequestId) is { } log
                ? each with { Expiration = UInt256.Read(log.Data.Span[..UInt256.Size]) } : each);
    }
}
