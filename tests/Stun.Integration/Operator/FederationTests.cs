using Stun.Execution.Tools;
using Stun.Integration.Chains;
using Stun.Integration.Commands;

namespace Stun.Integration.Operator;

/// <summary>Nodes of two institutes, each a process of its own, that know of one another by one file.</summary>
public sealed class FederationTests
{
    [Fact]
    public async Task Two_institutes_answer_together_and_one_answers_alone_when_the_other_is_gone()
    {
        await using var scene = await FederationScene.StartAsync();
        var (north, south) = (await scene.FoundAsync("north"), await scene.FoundAsync("south"));
        await FormAsync(scene, north, south);
        await scene.StartNodeAsync("north");
        await scene.StartNodeAsync("south");
        var consumer = await scene.MakeConsumerAsync();
        var both = $"{north},{south}";

        // Both vote; the contract is called back once, and each has half of the fee.
        var request = await scene.AskAsync("[1,2]", both, "2");
        Assert.Equal("[1,2]", await scene.AnswerAsync(request));
        Assert.Equal((1_000 - FederationScene.Fee, 1UL),
            (await scene.CoinsAsync(consumer), await scene.TimesAnsweredAsync(request)));
        Assert.Equal((FederationScene.Fee / 2, FederationScene.Fee / 2),
            (await scene.ShareAsync(north), await scene.ShareAsync(south)));

        await scene.KillNodeAsync("north");
        await CollectAsync(scene, north);
        await OneIsGoneAsync(scene, south, both);

        // It comes back, and all is as before: of its journal nothing is done twice.
        await scene.StartNodeAsync("north");
        request = await scene.AskAsync("[6]", both, "2");
        Assert.Equal("[6]", await scene.AnswerAsync(request));
        Assert.Equal((FederationScene.Fee / 2, 2 * FederationScene.Fee),
            (await scene.ShareAsync(north), await scene.ShareAsync(south)));
    }

    /// <summary>While its node is down, an institute takes its half, once; the owner has none of it.</summary>
    private static async Task CollectAsync(FederationScene scene, Address north)
    {
        Task<ToolResult> AsNorthAsync(params string[] more) => CommandScene.RunInAsync(
            Path.Combine(scene.Folder("north"), "data"), ["operator", "collect", scene.File, "--rpc", scene.Rpc,
                "--key", "node-operator", "--password-file", $"{scene.Home}/password", .. more]);
        var purse = Stun.Chain.Evm.EvmKey.Generate().Address;
        var taken = await AsNorthAsync("--to", $"{purse}");
        Assert.True(taken.ExitCode == 0, taken.Errors);
        Assert.Contains($"Collected {FederationScene.Fee / 2} of the smallest unit of ", taken.Output);
        Assert.Equal((FederationScene.Fee / 2, 0UL),
            (await scene.CoinsAsync(purse), await scene.ShareAsync(north)));
        foreach (var again in (ToolResult[])[await AsNorthAsync(), await scene.RunAsync("collect", scene.File)])
            Assert.True(again.ExitCode == 1 && again.Errors.Contains("[operator.nothing-to-collect]"), again.Errors);
    }

    /// <summary>The contract is made for the first; the second is refused until it is admitted.</summary>
    private static async Task FormAsync(FederationScene scene, Address north, Address south)
    {
        var made = await scene.DeployAsync("--node", $"north={north}");
        Assert.True(made.ExitCode == 0, made.Errors);
        scene.HandOver("south");
        var refused = await CommandScene.RunInAsync(scene.Folder("south"), scene.NodeWords("south"));
        Assert.True(refused.ExitCode == 1, refused.Output + refused.Errors);
        Assert.Contains("[operator.not-admitted]", refused.Errors);
        Assert.Contains($"stun operator admit {scene.Folder("south")}/federation.json --node NAME={south} ",
            refused.Errors);
        var admitted = await scene.RunAsync("admit", scene.File, "--node", $"south={south}");
        Assert.True(admitted.ExitCode == 0, admitted.Errors);
        scene.HandOver("north");
        scene.HandOver("south");
    }

