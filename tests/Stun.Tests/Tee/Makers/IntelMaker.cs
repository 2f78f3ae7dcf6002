using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Stun.Tee;
using Stun.Tee.Intel;

namespace Stun.Tests.Tee.Makers;

/// <summary>
/// A platform of ours with roots, authorities and statements of ours, which quotes as Intel's do. Each part can be
/// changed before it is signed, so that a fault is in what is said and not in its signature.
/// </summary>
internal sealed class IntelMaker
{
    private const string PckId = "1.2.840.113741.1.13.1";

    public static readonly byte[] Fmspc = [0xb0, 0xc0, 0x6f, 0, 0, 0];
    private static readonly byte[] QeSigner = [.. Enumerable.Repeat((byte)0x5a, 32)];

    private readonly Authority root = Authority.Root("Test Root CA", new Shape());
    private readonly Authority platformCa;
    private readonly Authority tcbSigner;
    private readonly ECDsa attestation = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public IntelMaker(Shape? ca = null, Shape? pck = null)
    {
        platformCa = root.Issue("Test PCK Platform CA", ca ?? new Shape());
        tcbSigner = root.Issue("Test TCB Signing", new Shape { IsAuthority = false });
        Pck = platformCa.Issue("Test PCK", (pck ?? new Shape()) with
        {
            IsAuthority = false,
            Extensions = [(PckId, PckExtensionBytes(), false), .. (pck ?? new Shape()).Extensions],
        });
    }

    public Authority Pck { get; }

    public Authority PlatformCa => platformCa;

    public TrustRoots Roots => new()
    {
        Intel = [root.Certificate],
        QuotingEnclaves = [new QuotingEnclave(false, QeSigner, 1), new QuotingEnclave(true, QeSigner, 2)],
    };

    /// <summary>A rule that names every layer of a machine of ours.</summary>
    public static MeasurementRule TdRule { get; } = new(new Dictionary<string, string>
    {
        ["mrtd"] = new string('a', 96),
        ["rtmr0"] = new string('0', 96),
        ["rtmr1"] = new string('0', 96),
        ["rtmr2"] = new string('0', 96),
        ["rtmr3"] = new string('0', 96),
    });

    public Action<byte[]> Header { get; init; } = _ => { };

    public Action<byte[]> Body { get; init; } = _ => { };

    public Action<byte[]> QeReport { get; init; } = _ => { };

    /// <summary>After all is signed.</summary>
    public Func<byte[], byte[]> Whole { get; init; } = bytes => bytes;

    public Action<JsonObject> TcbInfo { get; init; } = _ => { };

    public Action<JsonObject> QeIdentity { get; init; } = _ => { };

    public Func<IReadOnlyList<byte[]>, IReadOnlyList<byte[]>> Lists { get; init; } = lists => lists;

    /// <summary>Whom the lists name.</summary>
    public Func<IntelMaker, Authority[]> Revoked { get; init; } = _ => [];

    public Func<IntelMaker, IReadOnlyList<byte[]>> Chain { get; init; } =
        maker => [maker.Pck.Raw, maker.platformCa.Raw, maker.root.Raw];

