namespace Stun.Engine.Scheduling;

/// <summary>
/// Takes offers in and watches whether their providers are still there. Who is silent gets no new work.
/// </summary>
public sealed class OfferWatch(SchedulerDesk desk, PriceBoard prices)
{
    /// <summary>A machine, and its GPUs.</summary>
    private const int LooksMax = 2;

    private readonly SortedDictionary<(Address Provider, OfferId Id), Instant> heardAt = [];
    private readonly SortedSet<(Instant At, Address Provider, OfferId Id)> byTime = [];
    private readonly SortedDictionary<(Address Provider, OfferId Id), Amount> suggested = [];

    /// <summary>Until when nothing of those is looked at whose evidence did not hold.</summary>
    private readonly SortedDictionary<Address, Instant> refused = [];

    /// <summary>Offers whose evidence is being looked at: one of a provider at a time.</summary>
    private readonly SortedDictionary<Address, Offer> checking = [];

    public Instant NextSilenceAt => byTime.Count == 0 ? Instant.Never : byTime.Min.At + Limits.OfferSilentAfter;

    public void Resume(Instant now)
    {
        // When it was heard before the restart is not known: who was not silent gets one full term to be heard again.
        foreach (var offer in desk.State.Offers.All)
            if (!desk.State.Offers.IsSilent(offer.Provider, offer.Id)) Note(now, offer.Provider, offer.Id);
    }

    /// <returns>Whether the market has changed.</returns>
    public bool Post(Instant now, Address from, Offer offer, Outbox outbox)
    {
        if (offer.Provider != from) return false;
        var isNews = IsNews(now, offer);
        if (isNews && NeedsLook(offer))
        {
            if (!IsRefusedLately(now, from)) Look(offer, outbox);
            isNews = false;
        }
        if (isNews) Enter(now, offer, outbox);
        Note(now, from, offer.Id, outbox);
        Acknowledge(from, offer.Id, outbox);
        return isNews;
    }

    /// <summary>
    /// The evidence of an offer was looked at. What does not hold is left as if it had not come; the provider says it
    /// again, and hears from its own node why.
    /// </summary>
    /// <param name="holds">Null if it could not be looked at, because the evidence is not here yet.</param>
    /// <returns>Whether the market has changed.</returns>
    public bool Checked(Instant now, Address provider, bool? holds, Outbox outbox)
    {
        if (!checking.Remove(provider, out var offer)) return false;
        if (holds == false)
        {
            outbox.Note(NoteKind.EvidenceRefused, default, provider);
            refused[provider] = now + Limits.EvidenceLookPause;
        }
        if (holds != true || !IsNews(now, offer)) return false;
        Enter(now, offer, outbox);
        Note(now, provider, offer.Id, outbox);
        Acknowledge(provider, offer.Id, outbox);
        return true;
    }

    private bool IsNews(Instant now, Offer offer) => IsAllowed(now, offer)
        && (desk.State.Offers.Find(offer.Provider, offer.Id) is { } known
            ? known.Version < offer.Version
            : MayEnter(offer.Provider));

    private void Enter(Instant now, Offer offer, Outbox outbox)
    {
        // Before the offer, which does not say when it came.
        if (desk.State.Offers.Find(offer.Provider, offer.Id) is null)
            desk.Record(new SchedulerEvent.OfferHeard(now, offer.Provider, offer.Id), outbox);
        desk.Record(new SchedulerEvent.OfferPosted(offer), outbox);
    }

    private void Acknowledge(Address provider, OfferId id, Outbox outbox)
    {
        if (desk.State.Offers.Find(provider, id) is { } posted)
            outbox.Send(provider, new Message.OfferNoted(id, posted.Version));
    }

    private bool IsAllowed(Instant now, Offer offer)
    {
        var looks = 0;
        foreach (var attestation in offer.Attestations)
        {
            if (attestation.Kind == AttestationKind.Software && !desk.Terms.AllowsSoftwareTee) return false;
            if (!attestation.IsTee) continue;
            if (attestation.Evidence.IsZero || attestation.ExpiresAt <= now || ++looks > LooksMax) return false;
        }
        return true;
    }

    private bool IsRefusedLately(Instant now, Address provider)
    {
        if (!refused.TryGetValue(provider, out var until)) return false;
        if (now < until) return true;
        refused.Remove(provider);
        return false;
    }

    private static bool NeedsLook(Offer offer)
    {
        foreach (var attestation in offer.Attestations)
            if (attestation.IsTee) return true;
        return false;
    }

    private static SchedulerAsk AboutLook(Address provider) =>
        new(SchedulerAskKind.CheckOffer, default, default, provider);

    /// <summary>What comes meanwhile is said again a little later.</summary>
    private void Look(Offer offer, Outbox outbox)
    {
        var about = AboutLook(offer.Provider);
        if (desk.Asks.Waits(about)) return;
        checking[offer.Provider] = offer;
        desk.Asks.Ask(about, new Ask.CheckOffer(offer), outbox);
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
        if (checking.TryGetValue(from, out var looked) && looked.Id == withdraw.Offer
            && looked.Version <= withdraw.Version)
        {
            checking.Remove(from);
            desk.Asks.Drop(AboutLook(from));
        }
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
        Note(now, provider, id, outbox);
        if (desk.State.Offers.Find(provider, id) is not { } offer) return;
        if (prices.Suggested(offer.Hardware.GpuModel) is not { } price) return;
        if (suggested.TryGetValue((provider, id), out var told) && told == price) return;
        suggested[(provider, id)] = price;
        outbox.Send(provider, new Message.SuggestPrice(id, price));
    }

    private void Note(Instant now, Address provider, OfferId id, Outbox outbox)
    {
        if (desk.State.Offers.IsSilent(provider, id))
            desk.Record(new SchedulerEvent.OfferHeard(now, provider, id), outbox);
        Note(now, provider, id);
    }

    private void Note(Instant now, Address provider, OfferId id)
    {
        if (desk.State.Offers.Find(provider, id) is null) return;
        Forget(provider, id);
        heardAt[(provider, id)] = now;
        byTime.Add((now, provider, id));
    }

    public void SuspendSilent(Instant now, Outbox outbox)
    {
        while (byTime.Count > 0 && byTime.Min.At + Limits.OfferSilentAfter <= now)
        {
            var (_, provider, id) = byTime.Min;
            Forget(provider, id);
            desk.Record(new SchedulerEvent.OfferSilent(now, provider, id), outbox);
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