    private static async Task OneIsGoneAsync(FederationScene scene, Address south, string both)
    {
        // Nobody can make two of one: the payment comes back when the request's time is over, and not before.
        var before = await scene.CoinsAsync(scene.Consumer);
        var request = await scene.AskAsync("[3]", both, "2");
        await ChainScene.UntilAsync(async () => await scene.VotesAsync(request) == 1, "the one that is left votes", 60);
        Assert.Equal(before - FederationScene.Payment, await scene.CoinsAsync(scene.Consumer));
        await scene.Chain.Hand.IncreaseTimeAsync(301);
        await scene.Chain.Hand.MineAsync();
        await ChainScene.UntilAsync(async () => await scene.CoinsAsync(scene.Consumer) == before, "the refund", 60);
        Assert.Equal("", await scene.KnownAsync(request));

        // One of the two is enough: the one that is left answers, and has the whole fee.
        var share = await scene.ShareAsync(south);
        request = await scene.AskAsync("[4]", both, "1");
        Assert.Equal("[4]", await scene.AnswerAsync(request));
        Assert.Equal(share + FederationScene.Fee, await scene.ShareAsync(south));

        // And so with a contract that names nobody.
        Assert.Equal("[5]", await scene.AskPlainlyAsync(await scene.MakePlainConsumerAsync(), "[5]"));
        var owners = WalletScene.Read(await scene.RunAsync("collect", scene.File, "--json"));
        Assert.Equal($"{FederationScene.Fee}", owners.GetProperty("collected").GetString());
    }

    [Fact]
    public async Task Deploying_again_changes_nothing_and_keeps_who_was_admitted_since()
    {
        await using var scene = await FederationScene.StartAsync();
        var (north, south) = (Stun.Chain.Evm.EvmKey.Generate().Address, Stun.Chain.Evm.EvmKey.Generate().Address);
        var first = WalletScene.Read(await scene.DeployAsync("--node", $"north={north}", "--json"));
        Assert.True(first.GetProperty("transactions").GetUInt64() >= 2, $"{first}");
        var admitted = await scene.RunAsync("admit", scene.File, "--node", $"south={south},https://south.example");
        Assert.True(admitted.ExitCode == 0, admitted.Errors);
        var written = await File.ReadAllTextAsync(scene.File, FederationScene.Cancel);
        Assert.Contains("https://south.example", written);
        var again = WalletScene.Read(await scene.DeployAsync("--node", $"north={north}", "--json"));
        Assert.Equal(0UL, again.GetProperty("transactions").GetUInt64());
        Assert.Equal(written, await File.ReadAllTextAsync(scene.File, FederationScene.Cancel));
        // The file is lost: what the chain has is not taken back by those who do not know of it.
        File.Delete(scene.File);
        WalletScene.Read(await scene.DeployAsync("--node", $"north={north}", "--json"));
        var shown = await scene.RunAsync("show", scene.File);
        Assert.True(shown.ExitCode == 1, shown.Output);
        Assert.Contains($"DIFFERS  {south} is admitted on the chain, and is not in the file.", shown.Output);
    }

    [Fact]
    public async Task Who_is_dismissed_is_out_on_the_chain_and_in_the_file_and_does_not_start_again()
    {
        await using var scene = await FederationScene.StartAsync();
        var (north, south) = (await scene.FoundAsync("north"), await scene.FoundAsync("south"));
        var made = await scene.DeployAsync("--node", $"north={north}", "--node", $"south={south}");
        Assert.True(made.ExitCode == 0, made.Errors);
        scene.HandOver("south");
        var done = await scene.RunAsync("dismiss", scene.File, "--node", "south");
        Assert.True(done.ExitCode == 0, done.Errors);
        Assert.Equal(["north"], scene.Federation.Nodes.Select(node => node.Name));
        var shown = await scene.RunAsync("show", Path.Combine(scene.Folder("south"), "federation.json"));
        Assert.True(shown.ExitCode == 1, shown.Output);
        Assert.Contains($"DIFFERS  south, {south}, is in the file, and is not admitted on the chain.", shown.Output);
        var refused = await CommandScene.RunInAsync(scene.Folder("south"), scene.NodeWords("south"));
        Assert.True(refused.ExitCode == 1 && refused.Errors.Contains("[operator.not-admitted]"), refused.Errors);
        var last = await scene.RunAsync("dismiss", scene.File, "--node", "north");
        Assert.True(last.ExitCode == 1 && last.Errors.Contains("[operator.last-node]"), last.Errors);
    }

