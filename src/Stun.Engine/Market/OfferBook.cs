using Stun.Engine.Placement;

namespace Stun.Engine.Market;

/// <summary>
/// All offers of one market with what is known of their providers, and the placement index that is kept in step with
/// them: capacity leased, stake at risk, reputation, history.
/// </summary>
public sealed class OfferBook(PlacementIndex index, NetworkTerms terms)
{
    private readonly SortedDictionary<(Address Provider, OfferId Id), Offer> offers = [];
    private readonly SortedDictionary<Address, SortedSet<OfferId>> offersOf = [];
    private readonly SortedDictionary<Address, Amount> stakes = [];
    private readonly SortedDictionary<Address, Amount> atRisk = [];
    private readonly Reputation.ReputationBook reputation = new(terms);
    private readonly PerformanceBook performance = new();

    public PlacementIndex Index => index;

    public Reputation.ReputationBook Reputation => reputation;

    public int Count => offers.Count;

    public int CountOf(Address provider) => offersOf.TryGetValue(provider, out var ids) ? ids.Count : 0;

    public Offer? Find(Address provider, OfferId id) => offers.GetValueOrDefault((provider, id));

    public IEnumerable<Offer> All => offers.Values;

    public void Post(Offer offer)
    {
        offers[(offer.Provider, offer.Id)] = offer;
        if (!offersOf.TryGetValue(offer.Provider, out var ids)) offersOf.Add(offer.Provider, ids = []);
        ids.Add(offer.Id);
        index.Upsert(offer, StandingOf(offer.Provider));
    }

    public void Withdraw(Address provider, OfferId id)
    {
        offers.Remove((provider, id));
        offersOf[provider].Remove(id);
        if (offersOf[provider].Count == 0) offersOf.Remove(provider);
        index.Remove(provider, id);
    }

    public void Reserve(Lease lease, Resources resources) => index.Reserve(lease.Provider, lease.Offer, resources);

    public void Release(Lease lease, Resources resources) => index.Release(lease.Provider, lease.Offer, resources);

    /// <summary>
    /// What a fraud in this task would cost its provider: it must be there until the task is settled.
    /// </summary>
    public void PutAtRisk(Address provider, Amount amount)
    {
        atRisk[provider] = atRisk.GetValueOrDefault(provider) + amount;
        Refresh(provider);
    }

    public void TakeFromRisk(Address provider, Amount amount)
    {
        var left = atRisk.GetValueOrDefault(provider) - amount;
        if (left.IsZero) atRisk.Remove(provider);
        else atRisk[provider] = left;
        Refresh(provider);
    }

    public void NoteAttempt(Lease lease, AttemptEnd end, Duration runTime, Duration runTimeMax)
    {
        performance.Note(lease.Provider, end, runTime, runTimeMax);
        Refresh(lease.Provider);
    }

    public void Follow(Instant at, EscrowEvent logged)
    {
        reputation.Follow(at, logged);
        if (logged is EscrowEvent.StakeChanged changed)
        {
            stakes[changed.Provider] = changed.Stake;
            Refresh(changed.Provider);
        }
        if (logged is EscrowEvent.TaskSettled settled)
            foreach (var finding in settled.Verdict.Findings) Refresh(finding.Provider);
    }

    public Standing StandingOf(Address provider)
    {
        var stake = stakes.GetValueOrDefault(provider);
        var risked = atRisk.GetValueOrDefault(provider);
        return new Standing(
            performance.HistoryPermille(provider),
            reputation.ScorePpm(provider),
            stake,
            stake > risked ? stake - risked : Amount.Zero);
    }

    public void DigestState(StateDigest digest)
    {
        foreach (var (key, offer) in offers)
        {
            digest.Add(key.Provider);
            digest.Add(key.Id);
            digest.Add((ulong)offer.Version);
        }
        foreach (var (provider, stake) in stakes)
        {
            digest.Add(provider);
            digest.Add(stake);
        }
        foreach (var (provider, risked) in atRisk)
        {
            digest.Add(provider);
            digest.Add(risked);
        }
        reputation.DigestState(digest);
        performance.DigestState(digest);
    }

    private void Refresh(Address provider)
    {
        if (!offersOf.TryGetValue(provider, out var ids)) return;
        var standing = StandingOf(provider);
        foreach (var id in ids) index.SetStanding(provider, id, standing);
    }
}
