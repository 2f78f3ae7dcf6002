using System.Buffers.Binary;
using Stun.Tee.Reading;

namespace Stun.Tee.Amd;

/// <summary>What AMD's secure processor says of a virtual machine: 1,184 bytes, of which 672 are signed.</summary>
internal sealed record SnpReport
{
    /// <summary>What <see cref="SigningKey"/> is where a cloud's key has signed and not the chip's.</summary>
    public const uint CloudKey = 1;

    public const int Size = 1184;
    public const int SignedSize = 0x2a0;
    private const int NumberSize = 48;
    private const int NumberRoom = 72;

    public required uint Version { get; init; }

    public required uint GuestSvn { get; init; }

    public required ulong Policy { get; init; }

    public required ReadOnlyMemory<byte> FamilyId { get; init; }

    public required ReadOnlyMemory<byte> ImageId { get; init; }

    public required uint Vmpl { get; init; }

    public required uint Algorithm { get; init; }

    public required ReadOnlyMemory<byte> CurrentTcb { get; init; }

    public required ulong PlatformInfo { get; init; }

    public required uint KeyInfo { get; init; }

    public required ReadOnlyMemory<byte> ReportData { get; init; }

    public required ReadOnlyMemory<byte> Measurement { get; init; }

    public required ReadOnlyMemory<byte> HostData { get; init; }

    public required ReadOnlyMemory<byte> IdKeyDigest { get; init; }

    public required ReadOnlyMemory<byte> AuthorKeyDigest { get; init; }

    public required ReadOnlyMemory<byte> ReportId { get; init; }

    public required ReadOnlyMemory<byte> ReportIdOfAgent { get; init; }

    public required ReadOnlyMemory<byte> ReportedTcb { get; init; }

    /// <summary>From version 3 on: family, model and stepping of the processor.</summary>
    public (byte Family, byte Model, byte Stepping)? Cpu { get; init; }

    public required ReadOnlyMemory<byte> ChipId { get; init; }

    public required ReadOnlyMemory<byte> CommittedTcb { get; init; }

    public required ReadOnlyMemory<byte> LaunchTcb { get; init; }

    public required ReadOnlyMemory<byte> Signed { get; init; }

    /// <summary>Two numbers of 48 bytes, from the highest byte.</summary>
    public required ReadOnlyMemory<byte> Signature { get; init; }

    public bool IsDebug => (Policy & (1UL << 19)) != 0;

    public bool IsMigratable => (Policy & (1UL << 18)) != 0;

    public bool AllowsSmt => (Policy & (1UL << 16)) != 0;

    /// <summary>Bit 17 must be set; nobody knows what the bits above 25 will mean.</summary>
    public bool IsPolicyKnown => (Policy & (1UL << 17)) != 0 && Policy >> 26 == 0;

    public bool IsChipMasked => (KeyInfo & 2) != 0;

    /// <summary>0 is the chip's key, 1 the cloud's.</summary>
    public uint SigningKey => (KeyInfo >> 2) & 7;

    public bool IsKeyInfoKnown => KeyInfo >> 5 == 0;

    /// <summary>Of older reports nothing is known, and the chain says it.</summary>
    public AmdProduct? Product => Cpu switch
    {
        { Family: 0x19, Model: <= 0x0f } => AmdProduct.Milan,
        { Family: 0x19, Model: (>= 0x10 and <= 0x1f) or (>= 0xa0 and <= 0xaf) } => AmdProduct.Genoa,
        { Family: 0x1a, Model: <= 0x11 } => AmdProduct.Turin,
        _ => null,
    };

    public static SnpReport Parse(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length != Size)
            throw new EvidenceException("format.size", $"A report of SEV-SNP has {Size} bytes, not {bytes.Length}.");
        var reader = new ByteReader(bytes, "A report of SEV-SNP");
        var version = reader.UInt32();
        if (version is < 2 or > 5)
            throw new EvidenceException("format.version", $"A report of SEV-SNP of version {version} is not known.");
        var report = new SnpReport
        {
            Version = version,
            GuestSvn = reader.UInt32(),
            Policy = reader.UInt64(),
            FamilyId = reader.Take(16),
            ImageId = reader.Take(16),
            Vmpl = reader.UInt32(),
            Algorithm = reader.UInt32(),
            CurrentTcb = reader.Take(8),
            PlatformInfo = reader.UInt64(),
            KeyInfo = ReadKeyInfo(ref reader),
            ReportData = reader.Take(64),
            Measurement = reader.Take(48),
            HostData = reader.Take(32),
            IdKeyDigest = reader.Take(48),
            AuthorKeyDigest = reader.Take(48),
            ReportId = reader.Take(32),
            ReportIdOfAgent = reader.Take(32),
            ReportedTcb = reader.Take(8),
            Cpu = ReadCpu(ref reader, version),
            ChipId = reader.Take(64),
            CommittedTcb = reader.Take(8),
            LaunchTcb = ReadLaunch(ref reader, version),
            Signed = bytes[..SignedSize],
            Signature = ReadSignature(ref reader),
        };
        reader.End();
        return report;
    }

    private static uint ReadKeyInfo(ref ByteReader reader)
    {
        var info = reader.UInt32();
        reader.Zeros(4);
        return info;
    }

    private static (byte, byte, byte)? ReadCpu(ref ByteReader reader, uint version)
    {
        if (version < 3)
        {
            reader.Zeros(24);
            return null;
        }
        var cpu = (reader.Byte(), reader.Byte(), reader.Byte());
        reader.Zeros(21);
        return cpu;
    }

    private static ReadOnlyMemory<byte> ReadLaunch(ref ByteReader reader, uint version)
    {
        // Builds and versions of the firmware, those that run and those that are committed.
        reader.Skip(3);
        reader.Zeros(1);
        reader.Skip(3);
        reader.Zeros(1);
        var launch = reader.Take(8);
        // What is mitigated, at launch and now.
        if (version >= 5) reader.Skip(16);
        reader.Zeros(SignedSize - reader.Position);
        return launch;
    }

    /// <summary>Numbers come from the lowest byte in 72 bytes each.</summary>
    private static byte[] ReadSignature(ref ByteReader reader)
    {
        var signature = new byte[2 * NumberSize];
        for (var number = 0; number < 2; number++)
        {
            var part = signature.AsSpan(number * NumberSize, NumberSize);
            reader.Take(NumberSize).Span.CopyTo(part);
            part.Reverse();
            reader.Zeros(NumberRoom - NumberSize);
        }
        reader.Zeros(Size - SignedSize - (2 * NumberRoom));
        return signature;
    }

    public static uint VersionOf(ReadOnlySpan<byte> bytes) =>
        bytes.Length < 4 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
