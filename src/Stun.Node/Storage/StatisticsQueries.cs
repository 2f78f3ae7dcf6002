namespace Stun.Node.Storage;

/// <summary>Questions about the network as a whole. Each reads what was added up already.</summary>
public sealed class StatisticsQueries
{
    private readonly NodeDatabase database;

    internal StatisticsQueries(NodeDatabase database) => this.database = database;

    /// <summary>The figures of each step of a span, of all shards together; steps in which nothing was are missing.
    /// </summary>
    /// <param name="step">Of one minute or one hour, in seconds.</param>
    /// <param name="from">Seconds since 1970.</param>
    public SortedDictionary<long, StatisticsCell> Cells(long step, long from, long before)
    {
        SortedDictionary<long, StatisticsCell> cells = [];
        foreach (var (at, figures) in database.Read(sql => sql.List(
            "SELECT at, figures FROM statistics WHERE step = @step AND at >= @from AND at < @before ORDER BY at",
            row => (row.GetInt64(0), SqlValue.Bytes(row, 1)), ("step", step), ("from", from), ("before", before))))
        {
            if (!cells.TryGetValue(at, out var cell)) cells.Add(at, cell = new StatisticsCell());
            cell.Add(StatisticsCell.Decode(figures));
        }
        return cells;
    }

    public StatisticsCell AllTime() =>
        Cells(StatisticsRows.AllTime, 0, 1).GetValueOrDefault(0) ?? new StatisticsCell();

    /// <summary>Newest first.</summary>
    public IReadOnlyList<StoredCheat> Cheats(Instant from, int limit) => database.Read(sql => sql.List(
        """
        SELECT at, task, attempt, provider, kind, reason, slashed FROM cheats
        WHERE at >= @from ORDER BY at DESC, attempt DESC LIMIT @limit
        """,
        row => new StoredCheat(
            SqlValue.Instant(row, 0), SqlValue.TaskId(row, 1), new AttemptId(SqlValue.Unsigned(row, 2)),
            SqlValue.Address(row, 3), row.GetString(4), row.GetString(5), SqlValue.Amount(row, 6)),
        ("from", from.Micros), ("limit", (long)limit)));

    /// <summary>Where something is on offer by somebody who is there.</summary>
    public IReadOnlyList<RegionSupply> Regions() => database.Read(sql => sql.List(
        """
        SELECT region, COUNT(DISTINCT provider), COUNT(*), MIN(price), MAX(price) FROM offers
        WHERE withdrawn_at IS NULL AND silent_at IS NULL GROUP BY region ORDER BY region
        """,
        row => new RegionSupply(
            row.GetString(0), row.GetInt64(1), row.GetInt64(2), SqlValue.Amount(row, 3), SqlValue.Amount(row, 4))));

    /// <summary>What the transactions cost that brought batches to the chain, from then on.</summary>
    public GasSum Gas(long from) => database.Read(sql => sql.First(
        """
        SELECT CAST(COALESCE(SUM(batches), 0) AS BIGINT), CAST(COALESCE(SUM(tasks), 0) AS BIGINT),
            CAST(COALESCE(SUM(gas), 0) AS BIGINT) FROM batch_gas WHERE at >= @from
        """,
        row => new GasSum(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)), ("from", from * 1_000_000)))!;

    /// <summary>Providers that are there, and all that ever were.</summary>
    public (long Online, long Known) ProviderCounts() => database.Read(sql => (
        sql.Long("SELECT COUNT(DISTINCT provider) FROM provider_markets WHERE online = 1"),
        sql.Long("SELECT COUNT(DISTINCT provider) FROM provider_markets")));
}

/// <param name="Tasks">In those batches.</param>
public sealed record GasSum(long Batches, long Tasks, long Gas);

public sealed record RegionSupply(string Region, long Online, long Offers, Amount PriceMin, Amount PriceMax);
