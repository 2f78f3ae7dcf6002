namespace Stun.Node.Transport;

/// <summary>Bytes that many queues share.</summary>
internal sealed class QueueBudget(long most)
{
    private long used;

    public long Used => Interlocked.Read(ref used);

    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref used, bytes) <= most) return true;
        GiveBack(bytes);
        return false;
    }

    public void GiveBack(long bytes) => Interlocked.Add(ref used, -bytes);
}
