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
    private const int BatchMax = 2_000;

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

    public event Action<ulong> Projected = _ => { };

    /// <summary>Ends when the read model has come this far, or when it comes no further.</summary>
    public async Task ReachAsync(ulong position, CancellationToken cancel)
    {
        while (Position < position && !running.IsCompleted)
            await Task.Delay(TimeSpan.FromMilliseconds(5), cancel).ConfigureAwait(false);
    }

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
        List<JournalRecord> batch = [];
        while (true)
        {
            batch.Clear();
            var upTo = Volatile.Read(ref durable);
            while (batch.Count < BatchMax && waiting.TryPeek(out var next) && next.Position <= upTo
                && waiting.TryDequeue(out next)) batch.Add(next);
            if (batch.Count > 0 && !TryProject(batch)) return;
            else if (batch.Count > 0) Breathe(batch.Count);
            else if (stop.IsCancellationRequested) return;
            else bell.Wait(TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>A moment for others to share the next transaction.</summary>
    private void Breathe(int done)
    {
        if (done < BatchMax && !stop.IsCancellationRequested) Thread.Sleep(10);
    }

    /// <summary>False when the batch was given up: nothing may follow it, or the read model would have a hole.</summary>
    private bool TryProject(List<JournalRecord> batch)
    {
        while (true)
        {
            try
            {
                Position = model.Project(batch);
                foreach (var record in batch)
                    if (record.Role == SmallBlobs.Owner) blobs.Forget(SmallBlobs.DigestOf(record.Frame.Span));
                Projected(Position);
                return true;
            }
            catch (Exception failure) when (failure is System.Data.Common.DbException or IOException)
            {
                // The database is away or its disk is full: the journal has everything, and this goes on when it can.
                failed(failure);
                if (stop.Token.WaitHandle.WaitOne(TimeSpan.FromSeconds(1))) return false;
            }
            catch (Exception failure)
            {
                // Not the database's: asked again it would only fail again.
                failed(failure);
                return false;
            }
        }
    }
}
