using Stun.Engine.Admission;
using Stun.Engine.Placement;
using Stun.Engine.Settlement;

namespace Stun.Engine.Scheduling;

/// <summary>
/// One shard's scheduler: admits orders, places them, keeps their leases, has results judged and verdicts paid. It
/// holds no money and signs nothing; what it gets wrong costs time, never funds.
/// </summary>
/// <remarks>
/// Reviews are level-triggered: whatever happens, a task is looked at again, and what its state calls for is done. A
/// lost message, a crash or a late answer therefore needs no code of its own.
/// </remarks>
public sealed class SchedulerMachine : Machine<SchedulerEvent>
{
    private readonly Address self;
    private readonly SchedulerDesk desk;
    private readonly Dispatcher dispatcher;
    private readonly LeaseKeeper leases;
    private readonly VerdictCourier verdicts;
    private readonly OfferWatch offers;
    private readonly PriceBoard prices;
    private readonly EscrowFollower follower = new();

    public SchedulerMachine(
        Address self, NetworkTerms terms, PlacementWeights weights, ProximityTable proximity, Prng prng)
    {
        this.self = self;
        var index = new PlacementIndex(weights, proximity);
        desk = new SchedulerDesk(terms, index, prng, Record);
        dispatcher = new Dispatcher(desk, index);
        leases = new LeaseKeeper(desk, dispatcher);
        verdicts = new VerdictCourier(desk);
        prices = new PriceBoard(desk.State);
        offers = new OfferWatch(desk, prices);
    }

    /// <summary>What the market has for an order now; changes nothing.</summary>
    public PlacementQuote Quote(TaskOrder order) => dispatcher.Quote(order);

    public SchedulerState State => desk.State;

    public Dispatcher Dispatcher => dispatcher;

    public PriceBoard Prices => prices;

    public int QueueCount => desk.Queue.Count;

    public int AskCount => desk.Asks.Count;

    public override void Receive(Instant now, Address from, Message message, Outbox outbox)
    {
        switch (message)
        {
            case Message.SubmitTask submit: Submit(now, from, submit.Order, outbox); break;
            case Message.CancelTask cancel: Cancel(from, cancel, outbox); break;
            case Message.EndNoted noted: NoteEnd(from, noted.Task, outbox); break;
            case Message.PostOffer post:
                if (offers.Post(now, from, post.Offer, outbox)) dispatcher.Unblock();
                break;
            case Message.WithdrawOffer withdraw: offers.Withdraw(from, withdraw, outbox); break;
            case Message.Heartbeat beat: offers.Hear(now, from, beat.Offer, outbox); break;
            case Message.AcceptLease accept: leases.Accept(from, accept.Attempt, outbox); break;
            case Message.RefuseLease refuse: leases.Refuse(now, from, refuse, outbox); break;
            case Message.RenewLease renew: leases.Renew(now, from, renew, outbox); break;
            case Message.CommitResult commit: leases.Commit(now, from, commit, outbox); break;
            case Message.RevealResult reveal: leases.Reveal(now, from, reveal, outbox); break;
            case Message.FailAttempt fail: leases.Fail(now, from, fail, outbox); break;
            case Message.CastVote cast: verdicts.CastVote(from, cast.Vote, outbox); break;
            case Message.EscrowLogged logged when from == self || from == desk.Terms.Book:
                Follow(now, logged, outbox);
                break;
            case Message.Answered answered when from == self: Answer(now, answered, outbox); break;
            default: outbox.Note(NoteKind.UnexpectedMessage, default, from); break;
        }
        Finish(now, outbox);
    }

    public override void Wake(Instant now, Outbox outbox)
    {
        while (desk.TryTakeDue(now, out var task))
            if (task is not null) Review(now, task, outbox);
        offers.SuspendSilent(now, outbox);
        prices.Step(now);
        Finish(now, outbox);
    }

    public override void Resume(Instant now, Outbox outbox)
    {
        foreach (var task in State.Tasks) desk.ReviewAt(task, now);
        offers.Resume(now);
        AskLog(now, outbox);
        Finish(now, outbox);
    }

    public override void DigestState(StateDigest digest) => State.DigestState(digest);

    protected override void Apply(SchedulerEvent happened) => State.Apply(happened);

    protected override IEnumerable<SchedulerEvent> Summary() => State.Summary();

    protected override byte[] Encode(SchedulerEvent happened) => EngineWire.Encode(happened);

    protected override SchedulerEvent Decode(ReadOnlySpan<byte> entry) => EngineWire.DecodeSchedulerEvent(entry);

