using Stun.Chain.Evm;
using Stun.Engine.Settlement;
using Stun.Node.Hosting;

namespace Stun.Integration.Money;

/// <summary>
/// The scheduler's part, without any scheduling: brings orders and evidence, collects votes, posts verdicts and has
/// them paid. Whatever gets lost in a restart it says again.
/// </summary>
internal sealed class Clerk(NetworkTerms terms, BookNode node, IReadOnlyDictionary<Address, EvmKey> providers)
{
    /// <summary>A call carries no more than the wire does.</summary>
    private const int CallMax = 250;

    private static readonly Duration SayAgainAfter = Duration.Millis(1_500);
    private static readonly Digest Salt = new(7, 7, 7, 7);

    private readonly SortedDictionary<TaskId, Job> open = [];
    private readonly Dictionary<TaskId, Job> refused = [];
    private ulong next;
    private ulong calls;
    private Instant heardAt;

    private enum Stage : byte
    {
        New,
        Held,
        Posted,
    }

    /// <summary>One task, and what is said about it.</summary>
    /// <param name="Evidence">Null for a task that nobody runs: its money comes back when its time is over.</param>
    private sealed record Job(SignedOrder Order, Evidence? Evidence)
    {
        public Stage Stage { get; set; }
        public Instant ActAt { get; set; }
        public Instant PayableAt { get; set; }
        public List<Vote> Votes { get; } = [];
    }

    public int OpenCount => open.Count;

    public int SettledCount { get; private set; }

    public int ExpiredCount { get; private set; }

    public int RefusedCount => refused.Count;

    public int SlashedCount { get; private set; }

    public int WithdrawnCount { get; private set; }

    private Address Self => terms.Schedulers[0];

    private Instant Now => node.Pump.Now;

    /// <summary>Takes a task on.</summary>
    /// <param name="isTrue">Whether its provider says what really comes out.</param>
    public void Add(SignedOrder order, Address? provider, Amount pricePerSecond, bool isTrue)
    {
        var task = TypedData.TaskIdOf(terms.Domain, order.Order);
        open[task] = new Job(order, provider is { } who ? EvidenceOf(task, order, who, pricePerSecond, isTrue) : null);
    }

    /// <summary>After a restart of the node: it has forgotten who follows it.</summary>
    public void Reconnect()
    {
        heardAt = default;
        foreach (var job in open.Values) job.ActAt = default;
    }

    public void Step()
    {
        while (node.Told.TryDequeue(out var message)) Hear(message);
        if (Now >= heardAt + SayAgainAfter)
        {
            heardAt = Now;
            node.Pump.TryPost(Self, terms.Book, new Message.FollowEscrow(next));
        }
        List<SignedVerdict> verdicts = [];
        List<TaskId> payable = [];
        foreach (var (task, job) in open)
        {
            if (job.Stage == Stage.Posted && Now >= job.PayableAt && Now >= job.ActAt)
            {
                payable.Add(task);
                job.ActAt = Now + SayAgainAfter;
            }
            else if (job.Stage != Stage.Posted && Now >= job.ActAt)
            {
                job.ActAt = Now + SayAgainAfter;
                if (VerdictOf(job) is { } verdict) verdicts.Add(verdict);
                else Act(task, job);
            }
        }
        foreach (var some in payable.Chunk(CallMax)) Call(new EscrowCall.Settle([.. some]));
        foreach (var some in verdicts.Chunk(CallMax))
        {
            Digest[] leaves = [.. some.Select(signed => TypedData.Digest(terms.Domain, signed.Verdict))];
            Call(new EscrowCall.PostBatch(MerkleTree.Root(leaves), [.. some]));
        }
    }

    public void Call(EscrowCall call) => Call(Self, call);

    public void Call(Address caller, EscrowCall call) =>
        node.Pump.TryPost(caller, terms.Book, new Message.CallEscrow(++calls, call));

    private void Act(TaskId task, Job job)
    {
        if (job.Stage == Stage.New) Call(new EscrowCall.HoldFunds(job.Order));
        else if (job.Evidence is { } evidence)
        {
            foreach (var validator in terms.Validators)
                if (!job.Votes.Exists(vote => vote.Validator == validator))
                    node.Pump.TryPost(Self, validator, new Message.JudgeTask(evidence));
        }
        else if (Now >= terms.ExpiresAt(job.Order.Order)) Call(new EscrowCall.ExpireHold(task));
    }

    private void Hear(Message message)
    {
        switch (message)
        {
            case Message.CastVote { Vote: var vote } when open.TryGetValue(vote.Verdict.Task, out var job):
                if (!job.Votes.Contains(vote)) job.Votes.Add(vote);
                if (job.Stage == Stage.Held && VerdictOf(job) is not null) job.ActAt = default;
                break;
            case Message.EscrowLogged logged when logged.Index == next:
                next++;
                heardAt = Now;
                Hear(logged.Event);
                break;
        }
    }

    private void Hear(EscrowEvent happened)
    {
        switch (happened)
        {
            case EscrowEvent.FundsHeld held:
                // An order that was said twice may be refused first, and held when money has come in between.
                if (refused.Remove(held.Task, out var late)) open[held.Task] = late;
                if (open.TryGetValue(held.Task, out var paid)) (paid.Stage, paid.ActAt) = (Stage.Held, default);
                break;
            case EscrowEvent.HoldRefused no when open.Remove(no.Task, out var gone): refused[no.Task] = gone; break;
            case EscrowEvent.VerdictPosted posted when open.TryGetValue(posted.Verdict.Task, out var job):
                (job.Stage, job.ActAt, job.PayableAt) = (Stage.Posted, default, posted.PayableAt);
                break;
            case EscrowEvent.TaskSettled { Settlement: var settlement } when open.Remove(settlement.Task):
                SettledCount++;
                SlashedCount += settlement.Slashings.Count;
                break;
            case EscrowEvent.HoldExpired expired when open.Remove(expired.Task): ExpiredCount++; break;
            case EscrowEvent.Withdrawn: WithdrawnCount++; break;
        }
    }

    /// <summary>Null as long as no quorum says the same.</summary>
    private SignedVerdict? VerdictOf(Job job)
    {
        var most = job.Votes.GroupBy(vote => vote.Verdict).MaxBy(group => group.Count());
        if (most is null || most.Count() < terms.Quorum) return null;
        return new SignedVerdict(most.Key, [.. most.OrderBy(vote => vote.Validator)
            .Select(vote => new VoteSignature(vote.Validator, vote.Signature))]);
    }

    private Evidence EvidenceOf(TaskId task, SignedOrder signed, Address provider, Amount price, bool isTrue)
    {
        var order = signed.Order;
        var lease = new Lease(
            new AttemptId(order.IdempotencyKey), task, new OfferId(1), provider, 1, 0, 0, price,
            price * order.RunTimeMax.SecondsStarted, Now, Now + Limits.LeaseTerm, null);
        var result = isTrue ? BookNode.ResultOf(order) : new Digest(6, 6, 6, order.IdempotencyKey);
        var receipt = new Receipt(
            lease.Attempt, task, provider, lease.Offer, TypedData.SpecDigest(order.Spec), result, Digest.Zero,
            Digest.Zero, order.RunTimeMax);
        var digest = TypedData.Digest(terms.Domain, receipt);
        var record = new AttemptRecord(
            lease, AttemptEnd.Finished, Now + order.RunTimeMax, TypedData.Commitment(digest, Salt),
            new SignedReceipt(receipt, Salt, providers[provider].Sign(digest)), null);
        return new Evidence(signed, 0, Outcome.Complete, [record]);
    }
}
