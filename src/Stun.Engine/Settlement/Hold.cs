namespace Stun.Engine.Settlement;

/// <summary>Where the money of one order stands. The only way out is <see cref="Final"/>, entered once.</summary>
public enum HoldState : byte
{
    Held,
    Pending,
    Disputed,
    Final,
}

/// <summary>Money held for one order.</summary>
public sealed class Hold(TaskOrder order)
{
    public TaskOrder Order => order;

    public HoldState State { get; set; } = HoldState.Held;

    /// <summary>The verdict that will be paid; null while there is none.</summary>
    public Verdict? Verdict { get; set; }

    public Instant PayableAt { get; set; }

    public Address DisputedBy { get; set; }

    public Instant DisputeEndsAt { get; set; }

    public void DigestState(StateDigest digest)
    {
        digest.Add((ulong)State);
        digest.Add(PayableAt);
        digest.Add(DisputedBy);
        digest.Add(DisputeEndsAt);
        digest.Add(Verdict is null ? 0UL : 1UL + Verdict.Round);
        if (Verdict is not null) digest.Add(Verdict.Result);
    }
}
