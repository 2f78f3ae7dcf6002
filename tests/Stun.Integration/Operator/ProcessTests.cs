using Stun.Chain.Evm;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Sending;
using Stun.Integration.Chains;
using Stun.Integration.Commands;
using Stun.Node.Operator.Wire;
using OperatorContract = Stun.Chain.Evm.Contracts.Operator;

namespace Stun.Integration.Operator;

/// <summary>The role in a process of its own, as its owner starts it: on three chains, and killed.</summary>
public sealed class ProcessTests : IDisposable
{
    private static readonly string[] Roles = ["gateway", "scheduler", "escrow", "validator", "operator"];

    private readonly string home = Directory.CreateTempSubdirectory("stun-opprocess-").FullName;

    public void Dispose() => Directory.Delete(home, recursive: true);

    [Fact]
    public async Task A_node_serves_three_chains_and_after_a_kill_it_answers_once_what_it_had_begun()
    {
        var scenes = await Task.WhenAll(((ulong[])[1, 8453, 42161]).Select(
            id => OperatorScene.StartAsync(new LocalChainOptions { ChainId = id })));
        var release = new TaskCompletionSource();
        await using var server = new SmallServer(_ =>
        {
            release.Task.Wait(OperatorScene.Cancel);
            return SmallServer.Ok("far away");
        });
        try
        {
            await ConfigureAsync(scenes, server.Port);
            Digest[] begun, missed;
            await using (var node = await StartAsync())
            {
                // The same consumer at the same address: the same number of a request is another one elsewhere.
                var requests = await AskAsync(scenes, index => ("ping", $"chain {index}"));
                for (var index = 0; index < scenes.Length; index++)
                    Assert.Equal($"chain {index}", await scenes[index].AnswerAsync(requests[index]));
                begun = await AskAsync(
                    scenes, _ => ("util/http", $"{{\"url\": \"http://localhost:{server.Port}/slow\"}}"));
                await ChainScene.UntilAsync(() => Task.FromResult(server.Asked.Count >= 1), "the work began");
                await node.KillAsync();
            }
            missed = await AskAsync(scenes, index => ("ping", $"missed {index}"));
            release.SetResult();
            await using (await StartAsync())
            {
                for (var index = 0; index < scenes.Length; index++)
                {
                    Assert.Equal("far away", await scenes[index].AnswerAsync(begun[index], 60));
                    Assert.Equal($"missed {index}", await scenes[index].AnswerAsync(missed[index], 60));
                    Assert.Equal(3, (await scenes[index].LogsAsync(OperatorTopics.Response)).Count);
                }
            }
            await GoneForGoodAsync(scenes[1]);
        }
        finally
        {
            release.TrySetResult();
            foreach (var scene in scenes) await scene.DisposeAsync();
        }
    }

    /// <summary>A node that never comes back keeps nobody's money.</summary>
    private async Task GoneForGoodAsync(OperatorScene scene)
    {
        var before = await scene.CoinsAsync(scene.Local.User);
        Digest request;
        await using (var node = await StartAsync())
        {
            await node.KillAsync();
            request = await scene.AskAsync("ping", "is anybody there?");
        }
        Assert.Equal(before - 25, await scene.CoinsAsync(scene.Local.User));
        var asked = (await scene.LogsAsync(OracleRequest.Topic)).Select(OracleRequest.TryRead)
            .OfType<OracleRequest>().Single(each => each.RequestId == request);
        await scene.PassAsync(301);
        await using var stranger = await scene.Chain.SenderAsync(ChainScene.Key(2));
        var ended = await stranger.SendAsync(
            new TransactionRequest(scene.Local.Contract, OperatorCalls.Expire(asked)), OperatorScene.Cancel);
        Assert.True(ended.Succeeded);
        Assert.Equal(before, await scene.CoinsAsync(scene.Local.User));
    }

    private async Task<SpokenProcess> StartAsync()
    {
        var node = new SpokenProcess(home, "node", "start", "--config", Path.Combine(home, "node.yaml"));
        await node.LineAsync(" at http");
        return node;
    }

    private static Task<Digest[]> AskAsync(
        OperatorScene[] scenes, Func<int, (string Service, string Data)> what) => Task.WhenAll(scenes.Select(
            (scene, index) => scene.AskAsync(what(index).Service, what(index).Data)));

    private async Task ConfigureAsync(OperatorScene[] scenes, int port)
    {
        var data = Path.Combine(home, "data");
        Directory.CreateDirectory(data);
        WalletScene.WritePassword(data);
        var keys = Roles.ToDictionary(role => role, role => WalletScene.MakeKey(data, $"node-{role}"));
        foreach (var scene in scenes)
        {
            await WalletScene.GiveGasAsync(scene.Chain.Chain.Http, keys["operator"]);
            await scene.Owner.SendAsync(new TransactionRequest(scene.Local.Contract,
                OperatorContract.Calls.SetAuthorizedSenders([keys["operator"]])), OperatorScene.Cancel);
        }
        var chains = scenes.Zip(["ethereum", "base", "arbitrum"], (scene, name) =>
            $"    - {{ network: {name}, rpc: [\"{scene.Chain.Chain.Http}\"], contract: \"{scene.Local.Contract}\" }}");
        await File.WriteAllTextAsync(Path.Combine(home, "node.yaml"), $$"""
            data-directory: data
            roles: [{{string.Join(", ", Roles)}}]
            listen: { port: 0 }
            keys: { password-file: data/password }
            network:
              chain-id: 31337
              escrow: "{{keys["escrow"]}}"
              validators: ["{{keys["validator"]}}"]
              schedulers: ["{{keys["scheduler"]}}"]
              treasury: "{{keys["gateway"]}}"
            provider: { executor: noop }
            operator:
              fee: {{OperatorScene.Fee}}
              built-in: [ping, util/http]
              http-hosts: ["localhost:{{port}}"]
              http-may-reach: [127.0.0.0/8]
              chains:
            {{string.Join('\n', chains)}}

            """, OperatorScene.Cancel);
    }
}
