namespace Stun.Engine.Admission;

/// <summary>What a gateway's journal holds: nothing but who waits for which task.</summary>
[Wire]
public abstract record GatewayEvent
{
    private GatewayEvent() { }

    [Case(1)]
    public sealed record OrderTaken(Instant At, TaskId Task, SignedOrder Order, Address Requester)
        : GatewayEvent;

    [Case(2)] public sealed record OrderPassed(TaskId Task) : GatewayEvent;

    [Case(3)] public sealed record OrderEnded(TaskId Task) : GatewayEvent;
}

/// <summary>
/// The door: checks the form of an order, passes it on until the scheduler has it, and brings the answers back. It
/// decides nothing and is trusted with nothing: the order is signed, the result is named by its digest.
/// </summary>
public sealed class GatewayMachine(Address scheduler, NetworkTerms terms) : Machine<GatewayEvent>
{
    private readonly SortedDictionary<TaskId, Waiting> waiting = [];
    private readonly SortedSet<(Instant At, TaskId Task)> resends = [];
    private readonly SortedSet<(Instant At, TaskId Task)> expiries = [];

    private sealed class Waiting(Instant takenAt, SignedOrder order, Address requester)
    {
        public Instant TakenAt => takenAt;
        public SignedOrder Order => order;
        public Address Requester => requester;
        public bool IsPassed { get; set; }
        public Instant ResendAt { get; set; } = Instant.Never;
    }

    public int WaitingCount => waiting.Count;

    public override void Receive(Instant now, Address from, Message message, Outbox outbox)
    {
        switch (message)
        {
            case Message.SubmitTask submit: Submit(now, from, submit.Order, outbox); break;
            case Message.CancelTask cancel: outbox.Send(scheduler, cancel); break;
            case Message.TaskAccepted accepted when from == scheduler: Pass(accepted, outbox); break;
            case Message.TaskRefused refused when from == scheduler: End(refused.Task, refused, outbox); break;
            case Message.ResultReady ready when from == scheduler: Forward(ready.Task, ready, outbox); break;
            case Message.TaskEnded ended when from == scheduler:
                End(ended.Task, ended, outbox);
                outbox.Send(scheduler, new Message.EndNoted(ended.Task));
                break;
            default: outbox.Note(NoteKind.UnexpectedMessage, default, from); break;
        }
        SetAlarm(outbox);
    }

    public override void Wake(Instant now, Outbox outbox)
    {
        // The requester may have heard the end through another gateway; then nobody comes to fetch it here.
        while (expiries.Count > 0 && expiries.Min.At <= now)
            Record(new GatewayEvent.OrderEnded(expiries.Min.Task), outbox);
        while (resends.Count > 0 && resends.Min.At <= now)
        {
            var task = resends.Min.Task;
            Hand(now, task, waiting[task], outbox);
        }
        SetAlarm(outbox);
    }

    public override void Resume(Instant now, Outbox outbox)
    {
        foreach (var (task, order) in waiting)
            if (!order.IsPassed) Hand(now, task, order, outbox);
        SetAlarm(outbox);
    }

    public override void DigestState(StateDigest digest)
    {
        foreach (var (task, order) in waiting)
        {
            digest.Add(task);
            digest.Add(order.Requester);
            digest.Add(order.IsPassed);
        }
    }

    protected override void Apply(GatewayEvent happened)
    {
        switch (happened)
        {
            case GatewayEvent.OrderTaken taken:
                waiting.Add(taken.Task, new Waiting(taken.At, taken.Order, taken.Requester));
                expiries.Add((ExpiryOf(taken.Order), taken.Task));
                break;
            case GatewayEvent.OrderPassed passed:
                waiting[passed.Task].IsPassed = true;
                Rest(passed.Task, waiting[passed.Task]);
                break;
            case GatewayEvent.OrderEnded ended:
                Rest(ended.Task, waiting[ended.Task]);
                expiries.Remove((ExpiryOf(waiting[ended.Task].Order), ended.Task));
                waiting.Remove(ended.Task);
                break;
            default: throw new InvariantException("every gateway event is known");
        }
    }

    protected override IEnumerable<GatewayEvent> Summary()
    {
        foreach (var (task, order) in waiting)
        {
            yield return new GatewayEvent.OrderTaken(order.TakenAt, task, order.Order, order.Requester);
            if (order.IsPassed) yield return new GatewayEvent.OrderPassed(task);
        }
    }

    protected override byte[] Encode(GatewayEvent happened) => EngineWire.Encode(happened);

    protected override GatewayEvent Decode(ReadOnlySpan<byte> entry) => EngineWire.DecodeGatewayEvent(entry);

    private void Submit(Instant now, Address from, SignedOrder signed, Outbox outbox)
    {
        var task = TypedData.TaskIdOf(terms.Domain, signed.Order);
        if (waiting.TryGetValue(task, out var known))
        {
            // Asked again: whoever asks is told how it stands, by the one who knows.
            if (known.Requester == from) outbox.Send(scheduler, new Message.SubmitTask(signed));
            return;
        }
        if (OrderChecks.Check(signed.Order, terms, now) is { } refusal && refusal != Refusal.DeadlinePassed)
        {
            outbox.Send(from, new Message.TaskRefused(task, refusal));
            return;
        }
        if (waiting.Count >= Limits.OpenTasksMax)
        {
            outbox.Send(from, new Message.TaskRefused(task, Refusal.QueueFull));
            return;
        }
        Record(new GatewayEvent.OrderTaken(now, task, signed, from), outbox);
        Hand(now, task, waiting[task], outbox);
    }

    private void Pass(Message.TaskAccepted accepted, Outbox outbox)
    {
        if (!waiting.TryGetValue(accepted.Task, out var order)) return;
        if (!order.IsPassed) Record(new GatewayEvent.OrderPassed(accepted.Task), outbox);
        outbox.Send(order.Requester, accepted);
    }

    private void End(TaskId task, Message last, Outbox outbox)
    {
        Forward(task, last, outbox);
        if (waiting.ContainsKey(task)) Record(new GatewayEvent.OrderEnded(task), outbox);
    }

    private void Forward(TaskId task, Message message, Outbox outbox)
    {
        if (waiting.TryGetValue(task, out var order)) outbox.Send(order.Requester, message);
    }

    private void Hand(Instant now, TaskId task, Waiting order, Outbox outbox)
    {
        Rest(task, order);
        order.ResendAt = now + Limits.ResendAfter;
        resends.Add((order.ResendAt, task));
        outbox.Send(scheduler, new Message.SubmitTask(order.Order));
    }

    private void Rest(TaskId task, Waiting order)
    {
        if (order.ResendAt == Instant.Never) return;
        resends.Remove((order.ResendAt, task));
        order.ResendAt = Instant.Never;
    }

    private static Instant ExpiryOf(SignedOrder order) => order.Order.Deadline + Limits.WaitingKept;

    private void SetAlarm(Outbox outbox)
    {
        var resendAt = resends.Count == 0 ? Instant.Never : resends.Min.At;
        outbox.WakeAt(Instant.Earlier(resendAt, expiries.Count == 0 ? Instant.Never : expiries.Min.At));
    }
}
