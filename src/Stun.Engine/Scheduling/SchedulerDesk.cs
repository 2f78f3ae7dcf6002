using Stun.Engine.Admission;
using Stun.Engine.Placement;

namespace Stun.Engine.Scheduling;

/// <summary>What a question of the scheduler is about.</summary>
public readonly record struct SchedulerAsk(SchedulerAskKind Kind, TaskId Task, AttemptId Attempt, Address From)
    : IComparable<SchedulerAsk>
{
    public int CompareTo(SchedulerAsk other)
    {
        var order = Kind.CompareTo(other.Kind);
        if (order == 0) order = Task.CompareTo(other.Task);
        if (order == 0) order = Attempt.CompareTo(other.Attempt);
        return order != 0 ? order : From.CompareTo(other.From);
    }
}

public enum SchedulerAskKind : byte
{
    CheckOrder,
    CheckCancel,
    CheckReceipt,
    CheckProof,
    CheckVote,
    CompareReplicas,
    HoldFunds,
    PostBatch,
    Settle,
    ExpireHold,
    FollowEscrow,
    CheckOffer,
}

/// <summary>What a provider said when its attempt came to nothing.</summary>
public readonly record struct ClosingWord(RunFailure? Failure, LeaseRefusal? Refusal, string? Detail);

/// <summary>
/// What the parts of the scheduler share: the state, the pen that changes it, open questions and timers. One thread,
/// one owner, made by <see cref="SchedulerMachine"/>.
/// </summary>
public sealed class SchedulerDesk(
    NetworkTerms terms, PlacementIndex index, Prng prng, Action<SchedulerEvent, Outbox> record)
{
    private readonly SortedSet<(Instant At, TaskId Task)> reviews = [];

    public NetworkTerms Terms => terms;
    public Prng Prng => prng;
    public SchedulerState State { get; } = new(terms, index);
    public AskTable<SchedulerAsk> Asks { get; } = new(prng);
    public AdmissionQueue Queue { get; } = new();

    public Instant NextReviewAt => reviews.Count == 0 ? Instant.Never : reviews.Min.At;

    public void Record(SchedulerEvent happened, Outbox outbox) => record(happened, outbox);

    public void Ask(SchedulerAskKind kind, TaskEntry task, Ask ask, Outbox outbox) =>
        Asks.Ask(new SchedulerAsk(kind, task.Id, default, default), ask, outbox);

    /// <summary>One timer per task: when it rings, the task is looked at and does whatever is due.</summary>
    public void ReviewAt(TaskEntry task, Instant at)
    {
        if (task.ReviewAt != Instant.Never) reviews.Remove((task.ReviewAt, task.Id));
        task.ReviewAt = at;
        if (at != Instant.Never) reviews.Add((at, task.Id));
    }

    public bool TryTakeDue(Instant now, out TaskEntry? task)
    {
        task = null;
        if (reviews.Count == 0 || reviews.Min.At > now) return false;
        task = State.Find(reviews.Min.Task);
        reviews.Remove(reviews.Min);
        if (task is not null) task.ReviewAt = Instant.Never;
        return true;
    }

    /// <summary>Closes what still runs, tells the providers, and takes the task from the queue.</summary>
    public void CloseAttempts(Instant now, TaskEntry task, AttemptEnd end, Outbox outbox)
    {
        Dequeue(task);
        foreach (var attempt in task.Attempts)
            if (attempt.IsOpen) Close(now, attempt, attempt.IsAccepted ? end : AttemptEnd.Refused, default, outbox);
    }

    public void Close(Instant now, AttemptEntry attempt, AttemptEnd end, ClosingWord why, Outbox outbox)
    {
        Record(
            new SchedulerEvent.AttemptClosed(
                now, attempt.Lease.Attempt, end, why.Failure, why.Refusal, why.Detail ?? ""),
            outbox);
        outbox.Send(attempt.Lease.Provider, new Message.CloseLease(attempt.Lease.Attempt, end));
    }

    public void OpenJudging(Instant now, TaskEntry task, Outcome outcome, EndReason reason, Outbox outbox)
    {
        CloseAttempts(now, task, AttemptEnd.Revoked, outbox);
        Record(new SchedulerEvent.JudgingOpened(task.Id, 0, outcome, reason), outbox);
        task.SpeakAtOnce();
        ReviewAt(task, now);
    }

    public void EndTask(Instant now, TaskEntry task, FinalState state, EndReason reason, Outbox outbox)
    {
        CloseAttempts(now, task, AttemptEnd.Revoked, outbox);
        Record(new SchedulerEvent.TaskEnded(now, task.Id, state, reason), outbox);
        task.SpeakAtOnce();
        ReviewAt(task, now);
    }

    public void Enqueue(TaskEntry task)
    {
        if (task.IsWaiting) return;
        task.IsWaiting = true;
        Queue.Add(task.Id, task.QueuedAt, task.Order.Priority);
    }

    public void Dequeue(TaskEntry task)
    {
        if (!task.IsWaiting) return;
        task.IsWaiting = false;
        Queue.Remove(task.Id, task.QueuedAt, task.Order.Priority);
    }
}
