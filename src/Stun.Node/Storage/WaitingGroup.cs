namespace Stun.Node.Storage;

/// <summary>
/// Where records wait to be written: two buffers that trade places, so that an append is a copy and the writer takes
/// all that waits at once. They grow to what is asked of them and are never given back.
/// </summary>
internal sealed class WaitingGroup : IDisposable
{
    private const int InitialBytes = 1 << 20;
    private readonly Lock gate = new();
    private readonly SemaphoreSlim arrived = new(0, 1);
    private byte[] waiting = new byte[InitialBytes];
    private byte[] taken = new byte[InitialBytes];
    private int filled;
    private long inFlight;
    private ulong last;
    private bool isWriterIdle;
    private bool isClosed;

    public long Bytes
    {
        get
        {
            lock (gate) return filled + inFlight;
        }
    }

    public void StartAfter(ulong position)
    {
        lock (gate) last = position;
    }

    public ulong Add(Address role, ReadOnlySpan<byte> frame)
    {
        bool wake;
        ulong position;
        lock (gate)
        {
            if (isClosed) throw new InvalidOperationException("Nothing can be appended to a journal that is closed.");
            var size = RecordFraming.SizeOf(frame.Length);
            if (waiting.Length - filled < size) Grow(size);
            position = ++last;
            RecordFraming.Write(waiting.AsSpan(filled), position, filled, role, frame);
            filled += size;
            (wake, isWriterIdle) = (isWriterIdle, false);
        }
        if (wake) arrived.Release();
        return position;
    }

    /// <summary>Waits until there is something. False when the line is closed and empty.</summary>
    public bool TryTake(out Memory<byte> group, out ulong upTo)
    {
        while (true)
        {
            lock (gate)
            {
                inFlight = 0;
                if (filled > 0)
                {
                    (waiting, taken) = (taken, waiting);
                    group = taken.AsMemory(0, filled);
                    (inFlight, filled, upTo) = (filled, 0, last);
                    return true;
                }
                (group, upTo) = (default, last);
                if (isClosed) return false;
                isWriterIdle = true;
            }
            arrived.Wait();
        }
    }

    /// <summary>Nothing more comes in; what waits is still taken.</summary>
    public void Close()
    {
        bool wake;
        lock (gate)
        {
            isClosed = true;
            (wake, isWriterIdle) = (isWriterIdle, false);
        }
        if (wake) arrived.Release();
    }

    public void Dispose() => arrived.Dispose();

    private void Grow(int size)
    {
        var needed = checked(filled + size);
        Array.Resize(ref waiting, (int)Math.Min(Array.MaxLength, Math.Max(needed, waiting.Length * 2L)));
    }
}
