using System.Diagnostics;

namespace Stun.Simulation;

/// <summary>One fault planted on purpose: a place in the source, what to write there, and who has to find it.</summary>
public sealed record Mutant(string Name, string File, string Old, string New, string? Tests = null);

/// <summary>
/// Plants known faults, one at a time, in a copy of the source, builds it and shows that the simulator or a test turns
/// red. A judge that has never found anything has not been shown to look.
/// </summary>
public static class Mutants
{
    private const int SeedCount = 60;

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("double-payment", "Settlement/Escrow.cs",
            "hold.State = HoldState.Final;", "// A settled hold stays open and is paid again."),
        new("lost-retry", "Scheduling/LeaseKeeper.cs",
            "if (task.Phase == TaskPhase.Running) desk.Record(new SchedulerEvent.TaskQueued(task.QueuedAt, task.Id), "
            + "outbox);",
            "// The lost attempt is not replaced."),
        new("lease-granted-twice", "Scheduling/TaskEntry.cs",
            "if (attempt.Lease.Replica == replica && attempt.IsAlive) alive++;",
            "if (attempt.Lease.Replica == replica && attempt.End == AttemptEnd.Finished) alive++;"),
        new("rounding-leak", "Settlement/Division.cs",
            "finding.Pay - feeShare - creatorShare", "finding.Pay.Ppm(800_000)"),
        new("comparator-accepts-anything", "Verification/Comparison.cs",
            "if (left.SequenceEqual(right)) return true;", "if (left.Length >= 0) return true;",
            Tests: "Stun.Tests.Verification"),
        new("minority-slashed", "Verification/Judging.cs",
            "if (facts.Truthful[index] is false && attempt.Lease.ResumeFrom is null) judgement = Judgement.Fraud;",
            "if (facts.ReceiptOk[index] && !accepted.Contains(attempt.Lease.Replica)) judgement = Judgement.Fraud;"),
        new("quorum-of-anybody", "Scheduling/VerdictCourier.cs",
            "if (other.Verdict == vote.Verdict) alike.Add", "alike.Add"),
        new("effects-before-journal", "Runner.cs",
            "batch.Number <= number", "batch.Number <= number + 8", Tests: "Stun.Tests.Journal"),
        new("torn-frame-accepted", "Runner.cs",
            "return BinaryPrimitives.ReadUInt32LittleEndian(journal[12..]) == Checksum(number, body);", "return true;",
            Tests: "Stun.Tests.Journal"),
        new("state-outside-the-journal", "Scheduling/LeaseKeeper.cs",
            "desk.Record(new SchedulerEvent.ResultCommitted(commit.Attempt, commit.Commitment), outbox);",
            "attempt.Commitment = commit.Commitment;"),
        new("order-signature-unchecked", "Scheduling/SchedulerMachine.cs",
            "var refusal = ok ? AgainstState(task.Id, task.Order) : Refusal.BadSignature;",
            "var refusal = AgainstState(task.Id, task.Order);"),
        new("gap-in-the-log-ignored", "Settlement/EscrowFollower.cs",
            "if (index > next) break;", "if (index > next + 1_000_000) break;"),
        new("forgotten-lease", "Leases/ProviderMachine.cs",
            "if (lease.IsRunning && now >= lease.ExpiresAt) Drop(lease, outbox);",
            "if (now < beatAt) Drop(lease, outbox);"),
        new("snapshot-without-votes", "Scheduling/TaskEntry.cs",
            "foreach (var (_, vote) in Votes) yield return new SchedulerEvent.VoteCounted(id, vote);",
            "// Who has voted is forgotten."),
        new("snapshot-without-queue", "Leases/ProviderMachine.cs",
            "foreach (var task in recent) yield return new ProviderEvent.GenerationRestored(task, generations[task]);",
            "// A provider that restarts takes an old plan for a new one."),
    ];

    public static int Run(string[] names)
    {
        var root = FindRoot();
        var missed = 0;
        foreach (var mutant in All)
        {
            if (names.Length > 0 && !names.Contains(mutant.Name)) continue;
            var verdict = Try(root, mutant);
            if (verdict is null) missed++;
            Console.WriteLine($"{mutant.Name,-28} {verdict ?? "NOT FOUND"}");
        }
        Console.WriteLine(missed == 0 ? "every planted fault was found" : $"{missed} planted faults were not found");
        return missed == 0 ? 0 : 1;
    }

    /// <summary>The source with the fault in it, or an explanation of why the mutant is stale.</summary>
    public static string Plant(string root, Mutant mutant)
    {
        var path = Path.Combine(root, "src", "Stun.Engine", mutant.File);
        var source = File.ReadAllText(path);
        var at = source.IndexOf(mutant.Old, StringComparison.Ordinal);
        if (at < 0 || source.IndexOf(mutant.Old, at + 1, StringComparison.Ordinal) >= 0)
            throw new InvalidOperationException(
                $"The planted fault '{mutant.Name}' is stale: its text must occur exactly once in {mutant.File}. "
                + "Bring Mutants.cs up to date with the source.");
        return source.Replace(mutant.Old, mutant.New, StringComparison.Ordinal);
    }

    /// <returns>How the fault was found, or null.</returns>
    private static string? Try(string root, Mutant mutant)
    {
        var copy = Path.Combine(root, "artifacts", "mutant");
        if (Directory.Exists(copy)) Directory.Delete(copy, recursive: true);
        Copy(root, copy);
        File.WriteAllText(Path.Combine(copy, "src", "Stun.Engine", mutant.File), Plant(root, mutant));
        var project = mutant.Tests is null ? "Stun.Simulation" : "Stun.Tests";
        var (built, log) = Execute(copy, "build", $"tests/{project}", "-c", "Release", "-v", "quiet", "-nologo");
        if (built != 0) return $"found by the compiler: {FirstLine(log, "error")}";
        var program = Path.Combine(copy, "artifacts", "bin", project, "release", $"{project}.dll");
        var (status, output) = mutant.Tests is null
            ? Execute(copy, program, "--seeds", $"{SeedCount}")
            : Execute(copy, program, "-noLogo", "-noColor", "-namespace", mutant.Tests);
        return status == 0 ? null : FirstLine(output, mutant.Tests is null ? "FAILED" : "[FAIL]");
    }

    private static void Copy(string root, string copy)
    {
        foreach (var file in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(root, file);
            var top = relative.Split(Path.DirectorySeparatorChar)[0];
            if (top is "artifacts" or ".git") continue;
            var target = Path.Combine(copy, relative);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static (int Status, string Output) Execute(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet does not start");
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    private static string FirstLine(string output, string mark) =>
        output.Split('\n').FirstOrDefault(line => line.Contains(mark, StringComparison.Ordinal))?.Trim() ?? "found";

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Stun.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("This is not a checkout of the repository.");
    }
}
