namespace Stun.Node.Serving;

/// <summary>
/// How the calls of one replica went. A provider can answer questions of health, fail every call and be paid for its
/// time: three calls that failed one after another while it said that it was well are enough to give it up.
/// </summary>
internal sealed class CallRecord
{
    private const int FailedMax = 3;

    private readonly Lock gate = new();
    private long events, failedAt, answered, answeredSeen;
    private int failed;
    private bool wasWell;

    /// <summary>Whether it is a replica to give up.</summary>
    public bool IsHopeless
    {
        get
        {
            lock (gate) return failed >= FailedMax && wasWell;
        }
    }

    /// <returns>What is to be told again when the call has failed.</returns>
    public long Begin()
    {
        lock (gate) return ++events;
    }

    public void Answered()
    {
        lock (gate)
        {
            answered++;
            Clear();
        }
    }

    /// <summary>Calls that run when a machine dies fail together: only one that began after the last failure is one
    /// more.</summary>
    public void Failed(long begun)
    {
        lock (gate)
        {
            if (begun < failedAt) return;
            failed++;
            failedAt = ++events;
        }
    }

    /// <summary>It said that it is well: what has failed since its last answer was not for want of a machine.</summary>
    public void Well()
    {
        lock (gate) wasWell |= failed > 0;
    }

    /// <summary>It is gone, and may come back elsewhere: another beginning.</summary>
    public void Lost()
    {
        lock (gate) Clear();
    }

    /// <summary>Whether a call was answered since this was last asked.</summary>
    public bool TakeAnswered()
    {
        lock (gate)
        {
            var isNew = answered != answeredSeen;
            answeredSeen = answered;
            return isNew;
        }
    }

    private void Clear() => (failed, wasWell) = (0, false);
}
