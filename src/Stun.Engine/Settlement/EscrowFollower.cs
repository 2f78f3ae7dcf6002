namespace Stun.Engine.Settlement;

/// <summary>
/// Follows the escrow's log for a role: puts entries that arrive early aside until their turn, and asks again when
/// something is missing. Soft; what was taken in is the role's own, durable business.
/// </summary>
public sealed class EscrowFollower
{
    /// <summary>Entries ahead of a gap; what does not fit is told again after the gap is filled.</summary>
    private const int AheadMax = 4_096;

    private readonly SortedDictionary<ulong, Message.EscrowLogged> ahead = [];
    private Instant askedAt = Instant.LongAgo;

    /// <summary>
    /// When to ask again: soon if something is missing, else now and then in case the teller has forgotten us.
    /// </summary>
    public Instant AskAt => askedAt + (ahead.Count > 0 ? Limits.ResendAfter : Limits.FollowAgainAfter);

    public void Asked(Instant now) => askedAt = now;

    public void Add(Message.EscrowLogged logged, ulong next)
    {
        // The one whose turn it is always finds room: else a full buffer would wait for it for ever.
        if (logged.Index == next || (logged.Index > next && ahead.Count < AheadMax)) ahead[logged.Index] = logged;
    }

    /// <summary>The entry whose turn it is, if it is here.</summary>
    public bool TryTake(ulong next, out Message.EscrowLogged? logged)
    {
        while (ahead.Count > 0)
        {
            var (index, first) = First();
            if (index > next) break;
            ahead.Remove(index);
            if (index < next) continue;
            logged = first;
            return true;
        }
        logged = null;
        return false;
    }

    private KeyValuePair<ulong, Message.EscrowLogged> First()
    {
        using var all = ahead.GetEnumerator();
        all.MoveNext();
        return all.Current;
    }
}
