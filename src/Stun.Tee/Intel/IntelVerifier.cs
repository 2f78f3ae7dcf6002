using System.Security.Cryptography;
using Stun.Tee.Certificates;
using Stun.Tee.Checks;
using Stun.Tee.Reading;

namespace Stun.Tee.Intel;

/// <summary>Judges a quote, from the platform's chain to the program that runs.</summary>
/// <remarks>
///   pinned root ─► PCK chain ─► report of the quoting enclave ─► attestation key ─► header and body
///   pinned root ─► TCB signing ─► levels, identity of the quoting enclave
///   pinned root ─► lists of revoked certificates
/// </remarks>
internal sealed class IntelVerifier(TrustRoots roots, SignatureMemory memory)
{
    private static readonly string[] Required =
    [
        CheckBook.Kind, CheckBook.Format, CheckBook.Vendor, CheckBook.ChainPath, CheckBook.ChainTime,
        CheckBook.ChainRevocation, CheckBook.QeSignature, CheckBook.QeBinding, CheckBook.QeKnown, CheckBook.Signature,
        CheckBook.CollateralGiven, CheckBook.TcbStatus, CheckBook.TcbAdvisories, CheckBook.TcbMinimum, CheckBook.Debug,
        CheckBook.Attributes,
        CheckBook.Measurement, CheckBook.Binding,
    ];

    public TeeVerdict Verify(IntelQuote quote, IntelCollateral? collateral, Question question)
    {
        var kind = quote.Td is null ? EvidenceKind.Sgx : EvidenceKind.Tdx;
        var checks = new CheckList(kind, question.At);
        Check(checks, quote, collateral, question);
        return checks.Close(Required);
    }

    /// <summary>The same within a larger verdict.</summary>
    public void Check(CheckList checks, IntelQuote quote, IntelCollateral? collateral, Question question)
    {
        var policy = question.Policy;
        question.CheckKind(checks, quote.Td is null ? EvidenceKind.Sgx : EvidenceKind.Tdx);
        checks.Pass(CheckBook.Format, $"A quote of version {quote.Version}.");
        checks.Require(CheckBook.Vendor,
            quote.KeyType == IntelQuote.KnownKeyType && quote.Vendor.Span.SequenceEqual(IntelQuote.KnownVendor),
            "Intel's quoting enclave, ECDSA with P-256.",
            $"The quoting enclave of {Bits.Hex(quote.Vendor)} with keys of type {quote.KeyType} is not known.");
        CheckSignature(checks, quote);
        var chain = Pem.ReadCertificates(quote.PckChain.Span);
        new CertificatePath(checks, memory) { What = "the platform", NeedsLists = policy.NeedsCollateral }
            .Check(chain, roots.Intel, collateral?.Lists ?? []);
        var enclave = CheckQuotingEnclave(checks, quote, chain[0]);
        new IntelTcb(checks, roots, memory).Check(quote, PckExtension.Of(chain[0]), enclave, collateral, question);
        if (quote.Enclave is { } body) CheckEnclave(checks, body, policy);
        if (quote.Td is { } td) CheckTd(checks, td, policy);
        question.CheckMeasurement(checks);
        question.Expected.Check(checks, quote.Enclave?.ReportData ?? quote.Td!.ReportData);
    }

    private static void CheckSignature(CheckList checks, IntelQuote quote)
    {
        var key = PublicKey.FromPoint(ECCurve.NamedCurves.nistP256, quote.AttestationKey.Span);
        checks.Require(CheckBook.Signature,
            key.VerifyFixed(quote.Signed.Span, quote.Signature.Span, SignatureScheme.EcdsaSha256),
            "The attestation key has signed the quote.", "The quote is not signed by its attestation key.");
    }

