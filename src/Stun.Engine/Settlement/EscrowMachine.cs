namespace Stun.Engine.Settlement;

/// <summary>
/// The escrow as a role of the network, for a network without a chain. It serves callers and tells its log to
/// whoever follows it.
/// </summary>
public sealed class EscrowMachine(NetworkTerms terms, SignatureCheck signatures) : Machine<EscrowEntry>
{
    private readonly Escrow escrow = new(terms, signatures);
    private readonly List<(Instant At, EscrowEvent Event)> log = [];
    private readonly List<EscrowEvent> fresh = [];
    private readonly SortedDictionary<Address, int> followers = [];
    private EscrowRefusal refusal;

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
            default:
                outbox.Note(NoteKind.UnexpectedMessage, default, from);
                break;
        }
    }

    public override void Wake(Instant now, Outbox outbox) => TellFollowers(outbox);

    /// <summary>Followers ask again when they miss something; nobody waits for the escrow itself.</summary>
    public override void Resume(Instant now, Outbox outbox) { }

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
        var executed = new EscrowEntry.Executed(now, from, call.EscrowCall);
        Apply(executed);
        if (fresh.Count > 0) outbox.Append(Encode(executed));
        outbox.Send(from, new Message.EscrowAnswered(call.Call, refusal));
        TellFollowers(outbox);
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
