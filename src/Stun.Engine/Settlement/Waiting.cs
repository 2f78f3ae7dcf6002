namespace Stun.Engine.Settlement;

/// <summary>Something that is to go to the chain, and how it has fared with that.</summary>
/// <param name="CountMax">
/// How many go with it at most. Halved whenever its batch was not signed or could not be carried out: so the one that
/// is to blame is found, and the others go on.
/// </param>
/// <param name="NotBefore">One that fails alone waits longer each time, and lets the others by.</param>
internal sealed record Waiting(BatchEntry Entry, uint CountMax, Instant NotBefore, uint Tries)
{
    private const int DoublingsMax = 10;

    /// <summary>Null for a withdrawal.</summary>
    public EscrowEvent.TaskSettled? Settled => Entry.Event as EscrowEvent.TaskSettled;

    public static Waiting Of(BatchEntry entry) => new(entry, uint.MaxValue, Instant.LongAgo, 0);

    /// <summary>After a batch of so many that came to nothing.</summary>
    public Waiting Failed(int count, Instant now, Duration pause) => count > 1
        ? this with { CountMax = (uint)count / 2 }
        : this with { NotBefore = now + (pause * (1L << (int)Math.Min(Tries, DoublingsMax))), Tries = Tries + 1 };
}
