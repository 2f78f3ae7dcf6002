using System.Security.Cryptography;
using Stun.Tee;
using Stun.Tee.Sources;
using Stun.Tests.Tee.Makers;

namespace Stun.Tests.Tee;

/// <summary>Where fresh evidence comes from, and what happens when it does not.</summary>
public sealed class SourceTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly IntelMaker Maker = new();
    private static readonly Challenge Ours = IntelFaultTests.Ours;

    /// <summary>A directory with the files that the kernel would make, made by the test: as near as it goes without
    /// such a kernel.</summary>
    private static ConfigfsTsm Kernels(
        string root, string provider, Func<byte[], byte[]> quote, byte[] beside, int steps = 0) => new(root)
        {
            AfterMaking = entry =>
            {
                foreach (var name in (string[])["inblob", "outblob", "auxblob", "generation", "provider"])
                    File.WriteAllBytes(Path.Combine(entry, name), []);
                File.WriteAllText(Path.Combine(entry, "provider"), $"{provider}\n");
            },
            AfterAsking = entry =>
            {
                var asked = File.ReadAllBytes(Path.Combine(entry, "inblob"));
                File.WriteAllBytes(Path.Combine(entry, "outblob"), quote(asked));
                File.WriteAllBytes(Path.Combine(entry, "auxblob"), beside);
                File.WriteAllText(Path.Combine(entry, "generation"), $"{1 + steps}\n");
            },
        };

    [Fact]
    public async Task Linux_is_asked_through_its_own_files_and_nothing_is_left_behind()
    {
        var root = Directory.CreateTempSubdirectory("stun-tsm-").FullName;
        try
        {
            var challenge = new Challenge(RandomNumberGenerator.GetBytes(32), new byte[65]);
            var tdx = Kernels(root, "tdx_guest", data => Maker.Quote(EvidenceKind.Tdx, 4, data).Evidence.ToArray(), []);
            Assert.True(tdx.IsThere);
            var bundle = await tdx.AttestAsync(challenge, Shape.Now, Cancel);
            Assert.Empty(new EvidenceVerifier(Maker.Roots).Verify(bundle, Maker.Collateral(true),
                new Question(TeePolicy.Default, Shape.Now, new ExpectedData.AnswerTo(challenge))).Refusals);
            Assert.Empty(Directory.EnumerateFileSystemEntries(root));

            var amd = new AmdMaker();
            var made = amd.Bundle(challenge.ReportData());
            var key = made.Certificates[0].ToArray();
            byte[] table =
            [
                .. new Guid("63da758d-e664-4564-adc5-f4b93be8accd").ToByteArray(), .. BitConverter.GetBytes(48),
                .. BitConverter.GetBytes(key.Length), .. new byte[24], .. key,
            ];
            var snp = Kernels(root, "sev_guest", _ => [.. made.Evidence.Span, .. new byte[100]], table);
            bundle = await snp.AttestAsync(challenge, Shape.Now, Cancel);
            Assert.Empty(new EvidenceVerifier(AmdMaker.Roots).Verify(bundle, amd.Collateral,
                new Question(TeePolicy.Default, Shape.Now, new ExpectedData.AnswerTo(challenge))).Refusals);
            var other = Kernels(root, "unheard_of", data => data, []);
            Assert.Equal("source.unknown", (await Assert.ThrowsAsync<EvidenceException>(() =>
                other.AttestAsync(challenge, Shape.Now, Cancel))).Code);
            Assert.Empty(Directory.EnumerateFileSystemEntries(root));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
        var gone = new ConfigfsTsm(Path.Combine(root, "gone", "\0"));
        Assert.False(gone.IsThere);
    }

    [Fact]
    public async Task A_machine_without_the_device_says_so()
    {
        var challenge = new Challenge(new byte[32], new byte[65]);
        var missing = Path.Combine(Path.GetTempPath(), "stun-no-such-device");
        Assert.Equal("source.device", (await Assert.ThrowsAsync<EvidenceException>(() =>
            new SevGuestDevice(missing).AttestAsync(challenge, Shape.Now, Cancel))).Code);
        Assert.Equal("source.device", (await Assert.ThrowsAsync<EvidenceException>(() =>
            new TdxGuestDevice(missing).ReadReportAsync(challenge, Cancel))).Code);
        // What is no device at all answers nothing.
        Assert.Equal("source.device", (await Assert.ThrowsAsync<EvidenceException>(() =>
            new SevGuestDevice("/dev/null").AttestAsync(challenge, Shape.Now, Cancel))).Code);
    }

    /// <summary>As the kernel's headers have them (uapi/linux/sev-guest.h, tdx-guest.h), on 64 bits.</summary>
    [Fact]
    public void The_numbers_of_the_kernels_questions_are_those_of_its_headers()
    {
        Assert.Equal(0xc020_5302u, SevGuestDevice.ExtendedReport);
        Assert.Equal(112, SevGuestDevice.ExtendedQuestionSize);
        Assert.Equal(0xc440_5401u, TdxGuestDevice.GetReport);
    }

    [Fact]
    public void An_answer_of_a_device_that_is_refused_cut_or_anothers_is_no_evidence()
    {
        var answer = new byte[4000];
        BitConverter.GetBytes(1184).CopyTo(answer, 4);
        new AmdMaker().Bundle(Ours.ReportData()).Evidence.CopyTo(answer.AsMemory(32));
        Assert.Equal(1184, SevGuestDevice.ReportOf(answer, Ours).Length);
        string Refused(Challenge asked) =>
            Assert.Throws<EvidenceException>(() => SevGuestDevice.ReportOf(answer, asked)).Code;
        Assert.Equal("source.device", Refused(Ours with { Nonce = new byte[32] }));
        answer[0] = 1;
        Assert.Equal("source.device", Refused(Ours));
        answer[0] = 0;
        answer[4] = 0;
        Assert.Equal("source.device", Refused(Ours));
        var report = new byte[TdxGuestDevice.ReportSize];
        Ours.ReportData().CopyTo(report, 128);
        Assert.Equal(report, TdxGuestDevice.Checked(report, Ours));
        report[128] ^= 1;
        Assert.Equal("source.device",
            Assert.Throws<EvidenceException>(() => TdxGuestDevice.Checked(report, Ours)).Code);
    }

    /// <summary>A table as the host writes it: its offsets and lengths are a stranger's.</summary>
    [Theory]
    [InlineData(0xffff_ffffu, 100u)]
    [InlineData(24u, 0xffff_ffffu)]
    [InlineData(1_000u, 100u)]
    [InlineData(24u, 50u)]
    [InlineData(0u, 0u)]
    public void A_table_of_certificates_that_points_beyond_itself_is_refused(uint offset, uint length)
    {
        byte[] table =
        [
            .. new Guid("63da758d-e664-4564-adc5-f4b93be8accd").ToByteArray(), .. BitConverter.GetBytes(offset),
            .. BitConverter.GetBytes(length), .. new byte[200],
        ];
        Assert.Throws<EvidenceException>(() => Stun.Tee.Amd.SnpCertificateTable.SigningKey(table, false));
        Assert.Null(Stun.Tee.Amd.SnpCertificateTable.SigningKey(table.AsMemory(0, 20), false));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_a_chips_and_a_clouds_certificate_the_one_whose_key_has_signed_is_taken(bool isCloud)
    {
        var chip = new AmdMaker().Bundle(new byte[64]).Certificates[0].ToArray();
        var cloud = new AmdMaker { IsCloud = true }.Bundle(new byte[64]).Certificates[0].ToArray();
        byte[] table =
        [
            .. new Guid("63da758d-e664-4564-adc5-f4b93be8accd").ToByteArray(), .. BitConverter.GetBytes(72),
            .. BitConverter.GetBytes(chip.Length),
            .. new Guid("a8074bc2-a25a-483e-aae6-39c045a0b8a1").ToByteArray(),
            .. BitConverter.GetBytes(72 + chip.Length), .. BitConverter.GetBytes(cloud.Length), .. new byte[24],
            .. chip, .. cloud,
        ];
        Assert.Equal(isCloud ? cloud : chip,
            Stun.Tee.Amd.SnpCertificateTable.SigningKey(table, isCloud)!.Raw.ToArray());
    }

    [Fact]
    public async Task A_kernel_that_is_busy_is_asked_again_and_not_for_ever()
    {
        var root = Directory.CreateTempSubdirectory("stun-tsm-").FullName;
        try
        {
            var count = 0;
            ConfigfsTsm Kernel(int busy, int error) => Kernels(root, "tdx_guest", data =>
                count++ < busy ? throw new IOException("It is busy.", error)
                    : Maker.Quote(EvidenceKind.Tdx, 4, data).Evidence.ToArray(), []);
            foreach (var error in (int[])[4, 11, 16, 110])
            {
                count = 0;
                var bundle = await Kernel(busy: 1, error).AttestAsync(Ours, Shape.Now, Cancel);
                Assert.Equal(2, count);
                Assert.Equal(EvidenceKind.Tdx, bundle.Kind);
            }
            // Another failure is not asked again.
            count = 0;
            Assert.Equal("source.unreadable", (await Assert.ThrowsAsync<EvidenceException>(() =>
                Kernel(busy: 1, error: 5).AttestAsync(Ours, Shape.Now, Cancel))).Code);
            Assert.Equal(1, count);
            // Who waits may stop waiting.
            using var soon = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            count = -1_000_000;
            var waiting = Kernel(busy: 0, error: 16).AttestAsync(Ours, Shape.Now, soon.Token);
            await soon.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
            Assert.Empty(Directory.EnumerateFileSystemEntries(root));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Theory]
    [InlineData("cut", "format.truncated")]
    [InlineData("empty", "source.empty")]
    [InlineData("other", "source.other")]
    [InlineData("noise", "format.version")]
    [InlineData("endless", "source.size")]
    public async Task An_answer_of_the_kernel_that_is_not_to_our_question_is_not_sent_on(string fault, string code)
    {
        var root = Directory.CreateTempSubdirectory("stun-tsm-").FullName;
        try
        {
            var good = Maker.Quote(EvidenceKind.Tdx, 4, fault == "other" ? new byte[64] : Ours.ReportData())
                .Evidence.ToArray();
            var kernel = Kernels(root, "tdx_guest", _ => fault switch
            {
                "cut" => good[..^1],
                "empty" => [],
                "noise" => new byte[1000],
                "endless" => new byte[TeeLimits.EvidenceBytesMax + 1],
                _ => good,
            }, []);
            Assert.Equal(code, (await Assert.ThrowsAsync<EvidenceException>(() =>
                kernel.AttestAsync(Ours, Shape.Now, Cancel))).Code);
            Assert.Empty(Directory.EnumerateFileSystemEntries(root));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
