namespace Stun.Chain.Evm.Sending;

/// <summary>Kept as long as the process: for a key that sends nothing whose repetition would hurt.</summary>
public sealed class MemorySendingJournal : ISendingJournal
{
    private readonly Lock gate = new();
    private List<SendingEntry> kept = [];

    public ValueTask<IReadOnlyList<SendingEntry>> ReadAsync(CancellationToken cancel = default)
    {
        lock (gate) return ValueTask.FromResult<IReadOnlyList<SendingEntry>>([.. kept]);
    }

    public ValueTask AppendAsync(IReadOnlyList<SendingEntry> entries, CancellationToken cancel = default)
    {
        lock (gate) kept.AddRange(entries);
        return ValueTask.CompletedTask;
    }

    public ValueTask RewriteAsync(IReadOnlyList<SendingEntry> entries, CancellationToken cancel = default)
    {
        lock (gate) kept = [.. entries];
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
