using Stun.Engine.Placement;
using Stun.Engine.Scheduling;

namespace Stun.Node.Storage;

/// <summary>What one transaction knows of a task's row, and what it has to write of it.</summary>
internal sealed class TaskRow(TaskId id)
{
    public TaskId Id { get; } = id;

    public string Name { get; } = id.ToString();

    /// <summary>Null while nobody had to know.</summary>
    public bool? Exists { get; set; }

    public bool IsTouched { get; set; }

    /// <summary>Null for one that was not looked at.</summary>
    public string? State { get; set; }

    /// <summary>To be written whole; else only what follows is.</summary>
    public SchedulerEvent.OrderReceived? Received { get; set; }

    public string? Reason { get; set; }

    public long? QueuedAt { get; set; }

    public long? EndedAt { get; set; }

    public Verdict? Verdict { get; set; }

    public bool IsEnded { get; set; }

    public Instant? ReceivedAt { get; set; }

    /// <summary>Since when it waits, or has last waited, for a place.</summary>
    public Instant? WaitsFrom { get; set; }

    /// <summary>When its last result came.</summary>
    public Instant? DeliveredAt { get; set; }

    /// <summary>Whether what is not known of these times is not known at all.</summary>
    public bool AreTimesRead { get; set; }

    /// <summary>Those remembered of it; they go when it does.</summary>
    public List<AttemptId> Attempts { get; } = [];
}

/// <summary>As <see cref="TaskRow"/>, of an attempt.</summary>
internal sealed class AttemptRow(AttemptId id)
{
    public AttemptId Id { get; } = id;

    /// <summary>Null for an attempt that is in no row.</summary>
    public TaskRow? Task { get; set; }

    public Address Provider { get; set; }

    public Instant? GrantedAt { get; set; }

    /// <summary>When its provider was bound to a result: by its commitment, or by the result itself.</summary>
    public Instant? DeliveredAt { get; set; }

    /// <summary>Of the nodes of a gang the first speaks for all.</summary>
    public bool IsFirstOfGang { get; set; }

    /// <summary>As the providers' figures have it so far.</summary>
    public AttemptEnd End { get; set; }

    public bool IsTouched { get; set; }

    /// <summary>To be written whole; else only what follows is.</summary>
    public Lease? Granted { get; set; }

    public long? ClosedAt { get; set; }

    public string? Ending { get; set; }

    public string? Failure { get; set; }

    public string? Detail { get; set; }

    public Amount? Paid { get; set; }

    public SignedReceipt? Receipt { get; set; }
}

/// <summary>As <see cref="TaskRow"/>, of the verdict of one round.</summary>
internal sealed class VerdictRow
{
    public SignedVerdict? Verdict { get; set; }

    public long? PostedAt { get; set; }

    public long? PayableAt { get; set; }
}

/// <summary>
/// The rows of a shard's tasks that a transaction touches. A task goes through many states in one batch: each of its
/// rows is written once, at the end. What is under way is remembered from one transaction to the next.
/// </summary>
internal sealed class TaskRows(string shard)
{
    /// <summary>Remembered tasks and attempts, some 300 bytes each. What is forgotten is read again.</summary>
    private const int RememberedMax = 100_000;

    private readonly Dictionary<TaskId, TaskRow> tasks = [];
    private readonly Dictionary<AttemptId, AttemptRow> attempts = [];
    private readonly List<TaskRow> touchedTasks = [];
    private readonly List<AttemptRow> touchedAttempts = [];
    private readonly Dictionary<(TaskRow Task, ushort Round), VerdictRow> verdicts = [];
    private readonly RowSet history = new(TaskStatements.AddLine);
    private readonly RowSet settlements = new(TaskStatements.AddSettlement);
    private readonly RowSet newTasks = new(TaskStatements.PutTask);
    private readonly RowSet changedTasks = new(TaskStatements.ChangeTask);
    private readonly RowSet placements = new(TaskStatements.AddPlacement);
    private readonly RowSet newAttempts = new(TaskStatements.AddAttempt);
    private readonly RowSet changedAttempts = new(TaskStatements.ChangeAttempt);
    private readonly RowSet putVerdicts = new(TaskStatements.PutVerdict);

    private RowSet[] AllSets =>
        [newTasks, changedTasks, placements, newAttempts, changedAttempts, putVerdicts, settlements, history];

    public TaskRow this[TaskId id]
    {
        get
        {
            if (!tasks.TryGetValue(id, out var row)) tasks.Add(id, row = new TaskRow(id));
            return row;
        }
    }

    public string NameOf(TaskId id) => tasks.TryGetValue(id, out var row) ? row.Name : id.ToString();

