using Npgsql;

namespace Stun.Node.Storage;

internal static class PostgresSchema
{
    /// <summary>
    /// One row for each shard is lease, fence and end of its journal at once: whoever writes changes that row, so a
    /// takeover and a write of the old holder can only happen one after the other.
    /// </summary>
    private static readonly SchemaSteps Journal = new("journal",
    [
        """
        CREATE TABLE journal_shards (
            shard TEXT PRIMARY KEY,
            holder TEXT NOT NULL,
            epoch BIGINT NOT NULL,
            expires_at TIMESTAMPTZ NOT NULL,
            last_position BIGINT NOT NULL DEFAULT 0);
        CREATE TABLE journal_records (
            shard TEXT NOT NULL,
            position BIGINT NOT NULL,
            role BYTES NOT NULL,
            frame BYTES NOT NULL,
            PRIMARY KEY (shard, position));
        CREATE TABLE journal_snapshots (
            shard TEXT NOT NULL,
            position BIGINT NOT NULL,
            PRIMARY KEY (shard, position));
        CREATE TABLE journal_snapshot_roles (
            shard TEXT NOT NULL,
            position BIGINT NOT NULL,
            number BIGINT NOT NULL,
            role BYTES NOT NULL,
            entries BYTES NOT NULL,
            PRIMARY KEY (shard, position, number));
        """,
    ]);

    public static void Prepare(NpgsqlDataSource source)
    {
        using var connection = source.OpenConnection();
        Journal.Apply(connection, SqlDialect.Postgres);
    }
}
