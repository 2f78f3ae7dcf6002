using Stun.Tee.Certificates;
using Stun.Tee.Checks;

namespace Stun.Tee.Software;

/// <summary>Judges what no hardware vouches for: taken where a policy says that it is for trying out, and nowhere else.
/// </summary>
internal sealed class SoftwareVerifier(TrustRoots roots, SignatureMemory memory)
{
    private static readonly string[] Required =
    [
        CheckBook.Kind, CheckBook.Format, CheckBook.SoftwareAllowed, CheckBook.ChainPath, CheckBook.ChainTime,
        CheckBook.Signature, CheckBook.SoftwareAge, CheckBook.Debug, CheckBook.TcbMinimum, CheckBook.Measurement,
        CheckBook.Binding,
    ];

    public TeeVerdict Verify(SoftwareStatement statement, IReadOnlyList<Certificate> chain, Question question)
    {
        var checks = new CheckList(EvidenceKind.Software, question.At);
        question.CheckKind(checks, EvidenceKind.Software);
        checks.Require(CheckBook.SoftwareAllowed, question.Policy.IsForDevelopment && roots.Software.Count > 0,
            "A policy for trying out takes it: NO HARDWARE PROTECTS ANYTHING.",
            "No hardware vouches for this, and the policy is not one for trying out.");
        checks.Pass(CheckBook.Format, "A statement of a software TEE.");
        if (chain.Count == 0) checks.Fail(CheckBook.ChainPath, "There is no certificate of its key.");
        else
        {
            checks.Require(CheckBook.Signature,
                chain[0].Key.VerifyFixed(
                    statement.Signed.Span, statement.Signature.Span, SignatureScheme.EcdsaSha256),
                "The key of the certificate has signed it.", "It is not signed by the key of the certificate.");
            new CertificatePath(checks, memory)
            {
                What = "the software TEE",
                NeedsLists = false,
                WithoutLists = "There are no lists of what hides nothing.",
            }.Check(chain, roots.Software, []);
        }
        var age = question.At - statement.IssuedAt;
        checks.Until(statement.IssuedAt + question.Policy.AgeMax);
        checks.Require(CheckBook.SoftwareAge, age.Duration() <= question.Policy.AgeMax,
            "It was made lately.", $"It was made at {statement.IssuedAt:u}, which is too far from {question.At:u}.");
        Question.CheckDebug(checks, statement.IsDebug, question.Policy);
        checks.Fact("measurement", statement.Measurement);
        checks.Fact("svn", statement.Svn.ToString());
        checks.Fact("report_data", statement.ReportData);
        question.CheckMinimum(checks);
        question.CheckMeasurement(checks);
        question.Expected.Check(checks, statement.ReportData);
        return checks.Close(Required);
    }
}
