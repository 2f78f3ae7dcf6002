using System.Collections.Concurrent;

namespace Stun.Node.Hosting;

/// <summary>Owns work that runs beside the pump, so that nothing is left behind at the end and no failure is lost.
/// </summary>
public sealed class RunningWork(Action<Exception> failed)
{
    private readonly ConcurrentDictionary<Task, byte> tasks = new();

    public int Count => tasks.Count;

    public void Add(Task task)
    {
        if (task.IsCompletedSuccessfully) return;
        tasks[task] = 0;
        task.ContinueWith(Done, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>Waits until all that was added has ended.</summary>
    public async Task FinishAsync()
    {
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
