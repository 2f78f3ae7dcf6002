using System.Buffers.Binary;
using Stun.Tee.Reading;

namespace Stun.Tee.Intel;

/// <summary>What the TDX module says of one virtual machine: 584 bytes (1.0) or 648 (1.5).</summary>
internal sealed record TdReport
{
    public const int Size10 = 584;
    public const int Size15 = 648;

    public const ulong DebugBits = 0x0000_0000_0000_00ff;
    public const ulong SeptVeDisable = 1UL << 28;
    public const ulong Migratable = 1UL << 29;

    /// <summary>Linear-address separation, protection keys, key locker, performance counters of the guest.</summary>
    public const ulong HarmlessBits = (1UL << 27) | (1UL << 30) | (1UL << 31) | (1UL << 63);

    /// <summary>The states of x87 and SSE, without which there is no machine.</summary>
    public const ulong FeaturesFixed = 0x3;

    /// <summary>All extended states that a guest may have.</summary>
    public const ulong FeaturesKnown = 0x0006_dbe7;

    public required ReadOnlyMemory<byte> TcbSvn { get; init; }

    public required ReadOnlyMemory<byte> MrSeam { get; init; }

    public required ReadOnlyMemory<byte> MrSignerSeam { get; init; }

    public required ReadOnlyMemory<byte> SeamAttributes { get; init; }

    public required ulong Attributes { get; init; }

    public required ulong Features { get; init; }

    public required ReadOnlyMemory<byte> MrTd { get; init; }

    public required ReadOnlyMemory<byte> MrConfigId { get; init; }

    public required ReadOnlyMemory<byte> MrOwner { get; init; }

    public required ReadOnlyMemory<byte> MrOwnerConfig { get; init; }

    public required IReadOnlyList<ReadOnlyMemory<byte>> Rtmrs { get; init; }

    public required ReadOnlyMemory<byte> ReportData { get; init; }

    /// <summary>Of 1.5: the level that the module has after an update which kept machines running.</summary>
    public ReadOnlyMemory<byte>? TcbSvn2 { get; init; }

    public ReadOnlyMemory<byte>? MrServiceTd { get; init; }

    public static TdReport Parse(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length is not (Size10 or Size15))
            throw new EvidenceException("format.size", $"A report of a TD has {bytes.Length} bytes.");
        var reader = new ByteReader(bytes, "A report of a TD");
        var report = new TdReport
        {
            TcbSvn = reader.Take(16),
            MrSeam = reader.Take(48),
            MrSignerSeam = reader.Take(48),
            SeamAttributes = reader.Take(8),
            Attributes = BinaryPrimitives.ReadUInt64LittleEndian(reader.Take(8).Span),
            Features = BinaryPrimitives.ReadUInt64LittleEndian(reader.Take(8).Span),
            MrTd = reader.Take(48),
            MrConfigId = reader.Take(48),
            MrOwner = reader.Take(48),
            MrOwnerConfig = reader.Take(48),
            Rtmrs = [reader.Take(48), reader.Take(48), reader.Take(48), reader.Take(48)],
            ReportData = reader.Take(64),
            TcbSvn2 = bytes.Length == Size15 ? (ReadOnlyMemory<byte>?)reader.Take(16) : null,
            MrServiceTd = bytes.Length == Size15 ? (ReadOnlyMemory<byte>?)reader.Take(48) : null,
        };
        reader.End();
        return report;
    }
}
