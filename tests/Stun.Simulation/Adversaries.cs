using Stun.Engine.Verification;

namespace Stun.Simulation;

/// <summary>What will come of a run, decided when it begins.</summary>
public sealed record RunPlan(Duration Takes, RunOutcome Outcome, Checkpoint? Checkpoint)
{
    /// <summary>How long an honest run takes: what the order allows, within the patience of a world.</summary>
    public static Duration TimeOf(World world, SignedOrder order)
    {
        var most = Duration.Min(order.Order.RunTimeMax, Duration.Seconds(3_600));
        return most <= Duration.Zero ? Duration.Zero : world.Dice.Between(most / 60, most);
    }

    public static RunPlan Honest(World world, Lease lease, SignedOrder order)
    {
        var dice = world.Dice;
        var takes = TimeOf(world, order);
        if (lease.ResumeFrom is { } resumed)
            takes = takes * Math.Max(1, 1_000_000L - resumed.ProgressPpm) / 1_000_000;
        if (world.Faults.AreOn && dice.Chance(world.Options.RunFailurePpm))
            return new RunPlan(takes, new RunOutcome.Failed((RunFailure)dice.Below(8), ""), null);
        var result = world.Cast.Truth.Honest(lease.Task, order, lease.Rank, dice);
        var checkpoint = dice.Chance(300_000)
            ? new Checkpoint(lease.Attempt, new Digest(dice.Next(), 5, 5, 5), 500_000)
            : null;
        return new RunPlan(takes, new RunOutcome.Done(result, world.Cast.Truth.Prove(result, dice), takes), checkpoint);
    }
}

/// <summary>A provider that cheats now and then, in its own way.</summary>
public sealed class Cheat(World world, Vice vice)
{
    private int runCount;
    private SignedReceipt? earlier;

    public RunPlan PlanRun(Lease lease, SignedOrder order)
    {
        runCount++;
        var honest = RunPlan.Honest(world, lease, order);
        world.Laws.NoteRun(lease.Attempt, isCheat: false);
        if (vice is Vice.Equivocator or Vice.Replayer) return honest;
        if (runCount <= world.Options.HonestStart || !world.Dice.Chance(world.Options.CheatPpm)) return honest;
        var result = vice == Vice.Colluder
            ? world.Cast.Truth.Conspiracy(lease.Task, lease.Rank)
            : world.Cast.Truth.Garbage(world.Dice);
        world.Laws.NoteRun(lease.Attempt, isCheat: true);
        // It claims to have worked hard: the run time is its own word, and capped by what really passed.
        var proof = world.Cast.Truth.Garbage(world.Dice);
        return new RunPlan(Duration.Millis(5), new RunOutcome.Done(result, proof, order.Order.RunTimeMax), null);
    }

    public Effect.Send Tamper(Effect.Send send)
    {
        if (send.Message is not Message.RevealResult reveal) return send;
        if (!world.Dice.Chance(world.Options.CheatPpm)) return send;
        var receipt = reveal.Receipt;
        switch (vice)
        {
            case Vice.Equivocator:
                var other = receipt.Receipt with { RunTime = receipt.Receipt.RunTime + Duration.Millis(1) };
                return send with { Message = reveal with { Receipt = Signed(other, receipt.Salt) } };
            case Vice.Replayer:
                var shown = earlier ?? receipt;
                earlier ??= receipt;
                return send with { Message = reveal with { Receipt = shown } };
            default:
                return send;
        }
    }

    private SignedReceipt Signed(Receipt receipt, Digest salt) =>
        new(receipt, salt, world.Keys.Sign(receipt.Provider, TypedData.Digest(world.Cast.Terms.Domain, receipt)));
}

/// <summary>A validator that lies: calls honest work a fraud, and takes whatever else comes to hand.</summary>
public static class Liar
{
    public static Effect.Send Tamper(World world, Address self, Effect.Send send)
    {
        if (send.Message is not Message.CastVote cast) return send;
        var verdict = cast.Vote.Verdict;
        var findings = verdict.Findings.Span.ToArray();
        for (var index = 0; index < findings.Length; index++)
            findings[index] = findings[index].Judgement == Judgement.Paid
                ? findings[index] with { Judgement = Judgement.Fraud, Pay = Amount.Zero }
                : findings[index] with { Judgement = Judgement.Paid, Pay = new Amount(1) };
        var lie = verdict with { Findings = [.. findings] };
        var signature = world.Keys.Sign(self, TypedData.Digest(world.Cast.Terms.Domain, lie));
        // Now and then it disputes for the sake of it, or does not even sign properly.
        if (world.Dice.Chance(100_000))
            world.Cast.Escrow.Call(self, new EscrowCall.OpenDispute(verdict.Task, verdict.Round));
        if (world.Dice.Chance(200_000)) signature = Signature.None;
        return send with { Message = new Message.CastVote(new Vote(lie, self, signature)) };
    }
}

/// <summary>
/// A gateway that wants more than its share: changes orders, makes them up, keeps answers back, asks validators for a
/// verdict of its own making, and tells others what the escrow or their own host is supposed to have said.
/// </summary>
public static class Greed
{
    /// <summary>For each order that passes through, a try to have it refunded although it will be worked on.</summary>
    private static IEnumerable<Effect.Send> Forge(World world, SignedOrder order)
    {
        var evidence = new Evidence(order, 0, Outcome.Failed, []);
        foreach (var validator in world.Cast.Terms.Validators.Span.ToArray())
            yield return new Effect.Send(validator, new Message.JudgeTask(evidence));
        var task = TypedData.TaskIdOf(world.Cast.Terms.Domain, order.Order);
        var next = (ulong)world.Cast.Escrow.Log.Count();
        var lie = new EscrowEvent.HoldExpired(task, order.Order.PriceLimit);
        yield return new Effect.Send(
            world.Cast.SchedulerAddress, new Message.EscrowLogged(next, world.Now, lie));
        yield return new Effect.Send(
            world.Cast.SchedulerAddress, new Message.Answered(1, new Answer.Checked([true])));
    }

    public static IEnumerable<Effect.Send> Tamper(World world, Address self, Effect.Send send)
    {
        switch (send.Message)
        {
            case Message.SubmitTask submit when world.Dice.Chance(300_000):
                var order = submit.Order.Order;
                order = order with { ModelCreator = self, PriceLimit = order.PriceLimit.TimesUpTo(2, Limits.MoneyMax) };
                yield return send with { Message = new Message.SubmitTask(submit.Order with { Order = order }) };
                foreach (var forged in Forge(world, submit.Order)) yield return forged;
                break;
            case Message.CancelTask:
            case Message.TaskEnded when world.Dice.Chance(500_000):
                break;
            case Message.TaskAccepted accepted when world.Dice.Chance(100_000):
                yield return send;
                yield return new Effect.Send(
                    world.Cast.SchedulerAddress, new Message.CancelTask(accepted.Task, Signature.None));
                break;
            default:
                yield return send;
                break;
        }
    }
}
