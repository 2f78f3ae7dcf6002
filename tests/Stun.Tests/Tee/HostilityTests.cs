using System.Diagnostics;
using Stun.Tee;
using Stun.Tee.Checks;
using Stun.Tee.Fetching;
using Stun.Tests.Tee.Makers;

namespace Stun.Tests.Tee;

/// <summary>Changed bytes, noise and sizes: nothing is accepted, nothing crashes, nothing grows.</summary>
public sealed class HostilityTests
{
    private static readonly Question Open =
        new(TeePolicy.Default, Shape.Now, new ExpectedData.Anything());

    /// <remarks>A sample, for a verdict each costs seconds: <c>./stun bench tee</c> changes every position.</remarks>
    [Fact]
    public void A_flipped_byte_of_any_evidence_is_refused()
    {
        foreach (var target in FlipTarget.All())
        {
            var (count, accepted) = target.Flip(step: 23);
            Assert.True(accepted is null, $"{target.Name}: byte {accepted} can be changed.");
            Assert.True(count > 5);
        }
    }

    [Fact]
    public void Each_flipped_byte_of_what_is_signed_of_certificates_lists_and_statements_is_refused()
    {
        var good = new IntelMaker();
        var bundle = good.Quote(EvidenceKind.Tdx, 4, new byte[64]);
        var verifier = new EvidenceVerifier(good.Roots);
        bool Accepts(EvidenceBundle quote, Collateral collateral) =>
            verifier.Verify(quote, collateral, Open).IsAccepted;
        var collateral = good.Collateral(true);
        Assert.True(Accepts(bundle, collateral));

        // The chain stands in armour at the end of the quote; its certificates are changed one by one.
        var evidence = bundle.Evidence.ToArray();
        var pemAt = evidence.AsSpan().IndexOf("-----BEGIN"u8);
        foreach (var which in (int[])[0, 1])
        {
            var certificates = (byte[][])[good.Pck.Raw.ToArray(), good.PlatformCa.Raw.ToArray()];
            var parsed = Stun.Tee.Certificates.Certificate.Parse(certificates[which]);
            var from = certificates[which].AsSpan().IndexOf(parsed.Signed.Span);
            for (var at = from; at < from + parsed.Signed.Length; at += 13)
            {
                certificates[which][at] ^= 1;
                Assert.False(Accepts(bundle with { Evidence = WithChain(evidence, pemAt, certificates) }, collateral),
                    $"Byte {at} of certificate {which} can be changed.");
                certificates[which][at] ^= 1;
            }
            Assert.True(Accepts(bundle with { Evidence = WithChain(evidence, pemAt, certificates) }, collateral));
        }
    }

    /// <summary>The same quote with another chain, all lengths as they must be.</summary>
    private static byte[] WithChain(byte[] evidence, int pemAt, byte[][] chain)
    {
        var pem = System.Text.Encoding.ASCII.GetBytes(string.Concat(chain.Select(raw =>
            System.Security.Cryptography.PemEncoding.WriteString("CERTIFICATE", raw) + "\n")));
        byte[] whole = [.. evidence[..pemAt], .. pem];
        var change = whole.Length - evidence.Length;
        foreach (var at in (int[])[48 + 584, 48 + 584 + 4 + 128 + 2, pemAt - 4])
            BitConverter.GetBytes(BitConverter.ToInt32(whole, at) + change).CopyTo(whole, at);
        return whole;
    }

