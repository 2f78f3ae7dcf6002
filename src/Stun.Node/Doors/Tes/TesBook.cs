using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Stun.Node.Gateway;
using Stun.Node.Storage;

namespace Stun.Node.Doors.Tes;

/// <param name="Images">Of each executor, with its digest.</param>
/// <param name="Notes">For the requester: warnings, and why it ended as it did.</param>
/// <param name="Prepared">The manifest of what lies in the directories at the beginning, once it is all here.</param>
internal sealed record TesEntry(
    string Id, Address Owner, string State, Instant CreatedAt, Instant? EndedAt, TesTask Task,
    IReadOnlyList<string> Images, IReadOnlyList<string> Notes, Digest? Prepared, IReadOnlyList<TesKept> Outputs);

/// <summary>An executor that has become a task.</summary>
/// <param name="Result">Null until there is one; it and what follows come together.</param>
internal sealed record TesStep(
    int Number, SignedOrder Order, TaskId Task, Digest? Result, int? ExitCode, Instant? BeganAt, Instant? EndedAt);

/// <param name="Tags">In pairs; an empty value stands for any.</param>
internal sealed record TesFilter(
    Address? Owner, string? NamePrefix, string? State, IReadOnlyList<(string Key, string Value)> Tags, string? Token,
    int Limit)
{
    /// <summary>Without documents: what comes has an id, a state, an owner and a time.</summary>
    public bool IsBrief { get; init; }
}

/// <summary>
/// What the door has taken in and how far it is. It is written before anything is answered or ordered, so that a node
/// that ends in the middle goes on in its next life, and orders nothing twice.
/// </summary>
internal sealed class TesBook
{
    private const string Columns =
        "id, owner, state, created_at, ended_at, document, images, notes, prepared, outputs";

    private const string BriefColumns = "id, owner, state, created_at";

    private static readonly TesTask NoDocument = new();

    private static readonly SchemaSteps Schema = new("tes",
    [
        """
        CREATE TABLE tes_tasks (
            id TEXT PRIMARY KEY, gateway TEXT NOT NULL, owner TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL,
            created_at BIGINT NOT NULL, ended_at BIGINT NULL, document TEXT NOT NULL, images TEXT NOT NULL,
            notes TEXT NOT NULL, prepared TEXT NULL, outputs TEXT NOT NULL);
        CREATE INDEX tes_tasks_by_owner ON tes_tasks (owner, created_at, id);
        CREATE INDEX tes_tasks_by_time ON tes_tasks (created_at, id);
        CREATE TABLE tes_tags (task TEXT NOT NULL, tag TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (task, tag));
        CREATE TABLE tes_steps (
            task TEXT NOT NULL, step BIGINT NOT NULL, signed BYTES NOT NULL, ordered TEXT NOT NULL, result TEXT NULL,
            exit_code BIGINT NULL, began_at BIGINT NULL, ended_at BIGINT NULL, PRIMARY KEY (task, step));
        """,
    ]);

    private readonly NodeDatabase database;

    public TesBook(NodeDatabase database)
    {
        this.database = database;
        using var connection = database.Open();
        Schema.Apply(connection, database.Dialect);
    }

    public void Add(TesEntry entry, Address gateway) => database.WriteDurably(sql =>
    {
        sql.Execute("""
            INSERT INTO tes_tasks (id, gateway, owner, name, state, created_at, document, images, notes, outputs)
            VALUES (@id, @gateway, @owner, @name, @state, @now, @document, @images, @notes, '[]')
            """,
            ("id", entry.Id), ("gateway", gateway.ToString()), ("owner", entry.Owner.ToString()),
            ("name", entry.Task.Name ?? ""), ("state", entry.State), ("now", entry.CreatedAt.Micros),
            ("document", JsonSerializer.Serialize(entry.Task, TesJson.Default.TesTask)),
            ("images", Text(entry.Images)), ("notes", Text(entry.Notes)));
        foreach (var (tag, value) in entry.Task.Tags ?? new Dictionary<string, string?>())
            sql.Execute("INSERT INTO tes_tags (task, tag, value) VALUES (@task, @tag, @value)",
                ("task", entry.Id), ("tag", tag), ("value", value));
        return 1;
    });

    public TesEntry? Find(string id) => database.Read(sql => sql.First(
        $"SELECT {Columns} FROM tes_tasks WHERE id = @id", Read, ("id", id)));

    /// <summary>Those of this gateway that have not ended.</summary>
    public IReadOnlyList<(string Id, Address Owner)> Open(Address gateway) => database.Read(sql => sql.List(
        "SELECT id, owner FROM tes_tasks WHERE gateway = @gateway AND ended_at IS NULL ORDER BY created_at, id",
        row => (row.GetString(0), SqlValue.Address(row, 1)), ("gateway", gateway.ToString())));

    /// <summary>Null where there is no such task.</summary>
    public string? StateOf(string id) => database.Read(sql => sql.First(
        "SELECT state FROM tes_tasks WHERE id = @id", row => row.GetString(0), ("id", id)));

