using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Security.Cryptography;
using Stun.Tee;
using Stun.Tee.Amd;

namespace Stun.Tests.Tee.Makers;

/// <summary>A processor of ours that reports as AMD's do.</summary>
internal sealed class AmdMaker
{
    private const string Id = "1.3.6.1.4.1.3704.1.";

    // RSA keys take long to find: one set for all tests.
    private static readonly Authority Ark = Authority.Root("Test ARK", Shape.Rsa);
    private static readonly Authority Ask = Ark.Issue("Test ASK", Shape.Rsa);
    private static readonly Authority Asvk = Ark.Issue("Test ASVK", Shape.Rsa);

    /// <summary>A least version of every part that there is before Turin.</summary>
    public static IReadOnlyDictionary<string, uint> Least { get; } = new Dictionary<string, uint>
    {
        ["tcb.bootloader"] = 3,
        ["tcb.tee"] = 0,
        ["tcb.snp"] = 8,
        ["tcb.microcode"] = 115,
    };

    public AmdProduct Product { get; init; } = AmdProduct.Milan;

    public string? ProductName { get; init; }

    public bool IsCloud { get; init; }

    public int Version { get; init; } = 2;

    public Action<byte[]> Report { get; init; } = _ => { };

    public Func<byte[], byte[]> Whole { get; init; } = bytes => bytes;

    public byte[] ChipId { get; init; } = [.. Enumerable.Range(1, 64).Select(each => (byte)each)];

    /// <summary>Of the certificate: fmc, bootloader, tee, snp, microcode.</summary>
    public int[] Tcb { get; init; } = [0, 3, 0, 8, 115];

    public Shape KeyShape { get; init; } = Shape.P384;

    public bool IsAskRevoked { get; init; }

    public bool IsListOld { get; init; }

    public static TrustRoots Roots => new()
    {
        Amd = [.. Enum.GetValues<AmdProduct>().Select(product =>
            new AmdRoot(product, Ark.Certificate, Ask.Certificate, Asvk.Certificate))],
    };

    public Collateral Collateral => new()
    {
        Lists =
        [
            Ark.List(Shape.Now.AddDays(-90), Shape.Now.AddDays(IsListOld ? -1 : 90), IsAskRevoked ? [Ask] : []),
        ],
    };

    public EvidenceBundle Bundle(byte[] reportData)
    {
        var key = (IsCloud ? Asvk : Ask).Issue(IsCloud ? "Test VLEK" : "Test VCEK",
            KeyShape with { IsAuthority = false, Extensions = Extensions() });
        var report = new byte[SnpReport.Size];
        BinaryPrimitives.WriteInt32LittleEndian(report, Version);
        BinaryPrimitives.WriteUInt64LittleEndian(report.AsSpan(8), 0x30000);
        report[0x34] = 1;
        report[0x48] = IsCloud ? (byte)4 : (byte)0;
        reportData.CopyTo(report, 0x50);
        report.AsSpan(0x90, 48).Fill(0xaa);
        foreach (var at in (int[])[0x38, 0x180, 0x1e0, 0x1f0]) Versions(report.AsSpan(at, 8));
        if (Version >= 3)
        {
            report[0x188] = Product == AmdProduct.Turin ? (byte)0x1a : (byte)0x19;
            report[0x189] = Product == AmdProduct.Genoa ? (byte)0x11 : (byte)1;
        }
        if (!IsCloud) ChipId.CopyTo(report, 0x1a0);
        Report(report);
        var signature = key.Sign(report[..SnpReport.SignedSize], HashAlgorithmName.SHA384);
        for (var number = 0; number < 2; number++)
            signature[(number * 48)..((number * 48) + 48)].Reverse().ToArray()
                .CopyTo(report, SnpReport.SignedSize + (number * 72));
        return new EvidenceBundle { Kind = EvidenceKind.Snp, Evidence = Whole(report), Certificates = [key.Raw] };
    }

    private void Versions(Span<byte> bytes)
    {
        if (Product == AmdProduct.Turin) (bytes[0], bytes[1], bytes[3], bytes[7]) = (1, 3, 8, 115);
        else (bytes[0], bytes[6], bytes[7]) = (3, 8, 115);
    }

    private List<(string, byte[], bool)> Extensions()
    {
        List<(string, byte[], bool)> list =
        [
            (Id + "1", Integer(0), false), (Id + "2", Text(ProductName ?? Product.ToString()), false),
            (Id + "3.1", Integer(Tcb[1]), false), (Id + "3.2", Integer(Tcb[2]), false),
            (Id + "3.3", Integer(Tcb[3]), false), (Id + "3.8", Integer(Tcb[4]), false),
        ];
        if (Product == AmdProduct.Turin) list.Add((Id + "3.9", Integer(Tcb[0]), false));
        if (IsCloud) list.Add((Id + "5", Text("test-cloud"), false));
        else list.Add((Id + "4", Product == AmdProduct.Turin ? ChipId[..8] : ChipId, false));
        return list;
    }

    private static byte[] Integer(int value)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteInteger(value);
        return writer.Encode();
    }

    private static byte[] Text(string value)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteCharacterString(UniversalTagNumber.IA5String, value);
        return writer.Encode();
    }
}
