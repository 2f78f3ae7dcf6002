using System.Security.Cryptography;
using Stun.Tee;
using Stun.Tee.Amd;
using Stun.Tee.Checks;
using Stun.Tests.Tee.Makers;

namespace Stun.Tests.Tee;

/// <summary>
/// Evidence of AMD, ARM, NVIDIA and Azure of our own makers: it passes, and with one fault it does not.
/// </summary>
public sealed class OtherFaultTests
{
    private static readonly Challenge Ours = IntelFaultTests.Ours;

    private static MeasurementRule Rule(string name, string value) =>
        new(new Dictionary<string, string> { [name] = value });

    private static TeeVerdict Judge(
        TrustRoots roots, EvidenceBundle bundle, Collateral collateral, TeePolicy policy) =>
        new EvidenceVerifier(roots).Verify(
            bundle, collateral, new Question(policy, Shape.Now, new ExpectedData.AnswerTo(Ours)));

    private static void Refused(TeeVerdict verdict, string code)
    {
        Assert.False(verdict.IsAccepted);
        Assert.Contains(code, verdict.Refusals.Select(check => check.Code));
    }

    private static void Accepted(TeeVerdict verdict)
    {
        Assert.Empty(verdict.Refusals);
        Assert.True(verdict.IsAccepted);
    }

    private static readonly TeePolicy AmdPolicy = new()
    {
        Measurements = [Rule("measurement", string.Concat(Enumerable.Repeat("aa", 48)))],
        TcbMinimum = new Dictionary<string, uint> { ["tcb.snp"] = 8, ["tcb.microcode"] = 115 },
    };

    private static TeeVerdict Judge(AmdMaker maker, TeePolicy? policy = null) => Judge(
        AmdMaker.Roots, maker.Bundle(Ours.ReportData()), maker.Collateral, policy ?? AmdPolicy);

    [Theory]
    [InlineData(AmdProduct.Milan, false, 2)]
    [InlineData(AmdProduct.Milan, true, 2)]
    [InlineData(AmdProduct.Milan, false, 3)]
    [InlineData(AmdProduct.Genoa, false, 3)]
    [InlineData(AmdProduct.Genoa, true, 5)]
    [InlineData(AmdProduct.Turin, false, 4)]
    [InlineData(AmdProduct.Turin, false, 5)]
    public void A_report_of_SNP_of_ours_without_a_fault_passes(AmdProduct product, bool isCloud, int version)
    {
        var maker = new AmdMaker
        {
            Product = product,
            IsCloud = isCloud,
            Version = version,
            Tcb = product == AmdProduct.Turin ? [1, 3, 0, 8, 115] : [0, 3, 0, 8, 115],
            ChipId = product == AmdProduct.Turin ? [1, 2, 3, 4, 5, 6, 7, 8, .. new byte[56]] : new AmdMaker().ChipId,
        };
        var verdict = Judge(maker);
        Accepted(verdict);
        // AMD has no lists of chips: that this was not asked is told, and is not made to look as if it had been.
        Assert.Equal([CheckOutcome.NotAsked, CheckOutcome.Passed], verdict.Certificates.Select(each => each.Outcome));
        Assert.Contains("AMD has no lists", verdict.Checks
            .Single(check => check is { Code: CheckBook.ChainRevocation, Outcome: CheckOutcome.Passed }).Text,
            StringComparison.Ordinal);
    }

    public static TheoryData<string, string> AmdFaults => new()
    {
        { "debug", CheckBook.Debug },
        { "policy-reserved", CheckBook.AmdPolicy },
        { "policy-unknown", CheckBook.AmdPolicy },
        { "migration", CheckBook.AmdPolicy },
        { "vmpl", CheckBook.AmdVmpl },
        { "measurement", CheckBook.Measurement },
        { "report-data", CheckBook.Binding },
        { "signature", CheckBook.Signature },
        { "algorithm", CheckBook.Signature },
        { "version", CheckBook.Format },
        { "reserved", CheckBook.Format },
        { "tail", CheckBook.Format },
        { "short", CheckBook.Format },
        { "reported-low", CheckBook.AmdTcb },
        { "reported-high", CheckBook.AmdOrder },
        { "committed-high", CheckBook.AmdOrder },
        { "minimum", CheckBook.TcbMinimum },
        { "chip", CheckBook.AmdChip },
        { "masked", CheckBook.AmdChip },
        { "key-other", CheckBook.ChainPath },
        { "product", CheckBook.AmdProduct },
        { "product-none", CheckBook.AmdProduct },
        { "certificate-old", CheckBook.ChainTime },
        { "revoked", CheckBook.ChainRevocation },
        { "list-old", CheckBook.ChainRevocation },
    };

