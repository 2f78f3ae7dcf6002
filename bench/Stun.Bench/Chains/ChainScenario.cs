using System.Diagnostics;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;

namespace Stun.Bench.Chains;

/// <summary>
/// What our way to a chain can carry, beside viem doing the same with the same anvil in the same minute: reads, and
/// transfers of one key up to their receipts. In pairs, so that what others do to the machine meets both.
/// </summary>
internal static class ChainScenario
{
    private const int Pairs = 7;
    private const int Lanes = 100;
    private const int ReadCount = 4_000;
    private const int TransferCount = 300;

    // Of every anvil; known to all the world.
    private const string OurKey = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
    private const string TheirKey = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";

    // PUSH1 7, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN: answers 7 to whatever it is asked.
    private const string Contract = "0x00000000000000000000000000000000c0de0001";
    private static readonly byte[] Question = [0x47, 0x79, 0x9d, 0xa8];

    private sealed record Race(string Kind, bool OursBatched, bool TheirsBatched, int Count, string Title);

    private static readonly Race[] Races =
    [
        new("balance", true, false, ReadCount, "eth_getBalance, each as it comes"),
        new("balance", true, true, ReadCount, "eth_getBalance, batching in both"),
        new("balance", false, false, ReadCount, "eth_getBalance, batching in neither"),
        new("call", true, false, ReadCount, "eth_call, each as it comes"),
        new("call", true, true, ReadCount, "eth_call, batching in both"),
        new("call", false, false, ReadCount, "eth_call, batching in neither"),
        new("transfer", true, false, TransferCount, "transfers to receipts, each as it comes"),
        new("transfer", true, true, TransferCount, "transfers to receipts, batching in both"),
    ];

    public static bool Run(Report report) => RunAsync(report).GetAwaiter().GetResult();

    private static async Task<bool> RunAsync(Report report)
    {
        await using var chain = await LocalChain.StartAsync();
        await PutContractAsync(chain.Http);
        using var viem = new ViemPeer(
            Path.Combine(Root(), "bench", "scenarios", "chain", "viem.mjs"), chain.Http, Contract, TheirKey);
        var options = new EvmRpcOptions(31337, [chain.Http]);
        await using var batched = new EvmRpc(options);
        await using var single = new EvmRpc(options with { BatchMax = 1, InFlightMax = Lanes });
        using var key = EvmKey.From(Convert.FromHexString(OurKey));
        await using var sender = await TransactionSender.OpenAsync(
            batched, key, EvmNetwork.Local, new MemorySendingJournal(),
            new TransactionSenderOptions { PollInterval = TimeSpan.FromMilliseconds(50) });

        report.Say($"{Lanes} callers, each asking again when it has its answer; {ReadCount:n0} reads or "
            + $"{TransferCount} transfers a run; {Pairs} pairs of runs after a warm-up, medians [range]. "
            + "viem 2.57.20 on node 20 and anvil 1.7.1, all on this machine: anvil takes its part of the cores.");
        report.Begin("Beside viem", "work", "a second, ours", "viem", "ratio", "CPU us each, ours", "viem");
        var passed = true;
        foreach (var race in Races)
        {
            var rpc = race.OursBatched ? batched : single;
            List<(Lap Ours, Lap Theirs)> laps = [];
            for (var pair = -1; pair < Pairs; pair++)
            {
                Lap? ours = null;
                if (pair % 2 == 0) ours = await LapAsync(race, rpc, sender);
                var theirs = viem.Run(race.Kind, race.TheirsBatched, race.Count, Lanes);
                ours ??= await LapAsync(race, rpc, sender);
                if (pair >= 0) laps.Add((ours, theirs));
            }
            passed &= Tell(report, race, laps);
        }
        report.Say("");
        report.Say($"Not slower than viem in any of them: {(passed ? "met" : "NOT met")}.");
        return passed;
    }

    private static bool Tell(Report report, Race race, List<(Lap Ours, Lap Theirs)> laps)
    {
        var ratios = laps.Select(each => each.Theirs.Seconds / each.Ours.Seconds).Order().ToList();
        report.Row(race.Title,
            $"{race.Count / Middle(laps.Select(each => each.Ours.Seconds)):n0}",
            $"{race.Count / Middle(laps.Select(each => each.Theirs.Seconds)):n0}",
            $"**{Middle(ratios):0.00}** [{ratios[0]:0.00}-{ratios[^1]:0.00}]",
            $"{Middle(laps.Select(each => each.Ours.CpuSeconds)) / race.Count * 1e6:n0}",
            $"{Middle(laps.Select(each => each.Theirs.CpuSeconds)) / race.Count * 1e6:n0}");
        return Middle(ratios) >= 1;
    }

    private static double Middle(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    private static async Task<Lap> LapAsync(Race race, EvmRpc rpc, TransactionSender sender)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Lanes).Select(async _ =>
        {
            int at;
            while ((at = Interlocked.Increment(ref next)) < race.Count) await DoAsync(race.Kind, at, rpc, sender);
        }));
        return new Lap(clock.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
    }

    private static async Task DoAsync(string kind, int at, EvmRpc rpc, TransactionSender sender)
    {
        switch (kind)
        {
            case "balance":
                await rpc.GetBalanceAsync(new Address(0, 0, (uint)at + 4096));
                break;
            case "call":
                var answer = await rpc.CallAsync(new CallRequest(new Address(0, 0, 0xc0de0001), Question));
                if (answer[^1] != 7) throw new InvalidOperationException("The contract answered something else.");
                break;
            default:
                var receipt = await sender.SendAsync(
                    new TransactionRequest(new Address(0, 0, 0xcafe0001), default)
                    {
                        Value = new Amount(1),
                        GasLimit = 21_000,
                    });
                if (!receipt.Succeeded) throw new InvalidOperationException("A transfer failed.");
                break;
        }
    }

    private static async Task PutContractAsync(Uri chain)
    {
        using var http = new HttpClient();
        using var content = new StringContent(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"anvil_setCode\",\"params\":[\"" + Contract
            + "\",\"0x60075f5260205ff3\"]}", null, "application/json");
        using var answer = await http.PostAsync(chain, content);
        answer.EnsureSuccessStatusCode();
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Stun.slnx"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
