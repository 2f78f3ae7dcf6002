namespace Stun.Node.Storage;

/// <param name="Position">Rises from event to event; where a follower goes on.</param>
/// <param name="Requester">Whose task it is; null for what concerns everybody, as offers do.</param>
public sealed record LoggedEvent(
    long Position, Instant At, TaskId? Task, Address? Requester, string Kind, string About, string Detail);

/// <summary>All that happened in a shard, in one order.</summary>
public sealed class EventLog(NodeDatabase database, string shard)
{
    public const int PageMax = 500;

    /// <param name="requester">Null for everybody's.</param>
    public IReadOnlyList<LoggedEvent> Read(long after, long upTo, Address? requester) => database.Read(sql =>
    {
        var only = requester is null ? "" : "AND (tasks.requester IS NULL OR tasks.requester = @requester)";
        return sql.List(
            $"""
            SELECT seq, at, task_history.task, tasks.requester, kind, about, detail
            FROM task_history LEFT JOIN tasks ON tasks.id = task_history.task
            WHERE task_history.shard = @shard AND seq > @after AND seq <= @upto {only}
            ORDER BY seq LIMIT {PageMax}
            """,
            row =>
            {
                var task = SqlValue.TaskId(row, 2);
                return new LoggedEvent(
                    row.GetInt64(0), SqlValue.Instant(row, 1), task == default ? null : task,
                    row.IsDBNull(3) ? null : SqlValue.Address(row, 3), row.GetString(4), row.GetString(5),
                    row.GetString(6));
            },
            ("shard", shard), ("after", after), ("upto", upTo), ("requester", requester?.ToString()));
    });

    /// <summary>The newest position; zero when nothing has happened.</summary>
    public long Newest => database.Read(sql =>
        sql.Long("SELECT COALESCE(MAX(seq), 0) FROM task_history WHERE shard = @shard", ("shard", shard)));
}
