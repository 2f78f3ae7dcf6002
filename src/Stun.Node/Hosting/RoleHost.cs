namespace Stun.Node.Hosting;

/// <summary>One role in this process: its machine, what waits for it, and who carries out what it asks for.</summary>
public sealed class RoleHost
{
    private readonly Queue<(Input Input, bool IsForeign)> inbox = new();
    private int foreign;

    internal RoleHost(Address address, Machine machine, IHands hands)
    {
        Address = address;
        Runner = new Runner(machine);
        Hands = hands;
    }

    public Address Address { get; }

    public Machine Machine => Runner.Machine;

    /// <summary>Messages from outside that were posted and not yet taken in.</summary>
    public int ForeignCount => Volatile.Read(ref foreign);

    /// <summary>Who may say what to this role from outside the process; by default anybody anything.</summary>
    public Func<Address, Message, bool> Admits { get; init; } = (_, _) => true;

    internal Runner Runner { get; }

    internal IHands Hands { get; }

    internal bool HasInput => inbox.Count > 0;

    /// <summary>Where the escrow is a role, its answer to a call is the answer to an ask.</summary>
    public Address Escrow { get; init; }

    internal void Take(Input input, bool isForeign = false) => inbox.Enqueue((
        input.Message is Message.EscrowAnswered told && input.From == Escrow
            ? new Input(Address, new Message.Answered(told.Call, new Answer.CallFinal(told.Refusal)))
            : input, isForeign));

    internal bool TryReserve()
    {
        if (Interlocked.Increment(ref foreign) <= NodeLimits.InboxMax) return true;
        Interlocked.Decrement(ref foreign);
        return false;
    }

    internal ReadOnlySpan<Input> NextInputs(Input[] buffer)
    {
        var count = Math.Min(inbox.Count, buffer.Length);
        for (var index = 0; index < count; index++)
        {
            (buffer[index], var isForeign) = inbox.Dequeue();
            // Only now is there room for another one from outside.
            if (isForeign) Interlocked.Decrement(ref foreign);
        }
        return buffer.AsSpan(0, count);
    }
}

/// <summary>
/// Carries out what a machine cannot do itself. Called on the pump's thread: whatever takes long goes elsewhere and
/// answers by <see cref="Pump.Answer"/>.
/// </summary>
public interface IHands
{
    /// <summary>
    /// Whether the world outside this process would notice. Such a thing waits until the journal holds what led to it.
    /// </summary>
    bool IsForeign(Ask asked);

    void Carry(RoleHost role, ulong id, Ask asked);

    void Note(RoleHost role, Effect.Note note);
}
