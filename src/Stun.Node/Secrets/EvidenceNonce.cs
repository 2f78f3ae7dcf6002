using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Stun.Node.Secrets;

/// <summary>
/// What evidence is asked to answer, each use in words of its own: whoever asks a machine for evidence gets none that
/// would do for a receipt, an offer or another provider.
/// </summary>
public static class EvidenceNonce
{
    /// <summary>The requester's own challenge, put to this provider.</summary>
    public static byte[] ForRequest(Address provider, ReadOnlySpan<byte> challenge)
    {
        Span<byte> fields = stackalloc byte[Address.Size + SHA256.HashSizeInBytes];
        provider.Write(fields);
        // A digest, so that a challenge of any length stands for itself alone.
        SHA256.HashData(challenge, fields[Address.Size..]);
        return Hash("stun evidence for a request 1", fields);
    }

    /// <summary>That this result of this task comes from this provider's hardware.</summary>
    public static byte[] ForReceipt(TaskId task, Digest spec, Digest result, Address provider)
    {
        Span<byte> fields = stackalloc byte[16 + (2 * Digest.Size) + Address.Size];
        BinaryPrimitives.WriteUInt64BigEndian(fields, task.High);
        BinaryPrimitives.WriteUInt64BigEndian(fields[8..], task.Low);
        spec.Write(fields[16..]);
        result.Write(fields[(16 + Digest.Size)..]);
        provider.Write(fields[(16 + (2 * Digest.Size))..]);
        return Hash("stun evidence for a receipt 1", fields);
    }

    /// <summary>That what this provider offers is such hardware.</summary>
    public static byte[] ForOffer(Address provider, OfferId offer)
    {
        Span<byte> fields = stackalloc byte[Address.Size + sizeof(ulong)];
        provider.Write(fields);
        BinaryPrimitives.WriteUInt64BigEndian(fields[Address.Size..], offer.Value);
        return Hash("stun evidence for an offer 1", fields);
    }

    private static byte[] Hash(string use, ReadOnlySpan<byte> fields) =>
        SHA256.HashData([.. Encoding.UTF8.GetBytes(use), .. fields]);
}
