namespace Stun.Engine.Settlement;

/// <summary>
/// A batch worked out from its entries. The book makes it, every validator makes it again from its own copy of the log,
/// and whoever doubts a receipt makes the path from it.
/// </summary>
public sealed record SettlementBatch(
    ChainBatch Batch, ValueList<Digest> Moves, ValueList<Digest> Lines, ValueList<TaskId> Tasks)
{
    public static SettlementBatch Of(ulong number, IEnumerable<BatchEntry> entries, Address treasury)
    {
        var moves = new BatchMoves(treasury);
        List<Digest> lines = [];
        List<TaskId> tasks = [];
        foreach (var entry in entries)
        {
            moves.Add(entry.Event);
            if (entry.Line is not { } line) continue;
            lines.Add(line);
            tasks.Add(((EscrowEvent.TaskSettled)entry.Event).Settlement.Task);
        }
        var words = moves.Words();
        var root = MerkleTree.Root([.. lines]);
        return new SettlementBatch(
            new ChainBatch(number, root, (uint)lines.Count, BatchMoves.HashOf(words)), words, ValueList.From(lines),
            ValueList.From(tasks));
    }
}
