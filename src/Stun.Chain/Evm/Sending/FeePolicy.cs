using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;

namespace Stun.Chain.Evm.Sending;

/// <summary>What a unit of gas may cost: at most, and how much of it as a tip.</summary>
public readonly record struct FeeQuote(Amount FeeMax, Amount TipMax);

/// <summary>How fees are found (EIP-1559), and how far they may go.</summary>
public sealed record FeePolicy
{
    /// <summary>
    /// Of the next block's fee, so that a transaction holds for a while: the fee rises by at most an eighth a block,
    /// so 200 lasts for six full blocks. Only what the block costs is paid.
    /// </summary>
    public uint BaseFeePercent { get; init; } = 200;

    public int HistoryBlocks { get; init; } = 10;

    /// <summary>Of the tips that others paid in each block; the middle of the blocks is taken.</summary>
    public int TipPercentile { get; init; } = 50;

    public Amount TipMin { get; init; } = new(1_000_000);

    public Amount TipMax { get; init; } = new(20_000_000_000);

    /// <summary>Nothing is sent for more than this, whatever the chain asks for.</summary>
    public Amount FeeCap { get; init; } = new(500_000_000_000);

    /// <summary>Nodes want a tenth more before they replace; some of them an eighth.</summary>
    public uint BumpPercent { get; init; } = 13;

    /// <summary>Pure: from what was paid lately.</summary>
    public FeeQuote Quote(FeeHistory history, FeeModel model)
    {
        if (history.BaseFees.Count == 0)
            throw new ChainException("chain.no-base-fee", "The endpoint names no fee of the next block.",
                "Use an endpoint of a chain with EIP-1559.");
        var next = history.BaseFees[^1];
        var tip = Amount.Zero;
        if (model != FeeModel.BaseFeeWithDataInGas)
        {
            var paid = history.Rewards.Order().ToList();
            tip = paid.Count == 0 ? TipMin : paid[paid.Count / 2];
            tip = Amount.Max(TipMin, Amount.Min(tip, TipMax));
        }
        return Capped(new FeeQuote((next * BaseFeePercent).DividedBy(100) + tip, tip));
    }

    /// <summary>
    /// Enough to replace what was sent for <paramref name="old"/>, and what is asked for now; null beyond the cap.
    /// </summary>
    public FeeQuote? Bump(FeeQuote old, FeeQuote now)
    {
        var one = new Amount(1);
        var fee = Amount.Max(now.FeeMax, (old.FeeMax * (100 + BumpPercent)).DividedBy(100) + one);
        var tip = Amount.Max(now.TipMax, (old.TipMax * (100 + BumpPercent)).DividedBy(100) + one);
        if (fee > FeeCap) return null;
        return new FeeQuote(fee, Amount.Min(tip, fee));
    }

    private FeeQuote Capped(FeeQuote quote)
    {
        var fee = Amount.Min(quote.FeeMax, FeeCap);
        return new FeeQuote(fee, Amount.Min(quote.TipMax, fee));
    }
}