    /// <summary>For a change: it will be written.</summary>
    public TaskRow Change(TaskId id)
    {
        var row = this[id];
        if (row.IsTouched) return row;
        row.IsTouched = true;
        touchedTasks.Add(row);
        return row;
    }

    /// <summary>Whether there is such a task in this shard; from then on its state is known.</summary>
    public bool Has(SqlText sql, TaskRow row)
    {
        if (row.Exists is { } known && (!known || row.State is not null)) return known;
        var state = sql.First("SELECT state FROM tasks WHERE id = @id AND shard = @shard",
            found => found.GetString(0), ("@id", row.Name), ("@shard", shard));
        row.State ??= state;
        row.Exists = state is not null;
        return state is not null;
    }

    public AttemptRow Attempt(SqlText sql, AttemptId id)
    {
        if (attempts.TryGetValue(id, out var row)) return row;
        attempts.Add(id, row = new AttemptRow(id));
        var known = sql.First("""
            SELECT task, provider, ending, granted_at, delivered_at, rank FROM attempts
            WHERE shard = @shard AND id = @id
            """,
            found => new
            {
                Task = SqlValue.TaskId(found, 0),
                Provider = SqlValue.Address(found, 1),
                End = SqlValue.TextOrNull(found, 2),
                Granted = SqlValue.Instant(found, 3),
                Delivered = SqlValue.InstantOrNull(found, 4),
                IsFirst = found.GetInt64(5) == 0,
            }, ("@shard", shard), ("@id", SqlValue.Of(id.Value)));
        if (known is null) return row;
        (row.Provider, row.End) = (known.Provider, Enum.Parse<AttemptEnd>(known.End ?? nameof(AttemptEnd.Running)));
        (row.GrantedAt, row.DeliveredAt, row.IsFirstOfGang) = (known.Granted, known.Delivered, known.IsFirst);
        Join(row, known.Task);
        return row;
    }

    /// <summary>The row, with the times that were written and are not remembered.</summary>
    public TaskRow ReadTimes(SqlText sql, TaskRow row)
    {
        if (row.AreTimesRead) return row;
        row.AreTimesRead = true;
        var known = sql.First(
            """
            SELECT submitted_at, queued_at,
                (SELECT MAX(closed_at) FROM attempts WHERE task = @id AND ending = 'Finished')
            FROM tasks WHERE id = @id AND shard = @shard
            """,
            found => new
            {
                Received = SqlValue.Instant(found, 0),
                Queued = SqlValue.InstantOrNull(found, 1),
                Delivered = SqlValue.InstantOrNull(found, 2),
            }, ("@id", row.Name), ("@shard", shard));
        row.ReceivedAt ??= known?.Received;
        row.WaitsFrom ??= known?.Queued;
        row.DeliveredAt ??= known?.Delivered;
        return row;
    }

    /// <summary>What an attempt delivered; null for nothing.</summary>
    public Digest? ResultOf(SqlText sql, AttemptRow attempt)
    {
        var receipt = attempt.Receipt ?? sql.First(
            "SELECT receipt FROM attempts WHERE shard = @shard AND id = @id AND receipt IS NOT NULL",
            found => ProtocolWire.DecodeSignedReceipt(SqlValue.Bytes(found, 0)),
            ("@shard", shard), ("@id", SqlValue.Of(attempt.Id.Value)));
        return receipt?.Receipt.Result;
    }

    /// <summary>As <see cref="Attempt"/>, for a change; null where there is nothing to change.</summary>
    public AttemptRow? Change(SqlText sql, AttemptId id)
    {
        var row = Attempt(sql, id);
        if (row.Task is null) return null;
        Touch(row);
        return row;
    }

    public void Add(TaskId task, Lease lease)
    {
        var row = new AttemptRow(lease.Attempt)
        {
            Granted = lease,
            Provider = lease.Provider,
            GrantedAt = lease.GrantedAt,
            IsFirstOfGang = lease.Rank == 0,
        };
        attempts[lease.Attempt] = row;
        Join(row, task);
        Touch(row);
    }

    /// <summary>The leases of a placement follow one another: the first and their number name them all.</summary>
    public void Place(TaskId task, ulong generation, ValueList<Lease> leases, Shortlist shortlist) => placements.Add(
        shard, SqlValue.Of(generation), NameOf(task), leases[0].GrantedAt.Micros,
        SqlValue.Of(leases[0].Attempt.Value), (long)leases.Count, EngineWire.Encode(shortlist));

    public VerdictRow Verdict(TaskRow task, ushort round)
    {
        if (!verdicts.TryGetValue((task, round), out var row)) verdicts.Add((task, round), row = new VerdictRow());
        return row;
    }

    public void Settle(
        TaskRow task, Instant at, byte[]? settlement, Amount held, Amount refund, Amount treasury, Amount creator) =>
        settlements.Add(shard, task.Name, at.Micros, settlement, SqlValue.Of(held), SqlValue.Of(refund),
            SqlValue.Of(treasury), SqlValue.Of(creator));

