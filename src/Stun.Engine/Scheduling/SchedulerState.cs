using Stun.Engine.Market;
using Stun.Engine.Placement;

namespace Stun.Engine.Scheduling;

/// <summary>The scheduler's durable state. It changes only here, one event at a time.</summary>
public sealed class SchedulerState(NetworkTerms terms, PlacementIndex index)
{
    private readonly SortedDictionary<TaskId, TaskEntry> tasks = [];
    private readonly Dictionary<AttemptId, AttemptEntry> attempts = [];
    private readonly SortedDictionary<(Address Requester, ulong Key), TaskId> byKey = [];
    private readonly SortedDictionary<Address, int> openCounts = [];

    /// <summary>What the escrow holds money for, also when somebody had it held before the order came here.</summary>
    private readonly SortedSet<TaskId> funded = [];

    public OfferBook Offers { get; } = new(index, terms);

    public Endings Endings { get; } = new();

    public ulong EscrowNext { get; private set; }

    public ulong Generation { get; private set; }

    public ulong AttemptNext { get; private set; } = 1;

    public int OpenCount { get; private set; }

    public IEnumerable<TaskEntry> Tasks => tasks.Values;

    public TaskEntry? Find(TaskId task) => tasks.GetValueOrDefault(task);

    public AttemptEntry? Find(AttemptId attempt) => attempts.GetValueOrDefault(attempt);

    public TaskId? FindByKey(Address requester, ulong idempotencyKey) =>
        byKey.TryGetValue((requester, idempotencyKey), out var task)
            ? task
            : Endings.FindByKey(requester, idempotencyKey);

    public int OpenCountOf(Address requester) => openCounts.GetValueOrDefault(requester);

    public void Apply(SchedulerEvent happened)
    {
        switch (happened)
        {
            case SchedulerEvent.OrderReceived received: Receive(received); break;
            case SchedulerEvent.OrderDropped dropped: Remove(tasks[dropped.Task]); break;
            case SchedulerEvent.OrderAdmitted admitted: Admit(tasks[admitted.Task]); break;
            case SchedulerEvent.TaskQueued queued: Queue(queued.At, tasks[queued.Task]); break;
            case SchedulerEvent.TaskPlaced placed: Place(placed); break;
            case SchedulerEvent.LeaseAccepted accepted: attempts[accepted.Attempt].IsAccepted = true; break;
            case SchedulerEvent.LeaseExtended extended: Extend(extended); break;
            case SchedulerEvent.ResultCommitted committed:
                attempts[committed.Attempt].Commitment = committed.Commitment;
                break;
            case SchedulerEvent.ResultRevealed revealed: Reveal(revealed); break;
            case SchedulerEvent.AttemptClosed closed: Close(closed); break;
            case SchedulerEvent.ReplicaAdded added: AddReplica(added); break;
            case SchedulerEvent.CancelAsked cancel: tasks[cancel.Task].CancelAsked = true; break;
            case SchedulerEvent.JudgingOpened opened: OpenJudging(opened); break;
            case SchedulerEvent.VoteCounted counted:
                tasks[counted.Task].Votes[counted.Vote.Validator] = counted.Vote;
                break;
            case SchedulerEvent.VerdictFormed formed: Form(formed); break;
            case SchedulerEvent.EscrowFollowed followed: Follow(followed); break;
            case SchedulerEvent.TaskEnded ended: End(ended); break;
            case SchedulerEvent.EndDelivered delivered: tasks[delivered.Task].EndDelivered = true; break;
            case SchedulerEvent.TaskForgotten forgotten: Forget(forgotten.At, tasks[forgotten.Task]); break;
            case SchedulerEvent.OfferPosted posted: Offers.Post(posted.Offer); break;
            case SchedulerEvent.OfferWithdrawn withdrawn: Offers.Withdraw(withdrawn.Provider, withdrawn.Offer); break;
            case SchedulerEvent.OfferSilent silent: Offers.Silence(silent.Provider, silent.Offer, silent.At); break;
            case SchedulerEvent.OfferHeard heard: Offers.Hear(heard.Provider, heard.Offer); break;
            case SchedulerEvent.PlacementRefused refused: tasks[refused.Task].Refusals = refused.Counts; break;
            default: Restore(happened); break;
        }
    }

    private void Restore(SchedulerEvent part)
    {
        switch (part)
        {
            case SchedulerEvent.CountersRestored counters:
                (EscrowNext, Generation, AttemptNext) =
                    (counters.EscrowNext, counters.Generation, counters.AttemptNext);
                break;
            case SchedulerEvent.FundsRestored funds: funded.Add(funds.Task); break;
            case SchedulerEvent.StakeRestored stake: Offers.RestoreStake(stake.Provider, stake.Stake); break;
            case SchedulerEvent.PerformanceRestored performance:
                Offers.Performance.Restore(performance.Provider, performance.Record);
                break;
            case SchedulerEvent.ReputationRestored reputation:
                Offers.Reputation.Restore(reputation.Provider, reputation.Record);
                break;
            case SchedulerEvent.TaskRestored task: Restore(task); break;
            case SchedulerEvent.AttemptRestored attempt: Restore(attempt); break;
            case SchedulerEvent.EndingRestored ending: Endings.Restore(ending); break;
            default: throw new InvariantException("every scheduler event is known");
        }
    }

