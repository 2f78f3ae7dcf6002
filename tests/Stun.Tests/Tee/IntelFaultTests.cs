using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Stun.Tee;
using Stun.Tee.Checks;
using Stun.Tee.Intel;
using Stun.Tests.Tee.Makers;

namespace Stun.Tests.Tee;

/// <summary>
/// A quote of our own platform passes; with one fault of it, it is refused with the code of that fault.
/// </summary>
public sealed class IntelFaultTests
{
    private static readonly byte[] Nonce = [.. Enumerable.Repeat((byte)0x42, 32)];
    internal static readonly Challenge Ours = new(Nonce, new byte[65]);
    private static readonly Lazy<IntelMaker> Plain = new(() => new IntelMaker());

    private static readonly TeePolicy Policy = new()
    {
        Measurements =
        [
            IntelMaker.TdRule,
            new MeasurementRule(new Dictionary<string, string>
            {
                ["mrsigner"] = Signer,
                ["isvprodid"] = "7",
                ["isvsvn_min"] = "2",
            }),
        ],
    };

    private static string Signer => string.Concat(Enumerable.Repeat("bb", 32));

    internal static TeeVerdict Judge(
        IntelMaker maker, EvidenceKind kind = EvidenceKind.Tdx, int version = 4, bool isLong = false,
        TeePolicy? policy = null, DateTimeOffset? at = null) =>
        new EvidenceVerifier(maker.Roots).Verify(
            maker.Quote(kind, version, Ours.ReportData(), isLong), maker.Collateral(kind == EvidenceKind.Tdx),
            new Question(policy ?? Policy, at ?? Shape.Now, new ExpectedData.AnswerTo(Ours)));

    [Theory]
    [InlineData(EvidenceKind.Sgx, 3, false)]
    [InlineData(EvidenceKind.Sgx, 4, false)]
    [InlineData(EvidenceKind.Sgx, 5, false)]
    [InlineData(EvidenceKind.Tdx, 4, false)]
    [InlineData(EvidenceKind.Tdx, 5, false)]
    [InlineData(EvidenceKind.Tdx, 5, true)]
    public void A_quote_of_ours_without_a_fault_passes_every_check(EvidenceKind kind, int version, bool isLong)
    {
        var verdict = Judge(Plain.Value, kind, version, isLong, Policy with
        {
            TcbMinimum = new Dictionary<string, uint> { ["tcb.sgx.1"] = 5, ["tcb.pcesvn"] = 5, ["tcb.snp"] = 200 },
        });
        Assert.Empty(verdict.Refusals);
        Assert.True(verdict.IsAccepted);
        Assert.Equal(TcbStatus.UpToDate, verdict.Status);
        Assert.DoesNotContain(verdict.Checks, check => check.Outcome == CheckOutcome.NotAsked);
    }

