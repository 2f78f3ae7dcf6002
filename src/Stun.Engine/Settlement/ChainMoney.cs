namespace Stun.Engine.Settlement;

/// <summary>
/// What the chain does to balances and stakes by itself, done after it in the book: money that comes, stakes that
/// change, and what is paid or slashed there past the book.
/// </summary>
internal sealed class ChainMoney(Ledger ledger, StakeBook stakes, Address treasury)
{
    /// <returns>Whether this was for balances and stakes alone.</returns>
    public bool TryTake(Instant now, ChainEvent happened, List<EscrowEvent> log)
    {
        switch (happened)
        {
            case ChainEvent.Deposited deposited: Gain(deposited.Owner, deposited.Amount, log); return true;
            case ChainEvent.Credited credited: Gain(credited.Owner, credited.Amount, log); return true;
            case ChainEvent.Staked staked:
                Gain(staked.Provider, staked.Amount, log);
                Changed(stakes.Add(staked.Provider, staked.Amount), staked.Provider, log);
                return true;
            case ChainEvent.UnstakeBegun begun:
                // A slash that the chain has not carried out yet is already taken off here.
                Changed(stakes.Begin(now, begun.Provider,
                    Amount.Min(begun.Amount, StakeOf(begun.Provider))), begun.Provider, log);
                return true;
            case ChainEvent.Unstaked unstaked: Unstake(unstaked, log); return true;
            case ChainEvent.SlashedAlone slashed: Slash(slashed, log); return true;
            default: return false;
        }
    }

    /// <summary>What was free goes; what was not is missing from now on.</summary>
    public void Lose(Address owner, Amount amount, List<EscrowEvent> log)
    {
        var part = ledger.Lose(owner, amount);
        if (!part.IsZero) log.Add(new EscrowEvent.TakenOut(owner, part));
    }

    /// <summary>
    /// Makes a settlement undone: the chain has paid the task otherwise. What its owners have spent of it since is
    /// missing.
    /// </summary>
    public void Undo(Protocol.Settlement settlement, List<EscrowEvent> log)
    {
        foreach (var payout in settlement.Payouts) Lose(payout.Provider, payout.Amount, log);
        Lose(treasury, settlement.Treasury, log);
        Lose(settlement.ModelCreator, settlement.Creator, log);
        Gain(settlement.Requester, settlement.Held - settlement.Refund, log);
        foreach (var slashing in settlement.Slashings)
        {
            var taken = slashing.ToRequester + slashing.ToTreasury;
            Lose(settlement.Requester, slashing.ToRequester, log);
            Lose(treasury, slashing.ToTreasury, log);
            Gain(slashing.Provider, taken, log);
            if (!taken.IsZero) Changed(stakes.Add(slashing.Provider, taken), slashing.Provider, log);
        }
    }

    private Amount StakeOf(Address provider) => ledger.BalanceOf(Account.Stake(provider));

    private void Gain(Address owner, Amount amount, List<EscrowEvent> log)
    {
        if (amount.IsZero) return;
        ledger.Deposit(owner, amount);
        log.Add(new EscrowEvent.Deposited(owner, amount));
    }

    /// <summary>
    /// What was slashed here before the unstaking began came out of the stake here, and may come out of what is leaving
    /// there: then more is leaving here than there, and the rest of it is stake. What was given back of a slash that
    /// the chain never saw is stake here, and was leaving there all the time.
    /// </summary>
    private void Unstake(ChainEvent.Unstaked unstaked, List<EscrowEvent> log)
    {
        var provider = unstaked.Provider;
        var freed = ledger.BalanceOf(Account.Unbonding(provider));
        stakes.Free(provider);
        log.Add(new EscrowEvent.StakeChanged(provider, StakeOf(provider)));
        var gone = Amount.Min(freed, unstaked.Amount);
        var more = Amount.Min(unstaked.Amount - gone, StakeOf(provider));
        if (!more.IsZero)
        {
            stakes.Uncover(provider, more);
            // The log tells the stake, and that what was on its way out is free: so it is told in two steps.
            for (var step = 0; step < 2; step++) log.Add(new EscrowEvent.StakeChanged(provider, StakeOf(provider)));
        }
        Lose(provider, gone + more, log);
        if (gone < freed) Changed(stakes.Add(provider, freed - gone), provider, log);
    }

    /// <summary>Never more than there is: a slash of the book that is on its way there finds so much less.</summary>
    private void Slash(ChainEvent.SlashedAlone slashed, List<EscrowEvent> log)
    {
        var amount = Amount.Min(slashed.Amount, stakes.Slashable(slashed.Provider));
        var leaving = stakes.Uncover(slashed.Provider, amount);
        ledger.Withdraw(slashed.Provider, amount);
        log.Add(new EscrowEvent.SlashedAlone(slashed.Provider, leaving, StakeOf(slashed.Provider)));
    }

    private void Changed(EscrowRefusal refusal, Address provider, List<EscrowEvent> log)
    {
        if (refusal == EscrowRefusal.None) log.Add(new EscrowEvent.StakeChanged(provider, StakeOf(provider)));
    }
}