    /// <summary>
    /// Standings before offers, offers before the leases that take of them, and what was withdrawn under its leases
    /// is withdrawn last.
    /// </summary>
    public IEnumerable<SchedulerEvent> Summary()
    {
        yield return new SchedulerEvent.CountersRestored(EscrowNext, Generation, AttemptNext);
        foreach (var task in funded) yield return new SchedulerEvent.FundsRestored(task);
        foreach (var (provider, stake) in Offers.Stakes)
            yield return new SchedulerEvent.StakeRestored(provider, stake);
        foreach (var (provider, record) in Offers.Performance.Records)
            yield return new SchedulerEvent.PerformanceRestored(provider, record);
        foreach (var (provider, record) in Offers.Reputation.Records)
            yield return new SchedulerEvent.ReputationRestored(provider, record);
        foreach (var offer in Offers.All) yield return new SchedulerEvent.OfferPosted(offer);
        foreach (var offer in Offers.Leaving) yield return new SchedulerEvent.OfferPosted(offer);
        foreach (var ((provider, id), at) in Offers.Silent)
            yield return new SchedulerEvent.OfferSilent(at, provider, id);
        foreach (var (_, task) in tasks)
            foreach (var part in task.Summary()) yield return part;
        foreach (var offer in Offers.Leaving)
            yield return new SchedulerEvent.OfferWithdrawn(offer.Provider, offer.Id);
        foreach (var ending in Endings.Summary()) yield return ending;
    }

    public void DigestState(StateDigest digest)
    {
        digest.Add(EscrowNext);
        digest.Add(Generation);
        digest.Add(AttemptNext);
        digest.Add((long)OpenCount);
        foreach (var task in funded) digest.Add(task);
        foreach (var (key, task) in byKey)
        {
            digest.Add(key.Requester);
            digest.Add(key.Key);
            digest.Add(task);
        }
        foreach (var (requester, count) in openCounts)
        {
            digest.Add(requester);
            digest.Add((long)count);
        }
        Offers.DigestState(digest);
        Endings.DigestState(digest);
        foreach (var (_, task) in tasks) task.DigestState(digest);
    }

    private void Receive(SchedulerEvent.OrderReceived received)
    {
        var task = new TaskEntry(received.Task, received.Order, received.Gateway)
        {
            ReceivedAt = received.At,
            HoldsFunds = funded.Contains(received.Task),
        };
        tasks.Add(received.Task, task);
        OpenCount++;
    }

    /// <summary>Only now is the order known to be its requester's own: before, it counts for nobody.</summary>
    private void Admit(TaskEntry task)
    {
        task.Phase = TaskPhase.Holding;
        byKey[(task.Order.Requester, task.Order.IdempotencyKey)] = task.Id;
        CountFor(task.Order.Requester, 1);
    }

    private void Restore(SchedulerEvent.TaskRestored restored)
    {
        var task = tasks[restored.Task];
        if (restored.Phase != TaskPhase.Checking) Admit(task);
        if (restored.Phase == TaskPhase.Ended)
        {
            OpenCount--;
            CountFor(task.Order.Requester, -1);
        }
        task.Restore(restored);
    }

    private void Restore(SchedulerEvent.AttemptRestored restored)
    {
        var task = tasks[restored.Record.Lease.Task];
        var attempt = AttemptEntry.Restore(task, restored);
        task.Attempts.Add(attempt);
        attempts.Add(attempt.Lease.Attempt, attempt);
        if (attempt.IsOpen) Offers.Readmit(attempt.Lease, task.Spec.Resources);
        if (task.Phase != TaskPhase.Ended) Offers.PutAtRisk(attempt.Lease.Provider, ValueAtRisk(task));
    }

    private void Remove(TaskEntry task)
    {
        if (task.Phase == TaskPhase.Checking) OpenCount--;
        else byKey.Remove((task.Order.Requester, task.Order.IdempotencyKey));
        foreach (var attempt in task.Attempts) attempts.Remove(attempt.Lease.Attempt);
        tasks.Remove(task.Id);
    }

    private void Forget(Instant at, TaskEntry task)
    {
        Remove(task);
        var (requester, key) = (task.Order.Requester, task.Order.IdempotencyKey);
        Endings.Add(at, task.Id, task.Order.Deadline, new Ending(task.State, task.Reason, task.Result, requester, key));
    }

    private void CountFor(Address requester, int change)
    {
        var count = OpenCountOf(requester) + change;
        if (count == 0) openCounts.Remove(requester);
        else openCounts[requester] = count;
    }

