using Stun.Engine.Scheduling;
using Stun.Tests.Scenes;

namespace Stun.Tests.Scheduling;

/// <summary>From a delivered result to paid money: votes, batches, windows.</summary>
public sealed class VerdictTests
{
    private static readonly OrderBuilder Order = new();
    private readonly SchedulerScene scene = new();

    [Fact]
    public void Votes_of_the_quorum_become_a_verdict_that_is_posted_settled_and_told()
    {
        Deliver(Order);
        var verdict = Paid();
        scene.Vote(0, verdict);
        Assert.Equal(TaskPhase.Judging, scene.Task(Order).Phase);
        scene.Vote(1, verdict);
        Assert.Equal(TaskPhase.Posting, scene.Task(Order).Phase);
        Assert.Equal(verdict.Result, Assert.Single(scene.Harness.SentTo<Message.ResultReady>(Scene.Gateway)).Result);
        scene.Pass(Scene.Terms.BatchPause + Duration.Seconds(1), 0);
        Assert.Equal(TaskPhase.Pending, scene.Task(Order).Phase);
        scene.Pass(Scene.Terms.DisputeWindow + (Order.RunTimeMax * 2) + Duration.Seconds(70), 0);
        Assert.Equal((TaskPhase.Ended, FinalState.Complete), (scene.Task(Order).Phase, scene.Task(Order).State));
        Assert.Equal(new Amount(850), scene.Bank.Available(Scene.Provider()));
        var ended = scene.Harness.SentTo<Message.TaskEnded>(Scene.Gateway).Last();
        Assert.Equal((FinalState.Complete, verdict.Result), (ended.State, ended.Result));
        // Told until it is noted, then forgotten after a while.
        scene.Tell(Scene.Gateway, new Message.EndNoted(Order.Id));
        scene.Pass(Limits.EndedKept + Duration.Seconds(5), 0);
        Assert.Empty(scene.Machine.State.Tasks);
        scene.Harness.RequireReplayable();
    }

    [Fact]
    public void Votes_that_differ_make_no_verdict_and_a_second_vote_does_not_replace_the_first()
    {
        Deliver(Order);
        scene.Vote(0, Paid());
        scene.Vote(1, Paid() with { CheatPassPpb = 1 });
        scene.Vote(1, Paid());
        Assert.Equal(TaskPhase.Judging, scene.Task(Order).Phase);
        scene.Vote(2, Paid());
        Assert.Equal(TaskPhase.Posting, scene.Task(Order).Phase);
    }

    [Fact]
    public void Votes_of_strangers_forged_votes_and_votes_for_others_do_not_count()
    {
        Deliver(Order);
        var verdict = Paid();
        scene.Vote(0, verdict);
        scene.Tell(Scene.Stranger, new Message.CastVote(Scene.VoteOf(Scene.Stranger, verdict)));
        scene.Tell(Scene.Stranger, new Message.CastVote(Scene.VoteOf(Scene.Validator(1), verdict)));
        var forged = Scene.VoteOf(Scene.Validator(1), verdict) with { Signature = Signature.None };
        scene.Tell(Scene.Validator(1), new Message.CastVote(forged));
        Assert.Equal(1, scene.Harness.NoteCount(NoteKind.SignatureRefused));
        scene.Vote(1, verdict with { Round = 1 });
        Assert.Equal(TaskPhase.Judging, scene.Task(Order).Phase);
        Assert.Single(scene.Task(Order).Votes);
        // Who was refused for its signature may still vote properly.
        scene.Vote(1, verdict);
        Assert.Equal(TaskPhase.Posting, scene.Task(Order).Phase);
    }

    [Fact]
    public void Validators_that_have_not_voted_are_shown_the_evidence_again()
    {
        Deliver(Order);
        scene.Vote(0, Paid());
        scene.Harness.Forget();
        // At first after twice the pause, then ever less often.
        scene.Pass(Limits.ResendAfter * 8, 0);
        Assert.Empty(scene.Harness.SentTo<Message.JudgeTask>(Scene.Validator(0)));
        Assert.True(scene.Harness.SentTo<Message.JudgeTask>(Scene.Validator(1)).Count() >= 2);
    }

    [Fact]
    public void Without_votes_the_money_comes_back_after_deadline_and_grace()
    {
        Deliver(Order);
        scene.Pass(Scene.Terms.ExpiresAt(Order.Order) - scene.Harness.Now + Duration.Seconds(5), 0);
        Assert.Equal((TaskPhase.Ended, EndReason.HoldExpired), (scene.Task(Order).Phase, scene.Task(Order).Reason));
        Assert.Equal(Order.PriceLimit, scene.Bank.Available(Order.Requester));
    }

    [Fact]
    public void A_disputed_task_is_judged_again_in_its_next_round()
    {
        Deliver(Order);
        scene.Vote(0, Paid());
        scene.Vote(1, Paid());
        scene.Pass(Scene.Terms.BatchPause + Duration.Seconds(1), 0);
        scene.Bank.Fund(Scene.Validator(2), Scene.Terms.DisputeBond);
        Assert.Equal(EscrowRefusal.None, scene.Bank.Dispute(Scene.Validator(2), Order.Id));
        scene.Pass(Duration.Seconds(1), 0);
        Assert.Equal((TaskPhase.Judging, (ushort)1), (scene.Task(Order).Phase, scene.Task(Order).Round));
        Assert.Equal(1, scene.LastEvidence.Round);
        Assert.Empty(scene.Task(Order).Votes);
        var second = new VerdictBuilder(Order.Id) { Round = 1, Outcome = Outcome.Failed };
        var fraud = second.Fraud(Scene.Provider()).Verdict;
        scene.Vote(1, fraud);
        scene.Vote(2, fraud);
        scene.Pass(Scene.Terms.BatchPause + Duration.Seconds(3), 0);
        Assert.Equal((TaskPhase.Ended, EndReason.FraudFound), (scene.Task(Order).Phase, scene.Task(Order).Reason));
        Assert.Equal(1, scene.Harness.NoteCount(NoteKind.FraudFound));
        Assert.Equal(SchedulerScene.StakeDefault - new Amount(2_000_000), scene.Bank.Escrow.StakeOf(Scene.Provider()));
    }

    [Fact]
    public void Many_verdicts_share_one_batch()
    {
        OrderBuilder[] orders = [.. Enumerable.Range(1, 4).Select(key => Order with { Key = (ulong)key })];
        foreach (var order in orders) Deliver(order);
        foreach (var order in orders)
        {
            var verdict = new VerdictBuilder(order.Id).Pay(Scene.Provider(), new Amount(10)).Verdict;
            scene.Vote(0, verdict);
            scene.Vote(1, verdict);
        }
        scene.Pass(Scene.Terms.BatchPause + Duration.Seconds(1), 0);
        var batch = Assert.Single(scene.Harness.AskedOf<Ask.CallEscrow>().Select(ask => ask.Call)
            .OfType<EscrowCall.PostBatch>());
        Assert.Equal(4, batch.Verdicts.Count);
    }

    private void Deliver(OrderBuilder order)
    {
        scene.Join(0);
        scene.Submit(order);
        var lease = Assert.Single(scene.Granted(order));
        scene.Accept(lease);
        scene.Reveal(order, lease);
        Assert.Equal(TaskPhase.Judging, scene.Task(order).Phase);
    }

    private static Verdict Paid() => new VerdictBuilder(Order.Id).Pay(Scene.Provider(), new Amount(1_000)).Verdict;
}
