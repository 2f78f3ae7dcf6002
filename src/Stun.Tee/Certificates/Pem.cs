using System.Security.Cryptography;
using System.Text;

namespace Stun.Tee.Certificates;

/// <summary>Certificates in the armour of RFC 7468, one after another.</summary>
internal static class Pem
{
    private const string CertificateLabel = "CERTIFICATE";

    public static List<Certificate> ReadCertificates(ReadOnlySpan<byte> ascii)
    {
        if (ascii.Length > TeeLimits.BundleBytesMax)
            throw new EvidenceException("format.size", $"Certificates of {ascii.Length} bytes are too many.");
        // Quotes end their chain with a zero byte as C does.
        var text = Encoding.Latin1.GetString(ascii.TrimEnd((byte)0)).AsSpan();
        List<Certificate> found = [];
        while (PemEncoding.TryFind(text, out var fields))
        {
            if (!text[fields.Label].SequenceEqual(CertificateLabel))
                throw new EvidenceException("format.pem", "There is something other than certificates in the chain.");
            if (found.Count == TeeLimits.CertificatesMax)
                throw new EvidenceException("format.size", "There are too many certificates in the chain.");
            var der = new byte[fields.DecodedDataLength];
            if (!Convert.TryFromBase64Chars(text[fields.Base64Data], der, out var length) || length != der.Length)
                throw new EvidenceException("format.pem", "The armour of a certificate is broken.");
            found.Add(Certificate.Parse(der));
            text = text[fields.Location.End..];
        }
        return found.Count > 0 ? found
            : throw new EvidenceException("format.pem", "There is no certificate in the chain.");
    }

    /// <summary>One certificate or several, in armour or bare.</summary>
    public static List<Certificate> ReadAny(ReadOnlyMemory<byte> bytes) =>
        bytes.Span.IndexOf("-----BEGIN"u8) >= 0 ? ReadCertificates(bytes.Span) : [Certificate.Parse(bytes)];
}
