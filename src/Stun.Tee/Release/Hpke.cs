using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Stun.Tee.Release;

/// <summary>
/// Hybrid public key encryption (RFC 9180): DHKEM with P-256 and HKDF-SHA256, HKDF-SHA256, AES-GCM. In its base mode
/// whoever has the recipient's public key can seal, and the sender stays unknown; with a secret that both sides have
/// before (mode_psk) only who has that can seal, too.
/// </summary>
public static class Hpke
{
    public const int PublicKeySize = 65;
    private const int HashSize = 32;
    private const ushort Kem = 0x0010;
    private const ushort Kdf = 0x0001;

    internal const ushort Aes128 = 0x0001;
    internal const ushort Aes256 = 0x0002;

    private const byte BaseMode = 0;
    private const byte SharedMode = 1;

    private static ReadOnlySpan<byte> Version => "HPKE-v1"u8;

    /// <summary>The sender's side: what goes to the recipient first, and the context to seal with.</summary>
    /// <param name="shared">Null is the base mode.</param>
    public static (byte[] Encapsulated, HpkeContext Context) Send(
        ReadOnlySpan<byte> recipient, ReadOnlySpan<byte> info, SharedSecret? shared = null)
    {
        using var ephemeral = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        return Send(recipient, info, ephemeral, Aes256, shared);
    }

    /// <summary>With an ephemeral key that is given: for the standard's vectors, and for nothing else.</summary>
    internal static (byte[] Encapsulated, HpkeContext Context) Send(
        ReadOnlySpan<byte> recipient, ReadOnlySpan<byte> info, ECDiffieHellman ephemeral, ushort aead,
        SharedSecret? shared = null)
    {
        var encapsulated = PointOf(ephemeral);
        var agreed = Agree(ephemeral, recipient, encapsulated, recipient);
        return (encapsulated, Schedule(agreed, info, aead, shared));
    }

    /// <summary>The recipient's side.</summary>
    public static HpkeContext Receive(
        ReadOnlySpan<byte> encapsulated, ECDiffieHellman key, ReadOnlySpan<byte> info, SharedSecret? shared = null) =>
        Receive(encapsulated, key, info, Aes256, shared);

    internal static HpkeContext Receive(
        ReadOnlySpan<byte> encapsulated, ECDiffieHellman key, ReadOnlySpan<byte> info, ushort aead,
        SharedSecret? shared = null) =>
        Schedule(Agree(key, encapsulated, encapsulated, PointOf(key)), info, aead, shared);

    /// <summary>A public key as a point without compression.</summary>
    public static byte[] PointOf(ECDiffieHellman key)
    {
        var point = key.ExportParameters(false).Q;
        return [0x04, .. point.X!, .. point.Y!];
    }

    /// <summary>Refuses what is no point of the curve.</summary>
    internal static ECDiffieHellman KeyOf(ReadOnlySpan<byte> point)
    {
        if (point.Length != PublicKeySize || point[0] != 0x04)
            throw new KeyReleaseException("release.key", "A public key is no point of P-256 without compression.");
        try
        {
            return ECDiffieHellman.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = point[1..33].ToArray(), Y = point[33..].ToArray() },
            });
        }
        catch (CryptographicException)
        {
            throw new KeyReleaseException("release.key", "A public key is no point of P-256.");
        }
    }

    private static byte[] Agree(
        ECDiffieHellman mine, ReadOnlySpan<byte> theirs, ReadOnlySpan<byte> encapsulated, ReadOnlySpan<byte> recipient)
    {
        using var other = KeyOf(theirs);
        using var otherPublic = other.PublicKey;
        var agreed = mine.DeriveRawSecretAgreement(otherPublic);
        byte[] suite = [.. "KEM"u8, .. Word(Kem)];
        var key = LabeledExtract(suite, [], "eae_prk"u8, agreed);
        var secret = LabeledExpand(suite, key, "shared_secret"u8, [.. encapsulated, .. recipient], HashSize);
        CryptographicOperations.ZeroMemory(agreed);
        CryptographicOperations.ZeroMemory(key);
        return secret;
    }

    private static HpkeContext Schedule(byte[] agreed, ReadOnlySpan<byte> info, ushort aead, SharedSecret? shared)
    {
        byte[] suite = [.. "HPKE"u8, .. Word(Kem), .. Word(Kdf), .. Word(aead)];
        byte[] context =
        [
            shared is null ? BaseMode : SharedMode,
            .. LabeledExtract(suite, [], "psk_id_hash"u8, shared is null ? [] : shared.Id.Span),
            .. LabeledExtract(suite, [], "info_hash"u8, info),
        ];
        var secret = LabeledExtract(suite, agreed, "secret"u8, shared is null ? [] : shared.Key.Span);
        var keySize = aead == Aes128 ? 16 : 32;
        var result = new HpkeContext(
            LabeledExpand(suite, secret, "key"u8, context, keySize),
            LabeledExpand(suite, secret, "base_nonce"u8, context, HpkeContext.NonceSize),
            LabeledExpand(suite, secret, "exp"u8, context, HashSize), suite);
        CryptographicOperations.ZeroMemory(agreed);
        CryptographicOperations.ZeroMemory(secret);
        return result;
    }

    private static byte[] LabeledExtract(
        ReadOnlySpan<byte> suite, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> label, ReadOnlySpan<byte> input)
    {
        byte[] labeled = [.. Version, .. suite, .. label, .. input];
        var key = new byte[HashSize];
        HKDF.Extract(HashAlgorithmName.SHA256, labeled, salt, key);
        CryptographicOperations.ZeroMemory(labeled);
        return key;
    }

    internal static byte[] LabeledExpand(
        ReadOnlySpan<byte> suite, ReadOnlySpan<byte> key, ReadOnlySpan<byte> label, ReadOnlySpan<byte> info, int length)
    {
        byte[] labeled = [.. Word((ushort)length), .. Version, .. suite, .. label, .. info];
        var output = new byte[length];
        HKDF.Expand(HashAlgorithmName.SHA256, key, output, labeled);
        return output;
    }

    private static byte[] Word(ushort value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        return bytes;
    }
}
