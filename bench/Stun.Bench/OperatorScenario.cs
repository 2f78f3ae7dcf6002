using System.Diagnostics;
using System.Globalization;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;
using Stun.Node.Configuration;
using Stun.Node.Operator;
using Stun.Node.Operator.Fees;
using Stun.Node.Operator.Following;
using Stun.Node.Operator.Policies;
using Stun.Node.Operator.Responders;
using Stun.Node.Operator.Results;
using Stun.Node.Operator.Wire;
using OperatorContract = Stun.Chain.Evm.Contracts.Operator;

namespace Stun.Bench;

/// <summary>
/// A thousand requests of contracts in flight: how fast a node answers all of them, whether any is lost, what an answer
/// costs; beside a node that takes one after the other, as plain operators' jobs do.
/// </summary>
internal static class OperatorScenario
{
    private const int Count = 1_000, PlainCount = 30;
    private const ulong Payment = 25, Fee = 10;

    // Of every anvil; known to all the world.
    private static readonly string[] Keys =
    [
        "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
        "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
        "5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
    ];

    public static bool Run(Report report) => RunAsync(report).GetAwaiter().GetResult();

    private static async Task<bool> RunAsync(Report report)
    {
        report.Say($"{Count} requests are made before anybody answers; ping, paid {Payment}, fee {Fee}, so that each "
            + "answer refunds. A block each second, at most as long as its gas lasts. 'One by one': try, send, wait "
            + "for the block, and only then the next. Gas of the contract beside a plain one: docs/reference/gas.md.");
        report.Begin("Requests in flight", "node", "requests", "answered", "seconds", "a second", "gas each",
            "transactions");
        var all = await LapAsync(report, "ours, all at once", Count, OursAsync);
        var one = await LapAsync(report, "one by one", PlainCount, OneByOneAsync);
        return all && one;
    }

    private sealed record Ground(LocalChain Chain, EvmRpc Rpc, LocalOperator Local, EvmKey Node, string Folder);

    private static async Task<bool> LapAsync(
        Report report, string name, int count, Func<Ground, int, Task> answer)
    {
        var folder = Directory.CreateTempSubdirectory("stun-bench-").FullName;
        await using var chain = await LocalChain.StartAsync(new LocalChainOptions { BlockSeconds = 1 });
        await using var rpc = new EvmRpc(new EvmRpcOptions(31337, [chain.Http]));
        await using var owner = await TransactionSender.OpenAsync(
            rpc, EvmKey.From(Convert.FromHexString(Keys[0])), EvmNetwork.Local, new MemorySendingJournal());
        var token = (await owner.SendAsync(new TransactionRequest(null, StunToken.Deploy(owner.Address))))
            .ContractAddress!.Value;
        var node = EvmKey.From(Convert.FromHexString(Keys[2]));
        await using var local = await LocalOperator.OpenAsync(
            new LocalOperatorPlan(EvmNetwork.Local, chain.Http, rpc, owner, token, [node.Address]),
            EvmKey.From(Convert.FromHexString(Keys[1])), default);
        await Task.WhenAll(Enumerable.Range(1, count).Select(number => AskAsync(owner, token, local, (ulong)number)));
        var clock = Stopwatch.StartNew();
        await answer(new Ground(chain, rpc, local, node, folder), count);
        var seconds = clock.Elapsed.TotalSeconds;
        var answered = await AnsweredAsync(rpc, local);
        var gas = 0UL;
        foreach (var hash in answered.Select(log => log.TransactionHash).Distinct())
            gas += (await rpc.GetTransactionReceiptAsync(hash))!.GasUsed;
        var sent = await rpc.GetTransactionCountAsync(node.Address, BlockTag.Latest);
        report.Row(name, $"{count}", $"{answered.Count}", Text(seconds), Text(count / seconds),
            $"{gas / (ulong)answered.Count}", $"{sent}");
        Directory.Delete(folder, recursive: true);
        return answered.Count == count && sent == (ulong)count;
    }

    private static async Task AskAsync(TransactionSender asker, Address token, LocalOperator local, ulong nonce)
    {
        var call = OperatorContract.Calls.OracleRequest(Address.Zero, 0UL, new Digest(1, 2, 3, 4), asker.Address,
            [0xc2, 0xfb, 0x85, 0x23], nonce, 1UL, ValueList.Create<byte>(
                [0x67, .. "service"u8, 0x64, .. "ping"u8, 0x64, .. "data"u8, 0x65, .. "hello"u8]));
        var transfer = StunToken.Calls.TransferAndCall(local.Contract, Payment, ValueList.Create<byte>(call));
        await asker.SendAsync(new TransactionRequest(token, transfer) { GasLimit = 300_000 });
    }

    private static async Task OursAsync(Ground ground, int count)
    {
        var desk = new RequestDesk(new DeskPlan(
            new OperatorPolicy(new OperatorRules { PerSecond = 5_000 }, TimeProvider.System),
            new FeeSchedule.Listed(new Amount(Fee), new Dictionary<string, Amount>()),
            new Dictionary<string, IResponder> { ["ping"] = new PingResponder() },
            new ResultShelf(Path.Combine(ground.Folder, "results"), 1 << 20),
            (_, _, _) => Task.FromResult<byte[]?>(null)));
        await using var lane = await ChainLane.StartAsync(
            new LanePlan(ground.Local.Settings, ground.Node, desk, Path.Combine(ground.Folder, "lane")), default);
        while ((await AnsweredAsync(ground.Rpc, ground.Local)).Count < count) await Task.Delay(50);
    }

    private static async Task OneByOneAsync(Ground ground, int count)
    {
        await using var sender = await TransactionSender.OpenAsync(
            ground.Rpc, ground.Node, EvmNetwork.Local, new MemorySendingJournal());
        foreach (var log in await ground.Rpc.GetLogsAsync(new LogFilter(
            [ground.Local.Contract], [[OracleRequest.Topic]]), 0, await ground.Rpc.GetBlockNumberAsync()))
        {
            var call = OperatorCalls.FulfillAndRefund(OracleRequest.TryRead(log)!, "hello"u8, Payment - Fee);
            await sender.SendAsync(new TransactionRequest(ground.Local.Contract, call) { GasLimit = 700_000 });
        }
    }

    private static async Task<IReadOnlyList<EvmLog>> AnsweredAsync(EvmRpc rpc, LocalOperator local) =>
        await rpc.GetLogsAsync(new LogFilter([local.Contract], [[OperatorTopics.Response]]), 0,
            await rpc.GetBlockNumberAsync());

    private static string Text(double value) => value.ToString("f1", CultureInfo.InvariantCulture);
}
