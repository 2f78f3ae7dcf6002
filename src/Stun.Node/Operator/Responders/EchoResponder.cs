using System.Text.Json.Nodes;
using Stun.Node.Operator.Results;

namespace Stun.Node.Operator.Responders;

/// <summary>Says a document again: for trying out what is made of answers.</summary>
public sealed class EchoResponder : IResponder
{
    public Task<Found> AnswerAsync(Inquiry inquiry, CancellationToken cancel) =>
        Task.FromResult<Found>(new Found.Document(DocumentOf(inquiry)));

    private const int DocumentBytesMax = 1 << 20;

    /// <summary>The data as a document; an empty one where there are none.</summary>
    /// <exception cref="RequestRefusedException"><c>operator.bad-data</c></exception>
    internal static JsonNode? DocumentOf(Inquiry inquiry)
    {
        if (inquiry.Data.Length > DocumentBytesMax)
            throw new RequestRefusedException("operator.too-large",
                $"The document has {inquiry.Data.Length} bytes; {DocumentBytesMax} are taken.");
        if (inquiry.Data.Span.Trim(" \t\r\n"u8).IsEmpty) return new JsonObject();
        if (JsonText.TryParse(inquiry.Data.Span, out var document)) return document;
        throw new RequestRefusedException("operator.bad-data",
            "The data are no document of JSON, and this needs one. Quote a text.");
    }
}
