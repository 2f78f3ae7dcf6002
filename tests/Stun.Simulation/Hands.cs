namespace Stun.Simulation;

/// <summary>Carries out what machines ask for: keys, runs, comparisons, proofs, the escrow.</summary>
public sealed class Hands(World world)
{
    private readonly Dictionary<(int Node, AttemptId Attempt), Lease> running = [];
    private readonly SortedDictionary<(int Node, ulong Call), int> calls = [];

    public int RunningCount => running.Count;

    /// <summary>All that runs on one offer's devices at this moment.</summary>
    public IEnumerable<Lease> RunningOn(int node, OfferId offer) =>
        running.Where(run => run.Key.Node == node && run.Value.Offer == offer).Select(run => run.Value);

    public void Carry(SimNode node, Effect effect)
    {
        switch (effect)
        {
            case Effect.Send send:
                foreach (var message in world.Cast.Tamper(node, send))
                    world.Network.Send(node.Address, message.To, message.Message);
                break;
            case Effect.Ask ask: Carry(node, ask); break;
            case Effect.Note note: world.Tally.Count(note.Kind); break;
        }
    }

    /// <summary>A crash ends what ran on the node and the questions it had asked.</summary>
    public void Forget(SimNode node)
    {
        foreach (var key in running.Keys.Where(key => key.Node == node.Index).ToArray()) running.Remove(key);
        foreach (var key in calls.Keys.Where(key => key.Node == node.Index).ToArray()) calls.Remove(key);
        world.Cast.Escrow.Forget(node);
    }

    /// <summary>The escrow role answers by message; the host turns it into the answer to a question.</summary>
    public Message? Translate(SimNode node, Message message)
    {
        if (message is not Message.EscrowAnswered answered) return message;
        return calls.Remove((node.Index, answered.Call), out var life) && life == node.Life
            ? new Message.Answered(answered.Call, new Answer.CallFinal(answered.Refusal))
            : null;
    }

    public void ExpectCall(SimNode node, ulong call) => calls[(node.Index, call)] = node.Life;

    public void Answer(SimNode node, ulong ask, Answer answer, Duration takes)
    {
        var life = node.Life;
        world.At(world.Now + takes, () =>
        {
            if (node.Life == life) node.Deliver(new Input(node.Address, new Message.Answered(ask, answer)));
        });
    }

    private Duration Quick => world.Dice.Between(new Duration(50), Duration.Millis(3));

    private void Carry(SimNode node, Effect.Ask effect)
    {
        var domain = world.Cast.Terms.Domain;
        switch (effect.Asked)
        {
            case Ask.CheckOrder check:
                Check(node, effect.Id, world.Cast.IsSigned(check.Order));
                break;
            case Ask.CheckCancel check:
                var cancelled = TypedData.Digest(domain, check.Task);
                Check(node, effect.Id, world.Keys.Check(check.Requester, cancelled, check.Signature));
                break;
            case Ask.CheckReceipts check:
                Answer(node, effect.Id, new Answer.Checked([.. check.Receipts.Select(world.Cast.IsSigned)]), Quick);
                break;
            case Ask.CheckSignature check:
                Check(node, effect.Id, world.Keys.Check(check.Signer, check.Digest, check.Signature));
                break;
            case Ask.Sign sign:
                Answer(node, effect.Id, new Answer.Signed(world.Keys.Sign(node.Address, sign.Digest)), Quick);
                break;
            case Ask.Run run: Run(node, effect.Id, run); break;
            case Ask.StopRun stop: running.Remove((node.Index, stop.Attempt)); break;
            case Ask.Rerun rerun: Rerun(node, effect.Id, rerun); break;
            case Ask.Compare compare:
                var against = world.Cast.Truth.MeaningOf(compare.Against);
                var same = compare.Results.Select(result => world.Cast.Truth.MeaningOf(result) == against);
                Answer(node, effect.Id, new Answer.Checked([.. same]), Quick);
                break;
            case Ask.CheckProof check: Check(node, effect.Id, world.Cast.Truth.ProofHolds(check.Receipt)); break;
            case Ask.CheckQuote check: Check(node, effect.Id, world.Cast.Truth.ProofHolds(check.Receipt)); break;
            case Ask.CheckOffer: Check(node, effect.Id, true); break;
            case Ask.CheckPolicy:
                var allowed = !world.Dice.Chance(10_000);
                Answer(node, effect.Id, new Answer.PolicyChecked(allowed, allowed ? "" : "a rule"), Quick);
                break;
            case Ask.CallEscrow call: world.Cast.Escrow.Call(node, effect.Id, call.Call); break;
            case Ask.FollowEscrow follow: world.Cast.Escrow.Follow(node, follow.From); break;
            default: throw new LawException($"nobody carries out {effect.Asked.GetType().Name}");
        }
    }

    private void Check(SimNode node, ulong ask, bool ok) => Answer(node, ask, new Answer.Checked([ok]), Quick);

    /// <summary>Runs a task on a provider: truly, or as its vice has it.</summary>
    private void Run(SimNode node, ulong ask, Ask.Run run)
    {
        var key = (node.Index, run.Lease.Attempt);
        running[key] = run.Lease;
        world.Tally.Runs++;
        world.Laws.CheckDevices(node, run.Lease);
        var plan = world.Cast.PlanRun(node, run.Lease, run.Order);
        var life = node.Life;
        if (plan.Checkpoint is { } checkpoint)
            Answer(node, ask, new Answer.RunProgressed(run.Lease.Attempt, checkpoint), plan.Takes / 2);
        world.At(world.Now + plan.Takes, () =>
        {
            if (node.Life != life || !running.Remove(key)) return;
            node.Deliver(new Input(
                node.Address, new Message.Answered(ask, new Answer.RunDone(run.Lease.Attempt, plan.Outcome))));
        });
    }

    private void Rerun(SimNode node, ulong ask, Ask.Rerun rerun)
    {
        world.Tally.Reruns++;
        var takes = RunPlan.TimeOf(world, rerun.Order);
        var result = world.Cast.Truth.Honest(rerun.Task, rerun.Order, rerun.Rank, world.Dice);
        Answer(node, ask, new Answer.RerunDone(rerun.Task, rerun.Rank, result), takes);
    }
}
