namespace Stun.Engine;

/// <summary>Collects what a machine wants done, as values, in order.</summary>
public sealed class Outbox
{
    private List<byte[]> journal = [];
    private List<Effect> effects = [];

    /// <summary>
    /// When the machine wants to be woken; <see cref="Instant.Never"/> if it only waits for messages.
    /// </summary>
    public Instant WakesAt { get; private set; } = Instant.Never;

    public void Append(byte[] entry) => journal.Add(entry);

    public void Send(Address to, Message message) => effects.Add(new Effect.Send(to, message));

    /// <param name="id">Chosen by the machine, given back with the answer.</param>
    public void Ask(ulong id, Ask ask) => effects.Add(new Effect.Ask(id, ask));

    /// <summary>Replaces the time given before: a machine keeps its own timers and tells the earliest.</summary>
    public void WakeAt(Instant at) => WakesAt = at;

    /// <summary>Something an operator may want to know. Never a secret, never a payload.</summary>
    public void Note(NoteKind kind, TaskId task, Address about) => effects.Add(new Effect.Note(kind, task, about));

    internal (List<byte[]> Journal, List<Effect> Effects) Drain()
    {
        var drained = (journal, effects);
        journal = [];
        effects = [];
        return drained;
    }
}

/// <summary>Something the host is to carry out after the journal has it.</summary>
public abstract record Effect
{
    private Effect() { }

    public sealed record Send(Address To, Message Message) : Effect;

    public sealed record Ask(ulong Id, Protocol.Ask Asked) : Effect;

    public sealed record Note(NoteKind Kind, TaskId Task, Address About) : Effect;
}

public enum NoteKind : byte
{
    OrderRefused,
    OfferSuspended,
    LeaseExpired,
    LeaseRefused,
    AttemptFailed,
    CommitmentBroken,
    Disagreement,
    FraudFound,
    DisputeOpened,
    SignatureRefused,
    UnexpectedMessage,
    ForgedOrder,
    EvidenceRefused,
}
