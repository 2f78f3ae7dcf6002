using Stun.Engine.Verification;

namespace Stun.Engine.Reputation;

/// <summary>
/// What the settled log of the escrow says about providers. Everybody who reads the same log has the same book, so
/// reputation needs no authority.
/// </summary>
/// <remarks>
/// A score in parts per million moves 1/16 of the way to 1 for paid work, 1/16 of the way to 0 for work without pay,
/// and to 0
/// for a fraud. Without news it drifts back to the newcomer's score with a half-life of 30 days: old merit fades.
///
/// Why a new identity gains nothing: a newcomer's first <see cref="NewcomerTasks"/> verified tasks are audited for
/// certain, so a cheat among them does not pass, and each identity needs a stake of its own that the cheat loses
/// (<see cref="NetworkTerms.SlashMultiple"/> times the price). Leaving a bad record behind therefore costs the record's
/// value and buys the worst audit rate there is.
/// </remarks>
public sealed class ReputationBook(NetworkTerms terms)
{
    public const uint NewcomerPpm = 100_000;
    public const uint NewcomerTasks = 10;
    private const uint FullPpm = 1_000_000;
    private static readonly Duration halfLife = Duration.Seconds(30 * 86_400);

    private readonly SortedDictionary<Address, ReputationRecord> records = [];

    /// <summary>Everybody of whom something is known, by address.</summary>
    public IEnumerable<KeyValuePair<Address, ReputationRecord>> Records => records;

    /// <summary>Takes a record over from a book that has read the log so far.</summary>
    public void Restore(Address provider, ReputationRecord record) => records[provider] = record;

    /// <summary>
    /// The score as of the provider's last news; <see cref="ScoreAt"/> lets it fade up to a given time.
    /// </summary>
    public uint ScorePpm(Address provider) =>
        records.TryGetValue(provider, out var record) ? record.ScorePpm : NewcomerPpm;

    public uint ScoreAt(Address provider, Instant now) =>
        records.TryGetValue(provider, out var record) ? Faded(record, now) : NewcomerPpm;

    /// <summary>Null of whom nothing is known.</summary>
    public ReputationRecord? Find(Address provider) =>
        records.TryGetValue(provider, out var record) ? record : null;

    public uint PaidCount(Address provider) => records.GetValueOrDefault(provider).PaidCount;

    public uint FraudCount(Address provider) => records.GetValueOrDefault(provider).FraudCount;

    /// <summary>
    /// How often this provider's work is re-run: certainly while it is new, then less as its score rises, but never
    /// below the network's floor or the order's own.
    /// </summary>
    public uint AuditRatePpm(Address provider, uint orderRatePpm)
    {
        var record = records.GetValueOrDefault(provider);
        if (record.PaidCount < NewcomerTasks) return FullPpm;
        var doubt = (FullPpm - record.ScorePpm) / 2;
        return Math.Min(FullPpm, Math.Max(Math.Max(terms.AuditFloorPpm, orderRatePpm), doubt));
    }

    /// <summary>Takes in one entry of the escrow's log.</summary>
    public void Follow(Instant at, EscrowEvent logged)
    {
        if (logged is not EscrowEvent.TaskSettled settled) return;
        // Unverified work proves nothing: else ten unverified tasks would buy a record.
        if (settled.Verdict.CheatPassPpb >= PassProbability.Certain) return;
        foreach (var finding in settled.Verdict.Findings) Note(at, finding, settled.Verdict.Outcome);
    }

    public void DigestState(StateDigest digest)
    {
        foreach (var (provider, record) in records)
        {
            digest.Add(provider);
            digest.Add((ulong)record.ScorePpm);
            digest.Add((ulong)record.PaidCount);
            digest.Add((ulong)record.FraudCount);
            digest.Add(record.At);
        }
    }

    private void Note(Instant at, Finding finding, Outcome outcome)
    {
        // A cancelled task says nothing about those who were running it.
        if (outcome == Outcome.Cancelled && finding.Judgement != Judgement.Fraud) return;
        var known = records.TryGetValue(finding.Provider, out var record);
        var score = known ? Faded(record, at) : NewcomerPpm;
        records[finding.Provider] = finding.Judgement switch
        {
            Judgement.Paid => new ReputationRecord(
                score + ((FullPpm - score) / 16), record.PaidCount + 1, record.FraudCount, at),
            Judgement.Unpaid => record with { ScorePpm = score - (score / 16), At = at },
            _ => new ReputationRecord(0, 0, record.FraudCount + 1, at),
        };
    }

    /// <summary>Half of the distance to the newcomer's score is lost per half-life, linearly within one.</summary>
    private static uint Faded(ReputationRecord record, Instant now)
    {
        var idle = Math.Max(0, (now - record.At).Micros);
        var halvings = (int)Math.Min(31, idle / halfLife.Micros);
        var distance = Math.Abs((long)record.ScorePpm - NewcomerPpm) >> halvings;
        var within = idle % halfLife.Micros;
        distance -= (long)((Int128)distance * within / (2 * halfLife.Micros));
        return (uint)(record.ScorePpm >= NewcomerPpm ? NewcomerPpm + distance : NewcomerPpm - distance);
    }
}

/// <summary>One provider's record: all that the log's news about it has come to.</summary>
/// <param name="At">Of the last news, from where the score fades.</param>
public readonly record struct ReputationRecord(uint ScorePpm, uint PaidCount, uint FraudCount, Instant At);
