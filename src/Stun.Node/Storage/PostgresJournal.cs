using System.Globalization;
using System.Runtime.CompilerServices;
using Npgsql;

namespace Stun.Node.Storage;

/// <summary>
/// A shard's journal in PostgreSQL, for nodes that take over from each other. What waits is written as one statement,
/// which moves the end of the journal under the fence of the lease and adds the records, or does neither.
/// </summary>
public sealed class PostgresJournal : IJournal
{
    private readonly NpgsqlDataSource source;
    private readonly string shard;
    private readonly long epoch;
    private readonly WaitingGroup line = new();
    private readonly PostgresJournalWriter journalWriter;
    private Thread? writer;
    private StorageException? failure;
    private bool isRead;
    private ulong durable;

    private PostgresJournal(ShardLease lease, TimeSpan patience)
    {
        source = lease.Source;
        shard = lease.Shard;
        epoch = lease.Epoch;
        journalWriter = new PostgresJournalWriter(source, shard, epoch, patience);
    }

    /// <summary>Ten seconds: a restart of the database, or the switch to its standby, is waited for.</summary>
    public static TimeSpan PatienceDefault { get; } = TimeSpan.FromSeconds(10);

    public long WaitingBytes => line.Bytes;

    /// <param name="lease">Acquired. It stays the caller's.</param>
    public static PostgresJournal Open(ShardLease lease) => Open(lease, PatienceDefault);

    /// <param name="patience">How long a database that does not answer is asked again.</param>
    public static PostgresJournal Open(ShardLease lease, TimeSpan patience)
    {
        Invariant.Require(lease.Epoch > 0, "a journal is opened under a lease that is held");
        return new PostgresJournal(lease, patience);
    }

