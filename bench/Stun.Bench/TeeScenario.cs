using System.Diagnostics;
using System.Globalization;
using Stun.Tee;
using Stun.Tests.Tee.Makers;

namespace Stun.Bench;

/// <summary>
/// How long a verdict takes when collateral is at hand, and whether any single changed byte of evidence is accepted:
/// all positions of one of each layout. Evidence is of our own makers, with the layouts and key sizes of the real ones
/// but AMD's RSA keys, which are of 2,048 bits here and of 4,096 there.
/// </summary>
internal static class TeeScenario
{
    private const int Rounds = 400;
    private const double MillisecondsMax = 5;

    public static bool Run(Report report)
    {
        var passed = Latency(report);
        report.Begin("Every byte changed in turn", "evidence", "changes", "accepted");
        foreach (var target in FlipTarget.All())
        {
            var (count, accepted) = target.Flip(step: 1);
            report.Row(target.Name, count.ToString("n0", CultureInfo.InvariantCulture),
                accepted is null ? "0" : $"BYTE {accepted}");
            passed &= accepted is null;
        }
        report.Say("");
        report.Say($"TDX below {MillisecondsMax} ms and no change accepted: {(passed ? "met" : "NOT met")}.");
        return passed;
    }

    private static bool Latency(Report report)
    {
        report.Begin("A verdict with warm collateral, one thread", "evidence", "median ms", "median ms (CPU)", "KiB");
        var passed = true;
        foreach (var target in FlipTarget.All())
        {
            var verifier = new EvidenceVerifier(target.Roots);
            var question = new Question(target.Policy, target.At, new ExpectedData.Anything());
            for (var round = 0; round < Rounds / 4; round++)
                verifier.Verify(target.Bundle, target.Collateral, question);
            var wall = new double[Rounds];
            var cpu = new double[Rounds];
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var round = 0; round < Rounds; round++)
            {
                var thread = ThreadClock.Nanoseconds();
                var clock = Stopwatch.GetTimestamp();
                if (!verifier.Verify(target.Bundle, target.Collateral, question).IsAccepted) return false;
                wall[round] = Stopwatch.GetElapsedTime(clock).TotalMilliseconds;
                cpu[round] = (ThreadClock.Nanoseconds() - thread) / 1e6;
            }
            var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;
            Array.Sort(wall);
            Array.Sort(cpu);
            report.Row(target.Name, wall[Rounds / 2].ToString("f2", CultureInfo.InvariantCulture),
                cpu[Rounds / 2].ToString("f2", CultureInfo.InvariantCulture),
                (bytes / 1024).ToString(CultureInfo.InvariantCulture));
            if (target.Bundle.Kind == EvidenceKind.Tdx) passed &= wall[Rounds / 2] < MillisecondsMax;
        }
        return passed;
    }
}
