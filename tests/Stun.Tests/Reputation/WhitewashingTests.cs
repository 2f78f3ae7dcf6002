using Stun.Engine.Reputation;
using Stun.Tests.Scenes;

namespace Stun.Tests.Reputation;

/// <summary>Leaving a bad record behind for a new identity does not pay.</summary>
public sealed class WhitewashingTests
{
    /// <summary>
    /// A life of one identity: it works honestly for some tasks, cheats in the next, and leaves for a new name,
    /// whatever comes of it. All money in parts of the price limit L, which bounds what one task can pay.
    ///
    ///   gain    a cheat that passes is paid without having cost anything: at most L
    ///   loss    a cheat that is found loses SlashMultiple * L, and the pay
    ///   chance  of being found is AuditRatePpm of the record that the honest work has earned
    ///
    /// Honest work is paid what it costs and earns no more than the margin m of L: a provider who cheats in place of
    /// working gives that margin up, one who works first has it. The margin is not counted for the cheat, so what is
    /// computed here is more than it can expect:
    ///
    ///   expected profit of the cheat = (1 - p) * L - p * SlashMultiple * L
    ///
    /// It must not be positive for any length of honest work, so that no plan "earn a record, use it up, come back
    /// under a new name" is worth its last step. A new name starts with PaidCount = 0, so for its first ten tasks p is
    /// 1, and the identity needs a new stake of SlashMultiple * L before it gets any verified work at all.
    /// </summary>
    [Fact]
    public void There_is_no_profit_in_cheating_and_coming_back_under_a_new_name()
    {
        foreach (var slashMultiple in (ulong[])[19, 20, 50])
            foreach (var floorPpm in (uint[])[50_000, 100_000, 500_000])
                foreach (var orderPpm in (uint[])[50_000, 200_000, 1_000_000])
                {
                    var terms = Scene.Terms with { SlashMultiple = slashMultiple, AuditFloorPpm = floorPpm };
                    for (var honestTasks = 0; honestTasks <= 400; honestTasks += 5)
                        Assert.True(
                            ProfitPpm(terms, honestTasks, orderPpm) <= 0,
                            $"{slashMultiple}, {floorPpm}, {orderPpm}: a cheat after {honestTasks} tasks pays.");
                }
    }

    /// <summary>The bound is tight: with a smaller multiple than 1/rate - 1 a record would be worth using up.</summary>
    [Fact]
    public void With_a_smaller_slash_a_record_would_be_worth_using_up()
    {
        var weak = Scene.Terms with { SlashMultiple = 18 };
        Assert.True(ProfitPpm(weak, 400, 50_000) > 0);
        Assert.True(ProfitPpm(weak, 0, 50_000) < 0);
    }

    [Fact]
    public void The_first_cheat_of_a_new_name_loses_the_whole_slash_for_certain() =>
        Assert.Equal(-20_000_000, ProfitPpm(Scene.Terms, 0, 50_000));

    /// <summary>The terms that are the default are among those that are safe.</summary>
    [Fact]
    public void The_default_terms_leave_no_profit_at_the_audit_floor() =>
        Assert.True(ProfitPpm(Scene.Terms, 10_000, Scene.Terms.AuditFloorPpm) <= 0);

    /// <summary>The expected profit of one cheat, in parts per million of the price limit.</summary>
    private static long ProfitPpm(NetworkTerms terms, int honestTasks, uint orderPpm)
    {
        var book = new ReputationBook(terms);
        for (var task = 1UL; task <= (ulong)honestTasks; task++) book.Follow(Scene.Start, Paid(new TaskId(1, task)));
        var found = (long)book.AuditRatePpm(Scene.Provider(), orderPpm);
        return 1_000_000 - found - (found * (long)terms.SlashMultiple);
    }

    private static EscrowEvent.TaskSettled Paid(TaskId task) => new(
        new(task, Outcome.Complete, Scene.Requester(), Amount.Zero, Amount.Zero, Amount.Zero, default, Amount.Zero,
            [], []),
        new VerdictBuilder(task).Pay(Scene.Provider(), new Amount(1)).Verdict);
}
