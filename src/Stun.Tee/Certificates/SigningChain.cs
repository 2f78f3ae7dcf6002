using Stun.Tee.Amd;
using Stun.Tee.Azure;
using Stun.Tee.Nvidia;
using Stun.Tee.Software;

namespace Stun.Tee.Certificates;

/// <summary>
/// Finds the chain of evidence among certificates that lie about: the one whose key has signed it, and those above it.
/// What is found is no more trusted for that: it is checked as if it had come with the evidence.
/// </summary>
internal static class SigningChain
{
    /// <summary>
    /// The signing key's own first. Where no key has signed it, the first as they came: the verdict says what is wrong.
    /// </summary>
    public static IReadOnlyList<Certificate> Of(EvidenceBundle bundle, IReadOnlyList<Certificate> certificates)
    {
        if (certificates.Count < 2) return certificates;
        if (SignedBy(bundle) is not { } isSigner) return [.. certificates.Take(TeeLimits.CertificatesMax)];
        if (certificates.FirstOrDefault(isSigner) is not { } leaf)
            return [.. certificates.Take(TeeLimits.CertificatesMax)];
        List<Certificate> chain = [leaf];
        // A name that leads back ends it, and so does a chain longer than any.
        while (chain.Count < TeeLimits.CertificatesMax
            && IssuerOf(chain[^1], certificates) is { } next
            && !chain.Contains(next))
            chain.Add(next);
        return chain;
    }

    /// <summary>
    /// Authorities that are renewed keep their names, so the key tells. Where none fits, the first of the name: the
    /// verdict says what is wrong.
    /// </summary>
    private static Certificate? IssuerOf(Certificate child, IReadOnlyList<Certificate> certificates)
    {
        var named = certificates.Where(each => each.Subject.Span.SequenceEqual(child.Issuer.Span)).ToList();
        return named.Find(each => child.Scheme is { } scheme
            && each.Key.Verify(child.Signed.Span, child.Signature.Span, scheme)) ?? named.FirstOrDefault();
    }

    /// <summary>Null for evidence that brings its chain in itself, or has none.</summary>
    private static Func<Certificate, bool>? SignedBy(EvidenceBundle bundle)
    {
        switch (bundle.Kind)
        {
            case EvidenceKind.Snp:
                return SignedBy(SnpReport.Parse(bundle.Evidence));
            case EvidenceKind.AzureVtpm:
                var azure = HclReport.Parse(bundle.Evidence);
                return azure.IsTdx ? null : SignedBy(SnpReport.Parse(azure.Hardware));
            case EvidenceKind.NvidiaGpu:
                var gpu = GpuReport.Parse(bundle.Evidence);
                return each => each.Key.VerifyFixed(gpu.Signed.Span, gpu.Signature.Span, SignatureScheme.EcdsaSha384);
            case EvidenceKind.Software:
                var said = SoftwareStatement.Parse(bundle.Evidence);
                return each => each.Key.VerifyFixed(
                    said.Signed.Span, said.Signature.Span, SignatureScheme.EcdsaSha256);
            default:
                return null;
        }
    }

    private static Func<Certificate, bool> SignedBy(SnpReport report) => each =>
        each.Key.VerifyFixed(report.Signed.Span, report.Signature.Span, SignatureScheme.EcdsaSha384);
}
