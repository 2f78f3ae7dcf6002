using Stun.Engine.Settlement;

namespace Stun.Engine.Scheduling;

/// <summary>
/// Brings evidence to the validators, their votes together and the verdict to the escrow, many in one batch under a
/// Merkle root; then has it paid when its window is over.
/// </summary>
public sealed class VerdictCourier(SchedulerDesk desk)
{
    private readonly SortedSet<TaskId> toPost = [];
    private readonly SortedSet<TaskId> toSettle = [];
    private Instant flushAt = Instant.Never;

    public Instant FlushAt => flushAt;

    public void CastVote(Address from, Vote vote, Outbox outbox)
    {
        if (vote.Validator != from || !desk.Terms.Validators.Contains(from)) return;
        if (desk.State.Find(vote.Verdict.Task) is not { } task || task.Votes.ContainsKey(from)) return;
        if (task.Round == vote.Verdict.Round) task.UncheckedVotes[from] = vote;
        if (Votable(vote) is null) return;
        var ask = new Ask.CheckSignature(from, TypedData.Digest(desk.Terms.Domain, vote.Verdict), vote.Signature);
        desk.Asks.Ask(new SchedulerAsk(SchedulerAskKind.CheckVote, task.Id, default, from), ask, outbox);
    }

    public void VoteChecked(Instant now, SchedulerAsk about, bool ok, Outbox outbox)
    {
        if (desk.State.Find(about.Task) is not { } checking) return;
        if (!checking.UncheckedVotes.Remove(about.From, out var vote) || Votable(vote) is not { } task) return;
        if (!ok)
        {
            outbox.Note(NoteKind.SignatureRefused, task.Id, about.From);
            return;
        }
        desk.Record(new SchedulerEvent.VoteCounted(task.Id, vote), outbox);
        List<VoteSignature> alike = [];
        foreach (var (validator, other) in task.Votes)
            if (other.Verdict == vote.Verdict) alike.Add(new VoteSignature(validator, other.Signature));
        if (alike.Count < desk.Terms.Quorum) return;
        var verdict = new SignedVerdict(vote.Verdict, ValueList.From(alike));
        desk.Record(new SchedulerEvent.VerdictFormed(task.Id, verdict), outbox);
        TellResult(task, outbox);
        task.SpeakAtOnce();
        desk.ReviewAt(task, now);
    }

    /// <summary>Looks at a task between delivery and payout and does whatever is due.</summary>
    public void Review(Instant now, TaskEntry task, Outbox outbox)
    {
        switch (task.Phase)
        {
            case TaskPhase.Judging: ReviewJudging(now, task, outbox); break;
            case TaskPhase.Posting: ReviewPosting(now, task); break;
            case TaskPhase.Pending: ReviewPending(now, task, outbox); break;
        }
    }

    /// <summary>Sends what has gathered, when it has waited long enough or is many.</summary>
    public void Flush(Instant now, Outbox outbox)
    {
        if (toPost.Count >= Limits.BatchMax || toSettle.Count >= Limits.BatchMax) flushAt = now;
        if (now < flushAt) return;
        flushAt = Instant.Never;
        while (toPost.Count > 0) PostBatch(outbox);
        while (toSettle.Count > 0) SettleBatch(outbox);
    }

    private void ReviewJudging(Instant now, TaskEntry task, Outbox outbox)
    {
        ShowEvidence(now, task, outbox);
        // A dispute nobody answers ends by itself at the escrow; somebody has to say so.
        var isOver = now >= task.PayableAt + desk.Terms.DisputeTimeout + (task.Order.RunTimeMax * 2);
        if (task.Round > 0 && isOver && now >= task.SettleAskedAt + Limits.EscrowResendAfter) WantSettled(now, task);
        if (task.Round == 0 && now >= desk.Terms.ExpiresAt(task.Order))
            desk.Ask(SchedulerAskKind.ExpireHold, task, new Ask.CallEscrow(new EscrowCall.ExpireHold(task.Id)), outbox);
        desk.ReviewAt(task, now + Limits.ResendAfter);
    }

