using System.Data.Common;
using System.Globalization;

namespace Stun.Node.Storage;

/// <summary>Questions to the read model. They see whole batches only.</summary>
public sealed class ReadModelQueries
{
    public const int LimitMax = 200;

    private const string TaskColumns = """
        id, shard, requester, gateway, state, reason, work_kind, work, price_limit, submitted_at, queued_at, ended_at,
        deadline, idempotency_key, verification, result, cheat_pass_ppb, order_bytes
        """;

    private readonly NodeDatabase database;

    internal ReadModelQueries(NodeDatabase database) => this.database = database;

    public StoredTask? FindTask(TaskId task) => database.Read(sql =>
        sql.First($"SELECT {TaskColumns} FROM tasks WHERE id = @id", Task, ("id", task.ToString())));

    /// <summary>A refused order has used up no key: the one that was taken comes first.</summary>
    public StoredTask? FindByKey(Address requester, ulong idempotencyKey) => database.Read(sql => sql.First(
        $"""
        SELECT {TaskColumns} FROM tasks WHERE requester = @requester AND idempotency_key = @key
        ORDER BY CASE WHEN state = 'refused' THEN 1 ELSE 0 END, submitted_at DESC
        """, Task, ("requester", requester.ToString()), ("key", SqlValue.Of(idempotencyKey))));

    /// <summary>Newest first.</summary>
    public Page<StoredTask> ListTasks(TaskFilter filter)
    {
        List<string> conditions = [];
        List<(string, object?)> values = [("limit", (long)Limit(filter.Limit) + 1)];
        Add(filter.Requester is not null, "requester = @requester", ("requester", filter.Requester?.ToString()));
        Add(filter.State is not null, "state = @state", ("state", filter.State));
        Add(filter.Since is not null, "submitted_at >= @since", ("since", filter.Since?.Micros));
        Add(filter.Until is not null, "submitted_at < @until", ("until", filter.Until?.Micros));
        if (filter.Cursor is { } cursor)
        {
            var parts = CursorParts(cursor, 2);
            if (!long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var at))
                throw BadCursor(cursor);
            conditions.Add("(submitted_at < @at OR (submitted_at = @at AND id < @id))");
            values.AddRange([("at", at), ("id", parts[1])]);
        }
        var where = conditions.Count == 0 ? "" : "WHERE " + string.Join(" AND ", conditions);
        var rows = database.Read(sql => sql.List(
            $"SELECT {TaskColumns} FROM tasks {where} ORDER BY submitted_at DESC, id DESC LIMIT @limit",
            Task, [.. values]));
        return Cut(rows, filter.Limit, task => $"{task.SubmittedAt.Micros}.{task.Id}");

