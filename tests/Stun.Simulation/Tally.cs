namespace Stun.Simulation;

/// <summary>What happened in a world, in numbers.</summary>
public sealed class Tally
{
    private readonly long[] notes = new long[Enum.GetValues<NoteKind>().Length];
    private readonly long[] reasons = new long[Enum.GetValues<EndReason>().Length];
    private readonly SortedDictionary<string, (long Tried, long Passed, uint BoundPpb)> cheats = [];

    public long Messages { get; set; }
    public long MessagesLost { get; set; }
    public long Runs { get; set; }
    public long Reruns { get; set; }
    public long Faults { get; set; }
    public long Crashes { get; set; }

    /// <summary>How often a snapshot took the place of a journal.</summary>
    public long Cuts { get; set; }

    public long Reorgs { get; set; }
    public long TasksAccepted { get; set; }
    public long TasksRefused { get; set; }
    public long Completed { get; set; }
    public long Failed { get; set; }
    public long Cancelled { get; set; }
    public long Slashed { get; set; }
    public long Disputes { get; set; }
    public long Settled { get; set; }
    public long Attempts { get; set; }

    public long CheatsTried => cheats.Values.Sum(row => row.Tried);
    public long CheatsPassed => cheats.Values.Sum(row => row.Passed);
    public IEnumerable<KeyValuePair<string, (long Tried, long Passed, uint BoundPpb)>> Cheats => cheats;

    public void Count(EndReason reason) => reasons[(int)reason]++;

    public string Reasons => string.Join(", ", Enum.GetValues<EndReason>()
        .Where(reason => reasons[(int)reason] > 0).Select(reason => $"{reason} {reasons[(int)reason]}"));

    public void Count(NoteKind kind) => notes[(int)kind]++;

    public long CountOf(NoteKind kind) => notes[(int)kind];

    public void CountCheat(string policy, bool passed, uint boundPpb)
    {
        var row = cheats.GetValueOrDefault(policy);
        cheats[policy] = (row.Tried + 1, row.Passed + (passed ? 1 : 0), boundPpb);
    }

    public void Add(Tally other)
    {
        Messages += other.Messages;
        MessagesLost += other.MessagesLost;
        Runs += other.Runs;
        Reruns += other.Reruns;
        Faults += other.Faults;
        Crashes += other.Crashes;
        Cuts += other.Cuts;
        Reorgs += other.Reorgs;
        TasksAccepted += other.TasksAccepted;
        TasksRefused += other.TasksRefused;
        Completed += other.Completed;
        Failed += other.Failed;
        Cancelled += other.Cancelled;
        Slashed += other.Slashed;
        Disputes += other.Disputes;
        Settled += other.Settled;
        Attempts += other.Attempts;
        for (var reason = 0; reason < reasons.Length; reason++) reasons[reason] += other.reasons[reason];
        for (var kind = 0; kind < notes.Length; kind++) notes[kind] += other.notes[kind];
        foreach (var (policy, row) in other.cheats)
        {
            var sum = cheats.GetValueOrDefault(policy);
            cheats[policy] = (sum.Tried + row.Tried, sum.Passed + row.Passed, row.BoundPpb);
        }
    }
}
