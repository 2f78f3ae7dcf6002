namespace Stun.Engine.Market;

/// <summary>
/// How a provider's attempts went here: how many came to an end, and how fast. One number comes out, and that is the
/// seam for a learned predictor of run time and failure.
/// </summary>
/// <remarks>Moving averages with weight 1/16, in parts per thousand; a newcomer starts in the middle.</remarks>
public sealed class PerformanceBook
{
    private const uint NewcomerPermille = 500;

    private readonly SortedDictionary<Address, PerformanceRecord> records = [];

    /// <summary>Everybody who has brought an attempt to an end, by address.</summary>
    public IEnumerable<KeyValuePair<Address, PerformanceRecord>> Records => records;

    public void Restore(Address provider, PerformanceRecord record) => records[provider] = record;

    public uint HistoryPermille(Address provider)
    {
        if (!records.TryGetValue(provider, out var record)) return NewcomerPermille;
        // Losing an attempt costs a requester more than a slow one: two parts reliability, one part speed.
        return ((2 * record.Reliability) + record.Speed) / 3;
    }

    public void Note(Address provider, AttemptEnd end, Duration runTime, Duration runTimeMax)
    {
        if (end is AttemptEnd.Running or AttemptEnd.Revoked) return;
        if (!records.TryGetValue(provider, out var record)) record = new(NewcomerPermille, NewcomerPermille);
        if (end == AttemptEnd.Finished)
        {
            var used = (uint)Int128.Clamp((Int128)runTime.Micros * 1_000 / Math.Max(1, runTimeMax.Micros), 0, 1_000);
            record = new(Towards(record.Reliability, 1_000), Towards(record.Speed, 1_000 - used));
        }
        else
        {
            record = record with { Reliability = Towards(record.Reliability, 0) };
        }
        records[provider] = record;
    }

    public void DigestState(StateDigest digest)
    {
        foreach (var (provider, record) in records)
        {
            digest.Add(provider);
            digest.Add((ulong)record.Reliability);
            digest.Add((ulong)record.Speed);
        }
    }

    private static uint Towards(uint value, uint target) => ((value * 15) + target + 8) / 16;
}

/// <summary>Both in parts per thousand.</summary>
public readonly record struct PerformanceRecord(uint Reliability, uint Speed);
