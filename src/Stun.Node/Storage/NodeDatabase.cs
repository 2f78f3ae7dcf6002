using System.Data.Common;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Stun.Node.Storage;

/// <summary>
/// The database behind the journal: what can be asked for (derived, see <see cref="ReadModel"/>) and what nothing else
/// gives again (<see cref="KeyBook"/>, <see cref="AuditLog"/>). SQLite on one machine, PostgreSQL for many.
/// </summary>
public sealed class NodeDatabase
{
    private static readonly Lock SqliteGate = new();
    private static bool isSqliteReady;
    private readonly Func<DbConnection> connect;

    private NodeDatabase(SqlDialect dialect, Func<DbConnection> connect)
    {
        Dialect = dialect;
        this.connect = connect;
        using var connection = Open();
        ReadModelSchema.Derived.Apply(connection, dialect);
        ReadModelSchema.Kept.Apply(connection, dialect);
    }

    internal SqlDialect Dialect { get; }

    public static NodeDatabase Postgres(NpgsqlDataSource source) => new(SqlDialect.Postgres, source.OpenConnection);

    public static NodeDatabase Sqlite(string path)
    {
        PrepareSqlite();
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var text = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 30 }.ToString();
        using (var first = new SqliteConnection(text))
        {
            first.Open();
            using var sql = new SqlText(first);
            // Readers and the one writer do not wait for each other.
            sql.Execute("PRAGMA journal_mode = WAL");
        }
        return new NodeDatabase(SqlDialect.Sqlite, () =>
        {
            var connection = new SqliteConnection(text);
            connection.Open();
            using var sql = new SqlText(connection);
            // A lost tail of the projection is read again from the journal. Ids are random, so each batch touches
            // pages everywhere: without room for them (in KiB, when negative) every one is read again each time.
            sql.Execute("PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 8000");
            return connection;
        });
    }

    internal DbConnection Open() => connect();

    /// <summary>Carries out one transaction. In SQLite it has the only right to write from its beginning on.</summary>
    internal T Write<T>(Func<SqlText, T> act)
    {
        using var connection = Open();
        using var transaction = connection.BeginTransaction();
        using var sql = new SqlText(connection, transaction);
        var result = act(sql);
        transaction.Commit();
        return result;
    }

    /// <summary>As <see cref="Write{T}"/>, for what must survive a power cut once it is answered.</summary>
    internal T WriteDurably<T>(Func<SqlText, T> act)
    {
        if (Dialect != SqlDialect.Sqlite) return Write(act);
        using var connection = Open();
        using (var pragma = new SqlText(connection)) pragma.Execute("PRAGMA synchronous = FULL");
        using var transaction = connection.BeginTransaction();
        using var sql = new SqlText(connection, transaction);
        var result = act(sql);
        transaction.Commit();
        return result;
    }

    internal T Read<T>(Func<SqlText, T> act)
    {
        using var connection = Open();
        using var sql = new SqlText(connection);
        return act(sql);
    }

    /// <summary>The system's library, which gets its fixes with the system; none comes with the package.</summary>
    private static void PrepareSqlite()
    {
        lock (SqliteGate)
        {
            if (isSqliteReady) return;
            if (!NativeLibrary.TryLoad("libsqlite3.so.0", out var library))
                throw new StorageException("database.no-sqlite", "The library libsqlite3.so.0 is not on this machine.",
                    "Install libsqlite3-0, or configure PostgreSQL.");
            NativeLibrary.SetDllImportResolver(typeof(SQLitePCL.SQLite3Provider_e_sqlite3).Assembly,
                (name, _, _) => name == "e_sqlite3" ? library : 0);
            SQLitePCL.raw.SetProvider(new SQLitePCL.SQLite3Provider_e_sqlite3());
            isSqliteReady = true;
        }
    }
}
