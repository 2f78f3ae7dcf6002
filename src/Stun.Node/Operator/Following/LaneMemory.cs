namespace Stun.Node.Operator.Following;

/// <summary>What the journal of a lane knows of the work on one request.</summary>
internal sealed class LaneMemory(OpenRequest request, RequestWork work, Func<LaneEntry, Task> record) : IWorkMemory
{
    public ReadOnlyMemory<byte>? Order => request.Order;

    public bool IsCalledOff => work.IsCalledOff;

    public Task KeepOrderAsync(ReadOnlyMemory<byte> order, CancellationToken cancel) => record(
        new LaneEntry(EntryKind.Ordered) { Id = request.Request.RequestId.ToString(), Order = order.ToArray() })
        .WaitAsync(cancel);
}