    private void ShowEvidence(Instant now, TaskEntry task, Outbox outbox)
    {
        if (now < task.SentAt + task.ResendPause) return;
        // A validator that runs the task itself takes its time, and evidence is large: ask ever less often.
        task.ResendPause = Duration.Min(task.ResendPause * 2, Limits.EscrowResendAfter);
        task.SentAt = now;
        var judge = new Message.JudgeTask(task.ToEvidence());
        foreach (var validator in desk.Terms.Validators)
            if (!task.Votes.ContainsKey(validator) && !task.UncheckedVotes.ContainsKey(validator))
                outbox.Send(validator, judge);
    }

    private void ReviewPosting(Instant now, TaskEntry task)
    {
        if (now >= task.SentAt + Limits.EscrowResendAfter)
        {
            task.SentAt = now;
            toPost.Add(task.Id);
            flushAt = Instant.Earlier(flushAt, now + desk.Terms.BatchPause);
        }
        desk.ReviewAt(task, task.SentAt + Limits.EscrowResendAfter);
    }

    private void ReviewPending(Instant now, TaskEntry task, Outbox outbox)
    {
        if (now < task.PayableAt)
        {
            // Who has not spoken yet may be the one that was drawn to audit: the window is there for it.
            ShowEvidence(now, task, outbox);
            desk.ReviewAt(task, Instant.Earlier(task.PayableAt, task.SentAt + task.ResendPause));
            return;
        }
        if (now >= task.SettleAskedAt + Limits.EscrowResendAfter) WantSettled(now, task);
        desk.ReviewAt(task, task.SettleAskedAt + Limits.EscrowResendAfter);
    }

    private void WantSettled(Instant now, TaskEntry task)
    {
        task.SettleAskedAt = now;
        toSettle.Add(task.Id);
        flushAt = Instant.Earlier(flushAt, now + desk.Terms.BatchPause);
    }

    private void PostBatch(Outbox outbox)
    {
        List<SignedVerdict> verdicts = [];
        List<Digest> leaves = [];
        while (toPost.Count > 0 && verdicts.Count < Limits.BatchMax)
        {
            var id = toPost.Min;
            toPost.Remove(id);
            if (desk.State.Find(id) is not { Phase: TaskPhase.Posting, Verdict: { } verdict }) continue;
            verdicts.Add(verdict);
            leaves.Add(TypedData.Digest(desk.Terms.Domain, verdict.Verdict));
        }
        if (verdicts.Count == 0) return;
        var call = new EscrowCall.PostBatch(MerkleTree.Root(leaves.ToArray()), ValueList.From(verdicts));
        // Batches are told apart by their first task; what is refused or lost is posted again by its own review.
        var about = new SchedulerAsk(SchedulerAskKind.PostBatch, verdicts[0].Verdict.Task, default, default);
        desk.Asks.Ask(about, new Ask.CallEscrow(call), outbox);
    }

    private void SettleBatch(Outbox outbox)
    {
        List<TaskId> tasks = [];
        while (toSettle.Count > 0 && tasks.Count < Limits.BatchMax)
        {
            tasks.Add(toSettle.Min);
            toSettle.Remove(toSettle.Min);
        }
        var about = new SchedulerAsk(SchedulerAskKind.Settle, tasks[0], default, default);
        desk.Asks.Ask(about, new Ask.CallEscrow(new EscrowCall.Settle(ValueList.From(tasks))), outbox);
    }

    private TaskEntry? Votable(Vote vote) =>
        desk.State.Find(vote.Verdict.Task) is { Phase: TaskPhase.Judging } task && task.Round == vote.Verdict.Round
            ? task
            : null;

    /// <summary>The requester need not wait for the window: the result is there, and how sure it is.</summary>
    private static void TellResult(TaskEntry task, Outbox outbox)
    {
        var verdict = task.Verdict!.Verdict;
        if (task.ResultTold || verdict.Outcome != Outcome.Complete) return;
        task.ResultTold = true;
        outbox.Send(task.Gateway, new Message.ResultReady(task.Id, verdict.Result, verdict.CheatPassPpb));
    }
}
