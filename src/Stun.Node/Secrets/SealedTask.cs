using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Stun.Execution;

namespace Stun.Node.Secrets;

/// <summary>
/// What stands in the input named <c>seal</c>: to which request the sealed inputs belong, and to which key outputs are
/// sealed. Nothing of it is secret, and nothing of it can be exchanged: inputs open only beside the one they were
/// sealed with.
/// </summary>
/// <param name="Request">Drawn by the requester for this task alone.</param>
/// <param name="ReplyKey">The requester's own, of this task alone.</param>
public sealed record SealedTask(ReadOnlyMemory<byte> Request, ReadOnlyMemory<byte> ReplyKey)
{
    /// <summary>The result of an attestation: the key to which inputs are sealed.</summary>
    public const string KeyFile = "key";

    /// <summary>The evidence beside it, where there is hardware to vouch.</summary>
    public const string EvidenceFile = "evidence";

    public const int RequestSize = 32;

    internal const int BytesMax = 4 << 10;

    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(
        new Form(Convert.ToHexStringLower(Request.Span), Convert.ToHexStringLower(ReplyKey.Span)), StrictJson.Whole);

    /// <exception cref="ExecutionException">It is none.</exception>
    public static SealedTask Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var form = JsonSerializer.Deserialize<Form>(json, StrictJson.Whole)
                ?? throw new JsonException("it is null");
            var (request, key) = (Convert.FromHexString(form.Request), Convert.FromHexString(form.ReplyKey));
            if (request.Length != RequestSize) throw new FormatException($"the request has {request.Length} bytes");
            return new SealedTask(request, key);
        }
        catch (Exception wrong) when (wrong is JsonException or FormatException)
        {
            throw new ExecutionException("secret.seal-invalid",
                $"The input '{TaskSpec.SealName}' does not say how the others are sealed: {wrong.Message}.",
                "Let 'stun run --secret' make it.");
        }
    }

    /// <summary>
    /// What the inputs are bound to: the whole of the task but the sealed bytes themselves. With another program, other
    /// words, other outputs or for another request nothing opens.
    /// </summary>
    public byte[] Binding(TaskSpec spec)
    {
        List<BlobRef> names = [];
        foreach (var input in spec.Inputs)
            if (input.Name != TaskSpec.SealName) names.Add(new BlobRef(Digest.Zero, 0, input.Name));
        var shape = TypedData.SpecDigest(spec with { Inputs = ValueList.From(names) });
        Span<byte> fields = stackalloc byte[RequestSize + Digest.Size];
        Request.Span.CopyTo(fields);
        shape.Write(fields[RequestSize..]);
        return SHA256.HashData([.. Encoding.UTF8.GetBytes("stun sealed task 1"), .. fields]);
    }

    private sealed record Form(string Request, string ReplyKey);
}