    [Fact]
    public void Each_flipped_byte_of_a_signed_list_of_levels_or_of_revoked_certificates_is_refused()
    {
        var good = new IntelMaker();
        var bundle = good.Quote(EvidenceKind.Tdx, 4, new byte[64]);
        var verifier = new EvidenceVerifier(good.Roots);
        var (info, identity, lists) = good.Parts(isTdx: true);
        bool Accepts(byte[] infoBytes, IReadOnlyList<byte[]> listBytes)
        {
            try
            {
                return verifier.Verify(bundle, good.CollateralOf(infoBytes, identity, listBytes), Open).IsAccepted;
            }
            catch (EvidenceException)
            {
                return false;
            }
        }

        Assert.True(Accepts(info, lists));
        var body = info.AsSpan().IndexOf(":{"u8) + 1;
        var end = info.AsSpan().LastIndexOf(",\"signature\""u8);
        for (var at = body; at < end; at += 53)
        {
            info[at] ^= 1;
            Assert.False(Accepts(info, lists), $"Byte {at} of the levels can be changed.");
            info[at] ^= 1;
        }
        foreach (var list in lists)
        {
            var signed = Stun.Tee.Certificates.RevocationList.Parse(list).Signed;
            var from = list.AsSpan().IndexOf(signed.Span);
            for (var at = from; at < from + signed.Length; at += 13)
            {
                list[at] ^= 1;
                Assert.False(Accepts(info, lists), $"Byte {at} of a list can be changed.");
                list[at] ^= 1;
            }
        }
    }

    [Fact]
    public void Real_evidence_with_a_flipped_byte_is_refused()
    {
        Vectors.Need();
        var lax = new TeePolicy { NeedsCollateral = false };
        const Stun.Tee.Intel.TcbStatus Known = Stun.Tee.Intel.TcbStatus.ConfigurationAndSWHardeningNeeded;
        var hardened = new TeePolicy { StatusesAccepted = [Known] };
        var gpu = Vectors.Bundle(
            "gpu-nvidia/coco_hopperAttestationReport.txt", "gpu-nvidia/coco_hopper_cert_chain_case1.txt");
        var cca = Vectors.Bundle("cca-psa/coco_cca_token.cbor");
        var none = Collateral.None;
        FlipTarget[] targets =
        [
            new("tdx 4", TrustRoots.Pinned, Vectors.Bundle("tdx/phala_tdx_quote_v4.bin"),
                Vectors.Phala("tdx/phala_tdx_quote_v4.collateral.json"), TeePolicy.Default, 632 + 4 + 128 + 6 + 448)
                { At = VectorTests.Time("2025-06-25T00:00:00Z") },
            new("sgx 3", TrustRoots.Pinned, Vectors.Bundle("sgx/phala_sgx_quote_v3.bin"),
                Vectors.Phala("sgx/phala_sgx_quote_v3.collateral.json"), hardened, 432 + 4 + 128 + 448)
                { At = VectorTests.Time("2025-06-25T00:00:00Z") },
            new("tdx 5", TrustRoots.Pinned, Vectors.Bundle("tdx/google_tdx_quote_v5.bin"), none, lax,
                702 + 4 + 128 + 6 + 448) { At = VectorTests.Time("2026-02-03T01:00:00Z") },
            new("snp 2", TrustRoots.Pinned, Vectors.Bundle("snp/coco_test-report.bin", "snp/coco_test-vcek.der"),
                none, lax, 1184) { At = VectorTests.Time("2023-06-01T00:00:00Z") },
            new("gpu", TrustRoots.Pinned, gpu, none, lax, gpu.Evidence.Length)
                { At = VectorTests.Time("2024-09-01T00:00:00Z") },
            new("cca", Vectors.WithArm, cca, none, lax, cca.Evidence.Length),
        ];
        // A sample: other positions of the same layouts are changed in evidence of our own.
        foreach (var target in targets)
        {
            var (_, accepted) = target.Flip(step: 61);
            Assert.True(accepted is null, $"{target.Name}: byte {accepted} can be changed.");
        }
    }

    [Fact]
    public void Noise_is_refused_without_a_crash_by_every_parser()
    {
        foreach (var target in FuzzTarget.All())
        {
            target.Fire(20261121, 3_000, 50, TimeSpan.MaxValue);
            Assert.Equal(3_000, target.Inputs);
            Assert.True(target.Judged > 0, $"{target.Name}: nothing was judged.");
        }
    }

