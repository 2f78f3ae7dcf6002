using Stun.Chain.Evm.Abi;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Rpc;

namespace Stun.Node.Money;

/// <summary>What the contracts log, in the words of the book.</summary>
internal static class ChainReading
{
    /// <param name="dueIn">How long until this moment of the chain's clock.</param>
    /// <returns>Null for what does not concern the book.</returns>
    public static ChainEvent? Read(ChainAccess chain, EvmLog log, Func<ulong, Duration> dueIn, Instant now)
    {
        var text = log.ToAbi();
        if (log.Address == chain.Escrow) return Read(Escrow.Event.TryDecode(text), dueIn, now);
        if (log.Address == chain.Staking) return Read(Staking.Event.TryDecode(text));
        if (log.Address == chain.TaskEscrow)
            return TaskEscrow.Event.TryDecode(text) is TaskEscrow.Event.ClaimPaid claim
                ? new ChainEvent.ClaimPaid(claim.Task, claim.Requester, Amount(claim.Charged))
                : null;
        return log.Address == chain.Court && Court.Event.TryDecode(text) is Court.Event.BatchAnswered answered
            ? new ChainEvent.BatchAnswered(
                answered.Number, Instant(answered.PayableAt), now + dueIn(answered.PayableAt))
            : null;
    }

    private static ChainEvent? Read(Escrow.Event? logged, Func<ulong, Duration> dueIn, Instant now) => logged switch
    {
        Escrow.Event.Deposited deposited => new ChainEvent.Deposited(deposited.Owner, Amount(deposited.Amount)),
        Escrow.Event.ExitAsked asked => new ChainEvent.ExitAsked(asked.Owner, Amount(asked.Amount)),
        Escrow.Event.Credited credited => new ChainEvent.Credited(credited.Account, Amount(credited.Amount)),
        Escrow.Event.SlashedAlone slashed => new ChainEvent.SlashedAlone(slashed.Provider, Amount(slashed.Amount)),
        Escrow.Event.BatchPosted posted => new ChainEvent.BatchPosted(
            new ChainBatch(posted.Number, posted.Root, posted.Tasks, posted.Moves),
            Instant(posted.PayableAt), now + dueIn(posted.PayableAt)),
        Escrow.Event.BatchSettled settled => new ChainEvent.BatchSettled(settled.Number),
        Escrow.Event.BatchVoided voided => new ChainEvent.BatchVoided(voided.Number),
        _ => null,
    };

    private static ChainEvent? Read(Staking.Event? logged) => logged switch
    {
        Staking.Event.Staked staked => new ChainEvent.Staked(staked.Provider, Amount(staked.Amount)),
        Staking.Event.UnstakeBegun begun => new ChainEvent.UnstakeBegun(begun.Provider, Amount(begun.Amount)),
        Staking.Event.Unstaked unstaked => new ChainEvent.Unstaked(unstaked.Provider, Amount(unstaked.Amount)),
        _ => null,
    };

    private static Amount Amount(Chain.Evm.UInt256 value) => new((UInt128)value);

    private static Instant Instant(ulong seconds) => new(checked((long)seconds * 1_000_000));
}
