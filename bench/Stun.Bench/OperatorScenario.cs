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
/// costs; beside a plain contract of the kind that oracles have, and a node that takes one after the other, as their
/// jobs do.
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
            + "for the block, and only then the next. The plain contract is one of the first kind, written anew: what "
            + "is left is paid out by a second transaction, and its gas is counted. More on gas: "
            + "docs/reference/gas.md.");
        report.Begin("Requests in flight", "node", "requests", "answered", "seconds", "a second", "gas each",
            "transactions");
        var all = await LapAsync(report, "ours, all at once", Count, false, OursAsync);
        var plain = await LapAsync(report, "ours, with a plain contract", Count, true, OursAsync);
        var one = await LapAsync(report, "one by one", PlainCount, false, OneByOneAsync);
        return all && plain && one;
    }

    private sealed record Ground(
        EvmRpc Rpc, OperatorChainSettings Settings, Address Token, EvmKey Node, string Folder);

    private static async Task<bool> LapAsync(
        Report report, string name, int count, bool isPlain, Func<Ground, int, Task> answer)
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
        var ground = new Ground(rpc, isPlain ? await PlainAsync(owner, token, local.Settings, node) : local.Settings,
            token, node, folder);
        await Task.WhenAll(Enumerable.Range(1, count).Select(number => AskAsync(owner, ground, (ulong)number)));
        var clock = Stopwatch.StartNew();
        await answer(ground, count);
        var seconds = clock.Elapsed.TotalSeconds;
        var answered = await AnsweredAsync(ground);
        var paidOut = await PaidOutAsync(ground);
        var gas = 0UL;
        foreach (var hash in answered.Concat(paidOut).Select(log => log.TransactionHash).Distinct())
            gas += (await rpc.GetTransactionReceiptAsync(hash))!.GasUsed;
        var sent = await rpc.GetTransactionCountAsync(node.Address, BlockTag.Latest);
        report.Row(name, $"{count}", $"{answered.Count}", Text(seconds), Text(count / seconds),
            $"{gas / (ulong)answered.Count}", $"{sent}");
        Directory.Delete(folder, recursive: true);
        return answered.Count == count && paidOut.Count == count && sent == (ulong)(isPlain ? 2 * count : count);
    }

    private static async Task<OperatorChainSettings> PlainAsync(
        TransactionSender owner, Address token, OperatorChainSettings settings, EvmKey node)
    {
        using var stream = typeof(OperatorScenario).Assembly.GetManifestResourceStream("LegacyOperator.hex")!;
        using var reader = new StreamReader(stream);
        var code = Convert.FromHexString((await reader.ReadToEndAsync()).ReplaceLineEndings(""));
        var words = new byte[64];
        token.Write(words.AsSpan(12));
        owner.Address.Write(words.AsSpan(44));
        var made = (await owner.SendAsync(new TransactionRequest(null, (byte[])[.. code, .. words])))
            .ContractAddress!.Value;
        await owner.SendAsync(new TransactionRequest(
            made, OperatorContract.Calls.SetAuthorizedSenders([node.Address])));
        return settings with { Contract = made, IsLegacy = true };
    }

    private static async Task AskAsync(TransactionSender asker, Ground ground, ulong nonce)
    {
        var call = OperatorContract.Calls.OracleRequest(Address.Zero, 0UL, new Digest(1, 2, 3, 4), asker.Address,
            [0xc2, 0xfb, 0x85, 0x23], nonce, 1UL, ValueList.Create<byte>(
                [0x67, .. "service"u8, 0x64, .. "ping"u8, 0x64, .. "data"u8, 0x65, .. "hello"u8]));
        var transfer = StunToken.Calls.TransferAndCall(ground.Settings.Contract, Payment, ValueList.Create<byte>(call));
        await asker.SendAsync(new TransactionRequest(ground.Token, transfer) { GasLimit = 300_000 });
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
            new LanePlan(ground.Settings, ground.Node, desk, Path.Combine(ground.Folder, "lane")), default);
        while ((await AnsweredAsync(ground)).Count < count || (await PaidOutAsync(ground)).Count < count)
            await Task.Delay(50);
    }

    private static async Task OneByOneAsync(Ground ground, int count)
    {
        await using var sender = await TransactionSender.OpenAsync(
            ground.Rpc, ground.Node, EvmNetwork.Local, new MemorySendingJournal());
        foreach (var log in await ground.Rpc.GetLogsAsync(new LogFilter(
            [ground.Settings.Contract], [[OracleRequest.Topic]]), 0, await ground.Rpc.GetBlockNumberAsync()))
        {
            var call = OperatorCalls.FulfillAndRefund(OracleRequest.TryRead(log)!, "hello"u8, Payment - Fee);
            await sender.SendAsync(new TransactionRequest(ground.Settings.Contract, call) { GasLimit = 700_000 });
        }
    }

    private static async Task<IReadOnlyList<EvmLog>> AnsweredAsync(Ground ground) =>
        await ground.Rpc.GetLogsAsync(new LogFilter([ground.Settings.Contract], [[OperatorTopics.Response]]), 0,
            await ground.Rpc.GetBlockNumberAsync());

    /// <summary>What was given back, by whichever transaction.</summary>
    private static async Task<IReadOnlyList<EvmLog>> PaidOutAsync(Ground ground)
    {
        var logs = await ground.Rpc.GetLogsAsync(
            new LogFilter([ground.Token], []), 0, await ground.Rpc.GetBlockNumberAsync());
        return [.. logs.Where(log => StunToken.Event.TryDecode(log.ToAbi()) is StunToken.Event.Transfer moved
            && moved.From == ground.Settings.Contract)];
    }

    private static string Text(double value) => value.ToString("f1", CultureInfo.InvariantCulture);
}
