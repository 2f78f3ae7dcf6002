using Stun.Engine.Placement;

namespace Stun.Engine.Scheduling;

/// <summary>What the market has for an order at this moment. It binds nobody: offers come and go.</summary>
/// <param name="Offers">All that there are.</param>
/// <param name="Prices">Per second, of the best candidates of as many providers, whatever they cost.</param>
/// <param name="Refusals">Offers that do not fit the order as it is, its price limit included, by their first reason.
/// </param>
/// <param name="Needed">So many attempts run together at first.</param>
/// <param name="AttemptsMax">So many the price limit must cover.</param>
/// <param name="SecondsMax">So many each of them may be paid for.</param>
/// <param name="IsPlaceable">Whether the order, with its price limit, would find its places now.</param>
public sealed record PlacementQuote(
    int Offers, ValueList<Amount> Prices, ValueList<RefusalCount> Refusals, int Needed, int AttemptsMax,
    ulong SecondsMax, bool IsPlaceable)
{
    /// <summary>Prices of more than these are not asked for: who asks wants to know what it will cost.</summary>
    public const int PricesMax = 64;
}
