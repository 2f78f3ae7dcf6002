using Stun.Engine.Verification;
using Stun.Tests.Scenes;

namespace Stun.Tests.Verification;

/// <summary>From evidence and facts to a verdict, case by case.</summary>
public sealed class JudgingTests
{
    private static readonly OrderBuilder Single = new();
    private static readonly OrderBuilder Pair = Of(2, 3);
    private static readonly OrderBuilder Three = Of(3, 5);

    private const Judgement Paid = Judgement.Paid;
    private const Judgement Unpaid = Judgement.Unpaid;
    private const Judgement Fraud = Judgement.Fraud;

    [Fact]
    public void One_good_result_is_taken_and_paid()
    {
        var verdict = Judge(Single, new EvidenceBuilder(Single).Finish(0, 5));
        Assert.Equal((Outcome.Complete, Scene.DigestOf(5)), (verdict.Outcome, verdict.Result));
        Assert.Equal([Paid], Judgements(verdict));
        Assert.Equal(new Amount(5_000), verdict.Findings[0].Pay);
        Assert.Equal(Single.Id, verdict.Task);
        Assert.Equal(950_000_000U, verdict.CheatPassPpb);
    }

    [Fact]
    public void All_who_agree_are_paid()
    {
        var evidence = new EvidenceBuilder(Pair).Finish(0, 5).Finish(1, 5, replica: 1);
        Assert.Equal([Paid, Paid], Judgements(Judge(Pair, evidence)));
    }

    [Fact]
    public void A_minority_is_unpaid_and_never_slashed_without_the_validators_own_run()
    {
        var evidence = new EvidenceBuilder(Pair).Finish(0, 6).Finish(1, 5, replica: 1).Finish(2, 5, replica: 2);
        var verdict = Judge(Pair, evidence);
        Assert.Equal([Unpaid, Paid, Paid], Judgements(verdict));
        Assert.Equal(Scene.DigestOf(5), verdict.Result);
    }

    [Fact]
    public void With_the_validators_own_run_the_truth_wins_whatever_the_numbers()
    {
        var evidence = new EvidenceBuilder(Pair).Finish(0, 6).Finish(1, 5, replica: 1).Finish(2, 5, replica: 2);
        var verdict = Judge(Pair, evidence, truth: 6);
        Assert.Equal([Paid, Fraud, Fraud], Judgements(verdict));
        Assert.Equal((Outcome.Complete, Scene.DigestOf(6)), (verdict.Outcome, verdict.Result));
        Assert.Equal(Amount.Zero, verdict.Findings[1].Pay);
    }

    [Fact]
    public void Where_nobody_is_right_the_task_fails_and_all_have_cheated()
    {
        var evidence = new EvidenceBuilder(Pair).Finish(0, 6).Finish(1, 7, replica: 1);
        var verdict = Judge(Pair, evidence, truth: 5);
        Assert.Equal((Outcome.Failed, Digest.Zero), (verdict.Outcome, verdict.Result));
        Assert.Equal([Fraud, Fraud], Judgements(verdict));
    }

    [Fact]
    public void Too_few_that_agree_are_no_agreement()
    {
        var evidence = new EvidenceBuilder(Three)
            .Finish(0, 5).Finish(1, 5, replica: 1).Finish(2, 6, replica: 2).Finish(3, 6, replica: 3)
            .Finish(4, 7, replica: 4);
        var verdict = Judge(Three, evidence);
        Assert.Equal(Outcome.Failed, verdict.Outcome);
        Assert.All(Judgements(verdict), judgement => Assert.Equal(Unpaid, judgement));
    }

    [Fact]
    public void A_result_without_a_good_receipt_does_not_count()
    {
        var evidence = new EvidenceBuilder(Pair).Finish(0, 5).Finish(1, 5, replica: 1).Evidence;
        var facts = new Facts([true, false], [0, 0], [null, null]);
        var verdict = Judging.Decide(Scene.Terms, Pair.Id, evidence, facts);
        Assert.Equal(Outcome.Failed, verdict.Outcome);
        Assert.Equal([Unpaid, Unpaid], Judgements(verdict));
    }

