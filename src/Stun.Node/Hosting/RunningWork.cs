using System.Collections.Concurrent;

namespace Stun.Node.Hosting;

/// <summary>Owns work that runs beside the pump, so that nothing is left behind at the end and no failure is lost.
/// </summary>
public sealed class RunningWork
{
    private readonly ConcurrentDictionary<Task, byte> tasks = new();
    private readonly Action<Exception> failed;
    private readonly Func<Task> stop;

    public RunningWork(Action<Exception> failed)
    {
        // Never disposed: work may look at it to its very end, and it holds nothing.
        var source = new CancellationTokenSource();
        (this.failed, stop, Stopping) = (failed, source.CancelAsync, source.Token);
    }

    public int Count => tasks.Count;

    /// <summary>
    /// The process is about to end. Work that is stopped by this has no outcome: the next life does it again.
    /// </summary>
    public CancellationToken Stopping { get; }

    public void Add(Task task)
    {
        if (task.IsCompletedSuccessfully) return;
        tasks[task] = 0;
        task.ContinueWith(Done, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    public void Report(Exception failure) => failed(failure);

    /// <summary>Stops all that was added, and waits until it has ended.</summary>
    public async Task FinishAsync()
    {
        await stop().ConfigureAwait(false);
        while (tasks.Keys.FirstOrDefault() is { } task)
        {
            await task.ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
            tasks.TryRemove(task, out _);
        }
    }

    private void Done(Task task)
    {
        tasks.TryRemove(task, out _);
        if (task.Exception is { } failure && !task.IsCanceled) failed(failure.InnerException ?? failure);
    }
}
