using System.Globalization;
using System.Text.Json;
using Stun.Tee;
using Stun.Tee.Checks;
using Stun.Tee.Intel;

namespace Stun.Tests.Tee;

/// <summary>Each piece of real evidence gets the verdict that is listed for it, at the time that is listed.</summary>
public sealed class VectorTests
{
    private static readonly ExpectedData Anything = new ExpectedData.Anything();
    private static readonly TeePolicy WithoutCollateral = new() { NeedsCollateral = false };

    private static readonly DateTimeOffset LongAfter = Time("2026-11-20T00:00:00Z");

    internal static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static TeeVerdict Judge(
        EvidenceBundle bundle, Collateral collateral, string at, TeePolicy? policy = null, ExpectedData? data = null) =>
        new EvidenceVerifier(Vectors.WithArm).Verify(
            bundle, collateral, new Question(policy ?? TeePolicy.Default, Time(at), data ?? Anything));

    private static void Refused(TeeVerdict verdict, params string[] codes)
    {
        Assert.False(verdict.IsAccepted);
        Assert.Equal(codes.Order(), verdict.Refusals.Select(check => check.Code).Distinct().Order());
    }

    private static void Accepted(TeeVerdict verdict)
    {
        Assert.Empty(verdict.Refusals);
        Assert.True(verdict.IsAccepted);
    }

    [Fact]
    public void A_real_SGX_quote_needs_configuration_and_hardening()
    {
        Vectors.Need();
        var bundle = Vectors.Bundle("sgx/phala_sgx_quote_v3.bin");
        var collateral = Vectors.Phala("sgx/phala_sgx_quote_v3.collateral.json");
        var verdict = Judge(bundle, collateral, "2025-06-25T00:00:00Z");
        Refused(verdict, CheckBook.TcbStatus);
        Assert.Equal(TcbStatus.ConfigurationAndSWHardeningNeeded, verdict.Status);
        Assert.Equal(["INTEL-SA-00289", "INTEL-SA-00615"], verdict.Advisories);
        Assert.StartsWith("33d8736d", verdict.Facts["mrenclave"], StringComparison.Ordinal);
        var lax = new TeePolicy { StatusesAccepted = [TcbStatus.ConfigurationAndSWHardeningNeeded] };
        var hello = new ExpectedData.Exactly("Hello, world!"u8.ToArray());
        Accepted(Judge(bundle, collateral, "2025-06-25T00:00:00Z", lax, hello));
        var wary = lax with { AdvisoriesRefused = ["INTEL-SA-00615"] };
        Refused(Judge(bundle, collateral, "2025-06-25T00:00:00Z", wary, hello), CheckBook.TcbAdvisories);
        Refused(Judge(bundle, collateral, "2025-06-25T00:00:00Z", lax,
            new ExpectedData.Exactly("Hello, World!"u8.ToArray())), CheckBook.Binding);
    }

    [Fact]
    public void A_real_TDX_quote_4_is_up_to_date()
    {
        Vectors.Need();
        var verdict = Judge(
            Vectors.Bundle("tdx/phala_tdx_quote_v4.bin"), Vectors.Phala("tdx/phala_tdx_quote_v4.collateral.json"),
            "2025-06-25T00:00:00Z");
        Accepted(verdict);
        Assert.Equal(TcbStatus.UpToDate, verdict.Status);
        Assert.Equal("b0c06f000000", verdict.Facts["fmspc"]);
        // What only later modules say is not there, and not empty.
        Assert.DoesNotContain("mrservicetd", verdict.Facts.Keys);
        Assert.DoesNotContain(verdict.Facts.Values, value => value.Length == 0);
        Assert.Equal(Time("2025-07-19T10:00:35Z"), verdict.ExpiresAt);
    }

    [Fact]
    public void A_real_TDX_quote_5_is_up_to_date_as_far_as_its_collateral_goes()
    {
        Vectors.Need();
        var bundle = Vectors.Bundle("tdx/google_tdx_quote_v5.bin");
        var verdict = Judge(
            bundle, Vectors.Google("tdx/google_sample_tcbinfo_response_v5", null), "2026-02-03T01:00:00Z");
        // The lists and the quoting enclave's identity of that month are not there.
        Refused(verdict, CheckBook.CollateralGiven, CheckBook.ChainRevocation, CheckBook.TcbInfo);
        Assert.Equal(TcbStatus.UpToDate, verdict.Status);
        Assert.Contains(verdict.Checks, check => check is { Code: CheckBook.TcbModule, Outcome: CheckOutcome.Passed });
        Assert.Equal("0d010400000000000000000000000000", verdict.Facts["tee_tcb_svn_2"]);
        Accepted(Judge(bundle, Collateral.None, "2026-02-03T01:00:00Z", WithoutCollateral));
    }

