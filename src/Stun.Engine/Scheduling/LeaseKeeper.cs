namespace Stun.Engine.Scheduling;

/// <summary>Keeps running attempts: renewals, expiry, commit and reveal, retries of what was lost.</summary>
/// <remarks>
///   granted ─accept─► running ─commit─► committed ─all have─► reveal asked ─receipt checked─► finished
///      └──────────────┴── refused, failed, silent past the lease ──► closed, its place is filled again
///
/// Tasks of one replica skip the commitment: there is nobody to copy from.
/// </remarks>
public sealed class LeaseKeeper(SchedulerDesk desk, Dispatcher dispatcher)
{
    /// <summary>The same program failing on three machines is the program's failure.</summary>
    private const int OwnFailuresMax = 3;

    private static readonly ClosingWord NotAsCommitted =
        new(RunFailure.Runtime, null, "The receipt is not what was committed to.");

    private static readonly ClosingWord BadlySigned =
        new(RunFailure.Runtime, null, "The receipt's signature is wrong.");

    public void Accept(Address from, AttemptId id, Outbox outbox)
    {
        if (FindOpen(from, id, outbox) is { IsAccepted: false })
            desk.Record(new SchedulerEvent.LeaseAccepted(id), outbox);
    }

    public void Refuse(Instant now, Address from, Message.RefuseLease refuse, Outbox outbox)
    {
        if (FindOpen(from, refuse.Attempt, outbox) is not { } attempt) return;
        outbox.Note(NoteKind.LeaseRefused, attempt.Task.Id, from);
        EndAttempt(now, attempt, AttemptEnd.Refused, new(null, refuse.Reason, refuse.Detail), outbox);
    }

    public void Fail(Instant now, Address from, Message.FailAttempt fail, Outbox outbox)
    {
        if (FindOpen(from, fail.Attempt, outbox) is not { } attempt) return;
        outbox.Note(NoteKind.AttemptFailed, attempt.Task.Id, from);
        EndAttempt(now, attempt, AttemptEnd.Failed, new(fail.Reason, null, fail.Detail), outbox);
    }

    public void Renew(Instant now, Address from, Message.RenewLease renew, Outbox outbox)
    {
        if (FindOpen(from, renew.Attempt, outbox) is not { } attempt) return;
        var checkpoint = renew.Checkpoint is { } told && told.Attempt == renew.Attempt && told.ProgressPpm <= 1_000_000
            ? told
            : null;
        var expiresAt = Instant.Earlier(now + Limits.LeaseTerm, RunsUntil(attempt));
        if (!attempt.IsAccepted) desk.Record(new SchedulerEvent.LeaseAccepted(renew.Attempt), outbox);
        desk.Record(new SchedulerEvent.LeaseExtended(renew.Attempt, expiresAt, checkpoint), outbox);
        outbox.Send(from, new Message.ExtendLease(renew.Attempt, expiresAt));
    }

    public void Commit(Instant now, Address from, Message.CommitResult commit, Outbox outbox)
    {
        if (FindOpen(from, commit.Attempt, outbox) is not { } attempt) return;
        if (!attempt.Task.CommitsFirst || commit.Commitment.IsZero) return;
        if (attempt.Commitment.IsZero)
        {
            if (!attempt.IsAccepted) desk.Record(new SchedulerEvent.LeaseAccepted(commit.Attempt), outbox);
            desk.Record(new SchedulerEvent.ResultCommitted(commit.Attempt, commit.Commitment), outbox);
            Prolong(now, attempt, outbox);
        }
        else if (attempt.Commitment == commit.Commitment && !AllCommitted(attempt.Task))
        {
            Prolong(now, attempt, outbox);
        }
        AskReveals(now, attempt.Task, outbox);
    }

    /// <summary>From the commitment on the lease covers only the wait for the others and the reveal.</summary>
    private void Prolong(Instant now, AttemptEntry attempt, Outbox outbox)
    {
        var id = attempt.Lease.Attempt;
        var expiresAt = now + Limits.LeaseTerm;
        desk.Record(new SchedulerEvent.LeaseExtended(id, expiresAt, null), outbox);
        outbox.Send(attempt.Lease.Provider, new Message.ExtendLease(id, expiresAt));
    }

