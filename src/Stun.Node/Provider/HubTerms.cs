using Stun.Node.Gateway;

namespace Stun.Node.Provider;

/// <summary>
/// What a network agrees on, as a hub tells it. A provider signs with these: whoever joins a network of strangers
/// compares escrow and chain with what is known from elsewhere.
/// </summary>
public static class HubTerms
{
    /// <exception cref="NodeException"><c>hub.terms</c>: what it says makes no sense.</exception>
    public static (NetworkTerms Terms, Address Scheduler) Of(NetworkView network)
    {
        var scheduler = AddressOf("scheduler", network.Scheduler);
        return (new NetworkTerms
        {
            Validators = [.. network.Terms.Validators.Select(validator => AddressOf("validators", validator)).Order()],
            Schedulers = [scheduler],
            Quorum = network.Terms.Quorum,
            Domain = new TypedDataDomain(network.Terms.ChainId, AddressOf("escrow", network.Terms.Escrow)),
            Treasury = AddressOf("treasury", network.Treasury),
            TreasuryPpm = network.TreasuryPpm,
            CreatorPpm = network.CreatorPpm,
            DisputeWindow = new Duration(network.DisputeWindowMicros),
            DisputeBond = AmountOf("dispute_bond", network.DisputeBond),
            SlashMultiple = network.SlashMultiple,
            OfferStakeMin = AmountOf("offer_stake_min", network.OfferStakeMin),
            AuditFloorPpm = network.AuditFloorPpm,
            ValidatorsRerun = network.ValidatorsRerun,
            Chain = network.Chain is { } chain ? new ChainTerms(AddressOf("book", chain.Book)) : null,
        }, scheduler);
    }

    private static Address AddressOf(string what, string text) => FormReader.TryAddress(text, out var address)
        ? address
        : throw Senseless(what, text);

    private static Amount AmountOf(string what, string text)
    {
        var reader = new FormReader();
        var amount = reader.Amount(what, text);
        return reader.Faults.Count == 0 ? amount : throw Senseless(what, text);
    }

    private static NodeException Senseless(string what, string text) => new(
        "hub.terms", $"The hub's terms have '{Settings.YamlTree.Shown(text)}' as {what}.",
        "Look at whether this is a hub of Stun, and of which version.");
}
