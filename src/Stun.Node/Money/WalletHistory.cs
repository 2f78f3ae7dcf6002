using Stun.Chain;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Rpc;

namespace Stun.Node.Money;

/// <summary>One thing that happened to somebody's money on a chain.</summary>
/// <param name="What">A word that stays: deposited, exit-asked, staked ...</param>
/// <param name="Other">The other side, where there is one.</param>
public sealed record WalletEntry(
    ulong Block, uint Index, Digest Transaction, string What, Amount Amount, Address? Other);

/// <summary>
/// What the contracts logged about an owner. What its tasks cost is not among it: that is in the moves of batches,
/// which name nobody in a log.
/// </summary>
public static class WalletHistory
{
    /// <summary>Halved when an endpoint finds it too much.</summary>
    private const ulong BlocksAtOnce = 50_000;

    /// <summary>Oldest first.</summary>
    public static async Task<IReadOnlyList<WalletEntry>> ReadAsync(
        EvmRpc rpc, MoneyContracts contracts, Address owner, ulong first, CancellationToken cancel)
    {
        var topic = TopicOf(owner);
        var transfer = StunToken.Event.Transfer.Topic;
        LogFilter[] filters =
        [
            new([contracts.Escrow, contracts.Staking], [[], [topic]]),
            new([contracts.Token], [[transfer], [topic]]),
            new([contracts.Token], [[transfer], [], [topic]]),
        ];
        var head = await rpc.GetBlockNumberAsync(cancel).ConfigureAwait(false);
        List<WalletEntry> entries = [];
        var step = BlocksAtOnce;
        for (var from = first; from <= head;)
        {
            var to = Math.Min(head, from + step - 1);
            try
            {
                var found = await Task.WhenAll(filters.Select(each => rpc.GetLogsAsync(each, from, to, cancel)))
                    .ConfigureAwait(false);
                entries.AddRange(found.SelectMany(logs => logs).Select(log => Read(contracts, log, owner))
                    .OfType<WalletEntry>());
                from = to + 1;
            }
            catch (ChainException much) when (much.Code == "chain.range-refused" && step > 1)
            {
                step /= 2;
            }
        }
        // Who sends to itself is on both sides of one log.
        return [.. entries.DistinctBy(each => (each.Block, each.Index))
            .OrderBy(each => each.Block).ThenBy(each => each.Index)];
    }

    private static Digest TopicOf(Address owner)
    {
        Span<byte> word = stackalloc byte[Digest.Size];
        word.Clear();
        owner.Write(word[(Digest.Size - Address.Size)..]);
        return Digest.Read(word);
    }

    private static WalletEntry? Read(MoneyContracts contracts, EvmLog log, Address owner)
    {
        var text = log.ToAbi();
        (string What, Chain.Evm.UInt256 Amount, Address? Other)? told = log.Address == contracts.Escrow
            ? Read(Escrow.Event.TryDecode(text))
            : log.Address == contracts.Staking ? Read(Staking.Event.TryDecode(text))
            : StunToken.Event.TryDecode(text) is StunToken.Event.Transfer moved
                ? moved.From == owner ? ("sent", moved.Value, moved.To) : ("received", moved.Value, moved.From)
                : null;
        return told is { } entry
            ? new WalletEntry(log.BlockNumber, log.Index, log.TransactionHash, entry.What,
                WalletState.AmountOf(entry.Amount), entry.Other)
            : null;
    }

    private static (string, Chain.Evm.UInt256, Address?)? Read(Escrow.Event? logged) => logged switch
    {
        Escrow.Event.Deposited deposited => ("deposited", deposited.Amount, null),
        Escrow.Event.ExitAsked asked => ("exit-asked", asked.Amount, null),
        Escrow.Event.Exited exited => ("exited", exited.Amount, null),
        Escrow.Event.Released released => ("released", released.Amount, null),
        Escrow.Event.Withdrawn withdrawn => ("claimed", withdrawn.Amount, null),
        Escrow.Event.Debited debited => ("debited", debited.Amount, null),
        Escrow.Event.Credited credited => ("credited", credited.Amount, null),
        Escrow.Event.SponsorAccepted accepted => ("sponsored", 0UL, accepted.Sponsor),
        Escrow.Event.SlashedAlone slashed => ("slashed-alone", slashed.Amount, null),
        _ => null,
    };

    private static (string, Chain.Evm.UInt256, Address?)? Read(Staking.Event? logged) => logged switch
    {
        Staking.Event.Staked staked => ("staked", staked.Amount, null),
        Staking.Event.UnstakeBegun begun => ("unstake-begun", begun.Amount, null),
        Staking.Event.Unstaked unstaked => ("unstaked", unstaked.Amount, null),
        Staking.Event.Slashed slashed => ("slashed", slashed.Amount, null),
        _ => null,
    };
}
