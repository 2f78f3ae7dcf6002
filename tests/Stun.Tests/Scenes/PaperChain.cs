using System.Buffers.Binary;
using Stun.Engine.Settlement;

namespace Stun.Tests.Scenes;

/// <summary>
/// The contracts as docs/protocol/settlement.md describes them, in their plainest form: another reading of the same
/// page. It takes nothing from the book but what comes in a transaction.
/// </summary>
internal sealed class PaperChain(NetworkTerms terms, Duration window)
{
    private readonly SortedDictionary<ulong, Posted> posted = [];
    private readonly SortedDictionary<Address, Amount> exiting = [];
    private readonly SortedDictionary<Address, Amount> prepaid = [];
    private ulong block = 100;

    private sealed record Posted(ChainBatch Batch, Instant PayableAt);

    public Instant Now { get; set; } = Scene.Start;

    public SortedDictionary<Address, Amount> Balances { get; } = [];
    public SortedDictionary<Address, Amount> Claimable { get; } = [];
    public SortedDictionary<Address, Amount> Stakes { get; } = [];
    public SortedDictionary<Address, Amount> Unbonding { get; } = [];

    public List<(ChainPosition Position, ChainEvent Event)> Events { get; } = [];

    public ulong NextNumber { get; private set; }

    public int SettledCount { get; private set; }

    /// <summary>Batches whose window runs, or is over and nobody has carried them out.</summary>
    public IReadOnlyCollection<ulong> Pending => posted.Keys;

    public Amount Total => Sum(Balances) + Sum(Claimable) + Sum(Stakes) + Sum(Unbonding);

    public void Deposit(Address owner, Amount amount)
    {
        Give(Balances, owner, amount);
        Log(new ChainEvent.Deposited(owner, amount));
    }

    public void AskExit(Address owner, Amount amount)
    {
        exiting[owner] = amount;
        Log(new ChainEvent.ExitAsked(owner, amount));
    }

    /// <summary>The delay is over, and the owner takes what there is.</summary>
    public void TakeExit(Address owner)
    {
        var amount = Amount.Min(exiting.GetValueOrDefault(owner), Balances.GetValueOrDefault(owner));
        exiting.Remove(owner);
        if (amount.IsZero) return;
        Take(Balances, owner, amount);
        Give(prepaid, owner, amount);
    }

    public void Stake(Address provider, Amount amount)
    {
        Give(Stakes, provider, amount);
        Log(new ChainEvent.Staked(provider, amount));
    }

    public void BeginUnstake(Address provider, Amount amount)
    {
        Take(Stakes, provider, amount);
        Give(Unbonding, provider, amount);
        Log(new ChainEvent.UnstakeBegun(provider, amount));
    }

    public void FinishUnstake(Address provider)
    {
        if (!Unbonding.Remove(provider, out var amount)) return;
        Log(new ChainEvent.Unstaked(provider, amount));
    }

    /// <summary>A claim whose delay is over: nobody has refuted it.</summary>
    /// <returns>Whether there was enough to pay it from.</returns>
    public bool PayClaim(Stun.Protocol.Settlement claim)
    {
        var charged = claim.Held - claim.Refund;
        if (Balances.GetValueOrDefault(claim.Requester) < charged) return false;
        if (!charged.IsZero) Take(Balances, claim.Requester, charged);
        foreach (var payout in claim.Payouts) Credit(payout.Provider, payout.Amount);
        Credit(terms.Treasury, claim.Treasury);
        Credit(claim.ModelCreator, claim.Creator);
        Log(new ChainEvent.ClaimPaid(claim.Task, claim.Requester, charged));
        return true;
    }

    /// <summary>For a task that was ordered here; what is taken goes past all balances.</summary>
    public void SlashAlone(Address provider, Amount amount)
    {
        var leaving = Amount.Min(amount, Unbonding.GetValueOrDefault(provider));
        if (!leaving.IsZero) Take(Unbonding, provider, leaving);
        var rest = Amount.Min(amount - leaving, Stakes.GetValueOrDefault(provider));
        if (!rest.IsZero) Take(Stakes, provider, rest);
        Log(new ChainEvent.SlashedAlone(provider, leaving + rest));
    }

    /// <summary>A challenge that somebody answered.</summary>
    public void Answer(ulong number)
    {
        posted[number] = posted[number] with { PayableAt = Now + window };
        Log(new ChainEvent.BatchAnswered(number, Now + window, Now + window));
    }

    /// <summary>A challenge that nobody answered.</summary>
    public void Void(ulong number)
    {
        Assert.True(posted.Remove(number));
        Log(new ChainEvent.BatchVoided(number));
    }

    public EscrowRefusal Submit(Ask.SubmitBatch submit)
    {
        if (submit.Settle is { } due)
        {
            if (!posted.TryGetValue(due.Batch.Number, out var there)) return EscrowRefusal.UnknownBatch;
            if (due.Batch.Number != posted.Keys.First()) return EscrowRefusal.StaleRound;
            if (Now < there.PayableAt) return EscrowRefusal.WindowOpen;
            // Somebody answered a challenge, and the book has not heard of it yet.
            if (there.PayableAt != due.PayableAt) return EscrowRefusal.UnknownBatch;
            Assert.Equal(there.Batch, due.Batch);
            Assert.Equal(there.Batch.Moves, Keccak256.Hash(BytesOf(due.Moves)));
            if (!IsCovered(due.Moves))
            {
                // It needs what was in a voided batch, which comes again after it: it is voided too, and comes later.
                Void(due.Batch.Number);
                return EscrowRefusal.None;
            }
            CarryOut(due.Moves);
            posted.Remove(due.Batch.Number);
            SettledCount++;
            Log(new ChainEvent.BatchSettled(due.Batch.Number));
        }
        return submit.Post is { } post ? Post(post) : EscrowRefusal.None;
    }

