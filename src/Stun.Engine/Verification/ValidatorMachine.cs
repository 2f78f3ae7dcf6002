using Stun.Engine.Reputation;
using Stun.Engine.Settlement;

namespace Stun.Engine.Verification;

/// <summary>
/// A validator: judges evidence, votes once per task and round, draws its own secret audit lots, and disputes at the
/// escrow what its own run has shown to be wrong.
/// </summary>
public sealed class ValidatorMachine(Address self, NetworkTerms terms, Prng prng) : Machine<ValidatorEvent>
{
    private readonly SortedDictionary<TaskId, Judged> judged = [];
    private readonly SortedSet<TaskId> funded = [];
    private readonly SortedDictionary<TaskId, Verdict> posted = [];
    private readonly SortedDictionary<TaskId, ushort> disputed = [];
    private readonly ReputationBook reputation = new(terms);
    private readonly AskTable<ValidatorAsk> asks = new(prng);
    private readonly SortedDictionary<TaskId, Inquiry> inquiries = [];
    private readonly SortedDictionary<TaskId, Instant> disputing = [];
    private readonly SortedDictionary<TaskId, (Inquiry Inquiry, Verdict Verdict)> signing = [];
    private ulong escrowNext;
    private readonly EscrowFollower follower = new();

    private readonly SortedDictionary<TaskId, ValueList<Digest>> earlierVotes = [];
    private readonly BatchWatch batches = new(self, terms);
    private readonly SortedDictionary<ulong, Instant> offering = [];

    /// <param name="Votes">All verdicts that were voted for, of earlier rounds too: any of them may stand.</param>
    private sealed record Judged(
        Evidence Evidence, Address Scheduler, Vote Vote, bool KnowsTruth, ValueList<Digest> Votes);

    private enum AskKind : byte
    {
        Inquire,
        Sign,
        Dispute,
        Follow,
        SignBatch,
        OfferBatch,
    }

    private readonly record struct ValidatorAsk(AskKind Kind, TaskId Task, ulong Batch = 0) : IComparable<ValidatorAsk>
    {
        public int CompareTo(ValidatorAsk other)
        {
            var order = Kind.CompareTo(other.Kind);
            if (order == 0) order = Task.CompareTo(other.Task);
            return order != 0 ? order : Batch.CompareTo(other.Batch);
        }
    }

    public ReputationBook Reputation => reputation;

    public int InquiryCount => inquiries.Count;

    public override void Receive(Instant now, Address from, Message message, Outbox outbox)
    {
        switch (message)
        {
            case Message.JudgeTask judge when terms.Schedulers.Contains(from):
                Judge(from, judge.Evidence, outbox);
                break;
            case Message.EscrowLogged logged when from == self || from == terms.Book:
                Follow(now, logged, outbox);
                break;
            case Message.Answered answered when from == self: Answer(now, answered, outbox); break;
            default: outbox.Note(NoteKind.UnexpectedMessage, default, from); break;
        }
        SetAlarm(outbox);
    }

    public override void Wake(Instant now, Outbox outbox)
    {
        foreach (var task in new List<TaskId>(disputing.Keys))
            if (now >= disputing[task]) AskDispute(now, task, outbox);
        if (now >= follower.AskAt) AskLog(now, outbox);
        SignBatches(now, outbox);
        SetAlarm(outbox);
    }

    public override void Resume(Instant now, Outbox outbox)
    {
        foreach (var (task, verdict) in posted) DisputeIfWrong(now, task, verdict, outbox);
        foreach (var (task, round) in disputed) JudgeAgain(task, round, outbox);
        AskLog(now, outbox);
        SignBatches(now, outbox);
        SetAlarm(outbox);
    }

    public override void DigestState(StateDigest digest)
    {
        digest.Add(escrowNext);
        foreach (var task in funded) digest.Add(task);
        foreach (var (task, vote) in judged)
        {
            digest.Add(task);
            digest.Add((ulong)vote.Vote.Verdict.Round);
            digest.Add(vote.Vote.Verdict.Result);
            digest.Add(vote.KnowsTruth);
            foreach (var voted in vote.Votes) digest.Add(voted);
        }
        foreach (var (task, verdict) in posted)
        {
            digest.Add(task);
            digest.Add(verdict.Result);
        }
        foreach (var (task, round) in disputed)
        {
            digest.Add(task);
            digest.Add((ulong)round);
        }
        reputation.DigestState(digest);
        batches.DigestState(digest);
    }

