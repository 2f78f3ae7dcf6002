using Stun.Engine.Scheduling;
using Stun.Engine.Verification;
using Stun.Tests.Scenes;

namespace Stun.Tests.Scheduling;

/// <summary>Attempts and their leases: what is lost is run again, what does not belong is refused.</summary>
public sealed class LeaseTests
{
    private static readonly OrderBuilder Order =
        new() { RunTimeMax = Duration.Seconds(100), PriceLimit = new(1_000_000) };

    private static readonly OrderBuilder Pair = Order with { Verification = new VerificationPolicy.Redundant(2, 3) };
    private readonly SchedulerScene scene = new();

    /// <summary>Found by review: one provider that said "exit code" three times had ended the task.</summary>
    [Fact]
    public void One_provider_that_fails_again_and_again_does_not_end_a_task()
    {
        var order = new OrderBuilder();
        var alone = new SchedulerScene();
        alone.Join(0);
        alone.Submit(order);
        for (var count = 0; count < 5; count++)
        {
            var lease = alone.Granted(order).Last();
            alone.Accept(lease);
            alone.Tell(0, new Message.FailAttempt(lease.Attempt, RunFailure.ExitCode, ""));
            alone.Pass(Limits.RetryPauseMax, 0);
        }
        Assert.True(alone.Task(order).Phase is TaskPhase.Queued or TaskPhase.Running);
        Assert.True(alone.Task(order).Attempts.Count > 4);
    }

    [Fact]
    public void A_task_that_one_provider_alone_may_run_ends_with_its_failure_there()
    {
        var order = new OrderBuilder
        {
            Policy = RequesterPolicy.Open with { ProvidersAllowed = [Scene.Provider(0)] },
        };
        var pinned = new SchedulerScene();
        pinned.Join(0);
        pinned.Join(1);
        pinned.Submit(order);
        var lease = Assert.Single(pinned.Granted(order));
        pinned.Accept(lease);
        pinned.Tell(0, new Message.FailAttempt(lease.Attempt, RunFailure.ExitCode, ""));
        Assert.Equal(TaskPhase.Judging, pinned.Task(order).Phase);
    }

    [Fact]
    public void A_provider_that_brings_no_evidence_three_times_ends_a_task_and_the_reason_is_told()
    {
        var order = new OrderBuilder { Verification = new VerificationPolicy.TeeQuote(Scene.DigestOf(1)) };
        var liar = new SchedulerScene();
        liar.Join(SchedulerScene.OfferOf(0) with
        {
            Attestations = [new Attestation(AttestationKind.Tdx, Scene.DigestOf(81), Instant.Never)],
        });
        liar.Submit(order);
        for (var count = 1; count <= 3; count++)
        {
            Assert.Equal(TaskPhase.Running, liar.Task(order).Phase);
            var lease = liar.Granted(order).Last();
            liar.Accept(lease);
            var receipt = SchedulerScene.ReceiptOf(order, lease) with { Proof = Scene.DigestOf(81) };
            liar.Reveal(lease, Scene.Sign(receipt, EvidenceBuilder.Salt));
            Assert.Equal(RunFailure.ProofRefused, liar.Task(order).Attempts[^1].Failure);
            if (count < 3) liar.Pass(Limits.RetryPauseMax, 0);
        }
        Assert.Equal(TaskPhase.Judging, liar.Task(order).Phase);
    }

