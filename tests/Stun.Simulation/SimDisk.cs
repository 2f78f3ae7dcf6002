namespace Stun.Simulation;

/// <summary>
/// A node's journal. What was acknowledged survives; what was on its way when the node crashed may be there, torn or
/// missing, and everything after a torn write is missing too.
/// </summary>
public sealed class SimDisk
{
    private readonly List<byte> durable = [];
    private readonly Queue<(ulong Number, ReadOnlyMemory<byte> Frame)> pending = new();

    public int PendingCount => pending.Count;

    public ReadOnlySpan<byte> Journal => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(durable);

    public void Write(ulong number, ReadOnlyMemory<byte> frame) => pending.Enqueue((number, frame));

    /// <summary>The oldest write reaches the platter; returns its batch number.</summary>
    public ulong Complete()
    {
        var (number, frame) = pending.Dequeue();
        durable.AddRange(frame.Span);
        return number;
    }

    public void Crash(Prng dice, bool torn)
    {
        while (pending.TryDequeue(out var write))
        {
            var kept = torn ? dice.Below(write.Frame.Length + 1) : dice.Chance(500_000) ? write.Frame.Length : 0;
            durable.AddRange(write.Frame.Span[..kept]);
            if (kept < write.Frame.Length) break;
        }
        pending.Clear();
    }

    /// <summary>A snapshot of all that is durable takes its place.</summary>
    public void Replace(IEnumerable<byte[]> snapshot)
    {
        durable.Clear();
        foreach (var frame in snapshot) durable.AddRange(frame);
    }

    /// <summary>Cuts off the torn tail, as recovery does.</summary>
    public void Truncate(int size) => durable.RemoveRange(size, durable.Count - size);
}