    private void Finish(Instant now, Outbox outbox)
    {
        var more = dispatcher.PlaceQueued(now, outbox);
        verdicts.Flush(now, outbox);
        if (now >= follower.AskAt) AskLog(now, outbox);
        var next = Instant.Earlier(desk.NextReviewAt, Instant.Earlier(verdicts.FlushAt, offers.NextSilenceAt));
        outbox.WakeAt(more ? now : Instant.Earlier(next, follower.AskAt));
    }

    private void Submit(Instant now, Address from, SignedOrder signed, Outbox outbox)
    {
        var id = TypedData.TaskIdOf(desk.Terms.Domain, signed.Order);
        if (State.Find(id) is { } known)
        {
            if (known.Phase == TaskPhase.Ended) TellEnd(known, from, outbox);
            else if (known.Phase != TaskPhase.Checking) outbox.Send(from, new Message.TaskAccepted(id));
            return;
        }
        if (State.Endings.Find(id) is { } ending)
        {
            outbox.Send(from, new Message.TaskEnded(id, ending.State, ending.Reason, ending.Result));
            return;
        }
        var refusal = OrderChecks.Check(signed.Order, desk.Terms, now) ?? AgainstState(id, signed.Order);
        if (refusal is { } reason)
        {
            outbox.Send(from, new Message.TaskRefused(id, reason));
            return;
        }
        Record(new SchedulerEvent.OrderReceived(now, id, signed, from), outbox);
        Review(now, State.Find(id)!, outbox);
    }

    private Refusal? AgainstState(TaskId id, TaskOrder order)
    {
        if (State.OpenCount >= Limits.OpenTasksMax) return Refusal.QueueFull;
        if (State.OpenCountOf(order.Requester) >= Limits.OpenTasksPerRequesterMax) return Refusal.OverQuota;
        var sameKey = State.FindByKey(order.Requester, order.IdempotencyKey);
        return sameKey is null || sameKey == id ? null : Refusal.IdempotencyConflict;
    }

    private void OrderChecked(Instant now, TaskEntry task, bool ok, Outbox outbox)
    {
        if (task.Phase != TaskPhase.Checking) return;
        var refusal = ok ? AgainstState(task.Id, task.Order) : Refusal.BadSignature;
        if (refusal is { } reason)
        {
            outbox.Note(NoteKind.OrderRefused, task.Id, task.Order.Requester);
            outbox.Send(task.Gateway, new Message.TaskRefused(task.Id, reason));
            desk.ReviewAt(task, Instant.Never);
            Record(new SchedulerEvent.OrderDropped(task.Id), outbox);
            return;
        }
        Record(new SchedulerEvent.OrderAdmitted(task.Id), outbox);
        outbox.Send(task.Gateway, new Message.TaskAccepted(task.Id));
        task.SpeakAtOnce();
        Review(now, task, outbox);
    }

    private void Cancel(Address from, Message.CancelTask cancel, Outbox outbox)
    {
        if (State.Find(cancel.Task) is not { CancelAsked: false } task) return;
        // One question per sender and signature: a stranger's bad one must not push the genuine one aside.
        var about = new SchedulerAsk(
            SchedulerAskKind.CheckCancel, task.Id, new AttemptId(cancel.Signature.R.A), from);
        if (desk.Asks.Waits(about)) return;
        desk.Asks.Ask(about, new Ask.CheckCancel(task.Id, task.Order.Requester, cancel.Signature), outbox);
    }

    private void NoteEnd(Address from, TaskId id, Outbox outbox)
    {
        if (State.Find(id) is { Phase: TaskPhase.Ended, EndDelivered: false } task && task.Gateway == from)
            Record(new SchedulerEvent.EndDelivered(id), outbox);
    }

    private void Review(Instant now, TaskEntry task, Outbox outbox)
    {
        switch (task.Phase)
        {
            case TaskPhase.Checking: ReviewChecking(now, task, outbox); break;
            case TaskPhase.Holding: ReviewHolding(now, task, outbox); break;
            case TaskPhase.Queued or TaskPhase.Running: leases.Review(now, task, outbox); break;
            case TaskPhase.Ended: ReviewEnded(now, task, outbox); break;
            default: verdicts.Review(now, task, outbox); break;
        }
    }

