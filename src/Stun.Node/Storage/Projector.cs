using System.Collections.Concurrent;
using Stun.Node.Hosting;

namespace Stun.Node.Storage;

/// <summary>
/// Carries what the journal has made durable into the read model, in batches, on a thread of its own. It may fall
/// behind and never holds anything up; after a restart it goes on from where the read model stands.
/// </summary>
public sealed class Projector : IAsyncDisposable
{
    /// <summary>One transaction; larger ones save nothing and keep readers from what is new.</summary>
    private const int BatchMax = 40_000;

    /// <summary>From here on a batch is one of a busy shard.</summary>
    private const int BusyRecords = 64, CrowdedRecords = 2_000;

    /// <summary>How long a busy shard gathers more: what happens to one task within it is written once.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan GatherFor = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Under the heaviest load most tasks then come and go within one transaction, and each of their rows is written
    /// once. Whoever waits for a task is told by the gateway and not by the read model.
    /// </summary>
    private static readonly TimeSpan GatherLong = TimeSpan.FromMilliseconds(400);

    private readonly ConcurrentQueue<JournalRecord> waiting = new();
    private readonly ReadModel model;
    private readonly SmallBlobs blobs;
    private readonly Action<Exception> failed;
    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim bell = new(0, 1);
    private Task running = Task.CompletedTask;
    private ulong durable;

    public Projector(ReadModel model, SmallBlobs blobs, Action<Exception> failed)
    {
        (this.model, this.blobs, this.failed) = (model, blobs, failed);
        Position = model.AppliedPosition;
    }

    /// <summary>How far the read model has come.</summary>
    public ulong Position { get; private set; }

    /// <summary>Records that are durable and cannot be asked for yet.</summary>
    public int WaitingCount => waiting.Count;

    /// <summary>What made it impossible to go on.</summary>
    public Exception? Failure { get; private set; }

    public event Action<ulong> Projected = _ => { };

    /// <summary>A record in the order of the journal; on the pump's thread, or before the pump runs.</summary>
    public void Add(JournalRecord record)
    {
        if (record.Position > Position) waiting.Enqueue(record);
    }

    /// <summary>What was added up to here is on the disk. From any thread.</summary>
    public void Durable(ulong position)
    {
        Volatile.Write(ref durable, position);
        if (bell.CurrentCount == 0) Ring();
    }

    public void Start() => running = Task.Factory.StartNew(
        Run, stop.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        Ring();
        await running.ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
        stop.Dispose();
        bell.Dispose();
    }

    private void Ring()
    {
        try
        {
            bell.Release();
        }
        catch (SemaphoreFullException)
        {
            // It rings already.
        }
    }

    private void Run()
    {
        try
        {
            Carry();
        }
        catch (Exception failure)
        {
            // A record that cannot be read does not become readable by trying again. The node goes on without its
            // read model, and says so.
            Failure = failure;
            failed(failure);
        }
    }

    private void Carry()
    {
        List<JournalRecord> batch = [];
        while (true)
        {
            batch.Clear();
            var upTo = Volatile.Read(ref durable);
            while (batch.Count < BatchMax && waiting.TryPeek(out var next) && next.Position <= upTo
                && waiting.TryDequeue(out next)) batch.Add(next);
            if (batch.Count > 0) TryProject(batch);
            else if (stop.IsCancellationRequested) return;
            else bell.Wait(TimeSpan.FromSeconds(1));
            // A moment for others to share the next transaction.
            if (batch.Count is > 0 and < BatchMax && !stop.IsCancellationRequested)
                Thread.Sleep(batch.Count < BusyRecords ? Pause : batch.Count < CrowdedRecords ? GatherFor : GatherLong);
        }
    }

    private void TryProject(List<JournalRecord> batch)
    {
        while (true)
        {
            try
            {
                Position = model.Project(batch);
                foreach (var record in batch)
                    if (record.Role == SmallBlobs.Owner) blobs.Forget(SmallBlobs.DigestOf(record.Frame.Span));
                Projected(Position);
                return;
            }
            catch (Exception failure) when (failure is System.Data.Common.DbException or IOException)
            {
                // The database is away or its disk is full: the journal has everything, and this goes on when it can.
                failed(failure);
                if (stop.Token.WaitHandle.WaitOne(TimeSpan.FromSeconds(1))) return;
            }
        }
    }
}
