using Stun.Node.Storage;

namespace Stun.Node.Doors.OpenAi;

/// <summary>For whom, by whom and when: what usage is added up by.</summary>
internal sealed record UsagePlace(
    Instant Hour, Address Account, string KeyId, string Model, string Provider, Address Owner)
{
    private const long HourMicros = 3_600_000_000;

    public static Instant HourOf(Instant at) => new(at.Micros - (at.Micros % HourMicros));
}

/// <param name="Failed">Questions that got no whole answer; nothing was charged for them.</param>
/// <param name="Cached">Answered from what was kept; free.</param>
/// <param name="Counted">Of the tokens, those that no back end vouched for.</param>
public sealed record UsageSum(
    long Requests, long Failed, long Cached, long TokensIn, long TokensOut, long Counted, Amount Charged)
{
    public static UsageSum Nothing { get; } = new(0, 0, 0, 0, 0, 0, Amount.Zero);

    public static UsageSum operator +(UsageSum left, UsageSum right) => new(
        left.Requests + right.Requests, left.Failed + right.Failed, left.Cached + right.Cached,
        left.TokensIn + right.TokensIn, left.TokensOut + right.TokensOut, left.Counted + right.Counted,
        left.Charged + right.Charged);
}

/// <param name="Provider">Empty for answers from what was kept.</param>
public sealed record UsageRow(Instant Hour, string KeyId, string Model, string Provider, UsageSum Sum);

/// <summary>
/// Who used how much, and who owes whom for it, in the node's database: each charge is a debit of the caller and a
/// credit of the model's owner in one transaction. What was not written when a node is killed was free.
/// </summary>
public sealed class UsageBook
{
    private const string Columns =
        "requests, failed, cached, tokens_in, tokens_out, counted, charged";

    private readonly NodeDatabase database;

    public UsageBook(NodeDatabase database)
    {
        this.database = database;
        ModelTables.Prepare(database);
    }

    internal void Add(IReadOnlyDictionary<UsagePlace, UsageSum> news) => database.WriteDurably(sql =>
    {
        // The row is whoever's writes until the end of the transaction: amounts are read, added and written.
        sql.Execute("""
            INSERT INTO model_turn (only_row, turn) VALUES (1, 1)
            ON CONFLICT (only_row) DO UPDATE SET turn = model_turn.turn + 1
            """);
        foreach (var (place, sum) in news)
        {
            AddUsage(sql, place, sum);
            if (!sum.Charged.IsZero)
                Book(sql, place.Hour, $"caller:{place.Account}", $"owner:{place.Owner}", sum.Charged);
        }
        return 0;
    });

    /// <summary>By hour, the latest first.</summary>
    public IReadOnlyList<UsageRow> List(Address account, Instant since, Instant until, int limit) =>
        database.Read(sql => sql.List(
            $"""
            SELECT hour, api_key, model, provider, {Columns} FROM model_usage
            WHERE account = @account AND hour >= @since AND hour < @until
            ORDER BY hour DESC, api_key, model, provider LIMIT @limit
            """,
            row => new UsageRow(
                SqlValue.Instant(row, 0), row.GetString(1), row.GetString(2), row.GetString(3), SumOf(row, 4)),
            ("account", account.ToString()), ("since", since.Micros), ("until", until.Micros), ("limit", limit)));

    /// <summary>What one account, or one key of it, was charged since then.</summary>
    public Amount Charged(Address account, string? keyId, Instant since)
    {
        var amounts = database.Read(sql => sql.List(
            """
            SELECT charged FROM model_usage
            WHERE account = @account AND hour >= @since AND (@key = '' OR api_key = @key)
            """,
            row => SqlValue.Amount(row, 0),
            ("account", account.ToString()), ("since", since.Micros), ("key", keyId ?? "")));
        return amounts.Aggregate(Amount.Zero, (sum, amount) => sum + amount);
    }