    private void ReviewChecking(Instant now, TaskEntry task, Outbox outbox)
    {
        if (!desk.Asks.Waits(new SchedulerAsk(SchedulerAskKind.CheckOrder, task.Id, default, default)))
            desk.Ask(SchedulerAskKind.CheckOrder, task, new Ask.CheckOrder(task.SignedOrder), outbox);
        desk.ReviewAt(task, now + Limits.ResendAfter);
    }

    private void ReviewHolding(Instant now, TaskEntry task, Outbox outbox)
    {
        if (task.HoldsFunds)
        {
            Record(new SchedulerEvent.TaskQueued(now, task.Id), outbox);
            leases.Review(now, task, outbox);
            return;
        }
        if (now >= task.SentAt + Limits.EscrowResendAfter)
        {
            task.SentAt = now;
            var hold = new Ask.CallEscrow(new EscrowCall.HoldFunds(task.SignedOrder));
            desk.Ask(SchedulerAskKind.HoldFunds, task, hold, outbox);
        }
        desk.ReviewAt(task, task.SentAt + Limits.EscrowResendAfter);
    }

    private void ReviewEnded(Instant now, TaskEntry task, Outbox outbox)
    {
        if (!task.EndDelivered && now >= task.SentAt + task.ResendPause)
        {
            task.ResendPause = Duration.Min(task.ResendPause * 2, Limits.EscrowResendAfter);
            task.SentAt = now;
            TellEnd(task, task.Gateway, outbox);
        }
        // A gateway that never answers is not waited for beyond the order's own time.
        var isHeard = task.EndDelivered || now >= desk.Terms.ExpiresAt(task.Order);
        if (task.HoldsFunds && now >= desk.Terms.ExpiresAt(task.Order))
            desk.Ask(SchedulerAskKind.ExpireHold, task, new Ask.CallEscrow(new EscrowCall.ExpireHold(task.Id)), outbox);
        if (isHeard && !task.HoldsFunds && now >= task.EndedAt + Limits.EndedKept)
        {
            desk.ReviewAt(task, Instant.Never);
            Record(new SchedulerEvent.TaskForgotten(now, task.Id), outbox);
            return;
        }
        var forgetAt = task.HoldsFunds ? now + Limits.EscrowResendAfter : task.EndedAt + Limits.EndedKept;
        desk.ReviewAt(task, isHeard ? forgetAt : task.SentAt + task.ResendPause);
    }

    private static void TellEnd(TaskEntry task, Address to, Outbox outbox)
    {
        outbox.Send(to, new Message.TaskEnded(task.Id, task.State, task.Reason, task.Result));
    }

    private void AskLog(Instant now, Outbox outbox)
    {
        follower.Asked(now);
        desk.Asks.Ask(
            new SchedulerAsk(SchedulerAskKind.FollowEscrow, default, default, default),
            new Ask.FollowEscrow(State.EscrowNext), outbox);
    }

    private void Follow(Instant now, Message.EscrowLogged logged, Outbox outbox)
    {
        follower.Add(logged, State.EscrowNext);
        while (follower.TryTake(State.EscrowNext, out var next)) TakeIn(now, next!, outbox);
    }

    private void TakeIn(Instant now, Message.EscrowLogged logged, Outbox outbox)
    {
        Record(new SchedulerEvent.EscrowFollowed(logged.Index, logged.At, logged.Event), outbox);
        switch (logged.Event)
        {
            case EscrowEvent.FundsHeld held: ReviewIf(now, held.Task, TaskPhase.Holding, outbox); break;
            case EscrowEvent.HoldRefused { Reason: not EscrowRefusal.AlreadyDone } refused:
                RefuseHold(now, refused, outbox);
                break;
            case EscrowEvent.VerdictPosted posted: ReviewIf(now, posted.Verdict.Task, TaskPhase.Pending, outbox); break;
            case EscrowEvent.DisputeOpened dispute: Dispute(now, dispute, outbox); break;
            case EscrowEvent.TaskSettled settled: Settled(now, settled, outbox); break;
            case EscrowEvent.HoldExpired expired when State.Find(expired.Task) is { Phase: not TaskPhase.Ended } task:
                desk.EndTask(now, task, FinalState.Failed, EndReason.HoldExpired, outbox);
                break;
        }
    }

    private void ReviewIf(Instant now, TaskId id, TaskPhase phase, Outbox outbox)
    {
        if (State.Find(id) is not { } task || task.Phase != phase) return;
        task.SpeakAtOnce();
        Review(now, task, outbox);
    }