    public async IAsyncEnumerable<JournalRecord> ReadAsync(
        ulong after, [EnumeratorCancellation] CancellationToken cancel)
    {
        Invariant.Require(!isRead, "a journal is read once");
        await using var connection = await source.OpenConnectionAsync(cancel);
        // The acquisition of the lease waited for the old holder's last write, so the end stands still from here on.
        var last = await EndAsync(connection, cancel);
        var reached = after;
        await using var command = new NpgsqlCommand("""
            SELECT position, role, frame FROM journal_records WHERE shard = $1 AND position > $2 ORDER BY position
            """, connection);
        command.Parameters.AddWithValue(shard);
        command.Parameters.AddWithValue((long)after);
        command.CommandTimeout = 0;
        await using (var reader = await command.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel))
            {
                var position = (ulong)reader.GetInt64(0);
                if (position != reached + 1) throw reached == after ? Forgotten(after, position) : Hole(reached);
                reached = position;
                var role = Address.Read(reader.GetFieldValue<byte[]>(1));
                yield return new JournalRecord(position, role, reader.GetFieldValue<byte[]>(2));
            }
        if (reached < last) throw reached == after ? Forgotten(after, last + 1) : Hole(reached);
        durable = last;
        journalWriter.StartAfter(last);
        line.StartAfter(last);
        isRead = true;
    }

    public void Start(Action<ulong> durable, Action<Exception> failed)
    {
        Invariant.Require(isRead && writer is null, "a journal is read to its end and then started once");
        writer = new Thread(() => Write(durable, failed)) { Name = "journal", IsBackground = true };
        writer.Start();
    }

    public ulong Append(Address role, ReadOnlyMemory<byte> frame)
    {
        Invariant.Require(isRead, "a journal is read to its end before anything is appended");
        if (Volatile.Read(ref failure) is { } failed) throw failed.Again();
        return line.Add(role, frame.Span);
    }

    public async Task WriteSnapshotAsync(
        ulong position, IReadOnlyList<(Address Role, byte[] Entries)> roles, CancellationToken cancel)
    {
        Invariant.Require(position <= Volatile.Read(ref durable), "a snapshot covers only what is durable");
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await FenceAsync(connection, cancel);
        await RunAsync(connection, "DELETE FROM journal_snapshot_roles WHERE shard = $1 AND position = $2", cancel,
            shard, (long)position);
        await RunAsync(connection, "INSERT INTO journal_snapshots VALUES ($1, $2) ON CONFLICT DO NOTHING", cancel,
            shard, (long)position);
        for (var number = 0; number < roles.Count; number++)
        {
            var role = new byte[Address.Size];
            roles[number].Role.Write(role);
            await RunAsync(connection, "INSERT INTO journal_snapshot_roles VALUES ($1, $2, $3, $4, $5)", cancel,
                shard, (long)position, (long)number, role, roles[number].Entries);
        }
        foreach (var table in (string[])["journal_snapshot_roles", "journal_snapshots"])
            await RunAsync(connection, $"DELETE FROM {table} WHERE shard = $1 AND position < $2", cancel,
                shard, (long)position);
        await transaction.CommitAsync(cancel);
    }

    public async Task<JournalSnapshot?> ReadSnapshotAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        if (await NewestSnapshotAsync(connection, cancel) is not { } position) return null;
        await using var command = new NpgsqlCommand("""
            SELECT role, entries FROM journal_snapshot_roles WHERE shard = $1 AND position = $2 ORDER BY number
            """, connection);
        command.Parameters.AddWithValue(shard);
        command.Parameters.AddWithValue(position);
        List<(Address, byte[])> roles = [];
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            roles.Add((Address.Read(reader.GetFieldValue<byte[]>(0)), reader.GetFieldValue<byte[]>(1)));
        return new JournalSnapshot((ulong)position, roles);
    }

    public async Task ForgetAsync(ulong upTo, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await FenceAsync(connection, cancel);
        Invariant.Require(upTo <= (ulong)(await NewestSnapshotAsync(connection, cancel) ?? 0),
            "only what a snapshot covers is forgotten");
        await RunAsync(connection, "DELETE FROM journal_records WHERE shard = $1 AND position <= $2", cancel,
            shard, (long)upTo);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Writes what waits. The lease stays with the caller.</summary>
    public ValueTask DisposeAsync()
    {
        line.Close();
        writer?.Join();
        line.Dispose();
        journalWriter.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Write(Action<ulong> acknowledge, Action<Exception> failed)
    {
        try
        {
            while (line.TryTake(out var group, out _))
                journalWriter.Write(group, upTo =>
                {
                    Volatile.Write(ref durable, upTo);
                    acknowledge(upTo);
                });
        }
        catch (StorageException exception)
        {
            Volatile.Write(ref failure, exception);
            failed(exception);
        }
    }

    private async Task<ulong> EndAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "SELECT last_position FROM journal_shards WHERE shard = $1 AND epoch = $2", connection);
        command.Parameters.AddWithValue(shard);
        command.Parameters.AddWithValue(epoch);
        return await command.ExecuteScalarAsync(cancel) is long last
            ? (ulong)last
            : throw ShardLease.Fenced(shard, epoch);
    }

    private async Task FenceAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "SELECT 1 FROM journal_shards WHERE shard = $1 AND epoch = $2 FOR SHARE", connection);
        command.Parameters.AddWithValue(shard);
        command.Parameters.AddWithValue(epoch);
        if (await command.ExecuteScalarAsync(cancel) is null) throw ShardLease.Fenced(shard, epoch);
    }

    private async Task<long?> NewestSnapshotAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "SELECT MAX(position) FROM journal_snapshots WHERE shard = $1", connection);
        command.Parameters.AddWithValue(shard);
        return await command.ExecuteScalarAsync(cancel) as long?;
    }

    private static async Task RunAsync(
        NpgsqlConnection connection, string sql, CancellationToken cancel, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private StorageException Forgotten(ulong after, ulong first) => new("journal.forgotten",
        string.Create(CultureInfo.InvariantCulture,
            $"The journal of shard {shard} begins at position {first}; what follows {after} was asked for."),
        "Start from its newest snapshot.");

    private StorageException Hole(ulong reached) => new("journal.damaged",
        string.Create(CultureInfo.InvariantCulture,
            $"The journal of shard {shard} lacks position {reached + 1}, and its end is later."),
        "Somebody removed rows: restore the database from a copy.");
}