        void Add(bool isAsked, string condition, (string, object?) value)
        {
            if (!isAsked) return;
            conditions.Add(condition);
            values.Add(value);
        }
    }

    public byte[]? FindSmallBlob(Digest digest) => database.Read(sql => sql.First(
        "SELECT content FROM small_blobs WHERE digest = @digest", row => SqlValue.Bytes(row, 0),
        ("digest", SqlValue.Of(digest))));

    public Address? ProviderOf(string shard, AttemptId attempt) => database.Read(sql => sql.First(
        "SELECT provider FROM attempts WHERE shard = @shard AND id = @id",
        row => new { Provider = SqlValue.Address(row, 0) },
        ("shard", shard), ("id", SqlValue.Of(attempt.Value))))?.Provider;

    public IReadOnlyList<StoredAttempt> Attempts(TaskId task) => database.Read(sql => sql.List("""
        SELECT id, task, provider, offer, replica, rank, granted_at, closed_at, ending, failure, detail, price_cap,
            paid, run_time, receipt
        FROM attempts WHERE task = @task ORDER BY id
        """,
        row => new StoredAttempt(
            new AttemptId(SqlValue.Unsigned(row, 0)), SqlValue.TaskId(row, 1), SqlValue.Address(row, 2),
            new OfferId(SqlValue.Unsigned(row, 3)), (ushort)row.GetInt64(4), (byte)row.GetInt64(5),
            SqlValue.Instant(row, 6), SqlValue.InstantOrNull(row, 7), SqlValue.TextOrNull(row, 8),
            SqlValue.TextOrNull(row, 9), SqlValue.TextOrNull(row, 10), SqlValue.Amount(row, 11),
            SqlValue.AmountOrNull(row, 12), row.IsDBNull(13) ? null : new Duration(row.GetInt64(13)),
            SqlValue.BytesOrNull(row, 14) is { } receipt ? ProtocolWire.DecodeSignedReceipt(receipt) : null),
        ("task", task.ToString())));

    /// <summary>Oldest first. Of what was placed before their candidates were kept there are none.</summary>
    public IReadOnlyList<StoredPlacement> Placements(TaskId task) => database.Read(sql => sql.List(
        """
        SELECT generation, at, first_attempt, attempts, shortlist
        FROM placements WHERE task = @task ORDER BY generation
        """,
        row => new StoredPlacement(
            SqlValue.Unsigned(row, 0), SqlValue.Instant(row, 1), new AttemptId(SqlValue.Unsigned(row, 2)),
            (int)row.GetInt64(3), EngineWire.DecodeShortlist(SqlValue.Bytes(row, 4))),
        ("task", task.ToString())));

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<HistoryLine> History(TaskId task) => database.Read(sql => sql.List(
        "SELECT seq, at, kind, about, detail FROM task_history WHERE task = @task ORDER BY seq",
        row => new HistoryLine(
            row.GetInt64(0), SqlValue.Instant(row, 1), row.GetString(2), row.GetString(3), row.GetString(4)),
        ("task", task.ToString())));

    /// <summary>Of the last round.</summary>
    public StoredVerdict? Verdict(TaskId task) => Verdicts(task) is [var last, ..] ? last : null;

    /// <summary>Of all rounds, the last one first.</summary>
    public IReadOnlyList<StoredVerdict> Verdicts(TaskId task) => database.Read(sql => sql.List("""
        SELECT round, verdict, posted_at, payable_at FROM verdicts WHERE task = @task ORDER BY round DESC
        """,
        row => new StoredVerdict(
            task, (ushort)row.GetInt64(0),
            SqlValue.BytesOrNull(row, 1) is { } verdict ? ProtocolWire.DecodeSignedVerdict(verdict) : null,
            SqlValue.InstantOrNull(row, 2), SqlValue.InstantOrNull(row, 3)),
        ("task", task.ToString())));

    public StoredSettlement? Settlement(TaskId task) => database.Read(sql => sql.First("""
        SELECT at, settlement, held, refund, treasury, creator FROM settlements WHERE task = @task
        """,
        row => new StoredSettlement(
            task, SqlValue.Instant(row, 0),
            SqlValue.BytesOrNull(row, 1) is { } settlement ? ProtocolWire.DecodeSettlement(settlement) : null,
            SqlValue.Amount(row, 2), SqlValue.Amount(row, 3), SqlValue.Amount(row, 4), SqlValue.Amount(row, 5)),
        ("task", task.ToString())));

    /// <summary>The batch in which this line goes to the chain; null while it is in none.</summary>
    public StoredBatch? BatchOf(Digest line) => database.Read(sql => BatchRows.Find(sql, line));

    /// <summary>The same of a task.</summary>
    public StoredBatch? BatchOf(TaskId task) => database.Read(sql => BatchRows.FindOf(sql, task));

    /// <param name="index">Of the line that is meant.</param>
    public StoredBatch? Batch(ulong number, int index) => database.Read(sql => BatchRows.Find(sql, number, index));

    /// <summary>Whose lines a batch has, in their order.</summary>
    public IReadOnlyList<TaskId> TasksOfBatch(ulong number) => database.Read(sql => BatchRows.Tasks(sql, number));

    /// <summary>What is on offer, cheapest first.</summary>
    public Page<StoredOffer> ListOffers(OfferFilter filter)
    {
        List<string> conditions = ["withdrawn_at IS NULL"];
        List<(string, object?)> values = [("limit", (long)Limit(filter.Limit) + 1)];
        foreach (var (column, value) in ((string, string?)[])
            [("provider", filter.Provider?.ToString()), ("region", filter.Region), ("gpu_model", filter.GpuModel)])
        {
            if (value is null) continue;
            conditions.Add($"{column} = @{column}");
            values.Add((column, value));
        }
        if (filter.Cursor is { } cursor)
        {
            var parts = CursorParts(cursor, 3);
            if (!long.TryParse(parts[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id))
                throw BadCursor(cursor);
            conditions.Add("""
                (price > @price OR (price = @price AND (provider > @from OR (provider = @from AND id > @id))))
                """);
            values.AddRange([("price", parts[0]), ("from", parts[1]), ("id", id)]);
        }
        var rows = database.Read(sql => sql.List(
            $"""
            SELECT provider, id, version, price, region, gpu_model, gpu_count, gpu_memory_mib, compute_capability,
                cpu_millis, memory_mib, disk_mib, posted_at, withdrawn_at
            FROM offers WHERE {string.Join(" AND ", conditions)} ORDER BY price, provider, id LIMIT @limit
            """, Offer, [.. values]));
        return Cut(rows, filter.Limit,
            offer => $"{SqlValue.Of(offer.PricePerSecond)}.{offer.Provider}.{SqlValue.Of(offer.Id.Value)}");
    }

    /// <summary>Null for one that the escrow's log never named.</summary>
    public StoredAccount? Account(Address address) => database.Read(sql => Account(sql, address));

    internal static StoredAccount? Account(SqlText sql, Address address) => sql.First(
        "SELECT balance, held, stake, unbonding FROM accounts WHERE address = @address",
        row => new StoredAccount(
            address, SqlValue.Amount(row, 0), SqlValue.Amount(row, 1), SqlValue.Amount(row, 2),
            SqlValue.Amount(row, 3)),
        ("address", address.ToString()));

    /// <summary>Of tasks submitted from one instant on and before another.</summary>
    public UsageSum Usage(Address requester, Instant from, Instant to) => database.Read(sql =>
    {
        const string Which = "tasks.requester = @requester AND submitted_at >= @from AND submitted_at < @to";
        ReadOnlySpan<(string, object?)> values =
            [("requester", requester.ToString()), ("from", from.Micros), ("to", to.Micros)];
        var states = sql.List($"SELECT state, COUNT(*) FROM tasks WHERE {Which} GROUP BY state ORDER BY state",
            row => (State: row.GetString(0), Count: row.GetInt64(1)), values);
        var micros = sql.Long($"""
            SELECT CAST(COALESCE(SUM(run_time), 0) AS BIGINT) FROM attempts JOIN tasks ON tasks.id = attempts.task
            WHERE {Which}
            """, values);
        // Added up here: neither database adds numbers of 39 digits in text.
        var paid = Amount.Zero;
        foreach (var part in sql.List(
            $"SELECT held, refund FROM settlements JOIN tasks ON tasks.id = settlements.task WHERE {Which}",
            row => SqlValue.Amount(row, 0) - SqlValue.Amount(row, 1), values)) paid += part;
        return new UsageSum(
            new SortedDictionary<string, long>(states.ToDictionary(item => item.State, item => item.Count)),
            micros / 1_000_000, paid);
    });

    private static StoredTask Task(DbDataReader row) => new(
        SqlValue.TaskId(row, 0), row.GetString(1), SqlValue.Address(row, 2), SqlValue.Address(row, 3), row.GetString(4),
        SqlValue.TextOrNull(row, 5), row.GetString(6), SqlValue.DigestOrNull(row, 7)!.Value, SqlValue.Amount(row, 8),
        SqlValue.Instant(row, 9), SqlValue.InstantOrNull(row, 10), SqlValue.InstantOrNull(row, 11),
        SqlValue.Instant(row, 12), SqlValue.Unsigned(row, 13), row.GetString(14), SqlValue.DigestOrNull(row, 15),
        row.IsDBNull(16) ? null : (uint)row.GetInt64(16), ProtocolWire.DecodeSignedOrder(SqlValue.Bytes(row, 17)));

    private static StoredOffer Offer(DbDataReader row) => new(
        SqlValue.Address(row, 0), new OfferId(SqlValue.Unsigned(row, 1)), (uint)row.GetInt64(2),
        SqlValue.Amount(row, 3), row.GetString(4),
        new Hardware(
            row.GetString(5) is { Length: > 0 } model ? GpuModel.Parse(model) : GpuModel.Any, (ushort)row.GetInt64(6),
            (uint)row.GetInt64(7), (ushort)row.GetInt64(8), (uint)row.GetInt64(9), (uint)row.GetInt64(10),
            (uint)row.GetInt64(11)),
        SqlValue.Instant(row, 12), SqlValue.InstantOrNull(row, 13));

    private static int Limit(int asked) => Math.Clamp(asked, 1, LimitMax);

    private static Page<T> Cut<T>(List<T> rows, int asked, Func<T, string> cursor)
    {
        var limit = Limit(asked);
        if (rows.Count <= limit) return new Page<T>(rows, null);
        rows.RemoveRange(limit, rows.Count - limit);
        return new Page<T>(rows, cursor(rows[^1]));
    }

    private static string[] CursorParts(string cursor, int count)
    {
        var parts = cursor.Split('.');
        return parts.Length == count ? parts : throw BadCursor(cursor);
    }

    private static StorageException BadCursor(string cursor) => new("query.bad-cursor",
        $"'{cursor}' is not where a page ended.", "Give the cursor as the last page gave it, or none to begin anew.");
}