    private static void Queue(Instant at, TaskEntry task)
    {
        task.Phase = TaskPhase.Queued;
        task.QueuedAt = at;
    }

    private void Place(SchedulerEvent.TaskPlaced placed)
    {
        var task = tasks[placed.Task];
        task.Phase = TaskPhase.Running;
        Generation = placed.Generation;
        foreach (var lease in placed.Leases)
        {
            var attempt = new AttemptEntry(task, lease);
            task.Attempts.Add(attempt);
            attempts.Add(lease.Attempt, attempt);
            AttemptNext = Math.Max(AttemptNext, lease.Attempt.Value + 1);
            Offers.Reserve(lease, task.Spec.Resources);
            Offers.PutAtRisk(lease.Provider, ValueAtRisk(task));
        }
    }

    /// <summary>What a provider of this task must be able to lose; nothing where nobody checks.</summary>
    public Amount ValueAtRisk(TaskEntry task) => task.Spec.Verification is VerificationPolicy.None
        ? Amount.Zero
        : task.Order.PriceLimit * terms.SlashMultiple;

    private void Extend(SchedulerEvent.LeaseExtended extended)
    {
        var attempt = attempts[extended.Attempt];
        attempt.ExpiresAt = extended.ExpiresAt;
        attempt.Checkpoint = extended.Checkpoint ?? attempt.Checkpoint;
    }

    private void Reveal(SchedulerEvent.ResultRevealed revealed)
    {
        var attempt = attempts[revealed.Attempt];
        attempt.Receipt = revealed.Receipt;
        Finish(attempt, revealed.At, AttemptEnd.Finished, revealed.Receipt.Receipt.RunTime);
    }

    private void Close(SchedulerEvent.AttemptClosed closed)
    {
        var attempt = attempts[closed.Attempt];
        attempt.Failure = closed.Failure;
        Finish(attempt, closed.At, closed.End, Duration.Zero);
    }

    /// <summary>The device is free from here on; a finished attempt may still be revoked with its gang, once.</summary>
    private void Finish(AttemptEntry attempt, Instant at, AttemptEnd end, Duration runTime)
    {
        var task = attempt.Task;
        if (attempt.IsOpen)
        {
            Offers.Release(attempt.Lease, task.Spec.Resources);
            Offers.NoteAttempt(attempt.Lease, end, runTime, task.Order.RunTimeMax);
        }
        attempt.End = end;
        attempt.ClosedAt = at;
    }

    private void AddReplica(SchedulerEvent.ReplicaAdded added)
    {
        var task = tasks[added.Task];
        task.ReplicaCount++;
        Queue(added.At, task);
    }

    private void OpenJudging(SchedulerEvent.JudgingOpened opened)
    {
        var task = tasks[opened.Task];
        task.Phase = TaskPhase.Judging;
        task.Round = opened.Round;
        task.Outcome = opened.Outcome;
        task.Reason = opened.Reason;
        task.Votes.Clear();
        task.UncheckedVotes.Clear();
        task.Verdict = null;
    }

    private void Form(SchedulerEvent.VerdictFormed formed)
    {
        var task = tasks[formed.Task];
        task.Phase = TaskPhase.Posting;
        task.Verdict = formed.Verdict;
    }

    private void Follow(SchedulerEvent.EscrowFollowed followed)
    {
        Invariant.Require(followed.Index == EscrowNext, "the escrow's log is followed without gaps");
        EscrowNext++;
        Offers.Follow(followed.At, followed.Event);
        switch (followed.Event)
        {
            case EscrowEvent.FundsHeld held:
                funded.Add(held.Task);
                if (Find(held.Task) is { } holding) holding.HoldsFunds = true;
                break;
            case EscrowEvent.VerdictPosted posted when Find(posted.Verdict.Task) is { } task:
                if (task.Phase is TaskPhase.Judging or TaskPhase.Posting) task.Phase = TaskPhase.Pending;
                task.PayableAt = posted.PayableAt;
                break;
            case EscrowEvent.TaskSettled settled: Release(settled.Settlement.Task); break;
            case EscrowEvent.HoldExpired expired: Release(expired.Task); break;
        }
    }

    private void Release(TaskId id)
    {
        funded.Remove(id);
        if (Find(id) is { } task) task.HoldsFunds = false;
    }

    private void End(SchedulerEvent.TaskEnded ended)
    {
        var task = tasks[ended.Task];
        Invariant.Require(task.Phase != TaskPhase.Ended, "a task ends once");
        OpenCount--;
        CountFor(task.Order.Requester, -1);
        task.Phase = TaskPhase.Ended;
        task.State = ended.State;
        task.Reason = ended.Reason;
        task.EndedAt = ended.At;
        foreach (var attempt in task.Attempts)
        {
            Invariant.Require(!attempt.IsOpen, "no attempt outlives its task");
            Offers.TakeFromRisk(attempt.Lease.Provider, ValueAtRisk(task));
        }
    }
}
