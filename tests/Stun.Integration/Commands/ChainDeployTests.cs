using System.Text.Json;
using Stun.Chain.Evm.Networks;
using Stun.Execution.Tools;

namespace Stun.Integration.Commands;

/// <summary><c>stun chain</c> as a real process, on chains with the numbers of those that are meant.</summary>
public sealed class ChainDeployTests : IDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("stun-deploy-").FullName;

    public ChainDeployTests() => WalletScene.WritePassword(home);

    public void Dispose() => Directory.Delete(home, recursive: true);

    [Theory]
    [InlineData("ethereum", 1)]
    [InlineData("base", 8453)]
    [InlineData("arbitrum", 42161)]
    [InlineData("local", 31337)]
    [InlineData("local:777", 777)]
    public async Task Contracts_are_deployed_once_and_verified(string network, ulong id)
    {
        WalletScene.RequireAnvil();
        await using var chain = await LocalChain.StartAsync(new LocalChainOptions { ChainId = id });
        // The network's own number of confirmations needs blocks that come by themselves.
        await using var blocks = new BlockMaker(chain.Http);
        var deployer = WalletScene.MakeKey(home, "deployer");
        await WalletScene.GiveGasAsync(chain.Http, deployer);
        var book = Path.Combine(home, "contracts.json");
        string[] deploy =
        [
            "chain", "deploy", "--network", network, "--rpc", $"{chain.Http}", "--key", "deployer", "--validators",
            $"{deployer}", "--quorum", "1", "--treasury", $"{deployer}", "--window", "90s", "--treasury-ppm", "100000",
            "--out", book, "--password-file", Path.Combine(home, "password"), "--json",
        ];
        var first = await RunAsync(deploy);
        Assert.True(first.GetProperty("transactions").GetUInt64() >= 12, $"{first}");
        Assert.Equal(id, first.GetProperty("chain_id").GetUInt64());
        Assert.Equal(12, first.GetProperty("contracts").GetArrayLength());
        var written = await File.ReadAllTextAsync(book);
        var second = await RunAsync(deploy);
        Assert.Equal(0UL, second.GetProperty("transactions").GetUInt64());
        Assert.Equal(written, await File.ReadAllTextAsync(book));
        var told = await CommandScene.RunInAsync(home, [.. deploy[..^1]]);
        Assert.Contains("Everything is there already", told.Output);

        var terms = await RunAsync("chain", "verify", book, "--rpc", $"{chain.Http}", "--json");
        Assert.Equal((90, 100_000, 1), (terms.GetProperty("window").GetInt32(),
            terms.GetProperty("treasury_ppm").GetInt32(), terms.GetProperty("quorum").GetInt32()));
        Assert.Equal($"{deployer}", terms.GetProperty("validators")[0].GetString());
    }

    [Fact]
    public async Task A_book_with_other_code_or_another_chain_does_not_pass()
    {
        WalletScene.RequireAnvil();
        await using var chain = await LocalChain.StartAsync();
        var book = Path.Combine(home, "book.json");
        await File.WriteAllTextAsync(book, $$$"""
            {"chainId":31337,"contracts":{"Escrow":{"address":"0x8ba1f109551bd432803012645ac136ddd64dba72",
            "codeHash":"0x{{{new string('1', 64)}}}" } } }
            """);
        var other = await CommandScene.RunInAsync(home, "chain", "verify", book, "--rpc", $"{chain.Http}");
        Assert.True(other.ExitCode == 1 && other.Errors.Contains("[chain.code-differs]"), other.Errors);
        await using var base0 = await LocalChain.StartAsync(new LocalChainOptions { ChainId = 8453 });
        var elsewhere = await CommandScene.RunInAsync(home, "chain", "verify", book, "--rpc", $"{base0.Http}");
        Assert.True(elsewhere.ExitCode == 1 && elsewhere.Errors.Contains("[chain.wrong-id]"), elsewhere.Errors);
        await File.WriteAllTextAsync(book, "{}");
        var empty = await CommandScene.RunInAsync(home, "chain", "verify", book, "--rpc", $"{chain.Http}");
        Assert.True(empty.ExitCode == 1 && empty.Errors.Contains("[chain.book-form]"), empty.Errors);
    }

    [Fact]
    public async Task A_quorum_that_is_no_majority_is_refused_before_anything_is_sent()
    {
        var key = WalletScene.MakeKey(home, "deployer");
        var run = await CommandScene.RunInAsync(home, "chain", "deploy", "--network", "base", "--rpc",
            "http://127.0.0.1:1", "--validators", $"{key},0x8ba1f109551bd432803012645ac136ddd64dba72", "--quorum", "1",
            "--treasury", $"{key}", "--out", Path.Combine(home, "none.json"));
        Assert.True(run.ExitCode == 2 && run.Errors.Contains("no majority"), run.Errors);
    }

    private async Task<JsonElement> RunAsync(params string[] words) =>
        WalletScene.Read(await RunToolAsync(words));

    /// <summary>Blocks of a second and several confirmations take their time.</summary>
    private Task<ToolResult> RunToolAsync(string[] words) => Tool.RunAsync(
        "env", [$"STUN_HOME={home}", "dotnet", CommandScene.Binary, .. words], TimeSpan.FromSeconds(300));
}
