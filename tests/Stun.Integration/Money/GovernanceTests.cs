using System.Net;
using System.Text.Json;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Deployment;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;
using Stun.Integration.Gateway;
using Stun.Node.Money;

namespace Stun.Integration.Money;

/// <summary>What a node tells of votes and of gas, with a real governor on a real chain.</summary>
public sealed class GovernanceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_proposal_is_told_in_words_and_its_votes_are_those_of_the_chain()
    {
        Assert.SkipUnless(LocalChain.FindProgram() is not null, "anvil is not installed: see eng/prerequisites.");
        await using var node = await LiveNode.StartAsync(hasChain: true);
        Assert.Empty((await ProposalsAsync(node)).EnumerateArray());
        var money = node.Network.Money!;
        var (staking, governor) =
            (money.Contracts[ContractNames.Staking].Address, money.Contracts[ContractNames.Governor].Address);
        await SendAsync(money, money.Contracts[ContractNames.Token].Address,
            StunToken.Calls.Delegate(money.Access.Sender.Address));
        // Votes count from the second after the one in which they were delegated.
        var now = await money.Rpc.GetBlockAsync(BlockTag.Latest, Cancel);
        await money.Access.SkipTo!(now!.Timestamp + 10, Cancel);
        await SendAsync(money, governor, StunGovernor.Calls.Propose(
            [staking, money.Access.Sender.Address], [UInt256.Zero, new UInt256(0, 5)],
            [ValueList.Create<byte>(Staking.Calls.SetUnbondingDelay(1_209_600)), ValueList.Create<byte>([1, 2, 3])],
            "# <b>Two weeks</b>\nStake comes out after two weeks."));
        var waiting = await UntilAsync(node, proposal => proposal.GetProperty("state").GetString() == "pending");
        Assert.Equal("<b>Two weeks</b>", waiting.GetProperty("title").GetString());
        var calls = waiting.GetProperty("calls").EnumerateArray().ToList();
        Assert.Equal(("Staking", "setUnbondingDelay"),
            (calls[0].GetProperty("contract").GetString(), calls[0].GetProperty("function").GetString()));
        Assert.Equal("1209600", calls[0].GetProperty("arguments")[0].GetString());
        Assert.Equal(("0x010203", "5"),
            (calls[1].GetProperty("data").GetString(), calls[1].GetProperty("value").GetString()));
        Assert.False(calls[1].TryGetProperty("function", out _));
        Assert.False(waiting.TryGetProperty("quorum", out _));

        var begins = (ulong)waiting.GetProperty("starts_at").GetDateTimeOffset().ToUnixTimeSeconds();
        await money.Access.SkipTo!(begins + 2, Cancel);
        var id = UInt256.TryParse(waiting.GetProperty("id").GetString()!)!.Value;
        await SendAsync(money, governor, StunGovernor.Calls.CastVote(id, 1));
        var voted = await UntilAsync(node,
            proposal => proposal.GetProperty("votes").GetProperty("for").GetString() != "0");
        Assert.Equal("active", voted.GetProperty("state").GetString());
        var votes = StunGovernor.Answers.ProposalVotes(await money.Rpc.CallAsync(
            new CallRequest(governor, StunGovernor.Calls.ProposalVotes(id)), default, Cancel));
        Assert.Equal(votes.ForVotes.ToString(), voted.GetProperty("votes").GetProperty("for").GetString());
        Assert.NotEqual("0", voted.GetProperty("quorum").GetString());
        Assert.Empty((await ProposalsAsync(node, "?state=executed")).EnumerateArray());
    }

    [Fact]
    public async Task What_batches_cost_is_told_by_batch_and_by_task_and_a_task_names_its_transactions()
    {
        Assert.SkipUnless(LocalChain.FindProgram() is not null, "anvil is not installed: see eng/prerequisites.");
        await using var node = await LiveNode.StartAsync(hasChain: true);
        List<string> tasks = [await node.RunTaskAsync("one"), await node.RunTaskAsync("two")];
        using var within = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        HashSet<string> transactions = [];
        foreach (var task in tasks)
        {
            JsonElement batch = default;
            // The transaction is known before the books have taken in what it did.
            while (batch.ValueKind == JsonValueKind.Undefined || !batch.TryGetProperty("settled_in", out _)
                || batch.GetProperty("state").GetString() != "settled")
            {
                await Task.Delay(100, within.Token);
                var why = (await node.AskAsync("GET", $"/v1/tasks/{task}/why")).Json;
                if (why.TryGetProperty("batch", out var told)) batch = told;
            }
            foreach (var act in (string[])["posted_in", "settled_in"])
                transactions.Add(batch.GetProperty(act).GetString()!);
        }
        // The second way: what the chain's own receipts say of these transactions.
        var gas = 0UL;
        foreach (var transaction in transactions)
            gas += (await node.Network.Money!.Rpc.GetTransactionReceiptAsync(
                Digest.Read(Convert.FromHexString(transaction[2..])), within.Token))!.GasUsed;
        JsonElement figures = default;
        // Reckoned once a second.
        while (figures.ValueKind == JsonValueKind.Undefined || figures.GetProperty("tasks").GetInt64() != 2)
        {
            await Task.Delay(100, within.Token);
            figures = (await node.SendAsync(node.Request("GET", "/v1/statistics", null))).Json.GetProperty("gas");
        }
        Assert.Equal((long)gas, figures.GetProperty("gas").GetInt64());
        Assert.Equal((long)gas / 2, figures.GetProperty("gas_per_task").GetInt64());
        Assert.Equal((long)gas / figures.GetProperty("batches").GetInt64(),
            figures.GetProperty("gas_per_batch").GetInt64());
    }

    [Fact]
    public async Task A_network_without_a_chain_has_nothing_to_vote_on()
    {
        await using var node = await LiveNode.StartAsync();
        var answer = await node.SendAsync(node.Request("GET", "/v1/governance/proposals", null));
        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Equal("governance.none", answer.Json.GetProperty("code").GetString());
    }

    private static async Task SendAsync(LocalMoney money, Address to, byte[] call)
    {
        var receipt = await money.Access.Sender.SendAsync(new TransactionRequest(to, call), Cancel);
        Assert.True(receipt.Succeeded);
    }

    private static async Task<JsonElement> UntilAsync(LiveNode node, Func<JsonElement, bool> isSo)
    {
        using var within = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            foreach (var proposal in (await ProposalsAsync(node)).EnumerateArray())
                if (isSo(proposal)) return proposal;
            await Task.Delay(100, within.Token);
        }
    }

    private static async Task<JsonElement> ProposalsAsync(LiveNode node, string query = "") =>
        (await node.SendAsync(node.Request("GET", "/v1/governance/proposals" + query, null))).Json
            .GetProperty("proposals");
}
