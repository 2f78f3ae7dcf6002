namespace Stun.Engine.Settlement;

/// <summary>
/// What an owner does with its own money: each call has a number of the caller's, so that a repeated one is told from a
/// new one.
/// </summary>
internal sealed class Transfers(Ledger ledger, StakeBook stakes)
{
    private readonly SortedDictionary<Address, ulong> nonces = [];

    public EscrowRefusal Execute(Instant now, Address caller, EscrowCall call, List<EscrowEvent> log)
    {
        switch (call)
        {
            case EscrowCall.Deposit deposit:
                return Fresh(caller, deposit.Nonce, () => Deposit(caller, deposit.Amount, log));
            case EscrowCall.Withdraw withdraw:
                return Fresh(caller, withdraw.Nonce, () => Withdraw(caller, withdraw.Amount, log));
            case EscrowCall.AddStake add:
                return Fresh(caller, add.Nonce, () => Staked(stakes.Add(caller, add.Amount), caller, log));
            case EscrowCall.BeginUnstake begin:
                return Fresh(caller, begin.Nonce, () => Staked(stakes.Begin(now, caller, begin.Amount), caller, log));
            case EscrowCall.FinishUnstake finish:
                return Fresh(caller, finish.Nonce, () => Staked(stakes.Finish(now, caller), caller, log));
            default: throw new InvariantException("every transfer is known");
        }
    }

    public IEnumerable<EscrowEntry> Summary()
    {
        foreach (var (caller, nonce) in nonces) yield return new EscrowEntry.NonceRestored(caller, nonce);
    }

    public void Restore(EscrowEntry.NonceRestored restored) => nonces[restored.Caller] = restored.Nonce;

    public void DigestState(StateDigest digest)
    {
        foreach (var (owner, nonce) in nonces)
        {
            digest.Add(owner);
            digest.Add(nonce);
        }
    }

    private EscrowRefusal Fresh(Address caller, ulong nonce, Func<EscrowRefusal> act)
    {
        if (nonces.TryGetValue(caller, out var last) && nonce <= last) return EscrowRefusal.AlreadyDone;
        var refusal = act();
        if (refusal == EscrowRefusal.None) nonces[caller] = nonce;
        return refusal;
    }

    private EscrowRefusal Deposit(Address owner, Amount amount, List<EscrowEvent> log)
    {
        if (amount.IsZero || amount > Limits.MoneyMax - ledger.Deposited) return EscrowRefusal.OverLimit;
        ledger.Deposit(owner, amount);
        log.Add(new EscrowEvent.Deposited(owner, amount));
        return EscrowRefusal.None;
    }

    private EscrowRefusal Withdraw(Address owner, Amount amount, List<EscrowEvent> log)
    {
        if (amount.IsZero) return EscrowRefusal.OverLimit;
        if (ledger.BalanceOf(Account.Available(owner)) < amount) return EscrowRefusal.InsufficientFunds;
        ledger.Withdraw(owner, amount);
        log.Add(new EscrowEvent.Withdrawn(owner, amount));
        return EscrowRefusal.None;
    }

    private EscrowRefusal Staked(EscrowRefusal refusal, Address provider, List<EscrowEvent> log)
    {
        if (refusal == EscrowRefusal.None)
            log.Add(new EscrowEvent.StakeChanged(provider, ledger.BalanceOf(Account.Stake(provider))));
        return refusal;
    }
}