    private void RefuseHold(Instant now, EscrowEvent.HoldRefused refused, Outbox outbox)
    {
        if (State.Find(refused.Task) is not { Phase: TaskPhase.Holding } task) return;
        var reason = refused.Reason == EscrowRefusal.InsufficientFunds
            ? EndReason.InsufficientFunds
            : EndReason.HoldRefused;
        desk.EndTask(now, task, FinalState.Failed, reason, outbox);
    }

    private void Dispute(Instant now, EscrowEvent.DisputeOpened dispute, Outbox outbox)
    {
        if (State.Find(dispute.Task) is not { Phase: TaskPhase.Pending } task) return;
        outbox.Note(NoteKind.DisputeOpened, task.Id, dispute.By);
        Record(new SchedulerEvent.JudgingOpened(task.Id, dispute.Round, task.Outcome, task.Reason), outbox);
        task.SpeakAtOnce();
        desk.ReviewAt(task, now);
    }

    private void Settled(Instant now, EscrowEvent.TaskSettled settled, Outbox outbox)
    {
        if (State.Find(settled.Settlement.Task) is not { Phase: not TaskPhase.Ended } task) return;
        var verdict = settled.Verdict;
        foreach (var finding in verdict.Findings)
            if (finding.Judgement == Judgement.Fraud) outbox.Note(NoteKind.FraudFound, task.Id, finding.Provider);
        var (state, reason) = verdict.Outcome switch
        {
            Outcome.Complete => (FinalState.Complete, EndReason.Verified),
            Outcome.Cancelled => (FinalState.Cancelled, EndReason.CancelledByRequester),
            _ => (FinalState.Failed, FailureOf(task, verdict)),
        };
        desk.EndTask(now, task, state, reason, outbox);
    }

    private static EndReason FailureOf(TaskEntry task, Verdict verdict)
    {
        if (task.Outcome != Outcome.Complete) return task.Reason;
        foreach (var finding in verdict.Findings)
            if (finding.Judgement == Judgement.Fraud) return EndReason.FraudFound;
        return EndReason.NoAgreement;
    }

    private void Answer(Instant now, Message.Answered answered, Outbox outbox)
    {
        if (!desk.Asks.TryClose(answered.Ask, out var about)) return;
        var (ok, why) = answered.Answer switch
        {
            Protocol.Answer.Checked { Ok.Count: > 0 } told => (told.Ok[0], ""),
            Protocol.Answer.PolicyChecked told => (told.Allowed, told.Detail),
            _ => (false, ""),
        };
        var isTold = answered.Answer is Protocol.Answer.Checked or Protocol.Answer.PolicyChecked;
        switch (about.Kind)
        {
            // Neither proved nor refuted: what is needed to say it could not be had. The provider says its receipt
            // again until its lease is closed, and then it is asked again.
            case SchedulerAskKind.CheckProof when !isTold: break;
            case SchedulerAskKind.CheckReceipt or SchedulerAskKind.CheckProof:
                leases.ReceiptChecked(now, about, ok, why, outbox);
                break;
            case SchedulerAskKind.CheckOffer:
                if (offers.Checked(now, about.From, isTold ? ok : null, outbox)) dispatcher.Unblock();
                break;
            case SchedulerAskKind.CheckVote:
                verdicts.VoteChecked(now, about, ok, outbox);
                break;
            case SchedulerAskKind.CheckOrder when State.Find(about.Task) is { } task:
                OrderChecked(now, task, ok, outbox);
                break;
            case SchedulerAskKind.CheckCancel when ok && State.Find(about.Task) is { CancelAsked: false } task:
                Record(new SchedulerEvent.CancelAsked(task.Id), outbox);
                if (task.Phase is TaskPhase.Queued or TaskPhase.Running) leases.Review(now, task, outbox);
                break;
            case SchedulerAskKind.CompareReplicas when State.Find(about.Task) is { } task:
                if (answered.Answer is Protocol.Answer.Checked compared)
                    leases.Compared(now, task, compared.Ok, outbox);
                break;
            case SchedulerAskKind.Settle when State.Find(about.Task) is { Phase: TaskPhase.Pending } task:
                RetryRefused(now, task, answered.Answer);
                break;
        }
    }

    /// <summary>The escrow's clock may be a little behind ours: "too early" is asked again soon.</summary>
    private void RetryRefused(Instant now, TaskEntry task, Answer answer)
    {
        if (answer is not Protocol.Answer.CallFinal { Refusal: EscrowRefusal.WindowOpen }) return;
        task.SettleAskedAt = now + (Limits.ResendAfter - Limits.EscrowResendAfter);
        desk.ReviewAt(task, now + Limits.ResendAfter);
    }
}
