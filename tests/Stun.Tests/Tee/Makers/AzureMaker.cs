using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Stun.Tee;
using Stun.Tee.Azure;

namespace Stun.Tests.Tee.Makers;

/// <summary>A paravisor of ours with a TPM, as Azure's.</summary>
internal sealed class AzureMaker
{
    private static readonly RSA TpmKey = RSA.Create(2048);

    public AmdMaker Amd { get; init; } = new();

    public byte[]? OtherData { get; init; }

    public Action<byte[]> Statement { get; init; } = _ => { };

    /// <summary>What a rule must say of it: the paravisor and the guest's registers.</summary>
    public static MeasurementRule Rule(string hardware) => new(new Dictionary<string, string>
    {
        [hardware] = new string('a', 96),
        ["pcr0"] = new string('3', 64),
        ["pcr4"] = new string('3', 64),
        ["pcr7"] = new string('3', 64),
        ["pcr11"] = new string('3', 64),
    });

    public RSA Signer { get; init; } = TpmKey;

    public Func<byte[], byte[]> Register { get; init; } = bytes => bytes;

    public byte[] Claims { get; init; } = ClaimsOf(TpmKey);

    public EvidenceBundle Bundle(byte[] nonce)
    {
        var inner = Amd.Bundle([.. OtherData ?? SHA256.HashData(Claims), .. new byte[32]]);
        byte[] blob =
        [
            .. "HCLA"u8, .. new byte[28], .. inner.Evidence.Span, .. Long(Claims.Length + 20), .. Long(1), .. Long(2),
            .. Long(1), .. Long(Claims.Length), .. Claims, .. new byte[100],
        ];
        return inner with { Kind = EvidenceKind.AzureVtpm, Evidence = blob, Azure = Answer(nonce) };
    }

    /// <summary>On Intel's hardware the blob has no quote in it: that comes beside.</summary>
    public EvidenceBundle OnTdx(IntelMaker intel, byte[] nonce)
    {
        var quote = intel.Quote(EvidenceKind.Tdx, 4, [.. SHA256.HashData(Claims), .. new byte[32]]);
        byte[] blob =
        [
            .. "HCLA"u8, .. new byte[28], .. new byte[1184], .. Long(Claims.Length + 20), .. Long(1), .. Long(4),
            .. Long(1), .. Long(Claims.Length), .. Claims,
        ];
        return new EvidenceBundle
        {
            Kind = EvidenceKind.AzureVtpm,
            Evidence = blob,
            Azure = Answer(nonce) with { Quote = quote.Evidence },
        };
    }

    private AzureParts Answer(byte[] nonce)
    {
        byte[][] registers = [.. Enumerable.Range(0, 4).Select(_ => Enumerable.Repeat((byte)0x33, 32).ToArray())];
        var digest = SHA256.HashData(registers.SelectMany(each => each).ToArray());
        byte[] statement =
        [
            0xff, 0x54, 0x43, 0x47, 0x80, 0x18, 0, 2, 1, 2, .. Short(nonce.Length), .. nonce, .. new byte[25],
            0, 0, 0, 1, 0, 0x0b, 3, 0x91, 8, 0, 0, 32, .. digest,
        ];
        Statement(statement);
        return new AzureParts
        {
            TpmStatement = statement,
            TpmSignature = Signer.SignData(statement, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            Pcrs = [registers[0], Register(registers[1]), .. registers[2..]],
        };
    }

    private static byte[] ClaimsOf(RSA key)
    {
        var numbers = key.ExportParameters(false);
        return Encoding.UTF8.GetBytes($$$"""
            {"keys":[{"kid":"HCLAkPub","key_ops":["sign"],"kty":"RSA",
            "e":"{{{Base64Url.EncodeToString(numbers.Exponent)}}}",
            "n":"{{{Base64Url.EncodeToString(numbers.Modulus)}}}"}],"vm-configuration":{"secure-boot":true}}
            """);
    }

    private static byte[] Long(int value) => BitConverter.GetBytes(value);

    private static byte[] Short(int value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return bytes;
    }
}
