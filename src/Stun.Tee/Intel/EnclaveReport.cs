using Stun.Tee.Reading;

namespace Stun.Tee.Intel;

/// <summary>What the processor says of one enclave: 384 bytes.</summary>
internal sealed record EnclaveReport
{
    public const int Size = 384;

    public required ReadOnlyMemory<byte> CpuSvn { get; init; }

    public required ReadOnlyMemory<byte> MiscSelect { get; init; }

    public required ReadOnlyMemory<byte> Attributes { get; init; }

    public required ReadOnlyMemory<byte> MrEnclave { get; init; }

    public required ReadOnlyMemory<byte> MrSigner { get; init; }

    public required ReadOnlyMemory<byte> ConfigId { get; init; }

    public required ushort ProductId { get; init; }

    public required ushort Svn { get; init; }

    public required ushort ConfigSvn { get; init; }

    public required ReadOnlyMemory<byte> FamilyId { get; init; }

    public required ReadOnlyMemory<byte> ExtendedProductId { get; init; }

    public required ReadOnlyMemory<byte> ReportData { get; init; }

    /// <summary>Its host may read and change its memory.</summary>
    public bool IsDebug => (Attributes.Span[0] & 0x02) != 0;

    /// <summary>It was started as an enclave is.</summary>
    public bool IsInitialised => (Attributes.Span[0] & 0x01) != 0;

    public static EnclaveReport Parse(ReadOnlyMemory<byte> bytes)
    {
        var reader = new ByteReader(bytes, "A report of an enclave");
        var cpuSvn = reader.Take(16);
        var miscSelect = reader.Take(4);
        reader.Zeros(12);
        var extendedProductId = reader.Take(16);
        var attributes = reader.Take(16);
        var mrEnclave = reader.Take(32);
        reader.Zeros(32);
        var mrSigner = reader.Take(32);
        reader.Zeros(32);
        var configId = reader.Take(64);
        var productId = reader.UInt16();
        var svn = reader.UInt16();
        var configSvn = reader.UInt16();
        reader.Zeros(42);
        var familyId = reader.Take(16);
        var reportData = reader.Take(64);
        reader.End();
        return new EnclaveReport
        {
            CpuSvn = cpuSvn,
            MiscSelect = miscSelect,
            Attributes = attributes,
            MrEnclave = mrEnclave,
            MrSigner = mrSigner,
            ConfigId = configId,
            ProductId = productId,
            Svn = svn,
            ConfigSvn = configSvn,
            FamilyId = familyId,
            ExtendedProductId = extendedProductId,
            ReportData = reportData,
        };
    }
}
