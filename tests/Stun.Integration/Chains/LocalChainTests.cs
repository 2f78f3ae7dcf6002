using System.Diagnostics;
using Stun.Chain;
using Stun.Chain.Evm.Deployment;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;

namespace Stun.Integration.Chains;

public sealed class LocalChainTests
{
    [Fact]
    public async Task A_chain_ends_with_its_owner_and_takes_its_process_along()
    {
        int process;
        await using (var scene = await ChainScene.StartAsync())
        {
            process = scene.Chain.ProcessId;
            Assert.Equal("anvil\n", await File.ReadAllTextAsync($"/proc/{process}/comm"));
        }
        Assert.False(Directory.Exists($"/proc/{process}"));
    }

    [Fact]
    public async Task A_chain_does_not_outlive_a_process_that_was_killed()
    {
        Assert.SkipUnless(ChainScene.IsPossible, "anvil is not installed: run npm ci in contracts/evm.");
        var start = new ProcessStartInfo(Environment.ProcessPath!,
            Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
                ? [typeof(LocalChainTests).Assembly.Location] : [])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment[ChainOwner.Variable] = "1";
        using var owner = Process.Start(start)!;
        var chain = int.Parse((await owner.StandardOutput.ReadLineAsync())!);
        Assert.True(Directory.Exists($"/proc/{chain}"));
        owner.Kill();
        await owner.WaitForExitAsync();
        await ChainScene.UntilAsync(async () => await IsGoneAsync(chain), "the chain is gone");
    }

    private static async Task<bool> IsGoneAsync(int process)
    {
        try
        {
            // Nobody may be there to collect it.
            return (await File.ReadAllTextAsync($"/proc/{process}/stat")).Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }

    [Fact]
    public async Task A_state_file_carries_a_chain_over_its_end()
    {
        var folder = Directory.CreateTempSubdirectory("stun-chain-").FullName;
        var options = new LocalChainOptions { StateFile = Path.Combine(folder, "state.json"), ChainId = 99 };
        var someone = new Address(7, 7, 7);
        await using (var scene = await ChainScene.StartAsync(options))
        {
            using var key = ChainScene.Key(0);
            await using var sender = await scene.SenderAsync(key);
            await sender.SendAsync(new TransactionRequest(someone, default) { Value = new Amount(11) });
        }
        await using (var scene = await ChainScene.StartAsync(options))
            Assert.Equal(new Amount(11), await scene.Rpc.GetBalanceAsync(someone));
        Directory.Delete(folder, true);
    }

    [Fact]
    public async Task A_chain_with_a_clock_makes_blocks_by_itself()
    {
        await using var scene = await ChainScene.StartAsync(new LocalChainOptions { BlockSeconds = 1 });
        await ChainScene.UntilAsync(async () => await scene.Rpc.GetBlockNumberAsync() >= 2, "two blocks");
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_with_what_anvil_said()
    {
        await using var scene = await ChainScene.StartAsync();
        var failure = await Assert.ThrowsAsync<ChainException>(
            () => LocalChain.StartAsync(new LocalChainOptions { Port = scene.Chain.Http.Port }));
        Assert.Equal("chain.anvil-failed", failure.Code);
    }

    [Fact]
    public async Task A_plan_that_is_carried_out_twice_changes_nothing_the_second_time()
    {
        await using var scene = await ChainScene.StartAsync();
        using var key = ChainScene.Key(0);
        await using var sender = await scene.SenderAsync(key);
        var plan = new DeploymentPlan(new Digest(1, 2, 3, 4),
        [
            new PlannedContract("notebook", ChainScene.Code("Notebook"), ChainScene.Word(5)),
            new PlannedContract("collector", ChainScene.Code("Collector"), default),
        ]);
        var deployer = new ContractDeployer(scene.Rpc, sender);
        var book = await deployer.DeployAsync(plan);
        Assert.Equal(ChainScene.Word(5),
            await scene.Rpc.CallAsync(new CallRequest(book["notebook"].Address, ChainScene.Last)));
        var count = await scene.Rpc.GetTransactionCountAsync(key.Address);
        Assert.Equal(2u, count);
        var again = await deployer.DeployAsync(plan, AddressBook.Parse(book.Write()));
        Assert.Equal(book.Write(), again.Write());
        Assert.Equal(count, await scene.Rpc.GetTransactionCountAsync(key.Address));
        await ContractDeployer.VerifyAsync(scene.Rpc, again);

        await scene.Hand.CodeAsync(book["collector"].Address, "0x00");
        var differs = await Assert.ThrowsAsync<ChainException>(() => ContractDeployer.VerifyAsync(scene.Rpc, again));
        Assert.Equal("chain.code-differs", differs.Code);
        Assert.Contains("collector", differs.Message);
    }

    [Fact]
    public async Task A_chain_without_the_proxy_gets_it_by_its_own_transaction()
    {
        await using var scene = await ChainScene.StartAsync();
        using var key = ChainScene.Key(0);
        var usual = await scene.Rpc.GetCodeAsync(DeploymentPlan.Proxy);
        await scene.Hand.CodeAsync(DeploymentPlan.Proxy, "0x");
        Assert.Empty(await scene.Rpc.GetCodeAsync(DeploymentPlan.Proxy));
        // A real chain without the proxy has no nonce there either.
        await scene.Hand.DoAsync("anvil_setNonce", DeploymentPlan.Proxy.ToString(), "0x0");
        await using var sender = await scene.SenderAsync(key);
        var plan = new DeploymentPlan(
            default, [new PlannedContract("collector", ChainScene.Code("Collector"), default)]);
        var book = await new ContractDeployer(scene.Rpc, sender).DeployAsync(plan);
        Assert.Equal(usual, await scene.Rpc.GetCodeAsync(DeploymentPlan.Proxy));
        await ContractDeployer.VerifyAsync(scene.Rpc, book);
    }
}
