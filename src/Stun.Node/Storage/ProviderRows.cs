using Stun.Engine.Reputation;

namespace Stun.Node.Storage;

/// <summary>What one shard knows of a provider in its market.</summary>
internal sealed class MarketRow(Address provider)
{
    public Address Provider { get; } = provider;

    public Instant FirstSeenAt { get; set; }

    public bool IsOnline { get; set; }

    /// <summary>Since when it is there, or is not.</summary>
    public Instant SinceAt { get; set; }

    /// <summary>Attempts, by how they ended; those that run are under the first.</summary>
    public long[] Attempts { get; init; } = new long[Enum.GetValues<AttemptEnd>().Length];

    /// <summary>Since when it is known whether it is there.</summary>
    public Instant WatchedFrom { get; set; }

    /// <summary>How long it was there since then, in stretches that are over.</summary>
    public Duration Online { get; set; }

    public bool IsTouched { get; set; }
}

/// <summary>What one shard has measured of a provider's work.</summary>
internal sealed class WorkRow
{
    public WorkRecord Record { get; init; } = new();

    public bool IsTouched { get; set; }
}

/// <summary>What the escrow's log says of a provider.</summary>
internal sealed class StandingRow(Address provider)
{
    public Address Provider { get; } = provider;

    /// <summary>Null where nothing was ever proven by its work.</summary>
    public ReputationRecord? Record { get; set; }

    public Amount Earned { get; set; }

    public Amount Slashed { get; set; }

    public long PayoutCount { get; set; }

    /// <summary>Newest first.</summary>
    public List<ReputationMove> Moves { get; set; } = [];

    public bool IsTouched { get; set; }
}

/// <summary>What a provider has earned in one span of time.</summary>
internal sealed class EarningRow
{
    public Amount Earned { get; set; }

    public long PayoutCount { get; set; }

    public bool IsTouched { get; set; }
}

/// <summary>The rows of providers that a transaction touches: read once, written once, and remembered.</summary>
internal sealed class ProviderRows(string shard)
{
    public const long Hour = 3_600, Day = 86_400;

    public static readonly Duration HoursKept = Duration.Seconds(8 * Day), DaysKept = Duration.Seconds(92 * Day);

    /// <summary>Remembered rows, some hundred bytes each. What is forgotten is read again.</summary>
    private const int RememberedMax = 50_000;

    /// <summary>Of work, which has histograms and so some three thousand.</summary>
    private const int WorksMax = 5_000;

    private readonly Dictionary<Address, MarketRow> markets = [];
    private readonly Dictionary<Address, WorkRow> works = [];
    private readonly Dictionary<Address, StandingRow> standings = [];
    private readonly Dictionary<(Address Provider, long Step, long At), EarningRow> earnings = [];
    private readonly Dictionary<(Address Provider, string Reason), (long Count, Instant At)> refusals = [];
    private readonly RowSet putMarkets = new(ProviderStatements.PutMarket);
    private readonly RowSet putWorks = new(ProviderStatements.PutWork);
    private readonly RowSet putStandings = new(ProviderStatements.PutStanding);
    private readonly RowSet putEarnings = new(ProviderStatements.PutEarning);
    private readonly RowSet addRefusals = new(ProviderStatements.AddRefusals);
    private readonly RowSet addCheats = new(ProviderStatements.AddCheat);
    private long newestHour, prunedHour;

    private RowSet[] All => [putMarkets, putWorks, putStandings, putEarnings, addRefusals, addCheats];

    /// <summary>For a change: it will be written.</summary>
    public MarketRow Market(SqlText sql, Address provider)
    {
        if (!markets.TryGetValue(provider, out var row))
            markets.Add(provider, row = ReadMarket(sql, provider) ?? new MarketRow(provider));
        row.IsTouched = true;
        return row;
    }

    public WorkRecord Work(SqlText sql, Address provider)
    {
        if (!works.TryGetValue(provider, out var row))
            works.Add(provider, row = new WorkRow { Record = ReadWork(sql, provider) ?? new WorkRecord() });
        row.IsTouched = true;
        return row.Record;
    }

    public StandingRow Standing(SqlText sql, Address provider)
    {
        if (!standings.TryGetValue(provider, out var row))
            standings.Add(provider, row = ReadStanding(sql, provider) ?? new StandingRow(provider));
        row.IsTouched = true;
        return row;
    }

    public void Earn(SqlText sql, Address provider, Instant at, Amount amount)
    {
        var seconds = at.Micros / 1_000_000;
        foreach (var step in (ReadOnlySpan<long>)[Hour, Day])
        {
            var begin = seconds - (seconds % step);
            if (!earnings.TryGetValue((provider, step, begin), out var row))
                earnings.Add((provider, step, begin), row = ReadEarning(sql, provider, step, begin));
            row.Earned += amount;
            row.PayoutCount++;
            row.IsTouched = true;
        }
        newestHour = Math.Max(newestHour, seconds - (seconds % Hour));
    }

    public void Refuse(Address provider, string reason, Instant at) =>
        refusals[(provider, reason)] = (refusals.GetValueOrDefault((provider, reason)).Count + 1, at);

