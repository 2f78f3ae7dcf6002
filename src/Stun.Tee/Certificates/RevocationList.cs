using System.Formats.Asn1;

namespace Stun.Tee.Certificates;

/// <summary>
/// A list of revoked certificates (RFC 5280, version 2), whole and direct; parts of lists are refused.
/// </summary>
internal sealed record RevocationList
{
    private const string AuthorityKey = "2.5.29.35";
    private const string Number = "2.5.29.20";

    public required ReadOnlyMemory<byte> Signed { get; init; }

    public required ReadOnlyMemory<byte> Signature { get; init; }

    public required SignatureScheme? Scheme { get; init; }

    public required ReadOnlyMemory<byte> Issuer { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public required DateTimeOffset NextAt { get; init; }

    private HashSet<string> Serials { get; init; } = [];

    public int Count => Serials.Count;

    public bool Revokes(Certificate certificate) =>
        Serials.Contains(Convert.ToHexString(certificate.Serial.Span));

    public static RevocationList Parse(ReadOnlyMemory<byte> der)
    {
        if (der.Length > TeeLimits.CollateralBytesMax)
            throw new EvidenceException("format.size", $"A list of revoked certificates has {der.Length} bytes.");
        return Der.Read(der, "A list of revoked certificates", Read);
    }

    private static RevocationList Read(AsnReader reader)
    {
        var outer = reader.ReadSequence();
        var signed = outer.PeekEncodedValue();
        var inner = outer.ReadSequence();
        var schemeBytes = outer.PeekEncodedValue();
        var scheme = Der.ReadScheme(outer.ReadSequence());
        var signature = outer.ReadBitString(out _);
        outer.ThrowIfNotEmpty();

        if (inner.ReadInteger() != 1) throw Odd("is not of version 2");
        if (!inner.ReadEncodedValue().Span.SequenceEqual(schemeBytes.Span)) throw Odd("names two algorithms");
        var issuer = inner.ReadEncodedValue();
        var issuedAt = Der.ReadTime(inner);
        var sequenceTag = new Asn1Tag(UniversalTagNumber.Sequence, isConstructed: true);
        if (!inner.HasData || inner.PeekTag().HasSameClassAndValue(sequenceTag)) throw Odd("does not say when it ends");
        var nextAt = Der.ReadTime(inner);
        HashSet<string> serials = [];
        if (inner.HasData && inner.PeekTag().HasSameClassAndValue(sequenceTag))
            ReadSerials(inner.ReadSequence(), serials);
        if (inner.HasData)
        {
            var tagged = inner.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true));
            RefuseUnknown(Der.ReadExtensions(tagged.ReadSequence()));
        }
        inner.ThrowIfNotEmpty();
        return new RevocationList
        {
            Signed = signed,
            Signature = signature,
            Scheme = scheme,
            Issuer = issuer,
            IssuedAt = issuedAt,
            NextAt = nextAt,
            Serials = serials,
        };
    }

    private static void ReadSerials(AsnReader entries, HashSet<string> serials)
    {
        while (entries.HasData)
        {
            var entry = entries.ReadSequence();
            serials.Add(Convert.ToHexString(entry.ReadIntegerBytes().Span));
            Der.ReadTime(entry);
            // A critical extension of an entry could say that it is another authority's certificate.
            if (entry.HasData) RefuseUnknown(Der.ReadExtensions(entry.ReadSequence()));
            entry.ThrowIfNotEmpty();
        }
    }

    private static void RefuseUnknown(List<CertificateExtension> extensions)
    {
        if (extensions.Find(each => each.IsCritical && each.Id is not (AuthorityKey or Number)) is { } unknown)
            throw Odd($"has the critical extension {unknown.Id}");
    }

    private static EvidenceException Odd(string what) =>
        new("format.crl", $"A list of revoked certificates {what}.");
}
