namespace Stun.Engine.Settlement;

/// <summary>
/// The escrow's side towards the chain: takes in what the chain has made final, and gives out in batches what has been
/// settled and withdrawn here.
/// </summary>
/// <remarks>
/// When nothing is under way, an account's available and held money here is its balance on the chain, and its stake and
/// what is unbonding here is its stake there.
/// </remarks>
public sealed class ChainBook
{
    private const int DoublingsMax = 10;

    private readonly Ledger ledger;
    private readonly NetworkTerms terms;
    private readonly ChainTerms chain;
    private readonly SignatureCheck signatures;
    private readonly SortedDictionary<ulong, BatchEntry> waiting = [];
    private readonly SortedDictionary<ulong, OpenBatch> open = [];
    private readonly SortedDictionary<Address, Amount> leaving = [];
    private readonly SortedDictionary<ulong, BatchEntry> inBatches = [];
    private readonly List<OpenBatch> replaced = [];
    private ulong nextNumber;

    internal ChainBook(Ledger ledger, NetworkTerms terms, ChainTerms chain, SignatureCheck signatures) =>
        (this.ledger, this.terms, this.chain, this.signatures) = (ledger, terms, chain, signatures);

    /// <summary>The last thing of the chain that was taken in.</summary>
    public ChainPosition Position { get; private set; }

    /// <summary>Settled and withdrawn here, and in no batch yet.</summary>
    public int WaitingCount => waiting.Count;

    /// <summary>In the order of their numbers.</summary>
    public IEnumerable<OpenBatch> Open
    {
        get
        {
            foreach (var (_, batch) in open) yield return batch;
        }
    }

    /// <summary>The batch that validators are signing; at most one is.</summary>
    public OpenBatch? Unsigned
    {
        get
        {
            foreach (var (_, batch) in open)
                if (batch.Phase == BatchPhase.Cut) return batch;
            return null;
        }
    }

    /// <summary>
    /// When the batch that validators sign is cut again; each time later, since it may be that nobody is there to sign.
    /// </summary>
    public Instant RecutAt
    {
        get
        {
            if (Unsigned is not { } unsigned) return Instant.Never;
            var tries = replaced.FindAll(older => older.Batch.Number == unsigned.Batch.Number).Count;
            return unsigned.CutAt + (chain.RecutAfter * (1 << Math.Min(tries, DoublingsMax)));
        }
    }

    /// <summary>What its owner has asked the chain for, and has not got yet.</summary>
    public Amount LeavingOf(Address owner) => leaving.GetValueOrDefault(owner);

    /// <summary>Whether somebody who wants to leave has money here.</summary>
    public bool HasLeavers
    {
        get
        {
            foreach (var (owner, _) in leaving)
                if (!ledger.BalanceOf(Account.Available(owner)).IsZero) return true;
            return false;
        }
    }

    /// <summary>Takes note of what the log says, once each and in order.</summary>
    internal void Follow(ulong index, EscrowEvent happened, Digest order)
    {
        if (BatchEntry.IsOne(happened)) waiting.Add(index, new BatchEntry(happened, order));
    }

    internal EscrowRefusal Take(Instant now, EscrowCall.TakeFromChain taken, StakeBook stakes, List<EscrowEvent> log)
    {
        if (taken.Position.CompareTo(Position) <= 0) return EscrowRefusal.AlreadyDone;
        switch (taken.Event)
        {
            case ChainEvent.Deposited deposited:
                ledger.Deposit(deposited.Owner, deposited.Amount);
                log.Add(new EscrowEvent.Deposited(deposited.Owner, deposited.Amount));
                break;
            case ChainEvent.ExitAsked asked:
                if (asked.Amount.IsZero) leaving.Remove(asked.Owner);
                else leaving[asked.Owner] = asked.Amount;
                break;
            case ChainEvent.Staked staked:
                ledger.Deposit(staked.Provider, staked.Amount);
                log.Add(new EscrowEvent.Deposited(staked.Provider, staked.Amount));
                Changed(stakes.Add(staked.Provider, staked.Amount), staked.Provider, log);
                break;
            case ChainEvent.UnstakeBegun begun:
                // A slash that the chain has not carried out yet is already taken off here.
                Changed(stakes.Begin(now, begun.Provider,
                    Amount.Min(begun.Amount, ledger.BalanceOf(Account.Stake(begun.Provider)))), begun.Provider, log);
                break;
            case ChainEvent.Unstaked unstaked: Unstake(unstaked, stakes, log); break;
            case ChainEvent.BatchPosted posted: Posted(posted, log); break;
            case ChainEvent.BatchSettled settled: Settled(settled.Number, log); break;
            case ChainEvent.BatchVoided voided: Voided(voided.Number, log); break;
            case ChainEvent.BatchAnswered answered: Answered(answered, log); break;
            default: throw new InvariantException("every event of the chain is known");
        }
        Position = taken.Position;
        // Where nothing else is to be said, that it was taken in is.
        return EscrowRefusal.None;
    }