    [Fact]
    public async Task A_contract_of_other_code_or_another_token_is_not_answered_for()
    {
        await using var scene = await FederationScene.StartAsync();
        var north = await scene.FoundAsync("north");
        var made = await scene.DeployAsync("--node", $"north={north}");
        Assert.True(made.ExitCode == 0, made.Errors);
        var right = scene.Federation;
        // Any contract will do, as long as it is another.
        foreach (var (wrong, code) in new[]
        {
            (right with { Contract = right.Token, Token = right.Contract }, "[operator.other-code]"),
            (right with { Contract = north }, "[operator.no-contract]"),
            (right with { Token = north }, "[operator.other-token]"),
        })
        {
            wrong.Save(Path.Combine(scene.Folder("north"), "federation.json"));
            var refused = await CommandScene.RunInAsync(scene.Folder("north"), scene.NodeWords("north"));
            Assert.True(refused.ExitCode == 1 && refused.Errors.Contains(code), code + refused.Errors);
        }
        // One byte of our own contract is another, and nothing else.
        scene.HandOver("north");
        var real = await scene.Chain.Rpc.GetCodeAsync(right.Contract);
        real[^1] ^= 1;
        await scene.Chain.Hand.CodeAsync(right.Contract, "0x" + Convert.ToHexStringLower(real));
        var changed = await CommandScene.RunInAsync(scene.Folder("north"), scene.NodeWords("north"));
        Assert.True(changed.ExitCode == 1 && changed.Errors.Contains("[operator.other-code]"), changed.Errors);
    }

    [Fact]
    public async Task Only_the_owner_admits_and_only_a_contract_of_the_file()
    {
        await using var scene = await FederationScene.StartAsync();
        var node = Stun.Chain.Evm.EvmKey.Generate().Address;
        var made = await scene.DeployAsync("--node", $"north={node}");
        Assert.True(made.ExitCode == 0, made.Errors);
        var stranger = WalletScene.MakeKey(scene.Home, "stranger");
        await WalletScene.GiveGasAsync(scene.Chain.Chain.Http, stranger);
        var other = await CommandScene.RunInAsync(scene.Home, "operator", "admit", scene.File, "--node",
            $"own={stranger}", "--rpc", scene.Rpc, "--key", "stranger", "--password-file", $"{scene.Home}/password");
        Assert.True(other.ExitCode == 1 && other.Errors.Contains("[operator.not-the-owner]"), other.Errors);
        var elsewhere = await CommandScene.RunInAsync(scene.Home, "operator", "deploy", "--network", "local", "--token",
            $"{scene.Token}", "--out", scene.File, "--rpc", scene.Rpc, "--key", "stranger", "--password-file",
            $"{scene.Home}/password");
        Assert.True(elsewhere.ExitCode == 1 && elsewhere.Errors.Contains("[operator.other-federation]"),
            elsewhere.Errors);
        var taken = await scene.RunAsync("admit", scene.File, "--node", $"north={stranger}");
        Assert.True(taken.ExitCode == 1 && taken.Errors.Contains("[federation.taken]"), taken.Errors);
        var none = await scene.DeployAsync("--node", "north");
        Assert.True(none.ExitCode == 2 && none.Errors.Contains("[cli.usage]"), none.Errors);
    }
}
