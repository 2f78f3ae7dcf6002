namespace Stun.Engine.Settlement;

/// <summary>Stakes and their way out: what is unbonding can still be slashed until the delay is over.</summary>
internal sealed class StakeBook(Ledger ledger, NetworkTerms terms)
{
    private readonly SortedDictionary<Address, Instant> unbondedAt = [];

    /// <summary>Who is taking stake out, and when the delay is over.</summary>
    public IEnumerable<KeyValuePair<Address, Instant>> Unbonding => unbondedAt;

    public void Restore(Address provider, Instant at) => unbondedAt[provider] = at;

    public Amount Slashable(Address provider) =>
        ledger.BalanceOf(Account.Stake(provider)) + ledger.BalanceOf(Account.Unbonding(provider));

    public EscrowRefusal Add(Address provider, Amount amount)
    {
        if (amount.IsZero) return EscrowRefusal.OverLimit;
        if (ledger.BalanceOf(Account.Available(provider)) < amount) return EscrowRefusal.InsufficientFunds;
        ledger.Move(Account.Available(provider), Account.Stake(provider), amount);
        return EscrowRefusal.None;
    }

    public EscrowRefusal Begin(Instant now, Address provider, Amount amount)
    {
        if (amount.IsZero) return EscrowRefusal.OverLimit;
        if (ledger.BalanceOf(Account.Stake(provider)) < amount) return EscrowRefusal.InsufficientStake;
        ledger.Move(Account.Stake(provider), Account.Unbonding(provider), amount);
        unbondedAt[provider] = now + terms.UnbondingDelay;
        return EscrowRefusal.None;
    }

    public EscrowRefusal Finish(Instant now, Address provider)
    {
        if (!unbondedAt.TryGetValue(provider, out var at)) return EscrowRefusal.InsufficientStake;
        if (now < at) return EscrowRefusal.WindowOpen;
        Free(provider);
        return EscrowRefusal.None;
    }

    /// <summary>The delay is over, by whoever's clock counts.</summary>
    public void Free(Address provider)
    {
        unbondedAt.Remove(provider);
        var account = Account.Unbonding(provider);
        ledger.Move(account, Account.Available(provider), ledger.BalanceOf(account));
    }

    /// <summary>What the chain has slashed past the book, from what is leaving first: free, and about to be lost.
    /// </summary>
    /// <returns>How much of it was leaving.</returns>
    public Amount Uncover(Address provider, Amount amount)
    {
        var (unbonding, stake) = (Account.Unbonding(provider), Account.Stake(provider));
        var leaving = Amount.Min(ledger.BalanceOf(unbonding), amount);
        ledger.Move(unbonding, Account.Available(provider), leaving);
        ledger.Move(stake, Account.Available(provider), Amount.Min(ledger.BalanceOf(stake), amount - leaving));
        return leaving;
    }

    /// <summary>Takes up to this much, from what is leaving first; says what was really taken, part by part.</summary>
    public Slashing Slash(Finding finding, Address requester, Amount amount, Amount compensationMax)
    {
        var toRequester = Amount.Zero;
        var taken = Amount.Zero;
        foreach (var account in (ReadOnlySpan<Account>)
                 [Account.Unbonding(finding.Provider), Account.Stake(finding.Provider)])
        {
            var part = Amount.Min(ledger.BalanceOf(account), amount - taken);
            // Made good, not made rich: a requester gains nothing from a task that is sure to be called a fraud.
            var share = Amount.Min(part.Ppm(terms.SlashToRequesterPpm), compensationMax - toRequester);
            ledger.Move(account, Account.Available(requester), share);
            ledger.Move(account, Account.Available(terms.Treasury), part - share);
            toRequester += share;
            taken += part;
        }
        return new Slashing(finding.Attempt, finding.Provider, toRequester, taken - toRequester);
    }

    public void DigestState(StateDigest digest)
    {
        foreach (var (provider, at) in unbondedAt)
        {
            digest.Add(provider);
            digest.Add(at);
        }
    }
}
