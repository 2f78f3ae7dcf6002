using System.Data.Common;
using Stun.Node.Storage;

namespace Stun.Node.Doors.OpenAi;

/// <param name="State">As the specification calls it.</param>
/// <param name="Input">The id of a file.</param>
/// <param name="Faults">Why its input was refused, as JSON.</param>
internal sealed record StoredBatch(
    string Id, Address Account, string KeyId, string Role, string Endpoint, string Input, string Window,
    string? Metadata, string State, Instant CreatedAt, Instant ExpiresAt)
{
    public Instant? BegunAt { get; init; }
    public Instant? CancelledAt { get; init; }
    public Instant? EndedAt { get; init; }
    public long Total { get; init; }
    public long Completed { get; init; }
    public long Failed { get; init; }
    public string? Output { get; init; }
    public string? Errors { get; init; }
    public string? Faults { get; init; }

    public bool IsOpen => State is "validating" or "in_progress" or "finalizing" or "cancelling";
}

/// <summary>How a batch ended, with the ids of the files about it.</summary>
internal sealed record BatchEnd(string State, string? Output, string? Errors, string? Faults);

/// <summary>Batches, and the answers that they have already. A line that is here is never asked again.</summary>
/// <param name="home">The gateway that took them in; each runs its own.</param>
internal sealed class BatchBook(NodeDatabase database, Address home)
{
    private const string Columns = "id, account, api_key, role, endpoint, input, window_text, metadata, state, "
        + "created_at, expires_at, begun_at, cancelled_at, ended_at, total, completed, failed, output, errors, faults";

    public void Add(StoredBatch batch) => database.WriteDurably(sql => sql.Execute(
        $"""
        INSERT INTO model_batches (home, {Columns})
        VALUES (@home, @id, @account, @key, @role, @endpoint, @input, @window, @metadata, @state, @created, @expires,
            NULL, NULL, NULL, 0, 0, 0, NULL, NULL, NULL)
        """,
        ("home", home.ToString()), ("id", batch.Id), ("account", batch.Account.ToString()), ("key", batch.KeyId),
        ("role", batch.Role), ("endpoint", batch.Endpoint), ("input", batch.Input), ("window", batch.Window),
        ("metadata", batch.Metadata), ("state", batch.State), ("created", batch.CreatedAt.Micros),
        ("expires", batch.ExpiresAt.Micros)));

    public StoredBatch? Find(string id, Address account) => database.Read(sql => sql.First(
        $"SELECT {Columns} FROM model_batches WHERE id = @id AND account = @account", Read,
        ("id", id), ("account", account.ToString())));

    public IReadOnlyList<StoredBatch> List(Address account, StoredBatch? after, int limit) =>
        database.Read(sql => sql.List(
            $"""
            SELECT {Columns} FROM model_batches WHERE account = @account
                AND (created_at < @at OR (created_at = @at AND id < @after))
            ORDER BY created_at DESC, id DESC LIMIT @limit
            """, Read,
            ("account", account.ToString()), ("at", after?.CreatedAt.Micros ?? long.MaxValue),
            ("after", after?.Id ?? ""), ("limit", limit)));

    /// <summary>This gateway's that have not ended, the oldest first.</summary>
    public IReadOnlyList<StoredBatch> ListOpen(int limit) => database.Read(sql => sql.List(
        $"""
        SELECT {Columns} FROM model_batches
        WHERE home = @home AND state IN ('validating', 'in_progress', 'finalizing', 'cancelling')
        ORDER BY created_at, id LIMIT @limit
        """, Read, ("home", home.ToString()), ("limit", limit)));

    public long OpenCount(Address account) => database.Read(sql => sql.Long(
        """
        SELECT COUNT(*) FROM model_batches WHERE account = @account
            AND state IN ('validating', 'in_progress', 'finalizing', 'cancelling')
        """, ("account", account.ToString())));

    public void Begin(string id, long total, Instant now) => database.WriteDurably(sql => sql.Execute(
        """
        UPDATE model_batches SET state = 'in_progress', total = @total, begun_at = @now
        WHERE id = @id AND state = 'validating'
        """, ("id", id), ("total", total), ("now", now.Micros)));

