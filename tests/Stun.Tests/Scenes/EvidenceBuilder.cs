namespace Stun.Tests.Scenes;

/// <summary>
/// What validators are shown of a task: attempts as a test wants them, receipts signed and committed to.
/// </summary>
internal sealed class EvidenceBuilder(OrderBuilder order)
{
    public static readonly Digest Salt = Scene.DigestOf(70);

    private readonly List<AttemptRecord> attempts = [];

    public ushort Round { get; set; }

    public Outcome Outcome { get; set; } = Outcome.Complete;

    /// <summary>The price of all attempts, per second.</summary>
    public Amount Price { get; set; } = new(1_000);

    public Evidence Evidence => new(order.Signed, Round, Outcome, [.. attempts]);

    /// <summary>A delivered attempt: each provider has one, unless a test says otherwise.</summary>
    public EvidenceBuilder Finish(
        int provider, ulong result, ushort replica = 0, byte rank = 0, long seconds = 5, Checkpoint? from = null)
    {
        var lease = LeaseOf(provider, replica, rank, from);
        var receipt = new Receipt(
            lease.Attempt, lease.Task, lease.Provider, lease.Offer, TypedData.SpecDigest(order.Order.Spec),
            Scene.DigestOf(result), Scene.DigestOf(80), from?.State ?? Digest.Zero, Duration.Seconds(seconds));
        return Finish(lease, receipt, CommitmentOf(receipt));
    }

    public EvidenceBuilder Finish(Lease lease, Receipt receipt, Digest commitment)
    {
        attempts.Add(new AttemptRecord(
            lease, AttemptEnd.Finished, lease.GrantedAt + Duration.Seconds(8), commitment,
            Scene.Sign(receipt, Salt), null));
        return this;
    }

    public EvidenceBuilder End(
        int provider, AttemptEnd end, ushort replica = 0, byte rank = 0, uint? progressPpm = null, long seconds = 8)
    {
        var lease = LeaseOf(provider, replica, rank, null);
        var checkpoint = progressPpm is { } progress
            ? new Checkpoint(lease.Attempt, Scene.DigestOf(600 + lease.Attempt.Value), progress)
            : null;
        attempts.Add(new AttemptRecord(
            lease, end, lease.GrantedAt + Duration.Seconds(seconds), Digest.Zero, null, checkpoint));
        return this;
    }

    public Checkpoint LastCheckpoint => attempts[^1].Checkpoint!;

    /// <summary>Changes the last attempt, for what no honest scheduler would show.</summary>
    public EvidenceBuilder Change(Func<AttemptRecord, AttemptRecord> change)
    {
        attempts[^1] = change(attempts[^1]);
        return this;
    }

    public Lease LeaseOf(int provider, ushort replica, byte rank, Checkpoint? from) => new(
        new AttemptId((ulong)attempts.Count + 1), order.Id, new OfferId(1), Scene.Provider(provider), 1, replica, rank,
        Price, Price * order.RunTimeMax.SecondsStarted, Scene.Start, Scene.Start + Limits.LeaseTerm, from);

    public static Digest CommitmentOf(Receipt receipt) =>
        TypedData.Commitment(TypedData.Digest(Scene.Terms.Domain, receipt), Salt);
}
