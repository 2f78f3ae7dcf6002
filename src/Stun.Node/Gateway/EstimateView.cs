using Stun.Engine.Scheduling;

namespace Stun.Node.Gateway;

/// <summary>
/// What a task would find and cost now. It is no promise: offers come and go. What is certain is the price limit.
/// </summary>
/// <param name="Offers">All that there are.</param>
/// <param name="Candidates">Providers with an offer that fits, whatever it costs; counted up to 64.</param>
/// <param name="Refusals">Offers that do not fit the task, its price limit included, by their first reason.</param>
/// <param name="AttemptsLeast">So many run at first; more follow where they fail or disagree.</param>
/// <param name="SecondsMax">So long each of them may run and be paid for.</param>
/// <param name="PricePerSecond">Of one attempt, among the candidates; null where there are none.</param>
/// <param name="Cost">Of all attempts, each as long as it may be; null where there are too few candidates.</param>
/// <param name="PriceLimitLeast">With a lower limit the task would not find its places now.</param>
/// <param name="Sufficient">Whether the task, with its limit, would find its places now.</param>
public sealed record EstimateView(
    int Offers, int Candidates, IReadOnlyList<RefusalCount> Refusals, int AttemptsLeast, int AttemptsMost,
    ulong SecondsMax, PriceRange? PricePerSecond, CostRange? Cost, string PriceLimit, string? PriceLimitLeast,
    bool Sufficient)
{
    public static EstimateView Of(TaskOrder order, PlacementQuote quote)
    {
        var prices = quote.Prices.Span.ToArray().Order().ToArray();
        var isEnough = prices.Length >= quote.Needed;
        return new EstimateView(
            quote.Offers, prices.Length,
            [.. quote.Refusals.Span.ToArray().Select(count => new RefusalCount(count.Reason.ToString(), count.Offers))],
            quote.Needed, quote.AttemptsMax, quote.SecondsMax,
            prices.Length == 0 ? null : new PriceRange(
                prices[0].ToString(), prices[prices.Length / 2].ToString(), prices[^1].ToString()),
            isEnough ? CostRange.Of(prices, quote) : null, order.PriceLimit.ToString(),
            // The limit is shared out over all attempts that it must cover: each of the places needs its part.
            isEnough
                ? (prices[quote.Needed - 1] * (ulong)quote.AttemptsMax * quote.SecondsMax).ToString()
                : null,
            quote.IsPlaceable);
    }
}

public sealed record PriceRange(string Least, string Median, string Most);

/// <param name="Least">The cheapest candidates.</param>
/// <param name="Expected">As many, drawn among all candidates.</param>
/// <param name="Most">As many attempts as may be paid, of the dearest candidates.</param>
public sealed record CostRange(string Least, string Expected, string Most)
{
    public static CostRange Of(Amount[] prices, PlacementQuote quote)
    {
        var (sum, least, most) = (Amount.Zero, Amount.Zero, Amount.Zero);
        for (var place = 0; place < prices.Length; place++)
        {
            sum += prices[place];
            if (place < quote.Needed) least += prices[place];
            if (place >= prices.Length - quote.AttemptsMax) most += prices[place];
        }
        // Where there are fewer candidates than attempts, somebody runs twice; at most the dearest.
        if (quote.AttemptsMax > prices.Length) most += prices[^1] * (ulong)(quote.AttemptsMax - prices.Length);
        var expected = (sum * (ulong)quote.Needed * quote.SecondsMax).DividedBy((ulong)prices.Length);
        return new CostRange(
            (least * quote.SecondsMax).ToString(), expected.ToString(), (most * quote.SecondsMax).ToString());
    }
}

/// <summary>An order that waits for its requester's signature.</summary>
/// <param name="Task">The id that the task will have.</param>
/// <param name="Order">In canonical CBOR, as base64, without a signature: for "order" beside "signature".</param>
/// <param name="TypedData">JSON for eth_signTypedData_v4, as a text.</param>
public sealed record OrderDraftView(string Task, string Order, string TypedData);
