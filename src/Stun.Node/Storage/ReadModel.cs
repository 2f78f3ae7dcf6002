using System.Buffers.Binary;
using Stun.Engine.Scheduling;

namespace Stun.Node.Storage;

/// <summary>
/// What has happened in a shard, as tables that can be asked. Fed with the journal behind everything else, so nothing
/// on the way of a task waits for it. It can be emptied and fed again from the beginning at any time.
/// </summary>
/// <param name="shard">Several shards may share one database; each has its own place in its own journal.</param>
/// <param name="scheduler">Whose records of the journal are meant; those of other roles are passed over.</param>
public sealed class ReadModel(NodeDatabase database, string shard, Address scheduler, NetworkTerms terms)
{
    private const int EventsPerRecordMax = 1 << 20;

    /// <summary>The line of the task or the offer, and one of what it means for a provider.</summary>
    private const int LinesPerEventMax = 2;

    /// <summary>Rises with every <see cref="Clear"/>, whoever does it, and is never cleared itself.</summary>
    private const string ClearedName = "cleared";

    private const string EscrowNextName = "escrow-next";
    private readonly Lock gate = new();
    private readonly TaskRows tasks = new(shard);
    private readonly AccountRows accounts = new();
    private readonly StatisticsRows statistics = new();
    private readonly ProviderRows providers = new(shard);

    /// <summary>Kept for good: once the journal has been cut nothing else has them.</summary>
    private readonly RowSet blobs = new(TaskStatements.KeepBlob);

    private Mark mark;

    /// <summary>Where the database stood when the last transaction ended.</summary>
    private readonly record struct Mark(long Cleared, ulong Applied, ulong EscrowNext);

    private string AppliedName => "applied/" + shard;

    private string ClockName => "clock/" + shard;

    public ReadModelQueries Queries { get; } = new(database);

    /// <summary>What is older need not be given again.</summary>
    public ulong AppliedPosition => (ulong)database.Read(sql => Value(sql, AppliedName));

    /// <summary>
    /// Takes in records in the order of the journal, in one transaction: all of them and the position, or nothing.
    /// What was taken in before is passed over.
    /// </summary>
    /// <returns>The position reached.</returns>
    public ulong Project(IReadOnlyList<JournalRecord> records)
    {
        lock (gate)
        {
            try
            {
                return database.Write(sql => Project(sql, records));
            }
            catch
            {
                // Nobody can say whether it was committed.
                Forget();
                throw;
            }
        }
    }

    /// <summary>
    /// Forgets all that was taken in from this shard. Balances belong to all shards that share the database: they go
    /// with the last one.
    /// </summary>
    public void Clear() => database.Write(sql =>
    {
        Lock(sql);
        foreach (var table in ReadModelSchema.DerivedByShard)
            sql.Execute($"DELETE FROM {table} WHERE shard = @shard", ("shard", shard));
        sql.Execute("DELETE FROM meta WHERE name = @applied OR name = @clock",
            ("applied", AppliedName), ("clock", ClockName));
        Set(sql, ClearedName, Value(sql, ClearedName) + 1);
        if (sql.Long("SELECT COUNT(*) FROM meta WHERE name LIKE 'applied/%'") > 0) return 0;
        foreach (var table in ReadModelSchema.DerivedByNetwork)
            sql.Execute($"DELETE FROM {table}");
        sql.Execute("DELETE FROM meta WHERE name <> @cleared", ("cleared", ClearedName));
        return 0;
    });

    /// <summary>Is told every event that is taken in for the first time, before its transaction ends.</summary>
    public event Action<long, SchedulerEvent> Taken = (_, _) => { };

    private ulong Project(SqlText sql, IReadOnlyList<JournalRecord> records)
    {
        Lock(sql);
        var applied = (ulong)Value(sql, AppliedName);
        Recall(new Mark(Value(sql, ClearedName), applied, (ulong)Value(sql, EscrowNextName)));
        var escrow = new EscrowProjection(sql, tasks, accounts, terms, mark.EscrowNext);
        var projection = new Projection(sql, shard, tasks, escrow, new Instant(Value(sql, ClockName)));
        var counting = new StatisticsProjection(sql, shard, tasks, statistics);
        var market = new ProviderProjection(sql, shard, tasks, providers, counting, terms);
        escrow.FollowedOnce += counting.FollowOnce;
        escrow.FollowedOnce += market.FollowOnce;
        var each = (long seq, SchedulerEvent happened) =>
        {
            projection.Apply(seq, happened);
            counting.Apply(projection.Clock, happened);
            market.Apply(seq + 1, projection.Clock, happened);
        };
        foreach (var record in records)
        {
            if (record.Position <= applied) continue;
            applied = record.Position;
            if (record.Role == scheduler) Apply(each, record);
            else if (record.Role == SmallBlobs.Owner)
                blobs.Add(SqlValue.Of(SmallBlobs.DigestOf(record.Frame.Span)), (long)record.Position,
                    record.Frame.ToArray());
        }
        tasks.Flush(sql);
        accounts.Flush(sql);
        statistics.Flush(sql);
        providers.Flush(sql);
        sql.Write(blobs);
        Set(sql, AppliedName, (long)applied);
        Set(sql, ClockName, projection.Clock.Micros);
        if (escrow.Next != mark.EscrowNext) Set(sql, EscrowNextName, (long)escrow.Next);
        mark = mark with { Applied = applied, EscrowNext = escrow.Next };
        return applied;
    }

    /// <summary>What is remembered holds while nobody else has gone on from where the last transaction ended.</summary>
    private void Recall(Mark found)
    {
        if (found.Cleared != mark.Cleared) Forget();
        if (found.Applied != mark.Applied) tasks.Forget();
        if (found.EscrowNext != mark.EscrowNext) accounts.Forget();
        if (found.Applied != mark.Applied || found.EscrowNext != mark.EscrowNext) ForgetFigures();
        mark = found;
    }

    private void Forget()
    {
        tasks.Forget();
        accounts.Forget();
        ForgetFigures();
        blobs.Clear();
    }

    private void ForgetFigures()
    {
        statistics.Forget();
        providers.Forget();
    }

    private void Apply(Action<long, SchedulerEvent> project, JournalRecord record)
    {
        if (!JournalFrame.TryRead(record.Frame.Span, out _, out var body, out _))
            throw new StorageException("journal.damaged", $"The frame at position {record.Position} is not whole.",
                "Restore the journal from a copy.");
        for (var number = 0L; !body.IsEmpty; number++)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(body);
            var happened = EngineWire.DecodeSchedulerEvent(body.Slice(4, length));
            var position = checked(((long)record.Position * EventsPerRecordMax + number) * LinesPerEventMax);
            project(position, happened);
            Taken(position, happened);
            body = body[(4 + length)..];
        }
    }

    /// <summary>Makes those who write take turns, in a database that would let them write side by side.</summary>
    private static void Lock(SqlText sql) =>
        sql.Execute("""
            INSERT INTO meta (name, value) VALUES ('turn', 1)
            ON CONFLICT (name) DO UPDATE SET value = meta.value + 1
            """);

    internal static long Value(SqlText sql, string name) =>
        sql.Long("SELECT value FROM meta WHERE name = @name", ("name", name));

    internal static void Set(SqlText sql, string name, long value) =>
        sql.Execute("""
            INSERT INTO meta (name, value) VALUES (@name, @value)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """, ("name", name), ("value", value));
}