    [Fact]
    public void Two_replicas_of_one_provider_count_once()
    {
        var evidence = new EvidenceBuilder(Pair).Finish(0, 5).Finish(0, 5, replica: 1).Evidence;
        // The inquiry finds the second one out: its receipt is not counted.
        var inquiry = new Inquiry(Pair.Id, evidence, Scene.Scheduler, false, Scene.Terms);
        while (inquiry.Next is { } ask) Assert.True(inquiry.Take(SceneHost.Answer(ask)!));
        Assert.Equal([true, false], inquiry.Facts.ReceiptOk);
        var verdict = Judging.Decide(Scene.Terms, Pair.Id, evidence, inquiry.Facts);
        Assert.Equal((Outcome.Failed, 0UL), (verdict.Outcome, (ulong)verdict.Findings[1].Pay.Units));
    }

    [Theory]
    [InlineData(5, 15, 5, 15, Paid, Paid)]
    [InlineData(5, 15, 5, 16, Unpaid, Unpaid)]
    [InlineData(5, 15, 6, 15, Unpaid, Unpaid)]
    public void Gangs_agree_when_each_of_their_ranks_does(
        ulong first0, ulong first1, ulong second0, ulong second1, Judgement first, Judgement second)
    {
        var gang = Pair with { Nodes = 2 };
        var evidence = new EvidenceBuilder(gang)
            .Finish(0, first0).Finish(1, first1, rank: 1)
            .Finish(2, second0, replica: 1).Finish(3, second1, replica: 1, rank: 1);
        var verdict = Judge(gang, evidence);
        Assert.Equal([first, first, second, second], Judgements(verdict));
        Assert.Equal(first == Paid ? Scene.DigestOf(5) : Digest.Zero, verdict.Result);
    }

    [Fact]
    public void A_gang_of_which_one_rank_is_missing_or_wrong_has_not_delivered()
    {
        var gang = Single with { Nodes = 2 };
        var half = new EvidenceBuilder(gang).Finish(0, 5).End(1, AttemptEnd.Lost, rank: 1);
        Assert.Equal(Outcome.Failed, Judge(gang, half).Outcome);
        var evidence = new EvidenceBuilder(gang).Finish(0, 5).Finish(1, 16, rank: 1).Evidence;
        var facts = new Facts([true, true], [0, 1], [true, false]);
        var verdict = Judging.Decide(Scene.Terms, gang.Id, evidence, facts);
        // Only the rank that is wrong has cheated; the other has done its part for a result that nobody can use.
        Assert.Equal([Unpaid, Fraud], Judgements(verdict));
        Assert.Equal(Outcome.Failed, verdict.Outcome);
    }

    [Fact]
    public void Who_was_running_when_the_requester_cancelled_is_paid_for_the_time()
    {
        var evidence = new EvidenceBuilder(Single) { Outcome = Outcome.Cancelled }
            .End(0, AttemptEnd.Revoked, seconds: 7).End(1, AttemptEnd.Refused).End(2, AttemptEnd.Failed);
        var verdict = Judge(Single, evidence);
        Assert.Equal((Outcome.Cancelled, Digest.Zero), (verdict.Outcome, verdict.Result));
        Assert.Equal([Paid, Unpaid, Unpaid], Judgements(verdict));
        Assert.Equal(new Amount(7_000), verdict.Findings[0].Pay);
    }

    [Fact]
    public void Who_was_revoked_otherwise_is_not_paid()
    {
        var evidence = new EvidenceBuilder(Single) { Outcome = Outcome.Failed }.End(0, AttemptEnd.Revoked);
        Assert.Equal([Unpaid], Judgements(Judge(Single, evidence)));
    }

