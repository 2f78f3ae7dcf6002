using System.Text.Json.Nodes;
using Stun.Node.Operator.Wire;

namespace Stun.Node.Operator.Responders;

/// <summary>Somebody who knows the answer to what contracts ask for under one name.</summary>
public interface IResponder
{
    /// <exception cref="RequestRefusedException">It has none, and says why.</exception>
    Task<Found> AnswerAsync(Inquiry inquiry, CancellationToken cancel);
}

/// <summary>One request, as a responder sees it.</summary>
/// <param name="Key">Names the request over all chains, so that work is done once.</param>
/// <param name="Data">What the pair <c>data</c> says, or the blob that it names.</param>
public sealed record Inquiry(string Key, RequestPairs Pairs, ReadOnlyMemory<byte> Data, IWorkMemory Memory);

/// <summary>What a responder has found.</summary>
public abstract record Found
{
    private Found() { }

    /// <summary>A text that is passed on as it is.</summary>
    public sealed record Plain(byte[] Text) : Found;

    /// <summary>What somebody wrote: perhaps a document.</summary>
    public sealed record Said(byte[] Text) : Found;

    public sealed record Document(JsonNode? Value) : Found;
}
