namespace Stun.Engine.Settlement;

/// <summary>
/// The escrow as a role of the network. It serves callers and tells its log to whoever follows it; where a chain keeps
/// the money, it takes in what happens there and brings there what was settled here.
/// </summary>
public sealed class EscrowMachine : Machine<EscrowEntry>
{
    private readonly NetworkTerms terms;
    private readonly Escrow escrow;
    private readonly BatchDesk? batches;
    private readonly List<(Instant At, EscrowEvent Event)> log = [];
    private readonly List<EscrowEvent> fresh = [];
    private readonly SortedDictionary<Address, int> followers = [];
    private EscrowRefusal refusal;

    /// <param name="dice">Only where there is a chain to talk to.</param>
    public EscrowMachine(NetworkTerms terms, SignatureCheck signatures, Prng? dice = null)
    {
        this.terms = terms;
        escrow = new Escrow(terms, signatures);
        if (escrow.Chain is { } book) batches = new BatchDesk(book, terms.Chain!, dice ?? new Prng(0));
    }

    public Escrow Escrow => escrow;

    /// <summary>All that the escrow has done, in order.</summary>
    public IEnumerable<EscrowEvent> Log
    {
        get
        {
            foreach (var (_, happened) in log) yield return happened;
        }
    }

    public override void Receive(Instant now, Address from, Message message, Outbox outbox)
    {
        switch (message)
        {
            case Message.CallEscrow call:
                Execute(now, from, call, outbox);
                break;
            case Message.FollowEscrow follow:
                followers[from] = (int)Math.Min(follow.From, (ulong)log.Count);
                TellFollowers(outbox);
                break;
            case Message.ChainLogged logged when from == terms.Book && batches is not null:
                Run(now, from, new EscrowCall.TakeFromChain(logged.Position, logged.Event), outbox);
                batches.Heard(logged.Event);
                break;
            case Message.Answered answered when from == terms.Book && batches is not null:
                batches.Answer(now, answered);
                break;
            default:
                outbox.Note(NoteKind.UnexpectedMessage, default, from);
                break;
        }
        AttendToBatches(now, outbox);
    }

    public override void Wake(Instant now, Outbox outbox)
    {
        TellFollowers(outbox);
        AttendToBatches(now, outbox);
    }

    /// <summary>Followers ask again when they miss something; of the chain it is the escrow that asks.</summary>
    public override void Resume(Instant now, Outbox outbox)
    {
        batches?.Follow(outbox);
        AttendToBatches(now, outbox);
    }

    public override void DigestState(StateDigest digest)
    {
        escrow.DigestState(digest);
        digest.Add((long)log.Count);
    }

    protected override void Apply(EscrowEntry happened)
    {
        switch (happened)
        {
            case EscrowEntry.Executed executed:
                fresh.Clear();
                refusal = escrow.Execute(executed.At, executed.Caller, executed.Call, fresh);
                foreach (var item in fresh) log.Add((executed.At, item));
                break;
            case EscrowEntry.LogRestored restored: log.Add((restored.At, restored.Event)); break;
            default: escrow.Restore(happened); break;
        }
    }

    /// <summary>The log whole: it is the chain of a network without one, and a newcomer reads it from its first item.
    /// </summary>
    protected override IEnumerable<EscrowEntry> Summary()
    {
        foreach (var part in escrow.Summary()) yield return part;
        foreach (var (at, item) in log) yield return new EscrowEntry.LogRestored(at, item);
    }

    protected override byte[] Encode(EscrowEntry happened) => EngineWire.Encode(happened);

    protected override EscrowEntry Decode(ReadOnlySpan<byte> entry) => EngineWire.DecodeEscrowEntry(entry);

    private void Execute(Instant now, Address from, Message.CallEscrow call, Outbox outbox)
    {
        // A full log takes no new money in; what is held still finds its way out. On a chain fees keep it from filling.
        var isNew = call.EscrowCall is EscrowCall.Deposit or EscrowCall.HoldFunds or EscrowCall.AddStake;
        if (isNew && log.Count >= Limits.EscrowLogMax)
        {
            outbox.Send(from, new Message.EscrowAnswered(call.Call, EscrowRefusal.OverLimit));
            return;
        }
        Run(now, from, call.EscrowCall, outbox);
        outbox.Send(from, new Message.EscrowAnswered(call.Call, refusal));
    }

    private void Run(Instant now, Address caller, EscrowCall call, Outbox outbox)
    {
        var executed = new EscrowEntry.Executed(now, caller, call);
        Apply(executed);
        if (Escrow.LeavesTrace(call, refusal, fresh.Count)) outbox.Append(Encode(executed));
        TellFollowers(outbox);
    }

    private void AttendToBatches(Instant now, Outbox outbox)
    {
        if (batches is null) return;
        if (batches.IsCutDue(now))
        {
            batches.WasCut();
            Run(now, terms.Book, new EscrowCall.CutBatch(), outbox);
        }
        batches.Submit(now, outbox);
        outbox.WakeAt(batches.AlarmAt(now));
    }

    private void TellFollowers(Outbox outbox)
    {
        foreach (var follower in new List<Address>(followers.Keys))
        {
            for (var index = followers[follower]; index < log.Count; index++)
                outbox.Send(follower, new Message.EscrowLogged((ulong)index, log[index].At, log[index].Event));
            followers[follower] = log.Count;
        }
    }
}