    public void Reveal(Instant now, Address from, Message.RevealResult reveal, Outbox outbox)
    {
        if (FindOpen(from, reveal.Attempt, outbox) is not { } attempt) return;
        if (attempt.Task.CommitsFirst && (attempt.Commitment.IsZero || !AllCommitted(attempt.Task))) return;
        // Said again while the check still runs: the answer comes, and asking anew would only put it off.
        if (IsChecking(attempt)) return;
        if (!Matches(attempt, reveal.Receipt))
        {
            outbox.Note(NoteKind.CommitmentBroken, attempt.Task.Id, from);
            EndAttempt(now, attempt, AttemptEnd.Failed, NotAsCommitted, outbox);
            return;
        }
        attempt.Unchecked = reveal.Receipt;
        Ask(SchedulerAskKind.CheckReceipt, attempt, new Ask.CheckReceipts([reveal.Receipt]), outbox);
    }

    /// <summary>The receipt's signature has been checked, or its proof.</summary>
    /// <param name="why">Of a proof that does not hold: the reason.</param>
    public void ReceiptChecked(Instant now, SchedulerAsk about, bool ok, string why, Outbox outbox)
    {
        if (desk.State.Find(about.Attempt) is not { IsOpen: true, Unchecked: { } receipt } attempt) return;
        if (!ok)
        {
            outbox.Note(NoteKind.SignatureRefused, about.Task, attempt.Lease.Provider);
            var word = about.Kind == SchedulerAskKind.CheckProof
                ? new ClosingWord(RunFailure.ProofRefused, null, why.Length > 0 ? why : "The proof does not hold.")
                : BadlySigned;
            EndAttempt(now, attempt, AttemptEnd.Failed, word, outbox);
            return;
        }
        if (about.Kind == SchedulerAskKind.CheckReceipt && ProofAsk(attempt, receipt.Receipt) is { } ask)
        {
            Ask(SchedulerAskKind.CheckProof, attempt, ask, outbox);
            return;
        }
        desk.Record(new SchedulerEvent.ResultRevealed(now, about.Attempt, receipt), outbox);
        outbox.Send(attempt.Lease.Provider, new Message.CloseLease(about.Attempt, AttemptEnd.Finished));
        dispatcher.Unblock();
        if (attempt.Task.IsDelivered) Conclude(now, attempt.Task, outbox);
    }

    /// <summary>Which replicas equal the first under the task's comparator.</summary>
    public void Compared(Instant now, TaskEntry task, ValueList<bool> same, Outbox outbox)
    {
        if (task.Phase is not TaskPhase.Running || !task.IsDelivered) return;
        var alike = 1;
        foreach (var equal in same) alike += equal ? 1 : 0;
        Decide(now, task, alike, outbox);
    }

    /// <summary>Looks at a task that is queued or running and does whatever is due.</summary>
    public void Review(Instant now, TaskEntry task, Outbox outbox)
    {
        if (task.CancelAsked)
        {
            desk.OpenJudging(now, task, Outcome.Cancelled, EndReason.CancelledByRequester, outbox);
            return;
        }
        if (now >= task.Order.Deadline)
        {
            var reason = task.Attempts.Count == 0 ? EndReason.NoCapacityByDeadline : EndReason.DeadlinePassed;
            desk.OpenJudging(now, task, Outcome.Failed, reason, outbox);
            return;
        }
        foreach (var attempt in task.Attempts.ToArray())
            if (attempt.IsOpen && task.Phase is TaskPhase.Queued or TaskPhase.Running)
                ReviewAttempt(now, attempt, outbox);
        if (task.Phase is not (TaskPhase.Queued or TaskPhase.Running)) return;
        if (task.Phase == TaskPhase.Queued && now >= task.RetryAt) desk.Enqueue(task);
        if (task.Phase == TaskPhase.Running && task.IsDelivered) Conclude(now, task, outbox);
        if (task.Phase is TaskPhase.Queued or TaskPhase.Running) desk.ReviewAt(task, NextReview(now, task));
    }

    private static Instant NextReview(Instant now, TaskEntry task)
    {
        var next = task.Order.Deadline;
        if (task.Phase == TaskPhase.Queued && !task.IsWaiting) next = Instant.Earlier(next, task.RetryAt);
        foreach (var attempt in task.Attempts)
            if (attempt.IsOpen) next = Instant.Earlier(next, now + Limits.ResendAfter);
        if (task.Phase == TaskPhase.Running && task.IsDelivered) next = Instant.Earlier(next, now + Limits.ResendAfter);
        return next;
    }

