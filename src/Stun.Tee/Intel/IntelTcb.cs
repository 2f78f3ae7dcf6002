using Stun.Tee.Certificates;
using Stun.Tee.Checks;
using Stun.Tee.Reading;

namespace Stun.Tee.Intel;

/// <summary>
/// The level of a platform: of its processor and firmware, of its TDX module and of its quoting enclave. Each of the
/// three counts; what verifiers get wrong is to let a good module hide an old processor.
/// </summary>
internal sealed class IntelTcb(CheckList checks, TrustRoots roots, SignatureMemory memory)
{
    public void Check(
        IntelQuote quote, PckExtension pck, EnclaveReport enclave, IntelCollateral? collateral, Question question)
    {
        TellVersions(quote, pck, enclave);
        CheckLevels(quote, pck, enclave, collateral, question.Policy);
        if (checks.Parts.Count > 0)
            checks.Fact(SecurityVersions.Date, SecurityVersions.Number(checks.Parts.Min(each => each.Date)));
        question.CheckMinimum(checks);
    }

    private void TellVersions(IntelQuote quote, PckExtension pck, EnclaveReport enclave)
    {
        checks.Fact("fmspc", pck.Fmspc);
        checks.Fact("pcesvn", pck.PceSvn.ToString());
        checks.Fact("tcb.pcesvn", pck.PceSvn.ToString());
        checks.Fact("tcb.qe", enclave.Svn.ToString());
        for (var at = 0; at < pck.Components.Count; at++)
            checks.Fact($"tcb.sgx.{at + 1}", pck.Components[at].ToString());
        if (quote.Td is not { } td) return;
        for (var at = 0; at < td.TcbSvn.Length; at++)
            checks.Fact($"tcb.tdx.{at + 1}", td.TcbSvn.Span[at].ToString());
    }

    private void CheckLevels(
        IntelQuote quote, PckExtension pck, EnclaveReport enclave, IntelCollateral? collateral, TeePolicy policy)
    {
        if (collateral is null && !policy.NeedsCollateral)
        {
            const string Why = "The policy does without collateral: THE LEVEL OF THE PLATFORM IS NOT KNOWN.";
            checks.NotAsked(CheckBook.CollateralGiven, Why);
            checks.NotAsked(CheckBook.TcbStatus, Why);
            checks.NotAsked(CheckBook.TcbAdvisories, Why);
            checks.NotAsked(CheckBook.Evaluation, Why);
            return;
        }
        checks.Require(CheckBook.CollateralGiven,
            collateral is { TcbInfo: not null, QeIdentity: not null, Lists.Count: > 0 },
            "Levels, identity of the quoting enclave and lists of revoked certificates are there.",
            "Levels, identity of the quoting enclave or lists of revoked certificates are missing.");
        if (collateral?.TcbInfo is { } info)
        {
            var levels = TcbInfo.Read(info);
            CheckInfo(quote, pck, info, levels, collateral, policy);
            CheckPlatform(quote, pck, levels);
            if (quote.Td is { } td) CheckModule(td, levels);
        }
        if (collateral?.QeIdentity is { } identity) CheckQe(quote, enclave, identity, collateral, policy);
        CheckStatus(policy);
    }

    private void CheckInfo(
        IntelQuote quote, PckExtension pck, SignedJson signed, TcbInfo levels, IntelCollateral collateral,
        TeePolicy policy)
    {
        CheckSigned(signed, CheckBook.TcbInfo, "the list of levels", collateral, policy);
        CheckTime(CheckBook.TcbInfoTime, "The list of levels", levels.IssuedAt, levels.NextAt);
        CheckEvaluation(levels.Evaluation, policy);
        var id = quote.Td is null ? "SGX" : "TDX";
        checks.Require(CheckBook.Platform,
            levels.Id == id && levels.Fmspc.AsSpan().SequenceEqual(pck.Fmspc.Span)
                && levels.PceId.AsSpan().SequenceEqual(pck.PceId.Span),
            $"The list of levels is that of the platforms {Bits.Hex(pck.Fmspc)}.",
            $"The list of levels is that of {levels}, and the platform is {id} {Bits.Hex(pck.Fmspc)}.");
    }

    /// <summary>The chain of the statement and its signature, under one code.</summary>
    private void CheckSigned(
        SignedJson signed, string code, string what, IntelCollateral collateral, TeePolicy policy)
    {
        if (signed.Chain.Count == 0)
        {
            checks.Fail(code, $"The chain of whoever has signed {what} is not there.");
            return;
        }
        var path = new CertificatePath(checks, memory) { What = what, NeedsLists = policy.NeedsCollateral };
        var isChained = path.Check(signed.Chain, roots.Intel, collateral.Lists);
        var isSigned = memory.VerifyFixed(
            signed.Chain[0].Key, signed.Body.Span, signed.Signature.Span, SignatureScheme.EcdsaSha256);
        checks.Require(code, isSigned && isChained, $"Intel has signed {what}.",
            isSigned ? $"The chain of {what} is not good." : $"The signature of {what} is not good.");
    }

    private void CheckTime(string code, string what, DateTimeOffset from, DateTimeOffset next)
    {
        checks.Until(next);
        checks.Require(code, from <= checks.At && checks.At < next, $"{what} is current until {next:u}.",
            $"{what} is that of {from:u} to {next:u}, and not current at {checks.At:u}.");
    }

