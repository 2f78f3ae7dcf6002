using System.Globalization;
using Stun.Bench.Chains;
using Stun.Integration.Money;
using Contract = Stun.Chain.Evm.Contracts.Escrow;

namespace Stun.Bench;

/// <summary>
/// Orders from the requester's signature to their batch on a chain of this machine, with real keys, a book, three
/// validators and a journal on the disk in one process; beside it a transaction for each step of each task, on the same
/// chain in the same minute. Blocks come every 20 ms; nothing goes wrong.
/// </summary>
internal static class ChainSettlement
{
    private const int TaskCount = 10_000;
    private const int NaiveCount = 1_000;
    private const int BatchSize = 1_000;
    private const int OpenMax = 2 * BatchSize;
    private const int Pairs = 5;

    /// <summary>A block of Ethereum as it was for years; what more it holds today helps both alike.</summary>
    private const double BlockGas = 30e6;
    private const double BlockSeconds = 12;

    public static async Task<bool> RunAsync(Report report)
    {
        List<(SettlementLap Ours, SettlementLap Theirs)> laps = [];
        // The first pair warms up.
        for (var pair = -1; pair < Pairs; pair++)
        {
            await using var scene = await BookScene.StartAsync(new BookSceneOptions
            {
                RequesterCount = 1,
                ProviderCount = 1,
                Purse = new Amount(1_000_000_000),
                BatchEntriesMax = BatchSize,
                BatchEvery = Duration.Seconds(1),
            });
            var peer = new NaiveSettlement(
                scene, Path.Combine(Report.Root(), "bench", "scenarios", "chain", "NaiveTokenRegistry.hex"));
            SettlementLap? theirs = null;
            if (pair % 2 == 0) theirs = await peer.RunAsync(NaiveCount);
            var ours = await RunAsync(scene);
            theirs ??= await peer.RunAsync(NaiveCount);
            if (pair >= 0) laps.Add((ours, theirs));
        }
        var ratios = laps.Select(each => each.Ours.PerSecond / each.Theirs.PerSecond).Order().ToList();
        report.Begin(
            $"End to end on a local chain, batches of {BatchSize:n0}", "way", "tasks", "s", "per s", "gas per task",
            "CPU µs per task", "anvil's CPU µs");
        Tell(report, "ours, until settled on the chain", [.. laps.Select(each => each.Ours)]);
        Tell(report, "a transaction for each step", [.. laps.Select(each => each.Theirs)]);
        report.Say("");
        var gas = Middle(laps, each => each.Ours.GasPerTask);
        var theirGas = Middle(laps, each => each.Theirs.GasPerTask);
        report.Say($"Ratio to the peer: **{Text(ratios[ratios.Count / 2], "f2")}** "
            + $"[{Text(ratios[0], "f2")}-{Text(ratios[^1], "f2")}] in tasks a second on this machine, where gas is "
            + $"free; **{Text(theirGas / gas, "n0")}** in gas. A chain with {BlockGas / 1e6:n0} million gas every "
            + $"{BlockSeconds:n0} s, all of it ours, carries {Text(BlockGas / BlockSeconds / gas, "n0")} tasks a "
            + $"second this way and {Text(BlockGas / BlockSeconds / theirGas, "n0")} that way (from the gas).");
        report.Say($"{Pairs} pairs in turn, each on a fresh chain, medians. Ours: order signed, held, judged by three "
            + "validators, settled, in a batch; book and chain equal. The peer: submitTask and completeTask of "
            + "NaiveTokenRegistry, nobody judges, and as much under way as the sender takes.");
        TellParts(report, [.. laps.Select(each => each.Ours)]);
        return true;
    }

    private static async Task<SettlementLap> RunAsync(BookScene scene)
    {
        var meter = await SettlementMeter.StartAsync(scene.Chain);
        double caller = 0;
        for (var added = 0; added < TaskCount || scene.Clerk.OpenCount > 0; await Task.Delay(8))
        {
            var start = ThreadClock.Nanoseconds();
            scene.Node.RequireAlive();
            for (; added < TaskCount && scene.Clerk.OpenCount < OpenMax; added++) scene.AddTask();
            scene.Clerk.Step();
            caller += (ThreadClock.Nanoseconds() - start) / 1e9;
        }
        var inBook = meter.Seconds;
        await scene.RestAsync();
        var lap = await meter.StopAsync(TaskCount);
        await scene.RequireEqualAsync();
        var lines = 0L;
        Dictionary<ulong, uint> posted = [];
        foreach (var happened in await scene.EventsAsync())
            if (happened is Contract.Event.BatchPosted batch) posted[batch.Number] = batch.Tasks;
            else if (happened is Contract.Event.BatchSettled settled) lines += posted[settled.Number];
        if (scene.Clerk.SettledCount != TaskCount || lines != TaskCount)
            throw new InvalidOperationException($"{lines} lines on the chain for {TaskCount} tasks.");
        return lap with { InBook = inBook, CallerCpu = caller };
    }

    private static void Tell(Report report, string way, List<SettlementLap> laps) => report.Row(
        way, Text(laps[0].TaskCount, "n0"), Text(Middle(laps, each => each.Seconds), "f1"),
        Text(Middle(laps, each => each.PerSecond), "n0"), Text(Middle(laps, each => each.GasPerTask), "n0"),
        PerTask(laps, each => each.Cpu.Own), PerTask(laps, each => each.Cpu.Chain));

    private static void TellParts(Report report, List<SettlementLap> laps)
    {
        report.Begin("Where the time of ours goes", "part", "CPU µs per task");
        report.Row("orders, and who stands in for the scheduler", PerTask(laps, each => each.CallerCpu));
        report.Row("pump: the book and three validators", PerTask(laps, each => each.Cpu.Pump));
        report.Row("hands: votes, runs, journal, chain",
            PerTask(laps, each => each.Cpu.Own - each.Cpu.Pump - each.CallerCpu));
        report.Row("anvil", PerTask(laps, each => each.Cpu.Chain));
        report.Say("");
        var inBook = Middle(laps, each => each.InBook);
        report.Say($"The last task is settled in the book after {Text(inBook, "f1")} s "
            + $"({Text(TaskCount / inBook, "n0")} a second), and its batch on the chain "
            + $"{Text(Middle(laps, each => each.Seconds - each.InBook), "f1")} s later; of those tasks "
            + $"{OpenMax:n0} are open at once, and a batch is cut when it is full or a second old.");
    }

    private static string PerTask(List<SettlementLap> laps, Func<SettlementLap, double> seconds) =>
        Text(Middle(laps, each => seconds(each) / each.TaskCount) * 1e6, "n0");

    private static double Middle<T>(List<T> laps, Func<T, double> value)
    {
        var sorted = laps.Select(value).Order().ToList();
        return sorted[sorted.Count / 2];
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
