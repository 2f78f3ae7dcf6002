namespace Stun.Engine.Settlement;

/// <summary>
/// When to cut a batch, and what the chain is to be given next. Soft: all of it follows from the book, which keeps how
/// far each batch has come.
/// </summary>
internal sealed class BatchDesk(ChainBook book, ChainTerms terms, Prng dice)
{
    private readonly AskTable<SubmitAsk> asks = new(dice);
    private Instant? waitingSince;
    private const int DoublingsMax = 6;
    private Instant submitAt = Instant.LongAgo;
    private int failures;
    private bool hasHeard;
    private ulong? posting;
    private ulong? settling;

    /// <summary>The only question: one transaction at a time, so that batches come in their order.</summary>
    private readonly record struct SubmitAsk : IComparable<SubmitAsk>
    {
        public int CompareTo(SubmitAsk other) => 0;
    }

    /// <summary>Asks the host to tell the chain's log from where the book is.</summary>
    public void Follow(Outbox outbox) => outbox.Ask(0, new Ask.FollowChain(book.Position));

    /// <summary>Whether a batch is to be cut now, or cut again.</summary>
    public bool IsCutDue(Instant now)
    {
        if (book.Unsigned is not null) return now >= book.RecutAt;
        Notice(now);
        return book.WaitingCount >= terms.BatchEntriesMax || now >= waitingSince + terms.BatchEvery;
    }

    public void WasCut() => waitingSince = null;

    public void Submit(Instant now, Outbox outbox)
    {
        if (now < submitAt) return;
        var (post, settle) = (NextToPost, NextToSettle(now));
        if (post is null && settle is null) return;
        // One transaction at a time: two would be the same, and the second one is refused at our cost.
        (submitAt, hasHeard) = (now + Limits.SubmitResendAfter, false);
        (posting, settling) = (post?.Batch.Number, settle?.Batch.Number);
        asks.Ask(default, new Ask.SubmitBatch(post?.Signed, settle?.Due), outbox);
    }

    public void Answer(Instant now, Message.Answered answered)
    {
        if (!asks.TryClose(answered.Ask, out _)) return;
        // Done: its trace in the chain's log says when to go on, after minutes on some chains. Not done: the chain was
        // not ready, or not there.
        var isDone = answered.Answer is Protocol.Answer.CallFinal { Refusal: EscrowRefusal.None };
        var pause = isDone ? Limits.EscrowResendAfter : Limits.ResendAfter * (1L << failures);
        if (!isDone) (posting, settling) = (null, null);
        // The chain's log may have told what came of it before the host could.
        submitAt = isDone && hasHeard && IsTold ? Instant.LongAgo : now + pause;
        failures = isDone ? 0 : Math.Min(failures + 1, DoublingsMax);
    }

    /// <summary>The chain has said how a batch stands: there may be something new to give it.</summary>
    public void Heard(ChainEvent happened)
    {
        if (happened is not (ChainEvent.BatchPosted or ChainEvent.BatchSettled or ChainEvent.BatchVoided
            or ChainEvent.BatchAnswered)) return;
        (failures, hasHeard) = (0, true);
        if (!asks.Waits(default) && IsTold) submitAt = Instant.LongAgo;
    }

    public Instant AlarmAt(Instant now)
    {
        Notice(now);
        var at = book.RecutAt;
        if (book.Unsigned is null && waitingSince is { } since) at = since + terms.BatchEvery;
        foreach (var batch in book.Open)
        {
            if (batch.Phase == BatchPhase.Signed) at = Instant.Earlier(at, submitAt);
            if (batch.Phase == BatchPhase.Posted)
                at = Instant.Earlier(at, batch.DueAt < submitAt ? submitAt : batch.DueAt);
        }
        return at;
    }

    /// <summary>
    /// One transaction posts and settles, and its two traces come one after the other: between them the book would give
    /// the chain again what it has.
    /// </summary>
    private bool IsTold
    {
        get
        {
            foreach (var batch in book.Open)
                if ((batch.Batch.Number == posting && batch.Phase != BatchPhase.Posted)
                    || batch.Batch.Number == settling) return false;
            return true;
        }
    }

    private void Notice(Instant now)
    {
        if (book.WaitingCount > 0 || book.HasLeavers) waitingSince ??= now;
        else waitingSince = null;
    }

    /// <summary>The chain takes them by number, so only the first that it does not have.</summary>
    private OpenBatch? NextToPost
    {
        get
        {
            foreach (var batch in book.Open)
            {
                if (batch.Phase == BatchPhase.Posted) continue;
                return batch.Phase == BatchPhase.Signed ? batch : null;
            }
            return null;
        }
    }

    /// <summary>The contract carries them out by number too.</summary>
    private OpenBatch? NextToSettle(Instant now)
    {
        foreach (var batch in book.Open)
            return batch.Phase == BatchPhase.Posted && now >= batch.DueAt ? batch : null;
        return null;
    }
}
