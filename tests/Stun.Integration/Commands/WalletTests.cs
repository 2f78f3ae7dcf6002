using System.Diagnostics;
using System.Text.Json;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Deployment;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Sending;

namespace Stun.Integration.Commands;

/// <summary>Every verb of <c>stun wallet</c> as a real process, beside a network that keeps the book.</summary>
public sealed class WalletTests(WalletScene scene) : IClassFixture<WalletScene>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly Amount Coin = new(WalletScene.NetworkCoin);

    [Fact]
    public async Task Money_goes_in_with_a_permit_and_comes_out_when_the_book_has_released_it()
    {
        WalletScene.RequireAnvil();
        var owner = await scene.MakeOwnerAsync("mine", Coin * 100);
        var deposit = await scene.AskAsync("deposit", "2.5STUN", "--key", "mine");
        var only = Assert.Single(deposit.GetProperty("transactions").EnumerateArray());
        Assert.Equal("deposit", only.GetProperty("what").GetString());
        var state = await BalanceAsync("mine");
        Assert.Equal(($"{owner}", "2500000000000000000", "97500000000000000000", "0"),
            (Text(state, "address"), Text(state, "balance"), Text(state, "wallet"), Text(state, "exiting")));

        var asked = await scene.RunAsync("withdraw", "1STUN", "--key", "mine");
        Assert.Contains("'stun wallet claim' then pays them", asked.Output);
        await UntilAsync("mine", now => Text(now, "claimable") == "1000000000000000000");
        await scene.AskAsync("claim", "--key", "mine");
        state = await BalanceAsync("mine");
        Assert.Equal(("1500000000000000000", "98500000000000000000", "0"),
            (Text(state, "balance"), Text(state, "wallet"), Text(state, "claimable")));
        await scene.RequireRefusedAsync("wallet.nothing-to-claim", "claim", "--key", "mine");

        var history = (await scene.AskAsync("history", "--key", "mine")).GetProperty("entries").EnumerateArray()
            .ToList();
        Assert.Equal(["received", "sent", "deposited", "exit-asked", "released", "received", "claimed"],
            history.Select(entry => entry.GetProperty("what").GetString()!));
        Assert.Equal(only.GetProperty("transaction").GetString(), Text(history[2], "transaction"));
        Assert.Equal(history.Select(entry => entry.GetProperty("block").GetUInt64()).Order(),
            history.Select(entry => entry.GetProperty("block").GetUInt64()));
        var newest = (await scene.AskAsync("history", "--key", "mine", "--limit", "1")).GetProperty("entries");
        Assert.Equal("claimed", Text(Assert.Single(newest.EnumerateArray()), "what"));
        var shown = await scene.RunAsync("balance", "--address", $"{owner}");
        Assert.Contains("escrow     1500000000000000000 (1.5STUN)", shown.Output);
    }

    [Fact]
    public async Task Stake_goes_in_and_leaves_after_its_delay()
    {
        WalletScene.RequireAnvil();
        await scene.MakeOwnerAsync("staker", Coin * 10);
        var staked = await scene.AskAsync("stake", "4STUN", "--key", "staker");
        Assert.Equal(["approve", "stake"], staked.GetProperty("transactions").EnumerateArray()
            .Select(step => Text(step, "what")));
        await scene.RequireRefusedAsync("wallet.insufficient-stake", "unstake", "5STUN", "--key", "staker");
        await scene.RequireRefusedAsync("wallet.nothing-unbonding", "finish-unstake", "--key", "staker");
        await scene.AskAsync("unstake", "3STUN", "--key", "staker");
        await scene.RequireRefusedAsync("wallet.still-unbonding", "finish-unstake", "--key", "staker");
        var state = await BalanceAsync("staker");
        Assert.Equal(("1000000000000000000", "3000000000000000000"), (Text(state, "stake"), Text(state, "unbonding")));
        await WalletScene.SkipAsync(scene.Money.Address, state.GetProperty("unbonded_at").GetUInt64() + 1);
        var finished = await scene.RunAsync("finish-unstake", "--key", "staker");
        Assert.True(finished.ExitCode == 0, finished.Errors);
        state = await BalanceAsync("staker");
        Assert.Equal(("9000000000000000000", "0"), (Text(state, "wallet"), Text(state, "unbonding")));
    }

    [Fact]
    public async Task An_account_is_funded_with_its_consent_and_what_is_left_comes_back_to_its_sponsor()
    {
        WalletScene.RequireAnvil();
        await scene.MakeOwnerAsync("sponsor", Coin * 10);
        var account = WalletScene.MakeKey(scene.Home, "ward");
        await scene.AskAsync("grant", $"{account}", "2STUN", "--key", "sponsor");
        // The consent was given once.
        await scene.AskAsync("grant", $"{account}", "1STUN", "--key", "sponsor");
        var ward = await BalanceAsync("ward");
        Assert.Equal("3000000000000000000", Text(ward, "balance"));
        Assert.Equal(Text(await BalanceAsync("sponsor"), "address"), Text(ward, "sponsor"));
        await WalletScene.GiveGasAsync(scene.Money.Address, account);
        await scene.RequireRefusedAsync("wallet.sponsored", "withdraw", "1STUN", "--key", "ward");
        await scene.AskAsync("withdraw", "3STUN", "--key", "sponsor", "--account", $"{account}");
        await UntilAsync("sponsor", now => Text(now, "claimable") == "3000000000000000000");
        await scene.AskAsync("claim", "--key", "sponsor");
        Assert.Equal("10000000000000000000", Text(await BalanceAsync("sponsor"), "wallet"));
    }

    [Fact]
    public async Task A_consent_from_elsewhere_is_taken_and_one_for_somebody_else_is_not()
    {
        WalletScene.RequireAnvil();
        var sponsor = await scene.MakeOwnerAsync("patron", Coin * 10);
        var account = WalletScene.MakeKey(scene.Home, "far");
        var right = Text(await scene.AskAsync("consent", $"{sponsor}", "--key", "far"), "consent");
        var wrong = Text(await scene.AskAsync("consent", $"{account}", "--key", "far"), "consent");
        File.Move(Path.Combine(scene.Home, "keys", "far.json"), Path.Combine(scene.Home, "far.json"));
        await scene.RequireRefusedAsync("wallet.no-consent", "grant", $"{account}", "1", "--key", "patron");
        await scene.RequireRefusedAsync(
            "wallet.bad-consent", "grant", $"{account}", "1", "--key", "patron", "--consent", wrong);
        await scene.AskAsync("grant", $"{account}", "1", "--key", "patron", "--consent", right);
        Assert.Equal("1", Text(await scene.AskAsync("balance", "--address", $"{account}"), "balance"));
    }

    [Fact]
    public async Task Who_has_too_little_is_told_of_what()
    {
        WalletScene.RequireAnvil();
        await scene.MakeOwnerAsync("poor", new Amount(5));
        await scene.MakeOwnerAsync("dry", Coin, hasGas: false);
        await scene.RequireRefusedAsync("wallet.insufficient-funds", "deposit", "6", "--key", "poor");
        await scene.RequireRefusedAsync("wallet.insufficient-funds", "stake", "6", "--key", "poor");
        await scene.RequireRefusedAsync("wallet.insufficient-balance", "withdraw", "1", "--key", "poor");
        await scene.RequireRefusedAsync("wallet.zero", "deposit", "0", "--key", "poor");
        await scene.RequireRefusedAsync("wallet.no-gas", "deposit", "1", "--key", "dry");
        await scene.RequireRefusedAsync("wallet.no-gas", "claim", "--key", "dry");
        await scene.RequireRefusedAsync("key.unknown", "claim", "--key", "nobody");
        var run = await scene.RunAsync("deposit", "1.0000000000000000001STUN", "--key", "poor");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("is no amount", run.Errors);
        var asJson = await scene.RunAsync("deposit", "6", "--key", "poor", "--json");
        Assert.Equal("wallet.insufficient-funds",
            JsonDocument.Parse(asJson.Errors).RootElement.GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_chain_that_is_away_or_another_or_has_no_escrow_is_named()
    {
        WalletScene.RequireAnvil();
        if (!File.Exists(Path.Combine(scene.Home, "keys", "lost.json"))) await scene.MakeOwnerAsync("lost", Coin);
        var book = Path.Combine(scene.Home, "book.json");
        await File.WriteAllTextAsync(book, scene.Money.Contracts.Write());
        await scene.RequireRefusedAsync("chain.unreachable", "balance", "--key", "lost", "--rpc", "http://127.0.0.1:1");
        await scene.RequireRefusedAsync("wallet.no-endpoint", "balance", "--key", "lost", "--contracts", book);
        await using var other = await LocalChain.StartAsync(new LocalChainOptions { ChainId = 8453 });
        await scene.RequireRefusedAsync(
            "chain.wrong-id", "balance", "--key", "lost", "--contracts", book, "--rpc", $"{other.Http}");
        await using var empty = await LocalChain.StartAsync();
        await scene.RequireRefusedAsync(
            "chain.no-escrow", "balance", "--key", "lost", "--contracts", book, "--rpc", $"{empty.Http}");
        var given = await scene.AskAsync(
            "balance", "--key", "lost", "--contracts", book, "--rpc", $"{scene.Money.Address}");
        Assert.Equal($"{Coin}", Text(given, "wallet"));
    }

    [Fact]
    public async Task An_escrow_that_is_paused_or_full_says_so_and_lets_money_out()
    {
        WalletScene.RequireAnvil();
        await using var chain = await LocalChain.StartAsync();
        var deployer = WalletScene.MakeKey(scene.Home, "deployer");
        await WalletScene.GiveGasAsync(chain.Http, deployer);
        using var key = WalletScene.OpenKey(scene.Home, "deployer");
        await using var rpc = new Chain.Evm.Rpc.EvmRpc(
            new Chain.Evm.Rpc.EvmRpcOptions(EvmNetwork.Local.ChainId, [chain.Http]));
        AddressBook contracts;
        await using (var sender = await TransactionSender.OpenAsync(
            rpc, key, EvmNetwork.Local, new MemorySendingJournal()))
        {
            var plan = new NetworkPlan(deployer, deployer, [deployer], 1);
            contracts = await new NetworkDeployment(rpc, sender).RunAsync(
                plan with { Terms = plan.Terms with { DepositCap = (Coin * 5).Units } });
        }
        var book = Path.Combine(scene.Home, "capped.json");
        await File.WriteAllTextAsync(book, contracts.Write());
        string[] there = ["--key", "deployer", "--contracts", book, "--rpc", $"{chain.Http}"];
        await scene.RequireRefusedAsync("wallet.over-cap", ["deposit", "6STUN", .. there]);
        await scene.AskAsync(["deposit", "5STUN", .. there]);
        await using (var sender = await TransactionSender.OpenAsync(
            rpc, key, EvmNetwork.Local, new MemorySendingJournal()))
            await sender.SendAsync(new TransactionRequest(contracts[ContractNames.Guardian].Address,
                Guardian.Calls.ApprovePause(contracts[ContractNames.Escrow].Address, 3_600UL)));
        await scene.RequireRefusedAsync("wallet.paused", ["deposit", "1", .. there]);
        Assert.Contains("paused     until", (await scene.RunAsync(["balance", .. there])).Output);

        // Without a book: what was asked back is free after its delay, paused or not.
        await scene.AskAsync(["withdraw", "4STUN", .. there]);
        await scene.RequireRefusedAsync("wallet.nothing-to-claim", ["claim", .. there]);
        var exitAt = (await scene.AskAsync(["balance", .. there])).GetProperty("exit_at").GetUInt64();
        await WalletScene.SkipAsync(chain.Http, exitAt);
        Assert.Equal("4000000000000000000", Text(await scene.AskAsync(["balance", .. there]), "payable"));
        await scene.AskAsync(["claim", .. there]);
        Assert.Equal("1000000000000000000", Text(await scene.AskAsync(["balance", .. there]), "balance"));
    }

    [Fact]
    public async Task A_network_that_keeps_its_own_money_is_told_apart()
    {
        WalletScene.RequireAnvil();
        await using var plain = await Gateway.LiveNode.StartAsync();
        var run = await CommandScene.RunInAsync(
            scene.Home, "wallet", "balance", "--address", $"{Address.Zero}", "--node", $"{plain.Http.BaseAddress}");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("[wallet.no-chain]", run.Errors);
    }

    private Task<JsonElement> BalanceAsync(string key) => scene.AskAsync("balance", "--key", key);

    private async Task UntilAsync(string key, Func<JsonElement, bool> isSo)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var state = await BalanceAsync(key);
            if (isSo(state)) return;
            Assert.True(clock.Elapsed < Patience, $"{state}");
        }
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