    internal EscrowRefusal Cut(Instant now, List<EscrowEvent> log)
    {
        var number = nextNumber;
        var countMax = chain.BatchEntriesMax;
        ulong? passedOver = null;
        if (Unsigned is { } unsigned)
        {
            if (now < RecutAt) return EscrowRefusal.WindowOpen;
            number = unsigned.Batch.Number;
            countMax = Math.Max(1, unsigned.Entries.Count / 2);
            // One that too few sign even alone lets the others go first.
            if (unsigned.Entries.Count == 1 && waiting.Count > 0) passedOver = unsigned.Entries[0];
            GiveBack(unsigned);
            open.Remove(number);
            unsigned.Phase = BatchPhase.Replaced;
            replaced.Add(unsigned);
        }
        else
        {
            Sweep(log);
        }
        var batch = Make(number, Choose(countMax, passedOver), now);
        if (batch.Entries.Count == 0) return EscrowRefusal.UnknownBatch;
        Begin(batch);
        log.Add(new EscrowEvent.BatchCut(batch.Batch, batch.Entries, batch.Content.Lines));
        return EscrowRefusal.None;
    }

    /// <summary>
    /// The oldest that wait, but none beyond what an earlier batch holds that is not settled: so batches are stretches
    /// of the log, and one never needs the money of a later one. A batch that was voided comes again alone.
    /// </summary>
    private ValueList<ulong> Choose(int countMax, ulong? passedOver)
    {
        List<ulong> places = [];
        var moves = new BatchMoves(terms.Treasury);
        var border = ulong.MaxValue;
        foreach (var (place, entry) in waiting)
        {
            if (places.Count == countMax || !moves.HasRoom || place > border) break;
            if (place == passedOver) continue;
            if (places.Count == 0) border = FirstInBatchesAfter(place);
            moves.Add(entry.Event);
            places.Add(place);
        }
        return ValueList.From(places);
    }

    private ulong FirstInBatchesAfter(ulong place)
    {
        foreach (var (other, _) in inBatches)
            if (other > place) return other;
        return ulong.MaxValue;
    }

    internal EscrowRefusal Sign(Address validator, EscrowCall.SignBatch sign, List<EscrowEvent> log)
    {
        if (!terms.Validators.Contains(validator)) return EscrowRefusal.NotAValidator;
        if (!open.TryGetValue(sign.Number, out var batch)) return EscrowRefusal.UnknownBatch;
        if (batch.Phase != BatchPhase.Cut || batch.Signatures.ContainsKey(validator)) return EscrowRefusal.AlreadyDone;
        if (!signatures(validator, TypedData.Digest(terms.Domain, batch.Batch), sign.Signature))
            return EscrowRefusal.BadSignature;
        batch.Signatures[validator] = sign.Signature;
        if (batch.Signatures.Count >= terms.Quorum) batch.Phase = BatchPhase.Signed;
        log.Add(new EscrowEvent.BatchSigned(sign.Number, new VoteSignature(validator, sign.Signature)));
        return EscrowRefusal.None;
    }

    internal IEnumerable<EscrowEntry> Summary()
    {
        yield return new EscrowEntry.ChainRestored(Position, nextNumber);
        foreach (var (owner, amount) in leaving) yield return new EscrowEntry.LeavingRestored(owner, amount);
        foreach (var (place, entry) in waiting)
            yield return new EscrowEntry.EntryRestored(place, entry.Event, entry.Order);
        foreach (var (place, entry) in inBatches)
            yield return new EscrowEntry.EntryRestored(place, entry.Event, entry.Order);
        foreach (var batch in replaced) yield return Summary(batch);
        foreach (var (_, batch) in open) yield return Summary(batch);
    }

    private static EscrowEntry.BatchRestored Summary(OpenBatch batch) => new(
        batch.Batch.Number, batch.Entries, batch.CutAt, batch.Phase, batch.Signed.Signatures, batch.PayableAt,
        batch.DueAt);

    internal bool TryRestore(EscrowEntry part)
    {
        switch (part)
        {
            case EscrowEntry.ChainRestored restored:
                (Position, nextNumber) = (restored.Position, restored.NextNumber);
                return true;
            case EscrowEntry.LeavingRestored restored: leaving[restored.Owner] = restored.Amount; return true;
            case EscrowEntry.EntryRestored restored:
                waiting.Add(restored.Place, new BatchEntry(restored.Event, restored.Order));
                return true;
            case EscrowEntry.BatchRestored restored: Restore(restored); return true;
            default: return false;
        }
    }

    internal void DigestState(StateDigest digest)
    {
        digest.Add(Position.Block);
        digest.Add((ulong)Position.Index);
        digest.Add(nextNumber);
        foreach (var (place, _) in waiting) digest.Add(place);
        foreach (var (place, _) in inBatches) digest.Add(place);
        foreach (var (owner, amount) in leaving)
        {
            digest.Add(owner);
            digest.Add(amount);
        }
        foreach (var batch in replaced) batch.DigestState(digest);
        foreach (var (_, batch) in open) batch.DigestState(digest);
    }