    protected override void Apply(ValidatorEvent happened)
    {
        switch (happened)
        {
            case ValidatorEvent.Voted voted: Apply(voted); break;
            case ValidatorEvent.EscrowFollowed followed: Apply(followed); break;
            case ValidatorEvent.LogRestored restored: escrowNext = restored.Next; break;
            case ValidatorEvent.TaskRestored restored: Restore(restored); break;
            case ValidatorEvent.ReputationRestored restored:
                reputation.Restore(restored.Provider, restored.Record);
                break;
            case ValidatorEvent.EntryRestored restored: batches.Restore(restored); break;
            case ValidatorEvent.CutRestored restored: batches.Restore(restored); break;
            default: throw new InvariantException("every validator event is known");
        }
    }

    protected override IEnumerable<ValidatorEvent> Summary()
    {
        yield return new ValidatorEvent.LogRestored(escrowNext);
        foreach (var (provider, record) in reputation.Records)
            yield return new ValidatorEvent.ReputationRestored(provider, record);
        foreach (var task in KnownTasks())
        {
            yield return new ValidatorEvent.TaskRestored(
                task,
                funded.Contains(task),
                posted.GetValueOrDefault(task),
                disputed.TryGetValue(task, out var round) ? round : null,
                judged.TryGetValue(task, out var vote) ? [.. vote.Votes.Span[..^1]] : []);
            if (vote is not null)
                yield return new ValidatorEvent.Voted(vote.Evidence, vote.Scheduler, vote.Vote, vote.KnowsTruth);
        }
        foreach (var part in batches.Summary()) yield return part;
    }

    /// <summary>A task may be known by a verdict or a dispute alone: whoever reads the log believes it.</summary>
    private SortedSet<TaskId> KnownTasks() => [.. funded, .. judged.Keys, .. posted.Keys, .. disputed.Keys];

    protected override byte[] Encode(ValidatorEvent happened) => EngineWire.Encode(happened);

    protected override ValidatorEvent Decode(ReadOnlySpan<byte> entry) => EngineWire.DecodeValidatorEvent(entry);

    private void Apply(ValidatorEvent.Voted voted)
    {
        var task = voted.Vote.Verdict.Task;
        var vote = TypedData.StructHash(voted.Vote.Verdict);
        if (terms.Chain is not null && !funded.Contains(task))
        {
            batches.Vouch(task, voted.Evidence.Order.Order, vote);
            return;
        }
        if (!earlierVotes.Remove(task, out var votes) && judged.TryGetValue(task, out var known)) votes = known.Votes;
        if (votes.Count == WireLimits.RoundsMax) votes = [.. votes.Span[1..]];
        judged[task] = new Judged(
            voted.Evidence, voted.Scheduler, voted.Vote, voted.KnowsTruth,
            votes.Add(vote));
    }

    private void Apply(ValidatorEvent.EscrowFollowed followed)
    {
        Invariant.Require(followed.Index == escrowNext, "the escrow's log is followed without gaps");
        escrowNext++;
        reputation.Follow(followed.At, followed.Event);
        if (terms.Chain is not null)
        {
            var known = followed.Event is EscrowEvent.TaskSettled done
                ? judged.GetValueOrDefault(done.Settlement.Task)
                : null;
            batches.Follow(followed.Index, followed.Event, known?.Evidence.Order.Order, known?.Votes ?? []);
        }
        switch (followed.Event)
        {
            case EscrowEvent.FundsHeld held: funded.Add(held.Task); break;
            case EscrowEvent.VerdictPosted told: posted[told.Verdict.Task] = told.Verdict; break;
            case EscrowEvent.DisputeOpened dispute: disputed[dispute.Task] = dispute.Round; break;
            case EscrowEvent.TaskSettled settled: Forget(settled.Settlement.Task); break;
            case EscrowEvent.HoldExpired expired: Forget(expired.Task); break;
        }
    }

    private void Restore(ValidatorEvent.TaskRestored restored)
    {
        if (restored.IsFunded) funded.Add(restored.Task);
        if (restored.Posted is { } verdict) posted[restored.Task] = verdict;
        if (restored.DisputedRound is { } round) disputed[restored.Task] = round;
        // What follows is the last vote; it is not known yet.
        if (restored.EarlierVotes.Count > 0) earlierVotes[restored.Task] = restored.EarlierVotes;
    }

