using Stun.Engine.Settlement;
using Stun.Engine.Verification;
using Stun.Tests.Scenes;

namespace Stun.Tests.Verification;

/// <summary>Real validators with a real escrow: what they ask, how they vote, what they dispute.</summary>
public sealed class ValidatorTests
{
    private static readonly OrderBuilder Order = new();
    private readonly MachineHarness[] validators;
    private readonly Bank bank = new(Scene.Terms);
    private ulong truth = 5;
    private int told;

    public ValidatorTests() => validators = [.. Enumerable.Range(0, 3).Select(NewValidator)];

    [Fact]
    public void A_wrong_result_found_by_an_audit_is_slashed_and_refunded()
    {
        bank.Stake(Scene.Provider(), new Amount(10_000_000));
        bank.Hold(Order);
        var verdict = Judge(new EvidenceBuilder(Order).Finish(0, 666));
        Assert.Equal(Judgement.Fraud, Assert.Single(verdict.Verdict.Findings).Judgement);
        Assert.Equal(Outcome.Failed, verdict.Verdict.Outcome);
        Assert.Equal(EscrowRefusal.None, bank.Post(verdict));
        bank.PassWindow(Order);
        Assert.Equal(EscrowRefusal.None, bank.Settle(Order.Id));
        // Twenty times the price limit; the requester pays nothing and gets as much again.
        Assert.Equal(new Amount(8_000_000), bank.Escrow.StakeOf(Scene.Provider()));
        Assert.Equal(Order.PriceLimit * 2, bank.Available(Order.Requester));
        Assert.Equal(new Amount(1_900_000), bank.Available(Scene.Treasury));
        Assert.Equal(Amount.Zero, bank.Available(Scene.Provider()));
        TellLog();
        Assert.All(validators, one => Assert.Equal(1U, Machine(one).Reputation.FraudCount(Scene.Provider())));
    }

    [Fact]
    public void A_right_result_found_by_an_audit_is_paid()
    {
        bank.Hold(Order);
        var verdict = Judge(new EvidenceBuilder(Order).Finish(0, 5));
        Assert.All(validators, one => Assert.Single(one.AskedOf<Ask.Rerun>()));
        bank.Post(verdict);
        bank.PassWindow(Order);
        bank.Settle(Order.Id);
        Assert.Equal(new Amount(4_250), bank.Available(Scene.Provider()));
    }

    [Fact]
    public void A_provider_without_a_record_is_audited_more_often()
    {
        // A newcomer certainly; whoever has shown itself only by lot: of a hundred tasks a few.
        Assert.Equal(20, Audits(20));
        Earn(60);
        Assert.InRange(Audits(100), 0, 30);
        // A fraud takes the record away, and certainty is back.
        Settle(2_000, Judgement.Fraud);
        Assert.Equal(20, Audits(20));
    }

    [Fact]
    public void A_result_that_does_not_open_its_commitment_is_refused()
    {
        var order = Redundant();
        var evidence = new EvidenceBuilder(order).Finish(0, 5).Finish(1, 5, replica: 1);
        // The second one has committed to another result, and now shows the one it has seen of the first.
        evidence.Change(attempt => attempt with
        {
            Commitment = EvidenceBuilder.CommitmentOf(attempt.Receipt!.Receipt with { Result = Scene.DigestOf(6) }),
        });
        var verdict = Judge(evidence).Verdict;
        Assert.Equal(Outcome.Failed, verdict.Outcome);
        Assert.All(verdict.Findings, finding => Assert.Equal(Judgement.Unpaid, finding.Judgement));
    }

