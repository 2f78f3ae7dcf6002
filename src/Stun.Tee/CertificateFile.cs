using Stun.Tee.Certificates;

namespace Stun.Tee;

/// <summary>Certificates as they lie about: one in DER, or some in armour, the signing key's own first.</summary>
public static class CertificateFile
{
    public static IReadOnlyList<ReadOnlyMemory<byte>> Read(ReadOnlyMemory<byte> bytes) =>
        [.. Pem.ReadAny(bytes).Select(each => each.Raw)];
}
