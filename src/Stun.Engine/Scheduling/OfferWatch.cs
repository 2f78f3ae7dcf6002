using Stun.Engine.Placement;

namespace Stun.Engine.Scheduling;

/// <summary>
/// Takes offers in and watches whether their providers are still there. Who is silent gets no new work.
/// </summary>
public sealed class OfferWatch(SchedulerDesk desk, PlacementIndex index, PriceBoard prices)
{
    private readonly SortedDictionary<(Address Provider, OfferId Id), Instant> heardAt = [];
    private readonly SortedSet<(Instant At, Address Provider, OfferId Id)> byTime = [];
    private readonly SortedDictionary<(Address Provider, OfferId Id), Amount> suggested = [];

    public Instant NextSilenceAt => byTime.Count == 0 ? Instant.Never : byTime.Min.At + Limits.OfferSilentAfter;

    public void Resume(Instant now)
    {
        // What was heard before the restart is not known: everybody gets one full term to be heard again.
        foreach (var offer in desk.State.Offers.All) Hear(now, offer.Provider, offer.Id);
    }

    /// <returns>Whether the market has changed.</returns>
    public bool Post(Instant now, Address from, Offer offer, Outbox outbox)
    {
        var book = desk.State.Offers;
        if (offer.Provider != from) return false;
        var known = book.Find(from, offer.Id);
        var isNews = IsAllowed(offer) && (known is null ? MayEnter(from) : known.Version < offer.Version);
        if (isNews) desk.Record(new SchedulerEvent.OfferPosted(offer), outbox);
        Hear(now, from, offer.Id);
        if (book.Find(from, offer.Id) is { } posted)
            outbox.Send(from, new Message.OfferNoted(offer.Id, posted.Version));
        return isNews;
    }

    private bool IsAllowed(Offer offer)
    {
        foreach (var attestation in offer.Attestations)
            if (attestation.Kind == AttestationKind.Software && !desk.Terms.AllowsSoftwareTee) return false;
        return true;
    }

    /// <summary>Room in the market, and a stake: whoever has none yet offers again until the log shows it.</summary>
    private bool MayEnter(Address provider)
    {
        var book = desk.State.Offers;
        return book.Count < Limits.OffersMax
            && book.CountOf(provider) < Limits.OffersPerProviderMax
            && book.StandingOf(provider).Stake >= desk.Terms.OfferStakeMin;
    }

    public void Withdraw(Address from, Message.WithdrawOffer withdraw, Outbox outbox)
    {
        if (desk.State.Offers.Find(from, withdraw.Offer) is { } offer && offer.Version <= withdraw.Version)
        {
            Forget(from, withdraw.Offer);
            suggested.Remove((from, withdraw.Offer));
            desk.Record(new SchedulerEvent.OfferWithdrawn(from, withdraw.Offer), outbox);
        }
        outbox.Send(from, new Message.OfferNoted(withdraw.Offer, withdraw.Version));
    }

    /// <summary>A heartbeat. In return the provider hears what the market suggests, when that has changed.</summary>
    public void Hear(Instant now, Address provider, OfferId id, Outbox outbox)
    {
        Hear(now, provider, id);
        if (desk.State.Offers.Find(provider, id) is not { } offer) return;
        if (prices.Suggested(offer.Hardware.GpuModel) is not { } price) return;
        if (suggested.TryGetValue((provider, id), out var told) && told == price) return;
        suggested[(provider, id)] = price;
        outbox.Send(provider, new Message.SuggestPrice(id, price));
    }

    private void Hear(Instant now, Address provider, OfferId id)
    {
        if (desk.State.Offers.Find(provider, id) is null) return;
        if (!Forget(provider, id)) index.SetSuspended(provider, id, false);
        heardAt[(provider, id)] = now;
        byTime.Add((now, provider, id));
    }

    public void SuspendSilent(Instant now, Outbox outbox)
    {
        while (byTime.Count > 0 && byTime.Min.At + Limits.OfferSilentAfter <= now)
        {
            var (_, provider, id) = byTime.Min;
            Forget(provider, id);
            index.SetSuspended(provider, id, true);
            outbox.Note(NoteKind.OfferSuspended, default, provider);
        }
    }

    private bool Forget(Address provider, OfferId id)
    {
        if (!heardAt.Remove((provider, id), out var at)) return false;
        byTime.Remove((at, provider, id));
        return true;
    }
}