    [Fact]
    public void A_receipt_of_another_task_attempt_offer_spec_or_signer_is_not_paid()
    {
        Func<Receipt, Receipt>[] changes =
        [
            receipt => receipt with { Task = new TaskId(1, 1) },
            receipt => receipt with { Attempt = new AttemptId(9) },
            receipt => receipt with { Offer = new OfferId(9) },
            receipt => receipt with { Spec = Scene.DigestOf(9) },
            receipt => receipt with { ResumedFrom = Scene.DigestOf(9) },
            receipt => receipt with { Provider = Scene.Provider(1) },
        ];
        foreach (var (index, change) in changes.Index())
        {
            var order = Order with { Key = 100 + (ulong)index };
            var evidence = new EvidenceBuilder(order).Finish(0, 5);
            evidence.Change(attempt => attempt with
            {
                Receipt = Scene.Sign(change(attempt.Receipt!.Receipt), EvidenceBuilder.Salt),
            });
            Assert.Equal(Judgement.Unpaid, Assert.Single(Judge(evidence).Verdict.Findings).Judgement);
        }
        var unsigned = new EvidenceBuilder(Order).Finish(0, 5);
        unsigned.Change(attempt => attempt with { Receipt = attempt.Receipt! with { Signature = Signature.None } });
        Assert.Equal(Judgement.Unpaid, Assert.Single(Judge(unsigned).Verdict.Findings).Judgement);
    }

    [Fact]
    public void A_proof_that_does_not_hold_is_unpaid_and_no_fraud()
    {
        var order = Order with { Verification = new VerificationPolicy.ZkProof(Scene.DigestOf(1)) };
        var evidence = new EvidenceBuilder(order).Finish(0, 5);
        Assert.Equal(Judgement.Paid, Judge(evidence).Verdict.Findings[0].Judgement);
        order = order with { Key = 2 };
        evidence = new EvidenceBuilder(order).Finish(0, 5);
        evidence.Change(attempt => attempt with
        {
            Receipt = Scene.Sign(attempt.Receipt!.Receipt with { Proof = Digest.Zero }, EvidenceBuilder.Salt),
        });
        Assert.Equal(Judgement.Unpaid, Judge(evidence).Verdict.Findings[0].Judgement);
    }

    [Fact]
    public void One_vote_per_task_and_round_whatever_is_shown_later()
    {
        var first = Judge(new EvidenceBuilder(Order).Finish(0, 5)).Verdict;
        var second = Judge(new EvidenceBuilder(Order) { Outcome = Outcome.Failed }).Verdict;
        Assert.Equal(first, second);
    }

    [Fact]
    public void A_forged_order_is_not_judged()
    {
        var evidence = new EvidenceBuilder(Order).Finish(0, 5).Evidence;
        evidence = evidence with { Order = Scene.SignAs(Scene.Stranger, Order.Order) };
        ShowFunded(Order.Order);
        validators[0].Tell(Scene.Scheduler, new Message.JudgeTask(evidence));
        Assert.Equal(1, validators[0].NoteCount(NoteKind.ForgedOrder));
        Assert.Empty(validators[0].SentOf<Message.CastVote>());
        Assert.Equal(0, Machine(validators[0]).InquiryCount);
    }

    /// <summary>
    /// Who knows by its own run that the quorum is wrong disputes it, and goes on until that is final.
    /// </summary>
    [Fact]
    public void A_verdict_that_its_own_run_has_shown_to_be_wrong_is_disputed_until_the_call_is_final()
    {
        bank.Hold(Order);
        Judge(new EvidenceBuilder(Order).Finish(0, 666));
        bank.Post(new VerdictBuilder(Order.Id).Pay(Scene.Provider(), new Amount(5_000)).Signed);
        validators[0].Forget();
        TellLog();
        var call = Assert.Single(validators[0].AskedOf<Ask.CallEscrow>()).Call;
        Assert.Equal(new EscrowCall.OpenDispute(Order.Id, 0), call);
        validators[0].Restart();
        Assert.Equal(2, validators[0].AskedOf<Ask.CallEscrow>().Count());
        validators[0].Pass(Limits.EscrowResendAfter);
        Assert.Equal(3, validators[0].AskedOf<Ask.CallEscrow>().Count());
        validators[0].AnswerTo<Ask.CallEscrow>(new Answer.CallFinal(EscrowRefusal.None));
        validators[0].Pass(Limits.EscrowResendAfter * 3);
        Assert.Equal(3, validators[0].AskedOf<Ask.CallEscrow>().Count());
    }

