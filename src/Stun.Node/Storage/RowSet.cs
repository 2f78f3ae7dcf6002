using System.Data.Common;
using System.Text;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;
using SQLitePCL;

namespace Stun.Node.Storage;

/// <summary>Rows gathered for one statement, to be written together at the end of a transaction.</summary>
internal sealed class RowSet(RowStatement statement)
{
    /// <summary>A batch that was behind may have been large; its lists need not stay so.</summary>
    private const int KeptCellsMax = 1 << 17;

    private readonly int width = statement.Kinds.Count;

    /// <summary>Row after row: text, 64 bits, bytes or null, as the statement has its columns.</summary>
    private List<object?> cells = [];

    public int Count => cells.Count / width;

    public void Add(params ReadOnlySpan<object?> row)
    {
        Invariant.Require(row.Length == width, "a row has a cell for every column");
        foreach (var cell in row) cells.Add(cell);
    }

    public void Clear()
    {
        if (cells.Capacity > KeptCellsMax) cells = [];
        else cells.Clear();
    }

    /// <summary>Writes all rows, and has none afterwards.</summary>
    public void Flush(DbConnection connection, DbTransaction? transaction)
    {
        if (cells.Count == 0) return;
        if (connection is SqliteConnection sqlite) WriteEach(sqlite.Handle!);
        else WriteTogether((NpgsqlConnection)connection, (NpgsqlTransaction?)transaction);
        Clear();
    }

    private void WriteEach(sqlite3 database)
    {
        Check(raw.sqlite3_prepare_v2(database, statement.Sqlite, out var prepared), database);
        using (prepared)
        {
            byte[] text = new byte[1_024];
            for (var at = 0; at < cells.Count; at += width)
            {
                for (var column = 0; column < width; column++)
                    Check(Bind(prepared, column + 1, cells[at + column], ref text), database);
                var result = raw.sqlite3_step(prepared);
                if (result != raw.SQLITE_DONE) Check(result, database);
                raw.sqlite3_reset(prepared);
            }
        }
    }

    private static int Bind(sqlite3_stmt prepared, int place, object? cell, ref byte[] buffer)
    {
        switch (cell)
        {
            case null: return raw.sqlite3_bind_null(prepared, place);
            case long number: return raw.sqlite3_bind_int64(prepared, place, number);
            // Nothing at all would be bound as null.
            case byte[] { Length: 0 }: return raw.sqlite3_bind_zeroblob(prepared, place, 0);
            case byte[] bytes: return raw.sqlite3_bind_blob(prepared, place, bytes);
            case "": return raw.sqlite3_bind_text(prepared, place, "");
            case string text:
                if (Encoding.UTF8.GetMaxByteCount(text.Length) is var most && most > buffer.Length)
                    buffer = new byte[most];
                var length = Encoding.UTF8.GetBytes(text, buffer);
                return raw.sqlite3_bind_text(prepared, place, buffer.AsSpan(0, length));
            default: throw new InvariantException("a cell is text, a number, bytes or null");
        }
    }

    private static void Check(int result, sqlite3 database)
    {
        if (result != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(result, database);
    }

    private void WriteTogether(NpgsqlConnection connection, NpgsqlTransaction? transaction)
    {
        using var command = new NpgsqlCommand(statement.Postgres, connection, transaction);
        for (var column = 0; column < width; column++)
            command.Parameters.Add((NpgsqlParameter)(statement.Kinds[column] switch
            {
                CellKind.Text => Column(column, NpgsqlDbType.Text, cell => (string?)cell),
                CellKind.Number => Column(column, NpgsqlDbType.Bigint, cell => (long?)cell),
                _ => Column(column, NpgsqlDbType.Bytea, cell => (byte[]?)cell),
            }));
        command.ExecuteNonQuery();
    }

    private NpgsqlParameter<T[]> Column<T>(int column, NpgsqlDbType type, Func<object?, T> read)
    {
        var values = new T[Count];
        for (var row = 0; row < values.Length; row++) values[row] = read(cells[row * width + column]);
        return new NpgsqlParameter<T[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type };
    }
}
