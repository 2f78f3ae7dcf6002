namespace Stun.Simulation;

/// <summary>Prints what happened.</summary>
public static class Report
{
    public static void Print(Tally tally, int worlds, TimeSpan took)
    {
        Console.WriteLine($"""
            worlds {worlds}, {took.TotalSeconds:f1} s
            tasks      accepted {tally.TasksAccepted}, refused {tally.TasksRefused}; complete {tally.Completed}, failed {tally.Failed}, cancelled {tally.Cancelled}; settled {tally.Settled}
            ends       {tally.Reasons}
            attempts   {tally.Attempts} leases, {tally.Runs} runs, {tally.Reruns} re-runs by validators; {tally.CountOf(NoteKind.LeaseExpired)} leases expired, {tally.CountOf(NoteKind.LeaseRefused)} refused, {tally.CountOf(NoteKind.AttemptFailed)} runs failed
            faults     {tally.Faults} ({tally.Crashes} crashes), {tally.Reorgs} reorganisations, {tally.MessagesLost} messages lost
            cheats     {tally.CheatsTried} tried, {tally.CheatsTried - tally.CheatsPassed} caught, {tally.CheatsPassed} passed; {tally.Slashed} slashed, {tally.Disputes} disputes, {tally.CountOf(NoteKind.CommitmentBroken)} commitments broken, {tally.CountOf(NoteKind.SignatureRefused)} signatures refused
            messages   {tally.Messages}, {(tally.TasksAccepted == 0 ? 0 : tally.Messages / tally.TasksAccepted)} per task
            """);
    }

    /// <summary>Measured against derived; false if some policy lets more pass than it promises.</summary>
    public static bool PrintCheats(Tally tally)
    {
        var isWithin = true;
        Console.WriteLine("policy            tried   passed   measured      bound");
        foreach (var (policy, row) in tally.Cheats)
        {
            var ok = row.Passed * 1_000_000_000L <= row.BoundPpb * row.Tried;
            isWithin &= ok;
            Console.WriteLine($"{policy,-16} {row.Tried,6} {row.Passed,8} {(double)row.Passed / row.Tried,10:f5} {row.BoundPpb / 1e9,10:f5}{(ok ? "" : "  ABOVE")}");
        }
        return isWithin;
    }
}