    [Fact]
    public void A_disputed_task_is_judged_again_by_everybodys_own_run()
    {
        bank.Hold(Order);
        Earn(60);
        Judge(new EvidenceBuilder(Order).Finish(0, 666));
        bank.Post(new VerdictBuilder(Order.Id).Pay(Scene.Provider(), new Amount(5_000)).Signed);
        bank.Fund(Scene.Stranger, Scene.Terms.DisputeBond);
        Assert.Equal(EscrowRefusal.None, bank.Dispute(Scene.Stranger, Order.Id));
        foreach (var validator in validators) validator.Forget();
        TellLog();
        var votes = validators.Select(one => Assert.Single(one.SentOf<Message.CastVote>()).Vote.Verdict).ToArray();
        Assert.All(votes, vote => Assert.Equal(1, vote.Round));
        Assert.All(votes, vote => Assert.Equal(Judgement.Fraud, vote.Findings[0].Judgement));
        Assert.Single(votes.Distinct());
    }

    /// <summary>
    /// Found by review: a requester could order what gives everybody another result and have its provider slashed.
    /// </summary>
    [Fact]
    public void A_task_that_gives_everybody_another_result_slashes_nobody()
    {
        ShowFunded(Order.Order);
        var evidence = new EvidenceBuilder(Order).Finish(0, 666).Evidence;
        foreach (var validator in validators)
        {
            truth++;
            validator.Tell(Scene.Scheduler, new Message.JudgeTask(evidence));
        }
        var votes = validators.Select(one => Assert.Single(one.SentOf<Message.CastVote>()).Vote.Verdict).ToArray();
        Assert.Equal(validators.Length, votes.Distinct().Count());
    }

    [Fact]
    public void A_validator_is_the_same_after_a_crash()
    {
        Judge(new EvidenceBuilder(Order).Finish(0, 5));
        Earn(5);
        foreach (var validator in validators)
        {
            validator.RequireReplayable();
            var before = Scene.DigestOf(validator.Machine);
            validator.Restart();
            Assert.Equal(before, Scene.DigestOf(validator.Machine));
        }
    }

    /// <summary>
    /// Found by review: prices and times of a stranger's evidence left their numbers and ended the role.
    /// </summary>
    [Fact]
    public void Evidence_that_no_number_holds_is_judged_and_ends_nobody()
    {
        var evidence = new EvidenceBuilder(Order) { Outcome = Outcome.Cancelled }.End(0, AttemptEnd.Revoked);
        evidence.Change(attempt => attempt with
        {
            Lease = attempt.Lease with
            {
                GrantedAt = new Instant(long.MinValue),
                PricePerSecond = new Amount(UInt128.MaxValue),
            },
            ClosedAt = new Instant(long.MaxValue),
        });
        Assert.True(Judge(evidence).Verdict.Findings[0].Pay <= Order.PriceLimit);
    }

    [Fact]
    public void Evidence_of_a_stranger_or_without_money_at_the_escrow_is_not_judged()
    {
        var evidence = new EvidenceBuilder(Order) { Outcome = Outcome.Failed }.Evidence;
        validators[0].Tell(Scene.Scheduler, new Message.JudgeTask(evidence));
        ShowFunded(Order.Order);
        validators[0].Tell(Scene.Stranger, new Message.JudgeTask(evidence));
        Assert.Empty(validators[0].SentOf<Message.CastVote>());
        validators[0].Tell(Scene.Scheduler, new Message.JudgeTask(evidence));
        Assert.Single(validators[0].SentOf<Message.CastVote>());
    }

