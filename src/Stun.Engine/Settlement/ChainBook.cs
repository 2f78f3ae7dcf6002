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
    /// <summary>Where nobody at all signs, it may be that nobody is there.</summary>
    private const int PatienceWithoutSigners = 4;

    private readonly ChainMoney money;
    private readonly NetworkTerms terms;
    private readonly ChainTerms chain;
    private readonly SignatureCheck signatures;
    private readonly SortedDictionary<ulong, Waiting> waiting = [];
    private readonly SortedDictionary<ulong, OpenBatch> open = [];
    private readonly Leavers leavers;
    private readonly SortedDictionary<ulong, Waiting> inBatches = [];
    private readonly List<OpenBatch> replaced = [];

    /// <summary>Places of tasks that the chain has paid by a claim: they go into no more batches.</summary>
    private readonly SortedSet<ulong> spent = [];

    private ulong nextNumber;

    internal ChainBook(Ledger ledger, StakeBook stakes, NetworkTerms terms, SignatureCheck signatures) =>
        (this.terms, chain, this.signatures, leavers, money) =
            (terms, terms.Chain!, signatures, new Leavers(ledger), new ChainMoney(ledger, stakes, terms.Treasury));

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

    /// <summary>When the batch that validators sign is cut again.</summary>
    public Instant RecutAt => Unsigned is not { } unsigned
        ? Instant.Never
        : unsigned.CutAt + (chain.RecutAfter * (unsigned.Signatures.Count == 0 ? PatienceWithoutSigners : 1));

    /// <summary>What its owner has asked the chain for, and has not got yet.</summary>
    public Amount LeavingOf(Address owner) => leavers.Of(owner);

    /// <summary>Whether somebody who wants to leave has money here.</summary>
    public bool HasLeavers => leavers.HasAny;

    /// <summary>Takes note of what the log says, once each and in order.</summary>
    internal void Follow(ulong index, EscrowEvent happened, Digest order)
    {
        if (!BatchEntry.IsOne(happened)) return;
        waiting.Add(index, Waiting.Of(new BatchEntry(happened, order)));
        if (happened is EscrowEvent.Withdrawn withdrawn) leavers.Released(withdrawn.Owner, withdrawn.Amount);
    }

    private static IEnumerable<BatchEntry> Entries(SortedDictionary<ulong, Waiting> table)
    {
        foreach (var (_, waits) in table) yield return waits.Entry;
    }

    internal EscrowRefusal Take(Instant now, EscrowCall.TakeFromChain taken, List<EscrowEvent> log)
    {
        if (taken.Position.CompareTo(Position) <= 0) return EscrowRefusal.AlreadyDone;
        switch (taken.Event)
        {
            case ChainEvent.ExitAsked asked:
                leavers.Ask(asked, [.. Entries(waiting), .. Entries(inBatches)]);
                break;
            case ChainEvent.ClaimPaid claim:
                Drop(claim.Task, log);
                money.Lose(claim.Requester, claim.Charged, log);
                break;
            case ChainEvent.BatchPosted posted: Posted(posted, log); break;
            case ChainEvent.BatchSettled settled: Settled(settled.Number, log); break;
            case ChainEvent.BatchVoided voided: Voided(voided.Number, now, log); break;
            case ChainEvent.BatchAnswered answered: Answered(answered, log); break;
            default:
                Invariant.Require(money.TryTake(now, taken.Event, log), "every event of the chain is known");
                break;
        }
        Position = taken.Position;
        UndoSpent(log);
        // Where nothing else is to be said, that it was taken in is.
        return EscrowRefusal.None;
    }

    internal EscrowRefusal Cut(Instant now, List<EscrowEvent> log)
    {
        var number = nextNumber;
        if (Unsigned is { } unsigned)
        {
            if (now < RecutAt) return EscrowRefusal.WindowOpen;
            number = unsigned.Batch.Number;
            GiveBack(unsigned, now);
            open.Remove(number);
            unsigned.Phase = BatchPhase.Replaced;
            replaced.Add(unsigned);
        }
        else
        {
            leavers.Sweep(log);
        }
        var batch = Make(number, Choose(now), now);
        if (batch.Entries.Count == 0)
        {
            // What was cut is one by itself, and waits: its number is the next one's.
            nextNumber = number;
            if (replaced.Exists(older => older.Batch.Number == number)) log.Add(new EscrowEvent.BatchVoided(number));
            return EscrowRefusal.UnknownBatch;
        }
        Begin(batch);
        log.Add(batch.WasCut);
        return EscrowRefusal.None;
    }

    /// <summary>
    /// The oldest that wait, but none beyond what an earlier batch holds that is not settled: so batches are stretches
    /// of the log, and one hardly ever needs the money of a later one. A batch that was voided comes again alone.
    /// </summary>
    private ValueList<ulong> Choose(Instant now)
    {
        List<ulong> places = [];
        var moves = new BatchMoves(terms.Treasury);
        var (border, countMax) = (ulong.MaxValue, (uint)chain.BatchEntriesMax);
        foreach (var (place, waits) in waiting)
        {
            if (places.Count == countMax || place > border) break;
            if (now < waits.NotBefore || spent.Contains(place)) continue;
            if (places.Count > 0 && !moves.HasRoomFor(waits.Entry.Event)) break;
            if (places.Count == 0)
                (border, countMax) = (FirstInBatchesAfter(place), Math.Min(countMax, waits.CountMax));
            moves.Add(waits.Entry.Event);
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
        foreach (var part in leavers.Summary()) yield return part;
        foreach (var (place, waits) in waiting) yield return Summary(place, waits, spent.Contains(place));
        foreach (var (place, waits) in inBatches) yield return Summary(place, waits, spent.Contains(place));
        foreach (var batch in replaced) yield return Summary(batch);
        foreach (var (_, batch) in open) yield return Summary(batch);
    }

    private static EscrowEntry.EntryRestored Summary(ulong place, Waiting waits, bool isSpent) => new(
        place, waits.Entry.Event, waits.Entry.Order, waits.CountMax, waits.NotBefore, waits.Tries, isSpent);

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
            case EscrowEntry.LeavingRestored restored: leavers.Restore(restored); return true;
            case EscrowEntry.EntryRestored restored:
                waiting.Add(restored.Place, new Waiting(
                    new BatchEntry(restored.Event, restored.Order), restored.CountMax, restored.NotBefore,
                    restored.Tries));
                if (restored.IsSpent) spent.Add(restored.Place);
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
        foreach (var table in (ReadOnlySpan<SortedDictionary<ulong, Waiting>>)[waiting, inBatches])
            foreach (var (place, waits) in table)
            {
                digest.Add(place);
                digest.Add((ulong)waits.CountMax);
                digest.Add(waits.NotBefore);
                digest.Add((ulong)waits.Tries);
            }
        foreach (var place in spent) digest.Add(place);
        leavers.DigestState(digest);
        foreach (var batch in replaced) batch.DigestState(digest);
        foreach (var (_, batch) in open) batch.DigestState(digest);
    }

    private void Restore(EscrowEntry.BatchRestored restored)
    {
        var batch = Make(restored.Number, restored.Entries, restored.CutAt);
        foreach (var vote in restored.Signatures)
            if (terms.Validators.Contains(vote.Validator)) batch.Signatures[vote.Validator] = vote.Signature;
        (batch.Phase, batch.PayableAt, batch.DueAt) = (restored.Phase, restored.PayableAt, restored.DueAt);
        // Others may judge in this life than did in the last one: what counted then is not enough now.
        if (batch.Phase == BatchPhase.Signed && batch.Signatures.Count < terms.Quorum) batch.Phase = BatchPhase.Cut;
        if (batch.Phase == BatchPhase.Replaced) replaced.Add(batch);
        else Begin(batch);
    }

    private OpenBatch Make(ulong number, ValueList<ulong> places, Instant now)
    {
        List<BatchEntry> entries = [];
        foreach (var place in places) entries.Add(waiting[place].Entry);
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

    private void Posted(ChainEvent.BatchPosted posted, List<EscrowEvent> log)
    {
        var number = posted.Batch.Number;
        nextNumber = Math.Max(nextNumber, number + 1);
        var batch = open.GetValueOrDefault(number);
        if (batch?.Batch != posted.Batch) batch = Exchange(posted.Batch, log);
        replaced.RemoveAll(older => older.Batch.Number <= number);
        if (batch is null) return;
        batch.Phase = BatchPhase.Posted;
        (batch.PayableAt, batch.DueAt) = (posted.PayableAt, posted.DueAt);
        log.Add(new EscrowEvent.BatchPosted(number, posted.DueAt, posted.PayableAt));
    }

    /// <summary>
    /// The chain has another of this number than the one that was cut last: one that was replaced, or none of ours.
    /// What was cut since is not on the chain, and is cut anew.
    /// </summary>
    private OpenBatch? Exchange(ChainBatch posted, List<EscrowEvent> log)
    {
        if (!open.ContainsKey(posted.Number)) log.Add(new EscrowEvent.BatchVoided(posted.Number));
        foreach (var (number, later) in new SortedDictionary<ulong, OpenBatch>(open))
        {
            if (number < posted.Number) continue;
            open.Remove(number);
            GiveBack(later, null);
            log.Add(new EscrowEvent.BatchVoided(number));
        }
        nextNumber = posted.Number + 1;
        // Not of this book, and yet signed by a quorum: whoever follows the chain can challenge it there.
        var batch = replaced.Find(older => older.Batch == posted);
        if (batch is null) return null;
        Begin(batch);
        log.Add(batch.WasCut);
        foreach (var vote in batch.Signed.Signatures) log.Add(new EscrowEvent.BatchSigned(posted.Number, vote));
        return batch;
    }

    private void Answered(ChainEvent.BatchAnswered answered, List<EscrowEvent> log)
    {
        if (!open.TryGetValue(answered.Number, out var batch)) return;
        (batch.PayableAt, batch.DueAt) = (answered.PayableAt, answered.DueAt);
        log.Add(new EscrowEvent.BatchPosted(answered.Number, answered.DueAt, answered.PayableAt));
    }

    private void Settled(ulong number, List<EscrowEvent> log)
    {
        if (!open.Remove(number, out var batch)) return;
        foreach (var place in batch.Entries)
        {
            inBatches.Remove(place);
            // Paid by a claim as well: both have happened, there as here.
            spent.Remove(place);
        }
        log.Add(new EscrowEvent.BatchSettled(number));
    }

    private void Voided(ulong number, Instant now, List<EscrowEvent> log)
    {
        if (!open.Remove(number, out var batch)) return;
        GiveBack(batch, now);
        nextNumber = Math.Max(nextNumber, number + 1);
        log.Add(new EscrowEvent.BatchVoided(number));
    }

    /// <param name="failedAt">When it came to nothing by its own fault; null where it is no fault of what it holds.
    /// </param>
    private void GiveBack(OpenBatch batch, Instant? failedAt)
    {
        foreach (var place in batch.Entries)
        {
            inBatches.Remove(place, out var waits);
            waiting.Add(place, failedAt is { } now
                ? waits!.Failed(batch.Entries.Count, now, chain.RecutAfter)
                : waits!);
        }
    }

    /// <summary>The chain has paid this task by a claim.</summary>
    private void Drop(TaskId task, List<EscrowEvent> log)
    {
        foreach (var table in (ReadOnlySpan<SortedDictionary<ulong, Waiting>>)[waiting, inBatches])
            foreach (var (place, waits) in table)
            {
                if (waits.Settled?.Settlement.Task != task || !spent.Add(place)) continue;
                log.Add(new EscrowEvent.EntryDropped(place));
                return;
            }
    }

    /// <summary>
    /// What no batch can bring to the chain any more has not happened there. While one can, it may still be carried
    /// out.
    /// </summary>
    private void UndoSpent(List<EscrowEvent> log)
    {
        foreach (var place in new List<ulong>(spent))
        {
            if (!waiting.TryGetValue(place, out var waits)
                || replaced.Exists(older => older.Entries.Contains(place))) continue;
            waiting.Remove(place);
            spent.Remove(place);
            money.Undo(waits.Settled!.Settlement, log);
        }
    }
}
