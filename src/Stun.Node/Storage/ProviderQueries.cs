using System.Data.Common;

namespace Stun.Node.Storage;

/// <summary>Questions about providers.</summary>
public sealed class ProviderQueries
{
    private const string SelectMarket = """
        SELECT provider, first_seen_at, online, since_at, running, finished, lost, failed, refused, revoked,
            watched_from, online_micros
        FROM provider_markets
        """;

    private readonly NodeDatabase database;

    internal ProviderQueries(NodeDatabase database) => this.database = database;

    /// <summary>Everybody who ever offered something, by address.</summary>
    public SortedDictionary<Address, StoredProvider> All() => Read(null);

    public StoredProvider? Find(Address provider) => Read(provider).GetValueOrDefault(provider);

    /// <summary>What moved a provider's reputation, newest first.</summary>
    public IReadOnlyList<ReputationMove> Moves(Address provider) => database.Read(sql => sql.First(
        "SELECT moves FROM provider_standings WHERE provider = @provider",
        row => ReputationMoves.Decode(SqlValue.Bytes(row, 0)), ("provider", provider.ToString()))) ?? [];

    /// <param name="step">Of an hour or a day, in seconds.</param>
    public IReadOnlyList<StoredEarning> Earnings(Address provider, long step, long from) => database.Read(sql =>
        sql.List(
            """
            SELECT at, earned, payouts FROM provider_earnings
            WHERE provider = @provider AND step = @step AND at >= @from ORDER BY at
            """,
            row => new StoredEarning(row.GetInt64(0), SqlValue.Amount(row, 1), row.GetInt64(2)),
            ("provider", provider.ToString()), ("step", step), ("from", from)));

    /// <summary>Most frequent first.</summary>
    public IReadOnlyList<StoredRefusal> Refusals(Address provider) => database.Read(sql => sql.List(
        """
        SELECT reason, CAST(SUM(refusals) AS BIGINT), MAX(last_at) FROM provider_refusals
        WHERE provider = @provider GROUP BY reason ORDER BY 2 DESC, reason
        """,
        row => new StoredRefusal(row.GetString(0), row.GetInt64(1), SqlValue.Instant(row, 2)),
        ("provider", provider.ToString())));

    /// <summary>What was measured of its work, in all markets together.</summary>
    public WorkRecord Work(Address provider)
    {
        var sum = new WorkRecord();
        foreach (var record in database.Read(sql => sql.List(
            "SELECT figures FROM provider_works WHERE provider = @provider",
            row => WorkRecord.Decode(SqlValue.Bytes(row, 0)), ("provider", provider.ToString())))) sum.Add(record);
        return sum;
    }

    /// <summary>The blob in which it says what it measured of itself, by its newest offer; null for none.</summary>
    public Digest? Capability(Address provider) => database.Read(sql => sql.List(
        """
        SELECT capability FROM offers
        WHERE provider = @provider AND withdrawn_at IS NULL AND capability IS NOT NULL
        ORDER BY version DESC, shard, id LIMIT 1
        """,
        row => SqlValue.DigestOrNull(row, 0), ("provider", provider.ToString()))) is [var digest] ? digest : null;

    public IReadOnlyList<StoredRun> Running(Address provider, int limit) => database.Read(sql => sql.List(
        """
        SELECT id, task, granted_at, price_cap FROM attempts
        WHERE provider = @provider AND closed_at IS NULL ORDER BY granted_at DESC, id LIMIT @limit
        """,
        row => new StoredRun(
            new AttemptId(SqlValue.Unsigned(row, 0)), SqlValue.TaskId(row, 1), SqlValue.Instant(row, 2),
            SqlValue.Amount(row, 3)),
        ("provider", provider.ToString()), ("limit", (long)limit)));

    private SortedDictionary<Address, StoredProvider> Read(Address? only) => database.Read(sql =>
    {
        SortedDictionary<Address, StoredProvider> found = [];
        var (one, which) = only is { } provider ? ("provider", provider.ToString()) : ("provider", "");
        var where = only is null ? "" : " WHERE provider = @provider";
        foreach (var market in sql.List(SelectMarket + where, Market, (one, which)))
            found[market.Address] = found.TryGetValue(market.Address, out var other) ? other.With(market) : market;
        foreach (var standing in sql.List(
            ProviderStatements.SelectStanding + where, ProviderStatements.Standing, (one, which)))
        {
            if (!found.TryGetValue(standing.Provider, out var known)) continue;
            found[standing.Provider] = known with
            {
                Record = standing.Record,
                Earned = standing.Earned,
                PayoutCount = standing.PayoutCount,
                Slashed = standing.Slashed,
            };
        }
        AddOffers(sql, found, where, (one, which));
        var whose = only is null ? "IN (SELECT provider FROM provider_markets)" : "= @provider";
        AddStakes(sql, found, whose, (one, which));
        return found;
    });

    private static void AddOffers(
        SqlText sql, SortedDictionary<Address, StoredProvider> found, string where, (string, object?) which)
    {
        var and = where.Length == 0 ? " WHERE" : " AND";
        foreach (var offers in sql.List(
            $"SELECT provider, region, price FROM offers{where}{and} withdrawn_at IS NULL ORDER BY provider, region",
            row => (Provider: SqlValue.Address(row, 0), Region: row.GetString(1), Price: SqlValue.Amount(row, 2)),
            which).GroupBy(offer => offer.Provider))
        {
            if (!found.TryGetValue(offers.Key, out var known)) continue;
            found[offers.Key] = known with
            {
                Regions = [.. offers.Select(offer => offer.Region).Distinct()],
                OfferCount = offers.Count(),
                PriceMin = offers.Aggregate((Amount?)null,
                    (least, offer) => least is { } known ? Amount.Min(known, offer.Price) : offer.Price),
                PriceMax = offers.Aggregate((Amount?)null,
                    (most, offer) => most is { } known && known >= offer.Price ? known : offer.Price),
            };
        }
    }

    private static void AddStakes(
        SqlText sql, SortedDictionary<Address, StoredProvider> found, string whose, (string, object?) which)
    {
        foreach (var (address, stake, unbonding) in sql.List(
            $"SELECT address, stake, unbonding FROM accounts WHERE address {whose}",
            row => (SqlValue.Address(row, 0), SqlValue.Amount(row, 1), SqlValue.Amount(row, 2)), which))
            if (found.TryGetValue(address, out var known))
                found[address] = known with { Stake = stake, Unbonding = unbonding };
    }

    private static StoredProvider Market(DbDataReader row) => new(SqlValue.Address(row, 0))
    {
        FirstSeenAt = SqlValue.Instant(row, 1),
        IsOnline = row.GetInt64(2) != 0,
        SinceAt = SqlValue.Instant(row, 3),
        Running = row.GetInt64(4),
        Finished = row.GetInt64(5),
        Lost = row.GetInt64(6),
        Failed = row.GetInt64(7),
        Refused = row.GetInt64(8),
        Revoked = row.GetInt64(9),
        Watches =
        [
            new OnlineWatch(SqlValue.Instant(row, 10), new Duration(row.GetInt64(11)),
                row.GetInt64(2) != 0 ? SqlValue.Instant(row, 3) : null),
        ],
    };
}