    public void Refuse(string id, string faults, Instant now) => database.WriteDurably(sql => sql.Execute(
        "UPDATE model_batches SET state = 'failed', faults = @faults, ended_at = @now WHERE id = @id",
        ("id", id), ("faults", faults), ("now", now.Micros)));

    public bool Cancel(string id, Instant now) => database.WriteDurably(sql => sql.Execute(
        """
        UPDATE model_batches SET state = 'cancelling', cancelled_at = @now
        WHERE id = @id AND state IN ('validating', 'in_progress')
        """, ("id", id), ("now", now.Micros))) == 1;

    public string? StateOf(string id) => database.Read(sql => sql.First(
        "SELECT state FROM model_batches WHERE id = @id", row => row.GetString(0), ("id", id)));

    public HashSet<long> Answered(string id) => database.Read(sql => sql.List(
        "SELECT line FROM model_batch_lines WHERE batch = @id", row => row.GetInt64(0), ("id", id))).ToHashSet();

    /// <returns>False where there is an answer already, which stays.</returns>
    public bool Answer(string id, long line, bool isError, ReadOnlyMemory<byte> said) => database.WriteDurably(sql =>
    {
        var isNew = sql.Execute(
            """
            INSERT INTO model_batch_lines (batch, line, is_error, said) VALUES (@id, @line, @error, @said)
            ON CONFLICT (batch, line) DO NOTHING
            """, ("id", id), ("line", line), ("error", isError ? 1L : 0L), ("said", said.ToArray())) == 1;
        if (isNew)
            sql.Execute(isError
                ? "UPDATE model_batches SET failed = failed + 1 WHERE id = @id"
                : "UPDATE model_batches SET completed = completed + 1 WHERE id = @id", ("id", id));
        return isNew;
    });

    /// <summary>How long the answers are, in their order.</summary>
    public IReadOnlyList<long> Sizes(string id, bool isError, long after, int limit) =>
        database.Read(sql => sql.List(
            """
            SELECT CAST(LENGTH(said) AS BIGINT) FROM model_batch_lines
            WHERE batch = @id AND is_error = @error AND line > @after ORDER BY line LIMIT @limit
            """, row => row.GetInt64(0),
            ("id", id), ("error", isError ? 1L : 0L), ("after", after), ("limit", limit)));

    public IReadOnlyList<(long Line, byte[] Said)> Lines(string id, bool isError, long after, int limit) =>
        database.Read(sql => sql.List(
            """
            SELECT line, said FROM model_batch_lines
            WHERE batch = @id AND is_error = @error AND line > @after ORDER BY line LIMIT @limit
            """, row => (row.GetInt64(0), SqlValue.Bytes(row, 1)),
            ("id", id), ("error", isError ? 1L : 0L), ("after", after), ("limit", limit)));

    public void End(string id, BatchEnd end, Instant now) =>
        database.WriteDurably(sql =>
        {
            sql.Execute(
                """
                UPDATE model_batches SET state = @state, output = @output, errors = @errors, faults = @faults,
                    ended_at = @now
                WHERE id = @id
                """,
                ("id", id), ("state", end.State), ("output", end.Output), ("errors", end.Errors),
                ("faults", end.Faults), ("now", now.Micros));
            return sql.Execute("DELETE FROM model_batch_lines WHERE batch = @id", ("id", id));
        });

    private static StoredBatch Read(DbDataReader row) => new(
        row.GetString(0), SqlValue.Address(row, 1), row.GetString(2), row.GetString(3), row.GetString(4),
        row.GetString(5), row.GetString(6), SqlValue.TextOrNull(row, 7), row.GetString(8), SqlValue.Instant(row, 9),
        SqlValue.Instant(row, 10))
    {
        BegunAt = SqlValue.InstantOrNull(row, 11),
        CancelledAt = SqlValue.InstantOrNull(row, 12),
        EndedAt = SqlValue.InstantOrNull(row, 13),
        Total = row.GetInt64(14),
        Completed = row.GetInt64(15),
        Failed = row.GetInt64(16),
        Output = SqlValue.TextOrNull(row, 17),
        Errors = SqlValue.TextOrNull(row, 18),
        Faults = SqlValue.TextOrNull(row, 19),
    };
}
