namespace Stun.Engine.Settlement;

/// <summary>
/// How a verdict divides the money held for a task: 80 % to the provider, 15 % to the treasury, 5 % to the model's
/// creator (shares are terms of the network). The shares of treasury and creator are rounded down and the provider
/// takes the rest, so that nothing is lost; without a creator the provider takes that share too.
/// </summary>
public static class Division
{
    public static Protocol.Settlement Of(
        NetworkTerms terms, TaskId task, Address requester, Address creator, Amount held, Verdict verdict)
    {
        var (charged, treasury, toCreator) = (Amount.Zero, Amount.Zero, Amount.Zero);
        List<Payout> payouts = [];
        foreach (var finding in verdict.Findings)
        {
            if (finding.Judgement != Judgement.Paid || finding.Pay.IsZero) continue;
            var feeShare = finding.Pay.Ppm(terms.TreasuryPpm);
            var creatorShare = creator.IsZero ? Amount.Zero : finding.Pay.Ppm(terms.CreatorPpm);
            payouts.Add(new Payout(finding.Attempt, finding.Provider, finding.Pay - feeShare - creatorShare));
            charged += finding.Pay;
            treasury += feeShare;
            toCreator += creatorShare;
        }
        Invariant.Require(charged <= held, "nobody is charged above the price limit");
        return new Protocol.Settlement(
            task, verdict.Outcome, requester, held, held - charged, treasury, creator, toCreator,
            ValueList.From(payouts), []);
    }

    /// <summary>
    /// Whether findings charge more than this; the escrow refuses such a verdict. Nobody has vouched for it yet, so
    /// its pays may add up to more than a number can hold: they are taken off the limit, never summed.
    /// </summary>
    public static bool ChargesMoreThan(Amount limit, Verdict verdict)
    {
        foreach (var finding in verdict.Findings)
        {
            if (finding.Judgement != Judgement.Paid) continue;
            if (finding.Pay > limit) return true;
            limit -= finding.Pay;
        }
        return false;
    }

    public static void RequireWhole(Protocol.Settlement settlement)
    {
        var parts = settlement.Refund + settlement.Treasury + settlement.Creator;
        foreach (var payout in settlement.Payouts) parts += payout.Amount;
        Invariant.Require(parts == settlement.Held, "a settlement gives out what was held, to the last unit");
    }
}
