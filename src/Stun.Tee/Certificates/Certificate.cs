using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Stun.Tee.Certificates;

/// <summary>
/// An X.509 certificate, as much of it as a chain of hardware needs (RFC 5280, version 3, DER). Our own reader, because
/// the framework's chains ask the machine's clock, its trusted roots and the network, and none of them may have a say.
/// </summary>
internal sealed record Certificate
{
    private const string BasicConstraints = "2.5.29.19";
    private const string KeyUsage = "2.5.29.15";
    private const int KeyCertSignBit = 5;
    private const int CrlSignBit = 6;

    public required ReadOnlyMemory<byte> Raw { get; init; }

    /// <summary>What the issuer has signed.</summary>
    public required ReadOnlyMemory<byte> Signed { get; init; }

    public required ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>Null is an algorithm that we do not take.</summary>
    public required SignatureScheme? Scheme { get; init; }

    public required ReadOnlyMemory<byte> Serial { get; init; }

    /// <summary>Names are compared as bytes: those of hardware are copied by machines.</summary>
    public required ReadOnlyMemory<byte> Issuer { get; init; }

    public required ReadOnlyMemory<byte> Subject { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    public required PublicKey Key { get; init; }

    public required IReadOnlyList<CertificateExtension> Extensions { get; init; }

    public bool IsAuthority { get; private init; }

    /// <summary>How many authorities may stand below it; null is any number.</summary>
    public int? PathLength { get; private init; }

    private int? Usage { get; init; }

    public bool MaySignCertificates => IsAuthority && (Usage is null || (Usage & (1 << KeyCertSignBit)) != 0);

    public bool MaySignLists => IsAuthority && (Usage is null || (Usage & (1 << CrlSignBit)) != 0);

    /// <summary>A critical extension that we do not know may say that all else means something different.</summary>
    public string? UnknownCritical => Extensions
        .FirstOrDefault(each => each.IsCritical && each.Id is not (BasicConstraints or KeyUsage))?.Id;

    public ReadOnlyMemory<byte>? ExtensionOf(string id) => Extensions.FirstOrDefault(each => each.Id == id)?.Value;

    public static Certificate Parse(ReadOnlyMemory<byte> der)
    {
        if (der.Length > TeeLimits.CertificateBytesMax)
            throw new EvidenceException("format.size", $"A certificate of {der.Length} bytes is too large.");
        return Der.Read(der, "A certificate", reader => Read(der, reader));
    }

    private static Certificate Read(ReadOnlyMemory<byte> der, AsnReader reader)
    {
        var outer = reader.ReadSequence();
        var signed = outer.PeekEncodedValue();
        var inner = outer.ReadSequence();
        var schemeBytes = outer.PeekEncodedValue();
        var scheme = Der.ReadScheme(outer.ReadSequence());
        var signature = outer.ReadBitString(out var unused);
        outer.ThrowIfNotEmpty();
        if (unused != 0) throw new EvidenceException("format.certificate", "A signature is no whole number of bytes.");

        var version = inner.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true)).ReadInteger();
        if (version != 2) throw new EvidenceException("format.certificate", "A certificate is not of version 3.");
        var serial = inner.ReadIntegerBytes();
        // The algorithm stands inside and outside of what is signed; the outer one alone could be exchanged.
        if (!inner.ReadEncodedValue().Span.SequenceEqual(schemeBytes.Span))
            throw new EvidenceException("format.certificate", "A certificate names two algorithms.");
        var issuer = inner.ReadEncodedValue();
        var validity = inner.ReadSequence();
        var notBefore = Der.ReadTime(validity);
        var notAfter = Der.ReadTime(validity);
        validity.ThrowIfNotEmpty();
        var subject = inner.ReadEncodedValue();
        var key = PublicKey.FromInfo(inner.ReadEncodedValue());
        List<CertificateExtension> extensions = [];
        var extensionsTag = new Asn1Tag(TagClass.ContextSpecific, 3, isConstructed: true);
        if (inner.HasData)
        {
            var tagged = inner.ReadSequence(extensionsTag);
            extensions = Der.ReadExtensions(tagged.ReadSequence());
            tagged.ThrowIfNotEmpty();
        }
        inner.ThrowIfNotEmpty();
        var (isAuthority, pathLength) = ReadConstraints(extensions);
        return new Certificate
        {
            Raw = der,
            Signed = signed,
            Signature = signature,
            Scheme = scheme,
            Serial = serial,
            Issuer = issuer,
            Subject = subject,
            NotBefore = notBefore,
            NotAfter = notAfter,
            Key = key,
            Extensions = extensions,
            IsAuthority = isAuthority,
            PathLength = pathLength,
            Usage = ReadUsage(extensions),
        };
    }

    private static (bool IsAuthority, int? PathLength) ReadConstraints(List<CertificateExtension> extensions)
    {
        if (extensions.Find(each => each.Id == BasicConstraints) is not { } found) return (false, null);
        return Der.Read<(bool, int?)>(found.Value, "The basic constraints of a certificate", reader =>
        {
            var sequence = reader.ReadSequence();
            var isAuthority = sequence.HasData
                && sequence.PeekTag().HasSameClassAndValue(new Asn1Tag(UniversalTagNumber.Boolean))
                && sequence.ReadBoolean();
            int? length = null;
            if (sequence.HasData && sequence.TryReadInt32(out var value)) length = value;
            sequence.ThrowIfNotEmpty();
            return (isAuthority, length);
        });
    }

    private static int? ReadUsage(List<CertificateExtension> extensions)
    {
        if (extensions.Find(each => each.Id == KeyUsage) is not { } found) return null;
        return Der.Read<int?>(found.Value, "The key usage of a certificate", reader =>
        {
            // Bit 0 of the standard is the highest one of the first byte.
            var bits = reader.ReadBitString(out _);
            var usage = 0;
            for (var bit = 0; bit < Math.Min(bits.Length * 8, 16); bit++)
                if ((bits[bit / 8] & (0x80 >> (bit % 8))) != 0) usage |= 1 << bit;
            return usage;
        });
    }

    public override string ToString() => Convert.ToHexStringLower(SHA256.HashData(Raw.Span));
}
