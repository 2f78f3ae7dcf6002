using Stun.Chain.Evm.Abi;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Rpc;

namespace Stun.Node.Money.Watch;

/// <summary>A batch as it stands on the chain, and what its window has seen.</summary>
/// <param name="At">Where it was posted.</param>
/// <param name="OpenKind">Of the challenge that waits for its answer; 0 for none.</param>
/// <param name="IsSumShown">A contest of it was answered.</param>
/// <param name="AnswerCount">Challenges that were answered: each began the window anew.</param>
internal sealed record PendingBatch(
    ChainPosition At, Court.Posted Posted, byte OpenKind, bool IsSumShown, int AnswerCount);

/// <summary>What the contracts have logged, as far as it still waits for somebody to act.</summary>
internal sealed class WatchFacts(Address self)
{
    /// <summary>As the court numbers it.</summary>
    private const byte OfMoves = 3;

    private readonly SortedDictionary<ulong, PendingBatch> pending = [];
    private readonly List<Matter> matters = [];

    /// <summary>From where a later life has to read again; null if from nowhere before the end.</summary>
    public ulong? OldestBlock
    {
        get
        {
            List<ulong> blocks =
                [.. matters.Select(matter => matter.At.Block), .. pending.Values.Select(batch => batch.At.Block)];
            return blocks.Count == 0 ? null : blocks.Min();
        }
    }

    /// <summary>The most urgent of those whose time has come; null if there is none.</summary>
    public Matter? Next(long now) => matters.Where(matter => matter.NotBefore <= now)
        .MinBy(matter => (matter.Urgency, matter.NotBefore));

    /// <summary>Null when it is settled or voided.</summary>
    public PendingBatch? Pending(ulong number) => pending.GetValueOrDefault(number);

    public void Close(Matter matter) => matters.Remove(matter);

    public void Follow(EvmLog log, ChainAccess chain, long now)
    {
        var text = log.ToAbi();
        var at = new ChainPosition(log.BlockNumber, log.Index);
        if (log.Address == chain.Escrow) Follow(Escrow.Event.TryDecode(text), at, now);
        else if (log.Address == chain.Court) Follow(Court.Event.TryDecode(text), at, now);
        else if (log.Address == chain.TaskEscrow) Follow(TaskEscrow.Event.TryDecode(text), at);
    }

    private void Follow(Escrow.Event? happened, ChainPosition at, long now)
    {
        switch (happened)
        {
            case Escrow.Event.BatchPosted posted:
                pending[posted.Number] = new PendingBatch(at, new Court.Posted(
                    posted.Number, posted.Root, posted.Tasks, posted.Moves, posted.PayableAt), 0, false, 0);
                matters.Add(new Matter.BatchPosted(at, posted.Number, now));
                break;
            case Escrow.Event.BatchSettled settled: End(settled.Number); break;
            case Escrow.Event.BatchVoided voided: End(voided.Number); break;
        }
    }

    private void Follow(Court.Event? happened, ChainPosition at, long now)
    {
        switch (happened)
        {
            case Court.Event.BatchChallenged opened when pending.TryGetValue(opened.Number, out var batch):
                pending[opened.Number] = batch with { OpenKind = opened.Kind };
                matters.Add(new Matter.BatchChallenged(at, opened.Number, new Court.Challenge(
                    opened.Kind, opened.Challenger, opened.Bond, opened.Index, opened.Line, opened.AnswerBy)));
                break;
            case Court.Event.LinesAdded added when added.By == self:
                foreach (var matter in matters.OfType<Matter.BatchChallenged>())
                    if (matter.Number == added.Number) matter.Added = added.Next;
                break;
            case Court.Event.BatchAnswered answered when pending.TryGetValue(answered.Number, out var batch):
                matters.RemoveAll(matter => IsOf(matter, answered.Number));
                pending[answered.Number] = batch with
                {
                    Posted = batch.Posted with { PayableAt = answered.PayableAt },
                    OpenKind = 0,
                    IsSumShown = batch.IsSumShown || batch.OpenKind == OfMoves,
                    AnswerCount = batch.AnswerCount + 1,
                };
                matters.Add(new Matter.BatchPosted(batch.At, answered.Number, now));
                break;
        }
    }

    private void Follow(TaskEscrow.Event? happened, ChainPosition at)
    {
        switch (happened)
        {
            case TaskEscrow.Event.Claimed claimed:
                matters.RemoveAll(matter => IsClaimOf(matter, claimed.Task));
                matters.Add(new Matter.Claimed(at, claimed.Task, (ulong)(UInt128)claimed.PayableAt));
                break;
            case TaskEscrow.Event.ClaimRefuted refuted:
                matters.RemoveAll(matter => IsClaimOf(matter, refuted.Task));
                break;
            // Not when it is handed in: that needs nobody's signature, and pays nobody.
            case TaskEscrow.Event.TaskCompleted judged: Judge(at, judged.Task, (ulong)(UInt128)judged.PayableAt); break;
            case TaskEscrow.Event.TaskDisputed disputed: Judge(at, disputed.Task, payableAt: 0); break;
            case TaskEscrow.Event.TaskReturned returned:
                matters.RemoveAll(matter => IsAlone(matter, returned.Task));
                break;
            case TaskEscrow.Event.ClaimPaid paid: Spend(at, paid.Task); break;
            case TaskEscrow.Event.TaskSettled settled: Spend(at, settled.Task); break;
        }
    }

    private void Spend(ChainPosition at, TaskId task)
    {
        matters.RemoveAll(matter => IsClaimOf(matter, task) || IsAlone(matter, task));
        matters.Add(new Matter.PaidAlone(at, task));
    }

    private void Judge(ChainPosition at, TaskId task, ulong payableAt)
    {
        matters.RemoveAll(matter => IsAlone(matter, task));
        matters.Add(new Matter.JudgedAlone(at, task, payableAt));
    }

    private void End(ulong number)
    {
        pending.Remove(number);
        matters.RemoveAll(matter => IsOf(matter, number));
    }

    private static bool IsOf(Matter matter, ulong number) => matter is Matter.BatchPosted posted
        ? posted.Number == number
        : matter is Matter.BatchChallenged challenged && challenged.Number == number;

    private static bool IsClaimOf(Matter matter, TaskId task) =>
        matter is Matter.Claimed claimed && claimed.Task == task;

    private static bool IsAlone(Matter matter, TaskId task) =>
        matter is Matter.JudgedAlone alone && alone.Task == task;
}