    [Theory]
    [MemberData(nameof(AmdFaults))]
    public void A_report_of_SNP_with_one_fault_is_refused_with_its_code(string fault, string code)
    {
        static Action<byte[]> Set(int at, byte value) => bytes => bytes[at] = value;
        AmdMaker maker = fault switch
        {
            "debug" => new() { Report = Set(10, 0x0b) },
            "policy-reserved" => new() { Report = Set(10, 0x01) },
            "policy-unknown" => new() { Report = Set(11, 0x04) },
            "migration" => new() { Report = Set(10, 0x07) },
            "vmpl" => new() { Report = Set(0x30, 1) },
            "measurement" => new() { Report = Set(0x90, 1) },
            "report-data" => new() { Report = bytes => bytes[0x50] ^= 1 },
            "signature" => new() { Whole = Flip(0x2a0 + 3) },
            "algorithm" => new() { Report = Set(0x34, 2) },
            "version" => new() { Version = 6 },
            "reserved" => new() { Report = Set(0x250, 1) },
            "tail" => new() { Whole = Flip(SnpReport.Size - 1) },
            "short" => new() { Whole = bytes => bytes[..^1] },
            "reported-low" => new() { Report = Set(0x186, 7) },
            "reported-high" => new() { Report = Set(0x186, 9), Tcb = [0, 3, 0, 9, 115] },
            "committed-high" => new() { Report = Set(0x1e6, 9) },
            "minimum" => new() { Report = Set(0x186, 7), Tcb = [0, 3, 0, 7, 115] },
            "chip" => new() { Report = Set(0x1a0, 0xff) },
            "masked" => new() { Report = Set(0x48, 2) },
            "key-other" => new() { Report = Set(0x48, 4) },
            "product" => new() { Version = 3, Report = Set(0x189, 0x11) },
            "product-none" => new() { ProductName = "Naples" },
            "certificate-old" => new() { KeyShape = Shape.P384 with { To = Shape.Now.AddDays(-1) } },
            "revoked" => new() { IsAskRevoked = true },
            "list-old" => new() { IsListOld = true },
            _ => throw new ArgumentException(fault),
        };
        Refused(Judge(maker), code);
    }

    private static Func<byte[], byte[]> Flip(int at) => bytes =>
    {
        bytes[at] ^= 1;
        return bytes;
    };

    [Fact]
    public void A_policy_may_forbid_shared_cores()
    {
        var maker = new AmdMaker();
        Refused(Judge(maker, AmdPolicy with { AllowsSmt = false }), CheckBook.AmdPolicy);
        Accepted(Judge(new AmdMaker { Report = bytes => bytes[10] = 2 }, AmdPolicy with { AllowsSmt = false }));
    }

    private static readonly TeePolicy ArmPolicy = new() { Measurements = [ArmMaker.Rule] };

    private static readonly TeePolicy PsaPolicy = new() { Measurements = [ArmMaker.PsaRule] };

    private static TeeVerdict Judge(ArmMaker maker, bool isCca, ArmMaker? registry = null, TeePolicy? policy = null) =>
        Judge((registry ?? maker).Roots, isCca ? maker.Cca(Ours.ReportData()) : maker.Psa(Ours.ReportData()),
            Collateral.None, policy ?? (isCca ? ArmPolicy : PsaPolicy));

    [Fact]
    public void Tokens_of_ours_without_a_fault_pass()
    {
        Accepted(Judge(new ArmMaker(), isCca: true));
        Accepted(Judge(new ArmMaker { IsKeyMap = true }, isCca: true));
        Accepted(Judge(new ArmMaker(), isCca: false));
    }

    [Theory]
    [InlineData("profile", CheckBook.ArmProfile)]
    [InlineData("lifecycle", CheckBook.ArmLifecycle)]
    [InlineData("instance", CheckBook.ArmKey)]
    [InlineData("signer", CheckBook.Signature)]
    [InlineData("algorithm", CheckBook.Format)]
    public void A_platform_token_with_one_fault_is_refused_with_its_code(string fault, string code)
    {
        ArmMaker maker = fault switch
        {
            "profile" => new() { Profile = "http://example.com/other" },
            "lifecycle" => new() { Lifecycle = 0x4000 },
            "instance" => new() { InstanceId = [1, .. new byte[32]] },
            "signer" => new() { PlatformSigner = ECDsa.Create(ECCurve.NamedCurves.nistP384) },
            "algorithm" => new() { Algorithm = -37 },
            _ => throw new ArgumentException(fault),
        };
        Refused(Judge(maker, isCca: true), code);
        Refused(Judge(maker, isCca: false), code);
    }