    public void Line(string task, long seq, Instant at, string kind, string about, string detail) =>
        history.Add(shard, task, seq, at.Micros, kind, about, detail);

    /// <summary>Writes what was touched.</summary>
    public void Flush(SqlText sql)
    {
        foreach (var row in touchedTasks) Gather(row);
        foreach (var row in touchedAttempts) Gather(row);
        foreach (var ((task, round), row) in verdicts)
            putVerdicts.Add(shard, task.Name, (long)round,
                row.Verdict is { } verdict ? ProtocolWire.Encode(verdict) : null, row.PostedAt, row.PayableAt);
        foreach (var rows in AllSets) sql.Write(rows);
        touchedTasks.Clear();
        touchedAttempts.Clear();
        verdicts.Clear();
        if (tasks.Count + attempts.Count > RememberedMax) Forget();
    }

    /// <summary>Somebody else has written, or the transaction has failed: what is remembered may be wrong.</summary>
    public void Forget()
    {
        tasks.Clear();
        attempts.Clear();
        touchedTasks.Clear();
        touchedAttempts.Clear();
        verdicts.Clear();
        foreach (var rows in AllSets) rows.Clear();
    }

    private void Join(AttemptRow attempt, TaskId task)
    {
        attempt.Task = this[task];
        attempt.Task.Attempts.Add(attempt.Id);
    }

    private void Touch(AttemptRow row)
    {
        if (row.IsTouched) return;
        row.IsTouched = true;
        touchedAttempts.Add(row);
    }

    private void Gather(TaskRow row)
    {
        var result = row.Verdict is { } verdict ? SqlValue.Of(verdict.Result) : null;
        if (row.Received is { } received)
        {
            var order = received.Order.Order;
            var (kind, work) = WorkOf(order);
            newTasks.Add(row.Name, shard, order.Requester.ToString(), received.Gateway.ToString(), row.State,
                row.Reason, kind, work.ToString(), SqlValue.Of(order.PriceLimit), received.At.Micros, row.QueuedAt,
                row.EndedAt, order.Deadline.Micros, SqlValue.Of(order.IdempotencyKey),
                order.Spec.Verification.GetType().Name, result, (long?)row.Verdict?.CheatPassPpb,
                ProtocolWire.Encode(received.Order));
        }
        else
            changedTasks.Add(row.Name, shard, row.State, row.Reason, row.QueuedAt, row.EndedAt, result,
                (long?)row.Verdict?.CheatPassPpb);
        (row.IsTouched, row.Received, row.Reason, row.Verdict) = (false, null, null, null);
        (row.QueuedAt, row.EndedAt) = (null, null);
        // Of one that has ended little more is heard.
        if (!row.IsEnded) return;
        tasks.Remove(row.Id);
        foreach (var attempt in row.Attempts) attempts.Remove(attempt);
    }

    private void Gather(AttemptRow row)
    {
        var (time, receipt) = row.Receipt is { } signed
            ? ((long?)signed.Receipt.RunTime.Micros, ProtocolWire.Encode(signed))
            : (null, null);
        var paid = row.Paid is { } amount ? SqlValue.Of(amount) : null;
        if (row.Granted is { } lease)
            newAttempts.Add(shard, SqlValue.Of(lease.Attempt.Value), row.Task!.Name, lease.Provider.ToString(),
                SqlValue.Of(lease.Offer.Value), (long)lease.Replica, (long)lease.Rank, lease.GrantedAt.Micros,
                row.ClosedAt, row.Ending, row.Failure, row.Detail, SqlValue.Of(lease.PriceCap), paid, time, receipt,
                row.DeliveredAt?.Micros);
        else
            changedAttempts.Add(shard, SqlValue.Of(row.Id.Value), row.ClosedAt, row.Ending, row.Failure, row.Detail,
                paid, time, receipt, row.DeliveredAt?.Micros);
        (row.IsTouched, row.Granted, row.Receipt, row.Paid) = (false, null, null, null);
        (row.ClosedAt, row.Ending, row.Failure, row.Detail) = (null, null, null, null);
    }

    internal static (string Kind, Digest Work) WorkOf(TaskOrder order) => order.Spec.Work switch
    {
        Work.Image image => ("image", image.Digest),
        Work.Model model => ("model", model.Digest),
        Work.ServedImage image => ("served-image", image.Digest),
        Work.ServedModel model => ("served-model", model.Digest),
        Work.Proof proof => ("proof", proof.Statement),
        Work.Attestation attestation => ("attestation", attestation.Challenge),
        _ => throw new InvariantException("every kind of work is known to the read model"),
    };
}