    private void Restore(EscrowEntry.BatchRestored restored)
    {
        var batch = Make(restored.Number, restored.Entries, restored.CutAt);
        foreach (var vote in restored.Signatures) batch.Signatures[vote.Validator] = vote.Signature;
        (batch.Phase, batch.PayableAt, batch.DueAt) = (restored.Phase, restored.PayableAt, restored.DueAt);
        if (batch.Phase == BatchPhase.Replaced) replaced.Add(batch);
        else Begin(batch);
    }

    private OpenBatch Make(ulong number, ValueList<ulong> places, Instant now)
    {
        List<BatchEntry> entries = [];
        foreach (var place in places) entries.Add(waiting[place]);
        return new OpenBatch(SettlementBatch.Of(number, entries, terms.Treasury), places, now);
    }

    private void Begin(OpenBatch batch)
    {
        foreach (var place in batch.Entries)
        {
            waiting.Remove(place, out var entry);
            inBatches.Add(place, entry!);
        }
        open[batch.Batch.Number] = batch;
        nextNumber = Math.Max(nextNumber, batch.Batch.Number + 1);
    }

    /// <summary>Those who want to leave get what is free of theirs.</summary>
    private void Sweep(List<EscrowEvent> log)
    {
        foreach (var owner in new List<Address>(leaving.Keys))
        {
            var part = Amount.Min(leaving[owner], ledger.BalanceOf(Account.Available(owner)));
            if (part.IsZero) continue;
            ledger.Withdraw(owner, part);
            log.Add(new EscrowEvent.Withdrawn(owner, part));
            if (part == leaving[owner]) leaving.Remove(owner);
            else leaving[owner] -= part;
        }
    }

    private void TakeOut(Address owner, Amount amount, List<EscrowEvent> log)
    {
        if (amount.IsZero) return;
        ledger.Withdraw(owner, amount);
        log.Add(new EscrowEvent.TakenOut(owner, amount));
    }

    private void Unstake(ChainEvent.Unstaked unstaked, StakeBook stakes, List<EscrowEvent> log)
    {
        var freed = ledger.BalanceOf(Account.Unbonding(unstaked.Provider));
        stakes.Free(unstaked.Provider);
        log.Add(new EscrowEvent.StakeChanged(
            unstaked.Provider, ledger.BalanceOf(Account.Stake(unstaked.Provider))));
        TakeOut(unstaked.Provider, Amount.Min(freed, unstaked.Amount), log);
    }

    private void Changed(EscrowRefusal refusal, Address provider, List<EscrowEvent> log)
    {
        if (refusal == EscrowRefusal.None)
            log.Add(new EscrowEvent.StakeChanged(provider, ledger.BalanceOf(Account.Stake(provider))));
    }

    private void Posted(ChainEvent.BatchPosted posted, List<EscrowEvent> log)
    {
        nextNumber = Math.Max(nextNumber, posted.Number + 1);
        var batch = open.GetValueOrDefault(posted.Number);
        if (batch?.Batch.Root != posted.Root)
        {
            if (batch is not null)
            {
                open.Remove(posted.Number);
                GiveBack(batch);
            }
            batch = replaced.Find(older => older.Batch.Number == posted.Number && older.Batch.Root == posted.Root);
            if (batch is null)
            {
                // Not of this book, and yet signed by a quorum: whoever follows the chain can challenge it there.
                log.Add(new EscrowEvent.BatchVoided(posted.Number));
                return;
            }
            Begin(batch);
            log.Add(new EscrowEvent.BatchCut(batch.Batch, batch.Entries, batch.Content.Lines));
        }
        replaced.RemoveAll(older => older.Batch.Number <= posted.Number);
        batch.Phase = BatchPhase.Posted;
        (batch.PayableAt, batch.DueAt) = (posted.PayableAt, posted.DueAt);
        log.Add(new EscrowEvent.BatchPosted(posted.Number, posted.DueAt));
    }

    private void Answered(ChainEvent.BatchAnswered answered, List<EscrowEvent> log)
    {
        if (!open.TryGetValue(answered.Number, out var batch)) return;
        (batch.PayableAt, batch.DueAt) = (answered.PayableAt, answered.DueAt);
        log.Add(new EscrowEvent.BatchPosted(answered.Number, answered.DueAt));
    }

    private void Settled(ulong number, List<EscrowEvent> log)
    {
        if (!open.Remove(number, out var batch)) return;
        foreach (var place in batch.Entries) inBatches.Remove(place);
        log.Add(new EscrowEvent.BatchSettled(number));
    }

    private void Voided(ulong number, List<EscrowEvent> log)
    {
        if (!open.Remove(number, out var batch)) return;
        GiveBack(batch);
        nextNumber = Math.Max(nextNumber, number + 1);
        log.Add(new EscrowEvent.BatchVoided(number));
    }

    private void GiveBack(OpenBatch batch)
    {
        foreach (var place in batch.Entries)
        {
            inBatches.Remove(place, out var entry);
            waiting.Add(place, entry!);
        }
    }
}
