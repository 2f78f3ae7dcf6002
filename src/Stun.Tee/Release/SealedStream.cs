using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Stun.Tee.Release;

/// <summary>
/// A stream of any length in sealed pieces, in constant memory.
/// </summary>
/// <remarks>
///   piece │ piece │ ... │ last piece
///
/// A piece is 64 KiB of AES-256-GCM with its tag; the last may be shorter. The nonce of a piece is its number and
/// whether it is the last, so that pieces that are left out, doubled, exchanged or cut off at the end do not open (the
/// STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár). Key and prefix of nonces are exported from HPKE and
/// used for one stream. What is opened is right as far as it goes; that it is whole is known only at the end.
/// </remarks>
internal sealed class SealedStream : IDisposable
{
    public const int PieceSize = 64 * 1024;
    private const int SealedSize = PieceSize + HpkeContext.TagSize;
    private const int KeySize = 32;
    private const int PrefixSize = 7;

    private readonly AesGcm cipher;
    private readonly byte[] nonce = new byte[HpkeContext.NonceSize];
    private uint number;

    public SealedStream(HpkeContext keys)
    {
        var key = keys.Export("stun blob key"u8, KeySize);
        cipher = new AesGcm(key, HpkeContext.TagSize);
        CryptographicOperations.ZeroMemory(key);
        keys.Export("stun blob nonce"u8, PrefixSize).CopyTo(nonce, 0);
    }

    /// <summary>How long the pieces of so many bytes are.</summary>
    public static long SealedLength(long plainLength)
    {
        var pieces = Math.Max(1, (plainLength + PieceSize - 1) / PieceSize);
        return plainLength + (pieces * HpkeContext.TagSize);
    }

    public async Task SealAsync(Stream plain, Stream destination, CancellationToken cancel)
    {
        var (current, next) = (new byte[PieceSize], new byte[PieceSize]);
        var sealedPiece = new byte[SealedSize];
        var length = await plain.ReadAtLeastAsync(current, PieceSize, false, cancel).ConfigureAwait(false);
        while (true)
        {
            // Whether a piece is the last is known when nothing comes after it.
            var nextLength = length < PieceSize ? 0
                : await plain.ReadAtLeastAsync(next, PieceSize, false, cancel).ConfigureAwait(false);
            Seal(current.AsSpan(0, length), sealedPiece, isLast: nextLength == 0);
            await destination.WriteAsync(sealedPiece.AsMemory(0, length + HpkeContext.TagSize), cancel)
                .ConfigureAwait(false);
            if (nextLength == 0) break;
            (current, next, length) = (next, current, nextLength);
        }
        CryptographicOperations.ZeroMemory(current);
        CryptographicOperations.ZeroMemory(next);
    }

    /// <exception cref="KeyReleaseException">It was changed, cut off, or is for another key or use. What was written
    /// until then must be thrown away.</exception>
    public async Task OpenAsync(Stream source, Stream plain, CancellationToken cancel)
    {
        var (current, next) = (new byte[SealedSize], new byte[SealedSize]);
        var opened = new byte[PieceSize];
        var length = await source.ReadAtLeastAsync(current, SealedSize, false, cancel).ConfigureAwait(false);
        while (true)
        {
            var nextLength = length < SealedSize ? 0
                : await source.ReadAtLeastAsync(next, SealedSize, false, cancel).ConfigureAwait(false);
            var count = Open(current.AsSpan(0, length), opened, isLast: nextLength == 0);
            await plain.WriteAsync(opened.AsMemory(0, count), cancel).ConfigureAwait(false);
            if (nextLength == 0) break;
            (current, next, length) = (next, current, nextLength);
        }
        CryptographicOperations.ZeroMemory(opened);
    }

    private void Seal(ReadOnlySpan<byte> plain, Span<byte> destination, bool isLast)
    {
        Number(isLast);
        cipher.Encrypt(
            nonce, plain, destination[..plain.Length], destination.Slice(plain.Length, HpkeContext.TagSize));
    }

    private int Open(ReadOnlySpan<byte> source, Span<byte> destination, bool isLast)
    {
        if (source.Length < HpkeContext.TagSize)
            throw new KeyReleaseException("release.cut", "The sealed blob is cut off.");
        Number(isLast);
        var length = source.Length - HpkeContext.TagSize;
        try
        {
            cipher.Decrypt(nonce, source[..length], source[length..], destination[..length]);
            return length;
        }
        catch (AuthenticationTagMismatchException)
        {
            throw HpkeContext.Broken();
        }
    }

    /// <summary>Checked arithmetic ends a blob of 256 TiB before a number comes twice.</summary>
    private void Number(bool isLast)
    {
        BinaryPrimitives.WriteUInt32BigEndian(nonce.AsSpan(PrefixSize), number++);
        nonce[^1] = isLast ? (byte)1 : (byte)0;
    }

    public void Dispose() => cipher.Dispose();
}
