using System.Collections.Concurrent;
using Stun.Node.Hosting;

namespace Stun.Node.Storage;

/// <summary>
/// Brings what the journal has made durable into the read model, behind everything else and in its own thread. What is
/// not durable is not projected: nobody is shown what a crash could take back.
/// </summary>
public sealed class ProjectionFeed : IAsyncDisposable
{
    /// <summary>One transaction: large enough to share its sync, small enough that it ends soon.</summary>
    private const int RecordsMax = 1_000;

    /// <summary>What waits is held in memory.</summary>
    private const long WaitingBytesMax = 512L << 20;

    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(20);
    private readonly Pump pump;
    private readonly ReadModel model;
    private readonly SmallBlobs? small;
    private readonly ConcurrentQueue<JournalRecord> waiting = new();
    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim bell = new(0, 1);
    private Task running = Task.CompletedTask;
    private long waitingBytes;
    private ulong newest;
    private ulong applied;

    /// <summary>To be made before the pump starts.</summary>
    /// <param name="small">Is told to forget what the read model has.</param>
    public ProjectionFeed(Pump pump, ReadModel model, SmallBlobs? small = null)
    {
        (this.pump, this.model, this.small) = (pump, model, small);
        applied = model.AppliedPosition;
        pump.Followed += Follow;
    }

    /// <summary>Is called after each transaction.</summary>
    public event Action? Projected;

    /// <summary>Records that the journal has and the read model has not.</summary>
    public ulong Behind => Volatile.Read(ref newest) is var top && top > Volatile.Read(ref applied)
        ? top - Volatile.Read(ref applied)
        : 0;

    /// <summary>Nothing more should be taken in before it has caught up.</summary>
    public bool IsFull => Volatile.Read(ref waitingBytes) > WaitingBytesMax;

    public Exception? Failure { get; private set; }

    public void Start() => running = Task.Run(RunAsync);

    /// <summary>Ends when all that is durable now is in the read model.</summary>
    public async Task CaughtUpAsync(CancellationToken cancel)
    {
        await pump.FlushedAsync().WaitAsync(cancel).ConfigureAwait(false);
        var target = Volatile.Read(ref newest);
        while (Volatile.Read(ref applied) < target && Failure is null)
            await Task.Delay(LookAgainAfter, cancel).ConfigureAwait(false);
    }

    /// <summary>Ends when the read model has come this far, however long its database is away, or can come no
    /// further.</summary>
    public async Task ReachAsync(ulong position, CancellationToken cancel)
    {
        while (Volatile.Read(ref applied) < position && !running.IsCompleted)
            await Task.Delay(TimeSpan.FromMilliseconds(5), cancel).ConfigureAwait(false);
    }

    /// <summary>What is durable is still brought in, unless the database is away.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(false);
        bell.Dispose();
        stop.Dispose();
    }

    private void Follow(JournalRecord record)
    {
        Volatile.Write(ref newest, record.Position);
        if (record.Position <= Volatile.Read(ref applied)) return;
        waiting.Enqueue(record);
        Interlocked.Add(ref waitingBytes, record.Frame.Length);
    }

    private async Task RunAsync()
    {
        List<JournalRecord> batch = [];
        while (true)
        {
            batch.Clear();
            var durable = pump.DurablePosition;
            while (batch.Count < RecordsMax && waiting.TryPeek(out var record) && record.Position <= durable
                && waiting.TryDequeue(out record)) batch.Add(record);
            if (batch.Count == 0)
            {
                if (stop.IsCancellationRequested) return;
                await bell.WaitAsync(LookAgainAfter, CancellationToken.None).ConfigureAwait(false);
                continue;
            }
            if (!await TryProjectAsync(batch).ConfigureAwait(false)) return;
            Interlocked.Add(ref waitingBytes, -batch.Sum(record => (long)record.Frame.Length));
            Projected?.Invoke();
        }
    }

    /// <summary>A database that is away comes back; a record that cannot be read does not.</summary>
    private async Task<bool> TryProjectAsync(List<JournalRecord> batch)
    {
        while (true)
        {
            try
            {
                Volatile.Write(ref applied, model.Project(batch));
                Failure = null;
                foreach (var record in batch)
                    if (record.Role == SmallBlobs.Owner) small?.Forget(SmallBlobs.DigestOf(record.Frame.Span));
                return true;
            }
            catch (System.Data.Common.DbException away)
            {
                Failure = away;
                if (stop.IsCancellationRequested) return false;
                await Task.Delay(TimeSpan.FromSeconds(1), stop.Token).ContinueWith(_ => { }, TaskScheduler.Default)
                    .ConfigureAwait(false);
            }
            catch (Exception damaged)
            {
                // Not the database's: asked again it would only fail again, and to go on would leave a hole.
                Failure = damaged;
                return false;
            }
        }
    }
}
