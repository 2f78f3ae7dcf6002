using System.Text;
using System.Text.Json.Nodes;
using Stun.Cbor;
using Stun.Chain.Evm;
using Stun.Node.Operator.Fees;
using Stun.Node.Operator.Policies;
using Stun.Node.Operator.Responders;
using Stun.Node.Operator.Results;
using Stun.Node.Operator.Wire;

namespace Stun.Node.Operator;

/// <summary>What a desk needs to answer.</summary>
/// <param name="Blobs">Finds what this node has under a digest, if it is no larger than so much.</param>
public sealed record DeskPlan(
    OperatorPolicy Policy, FeeSchedule Fees, IReadOnlyDictionary<string, IResponder> Responders, ResultShelf Shelf,
    Func<Digest, long, CancellationToken, Task<byte[]?>> Blobs)
{
    public bool HexBecomesBytes { get; init; }

    public ulong ResultBytesMax { get; init; } = 4 << 10;

    public long InputBytesMax { get; init; } = 64 << 20;

    /// <summary>Answers what nobody else does; null refuses it.</summary>
    public IResponder? Otherwise { get; init; }

    /// <summary>Where what is kept is fetched; it is asked for when it is known where the door is.</summary>
    public Func<Uri?> Door { get; init; } = () => null;

    /// <summary>What went wrong that no caller is to be told.</summary>
    public Action<Exception> Trouble { get; init; } = _ => { };
}

/// <summary>Reads a request, looks whether it is to be answered, and finds the answer. Always ends with a reply, which
/// may be the reason why there is no other.</summary>
public sealed class RequestDesk(DeskPlan plan)
{
    private const string ContentPrefix = "cid:";

    public OperatorPolicy Policy => plan.Policy;

    /// <param name="chain">The id of the chain, so that the same request elsewhere is another one.</param>
    public async Task<Reply> AnswerAsync(
        ulong chain, OracleRequest request, IWorkMemory memory, CancellationToken cancel)
    {
        try
        {
            // What was ordered in an earlier life is paid for: it is not asked a second time.
            plan.Policy.Admit(request, isAgain: memory.Order is not null);
            var pairs = RequestPairs.Read(request.Data.Span);
            plan.Policy.Admit(request, pairs);
            var fee = (UInt256)plan.Fees.FeeOf(pairs.ServiceName);
            if (request.Payment < fee) throw new RequestRefusedException(Reply.FeeTooSmall, "fee too small");
            var responder = Find(pairs);
            var shaping = Shaping.Of(pairs) with { HexBecomesBytes = plan.HexBecomesBytes };
            shaping.Require();
            var data = await DataOfAsync(pairs, cancel).ConfigureAwait(false);
            var inquiry = new Inquiry($"{chain}/{request.RequestId}", pairs, data, memory);
            var found = await responder.AnswerAsync(inquiry, cancel).ConfigureAwait(false);
            return await ReplyAsync(shaping, found, pairs, request.Payment - fee).ConfigureAwait(false);
        }
        catch (RequestRefusedException refused)
        {
            return Reply.Refused(refused, request.Payment);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            plan.Trouble(failure);
            return Reply.Refused(new RequestRefusedException("operator.failed",
                "This node failed at it, and its owner has been told. Ask again later, or another node."),
                request.Payment);
        }
    }

    /// <summary>
    /// The work is done by now and has cost this node something: who asked for what cannot be made of the answer pays
    /// all the same. Else an answer could be had for nothing, in the reason why there is none.
    /// </summary>
    private async Task<Reply> ReplyAsync(Shaping shaping, Found found, RequestPairs pairs, UInt256 change)
    {
        try
        {
            var result = await ShapeAsync(shaping, found).ConfigureAwait(false);
            return new Reply(ValueList.Create<byte>(Fitting(result, pairs)), change, null);
        }
        catch (RequestRefusedException refused) when (refused.Code != ResultShelf.NoRoom)
        {
            return Reply.Refused(refused, change);
        }
    }

    /// <summary>Nodes that vote must say the same, and each offers something else: so they name nothing.</summary>
    private IResponder Find(RequestPairs pairs) => plan.Responders.GetValueOrDefault(pairs.ServiceName)
        ?? plan.Otherwise ?? throw new RequestRefusedException("operator.no-service",
            $"no service '{Sentence.Short(pairs.ServiceName)}'."
            + (pairs.IsPolled ? ""
                : $" This node has {string.Join(", ", plan.Responders.Keys.Order(StringComparer.Ordinal))}."));

    private async Task<ReadOnlyMemory<byte>> DataOfAsync(RequestPairs pairs, CancellationToken cancel)
    {
        if (!pairs.Data.StartsWith(ContentPrefix, StringComparison.Ordinal)) return Encoding.UTF8.GetBytes(pairs.Data);
        var name = ContentId.TryParse(pairs.Data[ContentPrefix.Length..])
            ?? throw new RequestRefusedException("operator.bad-cid",
                "The content id is not of the kind that is kept here: version 1, raw, dag-cbor or dag-json, SHA-256, "
                + "base 32; or sha256: and 64 digits.");
        var content = await ContentAsync(name.Blob, cancel).ConfigureAwait(false);
        return name.IsCbor ? Document(content) : content;
    }

    /// <summary>Services read JSON, whatever the form in which a document has its name.</summary>
    private static byte[] Document(byte[] content)
    {
        try
        {
            return JsonText.Bytes(CborDocument.Decode(content));
        }
        catch (Exception unreadable) when (unreadable is CborException or ArgumentException)
        {
            // Infinities and the like are numbers of CBOR alone, and end here as well.
            throw new RequestRefusedException("operator.bad-data",
                "What the content id names is no document in CBOR that JSON could say, too.", unreadable);
        }
    }

    private async Task<byte[]> ContentAsync(Digest digest, CancellationToken cancel)
    {
        using var kept = plan.Shelf.TryOpen(digest);
        if (kept is not null && kept.Length <= plan.InputBytesMax)
        {
            var content = new byte[kept.Length];
            await kept.ReadExactlyAsync(content, cancel).ConfigureAwait(false);
            return content;
        }
        return await plan.Blobs(digest, plan.InputBytesMax, cancel).ConfigureAwait(false)
            ?? throw new RequestRefusedException("operator.no-content",
                "What the content id names is not here, or too large. Upload it to this node first.");
    }

    private async Task<byte[]> ShapeAsync(Shaping shaping, Found found)
    {
        Task<Digest> KeepAsync(byte[] content) => Task.Run(() => plan.Shelf.Keep(content));
        return found switch
        {
            Found.Plain plain => shaping.Plain(plain.Text),
            Found.Document document => await shaping.ApplyAsync(document.Value, KeepAsync).ConfigureAwait(false),
            Found.Said said => await shaping.ApplyAsync(said.Text, KeepAsync).ConfigureAwait(false),
            _ => throw new InvariantException("every finding is shaped"),
        };
    }

    /// <summary>
    /// What is too large for the chain stays here, and its name goes there. Where several nodes vote it lies at each of
    /// them, and none says where.
    /// </summary>
    private byte[] Fitting(byte[] result, RequestPairs pairs)
    {
        if ((ulong)result.Length <= plan.ResultBytesMax) return result;
        var digest = plan.Shelf.Keep(result);
        var name = ContentId.Of(digest);
        var note = new JsonObject
        {
            ["cid"] = name,
            ["sha256"] = digest.ToString(),
            ["bytes"] = result.Length,
        };
        if (!pairs.IsPolled && plan.Door() is { } door)
            note["url"] = new Uri(door, $"operator/results/{name}").ToString();
        return JsonText.Bytes(note);
    }
}
