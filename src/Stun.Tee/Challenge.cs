using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Stun.Tee;

/// <summary>
/// What evidence must answer: a nonce that nobody could know before, and the key that was born beside what is measured.
/// Hardware has 64 bytes for it, GPUs 32; the digest is over both with their lengths, so that no other pair has it.
/// </summary>
public sealed record Challenge(ReadOnlyMemory<byte> Nonce, ReadOnlyMemory<byte> PublicKey)
{
    public const int NonceSizeMin = 16;
    public const int NonceSizeMax = 1024;

    /// <summary>For reports with 64 bytes.</summary>
    public byte[] ReportData() => SHA512.HashData(Bytes());

    /// <summary>For those with 32.</summary>
    public byte[] ShortReportData() => SHA256.HashData(Bytes());

    private byte[] Bytes()
    {
        if (Nonce.Length is < NonceSizeMin or > NonceSizeMax)
            throw new EvidenceException("challenge.nonce",
                $"A nonce has {NonceSizeMin} to {NonceSizeMax} bytes, and not {Nonce.Length}.");
        var domain = "stun tee challenge 1"u8;
        var bytes = new byte[domain.Length + 8 + Nonce.Length + PublicKey.Length];
        domain.CopyTo(bytes);
        var rest = bytes.AsSpan(domain.Length);
        BinaryPrimitives.WriteInt32BigEndian(rest, Nonce.Length);
        Nonce.Span.CopyTo(rest[4..]);
        rest = rest[(4 + Nonce.Length)..];
        BinaryPrimitives.WriteInt32BigEndian(rest, PublicKey.Length);
        PublicKey.Span.CopyTo(rest[4..]);
        return bytes;
    }
}