    [Theory]
    [InlineData(400_000, 4_000)]
    [InlineData(1_000_000, 8_000)]
    [InlineData(0, 0)]
    public void A_lost_attempt_earns_its_part_if_another_went_on_from_its_state(uint progressPpm, ulong pay)
    {
        var evidence = new EvidenceBuilder(Single).End(0, AttemptEnd.Lost, progressPpm: progressPpm);
        evidence.Finish(1, 5, from: evidence.LastCheckpoint);
        var verdict = Judge(Single, evidence);
        Assert.Equal(new Amount(pay), verdict.Findings[0].Pay);
        Assert.Equal(pay == 0 ? Unpaid : Paid, verdict.Findings[0].Judgement);
        Assert.Equal(new Amount(5_000), verdict.Findings[1].Pay);
    }

    [Fact]
    public void A_lost_attempt_that_nobody_went_on_from_earns_nothing()
    {
        var fresh = new EvidenceBuilder(Single).End(0, AttemptEnd.Lost, progressPpm: 400_000).Finish(1, 5);
        Assert.Equal([Unpaid, Paid], Judgements(Judge(Single, fresh)));
        var other = new EvidenceBuilder(Single).End(0, AttemptEnd.Lost, progressPpm: 400_000);
        other.Finish(1, 5, from: other.LastCheckpoint with { State = Scene.DigestOf(1) });
        Assert.Equal([Unpaid, Paid], Judgements(Judge(Single, other)));
        var unpaid = new EvidenceBuilder(Single).End(0, AttemptEnd.Lost, progressPpm: 400_000);
        unpaid.Finish(1, 5, from: unpaid.LastCheckpoint);
        // Wrong, but it went on from what somebody else left: that is no proof of its own fraud.
        Assert.Equal([Unpaid, Unpaid], Judgements(Judge(Single, unpaid, truth: 6)));
        var refused = new EvidenceBuilder(Single).End(0, AttemptEnd.Failed, progressPpm: 400_000);
        refused.Finish(1, 5, from: refused.LastCheckpoint);
        Assert.Equal([Unpaid, Paid], Judgements(Judge(Single, refused)));
    }

    [Fact]
    public void Pay_is_for_the_time_that_ran_and_never_above_what_passed_or_was_agreed()
    {
        Assert.Equal(new Amount(5_000), PayFor(5));
        Assert.Equal(new Amount(1_000), PayFor(0, micros: 1));
        Assert.Equal(Amount.Zero, PayFor(0));
        // Eight seconds passed, whatever the receipt says; and ten were agreed, however long it took.
        Assert.Equal(new Amount(8_000), PayFor(9));
        var late = new EvidenceBuilder(Single).Finish(0, 5, seconds: 50)
            .Change(attempt => attempt with { ClosedAt = attempt.Lease.GrantedAt + Duration.Seconds(60) });
        Assert.Equal(new Amount(10_000), Judging.PayFor(late.Evidence.Attempts[0]));
    }

    [Fact]
    public void All_pays_together_never_pass_the_price_limit_and_lost_ones_come_last()
    {
        var tight = Single with { PriceLimit = new Amount(7_000) };
        var evidence = new EvidenceBuilder(tight).End(0, AttemptEnd.Lost, progressPpm: 500_000);
        evidence.Finish(1, 5, from: evidence.LastCheckpoint);
        var verdict = Judge(tight, evidence);
        Assert.Equal([new Amount(2_000), new Amount(5_000)], verdict.Findings.Select(finding => finding.Pay));
        var pair = Pair with { PriceLimit = new Amount(7_000) };
        verdict = Judge(pair, new EvidenceBuilder(pair).Finish(0, 5).Finish(1, 5, replica: 1));
        Assert.Equal([new Amount(5_000), new Amount(2_000)], verdict.Findings.Select(finding => finding.Pay));
    }

