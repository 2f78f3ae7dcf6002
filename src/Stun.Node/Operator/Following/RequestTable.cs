using Stun.Chain.Evm.Following;

namespace Stun.Node.Operator.Following;

/// <summary>All requests of one chain that are not forgotten: what the entries of the journal add up to.</summary>
internal sealed class RequestTable
{
    private readonly Dictionary<Digest, OpenRequest> requests = [];

    /// <summary>Null before the first block was read.</summary>
    public LogCursor? Place { get; private set; }

    public int Count => requests.Count;

    public IReadOnlyCollection<OpenRequest> All => requests.Values;

    public OpenRequest? Find(Digest id) => requests.GetValueOrDefault(id);

    public void Apply(LaneEntry entry)
    {
        if (entry.Kind == EntryKind.Reached)
        {
            Place = LogCursor.Parse(entry.Place!);
            return;
        }
        var id = RequestText.DigestOf(entry.Id!);
        if (entry.Kind == EntryKind.Asked)
        {
            var asked = entry.Request!.Read(id);
            var hash = entry.BlockHash is { } text ? RequestText.DigestOf(text) : Digest.Zero;
            if (requests.TryGetValue(id, out var known)) known.AskAgain(asked, entry.Block!.Value, hash);
            else requests[id] = new OpenRequest(asked, entry.Block!.Value, hash);
            return;
        }
        if (!requests.TryGetValue(id, out var request)) return;
        if (entry.Kind == EntryKind.Forgotten) requests.Remove(id);
        else Apply(request, entry);
    }

    /// <summary>What means the same as all entries so far.</summary>
    public IEnumerable<LaneEntry> Shortened()
    {
        if (Place is { } place) yield return new LaneEntry(EntryKind.Reached) { Place = place.ToString() };
        foreach (var request in requests.Values)
            foreach (var entry in EntriesOf(request))
                yield return entry;
    }

    private static void Apply(OpenRequest request, LaneEntry entry)
    {
        switch (entry.Kind)
        {
            case EntryKind.Ordered: request.Order = entry.Order; break;
            case EntryKind.Replied:
                request.Reply = new Reply(
                    ValueList.Create<byte>(entry.Result), RequestText.NumberOf(entry.Refund!), entry.Reason);
                break;
            case EntryKind.Extended: request.Extend(RequestText.NumberOf(entry.Expiration!)); break;
            case EntryKind.ExtensionTakenBack:
                request.TakeBackExtension(RequestText.NumberOf(entry.Expiration!));
                break;
            case EntryKind.RefundDue: request.IsRefundDue = true; break;
            case EntryKind.RefundDone: request.IsRefundDue = false; break;
            case EntryKind.CallbackRefused:
                request.Refusal = new CallbackRefusal(RequestText.NumberOf(entry.Refund!),
                    RequestText.NumberOf(entry.Expiration!), Digest.Read(entry.Result));
                break;
            case EntryKind.RefusalOver: request.Refusal = null; break;
            case EntryKind.Settled:
                (request.State, request.SettledAt) = (RequestState.Settled, entry.Block!.Value);
                break;
            case EntryKind.Reopened:
                (request.State, request.SettledAt, request.IsSent) = (RequestState.Open, 0, false);
                break;
            case EntryKind.Retracted: request.State = RequestState.Retracted; break;
            case EntryKind.GivenUp: (request.State, request.Reason) = (RequestState.GivenUp, entry.Reason); break;
        }
    }

    private static IEnumerable<LaneEntry> EntriesOf(OpenRequest request)
    {
        var id = request.Request.RequestId.ToString();
        yield return new LaneEntry(EntryKind.Asked)
        {
            Id = id,
            Block = request.Block,
            BlockHash = request.BlockHash.ToString(),
            Request = RequestText.Of(request.Original),
        };
        foreach (var end in request.LaterEnds)
            yield return new LaneEntry(EntryKind.Extended) { Id = id, Expiration = end.ToString() };
        if (request.Order is { } order)
            yield return new LaneEntry(EntryKind.Ordered) { Id = id, Order = order.ToArray() };
        if (request.Reply is { } reply) yield return Replied(id, reply);
        if (request.IsRefundDue) yield return new LaneEntry(EntryKind.RefundDue) { Id = id };
        if (request.Refusal is { } refusal) yield return Refused(id, refusal);
        switch (request.State)
        {
            case RequestState.Settled:
                yield return new LaneEntry(EntryKind.Settled) { Id = id, Block = request.SettledAt };
                break;
            case RequestState.Retracted: yield return new LaneEntry(EntryKind.Retracted) { Id = id }; break;
            case RequestState.GivenUp:
                yield return new LaneEntry(EntryKind.GivenUp) { Id = id, Reason = request.Reason };
                break;
        }
    }

    public static LaneEntry Refused(string id, CallbackRefusal refusal)
    {
        var hash = new byte[Digest.Size];
        refusal.Result.Write(hash);
        return new LaneEntry(EntryKind.CallbackRefused)
        {
            Id = id,
            Refund = refusal.Kept.ToString(),
            Expiration = refusal.Until.ToString(),
            Result = hash,
        };
    }

    public static LaneEntry Replied(string id, Reply reply) => new(EntryKind.Replied)
    {
        Id = id,
        Result = [.. reply.Result.Span],
        Refund = reply.Refund.ToString(),
        Reason = reply.Refusal,
    };
}
