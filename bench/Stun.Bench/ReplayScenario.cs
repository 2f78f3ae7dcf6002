using System.Globalization;
using Stun.Engine.Scheduling;
using Stun.Simulation;

namespace Stun.Bench;

/// <summary>
/// Replays the journal that a scheduler wrote in a simulated world: at least a million events, and the state that comes
/// out must be the state that was held. This is how long a shard is away after a crash without a snapshot.
/// </summary>
internal static class ReplayScenario
{
    private const long EventsWanted = 1_000_000;
    private const int Runs = 3;

    public static bool Run(Report report)
    {
        var world = new World(new SimOptions
        {
            Seed = 2026,
            ProviderCount = 40,
            ValidatorCount = 3,
            TaskCount = 56_000,
            SafetyPhase = Duration.Seconds(56_000),
            RunFailurePpm = 20_000,
            CheatCount = 2,
        });
        world.Run();
        var node = world.Cast.Nodes.First(node => node.Machine is SchedulerMachine);
        var held = DigestOf(node.Machine);
        report.Begin("Replay of one scheduler's journal", "run", "events", "MB", "s (CPU)", "events/s", "same state");
        var passed = true;
        for (var run = 1; run <= Runs; run++)
        {
            var copy = world.Cast.BuildScheduler(new Prng(1));
            var start = ThreadClock.Nanoseconds();
            var (_, events, bytes) = Runner.Replay(copy, node.Disk.Journal);
            var seconds = (ThreadClock.Nanoseconds() - start) / 1e9;
            var same = DigestOf(copy) == held;
            passed &= same && events >= EventsWanted && bytes == node.Disk.Journal.Length;
            report.Row(
                run.ToString(CultureInfo.InvariantCulture), events.ToString("n0", CultureInfo.InvariantCulture),
                (bytes / 1e6).ToString("f0", CultureInfo.InvariantCulture),
                seconds.ToString("f2", CultureInfo.InvariantCulture),
                (events / seconds).ToString("n0", CultureInfo.InvariantCulture), same ? "yes" : "NO");
        }
        report.Say("");
        report.Say($"At least {EventsWanted:n0} events, identical state: {(passed ? "met" : "NOT met")}.");
        return passed;
    }

    private static ulong DigestOf(Machine machine)
    {
        var digest = new StateDigest();
        machine.DigestState(digest);
        return digest.Value;
    }
}