    private void CheckEvaluation(uint found, TeePolicy policy) => checks.Require(
        CheckBook.Evaluation, found >= policy.EvaluationMin, $"Evaluation {found}.",
        $"Evaluation {found} is older than the {policy.EvaluationMin} of the policy.");

    private void CheckPlatform(IntelQuote quote, PckExtension pck, TcbInfo levels)
    {
        var level = levels.Levels.FirstOrDefault(each => Fits(each, quote.Td, pck));
        if (!checks.Require(CheckBook.TcbPlatform, level is not null,
            $"The platform is {level?.Status} ({level?.Date:yyyy-MM-dd}).",
            "The platform is below every level: it is older than anything Intel still speaks of.")) return;
        checks.Grade(new PartLevel(PartLevel.Platform, level!.Status, level.Date, level.Advisories));
    }

    private static bool Fits(TcbInfo.PlatformLevel level, TdReport? td, PckExtension pck)
    {
        for (var at = 0; at < level.Components.Count; at++)
            if (pck.Components[at] < level.Components[at]) return false;
        if (pck.PceSvn < level.PceSvn) return false;
        if (td is null) return true;
        if (level.TdxComponents is not { } components) return false;
        var svn = td.TcbSvn.Span;
        // A module with a version of its own is judged by its identity; then the first two components are its.
        for (var at = svn[1] > 0 ? 2 : 0; at < components.Count; at++)
            if (svn[at] < components[at]) return false;
        return true;
    }

    private void CheckModule(TdReport td, TcbInfo levels)
    {
        var version = td.TcbSvn.Span[1];
        var id = version == 0 ? "TDX" : $"TDX_{version:X2}";
        var module = version == 0 ? levels.Module
            : levels.Modules.FirstOrDefault(each => each.Id.Equals(id, StringComparison.OrdinalIgnoreCase));
        if (module is null || !td.MrSignerSeam.Span.SequenceEqual(module.Signer)
            || !Bits.EqualUnder(td.SeamAttributes.Span, module.Attributes, module.AttributesMask))
        {
            checks.Fail(CheckBook.TcbModule, $"The TDX module {id} is not one that Intel knows.");
            return;
        }
        if (version == 0)
        {
            checks.Pass(CheckBook.TcbModule, "The TDX module is Intel's; its level is in the platform's.");
            return;
        }
        var svn = td.TcbSvn.Span[0];
        var level = SvnLevel.Of(module.Levels, svn);
        if (!checks.Require(CheckBook.TcbModule, level is not null, $"The TDX module {id} {svn} is {level?.Status}.",
            $"The TDX module {id} {svn} is below every level.")) return;
        checks.Grade(new PartLevel(PartLevel.Module, level!.Status, level.Date, level.Advisories));
    }

    private void CheckQe(
        IntelQuote quote, EnclaveReport report, SignedJson signed, IntelCollateral collateral, TeePolicy policy)
    {
        CheckSigned(signed, CheckBook.QeIdentity, "the identity of the quoting enclave", collateral, policy);
        var identity = EnclaveIdentity.Read(signed);
        CheckTime(CheckBook.QeIdentityTime, "The identity of the quoting enclave", identity.IssuedAt, identity.NextAt);
        CheckEvaluation(identity.Evaluation, policy);
        var id = quote.Td is null ? "QE" : "TD_QE";
        var isKnown = identity.Id == id && report.MrSigner.Span.SequenceEqual(identity.Signer)
            && report.ProductId == identity.ProductId
            && Bits.EqualUnder(report.MiscSelect.Span, identity.MiscSelect, identity.MiscSelectMask)
            && Bits.EqualUnder(report.Attributes.Span, identity.Attributes, identity.AttributesMask);
        var level = SvnLevel.Of(identity.Levels, report.Svn);
        if (!checks.Require(CheckBook.TcbQe, isKnown && level is not null,
            $"The quoting enclave {id} {report.Svn} is {level?.Status}.",
            isKnown ? $"The quoting enclave {id} {report.Svn} is below every level."
                : $"The quoting enclave is not the {id} that Intel knows.")) return;
        checks.Grade(new PartLevel(PartLevel.QuotingEnclave, level!.Status, level.Date, level.Advisories));
    }

    private void CheckStatus(TeePolicy policy)
    {
        // Each part by itself: what the parts come to may be taken where one of them is not. A part that is up to date
        // is taken by whoever takes anything.
        var refused = checks.Parts.Where(each => !policy.StatusesAccepted.Contains(each.Status)
            && (each.Status != TcbStatus.UpToDate || policy.StatusesAccepted.Count == 0)).ToList();
        checks.Require(CheckBook.TcbStatus, checks.Parts.Count > 0 && refused.Count == 0,
            $"Levels: {Words(checks.Parts)}.",
            checks.Parts.Count == 0 ? "There is no level at all."
                : $"Levels that the policy refuses: {Words(refused)}.");
        var open = checks.Advisories.Intersect(policy.AdvisoriesRefused, StringComparer.OrdinalIgnoreCase).ToList();
        checks.Require(CheckBook.TcbAdvisories, open.Count == 0,
            checks.Advisories.Count == 0 ? "No advisory is open."
                : $"Open advisories, none of which the policy names: {string.Join(", ", checks.Advisories)}.",
            $"Open advisories that the policy names: {string.Join(", ", open)}.");
    }

    private static string Words(IEnumerable<PartLevel> parts) =>
        string.Join(", ", parts.Select(each => $"{each.Part} {each.Status}"));
}
