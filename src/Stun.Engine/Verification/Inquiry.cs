namespace Stun.Engine.Verification;

/// <summary>
/// One validator's work on one evidence: what it knows, and the next thing it has to ask. Soft: after a restart the
/// evidence is sent again and the inquiry begins anew.
/// </summary>
/// <remarks>order signed? ─► receipts signed? ─► proofs hold? ─► which results are alike? ─► own run, if called
/// for</remarks>
public sealed class Inquiry
{
    private readonly NetworkTerms terms;
    private readonly bool isAudited;
    private readonly bool[] receiptOk;
    private readonly int[] cluster;
    private readonly bool?[] truthful;
    private readonly Digest[] truths;
    private readonly Queue<Step> steps = new();

    public Inquiry(TaskId task, Evidence evidence, Address scheduler, bool isAudited, NetworkTerms terms)
    {
        (Task, Evidence, Scheduler) = (task, evidence, scheduler);
        (this.terms, this.isAudited) = (terms, isAudited);
        receiptOk = new bool[evidence.Attempts.Count];
        cluster = new int[receiptOk.Length];
        truthful = new bool?[receiptOk.Length];
        truths = new Digest[Order.Spec.Resources.Nodes];
        CheckForms();
        PlanChecks();
    }

    public TaskId Task { get; }

    public Evidence Evidence { get; }

    public Address Scheduler { get; }

    /// <summary>The order is not its requester's: there is nothing to judge.</summary>
    public bool IsForged { get; private set; }

    public bool KnowsTruth { get; private set; }

    private TaskOrder Order => Evidence.Order.Order;

    private abstract record Step(Ask Ask)
    {
        public sealed record CheckOrder(Ask Ask) : Step(Ask);

        public sealed record CheckReceipts(Ask Ask, List<int> Indices) : Step(Ask);

        public sealed record CheckProof(Ask Ask, int Index) : Step(Ask);

        /// <summary>
        /// Clusters one rank against its first result; those that differ are compared among themselves next.
        /// </summary>
        public sealed record Group(Ask Ask, List<int> Indices) : Step(Ask);

        public sealed record Rerun(Ask Ask, byte Rank) : Step(Ask);

        public sealed record CompareTruth(Ask Ask, List<int> Indices) : Step(Ask);
    }

    /// <summary>What to ask next; null when the facts are complete.</summary>
    public Ask? Next => steps.TryPeek(out var step) ? step.Ask : null;

    public Facts Facts => new([.. receiptOk], [.. cluster], [.. truthful], KnowsTruth ? TruthOfAll() : Digest.Zero);

    private Digest TruthOfAll()
    {
        var bytes = new byte[truths.Length * Digest.Size];
        for (var rank = 0; rank < truths.Length; rank++) truths[rank].Write(bytes.AsSpan(rank * Digest.Size));
        return Keccak256.Hash(bytes);
    }

    /// <summary>Takes the answer to <see cref="Next"/>; false if it is of the wrong kind.</summary>
    public bool Take(Answer answer)
    {
        if (!steps.TryPeek(out var step)) return false;
        switch (step, answer)
        {
            case (Step.CheckOrder, Answer.Checked { Ok.Count: 1 } told):
                IsForged = !told.Ok[0];
                break;
            case (Step.CheckReceipts check, Answer.Checked told) when told.Ok.Count == check.Indices.Count:
                for (var index = 0; index < check.Indices.Count; index++)
                    receiptOk[check.Indices[index]] = told.Ok[index];
                PlanProofs();
                break;
            case (Step.CheckProof check, Answer.Checked { Ok.Count: 1 } told):
                receiptOk[check.Index] &= told.Ok[0];
                break;
            case (Step.CheckProof check, Answer.PolicyChecked told):
                receiptOk[check.Index] &= told.Allowed;
                break;
            case (Step.Group group, Answer.Checked told) when told.Ok.Count == group.Indices.Count - 1:
                TakeGroup(group.Indices, told.Ok);
                break;
            case (Step.Rerun rerun, Answer.RerunDone told) when told.Rank == rerun.Rank:
                truths[rerun.Rank] = told.Result;
                break;
            case (Step.CompareTruth compare, Answer.Checked told) when told.Ok.Count == compare.Indices.Count:
                for (var index = 0; index < compare.Indices.Count; index++)
                    truthful[compare.Indices[index]] = told.Ok[index];
                break;
            default:
                return false;
        }
        steps.Dequeue();
        if (steps.Count == 0) PlanNext();
        return true;
    }

    private int stage;

    /// <summary>
    /// When the planned steps are done: group results, then run the task if that is called for, then compare.
    /// </summary>
    private void PlanNext()
    {
        while (steps.Count == 0 && stage < 3)
        {
            switch (stage++)
            {
                case 0: PlanGroups(); break;
                case 1: PlanReruns(); break;
                default: PlanTruth(); break;
            }
        }
    }

