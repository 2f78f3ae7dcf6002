using System.Data.Common;
using Stun.Engine.Reputation;

namespace Stun.Node.Storage;

/// <summary>How the rows of providers are written and read.</summary>
internal static class ProviderStatements
{
    /// <summary>Of each shard; who wants older ones has the histories of the tasks.</summary>
    public const int CheatsMax = 1_000;

    public const string SelectStanding = """
        SELECT provider, score_ppm, paid_count, fraud_count, at, earned, payouts, slashed, moves
        FROM provider_standings
        """;

    /// <summary>Attempts are numbered upwards: the oldest cheats go.</summary>
    public static readonly string PruneCheats = $"""
        DELETE FROM cheats WHERE shard = @shard AND attempt < (
            SELECT MIN(attempt) FROM (
                SELECT attempt FROM cheats WHERE shard = @shard ORDER BY attempt DESC LIMIT {CheatsMax}) AS kept)
        """;

    public static readonly RowStatement PutMarket = RowStatement.Insert("provider_markets",
        """
        shard provider first_seen_at:n online:n since_at:n running:n finished:n lost:n failed:n refused:n revoked:n
        watched_from:n online_micros:n
        """,
        """
        ON CONFLICT (shard, provider) DO UPDATE SET first_seen_at = excluded.first_seen_at,
            online = excluded.online, since_at = excluded.since_at, running = excluded.running,
            finished = excluded.finished, lost = excluded.lost, failed = excluded.failed,
            refused = excluded.refused, revoked = excluded.revoked, watched_from = excluded.watched_from,
            online_micros = excluded.online_micros
        """);

    public static readonly RowStatement PutWork = RowStatement.Insert("provider_works", "shard provider figures:b",
        "ON CONFLICT (shard, provider) DO UPDATE SET figures = excluded.figures");

    public static readonly RowStatement PutStanding = RowStatement.Insert("provider_standings",
        "provider score_ppm:n paid_count:n fraud_count:n at:n earned payouts:n slashed moves:b",
        """
        ON CONFLICT (provider) DO UPDATE SET score_ppm = excluded.score_ppm, paid_count = excluded.paid_count,
            fraud_count = excluded.fraud_count, at = excluded.at, earned = excluded.earned,
            payouts = excluded.payouts, slashed = excluded.slashed, moves = excluded.moves
        """);

    public static readonly RowStatement PutEarning = RowStatement.Insert("provider_earnings",
        "provider step:n at:n earned payouts:n",
        "ON CONFLICT (provider, step, at) DO UPDATE SET earned = excluded.earned, payouts = excluded.payouts");

    public static readonly RowStatement AddRefusals = RowStatement.Insert("provider_refusals",
        "shard provider reason refusals:n last_at:n",
        """
        ON CONFLICT (shard, provider, reason) DO UPDATE SET
            refusals = provider_refusals.refusals + excluded.refusals, last_at = excluded.last_at
        """);

    public static readonly RowStatement AddCheat = RowStatement.Insert("cheats",
        "shard attempt:n task provider at:n kind reason slashed", "ON CONFLICT (shard, attempt) DO NOTHING");

    public static StandingRow Standing(DbDataReader row) => new(SqlValue.Address(row, 0))
    {
        Record = row.IsDBNull(1) ? null : new ReputationRecord(
            (uint)row.GetInt64(1), (uint)row.GetInt64(2), (uint)row.GetInt64(3), SqlValue.Instant(row, 4)),
        Earned = SqlValue.Amount(row, 5),
        PayoutCount = row.GetInt64(6),
        Slashed = SqlValue.Amount(row, 7),
        Moves = ReputationMoves.Decode(SqlValue.Bytes(row, 8)),
    };
}

/// <summary>A result that was found to be another than the one that was accepted.</summary>
/// <param name="Kind">fraud where validators have proven it, disagreement where others agreed on another.</param>
public sealed record StoredCheat(
    Instant At, TaskId Task, AttemptId Attempt, Address Provider, string Kind, string Reason, Amount Slashed);
