using System.Formats.Asn1;

namespace Stun.Tee.Certificates;

/// <summary>What certificates and lists have in common.</summary>
internal static class Der
{
    private const string EcdsaWithSha256 = "1.2.840.10045.4.3.2";
    private const string EcdsaWithSha384 = "1.2.840.10045.4.3.3";
    private const string EcdsaWithSha512 = "1.2.840.10045.4.3.4";
    private const string RsassaPss = "1.2.840.113549.1.1.10";
    private const string Mgf1 = "1.2.840.113549.1.1.8";
    private const string Sha384 = "2.16.840.1.101.3.4.2.2";

    private static readonly Asn1Tag HashTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag MaskTag = new(TagClass.ContextSpecific, 1, isConstructed: true);
    private static readonly Asn1Tag SaltTag = new(TagClass.ContextSpecific, 2, isConstructed: true);
    private static readonly Asn1Tag TrailerTag = new(TagClass.ContextSpecific, 3, isConstructed: true);

    /// <summary>Reads, and turns all that the framework says of malformed bytes into our exception.</summary>
    public static T Read<T>(ReadOnlyMemory<byte> der, string what, Func<AsnReader, T> read)
    {
        try
        {
            var reader = new AsnReader(der, AsnEncodingRules.DER);
            var value = read(reader);
            reader.ThrowIfNotEmpty();
            return value;
        }
        catch (Exception failure) when (failure is AsnContentException or OverflowException)
        {
            throw new EvidenceException("format.der", $"{what} is not what it is said to be: {failure.Message}");
        }
    }

    /// <summary>Null where it is an algorithm that we do not take.</summary>
    public static SignatureScheme? ReadScheme(AsnReader algorithm)
    {
        switch (algorithm.ReadObjectIdentifier())
        {
            case EcdsaWithSha256:
                algorithm.ThrowIfNotEmpty();
                return SignatureScheme.EcdsaSha256;
            case EcdsaWithSha384:
                algorithm.ThrowIfNotEmpty();
                return SignatureScheme.EcdsaSha384;
            case EcdsaWithSha512:
                algorithm.ThrowIfNotEmpty();
                return SignatureScheme.EcdsaSha512;
            case RsassaPss:
                return IsPss384(algorithm.ReadSequence()) ? SignatureScheme.RsaPssSha384 : null;
            default:
                return null;
        }
    }

    /// <summary>SHA-384, MGF1 with SHA-384, a salt of 48 bytes: AMD's only choice.</summary>
    private static bool IsPss384(AsnReader parameters)
    {
        if (!parameters.HasData || !parameters.PeekTag().HasSameClassAndValue(HashTag)) return false;
        var isHash = parameters.ReadSequence(HashTag).ReadSequence().ReadObjectIdentifier() == Sha384;
        if (!parameters.HasData || !parameters.PeekTag().HasSameClassAndValue(MaskTag)) return false;
        var mask = parameters.ReadSequence(MaskTag).ReadSequence();
        var isMask = mask.ReadObjectIdentifier() == Mgf1 && mask.ReadSequence().ReadObjectIdentifier() == Sha384;
        if (!parameters.HasData || !parameters.PeekTag().HasSameClassAndValue(SaltTag)) return false;
        var isSalt = parameters.ReadSequence(SaltTag).ReadInteger() == 48;
        var isTrailer = true;
        if (parameters.HasData) isTrailer = parameters.ReadSequence(TrailerTag).ReadInteger() == 1;
        parameters.ThrowIfNotEmpty();
        return isHash && isMask && isSalt && isTrailer;
    }

    public static DateTimeOffset ReadTime(AsnReader reader) =>
        reader.PeekTag().HasSameClassAndValue(new Asn1Tag(UniversalTagNumber.UtcTime))
            ? reader.ReadUtcTime()
            : reader.ReadGeneralizedTime();

    /// <summary>Refuses an identifier that comes twice: which one would count?</summary>
    public static List<CertificateExtension> ReadExtensions(AsnReader sequence)
    {
        List<CertificateExtension> found = [];
        while (sequence.HasData)
        {
            var item = sequence.ReadSequence();
            var id = item.ReadObjectIdentifier();
            var isCritical = item.PeekTag().HasSameClassAndValue(new Asn1Tag(UniversalTagNumber.Boolean))
                && item.ReadBoolean();
            var value = item.ReadOctetString();
            item.ThrowIfNotEmpty();
            if (found.Exists(other => other.Id == id))
                throw new EvidenceException("format.certificate", $"The extension {id} comes twice.");
            found.Add(new CertificateExtension(id, isCritical, value));
        }
        return found;
    }
}
