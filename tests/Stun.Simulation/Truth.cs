namespace Stun.Simulation;

/// <summary>
/// What results mean in the simulated world. A result's digest stands for bytes; its meaning says which results are
/// the same under the task's comparator: a task with a tolerance gives honest results of different bytes.
/// </summary>
public sealed class Truth
{
    private readonly Dictionary<Digest, Digest> meanings = [];
    private readonly HashSet<(Digest Result, Digest Proof)> proofs = [];

    /// <summary>The right result of one node of a task, as one honest run happens to spell it.</summary>
    public Digest Honest(TaskId task, SignedOrder order, byte rank, Prng dice)
    {
        var meaning = Name(task, rank, 0);
        var spelling = order.Order.Spec.Comparator is Comparator.Bytes ? 0UL : 1 + dice.Below(3UL);
        return Remember(Name(task, rank, spelling), meaning);
    }

    /// <summary>The wrong result that all colluders agree on.</summary>
    public Digest Conspiracy(TaskId task, byte rank) => Remember(Name(task, rank, 77), Name(task, rank, 77));

    public Digest Garbage(Prng dice)
    {
        var garbage = new Digest(dice.Next(), dice.Next(), dice.Next(), dice.Next());
        return Remember(garbage, garbage);
    }

    public bool IsRight(TaskId task, byte rank, Digest result) => MeaningOf(result) == Name(task, rank, 0);

    public Digest MeaningOf(Digest result) => meanings.TryGetValue(result, out var meaning) ? meaning : result;

    /// <summary>A proof or quote for a result that was really computed.</summary>
    public Digest Prove(Digest result, Prng dice)
    {
        var proof = new Digest(dice.Next(), 1, 2, 3);
        proofs.Add((result, proof));
        return proof;
    }

    public bool ProofHolds(Receipt receipt) => proofs.Contains((receipt.Result, receipt.Proof));

    private Digest Remember(Digest result, Digest meaning)
    {
        meanings[result] = meaning;
        return result;
    }

    private static Digest Name(TaskId task, byte rank, ulong spelling) => new(task.High, task.Low, rank, spelling);
}