    [Fact]
    public void A_real_TDX_quote_below_every_level_is_refused()
    {
        Vectors.Need();
        var bundle = Vectors.Bundle("tdx/google_tdx_quote_v4_spr_e4.bin");
        var collateral = Vectors.Google("tdx/google_sample_tcbInfo_response", "tdx/google_sample_qeIdentity_response");
        var verdict = Judge(bundle, collateral, "2023-07-01T01:00:00Z");
        Assert.Contains(verdict.Refusals, check => check.Code == CheckBook.TcbPlatform);
        foreach (var code in (string[])[CheckBook.Signature, CheckBook.QeSignature, CheckBook.QeBinding])
            Assert.Contains(verdict.Checks, check => check.Code == code && check.Outcome == CheckOutcome.Passed);
    }

    [Fact]
    public void A_real_TD_that_may_be_looked_into_is_refused()
    {
        Vectors.Need();
        var bundle = Vectors.Bundle("tdx/coco_tdx_quote_4.bin");
        Refused(Judge(bundle, Collateral.None, "2023-03-01T00:00:00Z", WithoutCollateral), CheckBook.Debug);
        Accepted(Judge(
            bundle, Collateral.None, "2023-03-01T00:00:00Z", WithoutCollateral with { AllowsDebug = true }));
    }

    [Theory]
    [InlineData("snp/virtee_snp_report_milan.hex", "snp/virtee_snp_vcek_milan.der")]
    [InlineData("snp/coco_test-report.bin", "snp/coco_test-vcek.der")]
    public void A_real_report_of_SNP_is_good_with_its_certificate(string report, string certificate)
    {
        Vectors.Need();
        var bundle = Vectors.Bundle(report, certificate);
        Accepted(Judge(bundle, Collateral.None, "2023-06-01T00:00:00Z", WithoutCollateral));
        Refused(Judge(bundle, Collateral.None, "2023-06-01T00:00:00Z"), CheckBook.ChainRevocation);
        Refused(Judge(bundle, Collateral.None, "2031-06-01T00:00:00Z", WithoutCollateral), CheckBook.ChainTime);
    }

    [Theory]
    [InlineData("snp/coco_test-vcek-invalid-legacy.der")]
    [InlineData("snp/coco_test-vcek-invalid-new.der")]
    public void A_real_report_of_SNP_with_a_changed_certificate_is_refused(string certificate)
    {
        Vectors.Need();
        var verdict = Judge(
            Vectors.Bundle("snp/coco_test-report.bin", certificate), Collateral.None, "2023-06-01T00:00:00Z",
            WithoutCollateral);
        Assert.Contains(verdict.Refusals, check => check.Code is CheckBook.ChainPath);
    }

    [Fact]
    public void The_chain_of_a_real_Turin_key_is_good_and_has_its_own_version()
    {
        Vectors.Need();
        var key = Stun.Tee.Certificates.Certificate.Parse(Vectors.Bytes("snp/virtee_snp_vcek_turin.der"));
        var root = TrustRoots.Pinned.Amd.Single(each => each.Product == Stun.Tee.Amd.AmdProduct.Turin);
        var checks = new CheckList(EvidenceKind.Snp, Time("2025-01-01T00:00:00Z"));
        Assert.True(new Stun.Tee.Certificates.CertificatePath(checks, new()) { What = "it", NeedsLists = false }
            .Check([key, root.Ask], [root.Ark], []));
        var extensions = Stun.Tee.Amd.AmdKeyExtensions.Of(key);
        Assert.Equal(Stun.Tee.Amd.AmdProduct.Turin, extensions.Product);
        Assert.Equal(8, extensions.ChipId!.Value.Length);
    }

    [Fact]
    public void A_real_CCA_token_is_good_and_its_firmware_is_on_the_list()
    {
        Vectors.Need();
        var bundle = Vectors.Bundle("cca-psa/coco_cca_token.cbor");
        Accepted(Judge(bundle, Collateral.None, "2024-01-01T00:00:00Z"));
        var rule = ArmReferences.Read(Vectors.Bytes("cca-psa/coco_cca_rvstore.json"));
        var policy = new TeePolicy { Measurements = [rule] };
        Accepted(Judge(bundle, Collateral.None, "2024-01-01T00:00:00Z", policy));
        var less = rule.Wanted.Where(pair => pair.Key != "component.RMM").ToDictionary();
        Refused(Judge(bundle, Collateral.None, "2024-01-01T00:00:00Z",
            new TeePolicy { Measurements = [new MeasurementRule(less)] }), CheckBook.ArmPlatform);
        less["component.RMM"] = new string('0', 64);
        Refused(Judge(bundle, Collateral.None, "2024-01-01T00:00:00Z",
            new TeePolicy { Measurements = [new MeasurementRule(less)] }),
            CheckBook.ArmPlatform, CheckBook.Measurement);
        Refused(new EvidenceVerifier(TrustRoots.Pinned).Verify(bundle, Collateral.None,
            new Question(TeePolicy.Default, Time("2024-01-01T00:00:00Z"), Anything)),
            CheckBook.ArmKey, CheckBook.Signature);
    }

