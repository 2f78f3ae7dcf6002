using System.Diagnostics;
using System.Globalization;
using Stun.Integration.Money;
using Contract = Stun.Chain.Evm.Contracts.Escrow;

namespace Stun.Bench;

/// <summary>
/// Orders from the requester's signature to their batch on a chain of this machine, with real keys, a book, three
/// validators and a journal on the disk in one process. Blocks come every 20 ms; nothing goes wrong.
/// </summary>
internal static class ChainSettlement
{
    private const int TaskCount = 10_000;
    private const int BatchSize = 1_000;
    private const int OpenMax = 2 * BatchSize;

    public static async Task<bool> RunAsync(Report report)
    {
        await using var scene = await BookScene.StartAsync(new BookSceneOptions
        {
            RequesterCount = 1,
            ProviderCount = 1,
            Purse = new Amount(1_000_000_000),
            BatchEntriesMax = BatchSize,
            BatchEvery = Duration.Seconds(5),
        });
        var clock = Stopwatch.StartNew();
        for (var added = 0; added < TaskCount || scene.Clerk.OpenCount > 0; await scene.PassAsync())
            for (; added < TaskCount && scene.Clerk.OpenCount < OpenMax; added++) scene.AddTask();
        var inBook = clock.Elapsed.TotalSeconds;
        await scene.RestAsync();
        var onChain = clock.Elapsed.TotalSeconds;
        await scene.RequireEqualAsync();
        var batches = (await scene.EventsAsync()).Count(happened => happened is Contract.Event.BatchSettled);
        report.Begin($"End to end on a local chain, batches of {BatchSize:n0}", "until", "tasks", "s", "per s");
        report.Row("settled in the book", Text(TaskCount, "n0"), Text(inBook, "f1"), Text(TaskCount / inBook, "n0"));
        report.Row(
            "settled on the chain", Text(TaskCount, "n0"), Text(onChain, "f1"), Text(TaskCount / onChain, "n0"));
        report.Row("batches settled", Text(batches, "n0"), Text(onChain, "f1"), Text(batches / onChain, "f2"));
        report.Say("");
        report.Say("Order signed, held, judged by three validators, settled, in a batch; book and chain equal.");
        return scene.Clerk.SettledCount == TaskCount;
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
