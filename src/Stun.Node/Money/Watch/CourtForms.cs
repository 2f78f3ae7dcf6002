using Stun.Chain.Evm;
using Stun.Chain.Evm.Contracts;
using Stun.Node.Storage;

namespace Stun.Node.Money.Watch;

/// <summary>Orders, verdicts and places of lines in the form in which the contracts take them.</summary>
internal static class CourtForms
{
    public static Court.Judged Judged(JudgedLine line) => new(
        Order(line.Order.Order), [.. SignatureBytes.Compact(line.Order.Signature)], Verdict(line.Verdict.Verdict),
        SignatureBytes.Compact(line.Verdict.Signatures));

    public static Court.Unsigned Unsigned(JudgedLine line) =>
        new(Order(line.Order.Order), Verdict(line.Verdict.Verdict));

    public static Court.Place Place(StoredBatch batch, JudgedLine line) => new(
        (uint)line.Index, new Court.Line(line.Task, line.OrderHash, line.VerdictHash),
        BatchEvidence.PathOf(batch, line.Index));

    /// <summary>The same for the contract of tasks on the chain, whose bindings have types of their own.</summary>
    public static TaskEscrow.Place ClaimPlace(StoredBatch batch, JudgedLine line) => new(
        (uint)line.Index, new TaskEscrow.Line(line.Task, line.OrderHash, line.VerdictHash),
        BatchEvidence.PathOf(batch, line.Index));

    public static TaskEscrow.TaskOrder ClaimOrder(JudgedLine line)
    {
        var order = Order(line.Order.Order);
        return new TaskEscrow.TaskOrder(
            order.Requester, order.IdempotencyKey, order.Spec, order.RunTimeMax, order.PriceLimit, order.Deadline,
            order.Priority, order.ModelCreator, order.Home);
    }

    public static TaskEscrow.Posted ClaimPosted(StoredBatch stored)
    {
        var batch = stored.Signed.Batch;
        return new TaskEscrow.Posted(
            batch.Number, batch.Root, batch.Tasks, batch.Moves, stored.OnChain!.Value.UnixSeconds);
    }

    public static ValueList<byte> Moves(StoredBatch stored) => ValueList.Create<byte>(Digest.Join(stored.Moves));

    private static Court.TaskOrder Order(TaskOrder order) => new(
        order.Requester, order.IdempotencyKey, TypedData.SpecDigest(order.Spec), (ulong)order.RunTimeMax.Micros,
        order.PriceLimit.Units, (ulong)order.Deadline.Micros, (byte)order.Priority, order.ModelCreator,
        order.Home.Code);

    private static Court.Verdict Verdict(Verdict verdict) => new(
        verdict.Task, verdict.Round, (byte)verdict.Outcome, verdict.Result,
        [
            .. verdict.Findings.Select(finding => new Court.Finding(
                finding.Attempt.Value, finding.Provider, (byte)finding.Judgement, finding.Pay.Units)),
        ], verdict.CheatPassPpb);
}
