using Stun.Engine.Admission;

namespace Stun.Engine.Leases;

/// <summary>
/// A provider: offers its hardware, takes leases that its policy and its devices allow, runs them, commits to results
/// before it reveals them, and stops when its lease ends.
/// </summary>
public sealed class ProviderMachine(
    Address self, Address scheduler, ValueList<Offer> offers, NetworkTerms terms, Prng prng) : Machine<ProviderEvent>
{
    /// <summary>
    /// Generations are remembered for this many tasks: more than can be under way towards one provider.
    /// </summary>
    private const int RecentTasksMax = 4_096;

    private readonly SortedDictionary<AttemptId, HeldLease> held = [];
    private readonly SortedDictionary<TaskId, ulong> generations = [];
    private readonly Queue<TaskId> recent = new();
    private readonly AskTable<ProviderAsk> asks = new(prng);
    private readonly SortedDictionary<AttemptId, Message.GrantLease> considered = [];
    private readonly SortedSet<OfferId> noted = [];
    private readonly SortedDictionary<OfferId, Amount> suggestions = [];
    private Instant beatAt = Instant.LongAgo;

    private enum AskKind : byte
    {
        Policy,
        Run,
        Sign,
        Stop,
    }

    private readonly record struct ProviderAsk(AskKind Kind, AttemptId Attempt) : IComparable<ProviderAsk>
    {
        public int CompareTo(ProviderAsk other) =>
            Kind != other.Kind ? Kind.CompareTo(other.Kind) : Attempt.CompareTo(other.Attempt);
    }

    public IEnumerable<HeldLease> Held => held.Values;

    public ValueList<Offer> Offers => offers;

    /// <summary>What the market suggests to ask for an offer; whether to follow is the owner's business.</summary>
    public Amount? SuggestedPrice(OfferId offer) => suggestions.TryGetValue(offer, out var price) ? price : null;

    /// <summary>What runs or is about to run on an offer right now.</summary>
    public DeviceLoad LoadOf(OfferId offer)
    {
        var load = default(DeviceLoad);
        foreach (var (_, lease) in held)
            if (lease.Lease.Offer == offer && lease.IsRunning) load = load.With(lease.Order.Order.Spec.Resources);
        foreach (var (_, grant) in considered)
            if (grant.Lease.Offer == offer) load = load.With(grant.Order.Order.Spec.Resources);
        return load;
    }

    public override void Receive(Instant now, Address from, Message message, Outbox outbox)
    {
        switch (message)
        {
            case Message.GrantLease grant: Consider(now, from, grant, outbox); break;
            case Message.ExtendLease extend: Extend(now, from, extend); break;
            case Message.AskReveal ask when Find(from, ask.Attempt)?.SignedReceipt is { } receipt:
                outbox.Send(from, new Message.RevealResult(ask.Attempt, receipt));
                break;
            case Message.AskReveal: break;
            case Message.CloseLease close: Close(from, close.Attempt, outbox); break;
            case Message.SuggestPrice suggest when from == scheduler:
                if (OfferOf(suggest.Offer) is not null) suggestions[suggest.Offer] = suggest.PricePerSecond;
                break;
            case Message.OfferNoted note when from == scheduler && OfferOf(note.Offer)?.Version == note.Version:
                noted.Add(note.Offer);
                break;
            case Message.Answered answered when from == self: Answer(now, answered, outbox); break;
            default: outbox.Note(NoteKind.UnexpectedMessage, default, from); break;
        }
        SetAlarm(now, outbox);
    }

    public override void Wake(Instant now, Outbox outbox)
    {
        if (now >= beatAt + Limits.HeartbeatEvery) Beat(now, outbox);
        foreach (var lease in new List<HeldLease>(held.Values))
        {
            if (lease.IsRunning && now >= lease.ExpiresAt) Drop(lease, outbox);
            else if (now >= lease.SpokeAt + PauseOf(lease)) Speak(now, lease, outbox);
        }
        SetAlarm(now, outbox);
    }

    public override void Resume(Instant now, Outbox outbox)
    {
        foreach (var (_, lease) in held)
        {
            // How much of the lease was left is not known: renew at once and hold on for one term at most.
            lease.ExpiresAt = now + Limits.LeaseTerm;
            if (lease.IsRunning) AskRun(lease, outbox);
            else if (lease.Receipt is not null && lease.Signature is null) AskSignature(lease, outbox);
            Speak(now, lease, outbox);
        }
        Beat(now, outbox);
        SetAlarm(now, outbox);
    }

    public override void DigestState(StateDigest digest)
    {
        foreach (var (attempt, lease) in held)
        {
            digest.Add(attempt);
            digest.Add(lease.Scheduler);
            digest.Add(lease.Salt);
            digest.Add(lease.Receipt?.Result ?? Digest.Zero);
            digest.Add(lease.Signature is not null);
            digest.Add(lease.Failure is not null);
        }
        foreach (var (task, generation) in generations)
        {
            digest.Add(task);
            digest.Add(generation);
        }
        foreach (var task in recent) digest.Add(task);
    }

    protected override void Apply(ProviderEvent happened)
    {
        switch (happened)
        {
            case ProviderEvent.LeaseTaken taken:
                Hold(new HeldLease(taken.Lease, taken.Order, taken.Scheduler));
                Remember(taken.Lease.Task, taken.Lease.Generation);
                break;
            case ProviderEvent.LeaseRestored restored:
                Hold(new HeldLease(restored.Lease, restored.Order, restored.Scheduler));
                break;
            case ProviderEvent.GenerationRestored restored: Remember(restored.Task, restored.Generation); break;
            case ProviderEvent.RunFinished finished:
                var lease = held[finished.Attempt];
                lease.Receipt = ReceiptOf(lease, finished);
                lease.Salt = finished.Salt;
                break;
            case ProviderEvent.ReceiptSigned signed: held[signed.Attempt].Signature = signed.Signature; break;
            case ProviderEvent.RunFailed failed:
                (held[failed.Attempt].Failure, held[failed.Attempt].FailureDetail) = (failed.Reason, failed.Detail);
                break;
            case ProviderEvent.LeaseEnded ended: held.Remove(ended.Attempt); break;
            default: throw new InvariantException("every provider event is known");
        }
    }

    protected override IEnumerable<ProviderEvent> Summary()
    {
        foreach (var task in recent) yield return new ProviderEvent.GenerationRestored(task, generations[task]);
        foreach (var (attempt, lease) in held)
        {
            yield return new ProviderEvent.LeaseRestored(lease.Lease, lease.Order, lease.Scheduler);
            if (lease.Receipt is { } receipt)
                yield return new ProviderEvent.RunFinished(
                    attempt, receipt.Result, receipt.Proof, receipt.RunTime, lease.Salt);
            if (lease.Signature is { } signature) yield return new ProviderEvent.ReceiptSigned(attempt, signature);
            if (lease.Failure is { } reason)
                yield return new ProviderEvent.RunFailed(attempt, reason, lease.FailureDetail);
        }
    }

    protected override byte[] Encode(ProviderEvent happened) => EngineWire.Encode(happened);

    protected override ProviderEvent Decode(ReadOnlySpan<byte> entry) => EngineWire.DecodeProviderEvent(entry);

    private Receipt ReceiptOf(HeldLease held, ProviderEvent.RunFinished finished) => new(
        finished.Attempt, held.Lease.Task, self, held.Lease.Offer,
        TypedData.SpecDigest(held.Order.Order.Spec), finished.Result, finished.Proof,
        held.Lease.ResumeFrom?.State ?? Digest.Zero, finished.RunTime);

    private void Hold(HeldLease lease) => held.Add(lease.Lease.Attempt, lease);

    private void Remember(TaskId task, ulong generation)
    {
        if (!generations.ContainsKey(task)) recent.Enqueue(task);
        generations[task] = Math.Max(generations.GetValueOrDefault(task), generation);
        if (recent.Count > RecentTasksMax) generations.Remove(recent.Dequeue());
    }

    private void Consider(Instant now, Address from, Message.GrantLease grant, Outbox outbox)
    {
        var lease = grant.Lease;
        if (held.TryGetValue(lease.Attempt, out var known))
        {
            if (known.Scheduler == from) outbox.Send(from, new Message.AcceptLease(lease.Attempt));
            return;
        }
        if (considered.ContainsKey(lease.Attempt)) return;
        if (RefusalOf(now, from, grant) is { } reason)
        {
            outbox.Send(from, new Message.RefuseLease(lease.Attempt, reason, ""));
            return;
        }
        considered.Add(lease.Attempt, grant);
        asks.Ask(new(AskKind.Policy, lease.Attempt), new Ask.CheckPolicy(lease, grant.Order), outbox);
    }

    private LeaseRefusal? RefusalOf(Instant now, Address from, Message.GrantLease grant)
    {
        var lease = grant.Lease;
        if (from != scheduler) return LeaseRefusal.Policy;
        if (lease.Provider != self || OfferOf(lease.Offer) is not { } offer) return LeaseRefusal.UnknownOffer;
        // The lease must be for the very order that the escrow holds money for.
        if (lease.Task != TypedData.TaskIdOf(terms.Domain, grant.Order.Order)) return LeaseRefusal.Policy;
        if (OrderChecks.Check(grant.Order.Order, terms, now) is not null) return LeaseRefusal.Policy;
        if (lease.PricePerSecond < offer.PricePerSecond) return LeaseRefusal.Policy;
        // An attempt that is not held any more was held before: its generation is not newer than what was seen.
        if (generations.TryGetValue(lease.Task, out var seen) && lease.Generation <= seen)
            return LeaseRefusal.StaleGeneration;
        var load = LoadOf(lease.Offer).With(grant.Order.Order.Spec.Resources);
        return load.Fits(offer.Hardware) ? null : LeaseRefusal.Busy;
    }

    private Offer? OfferOf(OfferId id)
    {
        foreach (var offer in offers)
            if (offer.Id == id) return offer;
        return null;
    }

    private void PolicyChecked(Instant now, AttemptId attempt, Protocol.Answer.PolicyChecked told, Outbox outbox)
    {
        if (!considered.Remove(attempt, out var grant)) return;
        if (!told.Allowed)
        {
            outbox.Send(scheduler, new Message.RefuseLease(attempt, LeaseRefusal.Policy, told.Detail));
            return;
        }
        Record(new ProviderEvent.LeaseTaken(grant.Lease, grant.Order, scheduler), outbox);
        var taken = held[attempt];
        taken.ExpiresAt = now + (grant.Lease.ExpiresAt - grant.Lease.GrantedAt);
        taken.SpokeAt = now;
        outbox.Send(scheduler, new Message.AcceptLease(attempt));
        AskRun(taken, outbox);
    }

    private void Extend(Instant now, Address from, Message.ExtendLease extend)
    {
        if (Find(from, extend.Attempt) is not { } lease) return;
        lease.ExpiresAt = now + Limits.LeaseTerm;
        lease.IsHeard = lease.SignedReceipt is not null;
    }

    private void Close(Address from, AttemptId attempt, Outbox outbox)
    {
        if (from != scheduler) return;
        if (considered.Remove(attempt)) asks.Drop(new(AskKind.Policy, attempt));
        if (Find(from, attempt) is { } lease) Drop(lease, outbox);
    }

    /// <summary>The lease is over: whatever still runs under it stops.</summary>
    private void Drop(HeldLease lease, Outbox outbox)
    {
        var attempt = lease.Lease.Attempt;
        asks.Drop(new(AskKind.Run, attempt));
        asks.Drop(new(AskKind.Sign, attempt));
        if (lease.IsRunning) asks.Ask(new(AskKind.Stop, attempt), new Ask.StopRun(attempt), outbox);
        Record(new ProviderEvent.LeaseEnded(attempt), outbox);
    }

    private void Answer(Instant now, Message.Answered answered, Outbox outbox)
    {
        if (answered.Answer is Protocol.Answer.RunProgressed progress)
        {
            // The run goes on: its question stays open.
            if (held.TryGetValue(progress.Attempt, out var running)) running.Checkpoint = progress.Checkpoint;
            return;
        }
        if (!asks.TryClose(answered.Ask, out var about)) return;
        switch (about.Kind, answered.Answer)
        {
            case (AskKind.Policy, Protocol.Answer.PolicyChecked told):
                PolicyChecked(now, about.Attempt, told, outbox);
                break;
            case (AskKind.Run, Protocol.Answer.RunDone done) when held.TryGetValue(about.Attempt, out var lease):
                RunDone(now, lease, done.Outcome, outbox);
                break;
            case (AskKind.Sign, Protocol.Answer.Signed signed) when held.TryGetValue(about.Attempt, out var lease):
                Record(new ProviderEvent.ReceiptSigned(about.Attempt, signed.Signature), outbox);
                Speak(now, lease, outbox);
                break;
        }
    }

    private void RunDone(Instant now, HeldLease lease, RunOutcome outcome, Outbox outbox)
    {
        var attempt = lease.Lease.Attempt;
        if (!lease.IsRunning) return;
        switch (outcome)
        {
            case RunOutcome.Done done:
                var salt = new Digest(prng.Next(), prng.Next(), prng.Next(), prng.Next());
                Record(new ProviderEvent.RunFinished(attempt, done.Result, done.Proof, done.RunTime, salt), outbox);
                AskSignature(lease, outbox);
                break;
            case RunOutcome.Failed failed:
                Record(new ProviderEvent.RunFailed(attempt, failed.Reason, failed.Detail), outbox);
                Speak(now, lease, outbox);
                break;
        }
    }

    private void AskRun(HeldLease lease, Outbox outbox) =>
        asks.Ask(new(AskKind.Run, lease.Lease.Attempt), new Ask.Run(lease.Lease, lease.Order), outbox);

    private void AskSignature(HeldLease lease, Outbox outbox) => asks.Ask(
        new(AskKind.Sign, lease.Lease.Attempt), new Ask.Sign(TypedData.Digest(terms.Domain, lease.Receipt!)), outbox);

    /// <summary>Says where the lease stands, again and again until the scheduler closes it.</summary>
    private void Speak(Instant now, HeldLease lease, Outbox outbox)
    {
        var attempt = lease.Lease.Attempt;
        lease.SpokeAt = now;
        Message word = (lease.Failure, lease.SignedReceipt) switch
        {
            ({ } reason, _) => new Message.FailAttempt(attempt, reason, lease.FailureDetail),
            (_, null) => new Message.RenewLease(attempt, lease.Checkpoint),
            (_, { } receipt) when lease.CommitsFirst => new Message.CommitResult(attempt, CommitmentOf(receipt)),
            (_, { } receipt) => new Message.RevealResult(attempt, receipt),
        };
        outbox.Send(lease.Scheduler, word);
    }

    private Digest CommitmentOf(SignedReceipt signed) =>
        TypedData.Commitment(TypedData.Digest(terms.Domain, signed.Receipt), signed.Salt);

    private static Duration PauseOf(HeldLease lease) =>
        lease.IsRunning || lease.IsHeard ? Limits.RenewEvery : Limits.ResendAfter;

    private void Beat(Instant now, Outbox outbox)
    {
        beatAt = now;
        foreach (var offer in offers)
        {
            if (noted.Contains(offer.Id)) outbox.Send(scheduler, new Message.Heartbeat(offer.Id, offer.Version));
            else outbox.Send(scheduler, new Message.PostOffer(offer));
        }
    }

    private HeldLease? Find(Address from, AttemptId attempt) =>
        held.TryGetValue(attempt, out var lease) && lease.Scheduler == from ? lease : null;

    private void SetAlarm(Instant now, Outbox outbox)
    {
        var next = Instant.Earlier(beatAt, now) + Limits.HeartbeatEvery;
        foreach (var (_, lease) in held)
        {
            if (lease.IsRunning) next = Instant.Earlier(next, lease.ExpiresAt);
            next = Instant.Earlier(next, lease.SpokeAt + PauseOf(lease));
        }
        outbox.WakeAt(next);
    }
}