    private void Forget(TaskId task)
    {
        funded.Remove(task);
        judged.Remove(task);
        posted.Remove(task);
        disputed.Remove(task);
    }

    private void Judge(Address from, Evidence evidence, Outbox outbox)
    {
        var task = TypedData.TaskIdOf(terms.Domain, evidence.Order.Order);
        if (judged.TryGetValue(task, out var known) && known.Vote.Verdict.Round >= evidence.Round)
        {
            // One vote per task and round, whatever evidence is shown later.
            outbox.Send(from, new Message.CastVote(known.Vote));
            return;
        }
        // Without money at the escrow there is nothing to decide, and nothing that would ever end the memory of it.
        if (!funded.Contains(task)) return;
        if (evidence.Round > 0 && disputed.GetValueOrDefault(task) != evidence.Round) return;
        if (inquiries.TryGetValue(task, out var running) && running.Evidence.Round >= evidence.Round) return;
        if (judged.Count + inquiries.Count >= Limits.EvidenceKeptMax) return;
        Begin(task, evidence, from, outbox);
    }

    private void Begin(TaskId task, Evidence evidence, Address scheduler, Outbox outbox)
    {
        signing.Remove(task);
        inquiries[task] = new Inquiry(task, evidence, scheduler, DrawLot(evidence), terms);
        Inquire(task, outbox);
    }

    private bool DrawLot(Evidence evidence)
    {
        if (evidence.Order.Order.Spec.Verification is not VerificationPolicy.SampledAudit sampled) return false;
        var ratePpm = Math.Max(terms.AuditFloorPpm, sampled.RatePpmMin);
        foreach (var attempt in evidence.Attempts)
            if (attempt.End == AttemptEnd.Finished)
                ratePpm = Math.Max(ratePpm, reputation.AuditRatePpm(attempt.Lease.Provider, sampled.RatePpmMin));
        return prng.Below(PassProbability.Certain) < AuditLot.PerValidatorPpb(ratePpm, terms.Quorum);
    }

    /// <summary>Asks the next question of an inquiry, or signs what it has come to.</summary>
    private void Inquire(TaskId task, Outbox outbox)
    {
        var inquiry = inquiries[task];
        if (inquiry.IsForged)
        {
            outbox.Note(NoteKind.ForgedOrder, task, inquiry.Scheduler);
            inquiries.Remove(task);
            return;
        }
        if (inquiry.Next is { } next)
        {
            asks.Ask(new(AskKind.Inquire, task), next, outbox);
            return;
        }
        var verdict = Judging.Decide(terms, task, inquiry.Evidence, inquiry.Facts);
        signing[task] = (inquiry, verdict);
        asks.Ask(new(AskKind.Sign, task), new Ask.Sign(TypedData.Digest(terms.Domain, verdict)), outbox);
    }

    private void Answer(Instant now, Message.Answered answered, Outbox outbox)
    {
        if (!asks.TryClose(answered.Ask, out var about)) return;
        switch (about.Kind)
        {
            case AskKind.Inquire when inquiries.TryGetValue(about.Task, out var inquiry):
                if (inquiry.Take(answered.Answer)) Inquire(about.Task, outbox);
                else inquiries.Remove(about.Task); // The evidence is sent again; then it is inquired anew.
                break;
            case AskKind.Sign when answered.Answer is Protocol.Answer.Signed signed:
                Vote(now, about.Task, signed.Signature, outbox);
                break;
            case AskKind.Dispute when answered.Answer is Protocol.Answer.CallFinal:
                disputing.Remove(about.Task);
                break;
            case AskKind.SignBatch when answered.Answer is Protocol.Answer.Signed signed:
                asks.Ask(new(AskKind.OfferBatch, default, about.Batch),
                    new Ask.CallEscrow(new EscrowCall.SignBatch(about.Batch, signed.Signature)), outbox);
                break;
        }
    }

    private void Vote(Instant now, TaskId task, Signature signature, Outbox outbox)
    {
        if (!signing.Remove(task, out var signed)) return;
        inquiries.Remove(task);
        var vote = new Vote(signed.Verdict, self, signature);
        var (evidence, scheduler, knowsTruth) =
            (signed.Inquiry.Evidence, signed.Inquiry.Scheduler, signed.Inquiry.KnowsTruth);
        Record(new ValidatorEvent.Voted(evidence, scheduler, vote, knowsTruth), outbox);
        outbox.Send(signed.Inquiry.Scheduler, new Message.CastVote(vote));
        if (posted.TryGetValue(task, out var verdict)) DisputeIfWrong(now, task, verdict, outbox);
    }

