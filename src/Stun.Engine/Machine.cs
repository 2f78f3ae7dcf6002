namespace Stun.Engine;

/// <summary>
/// One role's logic. It is told the time, never asks it; it asks for effects, never performs them.
/// </summary>
/// <remarks>
/// State is changed only by applying journal events, so replaying a journal rebuilds it exactly. What is not worth a
/// journal entry (who was heard of lately, which asks are open) is soft: it is rebuilt by talking, never digested.
/// </remarks>
public abstract class Machine
{
    public abstract void Receive(Instant now, Address from, Message message, Outbox outbox);

    /// <summary>Called at or after the time last given to <see cref="Outbox.WakeAt"/>.</summary>
    public abstract void Wake(Instant now, Outbox outbox);

    /// <summary>Called once after the journal was replayed: ask and send again what may have been lost.</summary>
    public abstract void Resume(Instant now, Outbox outbox);

    /// <summary>Applies one journal entry of an earlier life. No effects.</summary>
    public abstract void Replay(ReadOnlySpan<byte> entry);

    /// <summary>Adds all durable state, in a fixed order: equal digests mean equal state.</summary>
    public abstract void DigestState(StateDigest digest);

    /// <summary>
    /// Journal entries which make a fresh machine what this one is, when they are replayed in order: the same durable
    /// state, and a snapshot of the same bytes. What no later event or message can ask for is left out.
    /// </summary>
    public abstract IEnumerable<byte[]> Snapshot();
}

/// <summary>A machine whose journal holds events of one closed family.</summary>
public abstract class Machine<TEvent> : Machine
    where TEvent : class
{
    public sealed override void Replay(ReadOnlySpan<byte> entry) => Apply(Decode(entry));

    public sealed override IEnumerable<byte[]> Snapshot()
    {
        foreach (var happened in Summary()) yield return Encode(happened);
    }

    /// <summary>The only way state changes: apply now, and put on record before any effect leaves.</summary>
    protected void Record(TEvent happened, Outbox outbox)
    {
        Apply(happened);
        outbox.Append(Encode(happened));
    }

    protected abstract void Apply(TEvent happened);

    /// <summary>
    /// The fewest events that lead from nothing to this state, one at a time: those that happened where they say all,
    /// else events that restore a part. Each fits one journal entry, however large the state is.
    /// </summary>
    protected abstract IEnumerable<TEvent> Summary();

    protected abstract byte[] Encode(TEvent happened);

    protected abstract TEvent Decode(ReadOnlySpan<byte> entry);
}
