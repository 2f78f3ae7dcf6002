using System.Text.Json;
using System.Text.Json.Serialization;
using Stun.Chain.Evm;
using Stun.Node.Operator.Wire;

namespace Stun.Node.Operator.Following;

/// <summary>What happened to a request, as it stands in the journal: one line each.</summary>
internal sealed record LaneEntry(EntryKind Kind)
{
    public string? Id { get; init; }

    /// <summary>Of the log that says so.</summary>
    public ulong? Block { get; init; }

    /// <summary>Of the block in which it was asked.</summary>
    public string? BlockHash { get; init; }

    public RequestText? Request { get; init; }

    /// <summary>A signed order, canonical.</summary>
    public byte[]? Order { get; init; }

    /// <summary>The answer; of one that was refused only its hash.</summary>
    public byte[]? Result { get; init; }

    /// <summary>Of the payment; of an answer that was refused what was kept of it.</summary>
    public string? Refund { get; init; }

    /// <summary>The code of a refusal, or why nothing more is tried.</summary>
    public string? Reason { get; init; }

    /// <summary>Of the request; of an answer that was refused the end of its window.</summary>
    public string? Expiration { get; init; }

    /// <summary>A place in the chain up to which all is told and final.</summary>
    public string? Place { get; init; }
}

internal enum EntryKind : byte
{
    /// <summary>It was asked.</summary>
    Asked,

    /// <summary>The network was ordered to do it, under this order and no other.</summary>
    Ordered,

    /// <summary>The answer is known.</summary>
    Replied,

    /// <summary>It ends later than it said.</summary>
    Extended,

    /// <summary>The chain has taken that back.</summary>
    ExtensionTakenBack,

    /// <summary>What is left of the payment has to be paid out by a second transaction.</summary>
    RefundDue,

    /// <summary>It was, or there is nothing to pay.</summary>
    RefundDone,

    /// <summary>The consumer has refused the answer.</summary>
    CallbackRefused,

    /// <summary>It has taken it since, or what was kept went back, or the chain has taken the refusal back.</summary>
    RefusalOver,

    /// <summary>The chain says that it is over.</summary>
    Settled,

    /// <summary>The chain has taken that back.</summary>
    Reopened,

    /// <summary>The chain has taken the request back.</summary>
    Retracted,

    /// <summary>This node can do nothing more about it but see it expire.</summary>
    GivenUp,

    /// <summary>Nothing will change any more.</summary>
    Forgotten,

    /// <summary>So far the chain has been read.</summary>
    Reached,
}

/// <summary>A request as text.</summary>
internal sealed record RequestText(
    string Spec, string Requester, string Payment, string Callback, string Function, string Expiration,
    string Version, byte[] Data)
{
    public static RequestText Of(OracleRequest request) => new(
        request.SpecId.ToString(), request.Requester.ToString(), request.Payment.ToString(),
        request.CallbackAddress.ToString(), request.CallbackFunction.ToString("x8"), request.Expiration.ToString(),
        request.DataVersion.ToString(), [.. request.Data.Span]);

    public OracleRequest Read(Digest id) => new(
        DigestOf(Spec), AddressText.Parse(Requester, "a journal's requester"), id, NumberOf(Payment),
        AddressText.Parse(Callback, "a journal's callback"), Convert.ToUInt32(Function, 16), NumberOf(Expiration),
        NumberOf(Version), ValueList.Create<byte>(Data));

    public static UInt256 NumberOf(string text) => UInt256.TryParse(text) ?? throw new FormatException("no number");

    public static Digest DigestOf(string text) => Digest.Read(Convert.FromHexString(text));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(LaneEntry))]
internal sealed partial class LaneJson : JsonSerializerContext;