    public static TheoryData<string, string> Faults => new()
    {
        { "debug", CheckBook.Debug },
        { "profiling", CheckBook.Debug },
        { "attribute-unknown", CheckBook.Attributes },
        { "sept-off", CheckBook.Attributes },
        { "migratable", CheckBook.Attributes },
        { "features", CheckBook.Attributes },
        { "measurement", CheckBook.Measurement },
        { "report-data", CheckBook.Binding },
        { "vendor", CheckBook.Vendor },
        { "key-type", CheckBook.Vendor },
        { "version", CheckBook.Format },
        { "reserved", CheckBook.Format },
        { "cut", CheckBook.Format },
        { "signature", CheckBook.Signature },
        { "qe-signer", CheckBook.TcbQe },
        { "qe-product", CheckBook.TcbQe },
        { "qe-attributes", CheckBook.TcbQe },
        { "qe-svn-none", CheckBook.TcbQe },
        { "qe-svn-old", CheckBook.TcbStatus },
        { "qe-signer", CheckBook.QeKnown },
        { "qe-product", CheckBook.QeKnown },
        { "qe-debug", CheckBook.QeKnown },
        { "qe-binding", CheckBook.QeBinding },
        { "qe-signature", CheckBook.QeSignature },
        { "module-old", CheckBook.TcbStatus },
        { "module-none", CheckBook.TcbModule },
        { "module-unknown", CheckBook.TcbModule },
        { "module-signer", CheckBook.TcbModule },
        { "platform-old", CheckBook.TcbStatus },
        { "platform-none", CheckBook.TcbPlatform },
        { "components-few", CheckBook.Format },
        { "status-unknown", CheckBook.Format },
        { "fmspc", CheckBook.Platform },
        { "pceid", CheckBook.Platform },
        { "info-id", CheckBook.Platform },
        { "info-version", CheckBook.Format },
        { "info-old", CheckBook.TcbInfoTime },
        { "info-future", CheckBook.TcbInfoTime },
        { "identity-old", CheckBook.QeIdentityTime },
        { "identity-id", CheckBook.TcbQe },
        { "list-missing", CheckBook.ChainRevocation },
        { "list-forged", CheckBook.ChainRevocation },
        { "revoked", CheckBook.ChainRevocation },
        { "revoked-authority", CheckBook.ChainRevocation },
        { "chain-short", CheckBook.ChainPath },
        { "chain-other", CheckBook.ChainPath },
        { "authority-none", CheckBook.ChainPath },
        { "critical", CheckBook.ChainPath },
        { "certificate-old", CheckBook.ChainTime },
        { "certificate-future", CheckBook.ChainTime },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_quote_with_one_fault_is_refused_with_its_code(string fault, string code)
    {
        var verdict = Judge(Spoilt(fault));
        Assert.False(verdict.IsAccepted);
        Assert.Contains(code, verdict.Refusals.Select(check => check.Code));
        // What follows from the fault is refused, too, but signatures of what is sound stay good.
        if (code is CheckBook.Debug or CheckBook.Attributes or CheckBook.Measurement or CheckBook.Binding
            or CheckBook.TcbStatus or CheckBook.TcbInfoTime)
            Assert.Equal([code], verdict.Refusals.Select(check => check.Code).Distinct());
    }

    private static Action<byte[]> Set(int at, byte value) => bytes => bytes[at] = value;

    private static Action<byte[]> Or(int at, byte value) => bytes => bytes[at] |= value;

    private static Func<byte[], byte[]> Flip(Func<byte[], int> at) => bytes =>
    {
        bytes[at(bytes)] ^= 1;
        return bytes;
    };

    private static Action<JsonObject> Put(string name, JsonNode value) => json => json[name] = value;

    private static IntelMaker Spoilt(string fault) => OfBody(fault) ?? OfSigners(fault) ?? OfStatements(fault)
        ?? throw new ArgumentException(fault);

    private static IntelMaker? OfBody(string fault) => fault switch
    {
        "debug" => new() { Body = Or(120, 1) },
        "profiling" => new() { Body = Or(120, 0x10) },
        "attribute-unknown" => new() { Body = Or(125, 1) },
        "sept-off" => new() { Body = Set(123, 0) },
        "migratable" => new() { Body = Or(123, 0x20) },
        "features" => new() { Body = Set(128, 0) },
        "measurement" => new() { Body = Set(140, 1) },
        "report-data" => new() { Body = bytes => bytes[520] ^= 1 },
        "vendor" => new() { Header = Set(12, 0) },
        "key-type" => new() { Header = Set(2, 3) },
        "version" => new() { Header = Set(0, 6) },
        "reserved" => new() { Header = Set(8, 1) },
        "cut" => new() { Whole = bytes => bytes[..^1] },
        "signature" => new() { Whole = Flip(_ => 48 + 584 + 4 + 5) },
        "module-old" => new() { Body = Set(0, 4) },
        "module-none" => new() { Body = Set(0, 3) },
        "module-unknown" => new() { Body = Set(1, 2) },
        "module-signer" => new() { Body = Set(64, 1) },
        "platform-none" => new() { Body = Set(2, 1) },
        _ => null,
    };

    private static IntelMaker? OfSigners(string fault) => fault switch
    {
        "qe-signer" => new() { QeReport = Set(128, 0) },
        "qe-product" => new() { QeReport = Set(256, 9) },
        "qe-attributes" => new() { QeReport = Or(48, 8) },
        "qe-debug" => new() { QeReport = Or(48, 2) },
        "qe-svn-none" => new() { QeReport = Set(258, 1) },
        "qe-svn-old" => new() { QeReport = Set(258, 5) },
        "qe-binding" => new() { QeReport = bytes => bytes[320] ^= 1 },
        "qe-signature" => new() { Whole = Flip(_ => 48 + 584 + 4 + 128 + 6 + 384 + 3) },
        "revoked" => new() { Revoked = maker => [maker.Pck] },
        "revoked-authority" => new() { Revoked = maker => [maker.PlatformCa] },
        "list-missing" => new() { Lists = lists => [lists[0]] },
        "list-forged" => new() { Lists = lists => [lists[0], Flip(bytes => bytes.Length - 3)(lists[1])] },
        "chain-short" => new() { Chain = maker => [maker.Pck.Raw] },
        "chain-other" => new() { Chain = maker => [maker.Pck.Raw, Plain.Value.PlatformCa.Raw] },
        "authority-none" => new(ca: new Shape { IsAuthority = false }),
        "critical" => new(pck: new Shape { Extensions = [("1.2.3.4", [5, 0], true)] }),
        "certificate-future" => new(pck: new Shape { From = Shape.Now.AddSeconds(1) }),
        "certificate-old" => new(pck: new Shape { To = Shape.Now.AddSeconds(-1) }),
        _ => null,
    };

    private static IntelMaker? OfStatements(string fault) => fault switch
    {
        "platform-old" => new()
        {
            TcbInfo = json => json["tcbLevels"]![0]!["tcb"]!["pcesvn"] = 6,
        },
        "components-few" => new()
        {
            TcbInfo = json => json["tcbLevels"]![0]!["tcb"]!["sgxtcbcomponents"]!.AsArray().RemoveAt(3),
        },
        "status-unknown" => new() { TcbInfo = json => json["tcbLevels"]![0]!["tcbStatus"] = "0" },
        "fmspc" => new() { TcbInfo = Put("fmspc", "B0C06F000001") },
        "pceid" => new() { TcbInfo = Put("pceId", "0001") },
        "info-id" => new() { TcbInfo = Put("id", "SGX") },
        "info-version" => new() { TcbInfo = Put("version", 2) },
        "info-old" => new() { TcbInfo = Put("nextUpdate", "2026-06-15T12:00:00Z") },
        "info-future" => new() { TcbInfo = Put("issueDate", "2026-06-15T12:00:01Z") },
        "identity-old" => new() { QeIdentity = Put("nextUpdate", "2026-06-15T12:00:00Z") },
        "identity-id" => new() { QeIdentity = Put("id", "QE") },
        _ => null,
    };

    private static void Drop(JsonObject json, int count)
    {
        for (var left = count; left > 0; left--) json["tcbLevels"]!.AsArray().RemoveAt(0);
    }

    [Fact]
    public void Each_of_platform_module_and_quoting_enclave_counts_and_is_told_by_itself()
    {
        // A good module and a good quoting enclave do not hide an old processor.
        var verdict = Judge(new IntelMaker { TcbInfo = json => Drop(json, 2) });
        Assert.Equal(TcbStatus.OutOfDate, verdict.Status);
        Assert.Equal(["TEST-SA-1"], verdict.Advisories);
        var both = Judge(new IntelMaker { TcbInfo = json => Drop(json, 1), Body = Set(0, 4) });
        Assert.Equal(TcbStatus.OutOfDate, both.Status);
        Assert.Equal(["TEST-SA-0", "TEST-SA-2"], both.Advisories);
        Assert.Equal(
            [
                (PartLevel.Platform, TcbStatus.SWHardeningNeeded, "TEST-SA-0"),
                (PartLevel.Module, TcbStatus.OutOfDate, "TEST-SA-2"),
                (PartLevel.QuotingEnclave, TcbStatus.UpToDate, ""),
            ],
            both.Levels.Select(each => (each.Part, each.Status, string.Join(' ', each.Advisories))));
        Assert.Equal(VectorTests.Time("2026-01-01T00:00:00Z"), both.Levels[0].Date);
    }

    /// <summary>A mix is not hidden by the higher of its two: whoever takes one has not taken the other.</summary>
    [Fact]
    public void Two_parts_of_different_troubles_must_both_be_taken()
    {
        var maker = new IntelMaker
        {
            TcbInfo = json => json["tcbLevels"]![0]!["tcbStatus"] = "ConfigurationNeeded",
            Body = Set(0, 4),
        };
        TeeVerdict With(params TcbStatus[] taken) => Judge(maker, policy: Policy with { StatusesAccepted = taken });
        var verdict = With(TcbStatus.UpToDate, TcbStatus.OutOfDate);
        Assert.Equal(TcbStatus.OutOfDateConfigurationNeeded, verdict.Status);
        var refusal = Assert.Single(verdict.Refusals);
        Assert.Equal(CheckBook.TcbStatus, refusal.Code);
        Assert.Contains("platform ConfigurationNeeded", refusal.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("module", refusal.Text, StringComparison.Ordinal);
        // What they come to is no part: to take it takes neither.
        Assert.False(With(TcbStatus.UpToDate, TcbStatus.OutOfDateConfigurationNeeded).IsAccepted);
        Assert.True(With(TcbStatus.OutOfDate, TcbStatus.ConfigurationNeeded).IsAccepted);
        Assert.False(Judge(Plain.Value, policy: Policy with { StatusesAccepted = [] }).IsAccepted);
    }

    [Fact]
    public void What_statuses_come_to_hides_no_trouble_and_does_not_depend_on_their_order()
    {
        (TcbStatus Left, TcbStatus Right, TcbStatus Both)[] table =
        [
            (TcbStatus.SWHardeningNeeded, TcbStatus.ConfigurationNeeded, TcbStatus.ConfigurationAndSWHardeningNeeded),
            (TcbStatus.OutOfDate, TcbStatus.ConfigurationNeeded, TcbStatus.OutOfDateConfigurationNeeded),
            (TcbStatus.OutOfDate, TcbStatus.ConfigurationAndSWHardeningNeeded, TcbStatus.OutOfDateConfigurationNeeded),
            (TcbStatus.OutOfDate, TcbStatus.SWHardeningNeeded, TcbStatus.OutOfDate),
        ];
        foreach (var (left, right, both) in table) Assert.Equal(both, TcbStatuses.Join(left, right));
        foreach (var left in Enum.GetValues<TcbStatus>())
        {
            Assert.Equal(left, TcbStatuses.Join(left, TcbStatus.UpToDate));
            Assert.Equal(TcbStatus.Revoked, TcbStatuses.Join(left, TcbStatus.Revoked));
            foreach (var right in Enum.GetValues<TcbStatus>())
                Assert.Equal(TcbStatuses.Join(left, right), TcbStatuses.Join(right, left));
        }
    }

    [Theory]
    [InlineData("tcb.sgx.2", 5, 6)]
    [InlineData("tcb.pcesvn", 5, 6)]
    [InlineData("tcb.tdx.1", 6, 7)]
    [InlineData("tcb.qe", 8, 9)]
    [InlineData("tcb.date", 20260101, 20260102)]
    public void A_policys_least_versions_are_asked_of_Intels_platforms_too(string name, uint enough, uint more)
    {
        TeeVerdict With(uint least) => Judge(Plain.Value, policy: Policy with
        {
            TcbMinimum = new Dictionary<string, uint> { [name] = least },
        });
        Assert.True(With(enough).IsAccepted);
        Assert.Equal([CheckBook.TcbMinimum], With(more).Refusals.Select(check => check.Code));
    }

    [Fact]
    public void A_least_version_that_no_evidence_has_or_that_is_not_known_here_is_not_passed_over()
    {
        var none = Judge(Plain.Value, policy: Policy with
        {
            TcbMinimum = new Dictionary<string, uint> { ["tcb.snpp"] = 1 },
        });
        Assert.Equal([CheckBook.TcbMinimum], none.Refusals.Select(check => check.Code));
        // The date is in collateral, and without that it is not known.
        var bundle = Plain.Value.Quote(EvidenceKind.Tdx, 4, Ours.ReportData());
        var dated = new EvidenceVerifier(Plain.Value.Roots).Verify(bundle, Collateral.None, new Question(
            Policy with
            {
                NeedsCollateral = false,
                TcbMinimum = new Dictionary<string, uint> { ["tcb.date"] = 20200101 },
            }, Shape.Now, new ExpectedData.AnswerTo(Ours)));
        Assert.Equal([CheckBook.TcbMinimum], dated.Refusals.Select(check => check.Code));
    }

    [Fact]
    public void All_lists_of_an_authority_are_asked_and_not_the_first_alone()
    {
        var listed = new IntelMaker();
        byte[] List(int from, int to, params Authority[] revoked) =>
            listed.PlatformCa.List(Shape.Now.AddDays(from), Shape.Now.AddDays(to), revoked);
        TeeVerdict With(params byte[][] lists)
        {
            var (info, identity, own) = listed.Parts(isTdx: true);
            return new EvidenceVerifier(listed.Roots).Verify(
                listed.Quote(EvidenceKind.Tdx, 4, Ours.ReportData()),
                listed.CollateralOf(info, identity, [own[0], .. lists]),
                new Question(Policy, Shape.Now, new ExpectedData.AnswerTo(Ours)));
        }

        var (old, later, revoking) = (List(-20, 5), List(-10, 20), List(-1, 29, listed.Pck));
        Assert.True(With(old, later).IsAccepted);
        foreach (var order in (byte[][][])[[old, revoking], [revoking, old], [later, old, revoking]])
            Assert.Equal([CheckBook.ChainRevocation], With(order).Refusals.Select(check => check.Code).Distinct());
        // One that has ended beside one that counts is of no account; alone it is not enough.
        Assert.True(With(List(-40, -10), later).IsAccepted);
        Assert.False(With(List(-40, -10)).IsAccepted);
        Assert.False(With(later, Flip(bytes => bytes.Length - 3)(List(-1, 29))).IsAccepted);
    }

    [Fact]
    public void A_verdict_tells_of_each_certificate_whether_it_was_asked_for()
    {
        var whole = Judge(Plain.Value);
        Assert.Equal(
            [
                ("the platform", 0, CheckOutcome.Passed), ("the platform", 1, CheckOutcome.Passed),
                ("the list of levels", 0, CheckOutcome.Passed),
                ("the identity of the quoting enclave", 0, CheckOutcome.Passed),
            ],
            whole.Certificates.Select(each => (each.Chain, each.Position, each.Outcome)));
        var revoked = Judge(Spoilt("revoked"));
        Assert.Contains(revoked.Certificates, each => each is
        {
            Chain: "the platform", Position: 0, Outcome: CheckOutcome.Failed,
        } && each.Text.Contains("revoked", StringComparison.Ordinal));

        // A list of another authority does not make it look as if all had been asked.
        var lists = new IntelMaker { Lists = lists => [lists[0]] };
        var lax = Policy with { NeedsCollateral = false };
        var part = Judge(lists, policy: lax);
        Assert.True(part.IsAccepted);
        Assert.Equal(CheckOutcome.NotAsked,
            part.Checks.First(check => check.Code == CheckBook.ChainRevocation).Outcome);
        Assert.Equal([CheckOutcome.NotAsked, CheckOutcome.Passed],
            part.Certificates.Take(2).Select(each => each.Outcome));
        Assert.True(Judge(Spoilt("list-missing")).Certificates[0].Outcome == CheckOutcome.Failed);
    }

    [Fact]
    public void A_policy_asks_for_an_evaluation_and_for_advisories()
    {
        var late = Judge(Plain.Value, policy: Policy with { EvaluationMin = 19 });
        Assert.Equal([CheckBook.Evaluation], late.Refusals.Select(check => check.Code).Distinct());
        var maker = new IntelMaker { TcbInfo = json => json["tcbLevels"]!.AsArray().RemoveAt(0) };
        var lax = Policy with { StatusesAccepted = [TcbStatus.UpToDate, TcbStatus.SWHardeningNeeded] };
        Assert.True(Judge(maker, policy: lax).IsAccepted);
        var wary = Judge(maker, policy: lax with { AdvisoriesRefused = ["test-sa-0"] });
        Assert.Equal([CheckBook.TcbAdvisories], wary.Refusals.Select(check => check.Code));
    }

    [Fact]
    public void A_quote_without_collateral_is_refused_unless_the_policy_does_without()
    {
        var bundle = Plain.Value.Quote(EvidenceKind.Tdx, 4, Ours.ReportData());
        var question = new Question(Policy, Shape.Now, new ExpectedData.AnswerTo(Ours));
        var verifier = new EvidenceVerifier(Plain.Value.Roots);
        var refused = verifier.Verify(bundle, Collateral.None, question);
        Assert.Contains(CheckBook.CollateralGiven, refused.Refusals.Select(check => check.Code));
        Assert.Contains(CheckBook.TcbStatus, refused.Refusals.Select(check => check.Code));
        var lax = question with { Policy = Policy with { NeedsCollateral = false } };
        Assert.True(verifier.Verify(bundle, Collateral.None, lax).IsAccepted);
    }

    [Theory]
    [InlineData("qe-signer")]
    [InlineData("qe-product")]
    [InlineData("qe-debug")]
    public void Without_collateral_the_quoting_enclave_is_still_known_by_its_signer(string fault)
    {
        var lax = new Question(
            Policy with { NeedsCollateral = false }, Shape.Now, new ExpectedData.AnswerTo(Ours));
        foreach (var kind in (EvidenceKind[])[EvidenceKind.Sgx, EvidenceKind.Tdx])
        {
            var maker = Spoilt(fault);
            var verdict = new EvidenceVerifier(maker.Roots).Verify(
                maker.Quote(kind, 4, Ours.ReportData()), Collateral.None, lax);
            Assert.Equal([CheckBook.QeKnown], verdict.Refusals.Select(check => check.Code));
        }
    }

    [Fact]
    public void Whoever_says_nothing_of_quoting_enclaves_takes_Intels_and_no_other()
    {
        var roots = new TrustRoots { Intel = Plain.Value.Roots.Intel };
        var verdict = new EvidenceVerifier(roots).Verify(
            Plain.Value.Quote(EvidenceKind.Tdx, 4, Ours.ReportData()), Plain.Value.Collateral(true),
            new Question(Policy, Shape.Now, new ExpectedData.AnswerTo(Ours)));
        Assert.Equal([CheckBook.QeKnown], verdict.Refusals.Select(check => check.Code));
        // As Intel's signed identities of both have them.
        Assert.Equal(
            [
                (false, "8c4f5775d796503e96137f77c68a829a0056ac8ded70140b081b094490c57bff", 1),
                (true, "dc9e2a7c6f948f17474e34a7fc43ed030f7c1563f1babddf6340c82e0e54a8c5", 2),
            ],
            TrustRoots.Pinned.QuotingEnclaves.Select(each =>
                (each.IsTdx, Convert.ToHexStringLower(each.Signer.Span), each.ProductId)));
    }

    [Fact]
    public void The_quoting_enclave_of_SGX_makes_no_quote_of_TDX()
    {
        var maker = new IntelMaker { QeReport = Set(256, 1) };
        var verdict = new EvidenceVerifier(maker.Roots).Verify(
            maker.Quote(EvidenceKind.Tdx, 4, Ours.ReportData()), Collateral.None,
            new Question(Policy with { NeedsCollateral = false }, Shape.Now, new ExpectedData.AnswerTo(Ours)));
        Assert.Equal([CheckBook.QeKnown], verdict.Refusals.Select(check => check.Code));
    }

    [Fact]
    public void Padding_behind_a_quote_is_ignored_and_a_length_that_reaches_into_it_is_not()
    {
        Assert.True(Judge(new IntelMaker { Whole = bytes => [.. bytes, .. new byte[3065]] }).IsAccepted);
        var longer = Judge(new IntelMaker
        {
            Whole = bytes =>
            {
                var length = bytes.AsSpan(48 + 584);
                BinaryPrimitives.WriteUInt32LittleEndian(length, BinaryPrimitives.ReadUInt32LittleEndian(length) + 1);
                return [.. bytes, 0];
            },
        });
        Assert.Equal([CheckBook.Format], longer.Refusals.Select(check => check.Code));
    }

    [Theory]
    [InlineData("intel-2026-07-01", "2026-07-01T00:00:00Z", CheckBook.TcbInfoTime)]
    [InlineData("list", "2026-07-05T12:00:00Z", CheckBook.ChainRevocation)]
    public void What_was_good_is_refused_when_its_collateral_has_ended(string why, string at, string code)
    {
        Assert.NotEmpty(why);
        var verdict = Judge(Plain.Value, at: VectorTests.Time(at));
        Assert.Contains(code, verdict.Refusals.Select(check => check.Code));
    }

    [Fact]
    public void An_enclave_of_SGX_that_may_be_looked_into_or_has_keys_of_others_is_refused()
    {
        var debug = Judge(new IntelMaker { Body = Or(48, 2) }, EvidenceKind.Sgx, 3);
        Assert.Equal([CheckBook.Debug], debug.Refusals.Select(check => check.Code));
        var keys = Judge(new IntelMaker { Body = Or(48, 0x10) }, EvidenceKind.Sgx, 3);
        Assert.Equal([CheckBook.Attributes], keys.Refusals.Select(check => check.Code));
        var old = Judge(new IntelMaker { Body = Set(258, 1) }, EvidenceKind.Sgx, 3);
        Assert.Equal([CheckBook.Measurement], old.Refusals.Select(check => check.Code));
    }

    [Fact]
    public void A_quote_under_another_root_is_refused()
    {
        var other = new IntelMaker();
        var verdict = new EvidenceVerifier(other.Roots).Verify(
            Plain.Value.Quote(EvidenceKind.Tdx, 4, Ours.ReportData()), Plain.Value.Collateral(true),
            new Question(Policy, Shape.Now, new ExpectedData.AnswerTo(Ours)));
        // The names are the same, and the keys are not.
        Assert.Contains(CheckBook.ChainPath, verdict.Refusals.Select(check => check.Code));
        Assert.Contains(CheckBook.TcbInfo, verdict.Refusals.Select(check => check.Code));
    }
}
