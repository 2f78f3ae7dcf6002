using Stun.Node.Storage;
using Stun.Tee;
using Stun.Tee.Release;

namespace Stun.Node.Secrets;

/// <summary>
/// The evidence that offers of this process carry, made once at its start. It tells the market what is there; before
/// anything secret goes there, and with each result, it is made anew.
/// </summary>
public static class OfferEvidence
{
    /// <param name="say">Is told why others would not believe it.</param>
    /// <returns>The offers with what they carry; as they were where this machine has no such hardware.</returns>
    public static async Task<(IReadOnlyList<byte[]> Bundles, ValueList<Offer> Offers)> MakeAsync(
        ValueList<Offer> offers, SecretPlace place, EvidenceDesk desk, Action<string, string> say,
        CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(desk);
        ArgumentNullException.ThrowIfNull(say);
        List<byte[]> bundles = [];
        List<Offer> carrying = [];
        foreach (var offer in offers.Span.ToArray())
        {
            var nonce = EvidenceNonce.ForOffer(offer.Provider, offer.Id);
            var bundle = await place.AnswerAsync(nonce, DateTimeOffset.UtcNow, cancel).ConfigureAwait(false);
            var kind = bundle is null ? null : EvidenceDesk.KindOf(bundle.Kind);
            if (bundle is null || kind is null || !await HoldsAsync(bundle, nonce, desk, say, cancel)
                .ConfigureAwait(false))
            {
                carrying.Add(offer);
                continue;
            }
            var bytes = bundle.Encode();
            bundles.Add(bytes);
            carrying.Add(offer with
            {
                Attestations =
                [
                    .. offer.Attestations, new Attestation(kind.Value, SmallBlobs.DigestOf(bytes), Instant.Never),
                ],
            });
        }
        return (bundles, ValueList.From(carrying));
    }

    private static async Task<bool> HoldsAsync(
        EvidenceBundle bundle, byte[] nonce, EvidenceDesk desk, Action<string, string> say, CancellationToken cancel)
    {
        try
        {
            var verdict = await desk.OfOfferAsync(bundle, nonce, cancel).ConfigureAwait(false);
            if (verdict.IsAccepted) return true;
            say("tee.refused", "This machine's evidence would be refused, so its offers go without: "
                + EvidenceDesk.ReasonsOf(verdict));
            return false;
        }
        catch (StorageException unknown)
        {
            // Others may know more of the makers' lists than this node does.
            say("tee.unchecked", $"This machine's evidence was not checked: {unknown.Message}");
            return true;
        }
    }
}
