using System.Security.Cryptography;
using Stun.Tee.Amd;
using Stun.Tee.Certificates;
using Stun.Tee.Checks;
using Stun.Tee.Intel;
using Stun.Tee.Reading;

namespace Stun.Tee.Azure;

/// <summary>Judges a virtual TPM of Azure.</summary>
/// <remarks>
///   AMD, Intel ─► hardware's report ─► digest of the claims ─► the TPM's key ─► nonce and registers
///
/// What is measured by the hardware is Azure's paravisor; the guest itself is measured by the TPM that the paravisor
/// is.
/// </remarks>
internal sealed class AzureVerifier(TrustRoots roots, SignatureMemory memory)
{
    private static readonly string[] Required =
    [
        CheckBook.Kind, CheckBook.Format, CheckBook.Signature, CheckBook.ChainPath, CheckBook.ChainTime,
        CheckBook.ChainRevocation, CheckBook.AzureClaims, CheckBook.AzureQuote, CheckBook.AzurePcrs, CheckBook.Debug,
        CheckBook.TcbMinimum, CheckBook.Measurement, CheckBook.Binding,
    ];

    public TeeVerdict Verify(
        HclReport report, AzureParts? parts, IReadOnlyList<Certificate> certificates,
        (IntelCollateral? Intel, IReadOnlyList<RevocationList> Lists) collateral, Question question)
    {
        var checks = new CheckList(EvidenceKind.AzureVtpm, question.At);
        question.CheckKind(checks, EvidenceKind.AzureVtpm);
        // Of the hardware inside, the nonce is not ours: its report data are the digest of the claims.
        var data = new ExpectedData.Exactly(SHA256.HashData(report.Claims.Span));
        ReadOnlyMemory<byte> found;
        if (report.IsTdx)
        {
            var quote = IntelQuote.Parse(parts?.Quote ?? ReadOnlyMemory<byte>.Empty);
            if (quote.Td is not { } td) throw new EvidenceException("format.kind", "The quote is not one of TDX.");
            var inner = new IntelVerifier(roots, memory).Verify(
                quote, collateral.Intel, Inside(question, EvidenceKind.Tdx, data));
            Adopt(checks, inner);
            found = td.ReportData;
        }
        else
        {
            var snp = SnpReport.Parse(report.Hardware);
            var inner = new SnpVerifier(roots, memory).Verify(
                snp, certificates, collateral.Lists, Inside(question, EvidenceKind.Snp, data));
            Adopt(checks, inner);
            found = snp.ReportData;
        }
        checks.Require(CheckBook.AzureClaims,
            found.Span[..32].SequenceEqual(data.Bytes.Span) && Bits.IsZero(found.Span[32..]),
            "The hardware's report names the claims.", "The hardware's report names other claims.");
        if (parts is null) checks.Fail(CheckBook.AzureQuote, "The TPM's own answer is missing.");
        else CheckTpm(checks, report, parts, question);
        question.CheckMeasurement(checks);
        return checks.Close(Required);
    }

    /// <summary>The same policy for the hardware, but what runs and what was asked are told by the TPM.</summary>
    private static Question Inside(Question question, EvidenceKind kind, ExpectedData data) => question with
    {
        Policy = question.Policy with { Kinds = [kind], Measurements = [] },
        Expected = data,
    };

    private static void Adopt(CheckList checks, TeeVerdict inner)
    {
        foreach (var check in inner.Checks)
        {
            // These two are answered by the TPM below.
            if (check.Code is CheckBook.Measurement or CheckBook.Binding or CheckBook.Kind) continue;
            if (check.Outcome == CheckOutcome.NotAsked) checks.NotAsked(check.Code, check.Text);
            else checks.Require(check.Code, check.Outcome == CheckOutcome.Passed, check.Text, check.Text);
        }
        foreach (var (name, value) in inner.Facts) checks.Fact(name, value);
        foreach (var level in inner.Levels) checks.Grade(level);
        foreach (var standing in inner.Certificates) checks.Stand(standing);
        if (inner.ExpiresAt is { } end) checks.Until(end);
    }

    private static void CheckTpm(CheckList checks, HclReport report, AzureParts parts, Question question)
    {
        checks.Require(CheckBook.AzureQuote,
            report.TpmKey().Verify(parts.TpmStatement.Span, parts.TpmSignature.Span, SignatureScheme.RsaSha256),
            "The TPM has signed its answer.", "The answer is not signed by the TPM of the claims.");
        var statement = TpmStatement.Parse(parts.TpmStatement);
        byte[] registers = [.. parts.Pcrs.SelectMany(each => each.ToArray())];
        var isWhole = parts.Pcrs.Count == statement.Registers.Count
            && parts.Pcrs.All(each => each.Length == SHA256.HashSizeInBytes);
        checks.Require(CheckBook.AzurePcrs,
            isWhole && statement.Digest.Span.SequenceEqual(SHA256.HashData(registers)),
            "The registers are those of the quote.", "The registers are not those of the quote.");
        for (var at = 0; at < Math.Min(parts.Pcrs.Count, statement.Registers.Count); at++)
            checks.Fact($"pcr{statement.Registers[at]}", parts.Pcrs[at]);
        checks.Fact("extra_data", statement.ExtraData);
        question.Expected.Check(checks, statement.ExtraData);
    }
}
