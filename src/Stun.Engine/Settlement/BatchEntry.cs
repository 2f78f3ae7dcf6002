namespace Stun.Engine.Settlement;

/// <summary>What a batch is made of: a settled task, or a withdrawal.</summary>
/// <param name="Order">The struct hash of the task's order; zero for a withdrawal.</param>
public sealed record BatchEntry(EscrowEvent Event, Digest Order)
{
    public static bool IsOne(EscrowEvent happened) => happened is EscrowEvent.TaskSettled or EscrowEvent.Withdrawn;

    /// <summary>The line in the batch's tree; null for a withdrawal, which only moves money.</summary>
    public Digest? Line => Event is EscrowEvent.TaskSettled settled
        ? TypedData.LineOf(settled.Settlement.Task, Order, TypedData.StructHash(settled.Verdict))
        : null;
}