    /// <summary>
    /// What a receipt must say to belong to its lease at all; the second of one provider never counts.
    /// </summary>
    private void CheckForms()
    {
        var spec = TypedData.SpecDigest(Order.Spec);
        SortedSet<Address> seen = [];
        for (var index = 0; index < receiptOk.Length; index++)
        {
            var (lease, end) = (Evidence.Attempts[index].Lease, Evidence.Attempts[index].End);
            if (end != AttemptEnd.Finished || Evidence.Attempts[index].Receipt is not { } signed) continue;
            var receipt = signed.Receipt;
            receiptOk[index] = lease.Task == Task && receipt.Attempt == lease.Attempt && receipt.Task == Task
                && receipt.Provider == lease.Provider && receipt.Offer == lease.Offer && receipt.Spec == spec
                && receipt.ResumedFrom == (lease.ResumeFrom?.State ?? Digest.Zero)
                && lease.Rank < truths.Length && lease.PriceCap <= Order.PriceLimit
                && IsCommitted(Evidence.Attempts[index], signed) && seen.Add(lease.Provider);
        }
    }

    private bool IsCommitted(AttemptRecord attempt, SignedReceipt signed) =>
        Order.Spec.Verification is not VerificationPolicy.Redundant
        || attempt.Commitment == TypedData.Commitment(TypedData.Digest(terms.Domain, signed.Receipt), signed.Salt);

    private void PlanChecks()
    {
        steps.Enqueue(new Step.CheckOrder(new Ask.CheckOrder(Evidence.Order)));
        var indices = GoodIndices(_ => true);
        if (indices.Count == 0) return;
        List<SignedReceipt> receipts = [];
        foreach (var index in indices) receipts.Add(Evidence.Attempts[index].Receipt!);
        steps.Enqueue(new Step.CheckReceipts(new Ask.CheckReceipts(ValueList.From(receipts)), indices));
    }

    private void PlanProofs()
    {
        foreach (var index in GoodIndices(_ => true))
        {
            var receipt = Evidence.Attempts[index].Receipt!.Receipt;
            if (Order.Spec.Verification is VerificationPolicy.ZkProof zk)
                steps.Enqueue(new Step.CheckProof(
                    new Ask.CheckProof(Task, zk.Circuit, Order.Spec.Statement, receipt), index));
            if (Order.Spec.Verification is VerificationPolicy.TeeQuote tee)
                steps.Enqueue(new Step.CheckProof(new Ask.CheckQuote(Task, tee.Policy, receipt), index));
        }
    }

    private void PlanGroups()
    {
        for (byte rank = 0; rank < truths.Length; rank++)
        {
            var place = rank;
            PlanGroup(GoodIndices(index => Evidence.Attempts[index].Lease.Rank == place));
        }
    }

    private void PlanGroup(List<int> indices)
    {
        if (indices.Count == 0) return;
        foreach (var index in indices) cluster[index] = indices[0];
        var unlike = indices.FindAll(index => ResultOf(index) != ResultOf(indices[0]));
        if (unlike.Count == 0) return;
        if (Order.Spec.Comparator is not Comparator.Bytes)
        {
            List<Digest> others = [];
            foreach (var index in indices[1..]) others.Add(ResultOf(index));
            steps.Enqueue(new Step.Group(
                new Ask.Compare(Order.Spec.Comparator, ResultOf(indices[0]), ValueList.From(others)), indices));
            return;
        }
        PlanGroup(unlike);
    }

    private void TakeGroup(List<int> indices, ValueList<bool> same)
    {
        List<int> unlike = [];
        for (var index = 1; index < indices.Count; index++)
            if (!same[index - 1]) unlike.Add(indices[index]);
        PlanGroup(unlike);
    }

    /// <summary>
    /// The validator runs the task itself when its lot says so, when replicas disagree, or in a dispute; never where
    /// the requester chose to take the result as it is.
    /// </summary>
    private void PlanReruns()
    {
        if (!terms.ValidatorsRerun || IsForged || Evidence.Outcome != Outcome.Complete) return;
        if (Order.Spec.Verification is VerificationPolicy.None || GoodIndices(_ => true).Count == 0) return;
        if (!isAudited && Evidence.Round == 0 && !Judging.NeedsTruth(Evidence, Facts)) return;
        for (byte rank = 0; rank < truths.Length; rank++)
            steps.Enqueue(new Step.Rerun(new Ask.Rerun(Task, Evidence.Order, rank), rank));
    }

    private void PlanTruth()
    {
        foreach (var truth in truths)
            if (truth.IsZero) return; // It could not run every part: then it does not know the truth.
        KnowsTruth = true;
        for (byte rank = 0; rank < truths.Length; rank++)
        {
            var place = rank;
            var indices = GoodIndices(index => Evidence.Attempts[index].Lease.Rank == place);
            foreach (var index in indices) truthful[index] = ResultOf(index) == truths[rank];
            if (Order.Spec.Comparator is Comparator.Bytes) continue;
            indices = indices.FindAll(index => truthful[index] is false);
            if (indices.Count == 0) continue;
            List<Digest> results = [];
            foreach (var index in indices) results.Add(ResultOf(index));
            steps.Enqueue(new Step.CompareTruth(
                new Ask.Compare(Order.Spec.Comparator, truths[rank], ValueList.From(results)), indices));
        }
    }

    private List<int> GoodIndices(Predicate<int> chosen)
    {
        List<int> good = [];
        for (var index = 0; index < receiptOk.Length; index++)
            if (receiptOk[index] && chosen(index)) good.Add(index);
        return good;
    }

    private Digest ResultOf(int index) => Evidence.Attempts[index].Receipt!.Receipt.Result;
}
