using System.Data.Common;

namespace Stun.Node.Storage;

/// <summary>
/// Statements with named parameters, within one transaction or none. A statement that comes again is not parsed again:
/// a batch of events is many times the same few.
/// </summary>
internal sealed class SqlText(DbConnection connection, DbTransaction? transaction = null) : IDisposable
{
    private readonly Dictionary<string, DbCommand> commands = [];

    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        Command(sql, parameters).ExecuteNonQuery();

    /// <summary>Writes the rows that were gathered.</summary>
    public void Write(RowSet rows) => rows.Flush(connection, transaction);

    /// <summary>Zero where there is nothing.</summary>
    public long Long(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        Command(sql, parameters).ExecuteScalar() is long value ? value : 0;

    public List<T> List<T>(
        string sql, Func<DbDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var reader = Command(sql, parameters).ExecuteReader();
        List<T> rows = [];
        while (reader.Read()) rows.Add(read(reader));
        return rows;
    }

    public T? First<T>(
        string sql, Func<DbDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> parameters)
        where T : class
    {
        using var reader = Command(sql, parameters).ExecuteReader();
        return reader.Read() ? read(reader) : null;
    }

    public void Dispose()
    {
        foreach (var command in commands.Values) command.Dispose();
    }

    private DbCommand Command(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (!commands.TryGetValue(sql, out var command))
        {
            commands[sql] = command = connection.CreateCommand();
            command.Transaction = transaction;
            // Constants of this assembly, never text from outside: values go in as parameters.
            command.CommandText = sql;
        }
        command.Parameters.Clear();
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }
        return command;
    }
}

/// <summary>How values of the domain lie in columns that both databases have and sort alike.</summary>
internal static class SqlValue
{
    private const int AmountDigits = 39;

    /// <summary>As many digits as the largest amount has: so text sorts as the number does.</summary>
    public static string Of(Amount amount) => amount.Units.ToString("d" + AmountDigits);

    public static string? Of(Digest digest) => digest.IsZero ? null : digest.ToString();

    public static string Of(Enum value) => value.ToString();

    /// <summary>64 bits without a sign in a column with one: equal stays equal, order is not asked for.</summary>
    public static long Of(ulong value) => unchecked((long)value);

    public static Amount Amount(DbDataReader row, int column) => new(UInt128.Parse(row.GetString(column)));

    public static Amount? AmountOrNull(DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : Amount(row, column);

    public static Instant Instant(DbDataReader row, int column) => new(row.GetInt64(column));

    public static Instant? InstantOrNull(DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : Instant(row, column);

    public static string? TextOrNull(DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetString(column);

    public static byte[] Bytes(DbDataReader row, int column) => row.GetFieldValue<byte[]>(column);

    public static byte[]? BytesOrNull(DbDataReader row, int column) => row.IsDBNull(column) ? null : Bytes(row, column);

    public static Address Address(DbDataReader row, int column) =>
        Protocol.Address.Read(Convert.FromHexString(row.GetString(column).AsSpan(2)));

    public static Digest? DigestOrNull(DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : Digest.Read(Convert.FromHexString(row.GetString(column)));

    public static TaskId TaskId(DbDataReader row, int column)
    {
        var text = row.GetString(column);
        const System.Globalization.NumberStyles Hex = System.Globalization.NumberStyles.AllowHexSpecifier;
        return new TaskId(ulong.Parse(text.AsSpan(0, 16), Hex), ulong.Parse(text.AsSpan(16), Hex));
    }

    public static ulong Unsigned(DbDataReader row, int column) => unchecked((ulong)row.GetInt64(column));
}