    private void AskLog(Instant now, Outbox outbox)
    {
        follower.Asked(now);
        asks.Ask(new(AskKind.Follow, default), new Ask.FollowEscrow(escrowNext), outbox);
    }

    private void Follow(Instant now, Message.EscrowLogged logged, Outbox outbox)
    {
        follower.Add(logged, escrowNext);
        while (follower.TryTake(escrowNext, out var next)) TakeIn(now, next!, outbox);
    }

    private void TakeIn(Instant now, Message.EscrowLogged logged, Outbox outbox)
    {
        Record(new ValidatorEvent.EscrowFollowed(logged.Index, logged.At, logged.Event), outbox);
        switch (logged.Event)
        {
            case EscrowEvent.VerdictPosted told: DisputeIfWrong(now, told.Verdict.Task, told.Verdict, outbox); break;
            case EscrowEvent.DisputeOpened dispute: JudgeAgain(dispute.Task, dispute.Round, outbox); break;
            // With a chain, what is settled before this validator has judged still needs its word for the batch.
            case EscrowEvent.TaskSettled settled when terms.Chain is null: StopInquiry(settled.Settlement.Task); break;
            case EscrowEvent.TaskSettled settled: disputing.Remove(settled.Settlement.Task); break;
            case EscrowEvent.HoldExpired expired: StopInquiry(expired.Task); break;
            case EscrowEvent.BatchCut cut:
                offering.Remove(cut.Batch.Number);
                SignBatches(now, outbox);
                break;
        }
    }

    /// <summary>Offers a signature again until the log shows it, or that enough have signed.</summary>
    private void SignBatches(Instant now, Outbox outbox)
    {
        SortedSet<ulong> wanted = [];
        foreach (var batch in batches.ToSign)
        {
            wanted.Add(batch.Number);
            if (offering.TryGetValue(batch.Number, out var again) && now < again) continue;
            offering[batch.Number] = now + Limits.ResendAfter;
            asks.Ask(new(AskKind.SignBatch, default, batch.Number),
                new Ask.Sign(TypedData.Digest(terms.Domain, batch)), outbox);
        }
        foreach (var number in new List<ulong>(offering.Keys))
            if (!wanted.Contains(number)) offering.Remove(number);
    }

    private void StopInquiry(TaskId task)
    {
        inquiries.Remove(task);
        signing.Remove(task);
        disputing.Remove(task);
    }

    /// <summary>The quorum has accepted what this validator's own run has shown to be wrong.</summary>
    private void DisputeIfWrong(Instant now, TaskId task, Verdict verdict, Outbox outbox)
    {
        if (!judged.TryGetValue(task, out var mine) || !mine.KnowsTruth || disputed.ContainsKey(task)) return;
        if (mine.Vote.Verdict.Round != verdict.Round || mine.Vote.Verdict == verdict) return;
        outbox.Note(NoteKind.Disagreement, task, self);
        AskDispute(now, task, outbox);
    }

    private void AskDispute(Instant now, TaskId task, Outbox outbox)
    {
        disputing[task] = now + Limits.EscrowResendAfter;
        var call = new EscrowCall.OpenDispute(task, posted[task].Round);
        asks.Ask(new(AskKind.Dispute, task), new Ask.CallEscrow(call), outbox);
    }

    /// <summary>Everybody judges a disputed task again, this time by its own run.</summary>
    private void JudgeAgain(TaskId task, ushort round, Outbox outbox)
    {
        disputing.Remove(task);
        if (judged.TryGetValue(task, out var known))
        {
            if (known.Vote.Verdict.Round < round)
                Begin(task, known.Evidence with { Round = round }, known.Scheduler, outbox);
        }
        else if (inquiries.TryGetValue(task, out var running) && running.Evidence.Round < round)
        {
            Begin(task, running.Evidence with { Round = round }, running.Scheduler, outbox);
        }
    }

    private void SetAlarm(Outbox outbox)
    {
        var next = follower.AskAt;
        foreach (var (_, at) in disputing) next = Instant.Earlier(next, at);
        foreach (var (_, at) in offering) next = Instant.Earlier(next, at);
        outbox.WakeAt(next);
    }
}
