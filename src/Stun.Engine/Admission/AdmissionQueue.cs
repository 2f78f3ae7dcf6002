namespace Stun.Engine.Admission;

/// <summary>
/// Tasks waiting for a place, most urgent first. A class of priority is worth one
/// <see cref="Limits.AgeingStep"/> of waiting: an old batch task comes before a young urgent one, so nothing
/// starves, and because everybody ages at one speed the order of two tasks never changes.
/// </summary>
public sealed class AdmissionQueue
{
    private readonly SortedSet<(Instant Key, TaskId Task)> queue = [];

    public int Count => queue.Count;

    public void Add(TaskId task, Instant queuedAt, Priority priority) => queue.Add((Key(queuedAt, priority), task));

    public bool Remove(TaskId task, Instant queuedAt, Priority priority) =>
        queue.Remove((Key(queuedAt, priority), task));

    public bool TryTake(out TaskId task)
    {
        task = queue.Count == 0 ? default : queue.Min.Task;
        return queue.Count != 0 && queue.Remove(queue.Min);
    }

    private static Instant Key(Instant queuedAt, Priority priority) =>
        new(queuedAt.Micros - ((long)priority * Limits.AgeingStep.Micros));
}
