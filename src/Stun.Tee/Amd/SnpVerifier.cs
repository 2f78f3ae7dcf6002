using Stun.Tee.Certificates;
using Stun.Tee.Checks;
using Stun.Tee.Reading;

namespace Stun.Tee.Amd;

/// <summary>Judges a report of SEV-SNP with the certificate of the chip (VCEK) or of the cloud (VLEK).</summary>
internal sealed class SnpVerifier(TrustRoots roots, SignatureMemory memory)
{
    private const uint EcdsaP384 = 1;
    private const uint ChipKey = 0;
    private const uint CloudKey = SnpReport.CloudKey;

    public static readonly string[] Required =
    [
        CheckBook.Kind, CheckBook.Format, CheckBook.ChainPath, CheckBook.ChainTime, CheckBook.ChainRevocation,
        CheckBook.Signature, CheckBook.AmdProduct, CheckBook.AmdTcb, CheckBook.AmdOrder, CheckBook.AmdChip,
        CheckBook.AmdPolicy, CheckBook.AmdVmpl, CheckBook.TcbMinimum, CheckBook.Debug, CheckBook.Measurement,
        CheckBook.Binding,
    ];

    /// <param name="certificates">The key's own first; what signs it may follow, else it is among the roots.</param>
    public TeeVerdict Verify(
        SnpReport report, IReadOnlyList<Certificate> certificates, IReadOnlyList<RevocationList> lists,
        Question question)
    {
        var checks = new CheckList(EvidenceKind.Snp, question.At);
        question.CheckKind(checks, EvidenceKind.Snp);
        Check(checks, report, certificates, lists, question);
        question.CheckMeasurement(checks);
        question.Expected.Check(checks, report.ReportData);
        return checks.Close(Required);
    }

    public void Check(
        CheckList checks, SnpReport report, IReadOnlyList<Certificate> certificates,
        IReadOnlyList<RevocationList> lists, Question question)
    {
        checks.Pass(CheckBook.Format, $"A report of version {report.Version}.");
        if (certificates.Count == 0)
        {
            checks.Fail(CheckBook.ChainPath, "There is no certificate of the key that has signed the report.");
            return;
        }
        var leaf = certificates[0];
        checks.Require(CheckBook.Signature,
            report.Algorithm == EcdsaP384
                && leaf.Key.VerifyFixed(report.Signed.Span, report.Signature.Span, SignatureScheme.EcdsaSha384),
            "The key of the certificate has signed the report.",
            "The report is not signed by the key of the certificate.");
        var key = AmdKeyExtensions.Of(leaf);
        CheckChain(checks, report, key, certificates, lists, question.Policy);
        var product = key.Product ?? AmdProduct.Milan;
        CheckVersions(checks, report, key, product);
        CheckChip(checks, report, key);
        CheckGuest(checks, report, question.Policy);
        TellFacts(checks, report);
        question.CheckMinimum(checks);
    }

    private void CheckChain(
        CheckList checks, SnpReport report, AmdKeyExtensions key, IReadOnlyList<Certificate> certificates,
        IReadOnlyList<RevocationList> lists, TeePolicy policy)
    {
        var root = roots.Amd.FirstOrDefault(each => each.Product == key.Product);
        checks.Require(CheckBook.AmdProduct,
            root is not null && (report.Cpu is null || report.Product == key.Product)
                && (key.Product == AmdProduct.Turin) == key.HasFmc,
            $"A processor of the product {key.Product}.",
            $"The certificate is that of '{key.ProductName}', and the report that of {report.Product}.");
        if (root is null)
        {
            checks.Fail(CheckBook.ChainPath, $"There is no root of the product '{key.ProductName}'.");
            return;
        }
        // What signs it is always the one that is pinned, whatever was brought along.
        Certificate[] chain = [certificates[0], report.SigningKey == CloudKey ? root.Asvk : root.Ask, root.Ark];
        new CertificatePath(checks, memory)
        {
            What = "the platform",
            NeedsLists = policy.NeedsCollateral,
            // AMD's lists are signed by its root, and name the keys that sign for chips; there are none of chips.
            ListedFrom = 1,
            WithoutList = "AMD has no lists of the keys of chips and clouds; least versions keep old ones out.",
        }.Check(chain, [root.Ark], lists);
    }