    public void Cheat(StoredCheat cheat) => addCheats.Add(
        shard, SqlValue.Of(cheat.Attempt.Value), cheat.Task.ToString(), cheat.Provider.ToString(), cheat.At.Micros,
        cheat.Kind, cheat.Reason, SqlValue.Of(cheat.Slashed));

    public void Flush(SqlText sql)
    {
        foreach (var row in markets.Values.Where(row => row.IsTouched)) Gather(row);
        foreach (var (provider, row) in works.Where(entry => entry.Value.IsTouched))
        {
            putWorks.Add(shard, provider.ToString(), row.Record.Encode());
            row.IsTouched = false;
        }
        foreach (var row in standings.Values.Where(row => row.IsTouched)) Gather(row);
        foreach (var ((provider, step, at), row) in earnings.Where(entry => entry.Value.IsTouched))
        {
            putEarnings.Add(provider.ToString(), step, at, SqlValue.Of(row.Earned), row.PayoutCount);
            row.IsTouched = false;
        }
        foreach (var ((provider, reason), (count, at)) in refusals)
            addRefusals.Add(shard, provider.ToString(), reason, count, at.Micros);
        refusals.Clear();
        var hasCheats = addCheats.Count > 0;
        foreach (var rows in All) sql.Write(rows);
        if (hasCheats) sql.Execute(ProviderStatements.PruneCheats, ("shard", shard));
        if (newestHour > prunedHour) Prune(sql);
        if (markets.Count + standings.Count + earnings.Count > RememberedMax || works.Count > WorksMax) Forget();
    }

    public void Forget()
    {
        markets.Clear();
        works.Clear();
        standings.Clear();
        earnings.Clear();
        refusals.Clear();
        foreach (var rows in All) rows.Clear();
    }

    private void Prune(SqlText sql)
    {
        foreach (var (step, kept) in ((long, Duration)[])[(Hour, HoursKept), (Day, DaysKept)])
            sql.Execute("DELETE FROM provider_earnings WHERE step = @step AND at < @before",
                ("step", step), ("before", newestHour - (kept.Micros / 1_000_000)));
        // What is over is not added to any more.
        earnings.Clear();
        prunedHour = newestHour;
    }

    private void Gather(MarketRow row)
    {
        putMarkets.Add(shard, row.Provider.ToString(), row.FirstSeenAt.Micros, row.IsOnline ? 1L : 0L,
            row.SinceAt.Micros, Count(AttemptEnd.Running), Count(AttemptEnd.Finished), Count(AttemptEnd.Lost),
            Count(AttemptEnd.Failed), Count(AttemptEnd.Refused), Count(AttemptEnd.Revoked),
            row.WatchedFrom.Micros, row.Online.Micros);
        row.IsTouched = false;

        long Count(AttemptEnd end) => row.Attempts[(int)end];
    }

    private void Gather(StandingRow row)
    {
        putStandings.Add(row.Provider.ToString(), (long?)row.Record?.ScorePpm, (long)(row.Record?.PaidCount ?? 0),
            (long)(row.Record?.FraudCount ?? 0), row.Record?.At.Micros ?? 0, SqlValue.Of(row.Earned),
            row.PayoutCount, SqlValue.Of(row.Slashed), ReputationMoves.Encode(row.Moves));
        row.IsTouched = false;
    }

    private MarketRow? ReadMarket(SqlText sql, Address provider) => sql.First(
        """
        SELECT first_seen_at, online, since_at, running, finished, lost, failed, refused, revoked, watched_from,
            online_micros
        FROM provider_markets WHERE shard = @shard AND provider = @provider
        """,
        row => new MarketRow(provider)
        {
            FirstSeenAt = SqlValue.Instant(row, 0),
            IsOnline = row.GetInt64(1) != 0,
            SinceAt = SqlValue.Instant(row, 2),
            Attempts = [.. Enumerable.Range(3, 6).Select(row.GetInt64)],
            WatchedFrom = SqlValue.Instant(row, 9),
            Online = new Duration(row.GetInt64(10)),
        }, ("shard", shard), ("provider", provider.ToString()));

    private WorkRecord? ReadWork(SqlText sql, Address provider) => sql.First(
        "SELECT figures FROM provider_works WHERE shard = @shard AND provider = @provider",
        row => WorkRecord.Decode(SqlValue.Bytes(row, 0)), ("shard", shard), ("provider", provider.ToString()));

    private static StandingRow? ReadStanding(SqlText sql, Address provider) => sql.First(
        ProviderStatements.SelectStanding + " WHERE provider = @provider", ProviderStatements.Standing,
        ("provider", provider.ToString()));

    private static EarningRow ReadEarning(SqlText sql, Address provider, long step, long at) => sql.First(
        """
        SELECT earned, payouts FROM provider_earnings WHERE provider = @provider AND step = @step AND at = @at
        """,
        row => new EarningRow { Earned = SqlValue.Amount(row, 0), PayoutCount = row.GetInt64(1) },
        ("provider", provider.ToString()), ("step", step), ("at", at)) ?? new EarningRow();
}
