using System.Security.Cryptography;
using System.Text;
using Stun.Tee;
using Stun.Tee.Amd;
using Stun.Tee.Checks;
using Stun.Tee.Release;
using Stun.Tests.Tee.Makers;

namespace Stun.Tests.Tee;

/// <summary>What a policy asks is asked, and a policy that leaves something open is none.</summary>
public sealed class PolicyTests
{
    private static EvidenceException Refused(string json) =>
        Assert.Throws<EvidenceException>(() => PolicyFile.Read(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("{}", "policy.word")]
    [InlineData("{\"measurements\":[]}", "policy.word")]
    [InlineData("{\"measurements\":[{}]}", "policy.word")]
    [InlineData("{\"measurements\":\"any\",\"allow_debgu\":true}", "policy.word")]
    [InlineData("{\"measurements\":\"any\",\"statuses\":[\"Fine\"]}", "policy.word")]
    [InlineData("{\"measurements\":\"any\",\"statuses\":\"UpToDate\"}", "policy.json")]
    [InlineData("{\"measurements\":\"any\",\"measurements\":\"any\"}", "policy.json")]
    [InlineData("[]", "policy.json")]
    [InlineData("", "policy.json")]
    public void A_policy_that_says_too_little_or_what_nobody_knows_is_refused(string text, string code) =>
        Assert.Equal(code, Assert.Throws<EvidenceException>(() =>
            PolicyFile.Read(Encoding.UTF8.GetBytes(text))).Code);

    [Fact]
    public void A_policy_file_says_all_that_a_policy_can()
    {
        var policy = PolicyFile.Read(Encoding.UTF8.GetBytes("""
            {"kinds":["tdx","Snp"],"allow_debug":false,"allow_migration":true,"allow_smt":false,
            "need_collateral":true,"statuses":["UpToDate","SWHardeningNeeded"],"evaluation_min":17,
            "advisories_refused":["INTEL-SA-00615"],"vmpl_max":1,
            "tcb_minimum":{"tcb.snp":8},"release_secrets_to_platforms_of_unknown_level":true,
            "measurements":[{"measurement":"aa","guest_svn_min":2}]}
            """));
        Assert.True(policy.ReleasesSecretsToPlatformsOfUnknownLevel);
        Assert.False(TeePolicy.Default.ReleasesSecretsToPlatformsOfUnknownLevel);
        Assert.Equal([EvidenceKind.Tdx, EvidenceKind.Snp], policy.Kinds);
        Assert.Equal((17u, 1u), (policy.EvaluationMin, policy.VmplMax));
        var trial = PolicyFile.Read("""
            {"kinds":["software"],"development":true,"age_max_seconds":30,"tcb_minimum":{"svn":2},"measurements":"any"}
            """u8.ToArray());
        Assert.Equal((TimeSpan.FromSeconds(30), 2u), (trial.AgeMax, trial.TcbMinimum["svn"]));
        Assert.Equal((true, false, 8u), (policy.AllowsMigration, policy.AllowsSmt, policy.TcbMinimum["tcb.snp"]));
        var rule = Assert.Single(policy.Measurements);
        Assert.Null(rule.Difference(new Dictionary<string, string> { ["measurement"] = "AA", ["guest_svn"] = "2" }));
        Assert.NotNull(rule.Difference(new Dictionary<string, string> { ["measurement"] = "AA", ["guest_svn"] = "1" }));
        Assert.NotNull(rule.Difference(new Dictionary<string, string> { ["guest_svn"] = "2" }));
    }

    /// <summary>A word that nothing is asked by would let its writer believe that something is.</summary>
    [Theory]
    [InlineData("\"kinds\":[\"tdx\"],\"vmpl_max\":1", "vmpl_max")]
    [InlineData("\"kinds\":[\"tdx\"],\"allow_smt\":false", "allow_smt")]
    [InlineData("\"kinds\":[\"snp\",\"cca\"],\"statuses\":[\"UpToDate\"]", "statuses")]
    [InlineData("\"kinds\":[\"snp\"],\"evaluation_min\":17", "evaluation_min")]
    [InlineData("\"kinds\":[\"psa\"],\"advisories_refused\":[\"X\"]", "advisories_refused")]
    [InlineData("\"kinds\":[\"sgx\"],\"allow_migration\":false", "allow_migration")]
    [InlineData("\"kinds\":[\"cca\"],\"need_collateral\":true", "need_collateral")]
    [InlineData("\"kinds\":[\"cca\"],\"allow_debug\":false", "allow_debug")]
    [InlineData("\"age_max_seconds\":60", "age_max_seconds")]
    [InlineData("\"kinds\":[\"tdx\"],\"need_collateral\":false,\"evaluation_min\":17", "evaluation_min")]
    [InlineData("\"kinds\":[\"tdx\"],\"need_collateral\":false,\"statuses\":[\"UpToDate\"]", "statuses")]
    [InlineData("\"kinds\":[\"tdx\"],\"tcb_minimum\":{\"tcb.snp\":8}", "tcb.snp")]
    [InlineData("\"kinds\":[\"sgx\"],\"tcb_minimum\":{\"tcb.tdx.1\":8}", "tcb.tdx.1")]
    [InlineData("\"kinds\":[\"nvidia-gpu\"],\"tcb_minimum\":{\"driver\":8}", "driver")]
    [InlineData("\"tcb_minimum\":{\"tcb.snpp\":8}", "tcb.snpp")]
    [InlineData("\"tcb_minimum\":{\"tcb.tee\":0,\"tcb.snp\":0}", "tcb.snp")]
    [InlineData("\"kinds\":[\"sgx\"],\"tcb_minimum\":{\"tcb.qe\":0}", "tcb.qe")]
    public void A_policy_with_a_word_that_asks_nothing_is_refused_and_the_word_is_named(string words, string named)
    {
        var refusal = Refused($"{{\"measurements\":\"any\",{words}}}");
        Assert.Equal("policy.word", refusal.Code);
        Assert.Contains($"'{named}'", refusal.Message, StringComparison.Ordinal);
    }

    public static TheoryData<EvidenceKind, string> Layers
    {
        get
        {
            var data = new TheoryData<EvidenceKind, string>();
            foreach (var (kind, ways) in RequiredFacts.All)
                foreach (var way in ways)
                    data.Add(kind, string.Join(' ', way));
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_rule_that_leaves_out_a_layer_is_refused_in_a_file_and_takes_nothing(EvidenceKind kind, string facts)
    {
        var way = facts.Split(' ');
        var names = way.Select(fact => fact.Replace("*", "1", StringComparison.Ordinal)).ToList();
        Assert.Null(RequiredFacts.Missing(kind, Rule(names)));
        for (var left = 0; left < names.Count; left++)
        {
            List<string> less = [.. names.Where((_, at) => at != left), "report_id"];
            Assert.Contains(way[left], RequiredFacts.Missing(kind, Rule(less)), StringComparison.Ordinal);
            var word = kind == EvidenceKind.Software ? "\"development\":true," : "";
            var rule = string.Join(',', less.Select(name => $"\"{name}\":\"1\""));
            var refusal = Refused($"{{\"kinds\":[\"{kind}\"],{word}\"measurements\":[{{{rule}}}]}}");
            Assert.Equal("policy.rule", refusal.Code);
            Assert.Contains(way[left], refusal.Message, StringComparison.Ordinal);
        }

        static MeasurementRule Rule(IEnumerable<string> names) => new(names.ToDictionary(name => name, _ => "1"));
    }

    [Fact]
    public void Each_kind_of_evidence_has_its_required_facts_and_the_document_lists_them()
    {
        Assert.Equal(Enum.GetValues<EvidenceKind>(), RequiredFacts.All.Select(each => each.Kind).Order());
        var text = File.ReadAllText(Repository.PathOf("docs/operating/tee.md"));
        foreach (var (kind, ways) in RequiredFacts.All)
        {
            var named = string.Join(", or ", ways.Select(way => string.Join(", ", way.Select(fact => $"`{fact}`"))));
            var name = kind switch
            {
                EvidenceKind.NvidiaGpu => "nvidia-gpu",
                EvidenceKind.AzureVtpm => "azure-vtpm",
                _ => kind.ToString().ToLowerInvariant(),
            };
            Assert.Contains($"| `{name}` | {named} |", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Evidence_that_fits_a_rule_with_a_layer_left_out_is_not_taken()
    {
        var intel = new IntelMaker();
        string Difference(params string[] names)
        {
            var rule = new MeasurementRule(IntelMaker.TdRule.Wanted.Where(pair => names.Contains(pair.Key))
                .ToDictionary());
            var verdict = IntelFaultTests.Judge(intel, policy: new TeePolicy { Measurements = [rule] });
            var refusal = Assert.Single(verdict.Refusals);
            Assert.Equal(CheckBook.Measurement, refusal.Code);
            return refusal.Text;
        }

        Assert.Contains("must name rtmr0, rtmr1, rtmr2, rtmr3", Difference("mrtd"), StringComparison.Ordinal);
        Assert.Contains("must name mrtd", Difference("rtmr0", "rtmr1", "rtmr2", "rtmr3"), StringComparison.Ordinal);
        Assert.Contains("must name rtmr3", Difference("mrtd", "rtmr0", "rtmr1", "rtmr2"), StringComparison.Ordinal);
        // Of Azure what the paravisor says of its guest is worth what the paravisor is worth.
        var azure = new AzureMaker();
        var whole = AzureMaker.Rule("measurement");
        var guest = new MeasurementRule(
            whole.Wanted.Where(pair => pair.Key != "measurement").ToDictionary());
        TeeVerdict Judge(MeasurementRule rule) => new EvidenceVerifier(AmdMaker.Roots).Verify(
            azure.Bundle(IntelFaultTests.Ours.ReportData()), azure.Amd.Collateral,
            new Question(new TeePolicy { Measurements = [rule] }, Shape.Now,
                new ExpectedData.AnswerTo(IntelFaultTests.Ours)));
        Assert.True(Judge(whole).IsAccepted);
        Assert.Equal([CheckBook.Measurement], Judge(guest).Refusals.Select(check => check.Code));
        foreach (var name in (string[])["pcr0", "pcr4", "pcr7", "pcr11"])
            Assert.Equal([CheckBook.Measurement], Judge(new MeasurementRule(
                whole.Wanted.Where(pair => pair.Key != name).ToDictionary())).Refusals.Select(check => check.Code));
    }

    [Fact]
    public void A_secret_goes_to_no_platform_of_unknown_level_unless_the_policy_says_it_in_plain_words()
    {
        using var key = new EnclaveKey();
        var challenge = new Challenge(RandomNumberGenerator.GetBytes(32), key.PublicKey);
        var answer = new ExpectedData.AnswerTo(challenge);
        var intel = new IntelMaker();
        var quote = intel.Quote(EvidenceKind.Tdx, 4, challenge.ReportData());
        TeeVerdict Intel(Collateral collateral, TeePolicy policy) =>
            new EvidenceVerifier(intel.Roots).Verify(quote, collateral, new Question(policy, Shape.Now, answer));
        var whole = new TeePolicy { Measurements = [IntelMaker.TdRule] };
        Assert.Equal(Protection.Hardware, Recipient.Of(Intel(intel.Collateral(true), whole), challenge).Protection);
        var lax = whole with { NeedsCollateral = false };
        var without = Intel(Collateral.None, lax);
        Assert.True(without.IsAccepted);
        Assert.Equal("release.level", Assert.Throws<KeyReleaseException>(() => Recipient.Of(without, challenge)).Code);
        var plain = lax with { ReleasesSecretsToPlatformsOfUnknownLevel = true };
        Assert.Equal(Protection.Hardware, Recipient.Of(Intel(Collateral.None, plain), challenge).Protection);

        // AMD has no levels: least versions must be named, and its list of revoked keys be there.
        var amd = new AmdMaker();
        var report = amd.Bundle(challenge.ReportData());
        TeeVerdict Amd(Collateral collateral, TeePolicy policy) =>
            new EvidenceVerifier(AmdMaker.Roots).Verify(report, collateral, new Question(policy, Shape.Now, answer));
        var measured = new TeePolicy
        {
            Measurements = [new MeasurementRule(new Dictionary<string, string> { ["measurement"] = new('a', 96) })],
        };
        var least = measured with { TcbMinimum = AmdMaker.Least };
        Assert.Equal(Protection.Hardware, Recipient.Of(Amd(amd.Collateral, least), challenge).Protection);
        foreach (var verdict in (TeeVerdict[])
        [
            Amd(amd.Collateral, measured), Amd(Collateral.None, least with { NeedsCollateral = false }),
        ])
        {
            Assert.True(verdict.IsAccepted);
            Assert.Equal("release.level",
                Assert.Throws<KeyReleaseException>(() => Recipient.Of(verdict, challenge)).Code);
        }

        // A realm's platform has its firmware on the list.
        var arm = new ArmMaker();
        var realm = new EvidenceVerifier(arm.Roots).Verify(arm.Cca(challenge.ReportData()), Collateral.None,
            new Question(new TeePolicy { Measurements = [ArmMaker.Rule] }, Shape.Now, answer));
        Assert.Equal(Protection.Hardware, Recipient.Of(realm, challenge).Protection);
    }

    [Fact]
    public void A_secret_goes_to_a_platform_of_AMD_only_when_each_of_its_parts_has_a_least_version()
    {
        using var key = new EnclaveKey();
        var challenge = new Challenge(RandomNumberGenerator.GetBytes(32), key.PublicKey);
        Recipient Of(AmdMaker amd, IReadOnlyDictionary<string, uint> least)
        {
            var policy = new TeePolicy
            {
                Measurements =
                    [new MeasurementRule(new Dictionary<string, string> { ["measurement"] = new('a', 96) })],
                TcbMinimum = least,
            };
            var verdict = new EvidenceVerifier(AmdMaker.Roots).Verify(
                amd.Bundle(challenge.ReportData()), amd.Collateral,
                new Question(policy, Shape.Now, new ExpectedData.AnswerTo(challenge)));
            Assert.Empty(verdict.Refusals);
            return Recipient.Of(verdict, challenge);
        }

        void Refused(AmdMaker amd, IReadOnlyDictionary<string, uint> least, string left)
        {
            var refusal = Assert.Throws<KeyReleaseException>(() => Of(amd, least));
            Assert.Equal("release.level", refusal.Code);
            Assert.Contains($"no least {left}.", refusal.Message, StringComparison.Ordinal);
        }

        var milan = new AmdMaker();
        Assert.Equal(Protection.Hardware, Of(milan, AmdMaker.Least).Protection);
        foreach (var left in AmdMaker.Least.Keys)
            Refused(milan, AmdMaker.Least.Where(pair => pair.Key != left).ToDictionary(), left);
        var turin = new AmdMaker
        {
            Product = AmdProduct.Turin,
            Version = 3,
            Tcb = [1, 3, 0, 8, 115],
            ChipId = [1, 2, 3, 4, 5, 6, 7, 8, .. new byte[56]],
        };
        Refused(turin, AmdMaker.Least, "tcb.fmc");
        var whole = new Dictionary<string, uint>(AmdMaker.Least) { ["tcb.fmc"] = 1 };
        Assert.Equal(Protection.Hardware, Of(turin, whole).Protection);
    }

    [Theory]
    [InlineData("pcr8")]
    [InlineData("pcr9")]
    [InlineData("pcr12")]
    public void A_rule_for_Azure_that_pins_no_system_is_refused(string alone)
    {
        string Policy(params string[] registers) =>
            "{\"kinds\":[\"azure-vtpm\"],\"measurements\":[{" + string.Join(',', ((string[])
                ["measurement", "pcr0", "pcr4", "pcr7", .. registers]).Select(name => $"\"{name}\":\"1\"")) + "}]}";
        foreach (var registers in (string[][])[[], [alone]])
        {
            var refusal = Refused(Policy(registers));
            Assert.Equal("policy.rule", refusal.Code);
            Assert.Contains("pcr11", refusal.Message, StringComparison.Ordinal);
        }
        foreach (var registers in (string[][])[["pcr8", "pcr9"], ["pcr11"]])
            Assert.Single(PolicyFile.Read(Encoding.UTF8.GetBytes(Policy(registers))).Measurements);
    }

    [Fact]
    public void A_secret_goes_to_no_machine_that_may_be_looked_into_and_to_no_device_that_holds_no_key()
    {
        using var key = new EnclaveKey();
        var challenge = new Challenge(RandomNumberGenerator.GetBytes(32), key.PublicKey);
        var answer = new ExpectedData.AnswerTo(challenge);
        string Refusal(TrustRoots roots, EvidenceBundle bundle, Collateral collateral, TeePolicy policy)
        {
            var verdict = new EvidenceVerifier(roots).Verify(
                bundle, collateral, new Question(policy, Shape.Now, answer));
            Assert.Empty(verdict.Refusals);
            return Assert.Throws<KeyReleaseException>(() => Recipient.Of(verdict, challenge)).Code;
        }

        var open = new IntelMaker { Body = body => body[120] |= 1 };
        Assert.Equal("release.debug", Refusal(
            open.Roots, open.Quote(EvidenceKind.Tdx, 4, challenge.ReportData()), open.Collateral(true),
            new TeePolicy { Measurements = [IntelMaker.TdRule], AllowsDebug = true }));
        var arm = new ArmMaker();
        var words = new TeePolicy { ReleasesSecretsToPlatformsOfUnknownLevel = true };
        Assert.Equal("release.kind", Refusal(arm.Roots, arm.Psa(challenge.ReportData()), Collateral.None,
            words with { Measurements = [ArmMaker.PsaRule] }));
        var gpu = new GpuMaker();
        Assert.Equal("release.kind", Refusal(gpu.Roots, gpu.Bundle(challenge.ShortReportData()), Collateral.None,
            words with
            {
                Measurements = [GpuMaker.Rule],
            }));
    }

    [Fact]
    public void A_secret_goes_to_a_virtual_TPM_on_either_hardware_when_all_of_it_is_known()
    {
        using var key = new EnclaveKey();
        var challenge = new Challenge(RandomNumberGenerator.GetBytes(32), key.PublicKey);
        var answer = new ExpectedData.AnswerTo(challenge);
        var azure = new AzureMaker();
        var policy = new TeePolicy
        {
            Measurements = [AzureMaker.Rule("measurement"), AzureMaker.Rule("mrtd")],
            TcbMinimum = AmdMaker.Least,
        };
        var onAmd = new EvidenceVerifier(AmdMaker.Roots).Verify(
            azure.Bundle(challenge.ReportData()), azure.Amd.Collateral, new Question(policy, Shape.Now, answer));
        Assert.Equal(Protection.Hardware, Recipient.Of(onAmd, challenge).Protection);
        var partly = policy with { TcbMinimum = new Dictionary<string, uint> { ["tcb.snp"] = 8 } };
        Assert.Equal("release.level", Assert.Throws<KeyReleaseException>(() => Recipient.Of(
            new EvidenceVerifier(AmdMaker.Roots).Verify(azure.Bundle(challenge.ReportData()), azure.Amd.Collateral,
                new Question(partly, Shape.Now, answer)), challenge)).Code);
        var intel = new IntelMaker();
        var quote = azure.OnTdx(intel, challenge.ReportData());
        TeeVerdict OnIntel(Collateral collateral, TeePolicy asked) =>
            new EvidenceVerifier(intel.Roots).Verify(quote, collateral, new Question(asked, Shape.Now, answer));
        Assert.Equal(Protection.Hardware,
            Recipient.Of(OnIntel(intel.Collateral(true), policy), challenge).Protection);
        Assert.Equal("release.level", Assert.Throws<KeyReleaseException>(() => Recipient.Of(
            OnIntel(Collateral.None, policy with { NeedsCollateral = false }), challenge)).Code);
    }
}
