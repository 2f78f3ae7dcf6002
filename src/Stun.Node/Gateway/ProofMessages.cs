namespace Stun.Node.Gateway;

/// <summary>
/// The EIP-712 messages of a task, field by field: numbers as decimal text, digests and addresses in hexadecimal. Types
/// and their order are in api/vectors/typed-data.json.
/// </summary>
public sealed record ProofMessages(
    OrderMessage Order, IReadOnlyList<ReceiptMessage> Receipts, VerdictMessage? Verdict)
{
    public static ProofMessages Of(ProofBundle bundle) => new(
        OrderMessage.Of(bundle.Order.Order),
        [.. bundle.Receipts.Select(signed => ReceiptMessage.Of(signed.Receipt))],
        bundle.Verdict is { } signed ? VerdictMessage.Of(signed.Verdict) : null);

    internal static string Hex(Digest digest) => $"0x{digest}";
}

/// <param name="Spec">The keccak-256 of the spec's canonical CBOR.</param>
public sealed record OrderMessage(
    string Requester, string IdempotencyKey, string Spec, string RunTimeMax, string PriceLimit, string Deadline,
    int Priority, string ModelCreator, string Home)
{
    public static OrderMessage Of(TaskOrder order) => new(
        order.Requester.ToString(), $"{order.IdempotencyKey}", ProofMessages.Hex(TypedData.SpecDigest(order.Spec)),
        $"{order.RunTimeMax.Micros}", order.PriceLimit.ToString(), $"{order.Deadline.Micros}", (int)order.Priority,
        order.ModelCreator.ToString(), $"{order.Home.Code}");
}

public sealed record ReceiptMessage(
    string Attempt, string Task, string Provider, string Offer, string Spec, string Result, string Proof,
    string ResumedFrom, string RunTime)
{
    public static ReceiptMessage Of(Receipt receipt) => new(
        $"{receipt.Attempt.Value}", $"0x{receipt.Task}", receipt.Provider.ToString(), $"{receipt.Offer.Value}",
        ProofMessages.Hex(receipt.Spec), ProofMessages.Hex(receipt.Result), ProofMessages.Hex(receipt.Proof),
        ProofMessages.Hex(receipt.ResumedFrom), $"{receipt.RunTime.Micros}");
}

public sealed record VerdictMessage(
    string Task, int Round, int Outcome, string Result, IReadOnlyList<FindingMessage> Findings, uint CheatPassPpb)
{
    public static VerdictMessage Of(Verdict verdict) => new(
        $"0x{verdict.Task}", verdict.Round, (int)verdict.Outcome, ProofMessages.Hex(verdict.Result),
        [.. verdict.Findings.Select(finding => new FindingMessage(
            $"{finding.Attempt.Value}", finding.Provider.ToString(), (int)finding.Judgement, finding.Pay.ToString()))],
        verdict.CheatPassPpb);
}

public sealed record FindingMessage(string Attempt, string Provider, int Judgement, string Pay);
