namespace Stun.Node.Transport;

internal enum Arrival : byte
{
    Taken,
    Doubled,
    InboxFull,

    /// <summary>A newer link has taken over: nothing more is received here.</summary>
    Superseded,
}

/// <summary>
/// What two roles have to say to one another, longer than any link: posts wait here until they are acknowledged, and
/// arrived posts are counted, so that after a new handshake nothing is missing, doubled or out of order.
/// </summary>
/// <remarks>
/// Each link has a generation; only the newest may send or receive. The lock on receiving is held while the role's
/// inbox takes a post: the number told to a returning peer is exact even while its old link still delivers.
/// </remarks>
internal sealed class LinkSession(ByteBudget budget)
{
    public sealed class Entry(Post post)
    {
        public ulong Sequence { get; set; }
        public Post Post { get; set; } = post;
        public int Cost { get; } = post.Cost;
    }

    private readonly Lock receiving = new();
    private readonly Lock sending = new();
    private Queue<Entry> waiting = new();
    private Queue<Entry> sent = new();
    private Action wake = static () => { };
    private long bytes;
    private ulong lastEnqueued;
    private ulong lastSent;
    private ulong lastReceived;
    private int generation;
    private bool isClosed;

    /// <summary>Zero until a hub has named it.</summary>
    public Digest Id { get; private set; }

    public ulong LastReceived => Volatile.Read(ref lastReceived);

    public int QueueCount
    {
        get
        {
            lock (sending) return waiting.Count + sent.Count;
        }
    }

    public long QueueBytes => Interlocked.Read(ref bytes);

    /// <summary>False: the queue is full, and the post is dropped.</summary>
    public bool TryEnqueue(Post post)
    {
        Action awaken;
        lock (sending)
        {
            if (isClosed || waiting.Count + sent.Count >= TransportLimits.QueueCountMax) return false;
            if (bytes + post.Cost > TransportLimits.QueueBytesMax || !budget.TryTake(post.Cost)) return false;
            bytes += post.Cost;
            waiting.Enqueue(new Entry(post) { Sequence = ++lastEnqueued });
            awaken = wake;
        }
        awaken();
        return true;
    }

    /// <summary>The next post to send; it stays here until it is acknowledged.</summary>
    public Entry? TakeNext(int link)
    {
        lock (sending)
        {
            if (link != generation || !waiting.TryDequeue(out var entry)) return null;
            sent.Enqueue(entry);
            lastSent = Math.Max(lastSent, entry.Sequence);
            return entry;
        }
    }

    /// <exception cref="TransportException">Something is acknowledged that was never sent.</exception>
    public void Acknowledge(int link, ulong sequence)
    {
        lock (sending)
        {
            if (link != generation) return;
            if (sequence > lastSent)
                throw new TransportException(LinkCodes.AckImpossible,
                    $"Post {sequence} is acknowledged, and {lastSent} was the last one sent.",
                    "The other side has an error; report it with both versions.");
            Forget(sequence);
        }
    }

    /// <exception cref="TransportException">A post is missing before this one.</exception>
    public Arrival Receive(int link, ulong sequence, Func<bool> deliver)
    {
        lock (receiving)
        {
            if (link != generation) return Arrival.Superseded;
            if (sequence <= lastReceived) return Arrival.Doubled;
            if (sequence != lastReceived + 1)
                throw new TransportException(LinkCodes.Gap,
                    $"Post {sequence} came after {lastReceived}.",
                    "The other side has an error; report it with both versions.");
            if (!deliver()) return Arrival.InboxFull;
            Volatile.Write(ref lastReceived, sequence);
            return Arrival.Taken;
        }
    }

    /// <summary>The hub's side: a peer is here, perhaps again. Older links fall silent.</summary>
    /// <returns>Whether the session goes on where the peer says that it stands.</returns>
    public (int Link, bool IsResumed) Attach(ResumePoint? point, Digest newId)
    {
        using (receiving.EnterScope())
        using (sending.EnterScope())
        {
            generation++;
            wake = static () => { };
            var isResumed = point is not null && point.Session == Id && !Id.IsZero && point.Received <= lastSent;
            if (isResumed) Rewind(point!.Received);
            else Renew(newId);
            return (generation, isResumed);
        }
    }

    /// <summary>The peer's side of the same, once the hub has answered.</summary>
    public int Attach(Welcome welcome)
    {
        using (receiving.EnterScope())
        using (sending.EnterScope())
        {
            var isResumed = welcome.IsResumed && welcome.Session == Id;
            if (welcome.IsResumed != isResumed || (isResumed && welcome.Received > lastSent))
            {
                // The next handshake begins anew instead of failing forever.
                Id = Digest.Zero;
                throw new TransportException(LinkCodes.AckImpossible,
                    "The hub resumes a session that this peer does not know.",
                    "The session begins anew; if this is seen again, report it with both versions.");
            }
            generation++;
            wake = static () => { };
            if (isResumed) Rewind(welcome.Received);
            else Renew(welcome.Session);
            return generation;
        }
    }

    public ResumePoint? Point => Id.IsZero ? null : new ResumePoint(Id, LastReceived);

    /// <summary>Whom to wake when there is something to send; ignored from an older link.</summary>
    public void OnWaiting(int link, Action awaken)
    {
        lock (sending)
            if (link == generation) wake = awaken;
    }

    /// <summary>Forgets everything; what is still queued is lost.</summary>
    public int Close()
    {
        using (receiving.EnterScope())
        using (sending.EnterScope())
        {
            isClosed = true;
            generation++;
            var lost = waiting.Count + sent.Count;
            budget.GiveBack(bytes);
            bytes = 0;
            waiting.Clear();
            sent.Clear();
            return lost;
        }
    }

    private void Forget(ulong sequence)
    {
        while (sent.TryPeek(out var entry) && entry.Sequence <= sequence)
        {
            sent.Dequeue();
            bytes -= entry.Cost;
            budget.GiveBack(entry.Cost);
        }
    }

    /// <summary>Everything after this is sent again, in order, before what was not sent yet.</summary>
    private void Rewind(ulong sequence)
    {
        Forget(sequence);
        if (sent.Count == 0) return;
        foreach (var entry in waiting) sent.Enqueue(entry);
        (waiting, sent) = (sent, waiting);
        sent.Clear();
    }

    /// <summary>
    /// A new session takes along what the old one had not acknowledged: it may arrive twice, which is harmless, and is
    /// not lost, which is not.
    /// </summary>
    private void Renew(Digest id)
    {
        Rewind(0);
        Id = id;
        lastEnqueued = lastSent = 0;
        Volatile.Write(ref lastReceived, 0UL);
        foreach (var entry in waiting) entry.Sequence = ++lastEnqueued;
    }
}
