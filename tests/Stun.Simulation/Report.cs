namespace Stun.Simulation;

/// <summary>Prints what happened.</summary>
public static class Report
{
    public static void Print(Tally tally, int worlds, TimeSpan took)
    {
        var caught = tally.CheatsTried - tally.CheatsPassed;
        Line("worlds", $"{worlds} in {took.TotalSeconds:f1} s");
        Line("tasks", $"{tally.TasksAccepted} accepted, {tally.TasksRefused} refused; {tally.Completed} complete, "
            + $"{tally.Failed} failed, {tally.Cancelled} cancelled; {tally.Settled} settled");
        Line("ends", tally.Reasons);
        Line("attempts", $"{tally.Attempts} leases, {tally.Runs} runs, {tally.Reruns} re-runs by validators; "
            + $"{tally.CountOf(NoteKind.LeaseExpired)} leases expired, {tally.CountOf(NoteKind.LeaseRefused)} refused, "
            + $"{tally.CountOf(NoteKind.AttemptFailed)} runs failed");
        Line("faults", $"{tally.Faults} ({tally.Crashes} crashes), {tally.Reorgs} reorganisations, "
            + $"{tally.MessagesLost} messages lost; {tally.Cuts} journals cut by snapshots");
        Line("cheats", $"{tally.CheatsTried} wrong results judged, {caught} caught, {tally.CheatsPassed} passed; "
            + $"{tally.Slashed} slashed, {tally.Disputes} disputes, "
            + $"{tally.CountOf(NoteKind.CommitmentBroken)} commitments broken, "
            + $"{tally.CountOf(NoteKind.SignatureRefused)} signatures refused");
        Line("messages", $"{tally.Messages}, {tally.Messages / Math.Max(1, tally.TasksAccepted)} per task");
    }

    /// <summary>Measured against derived; how many policies keep what they promise, and how many do not.</summary>
    public static (int Within, int Beyond) PrintCheats(Tally tally)
    {
        var (within, beyond) = (0, 0);
        Console.WriteLine("policy             wrong   passed   measured      bound");
        foreach (var (policy, row) in tally.Cheats)
        {
            var ok = row.Passed * 1_000_000_000L <= row.BoundPpb * row.Tried;
            if (ok) within++;
            else beyond++;
            var measured = (double)row.Passed / row.Tried;
            Console.WriteLine($"{policy,-16} {row.Tried,7} {row.Passed,8} {measured,10:f5} {row.BoundPpb / 1e9,10:f5}"
                + (ok ? "" : "  ABOVE"));
        }
        return (within, beyond);
    }

    private static void Line(string what, string text) => Console.WriteLine($"{what,-10} {text}");
}
