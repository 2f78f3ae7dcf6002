using Stun.Chain.Evm.Abi;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Rpc;

namespace Stun.Node.Money.Watch;

/// <summary>What the contracts have logged, as far as it still waits for somebody to act.</summary>
internal sealed class WatchFacts(Address self)
{
    private readonly SortedDictionary<ulong, Court.Posted> pending = [];
    private readonly List<Matter> matters = [];
    private readonly SortedSet<TaskId> spent = [];

    public IReadOnlyList<Matter> Matters => [.. matters];

    /// <summary>From where a later life has to read again; null if from nowhere before the end.</summary>
    public ulong? OldestBlock => matters.Count == 0 ? null : matters.Min(matter => matter.Block);

    /// <summary>A batch as it now stands on the chain; null when it is settled, voided or older than what was read.
    /// </summary>
    public Court.Posted? Pending(ulong number) => pending.GetValueOrDefault(number);

    public bool IsSpent(TaskId task) => spent.Contains(task);

    public void Close(Matter matter) => matters.Remove(matter);

    public void Follow(EvmLog log, ChainAccess chain, long now)
    {
        var text = new AbiLog(log.Address, [.. log.Topics], log.Data);
        if (log.Address == chain.Escrow) Follow(Escrow.Event.TryDecode(text), log.BlockNumber, now);
        else if (log.Address == chain.Court) Follow(Court.Event.TryDecode(text), log.BlockNumber, now);
        else if (log.Address == chain.TaskEscrow) Follow(TaskEscrow.Event.TryDecode(text), log.BlockNumber);
    }

    private void Follow(Escrow.Event? happened, ulong block, long now)
    {
        switch (happened)
        {
            case Escrow.Event.BatchPosted posted:
                pending[posted.Number] = new Court.Posted(
                    posted.Number, posted.Root, posted.Tasks, posted.Moves, posted.PayableAt);
                matters.Add(new Matter.BatchPosted(block, posted.Number, now, 0));
                break;
            case Escrow.Event.BatchSettled settled: End(settled.Number); break;
            case Escrow.Event.BatchVoided voided: End(voided.Number); break;
        }
    }

    private void Follow(Court.Event? happened, ulong block, long now)
    {
        switch (happened)
        {
            case Court.Event.BatchChallenged opened:
                matters.Add(new Matter.BatchChallenged(block, opened.Number, new Court.Challenge(
                    opened.Kind, opened.Challenger, opened.Bond, opened.Index, opened.Line, opened.AnswerBy)));
                break;
            case Court.Event.LinesAdded added when added.By == self:
                foreach (var matter in matters.OfType<Matter.BatchChallenged>())
                    if (matter.Number == added.Number) matter.Added = added.Next;
                break;
            case Court.Event.BatchAnswered answered:
                var before = matters.OfType<Matter.BatchPosted>().Where(matter => matter.Number == answered.Number)
                    .Select(matter => matter.AnsweredCount).DefaultIfEmpty(0).Max();
                matters.RemoveAll(matter => IsOf(matter, answered.Number));
                if (!pending.TryGetValue(answered.Number, out var posted)) break;
                pending[answered.Number] = posted with { PayableAt = answered.PayableAt };
                matters.Add(new Matter.BatchPosted(block, answered.Number, now, before + 1));
                break;
        }
    }

    private void Follow(TaskEscrow.Event? happened, ulong block)
    {
        switch (happened)
        {
            case TaskEscrow.Event.Claimed claimed:
                matters.RemoveAll(matter => IsClaimOf(matter, claimed.Task));
                matters.Add(new Matter.Claimed(block, claimed.Task));
                break;
            case TaskEscrow.Event.ClaimRefuted refuted:
                matters.RemoveAll(matter => IsClaimOf(matter, refuted.Task));
                break;
            case TaskEscrow.Event.ClaimPaid paid: Spend(block, paid.Task); break;
            case TaskEscrow.Event.TaskSettled settled: Spend(block, settled.Task); break;
        }
    }

    private void Spend(ulong block, TaskId task)
    {
        spent.Add(task);
        matters.RemoveAll(matter => IsClaimOf(matter, task));
        matters.Add(new Matter.PaidAlone(block, task));
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
}
