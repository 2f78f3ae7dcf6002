using System.Formats.Asn1;
using Stun.Tee.Certificates;
using Stun.Tee.Checks;
using Stun.Tee.Reading;

namespace Stun.Tee.Nvidia;

/// <summary>Judges a GPU's report with the chain of its key.</summary>
/// <remarks>
/// NVIDIA tells of revoked certificates by OCSP and of good measurements by signed references (RIM). Neither is asked
/// here: a policy lists the measurements, and driver and firmware versions, that it takes.
/// </remarks>
internal sealed class GpuVerifier(TrustRoots roots, SignatureMemory memory)
{
    /// <summary>DICE: the certificate was made for this firmware.</summary>
    private const string FirmwareExtension = "2.23.133.5.4.1";

    private const string Sha384 = "2.16.840.1.101.3.4.2.2";

    private static readonly string[] Required =
    [
        CheckBook.Kind, CheckBook.Format, CheckBook.ChainPath, CheckBook.ChainTime, CheckBook.ChainRevocation,
        CheckBook.Signature, CheckBook.GpuFirmware, CheckBook.GpuVersions, CheckBook.TcbMinimum,
        CheckBook.Measurement, CheckBook.Binding,
    ];

    public TeeVerdict Verify(
        GpuReport report, IReadOnlyList<Certificate> chain, IReadOnlyList<RevocationList> lists, Question question)
    {
        var checks = new CheckList(EvidenceKind.NvidiaGpu, question.At);
        question.CheckKind(checks, EvidenceKind.NvidiaGpu);
        checks.Pass(CheckBook.Format, $"{report.Measurements.Count} measurements.");
        if (chain.Count > 0) CheckChain(checks, report, chain, lists);
        else checks.Fail(CheckBook.ChainPath, "There is no certificate of the key that has signed the report.");
        checks.Fact("driver", report.Driver);
        checks.Fact("vbios", report.Vbios);
        checks.Fact("firmware_id", report.FirmwareId);
        checks.Fact("report_data", report.Nonce);
        foreach (var (index, value) in report.Measurements) checks.Fact($"gpu.{index}", value);
        question.CheckMinimum(checks);
        question.CheckMeasurement(checks);
        CheckNamed(checks, report, question.Policy);
        CheckVersions(checks, question.Policy);
        question.Expected.Check(checks, report.Nonce);
        return checks.Close(Required);
    }

    /// <summary>A rule that fits must name every measurement that there is: one left out may be anything.</summary>
    private static void CheckNamed(CheckList checks, GpuReport report, TeePolicy policy)
    {
        var unnamed = policy.Measurements.Where(rule => rule.Difference(checks.Facts) is null)
            .Select(rule => report.Measurements.Select(each => $"gpu.{each.Key}")
                .Where(name => !rule.Wanted.ContainsKey(name)).ToList())
            .MinBy(names => names.Count);
        if (unnamed is { Count: > 0 })
            checks.Fail(CheckBook.Measurement,
                $"The rule that fits leaves out measurements of the GPU: {string.Join(", ", unnamed)}.");
    }

    private static void CheckVersions(CheckList checks, TeePolicy policy)
    {
        if (policy.Measurements.Count == 0)
        {
            checks.NotAsked(CheckBook.GpuVersions, "The policy has no list of drivers and firmware.");
            return;
        }
        string[] names = ["driver", "vbios"];
        checks.Require(CheckBook.GpuVersions,
            policy.Measurements.Any(rule => names.All(name => rule.Wanted.TryGetValue(name, out var wanted)
                && string.Equals(wanted, checks.Facts[name], StringComparison.OrdinalIgnoreCase))),
            "Driver and firmware are versions on the list.",
            $"Driver {checks.Facts["driver"]} with firmware {checks.Facts["vbios"]} is not on the list.");
    }

    private void CheckChain(
        CheckList checks, GpuReport report, IReadOnlyList<Certificate> chain, IReadOnlyList<RevocationList> lists)
    {
        checks.Require(CheckBook.Signature,
            chain[0].Key.VerifyFixed(report.Signed.Span, report.Signature.Span, SignatureScheme.EcdsaSha384),
            "The GPU's key has signed request and answer.",
            "Request and answer are not signed by the key of the certificate.");
        new CertificatePath(checks, memory)
        {
            What = "the GPU",
            NeedsLists = false,
            WithoutLists = "NVIDIA tells of revoked certificates by OCSP, WHICH IS NOT ASKED HERE.",
        }.Check(chain, roots.Nvidia, lists);
        var firmware = chain[0].ExtensionOf(FirmwareExtension) is { } value ? FirmwareOf(value) : null;
        checks.Require(CheckBook.GpuFirmware,
            firmware is { } known && known.Span.SequenceEqual(report.FirmwareId.Span),
            "The certificate was made for the firmware that the report names.",
            $"The report names the firmware {Bits.Hex(report.FirmwareId)}, and the certificate another.");
    }

    /// <summary>The last digest of the list: of a composite of the key and the code, or in a list of digests.</summary>
    private static ReadOnlyMemory<byte>? FirmwareOf(ReadOnlyMemory<byte> value) =>
        Der.Read<ReadOnlyMemory<byte>?>(value, "The firmware of a certificate", reader =>
        {
            var items = reader.ReadSequence();
            ReadOnlyMemory<byte>? found = null;
            while (items.HasData)
            {
                if (!items.PeekTag().HasSameClassAndValue(new Asn1Tag(UniversalTagNumber.Sequence, true)))
                {
                    items.ReadEncodedValue();
                    continue;
                }
                var item = items.ReadSequence();
                if (!item.PeekTag().HasSameClassAndValue(new Asn1Tag(UniversalTagNumber.ObjectIdentifier))) continue;
                if (item.ReadObjectIdentifier() == Sha384 && item.HasData
                    && item.PeekTag().HasSameClassAndValue(Asn1Tag.PrimitiveOctetString))
                    found = item.ReadOctetString();
            }
            return found;
        });
}