    [Fact]
    public void Truth_is_asked_for_only_where_replicas_differ()
    {
        var same = new EvidenceBuilder(Pair).Finish(0, 5).Finish(1, 5, replica: 1);
        var unlike = new EvidenceBuilder(Pair).Finish(0, 5).Finish(1, 6, replica: 1);
        Assert.False(Judging.NeedsTruth(same.Evidence, FactsOf(same.Evidence, null)));
        Assert.True(Judging.NeedsTruth(unlike.Evidence, FactsOf(unlike.Evidence, null)));
        Assert.False(Judging.NeedsTruth(new EvidenceBuilder(Pair).Evidence, new Facts([], [], [])));
    }

    /// <summary>
    /// Evidence comes from strangers: whatever it says, judging it ends with a verdict within the limit.
    /// </summary>
    [Fact]
    public void No_evidence_however_extreme_throws_or_charges_above_the_limit()
    {
        long[] times =
            [long.MinValue, long.MinValue + 1, -1, 0, 1, Scene.Start.Micros, long.MaxValue - 1, long.MaxValue];
        UInt128[] units = [0, 1, 1_000, ulong.MaxValue, UInt128.MaxValue];
        var prng = new Prng(23);
        for (var count = 0; count < 20_000; count++)
        {
            var evidence = new EvidenceBuilder(Single) { Outcome = (Outcome)prng.Below(3) };
            evidence.End(0, AttemptEnd.Lost, progressPpm: 1).Change(Twist);
            evidence.Finish(1, 5, from: evidence.LastCheckpoint).Change(Twist);
            evidence.End(2, AttemptEnd.Revoked).Change(Twist);
            var verdict = Judge(Single, evidence);
            var charged = verdict.Findings.Aggregate(Amount.Zero, (sum, finding) => sum + finding.Pay);
            Assert.True(charged <= Single.PriceLimit);
        }

        AttemptRecord Twist(AttemptRecord attempt) => attempt with
        {
            Lease = attempt.Lease with
            {
                GrantedAt = new Instant(Any(times)),
                PricePerSecond = new Amount(Any(units)),
                PriceCap = new Amount(Any(units)),
            },
            ClosedAt = new Instant(Any(times)),
            Checkpoint = attempt.Checkpoint is { } checkpoint
                ? checkpoint with { ProgressPpm = unchecked((uint)prng.Next()) }
                : null,
            Receipt = attempt.Receipt is { } signed
                ? signed with { Receipt = signed.Receipt with { RunTime = new Duration(Any(times)) } }
                : null,
        };

        T Any<T>(T[] values) => values[prng.Below(values.Length)];
    }

    private static OrderBuilder Of(byte agreeing, byte attempts) =>
        new() { Verification = new VerificationPolicy.Redundant(agreeing, attempts) };

    private static Amount PayFor(long seconds, long micros = 0)
    {
        var evidence = new EvidenceBuilder(Single).Finish(0, 5).Change(attempt => attempt with
        {
            Receipt = attempt.Receipt! with
            {
                Receipt = attempt.Receipt!.Receipt with { RunTime = Duration.Seconds(seconds) + new Duration(micros) },
            },
        });
        return Judging.PayFor(evidence.Evidence.Attempts[0]);
    }

    private static Judgement[] Judgements(Verdict verdict) =>
        [.. verdict.Findings.Select(finding => finding.Judgement)];

    private static Verdict Judge(OrderBuilder order, EvidenceBuilder builder, ulong? truth = null) =>
        Judging.Decide(Scene.Terms, order.Id, builder.Evidence, FactsOf(builder.Evidence, truth));

    /// <summary>All receipts are good; results are the same if they are equal.</summary>
    private static Facts FactsOf(Evidence evidence, ulong? truth)
    {
        var results = evidence.Attempts.Select(attempt => attempt.Receipt?.Receipt.Result).ToArray();
        return new Facts(
            [.. results.Select(result => result is not null)],
            [.. results.Select(result => Array.IndexOf(results, result))],
            [.. results.Select(result => truth is { } right && result is { } told
                ? told == Scene.DigestOf(right) : (bool?)null)]);
    }
}
