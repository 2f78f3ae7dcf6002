using System.Globalization;

namespace Stun.Integration.Resilience;

/// <summary>A fault that the tests make, and over which store.</summary>
public sealed record Fault(string Name, string Store)
{
    public static readonly Fault
        KillLocal = new("The process is killed (kill -9) at random moments under load", "local"),
        KillPostgres = new("The process is killed (kill -9) at random moments under load", "PostgreSQL"),
        Stop = new("The process is told to stop (SIGTERM) under load, and started again", "local"),
        KillLeader = new("Two schedulers on one PostgreSQL: the leader is killed under load", "PostgreSQL"),
        PauseLeader = new("Two schedulers: the leader is stopped (SIGSTOP) past its lease, then goes on", "PostgreSQL"),
        KillProvider = new("A provider's process is killed while it runs tasks", "local"),
        KillGateway = new("The process with gateway and escrow is killed and started again", "local"),
        CutProvider = new("The network between a provider and its hub is cut for some seconds", "local"),
        FullDisk = new("The disk fills up under load; room is made; the node is started again", "local"),
        ClockSteps = new("The clock is set an hour forward, then back, under load", "local");

    public static IReadOnlyList<Fault> All { get; } =
    [
        KillLocal, KillPostgres, Stop, KillLeader, PauseLeader, KillProvider, KillGateway, CutProvider, FullDisk,
        ClockSteps,
    ];
}

/// <summary>
/// What was seen when faults were made, as a table for people. With STUN_UPDATE_DOCS=1 each test writes its row anew;
/// a test compares the rows with the faults, so that none is left out and none is made up.
/// </summary>
public static class Chronicle
{
    private const string Head = "| Fault | Store | What was seen |";
    private static readonly Lock Gate = new();

    public static string Document => Path.Combine(WorkingCopy.Root, "docs", "operating", "resilience.md");

    private static bool IsUpdating => Environment.GetEnvironmentVariable("STUN_UPDATE_DOCS") == "1";

    public static void Tell(Fault fault, FormattableString seen)
    {
        var text = string.Join(' ', seen.ToString(CultureInfo.InvariantCulture)
            .Split((char[])['\n', ' '], StringSplitOptions.RemoveEmptyEntries));
        TestContext.Current.TestOutputHelper?.WriteLine($"{fault.Name} ({fault.Store}): {text}");
        if (!IsUpdating) return;
        lock (Gate)
        {
            var lines = File.ReadAllLines(Document).ToList();
            var start = lines.IndexOf(Head) + 2;
            var end = start;
            while (end < lines.Count && lines[end].StartsWith('|')) end++;
            var rows = Rows(lines).ToDictionary(row => row.Fault, row => row.Seen);
            rows[fault] = text;
            lines.RemoveRange(start, end - start);
            lines.InsertRange(start, Fault.All.Where(rows.ContainsKey)
                .Select(known => $"| {known.Name} | {known.Store} | {rows[known]} |"));
            File.WriteAllText(Document, string.Join('\n', lines) + "\n");
        }
    }

    public static IEnumerable<(Fault Fault, string Seen)> Rows(IEnumerable<string> lines) => lines
        .SkipWhile(line => line != Head).Skip(2).TakeWhile(line => line.StartsWith('|'))
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
        .Select(cells => (new Fault(cells[1], cells[2]), cells[3]));
}

public sealed class ChronicleTests
{
    [Fact]
    public void The_table_of_faults_names_every_fault_that_is_tested_and_no_other()
    {
        var rows = Chronicle.Rows(File.ReadAllLines(Chronicle.Document)).ToList();
        Assert.Equal(Fault.All, rows.Select(row => row.Fault));
        Assert.All(rows, row => Assert.NotEmpty(row.Seen));
    }
}
