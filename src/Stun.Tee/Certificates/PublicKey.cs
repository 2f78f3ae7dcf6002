using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Stun.Tee.Certificates;

/// <summary>A key that signatures are checked with: ECDSA on P-256, P-384 or P-521, or RSA.</summary>
internal sealed class PublicKey
{
    private const string Ec = "1.2.840.10045.2.1";
    private const string Rsa = "1.2.840.113549.1.1.1";
    private static readonly string[] Curves = ["1.2.840.10045.3.1.7", "1.3.132.0.34", "1.3.132.0.35"];

    private const int RsaBitsMin = 2048;
    private const int RsaBitsMax = 8192;

    private readonly byte[] info;

    private PublicKey(byte[] info) => this.info = info;

    /// <summary>The subject public key info.</summary>
    public ReadOnlySpan<byte> Info => info;

    /// <summary>What a root is pinned by.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(info));

    /// <summary>
    /// Refuses every curve without a name that we know: whoever may bring the parameters of a curve along can make a
    /// key for which he knows the secret half look like another's.
    /// </summary>
    public static PublicKey FromInfo(ReadOnlyMemory<byte> info) => Der.Read(info, "A public key", reader =>
    {
        var algorithm = reader.ReadSequence().ReadSequence();
        var id = algorithm.ReadObjectIdentifier();
        var isKnown = id == Rsa || (id == Ec && algorithm.PeekTag() == Asn1Tag.ObjectIdentifier
            && Curves.Contains(algorithm.ReadObjectIdentifier()));
        return isKnown ? new PublicKey(info.ToArray())
            : throw new EvidenceException("format.key", $"A public key of the kind {id} is not taken.");
    });

    /// <summary>A point of a curve as its two coordinates.</summary>
    public static PublicKey FromPoint(ECCurve curve, ReadOnlySpan<byte> point)
    {
        var half = point.Length / 2;
        try
        {
            using var key = ECDsa.Create(new ECParameters
            {
                Curve = curve,
                Q = new ECPoint { X = point[..half].ToArray(), Y = point[half..].ToArray() },
            });
            return new PublicKey(key.ExportSubjectPublicKeyInfo());
        }
        catch (CryptographicException)
        {
            throw new EvidenceException("format.key", "A public key is no point of its curve.");
        }
    }

    public static PublicKey FromRsa(byte[] modulus, byte[] exponent)
    {
        try
        {
            using var key = RSA.Create(new RSAParameters { Modulus = modulus, Exponent = exponent });
            return new PublicKey(key.ExportSubjectPublicKeyInfo());
        }
        catch (CryptographicException)
        {
            throw new EvidenceException("format.key", "A public key is no key for RSA.");
        }
    }

    /// <summary>A signature in the form of certificates.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, SignatureScheme scheme) =>
        Verify(data, signature, scheme, DSASignatureFormat.Rfc3279DerSequence);

    /// <summary>A signature as two numbers of fixed size, as quotes have it.</summary>
    public bool VerifyFixed(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, SignatureScheme scheme) =>
        Verify(data, signature, scheme, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    private bool Verify(
        ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, SignatureScheme scheme, DSASignatureFormat format)
    {
        try
        {
            if (scheme is SignatureScheme.RsaPssSha384 or SignatureScheme.RsaSha256)
                return VerifyRsa(data, signature, scheme);
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(info, out var read);
            return read == info.Length && key.VerifyData(data, signature, HashOf(scheme), format);
        }
        catch (CryptographicException)
        {
            // A key of another kind, a point off its curve, a signature that is no signature: not good, each of them.
            return false;
        }
    }

    private bool VerifyRsa(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, SignatureScheme scheme)
    {
        using var key = RSA.Create();
        key.ImportSubjectPublicKeyInfo(info, out var read);
        if (read != info.Length || key.KeySize is < RsaBitsMin or > RsaBitsMax) return false;
        return key.VerifyData(data, signature, HashOf(scheme),
            scheme == SignatureScheme.RsaPssSha384 ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
    }

    private static HashAlgorithmName HashOf(SignatureScheme scheme) => scheme switch
    {
        SignatureScheme.EcdsaSha256 or SignatureScheme.RsaSha256 => HashAlgorithmName.SHA256,
        SignatureScheme.EcdsaSha384 or SignatureScheme.RsaPssSha384 => HashAlgorithmName.SHA384,
        _ => HashAlgorithmName.SHA512,
    };
}