    [Fact]
    public void A_hundred_megabytes_are_refused_without_being_copied()
    {
        var large = new byte[100_000_000];
        large[0] = 4;
        large[2] = 2;
        large[4] = 0x81;
        var verifier = new EvidenceVerifier(TrustRoots.Pinned);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        foreach (var kind in Enum.GetValues<EvidenceKind>())
        {
            var verdict = verifier.Verify(
                new EvidenceBundle { Kind = kind, Evidence = large }, Collateral.None, Open);
            Assert.Contains(CheckBook.Format, verdict.Refusals.Select(check => check.Code));
        }
        Assert.Throws<EvidenceException>(() => EvidenceBundle.Decode(large));
        Assert.Throws<EvidenceException>(() => EvidenceFile.Read(large));
        Assert.Throws<EvidenceException>(() => Stun.Tee.Intel.IntelCollateral.FromJson(large));
        Assert.Throws<EvidenceException>(() => PolicyFile.Read(large));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 2_000_000, "Memory grew with the input.");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), "Time grew with the input.");
    }

    [Fact]
    public void A_bundle_comes_back_as_it_went_and_no_other_bytes_are_one()
    {
        var bundle = new AzureMaker().Bundle(new byte[64]) with { PublicKey = new byte[65] };
        var bytes = bundle.Encode();
        var again = EvidenceBundle.Decode(bytes);
        Assert.Equal(bytes, again.Encode());
        Assert.Equal(bytes, EvidenceFile.Read(bytes).Encode());
        foreach (var other in (byte[][])[bytes[..^1], [.. bytes, 0], [.. bytes, .. bytes]])
            Assert.Equal("format.bundle", Assert.Throws<EvidenceException>(() => EvidenceBundle.Decode(other)).Code);
        bytes[1] = 9;
        Assert.Throws<EvidenceException>(() => EvidenceBundle.Decode(bytes));
    }

    [Fact]
    public void A_software_TEEs_statement_has_nothing_behind_its_end()
    {
        using var root = new Stun.Tee.Software.SoftwareTeeRoot(Shape.Now);
        using var tee = root.Issue(new byte[32], Shape.Now);
        var bytes = tee.Attest(new Challenge(new byte[32], new byte[65]), Shape.Now).Evidence.ToArray();
        Assert.NotNull(Stun.Tee.Software.SoftwareStatement.Parse(bytes));
        Assert.Equal("format.cbor", Assert.Throws<EvidenceException>(() =>
            Stun.Tee.Software.SoftwareStatement.Parse((byte[])[.. bytes, 0])).Code);
    }

    [Fact]
    public void Files_are_known_by_what_is_in_them()
    {
        var intel = new IntelMaker();
        foreach (var bundle in (EvidenceBundle[])
        [
            intel.Quote(EvidenceKind.Sgx, 3, new byte[64]), intel.Quote(EvidenceKind.Tdx, 5, new byte[64], true),
            new AmdMaker().Bundle(new byte[64]), new ArmMaker().Cca(new byte[64]), new ArmMaker().Psa(new byte[64]),
            new GpuMaker().Bundle(new byte[32]), new AzureMaker().Bundle(new byte[64]),
        ])
        {
            Assert.Equal(bundle.Kind, EvidenceFile.Read(bundle.Evidence).Kind);
            var hex = System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bundle.Evidence.Span) + "\n");
            Assert.Equal(bundle.Evidence.ToArray(), EvidenceFile.Read(hex).Evidence.ToArray());
        }
        Assert.Equal("format.unknown",
            Assert.Throws<EvidenceException>(() => EvidenceFile.Read("hello"u8.ToArray())).Code);
        Assert.NotNull(CollateralKey.Of(intel.Quote(EvidenceKind.Tdx, 4, new byte[64])));
    }
}
