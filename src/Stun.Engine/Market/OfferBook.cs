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
    private readonly SortedDictionary<(Address, OfferId), (ulong GpuCount, ulong CpuMillis)> leased = [];
    private readonly SortedDictionary<(Address Provider, OfferId Id), Instant> silent = [];
    private readonly SortedDictionary<Address, Amount> stakes = [];
    private readonly SortedDictionary<Address, Amount> atRisk = [];
    private readonly Reputation.ReputationBook reputation = new(terms);
    private readonly PerformanceBook performance = new();

    public PlacementIndex Index => index;

    public Reputation.ReputationBook Reputation => reputation;

    public PerformanceBook Performance => performance;

    /// <summary>What the escrow's log has last said of each provider's stake.</summary>
    public IEnumerable<KeyValuePair<Address, Amount>> Stakes => stakes;

    public int Count => offers.Count;

    public int CountOf(Address provider) => offersOf.TryGetValue(provider, out var ids) ? ids.Count : 0;

    public Offer? Find(Address provider, OfferId id) => offers.GetValueOrDefault((provider, id));

    public IEnumerable<Offer> All => offers.Values;

    /// <summary>Offers whose providers were not heard for too long, and since when.</summary>
    public IEnumerable<KeyValuePair<(Address Provider, OfferId Id), Instant>> Silent => silent;

    /// <summary>Offers that were withdrawn while leases ran on them, and still do.</summary>
    public IEnumerable<Offer> Leaving
    {
        get
        {
            foreach (var ((provider, id), _) in leased)
                if (!offers.ContainsKey((provider, id))) yield return index.Kept(provider, id);
        }
    }

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
        Hear(provider, id);
        index.Remove(provider, id);
    }

    public bool IsSilent(Address provider, OfferId id) => silent.ContainsKey((provider, id));

    /// <summary>It gets no new work until it is heard again.</summary>
    public void Silence(Address provider, OfferId id, Instant at)
    {
        silent[(provider, id)] = at;
        index.SetSuspended(provider, id, true);
    }

    public void Hear(Address provider, OfferId id)
    {
        if (silent.Remove((provider, id))) index.SetSuspended(provider, id, false);
    }

    public void Reserve(Lease lease, Resources resources)
    {
        index.Reserve(lease.Provider, lease.Offer, resources);
        CountLeased(lease, resources);
    }

    /// <summary>A lease from before: its offer may have shrunk under it since.</summary>
    public void Readmit(Lease lease, Resources resources)
    {
        index.Readmit(lease.Provider, lease.Offer, resources);
        CountLeased(lease, resources);
    }

    private void CountLeased(Lease lease, Resources resources)
    {
        var key = (lease.Provider, lease.Offer);
        var known = leased.GetValueOrDefault(key);
        leased[key] = (known.GpuCount + resources.GpuCount, known.CpuMillis + resources.CpuMillis);
    }

    public void Release(Lease lease, Resources resources)
    {
        index.Release(lease.Provider, lease.Offer, resources);
        var key = (lease.Provider, lease.Offer);
        var known = leased[key];
        var left = (GpuCount: known.GpuCount - resources.GpuCount, CpuMillis: known.CpuMillis - resources.CpuMillis);
        if (left.GpuCount == 0 && left.CpuMillis == 0) leased.Remove(key);
        else leased[key] = left;
    }

    /// <summary>
    /// What is on offer and what of it is leased, per segment of the market: in GPUs where there are any, else in
    /// thousandths of a processor.
    /// </summary>
    public SortedDictionary<GpuModel, Supply> Supply()
    {
        SortedDictionary<GpuModel, Supply> supply = [];
        foreach (var (key, offer) in offers)
        {
            var hardware = offer.Hardware;
            var known = supply.GetValueOrDefault(hardware.GpuModel, new Supply(0, 0, offer.PricePerSecond));
            var (gpuCount, cpuMillis) = leased.GetValueOrDefault(key);
            var hasGpus = hardware.GpuCount > 0;
            supply[hardware.GpuModel] = known with
            {
                Total = known.Total + (hasGpus ? hardware.GpuCount : hardware.CpuMillis),
                Leased = known.Leased + (hasGpus ? gpuCount : cpuMillis),
            };
        }
        return supply;
    }

    /// <summary>
    /// What a fraud in this task would cost its provider: it must be there until the task is settled.
    /// </summary>
    public void PutAtRisk(Address provider, Amount amount)
    {
        if (amount.IsZero) return;
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
        switch (logged)
        {
            case EscrowEvent.StakeChanged changed: StakeIs(changed.Provider, changed.Stake); break;
            case EscrowEvent.SlashedAlone slashed: StakeIs(slashed.Provider, slashed.Stake); break;
            case EscrowEvent.TaskSettled settled:
                foreach (var finding in settled.Verdict.Findings) Refresh(finding.Provider);
                break;
        }
    }

    private void StakeIs(Address provider, Amount stake)
    {
        stakes[provider] = stake;
        Refresh(provider);
    }

    /// <summary>Before any offer is posted: standings are looked up then.</summary>
    public void RestoreStake(Address provider, Amount stake) => stakes[provider] = stake;

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
        foreach (var (key, at) in silent)
        {
            digest.Add(key.Provider);
            digest.Add(key.Id);
            digest.Add(at);
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

/// <param name="PriceFirst">Of the first offer in order of address: where the segment's suggestion begins.</param>
public readonly record struct Supply(ulong Leased, ulong Total, Amount PriceFirst);
