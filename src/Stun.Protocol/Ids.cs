namespace Stun.Protocol;

/// <summary>
/// The first 16 bytes of the EIP-712 digest of the requester's order: nobody between requester and escrow can
/// change an order and keep its id, and sending an order twice gives one task.
/// </summary>
public readonly record struct TaskId(ulong High, ulong Low) : IComparable<TaskId>
{
    public int CompareTo(TaskId other)
    {
        var order = High.CompareTo(other.High);
        return order != 0 ? order : Low.CompareTo(other.Low);
    }

    public override string ToString() => $"{High:x16}{Low:x16}";
}

/// <summary>Something a provider sells. Chosen by the provider; unique together with its address.</summary>
public readonly record struct OfferId(ulong Value) : IComparable<OfferId>
{
    public int CompareTo(OfferId other) => Value.CompareTo(other.Value);
    public override string ToString() => $"{Value:x16}";
}

/// <summary>
/// One run of a task on one provider, and the lease under which it runs. Numbered by the scheduler's shard.
/// </summary>
public readonly record struct AttemptId(ulong Value) : IComparable<AttemptId>
{
    public int CompareTo(AttemptId other) => Value.CompareTo(other.Value);
    public override string ToString() => $"a{Value}";
}
