using Stun.Engine.Settlement;

namespace Stun.Engine.Verification;

/// <summary>
/// A validator's own copy of what batches are made of. It signs a batch only if it can make the same one from what it
/// has judged itself: nobody's word is taken for what a task has come to, and the book's least of all.
/// </summary>
public sealed class BatchWatch(Address self, NetworkTerms terms)
{
    private readonly SortedDictionary<ulong, Watched> entries = [];
    private readonly SortedDictionary<ulong, Cut> cuts = [];

    /// <param name="IsVouched">This validator has voted for just this, or it moves nothing but its owner's own.</param>
    private readonly record struct Watched(BatchEntry Entry, bool IsVouched);

    /// <param name="IsDone">This validator has signed, or no signature is needed any more.</param>
    private sealed record Cut(ChainBatch Batch, ValueList<ulong> Entries, bool IsDone);

    public int EntryCount => entries.Count;

    /// <summary>Batches that wait for this validator's signature and may have it.</summary>
    public IEnumerable<ChainBatch> ToSign
    {
        get
        {
            foreach (var (_, cut) in cuts)
                if (!cut.IsDone && IsRight(cut)) yield return cut.Batch;
        }
    }

    /// <param name="order">The order of a settled task, if this validator has judged it.</param>
    /// <param name="votes">The verdicts that it has voted for, as struct hashes.</param>
    public void Follow(ulong index, EscrowEvent happened, TaskOrder? order, ValueList<Digest> votes)
    {
        switch (happened)
        {
            case EscrowEvent.TaskSettled settled:
                entries.Add(index, order is null
                    ? new Watched(new BatchEntry(settled, Digest.Zero), false)
                    : new Watched(new BatchEntry(settled, TypedData.StructHash(order)),
                        votes.Contains(TypedData.StructHash(settled.Verdict)) && IsDividedRight(settled, order)));
                break;
            case EscrowEvent.Withdrawn:
                entries.Add(index, new Watched(new BatchEntry(happened, Digest.Zero), true));
                break;
            case EscrowEvent.EntryDropped dropped: entries.Remove(dropped.Place); break;
            case EscrowEvent.BatchCut cut: cuts[cut.Batch.Number] = new Cut(cut.Batch, cut.Entries, false); break;
            case EscrowEvent.BatchSigned signed when signed.Vote.Validator == self: Done(signed.Number); break;
            case EscrowEvent.BatchPosted posted: Done(posted.Number); break;
            case EscrowEvent.BatchVoided voided: cuts.Remove(voided.Number); break;
            case EscrowEvent.BatchSettled settled:
                if (!cuts.Remove(settled.Number, out var done)) break;
                foreach (var place in done.Entries) entries.Remove(place);
                break;
        }
    }

    /// <summary>A vote that came after others had settled the task: it is vouched for now.</summary>
    public void Vouch(TaskId task, TaskOrder order, Digest vote)
    {
        foreach (var (place, watched) in entries)
        {
            if (watched.IsVouched || watched.Entry.Event is not EscrowEvent.TaskSettled settled
                || settled.Settlement.Task != task) continue;
            var isRight = vote == TypedData.StructHash(settled.Verdict) && IsDividedRight(settled, order);
            entries[place] = new Watched(new BatchEntry(settled, TypedData.StructHash(order)), isRight);
            return;
        }
    }

    public IEnumerable<ValidatorEvent> Summary()
    {
        foreach (var (place, watched) in entries)
            yield return new ValidatorEvent.EntryRestored(
                place, watched.Entry.Event, watched.Entry.Order, watched.IsVouched);
        foreach (var (_, cut) in cuts)
            yield return new ValidatorEvent.CutRestored(cut.Batch, cut.Entries, cut.IsDone);
    }

    public void Restore(ValidatorEvent.EntryRestored restored) => entries[restored.Place] =
        new Watched(new BatchEntry(restored.Event, restored.Order), restored.IsVouched);

    public void Restore(ValidatorEvent.CutRestored restored) =>
        cuts[restored.Batch.Number] = new Cut(restored.Batch, restored.Entries, restored.IsDone);

    public void DigestState(StateDigest digest)
    {
        foreach (var (place, watched) in entries)
        {
            digest.Add(place);
            digest.Add(watched.Entry.Order);
            digest.Add(watched.IsVouched);
        }
        foreach (var (number, cut) in cuts)
        {
            digest.Add(number);
            digest.Add(cut.Batch.Root);
            foreach (var place in cut.Entries) digest.Add(place);
            digest.Add(cut.IsDone);
        }
    }

    private void Done(ulong number)
    {
        if (cuts.TryGetValue(number, out var cut)) cuts[number] = cut with { IsDone = true };
    }

    private bool IsRight(Cut cut)
    {
        List<BatchEntry> parts = [];
        var last = -1L;
        foreach (var place in cut.Entries)
        {
            // Rising, so that nothing is in it twice; and in no other batch that is on its way.
            if ((long)place <= last || IsInAnother(cut.Batch.Number, place)) return false;
            last = (long)place;
            if (!entries.TryGetValue(place, out var watched) || !watched.IsVouched) return false;
            parts.Add(watched.Entry);
        }
        return SettlementBatch.Of(cut.Batch.Number, parts, terms.Treasury).Batch == cut.Batch;
    }

    private bool IsInAnother(ulong number, ulong place)
    {
        foreach (var (other, cut) in cuts)
            if (other != number && cut.Entries.Contains(place)) return true;
        return false;
    }

    /// <summary>
    /// What a verdict pays follows from order and verdict. How much of a stake was there to slash does not: that it is
    /// no more than the terms allow, and from one whom the verdict names.
    /// </summary>
    private bool IsDividedRight(EscrowEvent.TaskSettled settled, TaskOrder order)
    {
        var settlement = settled.Settlement;
        if (Division.ChargesMoreThan(order.PriceLimit, settled.Verdict)) return false;
        var right = Division.Of(
            terms, settlement.Task, order.Requester, order.ModelCreator, order.PriceLimit, settled.Verdict);
        if (settlement != right with { Slashings = settlement.Slashings }) return false;
        var limit = order.PriceLimit * terms.SlashMultiple;
        SortedSet<AttemptId> seen = [];
        foreach (var slashing in settlement.Slashings)
        {
            if (!seen.Add(slashing.Attempt) || !IsFraud(settled.Verdict, slashing)) return false;
            if (slashing.ToRequester > order.PriceLimit || slashing.ToTreasury > limit - slashing.ToRequester)
                return false;
        }
        return true;
    }

    private static bool IsFraud(Verdict verdict, Slashing slashing)
    {
        foreach (var finding in verdict.Findings)
            if (finding.Attempt == slashing.Attempt)
                return finding.Provider == slashing.Provider && finding.Judgement == Judgement.Fraud;
        return false;
    }
}
