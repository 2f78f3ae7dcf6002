using Stun.Engine.Scheduling;

namespace Stun.Node.Storage;

/// <summary>Turns the events of one scheduler into rows: each case says what it changes and leaves a line.</summary>
internal sealed class Projection(
    SqlText sql, string shard, TaskRows tasks, EscrowProjection escrow, Instant clock)
{
    private long seq;

    /// <summary>The latest time that an event carried: events without one happened then, as far as is known.</summary>
    public Instant Clock { get; private set; } = clock;

    public void Apply(long number, SchedulerEvent happened)
    {
        seq = number;
        switch (happened)
        {
            case SchedulerEvent.OrderReceived received: Receive(received); break;
            case SchedulerEvent.OrderDropped dropped:
                State(dropped.Task, "refused");
                Line(dropped.Task, "refused", "", "the order was refused after its checks");
                break;
            case SchedulerEvent.OrderAdmitted admitted:
                State(admitted.Task, "holding");
                Line(admitted.Task, "admitted", "", "the order is its requester's; its price limit is to be held");
                break;
            case SchedulerEvent.TaskQueued queued:
                Queue(queued.At, queued.Task, "queued", "waits for a provider");
                break;
            case SchedulerEvent.TaskPlaced placed: Place(placed); break;
            case SchedulerEvent.LeaseAccepted accepted:
                LineOf(accepted.Attempt, "accepted", "the provider has accepted the lease");
                break;
            case SchedulerEvent.LeaseExtended { Checkpoint: { } checkpoint } extended:
                LineOf(extended.Attempt, "checkpoint",
                    $"{checkpoint.ProgressPpm / 10_000}% done, state {checkpoint.State}");
                break;
            case SchedulerEvent.LeaseExtended: break;
            case SchedulerEvent.ResultCommitted committed:
                LineOf(committed.Attempt, "committed", $"bound to a result by {committed.Commitment}");
                break;
            case SchedulerEvent.ResultRevealed revealed: Reveal(revealed); break;
            case SchedulerEvent.AttemptClosed closed: Close(closed); break;
            case SchedulerEvent.CancelAsked cancel: Line(cancel.Task, "cancel-asked", "", "by its requester"); break;
            case SchedulerEvent.JudgingOpened opened: Judge(opened); break;
            case SchedulerEvent.VoteCounted counted:
                Line(counted.Task, "vote", counted.Vote.Validator.ToString(), $"for {counted.Vote.Verdict.Outcome}");
                break;
            case SchedulerEvent.VerdictFormed formed: Form(formed); break;
            case SchedulerEvent.EscrowFollowed followed: Follow(followed); break;
            case SchedulerEvent.TaskEnded ended: End(ended); break;
            case SchedulerEvent.EndDelivered delivered:
                Line(delivered.Task, "told", "", "the gateway knows the end");
                break;
            case SchedulerEvent.TaskForgotten: break;
            case SchedulerEvent.OfferPosted posted: Post(posted.Offer); break;
            case SchedulerEvent.OfferWithdrawn withdrawn: Withdraw(withdrawn); break;
            case SchedulerEvent.ReplicaAdded added:
                Queue(added.At, added.Task, "replica-added",
                    "what was delivered does not agree: one more is to run it");
                break;
            case SchedulerEvent.PlacementRefused refused: Refuse(refused); break;
            case SchedulerEvent.OfferSilent silent: Happened(silent.At); break;
            case SchedulerEvent.OfferHeard heard: Happened(heard.At); break;
            default: throw new InvariantException("every scheduler event is known to the read model");
        }
    }

    private void Receive(SchedulerEvent.OrderReceived received)
    {
        Happened(received.At);
        var order = received.Order.Order;
        var (kind, work) = TaskRows.WorkOf(order);
        // The same order may come again after it was refused.
        var task = tasks.Change(received.Task);
        (task.Received, task.State, task.Reason, task.Exists) = (received, "checking", null, true);
        Line(received.Task, "received", received.Gateway.ToString(), $"up to {order.PriceLimit} for {kind} {work}");
    }

    private void Queue(Instant at, TaskId task, string kind, string detail)
    {
        Happened(at);
        State(task, "queued").QueuedAt = at.Micros;
        Line(task, kind, "", detail);
    }

    private void Place(SchedulerEvent.TaskPlaced placed)
    {
        State(placed.Task, "running");
        foreach (var lease in placed.Leases)
        {
            Happened(lease.GrantedAt);
            tasks.Add(placed.Task, lease);
        }
        if (placed.Shortlist is { } shortlist)
            tasks.Place(placed.Task, placed.Generation, placed.Leases, shortlist);
        // One number for several lines would not do: the leases of a gang share one.
        var about = string.Join(' ', placed.Leases.Select(lease => lease.Attempt.ToString()));
        var where = string.Join(", ", placed.Leases.Select(lease =>
            $"{lease.Provider} offer {lease.Offer} at {lease.PricePerSecond}/s"));
        Line(placed.Task, "placed", about, $"generation {placed.Generation} on {where}");
    }

    private void Reveal(SchedulerEvent.ResultRevealed revealed)
    {
        Happened(revealed.At);
        if (tasks.Change(sql, revealed.Attempt) is { } attempt)
            (attempt.ClosedAt, attempt.Ending, attempt.Receipt) = (revealed.At.Micros, "Finished", revealed.Receipt);
        LineOf(revealed.Attempt, "finished", $"result {revealed.Receipt.Receipt.Result}");
    }

    private void Close(SchedulerEvent.AttemptClosed closed)
    {
        Happened(closed.At);
        // "Refused, Policy: images: not on the list"
        var why = closed.Failure?.ToString() ?? closed.Refusal?.ToString();
        var detail = string.Join(": ", ((string?[])[why, closed.Detail]).Where(word => !string.IsNullOrEmpty(word)));
        if (tasks.Change(sql, closed.Attempt) is { } attempt)
        {
            (attempt.ClosedAt, attempt.Ending) = (closed.At.Micros, SqlValue.Of(closed.End));
            (attempt.Failure, attempt.Detail) = (closed.Failure?.ToString(), detail);
        }
        LineOf(closed.Attempt, "closed", detail.Length == 0 ? $"{closed.End}" : $"{closed.End}, {detail}");
    }

    private void Judge(SchedulerEvent.JudgingOpened opened)
    {
        State(opened.Task, "judging");
        var because = opened.Reason == EndReason.None ? "" : $" ({opened.Reason})";
        Line(opened.Task, "judging", $"round {opened.Round}",
            $"the validators are asked about {opened.Outcome}{because}");
    }

    private void Form(SchedulerEvent.VerdictFormed formed)
    {
        var verdict = formed.Verdict.Verdict;
        var task = State(formed.Task, "posting");
        task.Verdict = verdict;
        tasks.Verdict(task, verdict.Round).Verdict = formed.Verdict;
        Line(formed.Task, "verdict", $"round {verdict.Round}",
            $"{verdict.Outcome}, signed by {formed.Verdict.Signatures.Count}");
    }

    private void Follow(SchedulerEvent.EscrowFollowed followed)
    {
        Happened(followed.At);
        if (escrow.Follow(followed) is { } line && tasks.Has(sql, tasks[line.Task]))
            Line(line.Task, line.Kind, line.About, line.Detail);
    }

    private void End(SchedulerEvent.TaskEnded ended)
    {
        Happened(ended.At);
        // Lower case: the words of the interface.
        var state = ended.State switch
        {
            FinalState.Complete => "complete",
            FinalState.Cancelled => "cancelled",
            _ => "failed",
        };
        var task = State(ended.Task, state);
        (task.Reason, task.EndedAt, task.IsEnded) = (SqlValue.Of(ended.Reason), ended.At.Micros, true);
        Line(ended.Task, state, "", ended.Reason.ToString());
    }

    private void Refuse(SchedulerEvent.PlacementRefused refused)
    {
        Happened(refused.At);
        var counts = string.Join(", ", refused.Counts.Select(count => $"{count.Offers} for {count.Reason}"));
        Line(refused.Task, "no-place", "", counts.Length == 0 ? "there are no offers" : $"offers refused: {counts}");
    }

    private void Post(Offer offer)
    {
        var hardware = offer.Hardware;
        sql.Execute("""
            INSERT INTO offers (shard, provider, id, version, price, region, gpu_model, gpu_count, gpu_memory_mib,
                compute_capability, cpu_millis, memory_mib, disk_mib, posted_at, capability)
            VALUES (@shard, @provider, @id, @version, @price, @region, @model, @count, @gpumemory, @capability, @cpu,
                @memory, @disk, @at, @record)
            ON CONFLICT (shard, provider, id) DO UPDATE SET version = excluded.version, price = excluded.price,
                region = excluded.region, gpu_model = excluded.gpu_model, gpu_count = excluded.gpu_count,
                gpu_memory_mib = excluded.gpu_memory_mib, compute_capability = excluded.compute_capability,
                cpu_millis = excluded.cpu_millis, memory_mib = excluded.memory_mib, disk_mib = excluded.disk_mib,
                posted_at = excluded.posted_at, capability = excluded.capability, withdrawn_at = NULL, silent_at = NULL
            """,
            ("shard", shard), ("provider", offer.Provider.ToString()), ("id", SqlValue.Of(offer.Id.Value)),
            ("version", (long)offer.Version), ("price", SqlValue.Of(offer.PricePerSecond)),
            ("region", offer.Region.ToString()), ("model", hardware.GpuModel.ToString()),
            ("count", (long)hardware.GpuCount), ("gpumemory", (long)hardware.GpuMemoryMiB),
            ("capability", (long)hardware.ComputeCapability), ("cpu", (long)hardware.CpuMillis),
            ("memory", (long)hardware.MemoryMiB), ("disk", (long)hardware.DiskMiB), ("at", Clock.Micros),
            ("record", RecordOf(offer)));
        Line(default, "offer-posted", $"{offer.Provider} {offer.Id}", $"{offer.PricePerSecond}/s in {offer.Region}");
    }

    /// <summary>The blob that says what its provider measured of the machine; null for none.</summary>
    private static string? RecordOf(Offer offer)
    {
        foreach (var attestation in offer.Attestations)
            if (attestation is { Kind: AttestationKind.CapabilityRecord, Evidence.IsZero: false })
                return SqlValue.Of(attestation.Evidence);
        return null;
    }

    private void Withdraw(SchedulerEvent.OfferWithdrawn withdrawn)
    {
        sql.Execute("""
            UPDATE offers SET withdrawn_at = @at WHERE shard = @shard AND provider = @provider AND id = @id
            """,
            ("at", Clock.Micros), ("shard", shard), ("provider", withdrawn.Provider.ToString()),
            ("id", SqlValue.Of(withdrawn.Offer.Value)));
        Line(default, "offer-withdrawn", $"{withdrawn.Provider} {withdrawn.Offer}", "");
    }

    private TaskRow State(TaskId task, string state)
    {
        var row = tasks.Change(task);
        row.State = state;
        return row;
    }

    private void LineOf(AttemptId attempt, string kind, string detail)
    {
        if (tasks.Attempt(sql, attempt).Task is { } task)
            tasks.Line(task.Name, seq, Clock, kind, attempt.ToString(), detail);
    }

    /// <param name="task">Zero for what is of no task.</param>
    private void Line(TaskId task, string kind, string about, string detail) =>
        tasks.Line(tasks.NameOf(task), seq, Clock, kind, about, detail);

    private void Happened(Instant at)
    {
        if (at > Clock) Clock = at;
    }
}

/// <param name="About">What of the task it is about: an attempt, a validator, a round.</param>
internal sealed record TaskLine(TaskId Task, string Kind, string About, string Detail);
