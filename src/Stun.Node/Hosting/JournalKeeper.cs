using Stun.Node.Storage;

namespace Stun.Node.Hosting;

/// <summary>
/// Keeps the journal short: when enough has been appended it has all roles summed up in a snapshot, and lets go of what
/// came before the snapshot before that.
/// </summary>
/// <param name="applied">How far the read model has come: what it has not seen must stay in the journal.</param>
public sealed class JournalKeeper(
    Pump pump, IJournal journal, Func<ulong> applied, long everyBytes, Action<Exception> failed) : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource stop = new();
    private Task running = Task.CompletedTask;
    private ulong earlier;

    /// <summary>Where the last snapshot of this life stands.</summary>
    public ulong Position { get; private set; }

    public void Start() => running = Task.Run(RunAsync);

    /// <summary>Takes a snapshot now, whatever has been appended.</summary>
    /// <returns>False where it cannot be: the journal holds what no role of this process can sum up.</returns>
    public async Task<bool> TakeAsync(CancellationToken cancel)
    {
        if (await pump.SnapshotAsync().ConfigureAwait(false) is not { } snapshot) return false;
        while (pump.DurablePosition < snapshot.Position || applied() < snapshot.Position)
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancel).ConfigureAwait(false);
        await journal.WriteSnapshotAsync(snapshot.Position, snapshot.Roles, cancel).ConfigureAwait(false);
        // The read model may lose its youngest rows in a power cut: it finds them again in what is kept.
        if (earlier > 0) await journal.ForgetAsync(earlier, cancel).ConfigureAwait(false);
        (earlier, Position) = (snapshot.Position, snapshot.Position);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(false);
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        var taken = 0L;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(LookEvery, stop.Token).ConfigureAwait(false);
                if (pump.AppendedBytes - taken < everyBytes) continue;
                taken = pump.AppendedBytes;
                await TakeAsync(stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The node stops, or its pump has.
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // The journal goes on without it, and it is tried again when as much has been appended.
                failed(failure);
            }
        }
    }
}
