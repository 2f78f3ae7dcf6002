using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;

namespace Stun.Node.Storage;

/// <summary>
/// The writing side of a journal in PostgreSQL: one statement for a group, carried out exactly once though the
/// connection may break at the worst moment.
/// </summary>
internal sealed class PostgresJournalWriter(NpgsqlDataSource source, string shard, long epoch, TimeSpan patience)
    : IDisposable
{
    /// <summary>A statement of this size takes milliseconds; larger ones gain nothing and hold up the server.</summary>
    private const int StatementBytesMax = 8 << 20, StatementRecordsMax = 8192;

    private const string Sql = """
        WITH fence AS (
            UPDATE journal_shards SET last_position = $4
            WHERE shard = $1 AND epoch = $2 AND last_position = $3 RETURNING shard)
        INSERT INTO journal_records (shard, position, role, frame)
        SELECT fence.shard, $3 + record.number, record.role, record.frame
        FROM fence, unnest($5, $6) WITH ORDINALITY AS record (role, frame, number)
        """;

    private readonly List<byte[]> roles = [], frames = [];
    private NpgsqlConnection? connection;
    private ulong end;
    private (Address Address, byte[] Bytes) role = (Address.Zero, new byte[Address.Size]);

    public void StartAfter(ulong position) => end = position;

    public void Write(ReadOnlyMemory<byte> group, Action<ulong> acknowledge)
    {
        while (!group.IsEmpty)
        {
            group = group[Gather(group.Span)..];
            var upTo = end + (ulong)frames.Count;
            Commit(upTo);
            end = upTo;
            acknowledge(upTo);
        }
    }

    public void Dispose() => connection?.Dispose();

    private int Gather(ReadOnlySpan<byte> group)
    {
        roles.Clear();
        frames.Clear();
        var taken = 0;
        while (taken < group.Length && taken < StatementBytesMax && frames.Count < StatementRecordsMax)
        {
            var record = group[taken..];
            var length = RecordFraming.LengthOf(record);
            roles.Add(Bytes(RecordFraming.RoleOf(record)));
            frames.Add(record.Slice(RecordFraming.HeaderSize, length).ToArray());
            taken += RecordFraming.SizeOf(length);
        }
        return taken;
    }

    private byte[] Bytes(Address address)
    {
        if (role.Address == address) return role.Bytes;
        var bytes = new byte[Address.Size];
        address.Write(bytes);
        role = (address, bytes);
        return bytes;
    }

    private void Commit(ulong upTo)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
            try
            {
                connection ??= Connect();
                // None added: the fence did not let it, or an earlier try was carried out and its answer lost.
                if (Insert(connection, upTo) == frames.Count || IsDone(connection, upTo)) return;
                throw ShardLease.Fenced(shard, epoch);
            }
            catch (NpgsqlException exception)
            {
                connection?.Dispose();
                connection = null;
                if (exception.SqlState == PostgresErrorCodes.DiskFull) throw Full(exception);
                if (!MayPass(exception) || Stopwatch.GetElapsedTime(began) > patience) throw Lost(exception);
                Thread.Sleep(50);
            }
    }

    private int Insert(NpgsqlConnection to, ulong upTo)
    {
        using var command = new NpgsqlCommand(Sql, to);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = shard });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = epoch });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = (long)end });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = (long)upTo });
        const NpgsqlDbType Many = NpgsqlDbType.Array | NpgsqlDbType.Bytea;
        command.Parameters.Add(new NpgsqlParameter { Value = roles, NpgsqlDbType = Many });
        command.Parameters.Add(new NpgsqlParameter { Value = frames, NpgsqlDbType = Many });
        command.Prepare();
        return command.ExecuteNonQuery();
    }

    private bool IsDone(NpgsqlConnection at, ulong upTo)
    {
        using var command = new NpgsqlCommand(
            "SELECT 1 FROM journal_shards WHERE shard = $1 AND epoch = $2 AND last_position = $3", at);
        command.Parameters.AddWithValue(shard);
        command.Parameters.AddWithValue(epoch);
        command.Parameters.AddWithValue((long)upTo);
        return command.ExecuteScalar() is not null;
    }

    /// <summary>"Committed" must mean "on disk" here, whatever the server's or the role's own setting is.</summary>
    private NpgsqlConnection Connect()
    {
        var opened = source.OpenConnection();
        using var command = new NpgsqlCommand("""
            SELECT set_config('synchronous_commit', 'on', false)
            WHERE current_setting('synchronous_commit') = 'off'
            """, opened);
        command.ExecuteNonQuery();
        return opened;
    }

    /// <summary>Class 08 is the connection, 57P a server that stops or starts.</summary>
    private static bool MayPass(NpgsqlException exception) => exception is not PostgresException answered
        || answered.IsTransient || answered.SqlState.StartsWith("08", StringComparison.Ordinal)
        || answered.SqlState.StartsWith("57P", StringComparison.Ordinal);

    private StorageException Full(Exception exception) => new("journal.disk-full",
        $"The database has no space left for the journal of shard {shard}.",
        "What was acknowledged is safe. Make room on the database's disk and start again.", exception);

    private StorageException Lost(Exception exception) => new("journal.write-failed",
        $"The database did not take the journal of shard {shard}: {exception.Message}",
        "What was acknowledged is safe. See that the database answers, and start again.", exception);
}
