namespace Stun.Engine.Scheduling;

/// <summary>
/// Where a task stands in the scheduler. Always forwards, but for Running and Queued and for disputes.
/// </summary>
public enum TaskPhase : byte
{
    Checking,
    Holding,
    Queued,
    Running,
    Judging,
    Posting,
    Pending,
    Ended,
}

/// <summary>One task: its order, its attempts and its way to one final state.</summary>
public sealed class TaskEntry(TaskId id, SignedOrder order, Address gateway)
{
    public TaskId Id => id;
    public SignedOrder SignedOrder => order;
    public TaskOrder Order => order.Order;
    public TaskSpec Spec => order.Order.Spec;

    /// <summary>Who handed the order in first and is told how it goes; others are told when they ask.</summary>
    public Address Gateway => gateway;

    public Instant ReceivedAt { get; init; }
    public TaskPhase Phase { get; set; } = TaskPhase.Checking;
    public Instant QueuedAt { get; set; }
    public List<AttemptEntry> Attempts { get; } = [];
    public int ReplicaCount { get; set; } = InitialReplicas(order.Order.Spec.Verification);
    public bool CancelAsked { get; set; }
    public ushort Round { get; set; }
    public Outcome Outcome { get; set; }
    public EndReason Reason { get; set; }
    public SortedDictionary<Address, Vote> Votes { get; } = [];
    public SignedVerdict? Verdict { get; set; }
    public Instant PayableAt { get; set; } = Instant.Never;
    public bool HoldsFunds { get; set; }
    public FinalState State { get; set; }
    public Instant EndedAt { get; set; }
    public bool EndDelivered { get; set; }

    /// <summary>Offers refused at the last look, by reason: what `stun why` tells.</summary>
    public ValueList<Placement.RefusalCount> Refusals { get; set; }

    // Soft: never digested, rebuilt by reviewing the task.
    public Instant ReviewAt { get; set; } = Instant.Never;
    public Instant SentAt { get; set; } = Instant.LongAgo;
    public Instant SettleAskedAt { get; set; } = Instant.LongAgo;
    public Duration ResendPause { get; set; } = Limits.ResendAfter;
    public Instant RetryAt { get; set; }
    public int RetryCount { get; set; }
    public bool IsWaiting { get; set; }
    public bool ResultTold { get; set; }
    public SortedDictionary<Address, Vote> UncheckedVotes { get; } = [];

    /// <summary>A new phase: whatever it has to say is said at once.</summary>
    public void SpeakAtOnce() => (SentAt, ResendPause) = (Instant.LongAgo, Limits.ResendAfter);

    public int Nodes => Spec.Resources.Nodes;

    public int ReplicasMax => Spec.Verification is VerificationPolicy.Redundant redundant ? redundant.Attempts : 1;

    /// <summary>How many of its attempts the price limit must cover.</summary>
    public int PaidAttemptsMax => ReplicasMax * Nodes;

    public ulong BilledSecondsMax => Order.RunTimeMax.SecondsStarted;

    public bool CommitsFirst => Spec.Verification is VerificationPolicy.Redundant;

    public static int InitialReplicas(VerificationPolicy policy) =>
        policy is VerificationPolicy.Redundant redundant ? redundant.Agreeing : 1;

    /// <summary>The replicas of which some rank is neither running nor delivered.</summary>
    public List<ushort> MissingReplicas()
    {
        List<ushort> missing = [];
        for (ushort replica = 0; replica < ReplicaCount; replica++)
        {
            var alive = 0;
            foreach (var attempt in Attempts)
                if (attempt.Lease.Replica == replica && attempt.IsAlive) alive++;
            if (alive < Nodes) missing.Add(replica);
        }
        return missing;
    }

    /// <summary>What the requester gets: nothing unless the task is complete.</summary>
    public Digest Result => State == FinalState.Complete ? Verdict?.Verdict.Result ?? Digest.Zero : Digest.Zero;

    public bool IsDelivered
    {
        get
        {
            var finished = 0;
            foreach (var attempt in Attempts)
                if (attempt.End == AttemptEnd.Finished) finished++;
            return finished == ReplicaCount * Nodes;
        }
    }

    public Evidence ToEvidence()
    {
        var records = new AttemptRecord[Attempts.Count];
        for (var index = 0; index < records.Length; index++) records[index] = Attempts[index].ToRecord();
        return new Evidence(order, Round, Outcome, [.. records]);
    }

