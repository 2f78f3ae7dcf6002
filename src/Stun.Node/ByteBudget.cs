namespace Stun.Node;

/// <summary>Bytes that many share, and no more than so many.</summary>
internal sealed class ByteBudget(long most)
{
    private long taken;

    public long Most => most;

    public long Taken => Interlocked.Read(ref taken);

    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref taken, bytes) <= most) return true;
        GiveBack(bytes);
        return false;
    }

    public void GiveBack(long bytes) => Interlocked.Add(ref taken, -bytes);
}
