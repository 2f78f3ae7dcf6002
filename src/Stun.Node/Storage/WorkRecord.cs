namespace Stun.Node.Storage;

/// <summary>What is counted of a provider's work. The order is that of the stored bytes: new ones come last.</summary>
public enum WorkTally : byte
{
    /// <summary>Paid on a verdict that a cheat could have failed.</summary>
    Verified,

    /// <summary>Paid without anybody having looked.</summary>
    Unchecked,

    /// <summary>Found wrong by the validators' own run.</summary>
    Frauds,

    /// <summary>Not paid because others agreed on another result.</summary>
    Disagreements,

    /// <summary>
    /// Attempts that failed as a program fails by itself: exit code, memory, time, disk, too many lines.
    /// </summary>
    ProgramFailures,

    /// <summary>Deliveries that others can be compared with: the same task, and both were paid for it.</summary>
    Compared,
}

/// <summary>What is measured of it. The same holds for its order.</summary>
public enum WorkWait : byte
{
    /// <summary>From the lease until the provider was bound to a result, by the scheduler's clock alone.</summary>
    Delivery,

    /// <summary>
    /// What of that is not in the receipt's run time: reaching the provider, images, inputs, start, and the way back.
    /// </summary>
    Overhead,
}

/// <summary>How long work took, added up in microseconds. The same holds for its order.</summary>
public enum WorkTime : byte
{
    /// <summary>As receipts state it, and never more than the scheduler has waited: what is paid for.</summary>
    Run,

    /// <summary>From lease to result, of the deliveries that are compared.</summary>
    Compared,

    /// <summary>What the others took for the same tasks, their mean for each.</summary>
    Others,
}

/// <summary>What the network measured of a provider's work with its own clock, and what became of it.</summary>
public sealed class WorkRecord
{
    private const byte Version = 1;
    private static readonly int TallyCount = Enum.GetValues<WorkTally>().Length;
    private static readonly int TimeCount = Enum.GetValues<WorkTime>().Length;
    private static readonly int WaitCount = Enum.GetValues<WorkWait>().Length;
    private readonly long[] tallies = new long[TallyCount];
    private readonly long[] times = new long[TimeCount];
    private readonly WaitHistogram[] waits =
        [.. Enumerable.Range(0, WaitCount).Select(_ => new WaitHistogram())];

    public long this[WorkTally tally] => tallies[(int)tally];

    public Duration this[WorkTime time] => new(times[(int)time]);

    public WaitHistogram this[WorkWait wait] => waits[(int)wait];

    public void Count(WorkTally tally) => tallies[(int)tally]++;

    /// <param name="waited">From lease to result, as the scheduler saw it.</param>
    /// <param name="claimed">Of the run, as the receipt has it.</param>
    public void Deliver(Duration waited, Duration claimed)
    {
        // A receipt is its provider's word: it may say anything.
        var run = Duration.Min(claimed < Duration.Zero ? Duration.Zero : claimed, waited);
        times[(int)WorkTime.Run] += run.Micros;
        waits[(int)WorkWait.Delivery].Add(waited);
        waits[(int)WorkWait.Overhead].Add(waited - run);
    }

    public void Compare(Duration own, Duration others)
    {
        Count(WorkTally.Compared);
        times[(int)WorkTime.Compared] += own.Micros;
        times[(int)WorkTime.Others] += others.Micros;
    }

    public void Add(WorkRecord other)
    {
        for (var at = 0; at < TallyCount; at++) tallies[at] += other.tallies[at];
        for (var at = 0; at < TimeCount; at++) times[at] += other.times[at];
        for (var at = 0; at < WaitCount; at++) waits[at].Add(other.waits[at]);
    }

    internal byte[] Encode()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(Version);
        foreach (var numbers in (long[][])[tallies, times])
        {
            writer.Write((byte)numbers.Length);
            foreach (var number in numbers) writer.Write7BitEncodedInt64(number);
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
    internal static WorkRecord Decode(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        Invariant.Require(reader.ReadByte() == Version, "the record is in the form of this program");
        var record = new WorkRecord();
        foreach (var numbers in (long[][])[record.tallies, record.times])
            for (int at = 0, count = reader.ReadByte(); at < count; at++)
                numbers[at] = reader.Read7BitEncodedInt64();
        for (int at = 0, count = reader.ReadByte(); at < count; at++)
            for (int left = reader.ReadByte(); left > 0; left--)
                record.waits[at].Add(reader.ReadByte(), reader.Read7BitEncodedInt64());
        return record;
    }
}

/// <summary>How long one market saw a provider there, of the time in which it looked.</summary>
/// <param name="From">When it began to look.</param>
/// <param name="Online">In stretches that are over.</param>
/// <param name="Since">Since when it is there; null while it is not.</param>
public readonly record struct OnlineWatch(Instant From, Duration Online, Instant? Since)
{
    /// <summary>Null before any time has passed.</summary>
    public uint? SharePpm(Instant now)
    {
        var whole = (now - From).Micros;
        if (whole <= 0) return null;
        var online = Online.Micros + (Since is { } since ? Math.Max(0, (now - since).Micros) : 0);
        return (uint)Int128.Min(1_000_000, (Int128)online * 1_000_000 / whole);
    }
}
