using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Stun.Node.Transport;

/// <summary>
/// One direction of a link: AES-256-GCM under a key of this link alone, with the number of the frame as its nonce. The
/// number is not sent: a frame that is replayed, left out or out of order does not open. A frame is the version, the
/// ciphertext and the tag; the version is authenticated.
/// </summary>
/// <remarks>Not safe for two threads: a link has one writer and one reader, each with its own.</remarks>
internal sealed class FrameCipher(ReadOnlySpan<byte> key) : IDisposable
{
    public const int TagSize = 16;

    /// <summary>The version before, the tag behind.</summary>
    public const int Overhead = 1 + TagSize;

    private const int NonceSize = 12;

    private readonly AesGcm aes = new(key, TagSize);
    private ulong frame;

    public void Seal(ReadOnlySpan<byte> plain, Span<byte> sealedFrame)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        NextNonce(nonce);
        sealedFrame[0] = Envelope.Version;
        aes.Encrypt(nonce, plain, sealedFrame[1..^TagSize], sealedFrame[^TagSize..], sealedFrame[..1]);
    }

    /// <summary>Opens into <paramref name="plain"/>, which has <see cref="Overhead"/> bytes less.</summary>
    /// <exception cref="TransportException">Not the next frame of this direction.</exception>
    public void Open(ReadOnlySpan<byte> sealedFrame, Span<byte> plain)
    {
        if (sealedFrame.Length <= Overhead)
            throw TransportException.Malformed($"A frame of {sealedFrame.Length} bytes holds nothing.");
        if (sealedFrame.Length > TransportLimits.FrameBytesMax) throw TooLarge(TransportLimits.FrameBytesMax);
        if (sealedFrame[0] != Envelope.Version)
            throw new TransportException(LinkCodes.Version,
                $"A frame of version {sealedFrame[0]}; this node speaks {Envelope.Version}.", "Update the older node.");
        Span<byte> nonce = stackalloc byte[NonceSize];
        NextNonce(nonce);
        try
        {
            aes.Decrypt(nonce, sealedFrame[1..^TagSize], sealedFrame[^TagSize..], plain, sealedFrame[..1]);
        }
        catch (CryptographicException cause)
        {
            throw new TransportException(LinkCodes.FrameRefused,
                $"Frame {frame - 1} is not what this peer sealed next: changed, replayed or out of order.",
                "The link is closed and made anew; if it happens again, look at what stands between the nodes.", cause);
        }
    }

    public static TransportException TooLarge(int most) =>
        new(LinkCodes.TooLarge, $"A frame of more than {most} bytes.", "Send large data as blobs.");

    public void Dispose() => aes.Dispose();

    // 2^64 frames: no link lives so long, and the build checks overflows.
    private void NextNonce(Span<byte> nonce) => BinaryPrimitives.WriteUInt64BigEndian(nonce[4..], frame++);
}
