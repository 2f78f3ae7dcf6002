namespace Stun.Engine.Settlement;

/// <summary>Who has asked the chain for its money back, and has not got it yet.</summary>
internal sealed class Leavers(Ledger ledger)
{
    private readonly SortedDictionary<Address, Amount> leaving = [];

    /// <summary>Whether one of them has money here that is free.</summary>
    public bool HasAny
    {
        get
        {
            foreach (var (owner, _) in leaving)
                if (!ledger.BalanceOf(Account.Available(owner)).IsZero) return true;
            return false;
        }
    }

    public Amount Of(Address owner) => leaving.GetValueOrDefault(owner);

    /// <param name="underWay">What was released already and is not on the chain yet: it answers what was asked, here as
    /// it will there.</param>
    public void Ask(ChainEvent.ExitAsked asked, IEnumerable<BatchEntry> underWay)
    {
        leaving.Remove(asked.Owner);
        var left = asked.Amount;
        foreach (var entry in underWay)
            if (entry.Event is EscrowEvent.Withdrawn withdrawn && withdrawn.Owner == asked.Owner)
                left -= Amount.Min(left, withdrawn.Amount);
        if (!left.IsZero) leaving[asked.Owner] = left;
    }

    public void Released(Address owner, Amount amount)
    {
        if (!leaving.TryGetValue(owner, out var left)) return;
        if (left <= amount) leaving.Remove(owner);
        else leaving[owner] = left - amount;
    }

    /// <summary>They get what is free of theirs.</summary>
    public void Sweep(List<EscrowEvent> log)
    {
        foreach (var (owner, wanted) in leaving)
        {
            var part = Amount.Min(wanted, ledger.BalanceOf(Account.Available(owner)));
            if (part.IsZero) continue;
            ledger.Withdraw(owner, part);
            log.Add(new EscrowEvent.Withdrawn(owner, part));
        }
    }

    public IEnumerable<EscrowEntry> Summary()
    {
        foreach (var (owner, amount) in leaving) yield return new EscrowEntry.LeavingRestored(owner, amount);
    }

    public void Restore(EscrowEntry.LeavingRestored restored) => leaving[restored.Owner] = restored.Amount;

    public void DigestState(StateDigest digest)
    {
        foreach (var (owner, amount) in leaving)
        {
            digest.Add(owner);
            digest.Add(amount);
        }
    }
}
