using Stun.Tee.Amd;
using Stun.Tee.Arm;
using Stun.Tee.Azure;
using Stun.Tee.Certificates;
using Stun.Tee.Checks;
using Stun.Tee.Intel;
using Stun.Tee.Nvidia;
using Stun.Tee.Software;

namespace Stun.Tee;

/// <summary>
/// Judges evidence of any kind. It knows whom to believe and remembers which signatures were good; it asks neither a
/// clock nor a network. Safe for many threads.
/// </summary>
public sealed class EvidenceVerifier(TrustRoots roots)
{
    private readonly SignatureMemory memory = new();

    /// <summary>Never throws for what evidence or collateral say: what is broken is a verdict, too.</summary>
    public TeeVerdict Verify(EvidenceBundle bundle, Collateral collateral, Question question)
    {
        try
        {
            return Judge(bundle, collateral, question) with
            {
                MayReleaseWithoutLevel = question.Policy.ReleasesSecretsToPlatformsOfUnknownLevel,
                MinimumNamed = [.. question.Policy.TcbMinimum.Keys],
            };
        }
        catch (EvidenceException failure)
        {
            var checks = new CheckList(bundle.Kind, question.At);
            question.CheckKind(checks, bundle.Kind);
            checks.Fail(CheckBook.Format, $"{failure.Message} [{failure.Code}]");
            return checks.Close([]);
        }
    }

    private TeeVerdict Judge(EvidenceBundle bundle, Collateral collateral, Question question)
    {
        switch (bundle.Kind)
        {
            case EvidenceKind.Sgx or EvidenceKind.Tdx:
                var quote = IntelQuote.Parse(bundle.Evidence);
                if (quote.Td is null != bundle.Kind is EvidenceKind.Sgx)
                    throw new EvidenceException("format.kind", $"The quote is not of the kind {bundle.Kind}.");
                return new IntelVerifier(roots, memory).Verify(quote, collateral.Intel, question);
            case EvidenceKind.Snp:
                return new SnpVerifier(roots, memory).Verify(
                    SnpReport.Parse(bundle.Evidence), CertificatesOf(bundle, collateral), ListsOf(collateral),
                    question);
            case EvidenceKind.Cca:
                return new ArmVerifier(roots).VerifyCca(CcaToken.Parse(bundle.Evidence), question);
            case EvidenceKind.Psa:
                return new ArmVerifier(roots).VerifyPsa(PlatformToken.Parse(bundle.Evidence), question);
            case EvidenceKind.NvidiaGpu:
                return new GpuVerifier(roots, memory).Verify(
                    GpuReport.Parse(bundle.Evidence), CertificatesOf(bundle, collateral), ListsOf(collateral),
                    question);
            case EvidenceKind.AzureVtpm:
                return new AzureVerifier(roots, memory).Verify(
                    HclReport.Parse(bundle.Evidence), bundle.Azure, CertificatesOf(bundle, collateral),
                    (collateral.Intel, ListsOf(collateral)), question);
            case EvidenceKind.Software:
                return new SoftwareVerifier(roots, memory).Verify(
                    SoftwareStatement.Parse(bundle.Evidence), CertificatesOf(bundle, collateral), question);
            default:
                throw new EvidenceException("format.kind", $"Evidence of the kind {bundle.Kind} is not known.");
        }
    }

    private static IReadOnlyList<Certificate> CertificatesOf(EvidenceBundle bundle, Collateral collateral)
    {
        var isBrought = bundle.Certificates.Count > 0;
        var source = isBrought ? bundle.Certificates : collateral.Certificates;
        if (source.Count > (isBrought ? TeeLimits.CertificatesMax : TeeLimits.CertificatesBesideMax))
            throw new EvidenceException("format.size", $"{source.Count} certificates are too many.");
        Certificate[] certificates = [.. source.Select(Certificate.Parse)];
        // What evidence has brought is in order; what lay beside it is in any.
        return isBrought ? certificates : SigningChain.Of(bundle, certificates);
    }

    private static List<RevocationList> ListsOf(Collateral collateral) =>
        [.. collateral.Lists.Select(RevocationList.Parse)];
}