    [Fact]
    public void A_lost_provider_never_loses_a_task()
    {
        scene.Join(0);
        scene.Submit(Order);
        var lost = Assert.Single(scene.Granted(Order));
        scene.Accept(lost);
        scene.Join(1);
        // It runs for a while, says how far it has come, and is never heard of again.
        scene.Pass(Duration.Seconds(9), 0, 1);
        var checkpoint = new Checkpoint(lost.Attempt, Scene.DigestOf(60), 400_000);
        scene.Tell(0, new Message.RenewLease(lost.Attempt, checkpoint));
        scene.Pass(Limits.LeaseTerm + Duration.Seconds(5), 1);

        Assert.Equal(1, scene.Harness.NoteCount(NoteKind.LeaseExpired));
        Assert.Equal(
            new Message.CloseLease(lost.Attempt, AttemptEnd.Lost),
            Assert.Single(scene.Harness.SentTo<Message.CloseLease>(lost.Provider)));
        var next = scene.Granted(Order)[^1];
        Assert.Equal(Scene.Provider(1), next.Provider);
        Assert.Equal(checkpoint, next.ResumeFrom);
        Assert.True(next.Generation > lost.Generation);

        scene.Accept(next);
        scene.Reveal(Order, next);
        Assert.Equal(TaskPhase.Judging, scene.Task(Order).Phase);
        // And each is paid for its part of the way.
        var evidence = scene.LastEvidence;
        var facts = new Facts([false, true], [0, 1], [null, null]);
        var verdict = Judging.Decide(Scene.Terms, Order.Id, evidence, facts);
        Assert.Equal([Judgement.Paid, Judgement.Paid], verdict.Findings.Select(finding => finding.Judgement));
        var elapsed = (evidence.Attempts[0].ClosedAt - lost.GrantedAt).SecondsStarted;
        Assert.Equal(new Amount(Math.Min(40_000, 1_000 * elapsed)), verdict.Findings[0].Pay);
        Assert.Equal(new Amount(4_000), verdict.Findings[1].Pay);
        // The lost one comes back too late: it is told again that its lease is closed.
        scene.Tell(0, new Message.RenewLease(lost.Attempt, null));
        Assert.Equal(2, scene.Harness.SentTo<Message.CloseLease>(lost.Provider).Count());
        scene.Harness.RequireReplayable();
    }

    [Fact]
    public void A_lease_that_is_renewed_goes_on_until_its_run_time_is_over()
    {
        scene.Join(0);
        scene.Submit(Order);
        var lease = Assert.Single(scene.Granted(Order));
        scene.Accept(lease);
        for (var count = 0; count < 14; count++)
        {
            Assert.Equal(TaskPhase.Running, scene.Task(Order).Phase);
            scene.Pass(Limits.RenewEvery, 0);
            scene.Tell(0, new Message.RenewLease(lease.Attempt, null));
        }
        // A hundred seconds and their grace are over: nobody may hold a task by renewing for ever.
        scene.Pass(Duration.Seconds(10), 0);
        Assert.Equal(AttemptEnd.Lost, scene.Task(Order).Attempts[0].End);
    }

    [Fact]
    public void A_provider_that_never_answers_a_grant_is_refused_and_asked_several_times()
    {
        scene.Join(0);
        scene.Submit(Order);
        scene.Pass(Limits.LeaseTerm + Duration.Seconds(1), 0);
        Assert.Equal(AttemptEnd.Refused, scene.Task(Order).Attempts[0].End);
        Assert.True(scene.Harness.SentTo<Message.GrantLease>(Scene.Provider()).Count() > 5);
    }

    [Fact]
    public void A_receipt_replayed_by_a_provider_is_refused()
    {
        scene.Join(0);
        scene.Submit(Order);
        var first = Assert.Single(scene.Granted(Order));
        scene.Accept(first);
        var old = Scene.Sign(SchedulerScene.ReceiptOf(Order, first), EvidenceBuilder.Salt);
        scene.Reveal(first, old);
        Assert.Equal(TaskPhase.Judging, scene.Task(Order).Phase);
        // Shown again for the same attempt it changes nothing; shown for another task it ends that attempt.
        var before = Scene.DigestOf(scene.Machine);
        scene.Reveal(first, old);
        Assert.Equal(before, Scene.DigestOf(scene.Machine));
        var next = Order with { Key = 2 };
        scene.Submit(next);
        var second = Assert.Single(scene.Granted(next));
        scene.Accept(second);
        scene.Reveal(second, old);
        var attempt = scene.Task(next).Attempts[0];
        Assert.Equal((AttemptEnd.Failed, null), (attempt.End, attempt.Receipt));
        Assert.Equal(1, scene.Harness.NoteCount(NoteKind.CommitmentBroken));
        // Nor does a validator pay it, should a scheduler show it.
        var evidence = new EvidenceBuilder(next);
        evidence.Finish(second, old.Receipt, EvidenceBuilder.CommitmentOf(old.Receipt));
        var inquiry = new Inquiry(next.Id, evidence.Evidence, Scene.Scheduler, false, Scene.Terms);
        Assert.Equal([false], inquiry.Facts.ReceiptOk);
    }