    private static void CheckVersions(CheckList checks, SnpReport report, AmdKeyExtensions key, AmdProduct product)
    {
        var reported = SnpTcb.Read(report.ReportedTcb.Span, product);
        var committed = SnpTcb.Read(report.CommittedTcb.Span, product);
        var current = SnpTcb.Read(report.CurrentTcb.Span, product);
        checks.Require(CheckBook.AmdTcb, key.Tcb == reported, $"The certificate is that of {reported}.",
            $"The report claims {reported}, and the certificate is that of {key.Tcb}.");
        checks.Require(CheckBook.AmdOrder, reported.IsAtMost(committed) && committed.IsAtMost(current),
            "Versions are in order.",
            $"Versions are out of order: reported {reported}; committed {committed}; current {current}.");
        if (product == AmdProduct.Turin) checks.Fact(SecurityVersions.Fmc, reported.Fmc.ToString());
        checks.Fact("tcb.bootloader", reported.Bootloader.ToString());
        checks.Fact(SecurityVersions.Tee, reported.Tee.ToString());
        checks.Fact("tcb.snp", reported.Snp.ToString());
        checks.Fact("tcb.microcode", reported.Microcode.ToString());
    }

    private static void CheckChip(CheckList checks, SnpReport report, AmdKeyExtensions key)
    {
        if (report.SigningKey == CloudKey)
        {
            checks.Require(CheckBook.AmdChip, key.Cloud is not null && key.ChipId is null,
                $"A key of the cloud '{key.Cloud}'.", "The report names a cloud's key, and the certificate is none.");
            return;
        }
        if (report.SigningKey != ChipKey || !report.IsKeyInfoKnown || key.ChipId is not { } chip)
        {
            checks.Fail(CheckBook.AmdChip, "The report names a key that the certificate is not of.");
            return;
        }
        // A newer chip has a shorter id, with zeros behind it in the report.
        var found = report.ChipId.Span;
        checks.Require(CheckBook.AmdChip,
            !report.IsChipMasked && found.StartsWith(chip.Span) && Bits.IsZero(found[chip.Length..]),
            "The certificate is that of the chip.",
            report.IsChipMasked ? "The report hides its chip, so the certificate may be another's."
                : "The certificate is that of another chip.");
    }

    private static void CheckGuest(CheckList checks, SnpReport report, TeePolicy policy)
    {
        Question.CheckDebug(checks, report.IsDebug, policy);
        List<string> trouble = [];
        if (!report.IsPolicyKnown) trouble.Add("has bits that nobody knows");
        if (report.IsMigratable && !policy.AllowsMigration) trouble.Add("lets an agent move it");
        if (report.AllowsSmt && !policy.AllowsSmt) trouble.Add("lets it share a core");
        checks.Require(CheckBook.AmdPolicy, trouble.Count == 0, "The guest's policy allows nothing that is forbidden.",
            $"The guest's policy 0x{report.Policy:x} {string.Join(", ", trouble)}.");
        checks.Require(CheckBook.AmdVmpl, report.Vmpl <= policy.VmplMax, $"Asked for at level {report.Vmpl}.",
            $"Asked for at level {report.Vmpl}, and {policy.VmplMax} is the lowest privilege that is taken.");
    }

    private static void TellFacts(CheckList checks, SnpReport report)
    {
        checks.Fact("measurement", report.Measurement);
        checks.Fact("host_data", report.HostData);
        checks.Fact("id_key_digest", report.IdKeyDigest);
        checks.Fact("author_key_digest", report.AuthorKeyDigest);
        checks.Fact("family_id", report.FamilyId);
        checks.Fact("image_id", report.ImageId);
        checks.Fact("report_id", report.ReportId);
        checks.Fact("report_id_ma", report.ReportIdOfAgent);
        checks.Fact("chip_id", report.ChipId);
        checks.Fact("guest_svn", report.GuestSvn.ToString());
        checks.Fact("guest_policy", report.Policy.ToString("x16"));
        checks.Fact("platform_info", report.PlatformInfo.ToString("x16"));
        checks.Fact("vmpl", report.Vmpl.ToString());
        checks.Fact("launch_tcb", report.LaunchTcb);
        checks.Fact("report_data", report.ReportData);
    }
}
