using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;
using Stun.Engine.Settlement;
using Stun.Execution.Tools;
using Stun.Integration.Gateway;
using Stun.Node.Gateway;
using Stun.Node.Money;
using Contract = Stun.Chain.Evm.Contracts.Escrow;

namespace Stun.Integration.Money;

/// <summary>A whole network whose money lies on a real chain.</summary>
public sealed class LocalMoneyTests
{
    [Fact]
    public async Task What_tasks_cost_is_settled_on_the_chain_and_the_receipt_shows_where()
    {
        Assert.SkipUnless(LocalChain.FindProgram() is not null, "anvil is not installed: see eng/prerequisites.");
        await using var node = await LiveNode.StartAsync(hasChain: true);
        List<string> tasks = [];
        for (var count = 0; count < 5; count++) tasks.Add(await node.RunTaskAsync($"say {count}"));
        var book = await RestAsync(node);
        await RequireEqualAsync(node, book);
        foreach (var task in tasks)
        {
            // What is read comes a moment after what is settled.
            using var within = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            JsonElement batch;
            do
            {
                await Task.Delay(50, within.Token);
                batch = (await node.AskAsync("GET", $"/v1/tasks/{task}/verdict")).Json.GetProperty("batch");
            }
            while (batch.GetProperty("state").GetString() != "settled");
            Assert.Equal(1, batch.GetProperty("signatures").GetArrayLength());
        }
    }

    /// <summary>The program of other hands: it believes nothing that the chain or a signature does not show.</summary>
    [Fact]
    public async Task A_receipt_that_was_tampered_with_is_refused_by_the_program_that_checks_it()
    {
        Assert.SkipUnless(LocalChain.FindProgram() is not null, "anvil is not installed: see eng/prerequisites.");
        await using var node = await LiveNode.StartAsync(hasChain: true);
        var task = await node.RunTaskAsync("true word");
        await RestAsync(node);
        using var within = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        string proof;
        do
        {
            await Task.Delay(50, within.Token);
            proof = (await node.AskAsync("GET", $"/v1/tasks/{task}/verdict")).Text;
        }
        while (JsonNode.Parse(proof)!["batch"]?["state"]?.GetValue<string>() != "settled");
        var chain = node.Network.Money!;
        var (ok, said) = await CheckAsync(proof, chain);
        Assert.True(ok, said);
        Assert.Contains("checks hold", said, StringComparison.Ordinal);
        (string What, Action<JsonNode> Change)[] lies =
        [
            ("the pay", json => json["messages"]!["verdict"]!["findings"]![0]!["pay"] = "1"),
            ("the requester", json => json["messages"]!["order"]!["requester"] = Nobody),
            ("the price", json => json["messages"]!["order"]!["price_limit"] = "1"),
            ("the result", json => json["messages"]!["receipts"]![0]!["result"] = "0x" + new string('1', 64)),
            ("a vote", json => json["verdict"]!["signatures"]![0]!["signature"] =
                json["order"]!["signature"]!.GetValue<string>()),
            ("the batch's votes", json => json["batch"]!["signatures"] = new JsonArray()),
            ("the root", json => json["batch"]!["root"] = new string('2', 64)),
            ("the number", json => json["batch"]!["number"] = 77),
            ("the escrow", json => json["terms"]!["escrow"] = Nobody),
            ("the chain", json => json["terms"]!["chain_id"] = 1),
        ];
        foreach (var (what, change) in lies)
        {
            var lie = JsonNode.Parse(proof)!;
            change(lie);
            (ok, said) = await CheckAsync(lie.ToJsonString(), chain);
            Assert.False(ok, $"{what}: {said}");
        }
    }

    private const string Nobody = "0x000000000000000000000000000000000000dEaD";

    private static async Task<(bool Ok, string Said)> CheckAsync(string proof, LocalMoney chain)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, proof);
            var script = Path.Combine(WorkingCopy.Root, "contracts", "evm", "scripts", "verify-receipt.mjs");
            string[] arguments =
                [script, "--proof", file, "--rpc", $"{chain.Address}", "--escrow", chain.Access.Escrow.ToString()];
            var done = await Tool.RunAsync("node", arguments,
                TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            return (done.Ok, done.Output + done.Errors);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task The_book_and_the_chain_agree_after_another_life()
    {
        Assert.SkipUnless(LocalChain.FindProgram() is not null, "anvil is not installed: see eng/prerequisites.");
        string directory;
        await using (var node = await LiveNode.StartAsync(hasChain: true))
        {
            directory = node.Directory;
            await node.RunTaskAsync("first");
        }
        await using var again = await LiveNode.StartAsync(directory: directory, hasChain: true);
        await again.RunTaskAsync("second");
        await RequireEqualAsync(again, await RestAsync(again));
        Assert.True(await CountAsync(again) >= 2);
    }

    [Fact]
    public async Task Money_is_not_made_in_the_book_where_it_lies_on_a_chain()
    {
        Assert.SkipUnless(LocalChain.FindProgram() is not null, "anvil is not installed: see eng/prerequisites.");
        await using var node = await LiveNode.StartAsync(hasChain: true);
        var refused = await node.AskAsync("POST", $"/v1/accounts/{node.Network.Requester.Address}/deposits",
            """{"amount":"5"}""", ApiRole.Owner);
        Assert.Equal((HttpStatusCode.Conflict, "escrow.on-chain"), (refused.Status, refused.Code));
        var network = (await node.AskAsync("GET", "/v1/network")).Json.GetProperty("chain");
        Assert.Equal(node.Network.Money!.Access.Escrow.ToString(),
            network.GetProperty("contracts").GetProperty("Escrow").GetString());
    }

    private static async Task<ulong> CountAsync(LiveNode node)
    {
        var money = node.Network.Money!;
        return Contract.Answers.NextToSettle(await money.Rpc.CallAsync(
            new CallRequest(money.Access.Escrow, Contract.Calls.NextToSettle())));
    }

    /// <summary>Waits until nothing is under way, and gives the book as it is then.</summary>
    internal static async Task<Ledger> RestAsync(LiveNode node)
    {
        using var within = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var pump = node.Process.Pump;
            var (ledger, isQuiet) = await pump.VisitAsync(() =>
            {
                var escrow = ((EscrowMachine)pump.Find(node.Network.Terms.Book)!.Machine).Escrow;
                var chain = escrow.Chain!;
                return (escrow.Ledger, chain.WaitingCount == 0 && !chain.Open.Any() && !escrow.OpenHolds.Any());
            });
            if (isQuiet) return ledger;
            await Task.Delay(50, within.Token);
        }
    }

    internal static async Task RequireEqualAsync(LiveNode node, Ledger ledger)
    {
        var money = node.Network.Money!;
        var balances = ledger.Balances.Where(entry => entry.Key.Kind == AccountKind.Available).ToList();
        Assert.NotEmpty(balances);
        foreach (var (account, balance) in balances)
            Assert.Equal(balance.Units, (UInt128)Contract.Answers.BalanceOf(await money.Rpc.CallAsync(
                new CallRequest(money.Access.Escrow, Contract.Calls.BalanceOf(account.Owner)))));
        var token = money.Contracts[Chain.Evm.Deployment.ContractNames.Token].Address;
        var inside = StunToken.Answers.BalanceOf(await money.Rpc.CallAsync(
            new CallRequest(token, StunToken.Calls.BalanceOf(money.Access.Escrow))));
        Assert.Equal(balances.Aggregate(UInt128.Zero, (sum, entry) => sum + entry.Value.Units), (UInt128)inside);
    }
}
