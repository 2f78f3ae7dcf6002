using System.Globalization;
using System.Threading.Channels;
using Stun.Chain.Evm.Following;
using Stun.Chain.Evm.Rpc;
using Stun.Node.Hosting;
using Stun.Node.Storage;

namespace Stun.Node.Money.Watch;

/// <summary>How a watch goes about it.</summary>
/// <param name="Patience">A batch that the book does not know may be one that it has settled a moment ago.</param>
/// <param name="Every">Between two looks at what waits.</param>
/// <param name="RefuteBefore">Before a claim is payable it is refuted by a batch that is not settled yet.</param>
public sealed record WatchOptions(TimeSpan Patience, TimeSpan Every, TimeSpan RefuteBefore)
{
    public static WatchOptions Default { get; } =
        new(TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(500), TimeSpan.FromDays(2));
}

/// <summary>
/// Watches the contracts for those whose money is there: answers challenges of the book's batches, refutes claims of
/// what a batch contains, voids batches that pay again what was paid alone, and contests those that the book has not
/// made.
/// </summary>
/// <remarks>Keeps nothing but how far it has read: what waits follows from the contracts' logs.</remarks>
public sealed class ChainWatch : IAsyncDisposable
{
    private readonly ChainAccess chain;
    private readonly WatchOptions options;
    private readonly Action<Exception> report;
    private readonly WatchFacts facts;
    private readonly WatchActs acts;
    private readonly CancellationTokenSource stopping = new();
    private readonly string cursorFile;
    private Task running = Task.CompletedTask;

    /// <param name="process">Holds the book.</param>
    /// <param name="directory">The node's: how far it has read is kept there.</param>
    public ChainWatch(
        ChainAccess chain, NodeProcess process, Address book, ReadModelQueries queries, string directory,
        WatchOptions options, Action<Exception> report)
    {
        (this.chain, this.options, this.report) = (chain, options, report);
        cursorFile = Path.Combine(directory, "watch");
        facts = new WatchFacts(chain.Sender.Address);
        acts = new WatchActs(
            chain, facts, new BatchEvidence(queries), new BookWord(process.Pump, book, stopping.Token),
            options, report, stopping.Token);
    }

    /// <param name="firstBlock">Where the contracts' logs begin.</param>
    public void Start(ulong firstBlock) => running = Task.Run(() => RunAsync(firstBlock));

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
    }

    private async Task RunAsync(ulong firstBlock)
    {
        var told = Channel.CreateBounded<FollowedEvent>(1_024);
        var from = Math.Max(firstBlock, ReadCursor());
        var following = FollowAsync(from, told.Writer);
        var cursor = from;
        while (!stopping.IsCancellationRequested)
        {
            while (told.Reader.TryRead(out var next))
            {
                if (next is FollowedEvent.Seen seen) facts.Follow(seen.Log, chain, Environment.TickCount64);
                if (next is not FollowedEvent.Reached reached) continue;
                WriteCursor(cursor, reached.Cursor.Block);
                cursor = reached.Cursor.Block;
            }
            // One by one, and what is told between two of them first: it may be more urgent.
            if (facts.Next(Environment.TickCount64) is { } matter) await AttendAsync(matter).ConfigureAwait(false);
            else await WaitAsync(told.Reader).ConfigureAwait(false);
        }
        await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AttendAsync(Matter matter)
    {
        try
        {
            if (await acts.AttendAsync(matter).ConfigureAwait(false)) facts.Close(matter);
        }
        catch (Exception failure)
        {
            // Whatever it was: the others must not wait behind it, and the next look may succeed.
            if (failure is not OperationCanceledException) report(failure);
            matter.WaitLonger(options.Every);
        }
    }

    private async Task FollowAsync(ulong from, ChannelWriter<FollowedEvent> told)
    {
        var filter = LogFilter.Of(chain.Escrow, chain.Court, chain.TaskEscrow);
        var follower = new LogFollower(
            chain.Rpc, new LogFollowerOptions(filter, chain.Network) { Finality = chain.Finality });
        var cursor = LogCursor.StartAt(from);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await foreach (var next in follower.ConfirmedAsync(cursor, stopping.Token).ConfigureAwait(false))
                {
                    await told.WriteAsync(next, stopping.Token).ConfigureAwait(false);
                    cursor = next.Cursor;
                }
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // A watch that sees nothing any more and says nothing would be worse than none.
                report(failure);
                await PauseAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task WaitAsync(ChannelReader<FollowedEvent> told)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        either.CancelAfter(options.Every);
        try
        {
            await told.WaitToReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Nothing new: time to look at what waits, or to end.
        }
    }

    private Task PauseAsync() => Task.Delay(options.Every * 4, stopping.Token)
        .ContinueWith(_ => { }, TaskScheduler.Default);

    private ulong ReadCursor() => File.Exists(cursorFile)
        && ulong.TryParse(File.ReadAllText(cursorFile), NumberStyles.None, CultureInfo.InvariantCulture, out var block)
            ? block
            : 0;

    /// <summary>Read again are the last few thousand blocks at most, and what still waits.</summary>
    private void WriteCursor(ulong before, ulong now)
    {
        const ulong step = 256;
        if (before / step == now / step) return;
        var block = Math.Min(now, facts.OldestBlock ?? now);
        try
        {
            File.WriteAllText(cursorFile, block.ToString(CultureInfo.InvariantCulture));
        }
        catch (IOException full)
        {
            // Then more is read again in the next life.
            report(full);
        }
    }
}
