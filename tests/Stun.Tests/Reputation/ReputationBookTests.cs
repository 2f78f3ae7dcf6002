using Stun.Engine.Reputation;
using Stun.Engine.Verification;
using Stun.Tests.Scenes;

namespace Stun.Tests.Reputation;

public sealed class ReputationBookTests
{
    private static readonly Address Provider = Scene.Provider();
    private static readonly Duration Month = Duration.Seconds(30 * 86_400);
    private readonly ReputationBook book = new(Scene.Terms);
    private ulong task;

    [Fact]
    public void A_newcomer_starts_low_and_is_audited_for_certain_until_it_has_a_record()
    {
        Assert.Equal(ReputationBook.NewcomerPpm, book.ScorePpm(Provider));
        for (var paid = 0U; paid < ReputationBook.NewcomerTasks; paid++)
        {
            Assert.Equal(1_000_000U, book.AuditRatePpm(Provider, 50_000));
            Settle(Judgement.Paid);
        }
        Assert.True(book.AuditRatePpm(Provider, 50_000) < 1_000_000);
        Assert.Equal(ReputationBook.NewcomerTasks, book.PaidCount(Provider));
    }

    [Fact]
    public void The_audit_rate_never_falls_below_the_floor_or_the_orders_own()
    {
        for (var count = 0; count < 500; count++) Settle(Judgement.Paid);
        Assert.Equal(Scene.Terms.AuditFloorPpm, book.AuditRatePpm(Provider, 0));
        Assert.Equal(300_000U, book.AuditRatePpm(Provider, 300_000));
        Assert.Equal(1_000_000U, book.AuditRatePpm(Provider, 5_000_000));
        var prng = new Prng(2);
        for (var count = 0; count < 5_000; count++)
        {
            Settle((Judgement)prng.Below(prng.Chance(10_000) ? 3 : 2));
            var asked = (uint)prng.Below(1_000_001);
            Assert.InRange(
                book.AuditRatePpm(Provider, asked), Math.Max(asked, Scene.Terms.AuditFloorPpm), 1_000_000U);
            Assert.InRange(book.ScorePpm(Provider), 0U, 1_000_000U);
        }
    }

    [Fact]
    public void Paid_work_raises_the_score_and_unpaid_work_lowers_it_by_a_sixteenth_of_the_way()
    {
        Settle(Judgement.Paid);
        Assert.Equal(156_250U, book.ScorePpm(Provider));
        Settle(Judgement.Unpaid);
        Assert.Equal(146_485U, book.ScorePpm(Provider));
        Assert.Equal(1U, book.PaidCount(Provider));
    }

    [Fact]
    public void A_fraud_takes_score_and_record_away()
    {
        for (var count = 0; count < 100; count++) Settle(Judgement.Paid);
        Assert.True(book.ScorePpm(Provider) > 990_000);
        Settle(Judgement.Fraud);
        Assert.Equal((0U, 0U, 1U), (book.ScorePpm(Provider), book.PaidCount(Provider), book.FraudCount(Provider)));
        Assert.Equal(1_000_000U, book.AuditRatePpm(Provider, 50_000));
    }

    [Fact]
    public void Old_merit_fades_to_the_newcomers_score_by_half_a_month()
    {
        for (var count = 0; count < 200; count++) Settle(Judgement.Paid);
        var score = book.ScorePpm(Provider);
        Assert.Equal(score, book.ScoreAt(Provider, Scene.Start));
        // Times before the last news are no time at all: clocks may differ.
        Assert.Equal(score, book.ScoreAt(Provider, Scene.Start + new Duration(-5)));
        var distance = score - ReputationBook.NewcomerPpm;
        Assert.Equal(ReputationBook.NewcomerPpm + (distance / 2), book.ScoreAt(Provider, Scene.Start + Month));
        Assert.Equal(ReputationBook.NewcomerPpm + (distance / 4), book.ScoreAt(Provider, Scene.Start + (Month * 2)));
        Assert.Equal(ReputationBook.NewcomerPpm, book.ScoreAt(Provider, Scene.Start + (Month * 60)));
        var last = score;
        for (var day = 1; day < 400; day++)
        {
            var now = book.ScoreAt(Provider, Scene.Start + (Month * day / 30));
            Assert.True(now <= last && now >= ReputationBook.NewcomerPpm);
            last = now;
        }
    }

    [Fact]
    public void A_bad_score_fades_too_but_the_record_does_not_come_back()
    {
        Settle(Judgement.Fraud);
        Assert.Equal(0U, book.ScoreAt(Provider, Scene.Start));
        Assert.Equal(ReputationBook.NewcomerPpm / 2, book.ScoreAt(Provider, Scene.Start + Month));
        Assert.Equal(1_000_000U, book.AuditRatePpm(Provider, 0));
    }

    [Fact]
    public void Unverified_tasks_earn_nothing()
    {
        for (var count = 0; count < 50; count++) Settle(Judgement.Paid, PassProbability.Certain);
        Assert.Equal(0U, book.PaidCount(Provider));
        Assert.Equal(ReputationBook.NewcomerPpm, book.ScorePpm(Provider));
        Assert.Equal(1_000_000U, book.AuditRatePpm(Provider, 50_000));
    }

    [Fact]
    public void A_cancelled_task_says_nothing_of_its_runners_but_a_fraud_does()
    {
        Settle(Judgement.Paid, outcome: Outcome.Cancelled);
        Settle(Judgement.Unpaid, outcome: Outcome.Cancelled);
        Assert.Equal((ReputationBook.NewcomerPpm, 0U), (book.ScorePpm(Provider), book.PaidCount(Provider)));
        Settle(Judgement.Fraud, outcome: Outcome.Cancelled);
        Assert.Equal(1U, book.FraudCount(Provider));
    }

    [Fact]
    public void Whoever_reads_the_same_log_has_the_same_book()
    {
        var (prng, other) = (new Prng(4), new ReputationBook(Scene.Terms));
        for (var count = 0; count < 300; count++)
        {
            var (at, settled) = (Scene.Start + Duration.Seconds(count * 999), Settled((Judgement)prng.Below(3)));
            book.Follow(at, settled);
            other.Follow(at, settled);
        }
        var (one, two) = (new StateDigest(), new StateDigest());
        book.DigestState(one);
        other.DigestState(two);
        Assert.Equal(one.Value, two.Value);
    }

    private void Settle(
        Judgement judgement, uint passPpb = 950_000_000, Outcome outcome = Outcome.Complete) =>
        book.Follow(Scene.Start, Settled(judgement, passPpb, outcome));

    private EscrowEvent.TaskSettled Settled(
        Judgement judgement, uint passPpb = 950_000_000, Outcome outcome = Outcome.Complete)
    {
        var id = new TaskId(1, ++task);
        var verdict = new Verdict(
            id, 0, outcome, Digest.Zero, [new Finding(new AttemptId(task), Provider, judgement, new Amount(1))],
            passPpb);
        return new EscrowEvent.TaskSettled(
            new(id, outcome, Scene.Requester(), Amount.Zero, Amount.Zero, Amount.Zero, default, Amount.Zero, [], []),
            verdict);
    }
}