    /// <summary>Adds everything up again: what was charged, what was booked, and what all balances say.</summary>
    /// <returns>What does not fit, in sentences; nothing where all is sound.</returns>
    public IReadOnlyList<string> Audit() => database.Read(sql =>
    {
        List<string> faults = [];
        SortedDictionary<string, (Amount Debit, Amount Credit)> booked = new(StringComparer.Ordinal);
        SortedDictionary<string, Amount> charged = new(StringComparer.Ordinal);
        foreach (var (debtor, creditor, amount) in sql.List("SELECT debtor, creditor, amount FROM model_entries",
            row => (row.GetString(0), row.GetString(1), SqlValue.Amount(row, 2))))
        {
            var (left, right) = (booked.GetValueOrDefault(debtor), booked.GetValueOrDefault(creditor));
            booked[debtor] = left with { Debit = left.Debit + amount };
            booked[creditor] = right with { Credit = right.Credit + amount };
        }
        foreach (var (account, amount) in sql.List("SELECT account, charged FROM model_usage",
            row => (row.GetString(0), SqlValue.Amount(row, 1))))
            charged[$"caller:{account}"] = charged.GetValueOrDefault($"caller:{account}") + amount;
        foreach (var (party, amount) in charged)
            if (booked.GetValueOrDefault(party).Debit != amount)
                faults.Add($"{party} was charged {amount} and debited {booked.GetValueOrDefault(party).Debit}.");
        var balances = sql.List("SELECT party, debit, credit FROM model_balances",
            row => (Party: row.GetString(0), Debit: SqlValue.Amount(row, 1), Credit: SqlValue.Amount(row, 2)));
        foreach (var (party, debit, credit) in balances)
            if (!booked.Remove(party, out var sums) || sums != (debit, credit))
                faults.Add($"The balance of {party} is {debit} and {credit}, its entries are {sums}.");
        faults.AddRange(booked.Keys.Select(party => $"{party} has entries and no balance."));
        return faults;
    });

    private static void AddUsage(SqlText sql, UsagePlace place, UsageSum sum)
    {
        ReadOnlySpan<(string, object?)> key =
        [
            ("hour", place.Hour.Micros), ("account", place.Account.ToString()), ("key", place.KeyId),
            ("model", place.Model), ("provider", place.Provider),
        ];
        var before = sql.First(
            $"""
            SELECT {Columns} FROM model_usage WHERE account = @account AND hour = @hour AND api_key = @key
                AND model = @model AND provider = @provider
            """, row => SumOf(row, 0), key) ?? UsageSum.Nothing;
        var after = before + sum;
        sql.Execute(
            $"""
            INSERT INTO model_usage (hour, account, api_key, model, provider, {Columns})
            VALUES (@hour, @account, @key, @model, @provider, @requests, @failed, @cached, @in, @out, @counted,
                @charged)
            ON CONFLICT (account, hour, api_key, model, provider) DO UPDATE SET requests = excluded.requests,
                failed = excluded.failed, cached = excluded.cached, tokens_in = excluded.tokens_in,
                tokens_out = excluded.tokens_out, counted = excluded.counted, charged = excluded.charged
            """,
            [
                .. key, ("requests", after.Requests), ("failed", after.Failed), ("cached", after.Cached),
                ("in", after.TokensIn), ("out", after.TokensOut), ("counted", after.Counted),
                ("charged", SqlValue.Of(after.Charged)),
            ]);
    }

    private static void Book(SqlText sql, Instant hour, string debtor, string creditor, Amount amount)
    {
        var before = sql.List(
            "SELECT amount FROM model_entries WHERE hour = @hour AND debtor = @debtor AND creditor = @creditor",
            row => SqlValue.Amount(row, 0), ("hour", hour.Micros), ("debtor", debtor), ("creditor", creditor));
        sql.Execute(
            """
            INSERT INTO model_entries (hour, debtor, creditor, amount) VALUES (@hour, @debtor, @creditor, @amount)
            ON CONFLICT (hour, debtor, creditor) DO UPDATE SET amount = excluded.amount
            """,
            ("hour", hour.Micros), ("debtor", debtor), ("creditor", creditor),
            ("amount", SqlValue.Of(before.Aggregate(amount, (sum, each) => sum + each))));
        Balance(sql, debtor, amount, Amount.Zero);
        Balance(sql, creditor, Amount.Zero, amount);
    }

    private static void Balance(SqlText sql, string party, Amount debit, Amount credit)
    {
        foreach (var (was, had) in sql.List("SELECT debit, credit FROM model_balances WHERE party = @party",
            row => (SqlValue.Amount(row, 0), SqlValue.Amount(row, 1)), ("party", party)))
            (debit, credit) = (debit + was, credit + had);
        sql.Execute(
            """
            INSERT INTO model_balances (party, debit, credit) VALUES (@party, @debit, @credit)
            ON CONFLICT (party) DO UPDATE SET debit = excluded.debit, credit = excluded.credit
            """,
            ("party", party), ("debit", SqlValue.Of(debit)), ("credit", SqlValue.Of(credit)));
    }

    private static UsageSum SumOf(System.Data.Common.DbDataReader row, int at) => new(
        row.GetInt64(at), row.GetInt64(at + 1), row.GetInt64(at + 2), row.GetInt64(at + 3), row.GetInt64(at + 4),
        row.GetInt64(at + 5), SqlValue.Amount(row, at + 6));
}
