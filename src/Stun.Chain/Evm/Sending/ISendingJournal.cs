namespace Stun.Chain.Evm.Sending;

/// <summary>Where a sender writes what it is about to do, before it does it.</summary>
public interface ISendingJournal : IAsyncDisposable
{
    /// <summary>All entries, oldest first. Called once, before anything is appended.</summary>
    ValueTask<IReadOnlyList<SendingEntry>> ReadAsync(CancellationToken cancel = default);

    /// <summary>Returns when all are kept as durably as this journal keeps anything.</summary>
    ValueTask AppendAsync(IReadOnlyList<SendingEntry> entries, CancellationToken cancel = default);

    /// <summary>Replaces all entries by these, which mean the same; all or nothing.</summary>
    ValueTask RewriteAsync(IReadOnlyList<SendingEntry> entries, CancellationToken cancel = default);
}