    private void ReviewAttempt(Instant now, AttemptEntry attempt, Outbox outbox)
    {
        var committed = !attempt.Commitment.IsZero;
        if (now >= attempt.ExpiresAt || (!committed && now >= RunsUntil(attempt)))
        {
            outbox.Note(NoteKind.LeaseExpired, attempt.Task.Id, attempt.Lease.Provider);
            var end = attempt.IsAccepted ? AttemptEnd.Lost : AttemptEnd.Refused;
            EndAttempt(now, attempt, end, default, outbox);
            return;
        }
        if (now < attempt.SentAt + Limits.ResendAfter) return;
        attempt.SentAt = now;
        if (!attempt.IsAccepted)
            outbox.Send(attempt.Lease.Provider, new Message.GrantLease(attempt.Lease, attempt.Task.SignedOrder));
        else if (committed && AllCommitted(attempt.Task))
            outbox.Send(attempt.Lease.Provider, new Message.AskReveal(attempt.Lease.Attempt));
    }

    private static Instant RunsUntil(AttemptEntry attempt) =>
        attempt.Lease.GrantedAt + attempt.Task.Order.RunTimeMax + Limits.RunTimeGrace;

    /// <summary>Every place of the task has committed or delivered: nobody can copy any more.</summary>
    private static bool AllCommitted(TaskEntry task)
    {
        var ready = 0;
        foreach (var attempt in task.Attempts)
            if (attempt.End == AttemptEnd.Finished || (attempt.IsOpen && !attempt.Commitment.IsZero)) ready++;
        return ready == task.ReplicaCount * task.Nodes;
    }

    private static void AskReveals(Instant now, TaskEntry task, Outbox outbox)
    {
        if (!AllCommitted(task)) return;
        foreach (var attempt in task.Attempts)
        {
            if (!attempt.IsOpen) continue;
            attempt.SentAt = now;
            outbox.Send(attempt.Lease.Provider, new Message.AskReveal(attempt.Lease.Attempt));
        }
    }

    private bool Matches(AttemptEntry attempt, SignedReceipt signed)
    {
        var (receipt, lease) = (signed.Receipt, attempt.Lease);
        if (receipt.Attempt != lease.Attempt || receipt.Task != lease.Task || receipt.Provider != lease.Provider
            || receipt.Offer != lease.Offer) return false;
        if (attempt.Commitment.IsZero) return true;
        var digest = TypedData.Digest(desk.Terms.Domain, receipt);
        return TypedData.Commitment(digest, signed.Salt) == attempt.Commitment;
    }

    private static Ask? ProofAsk(AttemptEntry attempt, Receipt receipt) => attempt.Task.Spec.Verification switch
    {
        VerificationPolicy.ZkProof zk => new Ask.CheckProof(
            receipt.Task, zk.Circuit, attempt.Task.Spec.Statement, receipt),
        VerificationPolicy.TeeQuote tee => new Ask.CheckQuote(receipt.Task, tee.Policy, receipt),
        _ => null,
    };

    private void Ask(SchedulerAskKind kind, AttemptEntry attempt, Ask ask, Outbox outbox) =>
        desk.Asks.Ask(About(kind, attempt), ask, outbox);

    private static SchedulerAsk About(SchedulerAskKind kind, AttemptEntry attempt) =>
        new(kind, attempt.Task.Id, attempt.Lease.Attempt, default);

    private bool IsChecking(AttemptEntry attempt) =>
        desk.Asks.Waits(About(SchedulerAskKind.CheckReceipt, attempt))
        || desk.Asks.Waits(About(SchedulerAskKind.CheckProof, attempt));

    private void EndAttempt(Instant now, AttemptEntry attempt, AttemptEnd end, ClosingWord why, Outbox outbox)
    {
        var task = attempt.Task;
        desk.Close(now, attempt, end, why, outbox);
        // A gang runs together or not at all: the other nodes of this replica start again with it.
        foreach (var other in task.Attempts)
            if (other.Lease.Replica == attempt.Lease.Replica && other.IsAlive)
                desk.Close(now, other, AttemptEnd.Revoked, default, outbox);
        dispatcher.Unblock();
        if (IsExhausted(task))
        {
            desk.OpenJudging(now, task, Outcome.Failed, EndReason.AttemptsExhausted, outbox);
            return;
        }
        if (task.Phase == TaskPhase.Running) desk.Record(new SchedulerEvent.TaskQueued(task.QueuedAt, task.Id), outbox);
        task.RetryAt = now + Dispatcher.Backoff(task.Attempts.Count / task.PaidAttemptsMax);
        desk.ReviewAt(task, Instant.Earlier(task.ReviewAt, task.RetryAt));
    }

