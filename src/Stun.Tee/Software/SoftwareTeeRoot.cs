using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Stun.Tee.Software;

/// <summary>
/// Vouches for software TEEs of one network for trying out. Its key is born with it and is never written down: another
/// start is another root.
/// </summary>
public sealed class SoftwareTeeRoot : IDisposable
{
    private const string Name = "CN=Stun software TEE root: NO HARDWARE PROTECTS THIS";

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 certificate;

    public SoftwareTeeRoot(DateTimeOffset now)
    {
        var request = new CertificateRequest(Name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddYears(1));
    }

    /// <summary>For <see cref="TrustRoots.WithSoftware"/>.</summary>
    public ReadOnlyMemory<byte> Certificate => certificate.RawData;

    /// <param name="measurement">32 bytes: what it claims to run.</param>
    /// <param name="isDebug">It says of itself that its host may look in.</param>
    public SoftwareTee Issue(ReadOnlyMemory<byte> measurement, DateTimeOffset now, bool isDebug = false)
    {
        var born = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(
            "CN=Stun software TEE: NO HARDWARE PROTECTS THIS", born, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        using var issued = request.Create(
            certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(key), now.AddHours(-1), now.AddMonths(1),
            RandomNumberGenerator.GetBytes(16));
        return new SoftwareTee(born, issued.RawData, measurement) { IsDebug = isDebug };
    }

    public void Dispose()
    {
        certificate.Dispose();
        key.Dispose();
    }
}