    private EnclaveReport CheckQuotingEnclave(CheckList checks, IntelQuote quote, Certificate pck)
    {
        checks.Require(CheckBook.QeSignature,
            memory.VerifyFixed(
                pck.Key, quote.QeReport.Span, quote.QeReportSignature.Span, SignatureScheme.EcdsaSha256),
            "The platform's key has signed the report of the quoting enclave.",
            "The report of the quoting enclave is not signed by the platform's key.");
        var report = EnclaveReport.Parse(quote.QeReport);
        var bound = new byte[64];
        SHA256.HashData([.. quote.AttestationKey.Span, .. quote.QeAuthData.Span], bound);
        checks.Require(CheckBook.QeBinding, report.ReportData.Span.SequenceEqual(bound),
            "The quoting enclave names the attestation key.",
            "The report of the quoting enclave names another attestation key.");
        var isTdx = quote.Td is not null;
        checks.Require(CheckBook.QeKnown, roots.QuotingEnclaves.Any(each => each.IsTdx == isTdx && each.Is(report)),
            "The quoting enclave is Intel's.",
            $"What has quoted is not Intel's quoting enclave: signer {Bits.Hex(report.MrSigner)}, product "
                + $"{report.ProductId}, attributes {Bits.Hex(report.Attributes)}.");
        return report;
    }

    private static void CheckEnclave(CheckList checks, EnclaveReport body, TeePolicy policy)
    {
        checks.Fact("mrenclave", body.MrEnclave);
        checks.Fact("mrsigner", body.MrSigner);
        checks.Fact("isvprodid", body.ProductId.ToString());
        checks.Fact("isvsvn", body.Svn.ToString());
        checks.Fact("attributes", body.Attributes);
        checks.Fact("miscselect", body.MiscSelect);
        checks.Fact("config_id", body.ConfigId);
        checks.Fact("config_svn", body.ConfigSvn.ToString());
        checks.Fact("family_id", body.FamilyId);
        checks.Fact("extended_product_id", body.ExtendedProductId);
        checks.Fact("report_data", body.ReportData);
        Question.CheckDebug(checks, body.IsDebug, policy);
        // Bits 0 to 7: started, debug, 64 bit, reserved, provisioning key, launch key, reserved, KSS.
        const byte Unknown = 0b0100_1000;
        const byte Keys = 0b0011_0000;
        var low = body.Attributes.Span[0];
        checks.Require(CheckBook.Attributes,
            body.IsInitialised && (low & Unknown) == 0 && (low & Keys) == 0
                && Bits.IsZero(body.Attributes.Span[2..8]),
            "The enclave's attributes are those of an application.",
            $"The enclave's attributes {Bits.Hex(body.Attributes)} are not those of an application.");
    }

    private static void CheckTd(CheckList checks, TdReport td, TeePolicy policy)
    {
        checks.Fact("mrtd", td.MrTd);
        for (var at = 0; at < td.Rtmrs.Count; at++) checks.Fact($"rtmr{at}", td.Rtmrs[at]);
        checks.Fact("mrseam", td.MrSeam);
        checks.Fact("mrsignerseam", td.MrSignerSeam);
        checks.Fact("mrconfigid", td.MrConfigId);
        checks.Fact("mrowner", td.MrOwner);
        checks.Fact("mrownerconfig", td.MrOwnerConfig);
        checks.Fact("td_attributes", td.Attributes.ToString("x16"));
        checks.Fact("xfam", td.Features.ToString("x16"));
        checks.Fact("tee_tcb_svn", td.TcbSvn);
        checks.Fact("report_data", td.ReportData);
        if (td.TcbSvn2 is { } second) checks.Fact("tee_tcb_svn_2", second);
        if (td.MrServiceTd is { } service) checks.Fact("mrservicetd", service);
        Question.CheckDebug(checks, (td.Attributes & TdReport.DebugBits) != 0, policy);
        const ulong Known = TdReport.DebugBits | TdReport.SeptVeDisable | TdReport.Migratable | TdReport.HarmlessBits;
        List<string> trouble = [];
        if ((td.Attributes & ~Known) != 0) trouble.Add("it has attributes that are not known");
        if ((td.Attributes & TdReport.SeptVeDisable) == 0)
            trouble.Add("its host may take pages away unseen (SEPT_VE_DISABLE is off)");
        if ((td.Attributes & TdReport.Migratable) != 0 && !policy.AllowsMigration) trouble.Add("it may be moved");
        if ((td.Features & TdReport.FeaturesFixed) != TdReport.FeaturesFixed
            || (td.Features & ~TdReport.FeaturesKnown) != 0)
            trouble.Add("its extended states are not those of a machine that is known");
        checks.Require(CheckBook.Attributes, trouble.Count == 0, "The machine's attributes are as they must be.",
            $"Of the machine, {string.Join("; ", trouble)}.");
    }
}
