using Stun.Tee.Certificates;
using Stun.Tee.Reading;

namespace Stun.Tee.Amd;

/// <summary>
/// The certificates that a host hands to its guests with an extended report: entries of a GUID, an offset and a length,
/// ended by an empty one, and then the certificates.
/// </summary>
internal static class SnpCertificateTable
{
    private const int EntrySize = 24;

    private static readonly Guid Vcek = new("63da758d-e664-4564-adc5-f4b93be8accd");
    private static readonly Guid Vlek = new("a8074bc2-a25a-483e-aae6-39c045a0b8a1");

    /// <summary>The certificate of the key that has signed, or null where the host has none.</summary>
    /// <param name="isCloudKey">Of the cloud's key and not of the chip's: a host may hand out both.</param>
    public static Certificate? SigningKey(ReadOnlyMemory<byte> table, bool isCloudKey)
    {
        var wanted = isCloudKey ? Vlek : Vcek;
        for (var at = 0; at + EntrySize <= table.Length && at < EntrySize * TeeLimits.CertificatesMax; at += EntrySize)
        {
            var reader = new ByteReader(table.Slice(at, EntrySize), "An entry of the certificate table");
            var id = new Guid(reader.Take(16).Span);
            var (offset, length) = (reader.UInt32(), reader.UInt32());
            if (id == Guid.Empty) return null;
            if (id != wanted) continue;
            if (offset > table.Length || length > table.Length - offset)
                throw new EvidenceException("format.truncated", "A certificate reaches over the end of its table.");
            return Certificate.Parse(table.Slice((int)offset, (int)length));
        }
        return null;
    }
}