    [Fact]
    public void A_receipt_without_its_providers_signature_ends_the_attempt()
    {
        scene.Join(0);
        scene.Submit(Order);
        var lease = Assert.Single(scene.Granted(Order));
        scene.Reveal(lease, Scene.Sign(SchedulerScene.ReceiptOf(Order, lease), default) with { Signature = default });
        Assert.Equal(AttemptEnd.Failed, scene.Task(Order).Attempts[0].End);
        Assert.Equal(1, scene.Harness.NoteCount(NoteKind.SignatureRefused));
    }

    [Fact]
    public void Nobody_speaks_for_the_lease_of_another()
    {
        scene.Join(0);
        scene.Join(1);
        scene.Submit(Order);
        var lease = Assert.Single(scene.Granted(Order));
        var other = lease.Provider == Scene.Provider(0) ? 1 : 0;
        var before = Scene.DigestOf(scene.Machine);
        Message[] words =
        [
            new Message.AcceptLease(lease.Attempt),
            new Message.RefuseLease(lease.Attempt, LeaseRefusal.Busy, ""),
            new Message.RenewLease(lease.Attempt, null),
            new Message.FailAttempt(lease.Attempt, RunFailure.ExitCode, ""),
            new Message.CommitResult(lease.Attempt, Scene.DigestOf(1)),
            new Message.RevealResult(lease.Attempt, Scene.Sign(SchedulerScene.ReceiptOf(Order, lease), default)),
        ];
        foreach (var word in words) scene.Tell(other, word);
        Assert.Equal(before, Scene.DigestOf(scene.Machine));
    }

    [Fact]
    public void Results_are_revealed_only_when_all_have_committed()
    {
        scene.Join(0);
        scene.Join(1);
        scene.Submit(Pair);
        var leases = scene.Granted(Pair);
        Assert.Equal(2, leases.Length);
        foreach (var lease in leases) scene.Accept(lease);
        // To reveal before, or without a commitment, is not listened to.
        scene.Reveal(Pair, leases[0]);
        scene.Commit(Pair, leases[0]);
        scene.Reveal(Pair, leases[0]);
        Assert.Empty(scene.Harness.SentOf<Message.AskReveal>());
        Assert.All(scene.Task(Pair).Attempts, attempt => Assert.Null(attempt.Receipt));
        scene.Commit(Pair, leases[1]);
        Assert.Equal(2, scene.Harness.SentOf<Message.AskReveal>().Count());
        foreach (var lease in leases) scene.Reveal(Pair, lease);
        Assert.Equal(TaskPhase.Judging, scene.Task(Pair).Phase);
        Assert.Equal(Outcome.Complete, scene.LastEvidence.Outcome);
    }

    [Fact]
    public void Who_has_seen_the_result_of_another_cannot_change_its_own()
    {
        scene.Join(0);
        scene.Join(1);
        scene.Join(2);
        scene.Submit(Pair);
        var leases = scene.Granted(Pair);
        foreach (var lease in leases) scene.Accept(lease);
        scene.Commit(Pair, leases[0], 5);
        scene.Commit(Pair, leases[1], 666);
        // A second commitment does not replace the first, and what it would open is refused.
        scene.Commit(Pair, leases[1], 5);
        scene.Reveal(Pair, leases[0], 5);
        scene.Reveal(Pair, leases[1], 5);
        Assert.Equal(1, scene.Harness.NoteCount(NoteKind.CommitmentBroken));
        Assert.Equal(AttemptEnd.Failed, scene.Task(Pair).Attempts[1].End);
        // Its place is filled by somebody else.
        scene.Pass(Duration.Seconds(5), 0, 1, 2);
        Assert.Equal(3, scene.Granted(Pair).Select(lease => lease.Provider).Distinct().Count());
    }