    [Fact]
    public void What_the_escrow_has_done_is_heard_from_the_host_or_the_escrow_alone()
    {
        var held = new EscrowEvent.FundsHeld(Order.Id, Order.Requester, Order.PriceLimit);
        validators[0].Tell(Scene.Stranger, new Message.EscrowLogged(0, Scene.Start, held));
        Assert.Equal(1, validators[0].NoteCount(NoteKind.UnexpectedMessage));
        validators[0].Tell(Scene.Scheduler, new Message.JudgeTask(new EvidenceBuilder(Order).Finish(0, 5).Evidence));
        Assert.Empty(validators[0].SentOf<Message.CastVote>());
    }

    private static ValidatorMachine Machine(MachineHarness harness) => (ValidatorMachine)harness.Machine;

    private static OrderBuilder Redundant() =>
        Order with { Verification = new VerificationPolicy.Redundant(2, 3) };

    private MachineHarness NewValidator(int index)
    {
        var self = Scene.Validator(index);
        var host = SceneHost.Of(self);
        return new MachineHarness(dice => new ValidatorMachine(self, Scene.Terms, dice), self)
        {
            Host = ask => ask is Ask.Rerun rerun
                ? new Answer.RerunDone(rerun.Task, rerun.Rank, Scene.DigestOf(truth))
                : host(ask),
        };
    }

    /// <summary>Shows the evidence to all and puts their votes together; they are honest, so they are equal.</summary>
    private SignedVerdict Judge(EvidenceBuilder evidence)
    {
        ShowFunded(evidence.Evidence.Order.Order);
        foreach (var validator in validators)
            validator.Tell(Scene.Scheduler, new Message.JudgeTask(evidence.Evidence));
        var votes = validators.Select(one => one.SentTo<Message.CastVote>(Scene.Scheduler).Last().Vote).ToArray();
        Assert.Single(votes.Select(vote => vote.Verdict).Distinct());
        Assert.All(votes, vote => Assert.Equal(Scene.VoteOf(vote.Validator, vote.Verdict), vote));
        return new SignedVerdict(
            votes[0].Verdict, [.. votes.Select(vote => new VoteSignature(vote.Validator, vote.Signature))]);
    }

    /// <summary>Validators judge only what the escrow holds money for.</summary>
    private void ShowFunded(TaskOrder order)
    {
        var task = Scene.IdOf(order);
        if (!bank.LogOf<EscrowEvent.FundsHeld>().Any(held => held.Task == task))
            bank.Log.Add((bank.Now, new EscrowEvent.FundsHeld(task, order.Requester, order.PriceLimit)));
        TellLog();
    }

    private void TellLog()
    {
        for (; told < bank.Log.Count; told++)
            foreach (var validator in validators)
                validator.Tell(validator.Self, new Message.EscrowLogged(
                    (ulong)told, bank.Log[told].At, bank.Log[told].Event));
    }

    private int Audits(int tasks)
    {
        var before = Count();
        for (var count = 0; count < tasks; count++)
        {
            var order = Order with { Key = 10_000 + (ulong)validators[0].Asked.Count };
            ShowFunded(order.Order);
            validators[0].Tell(
                Scene.Scheduler, new Message.JudgeTask(new EvidenceBuilder(order).Finish(0, truth).Evidence));
        }
        return Count() - before;

        int Count() => validators[0].AskedOf<Ask.Rerun>().Count();
    }

    private void Earn(int tasks)
    {
        for (var count = 0; count < tasks; count++) Settle(1_000 + (ulong)count, Judgement.Paid);
    }

    private void Settle(ulong key, Judgement judgement)
    {
        var order = Order with { Key = key, Deadline = bank.Now + Duration.Seconds(600) };
        bank.Hold(order);
        var verdict = new VerdictBuilder(order.Id);
        bank.Post((judgement == Judgement.Paid
            ? verdict.Pay(Scene.Provider(), new Amount(10))
            : verdict.Fraud(Scene.Provider())).Signed);
        bank.PassWindow(order);
        bank.Settle(order.Id);
        TellLog();
    }
}