    public EvidenceBundle Quote(EvidenceKind kind, int version, byte[] reportData, bool isLong = false)
    {
        var isTdx = kind == EvidenceKind.Tdx;
        var header = new byte[48];
        BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)version);
        header[2] = 2;
        header[4] = isTdx ? (byte)0x81 : (byte)0;
        IntelQuote.KnownVendor.CopyTo(header.AsSpan(12));
        Header(header);
        var body = isTdx ? TdBody(isLong ? 648 : 584, reportData) : EnclaveBody(reportData);
        Body(body);
        byte[] prefix = version < 5 ? []
            : [(byte)(isTdx ? isLong ? 3 : 2 : 1), 0, .. BitConverter.GetBytes(body.Length)];
        byte[] signed = [.. header, .. prefix, .. body];
        var point = attestation.ExportParameters(false).Q;
        byte[] key = [.. point.X!, .. point.Y!];
        var auth = new byte[32];
        var qe = new byte[384];
        qe[48] = 0x11;
        QeSigner.CopyTo(qe, 128);
        BinaryPrimitives.WriteUInt16LittleEndian(qe.AsSpan(256), isTdx ? (ushort)2 : (ushort)1);
        BinaryPrimitives.WriteUInt16LittleEndian(qe.AsSpan(258), 8);
        SHA256.HashData([.. key, .. auth], qe.AsSpan(320, 32));
        QeReport(qe);
        var pem = Encoding.ASCII.GetBytes(string.Concat(
            Chain(this).Select(raw => PemEncoding.WriteString("CERTIFICATE", raw) + "\n")));
        byte[] certification =
        [
            .. qe, .. Pck.Sign(qe, HashAlgorithmName.SHA256), .. Word(32), .. auth, .. Word(5),
            .. Long(pem.Length), .. pem,
        ];
        if (version > 3) certification = [.. Word(6), .. Long(certification.Length), .. certification];
        byte[] tail = [.. attestation.SignData(signed, HashAlgorithmName.SHA256), .. key, .. certification];
        return new EvidenceBundle { Kind = kind, Evidence = Whole([.. signed, .. Long(tail.Length), .. tail]) };
    }

    public Collateral Collateral(bool isTdx)
    {
        var (info, identity, lists) = Parts(isTdx);
        return CollateralOf(info, identity, lists);
    }

    /// <summary>The three parts as they are sent: signed levels, signed identity, lists.</summary>
    public (byte[] Info, byte[] Identity, IReadOnlyList<byte[]> Lists) Parts(bool isTdx) =>
        (Signed("tcbInfo", Levels(isTdx), TcbInfo), Signed("enclaveIdentity", Identity(isTdx), QeIdentity),
            Lists(
            [
                root.List(Shape.Now.AddDays(-10), Shape.Now.AddDays(20), Revoked(this)),
                .. platformCa.Certificate.IsAuthority
                    ? [platformCa.List(Shape.Now.AddDays(-10), Shape.Now.AddDays(20), Revoked(this))] : (byte[][])[],
            ]));

    public Collateral CollateralOf(byte[] info, byte[] identity, IEnumerable<byte[]> lists) => new()
    {
        Intel = IntelCollateral.FromParts(
            info, Signers, identity, Signers, lists.Select(list => (ReadOnlyMemory<byte>)list)),
    };

    /// <summary>Who signs levels and identities, in armour.</summary>
    public byte[] Signers => Pem(tcbSigner, root);

    private static byte[] TdBody(int size, byte[] reportData)
    {
        var body = new byte[size];
        body[0] = 6;
        body[1] = 1;
        body[2] = 3;
        BinaryPrimitives.WriteUInt64LittleEndian(body.AsSpan(120), 1UL << 28);
        BinaryPrimitives.WriteUInt64LittleEndian(body.AsSpan(128), 0x602e7);
        body.AsSpan(136, 48).Fill(0xaa);
        reportData.CopyTo(body, 520);
        return body;
    }

    private static byte[] EnclaveBody(byte[] reportData)
    {
        var body = new byte[384];
        body[48] = 0x05;
        body.AsSpan(64, 32).Fill(0xaa);
        body.AsSpan(128, 32).Fill(0xbb);
        body[256] = 7;
        body[258] = 3;
        reportData.CopyTo(body, 320);
        return body;
    }

    private static JsonObject Levels(bool isTdx)
    {
        static JsonArray Components(params int[] svns) =>
            [.. Enumerable.Range(0, 16).Select(at =>
                (JsonNode)new JsonObject { ["svn"] = at < svns.Length ? svns[at] : 0 })];

        JsonObject Level(int svn, int tdx, string status, params string[] advisories)
        {
            var tcb = new JsonObject { ["sgxtcbcomponents"] = Components(svn, svn), ["pcesvn"] = svn };
            if (isTdx) tcb["tdxtcbcomponents"] = Components(0, 0, tdx);
            return new JsonObject
            {
                ["tcb"] = tcb,
                ["tcbDate"] = "2026-01-01T00:00:00Z",
                ["tcbStatus"] = status,
                ["advisoryIDs"] = new JsonArray([.. advisories.Select(each => (JsonNode)each)]),
            };
        }

        var info = Statement(isTdx ? "TDX" : "SGX", 3);
        info["fmspc"] = Convert.ToHexString(Fmspc);
        info["pceId"] = "0000";
        info["tcbType"] = 0;
        if (isTdx)
        {
            info["tdxModule"] = Module();
            var identity = Module();
            identity["id"] = "TDX_01";
            identity["tcbLevels"] = new JsonArray(
                SvnLevel(6, "UpToDate"), SvnLevel(4, "OutOfDate", "TEST-SA-2"));
            info["tdxModuleIdentities"] = new JsonArray(identity);
        }
        info["tcbLevels"] = new JsonArray(
            Level(5, 3, "UpToDate"), Level(4, 3, "SWHardeningNeeded", "TEST-SA-0"),
            Level(3, 2, "OutOfDate", "TEST-SA-1"));
        return info;
    }

    private static JsonObject Identity(bool isTdx)
    {
        var identity = Statement(isTdx ? "TD_QE" : "QE", 2);
        identity["miscselect"] = "00000000";
        identity["miscselectMask"] = "FFFFFFFF";
        identity["attributes"] = "11000000000000000000000000000000";
        identity["attributesMask"] = "FBFFFFFFFFFFFFFF0000000000000000";
        identity["mrsigner"] = Convert.ToHexString(QeSigner);
        identity["isvprodid"] = isTdx ? 2 : 1;
        identity["tcbLevels"] = new JsonArray(SvnLevel(8, "UpToDate"), SvnLevel(4, "OutOfDate", "TEST-SA-3"));
        return identity;
    }

    private static JsonObject Statement(string id, int version) => new()
    {
        ["id"] = id,
        ["version"] = version,
        ["issueDate"] = "2026-06-01T00:00:00Z",
        ["nextUpdate"] = "2026-07-01T00:00:00Z",
        ["tcbEvaluationDataNumber"] = 18,
    };

    private static JsonObject Module() => new()
    {
        ["mrsigner"] = new string('0', 96),
        ["attributes"] = new string('0', 16),
        ["attributesMask"] = new string('F', 16),
    };

    private static JsonObject SvnLevel(int svn, string status, params string[] advisories) => new()
    {
        ["tcb"] = new JsonObject { ["isvsvn"] = svn },
        ["tcbDate"] = "2026-01-01T00:00:00Z",
        ["tcbStatus"] = status,
        ["advisoryIDs"] = new JsonArray([.. advisories.Select(each => (JsonNode)each)]),
    };

    private byte[] Signed(string name, JsonObject body, Action<JsonObject> change)
    {
        change(body);
        var text = body.ToJsonString();
        var signature = tcbSigner.Sign(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256);
        return Encoding.UTF8.GetBytes($"{{\"{name}\":{text},\"signature\":\"{Convert.ToHexString(signature)}\"}}");
    }

    private static byte[] Pem(params Authority[] chain) => Encoding.ASCII.GetBytes(
        string.Concat(chain.Select(each => PemEncoding.WriteString("CERTIFICATE", each.Raw) + "\n")));

    private static byte[] PckExtensionBytes()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            Item(writer, ".1", () => writer.WriteOctetString(new byte[16]));
            Item(writer, ".2", () => WriteTcb(writer));
            Item(writer, ".3", () => writer.WriteOctetString(new byte[2]));
            Item(writer, ".4", () => writer.WriteOctetString(Fmspc));
            Item(writer, ".5", () => writer.WriteInteger(0));
        }
        return writer.Encode();
    }

    private static void WriteTcb(AsnWriter writer)
    {
        using var sequence = writer.PushSequence();
        for (var at = 1; at <= 17; at++)
            Item(writer, $".2.{at}", () => writer.WriteInteger(5));
        Item(writer, ".2.18", () => writer.WriteOctetString(new byte[16]));
    }

    private static void Item(AsnWriter writer, string id, Action write)
    {
        using var sequence = writer.PushSequence();
        writer.WriteObjectIdentifier(PckId + id);
        write();
    }

    private static byte[] Word(int value) => BitConverter.GetBytes((ushort)value);

    private static byte[] Long(int value) => BitConverter.GetBytes(value);
}
