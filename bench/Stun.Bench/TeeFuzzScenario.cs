using System.Diagnostics;
using System.Globalization;
using Stun.Tests.Tee.Makers;

namespace Stun.Bench;

/// <summary>
/// Ten million broken inputs for each parser of evidence: noise, flipped bits, cuts, extreme lengths, moved pieces.
/// One in fifty that parse is judged whole, as long as the time for that lasts: a signature costs as much as a thousand
/// parsings.
/// </summary>
internal static class TeeFuzzScenario
{
    private const long Inputs = 10_000_000;
    private const long Piece = 1_000_000;
    private const int JudgeEach = 50;

    /// <summary>In each piece, so that all kinds of broken inputs have their share.</summary>
    private static readonly TimeSpan JudgeMax = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan PieceMax = TimeSpan.FromMinutes(5);

    public static bool Run(Report report)
    {
        report.Say($"Of what parses one in {JudgeEach} is judged whole, for at most "
            + $"{JudgeMax.TotalSeconds:f0} s in each million inputs.");
        report.Begin("Broken evidence, one thread", "parser", "inputs", "parsed", "judged", "same in other clothes",
            "accepted", "s");
        var passed = true;
        foreach (var target in FuzzTarget.All())
        {
            var watch = Stopwatch.StartNew();
            var accepted = "0";
            try
            {
                for (var done = 0L; done < Inputs && passed; done += Piece)
                {
                    var piece = Stopwatch.StartNew();
                    target.Fire((ulong)(done + 1), Piece, JudgeEach, JudgeMax);
                    passed &= piece.Elapsed < PieceMax;
                }
            }
            catch (InvalidOperationException failure)
            {
                passed = false;
                accepted = failure.Message;
            }
            report.Row(target.Name, Number(target.Inputs), Number(target.Parsed), Number(target.Judged),
                Number(target.Same), accepted, watch.Elapsed.TotalSeconds.ToString("f0", CultureInfo.InvariantCulture));
        }
        report.Say("");
        report.Say($"No crash, no hang, nothing accepted: {(passed ? "met" : "NOT met")}.");
        return passed;
    }

    private static string Number(long value) => value.ToString("n0", CultureInfo.InvariantCulture);
}