    [Fact]
    public void Replicas_that_differ_are_joined_by_one_more_up_to_what_the_policy_allows()
    {
        for (var provider = 0; provider < 4; provider++) scene.Join(provider);
        scene.Submit(Pair);
        Deliver(5, 6);
        scene.Pass(Duration.Seconds(2), 0, 1, 2, 3);
        Assert.Equal(3, scene.Granted(Pair).Length);
        Assert.Equal(TaskPhase.Running, scene.Task(Pair).Phase);
        Deliver(7);
        Assert.Equal(TaskPhase.Judging, scene.Task(Pair).Phase);
        Assert.Equal(3, scene.LastEvidence.Attempts.Count);

        void Deliver(params ulong[] results)
        {
            var leases = scene.Granted(Pair)[^results.Length..];
            foreach (var lease in leases) scene.Accept(lease);
            foreach (var (index, lease) in leases.Index()) scene.Commit(Pair, lease, results[index]);
            foreach (var (index, lease) in leases.Index()) scene.Reveal(Pair, lease, results[index]);
        }
    }

    [Fact]
    public void A_gang_starts_again_whole_when_one_of_it_is_lost()
    {
        for (var provider = 0; provider < 4; provider++) scene.Join(provider);
        var gang = Order with { Nodes = 2 };
        scene.Submit(gang);
        var leases = scene.Granted(gang);
        Assert.Equal([(byte)0, (byte)1], leases.Select(lease => lease.Rank));
        foreach (var lease in leases) scene.Accept(lease);
        scene.Tell(leases[1].Provider, new Message.FailAttempt(leases[1].Attempt, RunFailure.Runtime, ""));
        Assert.Equal(
            [AttemptEnd.Revoked, AttemptEnd.Failed], scene.Task(gang).Attempts.Select(attempt => attempt.End));
        scene.Pass(Duration.Seconds(5), 0, 1, 2, 3);
        Assert.Equal(4, scene.Granted(gang).Length);
    }

    [Fact]
    public void A_program_that_fails_on_three_machines_fails_itself()
    {
        for (var provider = 0; provider < 5; provider++) scene.Join(provider);
        scene.Submit(Order);
        for (var count = 0; count < 3; count++)
        {
            Assert.Equal(TaskPhase.Running, scene.Task(Order).Phase);
            var lease = scene.Granted(Order)[^1];
            scene.Tell(lease.Provider, new Message.FailAttempt(lease.Attempt, RunFailure.ExitCode, ""));
            scene.Pass(Duration.Seconds(6), 0, 1, 2, 3, 4);
        }
        Assert.Equal(TaskPhase.Judging, scene.Task(Order).Phase);
        Assert.Equal(EndReason.AttemptsExhausted, scene.Task(Order).Reason);
        Assert.Equal(3, scene.Granted(Order).Select(lease => lease.Provider).Distinct().Count());
    }

    [Fact]
    public void A_scheduler_that_crashes_goes_on_where_it_was()
    {
        scene.Join(0);
        scene.Submit(Order);
        var lease = Assert.Single(scene.Granted(Order));
        scene.Accept(lease);
        var before = Scene.DigestOf(scene.Machine);
        scene.Harness.Restart();
        Assert.Equal(before, Scene.DigestOf(scene.Machine));
        scene.Reveal(Order, lease);
        Assert.Equal(TaskPhase.Judging, scene.Task(Order).Phase);
        scene.Harness.RequireReplayable();
    }
}
