using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Stun.Tee.Certificates;

namespace Stun.Tests.Tee.Makers;

/// <summary>A key with its certificate, which may sign further ones.</summary>
internal sealed class Authority
{
    private readonly AsymmetricAlgorithm key;
    private readonly HashAlgorithmName hash;

    private Authority(AsymmetricAlgorithm key, HashAlgorithmName hash, byte[] raw)
    {
        this.key = key;
        this.hash = hash;
        Raw = raw;
    }

    public byte[] Raw { get; }

    public Certificate Certificate => Certificate.Parse(Raw);

    public ECDsa Ec => (ECDsa)key;

    private X509SignatureGenerator Generator => key is RSA rsa
        ? X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pss)
        : X509SignatureGenerator.CreateForECDsa(Ec);

    public static Authority Root(string name, Shape shape) => Make(name, shape, null);

    public Authority Issue(string name, Shape shape) => Make(name, shape, this);

    /// <summary>Without an issuer it signs itself.</summary>
    private static Authority Make(string name, Shape shape, Authority? issuer)
    {
        var key = shape.NewKey();
        var request = key is RSA rsa
            ? new CertificateRequest($"CN={name}", rsa, HashAlgorithmName.SHA384, RSASignaturePadding.Pss)
            : new CertificateRequest($"CN={name}", (ECDsa)key, shape.Hash);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            shape.IsAuthority, shape.PathLength is not null, shape.PathLength ?? 0, true));
        if (shape.IsAuthority)
            request.CertificateExtensions.Add(new X509KeyUsageExtension(
                X509KeyUsageFlags.KeyCertSign | (shape.SignsLists ? X509KeyUsageFlags.CrlSign : 0), true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        foreach (var (id, value, isCritical) in shape.Extensions)
            request.CertificateExtensions.Add(new X509Extension(id, value, isCritical));
        var self = new Authority(key, shape.Hash, []);
        var signer = issuer ?? self;
        var subject = issuer is null ? request.SubjectName
            : X509CertificateLoader.LoadCertificate(issuer.Raw).SubjectName;
        using var certificate = request.Create(
            subject, signer.Generator, shape.From, shape.To, shape.Serial ?? RandomNumberGenerator.GetBytes(12));
        return new Authority(key, shape.Hash, certificate.RawData);
    }

    public byte[] List(DateTimeOffset from, DateTimeOffset to, params Authority[] revoked)
    {
        var builder = new CertificateRevocationListBuilder();
        foreach (var each in revoked)
        {
            using var loaded = X509CertificateLoader.LoadCertificate(each.Raw);
            builder.AddEntry(loaded, from);
        }
        using var own = X509CertificateLoader.LoadCertificate(Raw);
        // By name and key, and not by the certificate: the framework would refuse one that may not sign lists.
        return builder.Build(
            own.SubjectName, Generator, 1, to, key is RSA ? HashAlgorithmName.SHA384 : hash,
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(own, true, false), from);
    }

    public byte[] Sign(byte[] data, HashAlgorithmName with) => Ec.SignData(data, with);
}
