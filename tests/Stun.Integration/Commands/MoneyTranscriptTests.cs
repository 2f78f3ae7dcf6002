using Stun.Chain.Evm.Networks;
using Stun.Execution.Tools;

namespace Stun.Integration.Commands;

/// <summary>What docs/operating/money.md shows is what the commands do, on a chain with the number of Base.</summary>
public sealed class MoneyTranscriptTests : IDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("stun-money-").FullName;

    public void Dispose() => Directory.Delete(home, recursive: true);

    [Fact]
    public async Task The_transcripts_about_money_are_true()
    {
        WalletScene.RequireAnvil();
        await using var chain = await LocalChain.StartAsync(new LocalChainOptions { ChainId = 8453 });
        await using var blocks = new BlockMaker(chain.Http);
        WalletScene.WritePassword(home);
        var me = WalletScene.MakeKey(home, "me");
        await WalletScene.GiveGasAsync(chain.Http, me);
        var ward = WalletScene.MakeKey(home, "ward");
        var validators = string.Join(',', Enumerable.Range(0, 3).Select(index =>
            $"{WalletScene.MakeKey(home, $"validator-{index}")}"));
        var start = $"cd {home}; export STUN_HOME={home} STUN_KEY_PASSWORD='a password for a test' RPC={chain.Http} "
            + $"ME={me} WARD={ward} VALIDATORS={validators}; stun() {{ dotnet {CommandScene.Binary} \"$@\"; }}; ";
        var text = await File.ReadAllTextAsync(Path.Combine(WorkingCopy.Root, "docs", "operating", "money.md"));
        var steps = TranscriptTests.Block.Matches(text)
            .SelectMany(match => TranscriptTests.StepsOf(match.Groups["text"].Value)).ToList();
        Assert.True(steps.Count >= 8, $"{steps.Count}");
        foreach (var (command, expected) in steps)
        {
            var run = await Tool.RunAsync("bash", ["-c", start + command], TimeSpan.FromSeconds(200));
            Assert.True(run.ExitCode == 0, $"{command}: {run.Errors}");
            Assert.Matches(TranscriptTests.PatternOf(expected), run.Output);
        }
    }
}
