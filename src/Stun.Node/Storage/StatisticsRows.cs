namespace Stun.Node.Storage;

/// <summary>
/// The figures of each minute, each hour and of all time, as a transaction changes them: read once, written once.
/// Minutes are kept for a day and hours for a month, so that the table has some two thousand rows for each shard.
/// </summary>
internal sealed class StatisticsRows
{
    /// <summary>Who counts what all shards see of the one escrow.</summary>
    public const string OfNetwork = "";

    /// <summary>Seconds in a step; zero is all time.</summary>
    public const long Minute = 60, Hour = 3_600, AllTime = 0;

    public static readonly Duration MinutesKept = Duration.Seconds(25 * Hour);
    public static readonly Duration HoursKept = Duration.Seconds(32 * 24 * Hour);

    /// <summary>What is under way, twice the open ones; more only while a journal is replayed.</summary>
    private const int RememberedMax = 64;

    private static readonly RowStatement Put = RowStatement.Insert("statistics", "shard step:n at:n figures:b",
        "ON CONFLICT (shard, step, at) DO UPDATE SET figures = excluded.figures");

    private readonly Dictionary<(string Shard, long Step, long At), Entry> entries = [];
    private readonly RowSet puts = new(Put);
    private (string Shard, long Minute, StatisticsMoment Moment)? last;
    private long newest, prunedAt;

    private sealed record Entry(StatisticsCell Cell)
    {
        public bool IsTouched { get; set; }
    }

    /// <summary>For a change: it will be written.</summary>
    public StatisticsMoment At(SqlText sql, string shard, Instant at)
    {
        var seconds = at.Micros / 1_000_000;
        var minute = seconds - (seconds % Minute);
        if (last is { } known && known.Minute == minute && known.Shard == shard) return known.Moment;
        var moment = new StatisticsMoment(
            Touch(sql, shard, Minute, minute), Touch(sql, shard, Hour, seconds - (seconds % Hour)),
            Touch(sql, shard, AllTime, 0));
        newest = Math.Max(newest, minute);
        last = (shard, minute, moment);
        return moment;
    }

    public void Flush(SqlText sql)
    {
        foreach (var ((shard, step, at), entry) in entries)
        {
            if (!entry.IsTouched) continue;
            puts.Add(shard, step, at, entry.Cell.Encode());
            entry.IsTouched = false;
        }
        sql.Write(puts);
        last = null;
        if (entries.Count > RememberedMax) entries.Clear();
        if (newest <= prunedAt) return;
        Prune(sql, Minute, MinutesKept);
        Prune(sql, Hour, HoursKept);
        prunedAt = newest;
    }

    public void Forget()
    {
        entries.Clear();
        puts.Clear();
        last = null;
    }

    private void Prune(SqlText sql, long step, Duration kept) =>
        sql.Execute("DELETE FROM statistics WHERE step = @step AND at < @before",
            ("step", step), ("before", newest - (kept.Micros / 1_000_000)));

    private StatisticsCell Touch(SqlText sql, string shard, long step, long at)
    {
        if (!entries.TryGetValue((shard, step, at), out var entry))
            entries.Add((shard, step, at), entry = new Entry(Read(sql, shard, step, at)));
        entry.IsTouched = true;
        return entry.Cell;
    }

    private static StatisticsCell Read(SqlText sql, string shard, long step, long at) => sql.First(
        "SELECT figures FROM statistics WHERE shard = @shard AND step = @step AND at = @at",
        row => StatisticsCell.Decode(SqlValue.Bytes(row, 0)), ("shard", shard), ("step", step), ("at", at))
        ?? new StatisticsCell();
}

/// <summary>The spans of time that something belongs to.</summary>
internal readonly record struct StatisticsMoment(StatisticsCell Minute, StatisticsCell Hour, StatisticsCell AllTime)
{
    public void Count(Tally tally, long count = 1)
    {
        Minute.Count(tally, count);
        Hour.Count(tally, count);
        AllTime.Count(tally, count);
    }

    public void Add(Coins coin, Amount amount)
    {
        if (amount.IsZero) return;
        Minute.Add(coin, amount);
        Hour.Add(coin, amount);
        AllTime.Add(coin, amount);
    }

    public void Add(Wait wait, Duration took)
    {
        Minute[wait].Add(took);
        Hour[wait].Add(took);
        AllTime[wait].Add(took);
    }
}