    /// <summary>Newest first.</summary>
    public Page<TesEntry> List(TesFilter filter)
    {
        List<string> conditions = [];
        List<(string, object?)> values = [("limit", filter.Limit + 1L)];
        if (filter.Owner is { } owner) Add("owner = @owner", ("owner", owner.ToString()));
        if (filter.State is { } state) Add("state = @state", ("state", state));
        if (filter.NamePrefix is { Length: > 0 } prefix)
        {
            Add("SUBSTR(name, 1, @letters) = @prefix", ("prefix", prefix));
            values.Add(("letters", prefix.EnumerateRunes().Count()));
        }
        foreach (var (index, (tag, value)) in filter.Tags.Index())
        {
            Add($"EXISTS (SELECT 1 FROM tes_tags WHERE task = tes_tasks.id AND tag = @tag{index}"
                + (value.Length == 0 ? ")" : $" AND value = @value{index})"), ($"tag{index}", tag));
            if (value.Length > 0) values.Add(($"value{index}", value));
        }
        if (filter.Token is { } token)
        {
            var (at, id) = TokenOf(token);
            Add("(created_at < @at OR (created_at = @at AND id < @after))", ("at", at));
            values.Add(("after", id));
        }
        var where = conditions.Count == 0 ? "" : "WHERE " + string.Join(" AND ", conditions);
        var rows = database.Read(sql => sql.List(
            $"SELECT {(filter.IsBrief ? BriefColumns : Columns)} FROM tes_tasks {where} "
            + "ORDER BY created_at DESC, id DESC LIMIT @limit",
            (Func<DbDataReader, TesEntry>)(filter.IsBrief ? ReadBrief : Read), [.. values]));
        if (rows.Count <= filter.Limit) return new Page<TesEntry>(rows, null);
        rows.RemoveRange(filter.Limit, rows.Count - filter.Limit);
        return new Page<TesEntry>(rows, $"{rows[^1].CreatedAt.Micros}.{rows[^1].Id}");

        void Add(string condition, (string, object?) value)
        {
            conditions.Add(condition);
            values.Add(value);
        }
    }

    /// <summary>What has ended stays as it is, and what is called off goes nowhere but to its end.</summary>
    /// <returns>Whether it is so now.</returns>
    public bool Move(string id, string state) => database.WriteDurably(sql => sql.Execute("""
        UPDATE tes_tasks SET state = @state WHERE id = @id AND ended_at IS NULL AND state <> 'CANCELING'
        """, ("state", state), ("id", id))) == 1;

    public void End(
        string id, string state, Instant now, IReadOnlyList<string> notes, IReadOnlyList<TesKept> outputs) =>
        database.WriteDurably(sql => sql.Execute("""
            UPDATE tes_tasks SET state = @state, ended_at = @now, notes = @notes, outputs = @outputs
            WHERE id = @id AND ended_at IS NULL
            """,
            ("state", state), ("now", now.Micros), ("notes", Text(notes)),
            ("outputs", JsonSerializer.Serialize(outputs, TesJson.Default.IReadOnlyListTesKept)), ("id", id)));

    public void Prepare(string id, Digest prepared) => database.WriteDurably(sql => sql.Execute(
        "UPDATE tes_tasks SET prepared = @prepared WHERE id = @id",
        ("prepared", prepared.ToString()), ("id", id)));

    public void Begin(string id, int step, SignedOrder order, TaskId task) =>
        database.WriteDurably(sql => sql.Execute("""
        INSERT INTO tes_steps (task, step, signed, ordered) VALUES (@task, @step, @signed, @ordered)
        """,
        ("task", id), ("step", (long)step), ("signed", ProtocolWire.Encode(order)), ("ordered", task.ToString())));

    public void Finish(string id, TesStep step) => database.WriteDurably(sql => sql.Execute("""
        UPDATE tes_steps SET result = @result, exit_code = @code, began_at = @began, ended_at = @ended
        WHERE task = @task AND step = @step
        """,
        ("result", step.Result?.ToString()), ("code", (long?)step.ExitCode), ("began", step.BeganAt?.Micros),
        ("ended", step.EndedAt?.Micros), ("task", id), ("step", (long)step.Number)));

    public IReadOnlyList<TesStep> Steps(string id) => database.Read(sql => sql.List("""
        SELECT step, signed, ordered, result, exit_code, began_at, ended_at FROM tes_steps
        WHERE task = @task ORDER BY step
        """,
        row => new TesStep(
            (int)row.GetInt64(0), ProtocolWire.DecodeSignedOrder(SqlValue.Bytes(row, 1)), SqlValue.TaskId(row, 2),
            SqlValue.DigestOrNull(row, 3), row.IsDBNull(4) ? null : (int)row.GetInt64(4),
            SqlValue.InstantOrNull(row, 5), SqlValue.InstantOrNull(row, 6)),
        ("task", id)));

    private static string Text(IReadOnlyList<string> lines) =>
        JsonSerializer.Serialize(lines, TesJson.Default.IReadOnlyListString);

    private static (long At, string Id) TokenOf(string token)
    {
        var dot = token.IndexOf('.');
        return dot > 0
            && long.TryParse(token.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            ? (at, token[(dot + 1)..])
            : throw new ApiException("tes.invalid", "page_token: is none that was given out here");
    }

    private static TesEntry ReadBrief(DbDataReader row) => new(
        row.GetString(0), SqlValue.Address(row, 1), row.GetString(2), SqlValue.Instant(row, 3), null, NoDocument,
        [], [], null, []);

    private static TesEntry Read(DbDataReader row) => new(
        row.GetString(0), SqlValue.Address(row, 1), row.GetString(2), SqlValue.Instant(row, 3),
        SqlValue.InstantOrNull(row, 4), JsonSerializer.Deserialize(row.GetString(5), TesJson.Default.TesTask)!,
        Lines(row.GetString(6)), Lines(row.GetString(7)), SqlValue.DigestOrNull(row, 8),
        JsonSerializer.Deserialize(row.GetString(9), TesJson.Default.IReadOnlyListTesKept)!);

    private static IReadOnlyList<string> Lines(string text) =>
        JsonSerializer.Deserialize(text, TesJson.Default.IReadOnlyListString)!;
}