    private static bool IsExhausted(TaskEntry task)
    {
        SortedSet<Address> failedAt = [];
        SortedDictionary<Address, int> unproved = [];
        var begun = 0;
        foreach (var attempt in task.Attempts)
        {
            if (attempt.End != AttemptEnd.Refused) begun++;
            if (attempt.Failure is RunFailure.ExitCode or RunFailure.OutOfMemory or RunFailure.TimedOut
                or RunFailure.DiskFull or RunFailure.LogFlood) failedAt.Add(attempt.Lease.Provider);
            // One provider that cannot bring a proof says nothing of the others, and will not learn it.
            if (attempt.Failure is not RunFailure.ProofRefused) continue;
            var times = unproved[attempt.Lease.Provider] = unproved.GetValueOrDefault(attempt.Lease.Provider) + 1;
            if (times >= OwnFailuresMax) return true;
        }
        // Where fewer machines may run it at all, failing on all of them says as much.
        var allowed = task.Spec.Policy.ProvidersAllowed.Count;
        var enough = allowed > 0 ? Math.Min(allowed, OwnFailuresMax) : OwnFailuresMax;
        return failedAt.Count >= enough || begun >= Limits.AttemptsPerTaskMax
            || task.Attempts.Count >= Limits.LeasesPerTaskMax;
    }

    /// <summary>All replicas are in: judge them, or break a tie with one more.</summary>
    private void Conclude(Instant now, TaskEntry task, Outbox outbox)
    {
        if (!task.CommitsFirst)
        {
            desk.OpenJudging(now, task, Outcome.Complete, EndReason.Verified, outbox);
            return;
        }
        var results = FirstRankResults(task);
        var different = results.FindAll(result => result != results[0]);
        if (different.Count == 0 || task.Spec.Comparator is Comparator.Bytes)
        {
            Decide(now, task, LargestGroup(results), outbox);
            return;
        }
        var compare = new Ask.Compare(task.Spec.Comparator, results[0], ValueList.From(results[1..]));
        desk.Ask(SchedulerAskKind.CompareReplicas, task, compare, outbox);
        desk.ReviewAt(task, now + Limits.ResendAfter);
    }

    private void Decide(Instant now, TaskEntry task, int alike, Outbox outbox)
    {
        var agreeing = ((VerificationPolicy.Redundant)task.Spec.Verification).Agreeing;
        if (alike >= agreeing || task.ReplicaCount >= task.ReplicasMax)
        {
            desk.OpenJudging(now, task, Outcome.Complete, EndReason.Verified, outbox);
            return;
        }
        outbox.Note(NoteKind.Disagreement, task.Id, task.Order.Requester);
        desk.Record(new SchedulerEvent.ReplicaAdded(task.QueuedAt, task.Id), outbox);
        task.RetryAt = now;
        desk.ReviewAt(task, now);
    }

    private static List<Digest> FirstRankResults(TaskEntry task)
    {
        List<Digest> results = [];
        foreach (var attempt in task.Attempts)
            if (attempt is { End: AttemptEnd.Finished, Receipt: { } signed, Lease.Rank: 0 })
                results.Add(signed.Receipt.Result);
        return results;
    }

    private static int LargestGroup(List<Digest> results)
    {
        var largest = 0;
        foreach (var result in results)
            largest = Math.Max(largest, results.FindAll(other => other == result).Count);
        return largest;
    }

    /// <summary>The open attempt that this provider may speak for; anybody else is told that it is closed.</summary>
    private AttemptEntry? FindOpen(Address from, AttemptId id, Outbox outbox)
    {
        var attempt = desk.State.Find(id);
        if (attempt is { IsOpen: true } && attempt.Lease.Provider == from) return attempt;
        var isTheirs = attempt is not null && attempt.Lease.Provider == from;
        var end = isTheirs && !attempt!.IsOpen ? attempt.End : AttemptEnd.Revoked;
        outbox.Send(from, new Message.CloseLease(id, end));
        return null;
    }
}
