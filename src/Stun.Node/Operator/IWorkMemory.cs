namespace Stun.Node.Operator;

/// <summary>What is known of the work on one request, over crashes where it has to be.</summary>
public interface IWorkMemory
{
    /// <summary>The signed order under which the network does the work; null before there is one.</summary>
    ReadOnlyMemory<byte>? Order { get; }

    /// <summary>Nobody wants the answer any more. When only this process ends, this stays as it is.</summary>
    bool IsCalledOff { get; }

    /// <summary>Returns when it is kept: only then the order may be sent.</summary>
    Task KeepOrderAsync(ReadOnlyMemory<byte> order, CancellationToken cancel);
}

/// <summary>Of a caller who waits: when it goes, so does the work.</summary>
public sealed class PassingMemory : IWorkMemory
{
    public ReadOnlyMemory<byte>? Order { get; private set; }

    public bool IsCalledOff => true;

    public Task KeepOrderAsync(ReadOnlyMemory<byte> order, CancellationToken cancel)
    {
        Order = order;
        return Task.CompletedTask;
    }
}
