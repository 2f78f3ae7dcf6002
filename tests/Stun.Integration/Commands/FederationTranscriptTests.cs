using System.Text.RegularExpressions;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;
using Stun.Execution.Tools;

namespace Stun.Integration.Commands;

/// <summary>
/// What docs/operating/operator.md shows is what the commands do, on a chain with the number of Base.
/// </summary>
public sealed class FederationTranscriptTests : IDisposable
{
    private static readonly Regex Configuration =
        new("^```yaml\n# (?<name>[a-z]+\\.yaml)\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline);

    private readonly string home = Directory.CreateTempSubdirectory("stun-federation-docs-").FullName;

    public void Dispose() => Directory.Delete(home, recursive: true);

    [Fact]
    public async Task The_transcripts_about_federations_are_true()
    {
        WalletScene.RequireAnvil();
        var id = EvmNetwork.Base.ChainId;
        await using var chain = await LocalChain.StartAsync(new LocalChainOptions { ChainId = id });
        await using var blocks = new BlockMaker(chain.Http);
        WalletScene.WritePassword(home);
        var owner = WalletScene.MakeKey(home, "owner");
        await WalletScene.GiveGasAsync(chain.Http, owner);
        var start = $"cd {home}; export STUN_HOME={home} STUN_KEY_PASSWORD='a password for a test' RPC={chain.Http} "
            + $"TOKEN={await MakeTokenAsync(chain.Http)} NORTH={EvmKey.Generate().Address} "
            + $"SOUTH={EvmKey.Generate().Address}; stun() {{ dotnet {CommandScene.Binary} \"$@\"; }}; ";
        var text = await File.ReadAllTextAsync(Path.Combine(WorkingCopy.Root, "docs", "operating", "operator.md"));
        await WriteConfigurationsAsync(text, owner);
        var steps = TranscriptTests.Block.Matches(text)
            .SelectMany(match => TranscriptTests.StepsOf(match.Groups["text"].Value)).ToList();
        Assert.True(steps.Count >= 5, $"{steps.Count}");
        foreach (var (command, expected) in steps)
        {
            var run = await Tool.RunAsync("bash", ["-c", start + command], TimeSpan.FromSeconds(200));
            Assert.True(run.ExitCode == 0, $"{command}: {run.Errors}");
            Assert.Matches(TranscriptTests.PatternOf(expected), run.Output);
        }
    }

    /// <summary>What a page leaves out is what every node needs.</summary>
    private async Task WriteConfigurationsAsync(string page, Address any)
    {
        var shown = Configuration.Matches(page);
        Assert.NotEmpty(shown);
        var rest = $$"""
            network:
              chain-id: 31337
              escrow: "{{any}}"
              validators: ["{{any}}"]
              schedulers: ["{{any}}"]
              treasury: "{{any}}"

            """;
        foreach (var each in shown.Cast<Match>())
            await File.WriteAllTextAsync(
                Path.Combine(home, each.Groups["name"].Value), each.Groups["text"].Value + rest);
    }

    private static async Task<Address> MakeTokenAsync(Uri chain)
    {
        using var key = EvmKey.Generate();
        await WalletScene.GiveGasAsync(chain, key.Address);
        await using var rpc = new EvmRpc(new EvmRpcOptions(EvmNetwork.Base.ChainId, [chain]));
        await using var sender = await TransactionSender.OpenAsync(
            rpc, key, EvmNetwork.Base, new MemorySendingJournal());
        return (await sender.SendAsync(new TransactionRequest(null, StunToken.Deploy(key.Address))))
            .ContractAddress!.Value;
    }
}
