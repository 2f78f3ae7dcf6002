using Stun.Engine.Settlement;
using Stun.Node.Storage;

namespace Stun.Node.Money.Watch;

/// <summary>A line of a batch with what stands behind it.</summary>
internal sealed record JudgedLine(int Index, TaskId Task, SignedOrder Order, SignedVerdict Verdict)
{
    public Digest OrderHash => TypedData.StructHash(Order.Order);

    public Digest VerdictHash => TypedData.StructHash(Verdict.Verdict);

    public Digest Hash => TypedData.LineOf(Task, OrderHash, VerdictHash);
}

/// <summary>What the read model can show of the batches of this network's own book.</summary>
internal sealed class BatchEvidence(ReadModelQueries queries)
{
    /// <summary>The batch of this number, if the book has made just this one; its lines begin at 0.</summary>
    public StoredBatch? Find(ulong number, Digest root, Digest moves) =>
        queries.Batch(number, 0) is { } stored && stored.Signed.Batch.Root == root && stored.Signed.Batch.Moves == moves
            ? stored
            : null;

    /// <summary>The batch that the chain has and that contains the task.</summary>
    public StoredBatch? Of(TaskId task) =>
        queries.BatchOf(task) is { State: "posted" or "settled", OnChain: not null } stored ? stored : null;

    /// <summary>Null where order or verdict are not to be had.</summary>
    public JudgedLine? LineAt(StoredBatch batch, int index)
    {
        var tasks = queries.TasksOfBatch(batch.Signed.Batch.Number);
        return index < tasks.Count ? Line(batch, index, tasks[index]) : null;
    }

    /// <summary>All of them in their order; null where one is not to be had.</summary>
    public IReadOnlyList<JudgedLine>? LinesOf(StoredBatch batch)
    {
        List<JudgedLine> lines = [];
        foreach (var task in queries.TasksOfBatch(batch.Signed.Batch.Number))
        {
            if (Line(batch, lines.Count, task) is not { } line) return null;
            lines.Add(line);
        }
        return lines.Count == batch.Lines.Count ? lines : null;
    }

    public JudgedLine? Line(StoredBatch batch, int index, TaskId task)
    {
        if (queries.FindTask(task) is not { } stored) return null;
        foreach (var verdict in queries.Verdicts(task))
        {
            if (verdict.Verdict is not { } signed) continue;
            var line = new JudgedLine(index, task, stored.Order, signed);
            // Of several rounds, the one that was settled.
            if (line.Hash == batch.Lines[index]) return line;
        }
        return null;
    }

    public static ValueList<Digest> PathOf(StoredBatch batch, int index) =>
        [.. MerkleTree.Prove(batch.Lines.Span, index)];
}
