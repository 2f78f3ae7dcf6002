using Stun.Engine.Settlement;
using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>What a batch's tree says of one task.</summary>
public readonly record struct BatchLine(TaskId Task, Digest Order, Digest Verdict)
{
    public Digest Leaf => TypedData.LineOf(Task, Order, Verdict);
}

/// <summary>A batch for the chain, and the way from a task's line to its root (docs/protocol/settlement.md).</summary>
/// <param name="State">cut, posted, settled or voided.</param>
/// <param name="Digest">The EIP-712 digest that validators sign.</param>
/// <param name="Line">keccak-256 of task, order and verdict, a word each; the leaf is that behind a zero.</param>
/// <param name="Path">The siblings from leaf to root; a level where the node stands alone adds none.</param>
public sealed record BatchView(
    ulong Number, string State, string Root, uint Tasks, string Moves, string Digest, DateTimeOffset? PayableAt,
    IReadOnlyList<VoteView> Signatures, string Task, string Order, string Verdict, string Line, int Index,
    IReadOnlyList<string> Path)
{
    public static BatchView Of(TypedDataDomain domain, BatchLine line, StoredBatch stored)
    {
        var batch = stored.Signed.Batch;
        return new BatchView(
            batch.Number, stored.State, batch.Root.ToString(), batch.Tasks, batch.Moves.ToString(),
            TypedData.Digest(domain, batch).ToString(),
            stored.PayableAt is { } at ? WallTime.Time(at) : null,
            [.. stored.Signed.Signatures.Select(vote =>
                new VoteView(vote.Validator.ToString(), SignatureText.Of(vote.Signature)))],
            line.Task.ToString(), line.Order.ToString(), line.Verdict.ToString(), line.Leaf.ToString(), stored.Place,
            [.. MerkleTree.Prove(stored.Lines.Span, stored.Place).Select(node => node.ToString())]);
    }
}
