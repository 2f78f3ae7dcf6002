using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>What <see cref="ProofBundle"/> holds, readable. The CBOR fields are base64 of the canonical
/// bytes.</summary>
public sealed record ProofView(
    string Task, ProofTermsView Terms, SignedView Order, IReadOnlyList<ReceiptView> Receipts,
        SignedVerdictView? Verdict)
{
    /// <summary>Where it went to the chain, where the network has one.</summary>
    public BatchView? Batch { get; init; }

    /// <summary>What was signed, in the form in which libraries of other languages check it.</summary>
    public required ProofMessages Messages { get; init; }

    public static ProofView Of(ProofBundle bundle)
    {
        var domain = bundle.Terms.Domain;
        var order = bundle.Order;
        var verdict = bundle.Verdict;
        return new ProofView(
            OfflineCheck.TaskOf(bundle).ToString(), ProofTermsView.Of(bundle.Terms),
            new SignedView(
                TypedData.Digest(domain, order.Order).ToString(), order.Order.Requester.ToString(),
                SignatureText.Of(order.Signature), Convert.ToBase64String(ProtocolWire.Encode(order))),
            [.. bundle.Receipts.Span.ToArray().Select(signed => ReceiptView.Of(domain, signed))],
            verdict is null ? null : SignedVerdictView.Of(domain, verdict))
        {
            Messages = ProofMessages.Of(bundle),
        };
    }
}

public sealed record ProofTermsView(
    ulong ChainId, string Escrow, string DomainSeparator, IReadOnlyList<string> Validators, int Quorum)
{
    public static ProofTermsView Of(ProofTerms terms) => new(
        terms.Domain.ChainId, terms.Domain.Contract.ToString(), terms.Domain.Separator.ToString(),
        [.. terms.Validators.Select(validator => validator.ToString())], terms.Quorum);
}

/// <param name="Digest">The EIP-712 digest that was signed.</param>
public sealed record SignedView(string Digest, string Signer, string Signature, string Cbor);

/// <param name="Commitment">keccak-256(digest, salt): what the provider showed before it saw others' results.</param>
public sealed record ReceiptView(
    string Attempt, string Provider, string Offer, string Spec, string Result, string? Proof, string? ResumedFrom,
    long RunTimeMicros, string Salt, string Commitment, SignedView Signed)
{
    public static ReceiptView Of(TypedDataDomain domain, SignedReceipt signed)
    {
        var (receipt, digest) = (signed.Receipt, TypedData.Digest(domain, signed.Receipt));
        return new ReceiptView(
            receipt.Attempt.ToString(), receipt.Provider.ToString(), receipt.Offer.ToString(), receipt.Spec.ToString(),
            "sha256:" + receipt.Result, TextOf(receipt.Proof), TextOf(receipt.ResumedFrom), receipt.RunTime.Micros,
            signed.Salt.ToString(), TypedData.Commitment(digest, signed.Salt).ToString(),
            new SignedView(digest.ToString(), receipt.Provider.ToString(), SignatureText.Of(signed.Signature),
                Convert.ToBase64String(ProtocolWire.Encode(signed))));
    }

    private static string? TextOf(Digest digest) => digest.IsZero ? null : "sha256:" + digest;
}

public sealed record VoteView(string Validator, string Signature);

public sealed record SignedVerdictView(
    int Round, string Outcome, string? Result, uint CheatPassPpb, IReadOnlyList<FindingView> Findings, string Digest,
    IReadOnlyList<VoteView> Signatures, string Cbor)
{
    public static SignedVerdictView Of(TypedDataDomain domain, SignedVerdict signed)
    {
        var verdict = signed.Verdict;
        return new SignedVerdictView(
            verdict.Round, verdict.Outcome.ToString(), verdict.Result.IsZero ? null : "sha256:" + verdict.Result,
            verdict.CheatPassPpb, [.. verdict.Findings.Span.ToArray().Select(FindingView.Of)],
            TypedData.Digest(domain, verdict).ToString(),
            [.. signed.Signatures.Select(vote =>
                new VoteView(vote.Validator.ToString(), SignatureText.Of(vote.Signature)))],
            Convert.ToBase64String(ProtocolWire.Encode(signed)));
    }
}

/// <summary>A signature as wallets write it: 0x, r, s and v, which is 27 or 28.</summary>
public static class SignatureText
{
    private const int Size = 65;

    public static string Of(Signature signature) =>
        $"0x{signature.R}{signature.S}{signature.RecoveryId + 27:x2}";

    public static bool TryParse(string? text, out Signature signature)
    {
        signature = Signature.None;
        Span<byte> bytes = stackalloc byte[Size];
        if (text is not { Length: 2 + (2 * Size) } || !text.StartsWith("0x", StringComparison.Ordinal)) return false;
        if (Convert.FromHexString(text.AsSpan(2), bytes, out _,
            out _) != System.Buffers.OperationStatus.Done) return false;
        // Some wallets write the recovery id itself.
        var id = bytes[^1] >= 27 ? bytes[^1] - 27 : bytes[^1];
        if (id > 1) return false;
        signature = new Signature(Digest.Read(bytes[..Digest.Size]), Digest.Read(bytes[Digest.Size..^1]), (byte)id);
        return true;
    }
}
