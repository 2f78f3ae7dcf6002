using System.Collections.Concurrent;
using System.Diagnostics;

namespace Stun.Simulation;

/// <summary>Many worlds, one per seed, on all cores: worlds share nothing.</summary>
public static class Campaign
{
    /// <summary>The mixture of policies of the cheat table.</summary>
    private static readonly VerificationPolicy[] policies =
    [
        new VerificationPolicy.None(),
        new VerificationPolicy.SampledAudit(50_000),
        new VerificationPolicy.SampledAudit(200_000),
        new VerificationPolicy.SampledAudit(500_000),
        new VerificationPolicy.Redundant(2, 3),
        new VerificationPolicy.Redundant(3, 5),
        new VerificationPolicy.ZkProof(new Digest(9, 9, 9, 9)),
        new VerificationPolicy.TeeQuote(new Digest(8, 8, 8, 8)),
    ];

    public static (int Passed, int Failed) Seeds(ulong first, int count)
    {
        var clock = Stopwatch.StartNew();
        var (total, failures) = Play(Enumerable.Range(0, count)
            .Select(index => SimOptions.FromSeed(first + (ulong)index)));
        Report.Print(total, count, clock.Elapsed);
        foreach (var failure in failures.Take(5)) Console.WriteLine($"FAILED: {failure}");
        return (count - failures.Count, failures.Count);
    }

    /// <summary>
    /// Worlds of five hundred tasks with one provider in ten cheating, half of them after an honest start.
    /// </summary>
    public static (int Passed, int Failed) CheatTable(int taskCount)
    {
        const int TasksPerWorld = 500;
        var clock = Stopwatch.StartNew();
        var worlds = (taskCount + TasksPerWorld - 1) / TasksPerWorld;
        var (total, failures) = Play(Enumerable.Range(0, worlds).Select(CheatWorld));
        Report.Print(total, worlds, clock.Elapsed);
        var (within, beyond) = Report.PrintCheats(total);
        // Audits that come after the verdict must lead to disputes; without any, half of the defence did not run.
        if (total.Disputes > 0) within++;
        else beyond++;
        Console.WriteLine($"disputes by validators that knew better: {total.Disputes}");
        foreach (var failure in failures.Take(5)) Console.WriteLine($"FAILED: {failure}");
        return (worlds - failures.Count + within, failures.Count + beyond);

        static SimOptions CheatWorld(int index) => new()
        {
            Seed = 1_000_000 + (ulong)index,
            ProviderCount = 40,
            CheatCount = 4,
            CheatPpm = 700_000,
            HonestStart = index / 2 % 2 == 0 ? 12 : 0,
            Vices = index % 2 == 0 ? [Vice.Colluder] : [Vice.Lazy],
            TaskCount = TasksPerWorld,
            SafetyPhase = Duration.Seconds(450),
            Policies = [.. policies],
            LossPpm = 5_000,
            CrashEvery = Duration.Seconds(300),
        };
    }

    public static (Tally Total, List<string> Failures) Play(IEnumerable<SimOptions> worlds)
    {
        var total = new Tally();
        var failures = new ConcurrentBag<string>();
        Parallel.ForEach(worlds, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, options =>
        {
            try
            {
                var world = Commands.Play(options);
                lock (total) total.Add(world.Tally);
            }
            catch (Exception failure)
            {
                // Any exception is a finding: the engine may not throw whatever the world does to it.
                failures.Add(failure is LawException ? failure.Message : $"seed {options.Seed}: {failure}");
            }
        });
        return (total, [.. failures.Order(StringComparer.Ordinal)]);
    }
}
