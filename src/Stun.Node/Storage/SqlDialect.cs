using System.Data.Common;

namespace Stun.Node.Storage;

/// <summary>What differs between the two databases. Everything else is SQL that both understand.</summary>
internal sealed record SqlDialect(string Name, string Bytes, string? LockForSchema)
{
    public static SqlDialect Sqlite { get; } = new("SQLite", "BLOB", null);

    /// <summary>The number of the lock is arbitrary; it only must be ours.</summary>
    public static SqlDialect Postgres { get; } =
        new("PostgreSQL", "BYTEA", "SELECT pg_advisory_xact_lock(6022140857)");

    /// <summary>SQL with the one type whose name differs.</summary>
    public string Spell(string sql) => sql.Replace("BYTES", Bytes, StringComparison.Ordinal);
}

/// <summary>
/// The tables of one part of the store, as numbered steps that are carried out once and never changed afterwards. A
/// start carries out what is missing in one transaction; two that start together take turns.
/// </summary>
internal sealed class SchemaSteps(string part, IReadOnlyList<string> steps)
{
    public void Apply(DbConnection connection, SqlDialect dialect)
    {
        using var transaction = connection.BeginTransaction();
        using var sql = new SqlText(connection, transaction);
        if (dialect.LockForSchema is { } take) sql.Execute(take);
        sql.Execute("""
            CREATE TABLE IF NOT EXISTS schema_steps (
                part TEXT NOT NULL, step BIGINT NOT NULL, PRIMARY KEY (part, step))
            """);
        var carriedOut = sql.Long("SELECT COALESCE(MAX(step), 0) FROM schema_steps WHERE part = @part", ("part", part));
        if (carriedOut > steps.Count)
            throw new StorageException("database.newer",
                $"The tables of '{part}' in this database are at step {carriedOut}; this program knows {steps.Count}.",
                "Use the newer program that made them, or another database.");
        for (var step = (int)carriedOut; step < steps.Count; step++)
        {
            sql.Execute(dialect.Spell(steps[step]));
            sql.Execute("INSERT INTO schema_steps (part, step) VALUES (@part, @step)",
                ("part", part), ("step", step + 1L));
        }
        transaction.Commit();
    }
}
