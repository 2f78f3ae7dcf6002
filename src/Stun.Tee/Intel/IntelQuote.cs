using Stun.Tee.Reading;

namespace Stun.Tee.Intel;

/// <summary>
/// A quote of Intel's quoting enclave: SGX in version 3, SGX or TDX in versions 4 and 5. What follows the stated length
/// is padding of whoever carried it and is ignored; within it every length must come out even.
/// </summary>
/// <remarks>
///   header 48 │ body │ u32 length │ signature 64 │ key 64 │ certification data
///   version 5 has a type (u16) and a size (u32) before its body; from version 4 on the certification data are wrapped
///   in a type 6. What is signed is everything before the length.
/// </remarks>
internal sealed record IntelQuote
{
    private const int HeaderSize = 48;
    private const ushort PckChainType = 5;
    private const ushort QeReportType = 6;

    public const uint SgxType = 0;
    public const uint TdxType = 0x81;

    /// <summary>ECDSA with P-256.</summary>
    public const ushort KnownKeyType = 2;

    /// <summary>The maker of the quoting enclave: Intel.</summary>
    public static ReadOnlySpan<byte> KnownVendor =>
        [0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07];

    public required ushort Version { get; init; }

    public required ushort KeyType { get; init; }

    public required ReadOnlyMemory<byte> Vendor { get; init; }

    /// <summary>One of the two.</summary>
    public EnclaveReport? Enclave { get; init; }

    public TdReport? Td { get; init; }

    public required ReadOnlyMemory<byte> Signed { get; init; }

    public required ReadOnlyMemory<byte> Signature { get; init; }

    public required ReadOnlyMemory<byte> AttestationKey { get; init; }

    public required ReadOnlyMemory<byte> QeReport { get; init; }

    public required ReadOnlyMemory<byte> QeReportSignature { get; init; }

    public required ReadOnlyMemory<byte> QeAuthData { get; init; }

    /// <summary>The chain of the platform's key, in armour.</summary>
    public required ReadOnlyMemory<byte> PckChain { get; init; }

    public static IntelQuote Parse(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > TeeLimits.EvidenceBytesMax)
            throw new EvidenceException("format.size", $"A quote of {bytes.Length} bytes is too large.");
        var reader = new ByteReader(bytes, "A quote");
        var version = reader.UInt16();
        if (version is < 3 or > 5)
            throw new EvidenceException("format.version", $"A quote of version {version} is not known.");
        var keyType = reader.UInt16();
        var type = reader.UInt32();
        if (version == 3 && type != SgxType) throw new EvidenceException("format.reserved", "A quote 3 has a type.");
        if (type is not (SgxType or TdxType))
            throw new EvidenceException("format.version", $"A quote of the type 0x{type:x} is not known.");
        // Version 3 has two security versions of enclaves here.
        if (version == 3) reader.Skip(4);
        else reader.Zeros(4);
        var vendor = reader.Take(16);
        reader.Skip(HeaderSize - reader.Position);
        var body = ReadBody(ref reader, version, type);
        var signed = bytes[..reader.Position];
        var tail = new ByteReader(reader.Take(reader.UInt32()), "The signature data of a quote");
        var signature = tail.Take(64);
        var key = tail.Take(64);
        var certification = version == 3 ? tail.Take(tail.Left) : ReadTyped(ref tail, QeReportType);
        tail.End();
        var parts = new ByteReader(certification, "The certification data of a quote");
        var quote = new IntelQuote
        {
            Version = version,
            KeyType = keyType,
            Vendor = vendor,
            Enclave = type == SgxType ? EnclaveReport.Parse(body) : null,
            Td = type == TdxType ? TdReport.Parse(body) : null,
            Signed = signed,
            Signature = signature,
            AttestationKey = key,
            QeReport = parts.Take(EnclaveReport.Size),
            QeReportSignature = parts.Take(64),
            QeAuthData = parts.Take((int)parts.UInt16()),
            PckChain = ReadTyped(ref parts, PckChainType),
        };
        parts.End();
        return quote;
    }

    private static ReadOnlyMemory<byte> ReadBody(ref ByteReader reader, ushort version, uint type)
    {
        if (version < 5) return reader.Take(type == SgxType ? EnclaveReport.Size : TdReport.Size10);
        var bodyType = reader.UInt16();
        var size = reader.UInt32();
        var expected = (bodyType, type) switch
        {
            (1, SgxType) => EnclaveReport.Size,
            (2, TdxType) => TdReport.Size10,
            (3, TdxType) => TdReport.Size15,
            _ => throw new EvidenceException("format.version", $"A quote's body of type {bodyType} is not known."),
        };
        return size == expected ? reader.Take(size)
            : throw new EvidenceException("format.size", $"A quote's body of type {bodyType} has {size} bytes.");
    }

    private static ReadOnlyMemory<byte> ReadTyped(ref ByteReader reader, ushort expected)
    {
        var type = reader.UInt16();
        if (type != expected)
            throw new EvidenceException("format.version", $"Certification data of type {type}, where {expected} is.");
        return reader.Take(reader.UInt32());
    }
}
