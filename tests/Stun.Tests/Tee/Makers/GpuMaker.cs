using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using Stun.Tee;

namespace Stun.Tests.Tee.Makers;

/// <summary>A GPU of ours that answers as NVIDIA's do.</summary>
internal sealed class GpuMaker
{
    private static readonly byte[] Firmware = [.. Enumerable.Repeat((byte)0x77, 48)];

    private readonly Authority root = Authority.Root("Test Device Root", Shape.P384);
    private readonly Authority between;
    private readonly Authority leaf;

    public GpuMaker(Shape? leafShape = null)
    {
        between = root.Issue("Test Identity", Shape.P384);
        leaf = between.Issue("Test FMC", (leafShape ?? Shape.P384) with
        {
            IsAuthority = false,
            Extensions = [("2.23.133.5.4.1", FirmwareExtension(), false)],
        });
    }

    /// <summary>What a rule must say of it: versions and every measurement.</summary>
    public static MeasurementRule Rule => new(new Dictionary<string, string>
    {
        ["gpu.1"] = string.Concat(Enumerable.Repeat("01", 48)),
        ["gpu.2"] = string.Concat(Enumerable.Repeat("02", 48)),
        ["gpu.3"] = string.Concat(Enumerable.Repeat("03", 48)),
        ["driver"] = "550.90.07",
        ["vbios"] = "96.00.9f.00.01",
    });

    public byte[] FirmwareId { get; init; } = Firmware;

    public Func<byte[], byte[]> Whole { get; init; } = bytes => bytes;

    public TrustRoots Roots => new() { Nvidia = [root.Certificate] };

    public EvidenceBundle Bundle(byte[] nonce)
    {
        List<byte> record = [];
        for (var index = 1; index <= 3; index++)
            record.AddRange([(byte)index, 1, 51, 0, 1, 48, 0, .. Enumerable.Repeat((byte)index, 48)]);
        byte[] opaque =
        [
            .. Field(3, Encoding.ASCII.GetBytes("550.90.07\0")), .. Field(6, [0, 0x9f, 0, 0x96, 1, 0, 0, 0]),
            .. Field(20, FirmwareId),
        ];
        byte[] signed =
        [
            0x11, 0xe0, 0x01, 0xff, .. nonce, 0, 0x11, 0x60, 0, 0, 3, (byte)record.Count, 0, 0, .. record,
            .. new byte[32], (byte)opaque.Length, (byte)(opaque.Length >> 8), .. opaque,
        ];
        return new EvidenceBundle
        {
            Kind = EvidenceKind.NvidiaGpu,
            Evidence = Whole([.. signed, .. leaf.Sign(signed, HashAlgorithmName.SHA384)]),
            Certificates = [leaf.Raw, between.Raw, root.Raw],
        };
    }

    private static byte[] Field(int type, byte[] value) => [(byte)type, 0, (byte)value.Length, 0, .. value];

    private static byte[] FirmwareExtension()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("2.16.840.1.101.3.4.2.2");
                writer.WriteOctetString(Firmware);
            }
        }
        return writer.Encode();
    }
}
