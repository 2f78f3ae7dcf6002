using System.Net;
using System.Net.Http.Headers;
using Stun.Node.Serving;

namespace Stun.Node.Doors.OpenAi;

/// <summary>A question on its way out: the bytes as they came, but for the name of the model.</summary>
internal sealed class QuestionContent : HttpContent
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private readonly ReadOnlyMemory<byte> before;
    private readonly ReadOnlyMemory<byte> name;
    private readonly ReadOnlyMemory<byte> after;

    /// <param name="name">In quotes; empty where it is called the same.</param>
    public QuestionContent(ModelQuestion question, ReadOnlyMemory<byte> name)
    {
        Headers.ContentType = Json;
        if (name.Length == 0)
        {
            before = question.Body;
            return;
        }
        this.name = name;
        var at = question.ModelAt.Equals(default(Range)) ? Question.NameIn(question.Body.Span) : question.ModelAt;
        before = question.Body[..at.Start.Value];
        after = question.Body[at.End.Value..];
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(before, cancellationToken).ConfigureAwait(false);
        if (name.Length == 0) return;
        await stream.WriteAsync(name, cancellationToken).ConfigureAwait(false);
        await stream.WriteAsync(after, cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = before.Length + name.Length + after.Length;
        return true;
    }
}
