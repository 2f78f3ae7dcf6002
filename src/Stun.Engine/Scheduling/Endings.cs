namespace Stun.Engine.Scheduling;

/// <summary>How a task ended, kept when the task itself is forgotten.</summary>
public readonly record struct Ending(
    FinalState State, EndReason Reason, Digest Result, Address Requester, ulong IdempotencyKey);

/// <summary>
/// The ends of forgotten tasks until their deadlines. Without them an order that is handed in again late would look
/// new, and its requester would be told another end.
/// </summary>
public sealed class Endings
{
    private readonly SortedDictionary<TaskId, Ending> endings = [];
    private readonly SortedSet<(Instant Deadline, TaskId Task)> byDeadline = [];
    private readonly SortedDictionary<(Address Requester, ulong Key), TaskId> byKey = [];

    public Ending? Find(TaskId task) => endings.TryGetValue(task, out var ending) ? ending : null;

    public TaskId? FindByKey(Address requester, ulong key) =>
        byKey.TryGetValue((requester, key), out var task) ? task : null;

    public void Add(Instant now, TaskId task, Instant deadline, Ending ending)
    {
        while (byDeadline.Count > 0 && (byDeadline.Min.Deadline < now || byDeadline.Count >= Limits.EndingsMax))
            Remove(byDeadline.Min.Deadline, byDeadline.Min.Task);
        Keep(task, deadline, ending);
    }

    public IEnumerable<SchedulerEvent.EndingRestored> Summary()
    {
        foreach (var (deadline, task) in byDeadline)
            yield return new SchedulerEvent.EndingRestored(task, deadline, endings[task]);
    }

    public void Restore(SchedulerEvent.EndingRestored restored) =>
        Keep(restored.Task, restored.Deadline, restored.Ending);

    public void DigestState(StateDigest digest)
    {
        foreach (var (task, ending) in endings)
        {
            digest.Add(task);
            digest.Add((ulong)ending.State);
            digest.Add((ulong)ending.Reason);
            digest.Add(ending.Result);
        }
        foreach (var (deadline, task) in byDeadline)
        {
            digest.Add(deadline);
            digest.Add(task);
        }
        foreach (var (key, task) in byKey)
        {
            digest.Add(key.Requester);
            digest.Add(key.Key);
            digest.Add(task);
        }
    }

    private void Keep(TaskId task, Instant deadline, Ending ending)
    {
        endings[task] = ending;
        byDeadline.Add((deadline, task));
        byKey[(ending.Requester, ending.IdempotencyKey)] = task;
    }

    private void Remove(Instant deadline, TaskId task)
    {
        var ending = endings[task];
        byKey.Remove((ending.Requester, ending.IdempotencyKey));
        byDeadline.Remove((deadline, task));
        endings.Remove(task);
    }
}
