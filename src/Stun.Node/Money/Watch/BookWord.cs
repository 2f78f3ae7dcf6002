using Stun.Engine.Settlement;
using Stun.Node.Hosting;

namespace Stun.Node.Money.Watch;

/// <summary>
/// What the book itself says of batches: of those on their way it is always right, as the read model, which follows far
/// behind it, is not.
/// </summary>
internal sealed class BookWord(Pump pump, Address book, CancellationToken stop)
{
    /// <summary>Whether the book has made the batch; null while it has not come to that place of the chain.</summary>
    public Task<bool?> IsOwnAsync(ulong number, Digest root, Digest moves, ChainPosition posted) =>
        AskAsync<bool?>(chain =>
        {
            if (chain.Position.CompareTo(posted) < 0) return null;
            foreach (var batch in chain.Open)
                if (batch.Batch.Number == number) return batch.Batch.Root == root && batch.Batch.Moves == moves;
            return false;
        });

    /// <summary>The batch with a task that was paid past the book at this place of the chain.</summary>
    public Task<(bool HasRead, ulong? Number, bool IsPosted)> BatchWithAsync(TaskId task, ChainPosition paid) =>
        AskAsync(chain =>
        {
            var batch = chain.BatchWith(task);
            return (chain.Position.CompareTo(paid) >= 0, batch?.Batch.Number, batch?.Phase == BatchPhase.Posted);
        });

    /// <summary>A pump that has ended answers nobody.</summary>
    private Task<T> AskAsync<T>(Func<ChainBook, T> question) => pump.VisitAsync(() =>
        question(((EscrowMachine)pump.Find(book)!.Machine).Escrow.Chain!)).WaitAsync(stop);
}