    /// <summary>The events that make this task again, where nothing is known of it but what the escrow said.</summary>
    public IEnumerable<SchedulerEvent> Summary()
    {
        yield return new SchedulerEvent.OrderReceived(ReceivedAt, id, order, gateway);
        if (Verdict is not null) yield return new SchedulerEvent.VerdictFormed(id, Verdict);
        if (Standing() != new TaskEntry(id, order, gateway).Standing()) yield return Standing();
        foreach (var attempt in Attempts) yield return attempt.Summary();
        foreach (var (_, vote) in Votes) yield return new SchedulerEvent.VoteCounted(id, vote);
    }

    private SchedulerEvent.TaskRestored Standing() => new(
        id, Phase, QueuedAt, ReplicaCount, CancelAsked, Round, Outcome, Reason, PayableAt, State, EndedAt,
        EndDelivered, Refusals);

    public void Restore(SchedulerEvent.TaskRestored restored)
    {
        Phase = restored.Phase;
        QueuedAt = restored.QueuedAt;
        ReplicaCount = restored.ReplicaCount;
        CancelAsked = restored.IsCancelAsked;
        Round = restored.Round;
        Outcome = restored.Outcome;
        Reason = restored.Reason;
        PayableAt = restored.PayableAt;
        State = restored.State;
        EndedAt = restored.EndedAt;
        EndDelivered = restored.IsEndDelivered;
        Refusals = restored.Refusals;
    }

    public void DigestState(StateDigest digest)
    {
        digest.Add(Id);
        digest.Add(Gateway);
        digest.Add((ulong)Phase);
        digest.Add(QueuedAt);
        digest.Add((long)ReplicaCount);
        digest.Add(CancelAsked);
        digest.Add((ulong)Round);
        digest.Add((ulong)Outcome);
        digest.Add((ulong)Reason);
        digest.Add(HoldsFunds);
        digest.Add(PayableAt);
        digest.Add((ulong)State);
        digest.Add(EndedAt);
        digest.Add(EndDelivered);
        foreach (var (validator, vote) in Votes)
        {
            digest.Add(validator);
            digest.Add(vote.Verdict.Result);
        }
        foreach (var refusal in Refusals) digest.Add((long)refusal.Offers);
        if (Verdict is not null) digest.Add(Verdict.Verdict.Result);
        foreach (var attempt in Attempts) attempt.DigestState(digest);
    }
}

/// <summary>One attempt as the scheduler sees it.</summary>
public sealed class AttemptEntry(TaskEntry task, Lease lease)
{
    public TaskEntry Task => task;
    public Lease Lease => lease;
    public bool IsAccepted { get; set; }
    public Instant ExpiresAt { get; set; } = lease.ExpiresAt;
    public Digest Commitment { get; set; }
    public SignedReceipt? Receipt { get; set; }
    public Checkpoint? Checkpoint { get; set; }
    public AttemptEnd End { get; set; }
    public RunFailure? Failure { get; set; }
    public Instant ClosedAt { get; set; }

    // Soft: when the provider was last written to, and the revealed receipt that waits for its check.
    public Instant SentAt { get; set; } = lease.GrantedAt;
    public SignedReceipt? Unchecked { get; set; }

    public bool IsOpen => End == AttemptEnd.Running;

    public bool IsAlive => End is AttemptEnd.Running or AttemptEnd.Finished;

    public AttemptRecord ToRecord() => new(lease, End, ClosedAt, Commitment, Receipt, Checkpoint);

    public SchedulerEvent Summary() =>
        new SchedulerEvent.AttemptRestored(ToRecord(), IsAccepted, ExpiresAt, Failure);

    public static AttemptEntry Restore(TaskEntry task, SchedulerEvent.AttemptRestored restored) =>
        new(task, restored.Record.Lease)
        {
            IsAccepted = restored.IsAccepted,
            ExpiresAt = restored.ExpiresAt,
            Commitment = restored.Record.Commitment,
            Receipt = restored.Record.Receipt,
            Checkpoint = restored.Record.Checkpoint,
            End = restored.Record.End,
            Failure = restored.Failure,
            ClosedAt = restored.Record.ClosedAt,
        };

    public void DigestState(StateDigest digest)
    {
        digest.Add(lease.Attempt);
        digest.Add(lease.Provider);
        digest.Add(IsAccepted);
        digest.Add(ExpiresAt);
        digest.Add(Commitment);
        digest.Add(Receipt is null ? Digest.Zero : Receipt.Receipt.Result);
        digest.Add(Checkpoint is null ? 0UL : Checkpoint.ProgressPpm);
        digest.Add((ulong)End);
        digest.Add(Failure is { } failure ? 1 + (ulong)failure : 0);
        digest.Add(ClosedAt);
    }
}
