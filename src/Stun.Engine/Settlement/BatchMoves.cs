using System.Buffers.Binary;

namespace Stun.Engine.Settlement;

/// <summary>
/// The net change of every account over a batch, as the words that the contract carries out: a count of each kind, then
/// debits, credits, withdrawals and slashes. docs/protocol/settlement.md is the form; other implementations follow it.
/// </summary>
public sealed class BatchMoves(Address treasury)
{
    // What the contract may need for one of each, at worst: a fresh account, a fresh claim with its log, a slash with
    // its token transfer. Together with the rest they stay below 2^24, all that a transaction may use (EIP-7825): a
    // batch beyond that could neither be settled nor voided.
    private const int GasPerAccount = 25_000, GasPerWithdrawal = 60_000, GasPerSlash = 120_000, GasMax = 12_000_000;

    private readonly SortedDictionary<Address, Change> changes = [];
    private readonly SortedDictionary<Address, Amount> withdrawals = [];
    private readonly List<Digest> slashes = [];

    private readonly record struct Change(Amount Plus, Amount Minus);

    public bool HasRoomFor(EscrowEvent happened)
    {
        var gas = (changes.Count * GasPerAccount) + (withdrawals.Count * GasPerWithdrawal)
            + (slashes.Count / 2 * GasPerSlash);
        return gas + GasOf(happened) <= GasMax;
    }

    public void Add(EscrowEvent happened)
    {
        switch (happened)
        {
            case EscrowEvent.TaskSettled settled: Add(settled.Settlement); break;
            case EscrowEvent.Withdrawn withdrawn:
                withdrawals[withdrawn.Owner] =
                    withdrawals.GetValueOrDefault(withdrawn.Owner) + withdrawn.Amount;
                break;
            default: throw new InvariantException("a batch is made of settlements and withdrawals");
        }
    }

    public ValueList<Digest> Words()
    {
        List<Digest> debits = [], credits = [];
        foreach (var (owner, change) in changes)
        {
            if (change.Minus > change.Plus) debits.Add(Word(owner, change.Minus - change.Plus));
            else if (change.Plus > change.Minus) credits.Add(Word(owner, change.Plus - change.Minus));
        }
        return
        [
            new Digest((ulong)debits.Count, (ulong)credits.Count, (ulong)withdrawals.Count, (ulong)slashes.Count / 2),
            .. debits,
            .. credits,
            .. Withdrawals(),
            .. slashes,
        ];
    }

    public static Digest HashOf(ValueList<Digest> words) => Keccak256.Hash(Digest.Join(words));

    private static int GasOf(EscrowEvent happened) => happened is EscrowEvent.TaskSettled { Settlement: var settlement }
        ? ((3 + settlement.Payouts.Count) * GasPerAccount) + (settlement.Slashings.Count * GasPerSlash)
        : GasPerWithdrawal;

    private void Add(Protocol.Settlement settlement)
    {
        Debit(settlement.Requester, settlement.Held - settlement.Refund);
        Credit(treasury, settlement.Treasury);
        Credit(settlement.ModelCreator, settlement.Creator);
        foreach (var payout in settlement.Payouts) Credit(payout.Provider, payout.Amount);
        foreach (var slashing in settlement.Slashings)
        {
            if ((slashing.ToRequester + slashing.ToTreasury).IsZero) continue;
            slashes.Add(Word(slashing.Provider, slashing.ToRequester));
            slashes.Add(Word(settlement.Requester, slashing.ToTreasury));
            Credit(settlement.Requester, slashing.ToRequester);
            Credit(treasury, slashing.ToTreasury);
        }
    }

    private void Credit(Address owner, Amount amount)
    {
        if (amount.IsZero) return;
        var change = changes.GetValueOrDefault(owner);
        changes[owner] = change with { Plus = change.Plus + amount };
    }

    private void Debit(Address owner, Amount amount)
    {
        if (amount.IsZero) return;
        var change = changes.GetValueOrDefault(owner);
        changes[owner] = change with { Minus = change.Minus + amount };
    }

    private IEnumerable<Digest> Withdrawals()
    {
        foreach (var (owner, amount) in withdrawals) yield return Word(owner, amount);
    }

    /// <summary>An address and 96 bits of amount. More than an escrow can hold is our bug.</summary>
    private static Digest Word(Address owner, Amount amount)
    {
        Invariant.Require(amount <= Limits.MoneyMax, "a batch moves no more than an escrow may hold");
        Span<byte> bytes = stackalloc byte[Digest.Size];
        BinaryPrimitives.WriteUInt128BigEndian(bytes[16..], amount.Units);
        owner.Write(bytes);
        return Digest.Read(bytes);
    }
}
