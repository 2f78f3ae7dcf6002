using Stun.Engine.Admission;
using Stun.Tests.Scenes;

namespace Stun.Tests.Admission;

public sealed class AdmissionQueueTests
{
    [Fact]
    public void The_more_urgent_comes_first_and_among_equals_the_older()
    {
        var queue = new AdmissionQueue();
        queue.Add(Task(1), At(0), Priority.Batch);
        queue.Add(Task(2), At(2), Priority.Normal);
        queue.Add(Task(3), At(1), Priority.Normal);
        queue.Add(Task(4), At(3), Priority.Urgent);
        Assert.Equal([Task(4), Task(3), Task(2), Task(1)], Drain(queue));
        Assert.False(queue.TryTake(out _));
    }

    [Theory]
    [InlineData(59, 2, 1)]
    [InlineData(61, 1, 2)]
    public void A_class_of_priority_is_worth_one_step_of_waiting(int seconds, ulong first, ulong second)
    {
        var queue = new AdmissionQueue();
        queue.Add(Task(1), At(0), Priority.Batch);
        queue.Add(Task(2), At(seconds), Priority.Normal);
        Assert.Equal([Task(first), Task(second)], Drain(queue));
    }

    /// <summary>
    /// However many urgent ones keep coming, a batch task is overtaken only by those that came within two steps of it.
    /// </summary>
    [Fact]
    public void Nothing_that_waits_ever_starves()
    {
        for (var seed = 1UL; seed <= 50; seed++)
        {
            var (prng, queue) = (new Prng(seed), new AdmissionQueue());
            SortedDictionary<TaskId, Instant> queuedAt = [];
            var now = At(0);
            for (var number = 1UL; number <= 2_000; number++)
            {
                // More come than go: what is not urgent has to wait, and may not wait for ever.
                now += Duration.Millis(prng.Below(1_000));
                queuedAt.Add(Task(number), now);
                queue.Add(Task(number), now, (Priority)prng.Below(3));
                if (!prng.Chance(700_000) || !queue.TryTake(out var taken)) continue;
                foreach (var (other, at) in queuedAt)
                    Assert.True(
                        other == taken || queuedAt[taken] <= at + (Limits.AgeingStep * 2),
                        $"Seed {seed}: {taken} overtook {other}, which had waited two steps longer.");
                queuedAt.Remove(taken);
            }
        }
    }

    [Fact]
    public void The_order_of_two_tasks_never_changes_by_waiting()
    {
        var (prng, queue, again) = (new Prng(3), new AdmissionQueue(), new AdmissionQueue());
        List<(TaskId Task, Instant At, Priority Priority)> all = [];
        for (var number = 1UL; number <= 500; number++)
            all.Add((Task(number), At(prng.Below(600)), (Priority)prng.Below(3)));
        foreach (var (task, at, priority) in all) queue.Add(task, at, priority);
        foreach (var (task, at, priority) in Enumerable.Reverse(all)) again.Add(task, at, priority);
        Assert.Equal(Drain(queue), Drain(again));
    }

    [Fact]
    public void A_task_is_queued_once_and_removed_by_what_it_was_queued_with()
    {
        var queue = new AdmissionQueue();
        queue.Add(Task(1), At(0), Priority.Normal);
        queue.Add(Task(1), At(0), Priority.Normal);
        Assert.Equal(1, queue.Count);
        Assert.False(queue.Remove(Task(1), At(1), Priority.Normal));
        Assert.True(queue.Remove(Task(1), At(0), Priority.Normal));
        Assert.Equal(0, queue.Count);
    }

    private static TaskId Task(ulong number) => new(number, number);

    private static Instant At(int seconds) => Scene.Start + Duration.Seconds(seconds);

    private static List<TaskId> Drain(AdmissionQueue queue)
    {
        List<TaskId> drained = [];
        while (queue.TryTake(out var task)) drained.Add(task);
        return drained;
    }
}
