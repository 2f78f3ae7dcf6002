using Stun.Chain.Evm;

namespace Stun.Node.Gateway;

/// <summary>
/// Checks a <see cref="ProofBundle"/> from its bytes alone: nobody is asked, and nothing that the node said besides is
/// believed.
/// </summary>
public static class OfflineCheck
{
    /// <param name="trusted">
    /// The network's terms as the checker knows them. Without them the bundle only shows that it agrees with itself: it
    /// names its own validators.
    /// </param>
    /// <returns>What is wrong, one sentence each; nothing if all holds.</returns>
    public static IReadOnlyList<string> Faults(ReadOnlySpan<byte> bytes, ProofTerms? trusted)
    {
        ProofBundle bundle;
        try
        {
            bundle = ProofBundle.Decode(bytes);
        }
        catch (WireException malformed)
        {
            return [malformed.Message];
        }
        List<string> faults = [];
        if (trusted is not null && trusted != bundle.Terms)
            faults.Add("The bundle names other validators, another quorum or another escrow than the network has.");
        CheckOrder(bundle, faults);
        foreach (var receipt in bundle.Receipts) CheckReceipt(bundle, receipt, faults);
        if (bundle.Verdict is { } verdict) CheckVerdict(bundle, verdict, faults);
        return faults;
    }

    public static TaskId TaskOf(ProofBundle bundle) => TypedData.TaskIdOf(bundle.Terms.Domain, bundle.Order.Order);

    private static void CheckOrder(ProofBundle bundle, List<string> faults)
    {
        var order = bundle.Order.Order;
        if (EvmKey.Recover(TypedData.Digest(bundle.Terms.Domain, order), bundle.Order.Signature) != order.Requester)
            faults.Add($"The order is not signed by its requester {order.Requester}.");
    }

    private static void CheckReceipt(ProofBundle bundle, SignedReceipt signed, List<string> faults)
    {
        var receipt = signed.Receipt;
        if (EvmKey.Recover(TypedData.Digest(bundle.Terms.Domain, receipt), signed.Signature) != receipt.Provider)
            faults.Add($"The receipt of {receipt.Attempt} is not signed by its provider {receipt.Provider}.");
        if (receipt.Task != TaskOf(bundle)) faults.Add($"The receipt of {receipt.Attempt} is for another task.");
        if (receipt.Spec != TypedData.SpecDigest(bundle.Order.Order.Spec))
            faults.Add($"The receipt of {receipt.Attempt} is for another spec than the order's.");
    }

    private static void CheckVerdict(ProofBundle bundle, SignedVerdict signed, List<string> faults)
    {
        var verdict = signed.Verdict;
        var digest = TypedData.Digest(bundle.Terms.Domain, verdict);
        if (verdict.Task != TaskOf(bundle)) faults.Add("The verdict is about another task.");
        HashSet<Address> signers = [];
        foreach (var vote in signed.Signatures)
        {
            if (!bundle.Terms.Validators.Contains(vote.Validator))
                faults.Add($"{vote.Validator} signed the verdict and is no validator.");
            else if (EvmKey.Recover(digest, vote.Signature) != vote.Validator)
                faults.Add($"The signature of {vote.Validator} is not for this verdict.");
            else signers.Add(vote.Validator);
        }
        if (signers.Count < bundle.Terms.Quorum)
            faults.Add($"{signers.Count} validators signed the verdict; {bundle.Terms.Quorum} must.");
        CheckFindings(bundle, verdict, faults);
    }

    private static void CheckFindings(ProofBundle bundle, Verdict verdict, List<string> faults)
    {
        var pay = Amount.Zero;
        foreach (var finding in verdict.Findings)
        {
            if (finding.Pay > Limits.MoneyMax)
            {
                faults.Add($"The verdict pays {finding.Attempt} more money than there is.");
                return;
            }
            pay += finding.Pay;
            if (finding.Judgement != Judgement.Paid || verdict.Outcome != Outcome.Complete) continue;
            var receipt = bundle.Receipts.FirstOrDefault(signed => signed.Receipt.Attempt == finding.Attempt);
            if (receipt is null) faults.Add($"{finding.Attempt} is paid and has no receipt here.");
            else if (receipt.Receipt.Provider != finding.Provider)
                faults.Add($"{finding.Attempt} is paid to another than its receipt's provider.");
        }
        if (pay > bundle.Order.Order.PriceLimit) faults.Add("The verdict pays more than the order's price limit.");
    }
}