    [Fact]
    public void A_real_GPU_report_is_good_with_its_chain()
    {
        Vectors.Need();
        var bundle = Vectors.Bundle(
            "gpu-nvidia/coco_hopperAttestationReport.txt", "gpu-nvidia/coco_hopper_cert_chain_case1.txt");
        var nonce = Convert.FromHexString("931d8dd0add203ac3d8b4fbde75e115278eefcdceac5b87671a748f32364dfcb");
        var verdict = Judge(bundle, Collateral.None, "2024-09-01T00:00:00Z", null, new ExpectedData.Exactly(nonce));
        Accepted(verdict);
        using var claims = JsonDocument.Parse(Vectors.Bytes("gpu-nvidia/coco_hopperAttestationReport-claims.txt"));
        var config = claims.RootElement.GetProperty("config");
        Assert.Equal(config.GetProperty("driver_version").GetString(), verdict.Facts["driver"]);
        Assert.Equal(config.GetProperty("vbios_version").GetString(), verdict.Facts["vbios"]);
        Assert.Equal(config.GetProperty("fwid").GetString(), verdict.Facts["firmware_id"]);
        foreach (var measurement in claims.RootElement.GetProperty("measurements").EnumerateObject())
            Assert.Equal(measurement.Value.GetString(), verdict.Facts[$"gpu.{measurement.Name}"]);
        nonce[0] ^= 1;
        Refused(Judge(bundle, Collateral.None, "2024-09-01T00:00:00Z", null, new ExpectedData.Exactly(nonce)),
            CheckBook.Binding);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_real_GPU_report_with_part_of_its_chain_is_refused(int number)
    {
        Vectors.Need();
        var verdict = Judge(
            Vectors.Bundle("gpu-nvidia/coco_hopperAttestationReport.txt",
                $"gpu-nvidia/coco_hopper_cert_chain_case{number}.txt"),
            Collateral.None, "2024-09-01T00:00:00Z");
        Assert.False(verdict.IsAccepted);
    }

    [Theory]
    [InlineData("sgx/phala_sgx_quote_v3.bin", "sgx/phala_sgx_quote_v3.collateral.json")]
    [InlineData("tdx/phala_tdx_quote_v4.bin", "tdx/phala_tdx_quote_v4.collateral.json")]
    public void Real_quotes_are_refused_when_their_collateral_has_ended(string quote, string collateral)
    {
        Vectors.Need();
        var all = Enum.GetValues<TcbStatus>();
        var verdict = new EvidenceVerifier(TrustRoots.Pinned).Verify(
            Vectors.Bundle(quote), Vectors.Phala(collateral),
            new Question(new TeePolicy { StatusesAccepted = all }, LongAfter, Anything));
        Assert.Contains(verdict.Refusals, check => check.Code == CheckBook.TcbInfoTime);
        Assert.Contains(verdict.Refusals, check => check.Code == CheckBook.QeIdentityTime);
        Assert.Contains(verdict.Refusals, check => check.Code == CheckBook.ChainRevocation);
        // Before it began, too.
        verdict = new EvidenceVerifier(TrustRoots.Pinned).Verify(
            Vectors.Bundle(quote), Vectors.Phala(collateral),
            new Question(new TeePolicy { StatusesAccepted = all }, Time("2025-06-19T00:00:00Z"), Anything));
        Assert.Contains(verdict.Refusals, check => check.Code == CheckBook.TcbInfoTime);
    }
    [Theory]
    [InlineData("tdx/google_tdx_quote_v5.bin", "tdx/google_sample_tcbinfo_response_v5", null)]
    [InlineData("tdx/google_tdx_quote_v4_spr_e4.bin", "tdx/google_sample_tcbInfo_response",
        "tdx/google_sample_qeIdentity_response")]
    public void Real_quotes_with_the_makers_own_answers_are_refused_when_these_have_ended(
        string quote, string info, string? identity)
    {
        Vectors.Need();
        var verdict = new EvidenceVerifier(TrustRoots.Pinned).Verify(
            Vectors.Bundle(quote), Vectors.Google(info, identity),
            new Question(new TeePolicy { StatusesAccepted = Enum.GetValues<TcbStatus>() }, LongAfter, Anything));
        Assert.Contains(verdict.Refusals, check => check.Code == CheckBook.TcbInfoTime);
        Assert.Contains(verdict.Refusals, check => check.Code == CheckBook.ChainRevocation);
    }
}
