namespace Stun.Node.Storage;

/// <summary>What a column takes.</summary>
internal enum CellKind
{
    Text,
    Number,
    Bytes,
}

/// <summary>
/// One statement for many rows. SQLite carries it out once for each row, prepared once and with its values bound by
/// position; PostgreSQL gets each column as one array, and all rows go in one round trip.
/// </summary>
internal sealed class RowStatement
{
    private RowStatement(IReadOnlyList<CellKind> kinds, string sqlite, string postgres) =>
        (Kinds, Sqlite, Postgres) = (kinds, sqlite, postgres);

    public IReadOnlyList<CellKind> Kinds { get; }

    public string Sqlite { get; }

    public string Postgres { get; }

    /// <param name="columns">Names with a blank between them; ":n" behind that of a number, ":b" of bytes.</param>
    /// <param name="conflict">What follows the rows.</param>
    public static RowStatement Insert(string table, string columns, string conflict = "")
    {
        var (names, kinds) = Parse(columns);
        var into = $"INSERT INTO {table} ({string.Join(", ", names)})";
        var places = string.Join(", ", names.Select((_, at) => $"?{at + 1}"));
        return new RowStatement(kinds, $"{into} VALUES ({places}) {conflict}",
            $"{into} SELECT * FROM {Given(names, kinds)} {conflict}");
    }

    /// <param name="change">Assignments, in which {column} is the value given and table.column the one that is there.
    /// </param>
    /// <param name="keys">Those of the columns that say which row is meant.</param>
    public static RowStatement Update(string table, string columns, string change, params string[] keys)
    {
        var (names, kinds) = Parse(columns);
        var (sqlite, postgres) = (change, change);
        for (var at = 0; at < names.Count; at++)
        {
            sqlite = sqlite.Replace($"{{{names[at]}}}", $"?{at + 1}", StringComparison.Ordinal);
            postgres = postgres.Replace($"{{{names[at]}}}", $"given.{names[at]}", StringComparison.Ordinal);
        }
        return new RowStatement(kinds, $"UPDATE {table} SET {sqlite} WHERE {Places(names, keys)}",
            $"UPDATE {table} SET {postgres} FROM {Given(names, kinds)} WHERE {Same(table, keys)}");
    }

    /// <param name="keys">As columns.</param>
    public static RowStatement Delete(string table, string keys)
    {
        var (names, kinds) = Parse(keys);
        return new RowStatement(kinds, $"DELETE FROM {table} WHERE {Places(names, names)}",
            $"DELETE FROM {table} USING {Given(names, kinds)} WHERE {Same(table, names)}");
    }

    private static string Places(List<string> names, IReadOnlyList<string> keys) =>
        string.Join(" AND ", keys.Select(key => $"{key} = ?{names.IndexOf(key) + 1}"));

    private static string Same(string table, IReadOnlyList<string> keys) =>
        string.Join(" AND ", keys.Select(key => $"{table}.{key} = given.{key}"));

    private static string Given(List<string> names, List<CellKind> kinds)
    {
        var arrays = kinds.Select((kind, at) => $"${at + 1}::{kind switch
        {
            CellKind.Text => "text",
            CellKind.Number => "bigint",
            _ => "bytea",
        }}[]");
        return $"unnest({string.Join(", ", arrays)}) AS given({string.Join(", ", names)})";
    }

    private static (List<string> Names, List<CellKind> Kinds) Parse(string columns)
    {
        var parts = columns.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Select(column => column.Split(':')).ToList();
        return ([.. parts.Select(part => part[0])],
            [.. parts.Select(part => part.Length == 1 ? CellKind.Text : part[1] == "n" ? CellKind.Number
                : CellKind.Bytes)]);
    }
}
