namespace Stun.Node.Storage;

/// <summary>What is counted. The order is that of the stored bytes: new ones come last.</summary>
public enum Tally : byte
{
    Submitted,
    Refused,
    Complete,
    Failed,
    Cancelled,
    Attempts,
    VerdictComplete,
    VerdictFailed,
    VerdictCancelled,
    FindingPaid,
    FindingUnpaid,
    FindingFraud,
    Disputes,
    Disagreements,
}

/// <summary>What is added up, in the smallest unit. The same holds for its order.</summary>
public enum Coins : byte
{
    Held,
    Released,
    Paid,
    Fees,
    Creators,
    Refunded,
    Slashed,
}

/// <summary>What is waited for. The same holds for its order.</summary>
public enum Wait : byte
{
    /// <summary>From the queue to a lease.</summary>
    Queue,

    /// <summary>As the receipt has it.</summary>
    Run,

    /// <summary>From the last result until its first verdict was posted.</summary>
    Verification,

    /// <summary>From the order until a complete task was paid.</summary>
    Total,
}

/// <summary>All figures of one span of time.</summary>
public sealed class StatisticsCell
{
    private const byte Version = 1;
    private static readonly int TallyCount = Enum.GetValues<Tally>().Length;
    private static readonly int CoinsCount = Enum.GetValues<Coins>().Length;
    private static readonly int WaitCount = Enum.GetValues<Wait>().Length;
    private readonly long[] tallies = new long[TallyCount];
    private readonly Amount[] coins = new Amount[CoinsCount];
    private readonly WaitHistogram[] waits =
        [.. Enumerable.Range(0, WaitCount).Select(_ => new WaitHistogram())];

    public long this[Tally tally] => tallies[(int)tally];

    public Amount this[Coins coin] => coins[(int)coin];

    public WaitHistogram this[Wait wait] => waits[(int)wait];

    public void Count(Tally tally, long count = 1) => tallies[(int)tally] += count;

    public void Add(Coins coin, Amount amount) => coins[(int)coin] += amount;

    public void Add(StatisticsCell other)
    {
        for (var at = 0; at < TallyCount; at++) tallies[at] += other.tallies[at];
        for (var at = 0; at < CoinsCount; at++) coins[at] += other.coins[at];
        for (var at = 0; at < WaitCount; at++) waits[at].Add(other.waits[at]);
    }

    internal byte[] Encode()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(Version);
        writer.Write((byte)TallyCount);
        foreach (var tally in tallies) writer.Write7BitEncodedInt64(tally);
        writer.Write((byte)CoinsCount);
        foreach (var coin in coins)
        {
            writer.Write7BitEncodedInt64(unchecked((long)(ulong)(coin.Units >> 64)));
            writer.Write7BitEncodedInt64(unchecked((long)(ulong)coin.Units));
        }
        writer.Write((byte)WaitCount);
        foreach (var wait in waits)
        {
            writer.Write((byte)wait.Buckets.Count());
            foreach (var (index, count) in wait.Buckets)
            {
                writer.Write((byte)index);
                writer.Write7BitEncodedInt64(count);
            }
        }
        writer.Flush();
        return bytes.ToArray();
    }

    /// <summary>Of an earlier program it may have fewer figures: those that are missing are nothing.</summary>
    internal static StatisticsCell Decode(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        Invariant.Require(reader.ReadByte() == Version, "the figures are in the form of this program");
        var cell = new StatisticsCell();
        for (int at = 0, count = reader.ReadByte(); at < count; at++)
            cell.tallies[at] = reader.Read7BitEncodedInt64();
        for (int at = 0, count = reader.ReadByte(); at < count; at++)
        {
            var high = unchecked((ulong)reader.Read7BitEncodedInt64());
            cell.coins[at] = new Amount(new UInt128(high, unchecked((ulong)reader.Read7BitEncodedInt64())));
        }
        for (int at = 0, count = reader.ReadByte(); at < count; at++)
            for (int left = reader.ReadByte(); left > 0; left--)
                cell.waits[at].Add(reader.ReadByte(), reader.Read7BitEncodedInt64());
        return cell;
    }
}