    public EscrowRefusal Post(SignedBatch post)
    {
        if (post.Batch.Number != NextNumber) return EscrowRefusal.UnknownBatch;
        var digest = TypedData.Digest(terms.Domain, post.Batch);
        Address[] signers = [.. post.Signatures.Select(vote => vote.Validator)];
        Assert.Equal(signers.Order(), signers);
        var count = post.Signatures.Count(vote =>
            terms.Validators.Contains(vote.Validator) && Scene.Keys.Check(vote.Validator, digest, vote.Signature));
        if (count < terms.Quorum) return EscrowRefusal.TooFewSignatures;
        NextNumber++;
        posted.Add(post.Batch.Number, new Posted(post.Batch, Now + window));
        Log(new ChainEvent.BatchPosted(post.Batch, Now + window, Now + window));
        return EscrowRefusal.None;
    }

    private bool IsCovered(ValueList<Digest> words)
    {
        var after = new SortedDictionary<Address, Amount>(Balances);
        var next = 1;
        for (var count = words[0].A; count > 0; count--)
        {
            var (owner, amount) = Read(words[next++]);
            if (after.GetValueOrDefault(owner) < amount) return false;
            after[owner] -= amount;
        }
        for (var count = words[0].B; count > 0; count--)
        {
            var (owner, amount) = Read(words[next++]);
            after[owner] = after.GetValueOrDefault(owner) + amount;
        }
        for (var count = words[0].C; count > 0; count--)
        {
            var (owner, amount) = Read(words[next++]);
            if (after.GetValueOrDefault(owner) + prepaid.GetValueOrDefault(owner) < amount) return false;
        }
        return true;
    }

    private void CarryOut(ValueList<Digest> words)
    {
        var before = Total;
        var counts = words[0];
        var next = 1;
        var (given, taken) = (Amount.Zero, Amount.Zero);
        foreach (var (owner, amount) in Section(counts.A))
        {
            Take(Balances, owner, amount);
            taken += amount;
        }
        foreach (var (owner, amount) in Section(counts.B))
        {
            Give(Balances, owner, amount);
            given += amount;
        }
        foreach (var (owner, amount) in Section(counts.C))
        {
            // What its owner has taken without us is set off.
            var ahead = Amount.Min(amount, prepaid.GetValueOrDefault(owner));
            if (!ahead.IsZero) Take(prepaid, owner, ahead);
            if (ahead == amount) continue;
            Take(Balances, owner, amount - ahead);
            Give(Claimable, owner, amount - ahead);
            Lower(exiting, owner, amount - ahead);
        }
        for (var slash = 0UL; slash < counts.D; slash++)
        {
            var ((provider, toRequester), (_, toTreasury)) = (Next(), Next());
            var amount = toRequester + toTreasury;
            var leaving = Amount.Min(amount, Unbonding.GetValueOrDefault(provider));
            if (!leaving.IsZero) Take(Unbonding, provider, leaving);
            if (leaving < amount) Take(Stakes, provider, amount - leaving);
            taken += amount;
        }
        Assert.Equal(words.Count, next);
        Assert.Equal(taken, given);
        Assert.Equal(before, Total);

        List<(Address, Amount)> Section(ulong count)
        {
            List<(Address Owner, Amount)> section = [];
            for (var index = 0UL; index < count; index++) section.Add(Next());
            Assert.Equal(section.Select(word => word.Owner).Distinct().Order(), section.Select(word => word.Owner));
            return section;
        }

        (Address, Amount) Next()
        {
            var (owner, amount) = Read(words[next++]);
            Assert.NotEqual(Amount.Zero, amount);
            return (owner, amount);
        }
    }

    private static (Address Owner, Amount Amount) Read(Digest word)
    {
        var bytes = new byte[Digest.Size];
        word.Write(bytes);
        var amount = BinaryPrimitives.ReadUInt128BigEndian(bytes.AsSpan(16)) & ((UInt128.One << 96) - 1);
        return (Address.Read(bytes.AsSpan(0, Address.Size)), new Amount(amount));
    }

    private void Credit(Address owner, Amount amount)
    {
        if (amount.IsZero) return;
        Give(Balances, owner, amount);
        Log(new ChainEvent.Credited(owner, amount));
    }

    private void Log(ChainEvent happened) => Events.Add((new ChainPosition(++block, 0), happened));

    private static byte[] BytesOf(ValueList<Digest> words)
    {
        var bytes = new byte[words.Count * Digest.Size];
        for (var index = 0; index < words.Count; index++) words[index].Write(bytes.AsSpan(index * Digest.Size));
        return bytes;
    }

    private static void Give(SortedDictionary<Address, Amount> table, Address owner, Amount amount) =>
        table[owner] = table.GetValueOrDefault(owner) + amount;

    private static void Take(SortedDictionary<Address, Amount> table, Address owner, Amount amount)
    {
        Assert.True(table.GetValueOrDefault(owner) >= amount, $"{owner} has less than {amount}");
        if (table[owner] == amount) table.Remove(owner);
        else table[owner] -= amount;
    }

    private static void Lower(SortedDictionary<Address, Amount> table, Address owner, Amount by)
    {
        if (table.TryGetValue(owner, out var amount)) table[owner] = amount - Amount.Min(amount, by);
    }

    private static Amount Sum(SortedDictionary<Address, Amount> table) =>
        table.Values.Aggregate(Amount.Zero, (sum, amount) => sum + amount);
}
