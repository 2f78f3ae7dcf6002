using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Stun.Tee.Release;

/// <summary>
/// The keys of one exchange. Messages are sealed and opened in order, each under its own nonce; further keys are
/// derived from it by name. Not for two threads.
/// </summary>
public sealed class HpkeContext : IDisposable
{
    public const int NonceSize = 12;
    public const int TagSize = 16;

    /// <summary>More could not come from one derivation.</summary>
    public const int ExportMax = 255 * 32;

    private readonly AesGcm cipher;
    private readonly byte[] baseNonce;
    private readonly byte[] exporter;
    private readonly byte[] suite;
    private ulong sequence;

    internal HpkeContext(byte[] key, byte[] baseNonce, byte[] exporter, byte[] suite)
    {
        cipher = new AesGcm(key, TagSize);
        CryptographicOperations.ZeroMemory(key);
        this.baseNonce = baseNonce;
        this.exporter = exporter;
        this.suite = suite;
    }

    /// <summary>Ciphertext and, behind it, its tag.</summary>
    public byte[] Seal(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associated)
    {
        var sealedBytes = new byte[plaintext.Length + TagSize];
        var (text, tag) = (sealedBytes.AsMemory(0, plaintext.Length), sealedBytes.AsMemory(plaintext.Length));
        cipher.Encrypt(Next(), plaintext, text.Span, tag.Span, associated);
        return sealedBytes;
    }

    public byte[] Open(ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> associated)
    {
        if (sealedBytes.Length < TagSize) throw Broken();
        var plaintext = new byte[sealedBytes.Length - TagSize];
        // A message that does not open takes no number: the one that belongs here may still come.
        var nonce = NonceAt(sequence);
        try
        {
            cipher.Decrypt(
                nonce, sealedBytes[..plaintext.Length], sealedBytes[plaintext.Length..], plaintext, associated);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw Broken();
        }
        sequence++;
        return plaintext;
    }

    public byte[] Export(ReadOnlySpan<byte> name, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, ExportMax);
        return Hpke.LabeledExpand(suite, exporter, "sec"u8, name, length);
    }

    private byte[] Next()
    {
        var nonce = NonceAt(sequence);
        // Checked arithmetic: a number is never used twice.
        sequence++;
        return nonce;
    }

    private byte[] NonceAt(ulong number)
    {
        var nonce = (byte[])baseNonce.Clone();
        var low = nonce.AsSpan(NonceSize - sizeof(ulong));
        BinaryPrimitives.WriteUInt64BigEndian(low, BinaryPrimitives.ReadUInt64BigEndian(low) ^ number);
        return nonce;
    }

    internal static KeyReleaseException Broken() =>
        new("release.broken", "What was sealed does not open: it was changed, or is for another key or another use.");

    public void Dispose()
    {
        cipher.Dispose();
        CryptographicOperations.ZeroMemory(exporter);
    }
}