    [Fact]
    public void A_realm_token_of_another_key_another_platform_or_with_a_doubled_claim_is_refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Refused(Judge(new ArmMaker { RealmSigner = other }, isCca: true), CheckBook.ArmRealmSignature);
        Refused(Judge(new ArmMaker { Nonce = new byte[32] }, isCca: true), CheckBook.ArmRealmBinding);
        // The same key again, once short and once long: to a reader of one of them it is one claim.
        var doubled = new ArmMaker { Claims = claims => [0xa8, .. claims[1..], 0x18, 0x0a, 0x41, 0] };
        var verdict = Judge(doubled, isCca: true);
        Refused(verdict, CheckBook.Format);
        Assert.Contains("format.duplicate", verdict.Refusals.First().Text, StringComparison.Ordinal);
        var endless = new ArmMaker { Claims = claims => [0xbf, .. claims[1..], 0xff] };
        Refused(Judge(endless, isCca: true), CheckBook.Format);
        var maker = new ArmMaker();
        Refused(new EvidenceVerifier(maker.Roots).Verify(maker.Cca(new byte[64]), Collateral.None,
            new Question(ArmPolicy, Shape.Now, new ExpectedData.AnswerTo(Ours))), CheckBook.Binding);
        Refused(Judge(maker, isCca: true, policy: new TeePolicy
        {
            Measurements = [With(ArmMaker.Rule, "realm_initial", "00")],
        }), CheckBook.Measurement);
        Refused(Judge(maker, isCca: true, policy: new TeePolicy
        {
            Measurements =
            [
                new MeasurementRule(ArmMaker.Rule.Wanted.Where(pair => pair.Key != "component.BL2").ToDictionary()),
            ],
        }), CheckBook.ArmPlatform);
    }

    private static readonly TeePolicy GpuPolicy = new() { Measurements = [GpuMaker.Rule] };

    [Theory]
    [InlineData("gpu.1")]
    [InlineData("gpu.2")]
    [InlineData("gpu.3")]
    public void A_rule_that_leaves_out_a_measurement_of_a_GPU_takes_none(string name)
    {
        var less = new MeasurementRule(GpuMaker.Rule.Wanted.Where(pair => pair.Key != name).ToDictionary());
        var maker = new GpuMaker();
        TeeVerdict Verdict(params MeasurementRule[] rules) => Judge(
            maker.Roots, maker.Bundle(Ours.ShortReportData()), Collateral.None,
            new TeePolicy { Measurements = rules });
        Refused(Verdict(less), CheckBook.Measurement);
        Assert.Contains($"GPU: {name}.", Assert.Single(Verdict(less).Refusals).Text, StringComparison.Ordinal);
        // Another rule says nothing for the first one, unless it says all by itself.
        Refused(Verdict(less, With(GpuMaker.Rule, name, "00")), CheckBook.Measurement);
        Accepted(Verdict(less, GpuMaker.Rule));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("nonce", CheckBook.Binding)]
    [InlineData("signature", CheckBook.Signature)]
    [InlineData("measurement", CheckBook.Signature)]
    [InlineData("firmware", CheckBook.GpuFirmware)]
    [InlineData("old", CheckBook.ChainTime)]
    [InlineData("root", CheckBook.ChainPath)]
    [InlineData("block", CheckBook.Format)]
    [InlineData("trailing", CheckBook.Format)]
    [InlineData("unsigned", CheckBook.Format)]
    [InlineData("policy", CheckBook.Measurement)]
    [InlineData("driver", CheckBook.GpuVersions)]
    public void A_GPU_of_ours_passes_and_with_one_fault_it_is_refused(string fault, string code)
    {
        GpuMaker maker = fault switch
        {
            "signature" => new() { Whole = bytes => Flip(bytes.Length - 1)(bytes) },
            "measurement" => new() { Whole = Flip(37 + 8 + 10) },
            "firmware" => new() { FirmwareId = new byte[48] },
            "old" => new(Shape.P384 with { To = Shape.Now.AddDays(-1) }),
            // The index of the second block is that of the first.
            "block" => new() { Whole = bytes => Set(bytes, 37 + 8 + 55, 1) },
            "trailing" => new() { Whole = bytes => [.. bytes, 0] },
            "unsigned" => new() { Whole = Flip(2) },
            _ => new(),
        };
        var bundle = maker.Bundle(fault == "nonce" ? new byte[32] : Ours.ShortReportData());
        var verdict = Judge(fault == "root" ? new GpuMaker().Roots : maker.Roots, bundle, Collateral.None,
            fault switch
            {
                "policy" => new TeePolicy { Measurements = [Rule("driver", "1")] },
                "driver" => new TeePolicy
                {
                    Measurements = [With(GpuPolicy.Measurements[0], "driver", "550.90.08")],
                },
                _ => GpuPolicy,
            });
        if (code.Length == 0) Accepted(verdict);
        else Refused(verdict, code);

        static byte[] Set(byte[] bytes, int at, byte value)
        {
            bytes[at] = value;
            return bytes;
        }
    }

    private static readonly TeePolicy AzurePolicy = new() { Measurements = [AzureMaker.Rule("measurement")] };

    private static MeasurementRule With(MeasurementRule rule, string name, string value) =>
        new(new Dictionary<string, string>(rule.Wanted) { [name] = value });

    [Theory]
    [InlineData("", "")]
    [InlineData("claims", CheckBook.AzureClaims)]
    [InlineData("tpm-key", CheckBook.AzureQuote)]
    [InlineData("nonce", CheckBook.Binding)]
    [InlineData("register", CheckBook.AzurePcrs)]
    [InlineData("no-quote", CheckBook.Format)]
    [InlineData("no-answer", CheckBook.AzureQuote)]
    [InlineData("hardware", CheckBook.Signature)]
    [InlineData("debug", CheckBook.Debug)]
    [InlineData("policy", CheckBook.Measurement)]
    [InlineData("paravisor", CheckBook.Measurement)]
    public void A_virtual_TPM_of_ours_passes_and_with_one_fault_it_is_refused(string fault, string code)
    {
        using var other = RSA.Create(2048);
        AzureMaker maker = fault switch
        {
            "claims" => new() { OtherData = new byte[32] },
            "tpm-key" => new() { Signer = other },
            "register" => new() { Register = Flip(3) },
            "no-quote" => new() { Statement = bytes => bytes[5] = 0x17 },
            "hardware" => new() { Amd = new AmdMaker { Whole = Flip(0x90) } },
            "debug" => new() { Amd = new AmdMaker { Report = bytes => bytes[10] = 0x0b } },
            // Another paravisor may say anything of its guest, and the registers are as they should be.
            "paravisor" => new() { Amd = new AmdMaker { Report = bytes => bytes[0x90] = 1 } },
            _ => new(),
        };
        var bundle = maker.Bundle(fault == "nonce" ? new byte[64] : Ours.ReportData());
        if (fault == "no-answer") bundle = bundle with { Azure = null };
        var verdict = Judge(AmdMaker.Roots, bundle, maker.Amd.Collateral,
            fault == "policy" ? new TeePolicy { Measurements = [With(AzurePolicy.Measurements[0], "pcr4", "00")] }
                : AzurePolicy);
        if (code.Length == 0) Accepted(verdict);
        else Refused(verdict, code);
    }

    [Fact]
    public void A_virtual_TPM_on_TDX_is_judged_by_the_quote_beside_it()
    {
        var intel = new IntelMaker();
        var bundle = new AzureMaker().OnTdx(intel, Ours.ReportData());
        var policy = new TeePolicy { Measurements = [AzureMaker.Rule("mrtd")] };
        Accepted(Judge(intel.Roots, bundle, intel.Collateral(true), policy));
        var claims = new AzureMaker { Claims = [.. new AzureMaker().Claims, (byte)' '] };
        var exchanged = bundle with { Evidence = claims.OnTdx(intel, Ours.ReportData()).Evidence };
        Refused(Judge(intel.Roots, exchanged, intel.Collateral(true), policy), CheckBook.AzureClaims);
        var other = new IntelMaker { Body = bytes => bytes[136] = 1 };
        Refused(Judge(other.Roots, new AzureMaker().OnTdx(other, Ours.ReportData()), other.Collateral(true), policy),
            CheckBook.Measurement);
    }
}
