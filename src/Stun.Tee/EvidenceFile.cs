using System.Buffers.Binary;
using System.Text;
using Stun.Tee.Amd;

namespace Stun.Tee;

/// <summary>Evidence as it lies about: a bundle of ours, or what a tool wrote, in bytes or in hexadecimal.</summary>
public static class EvidenceFile
{
    public static EvidenceBundle Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > 2 * TeeLimits.BundleBytesMax)
            throw new EvidenceException("format.size", $"A file of {bytes.Length} bytes is no evidence: the largest "
                + $"that is read has {TeeLimits.BundleBytesMax}.");
        if (TryHex(bytes.Span) is { } decoded) bytes = decoded;
        // The beginning of a bundle: a map of five or six, with its version.
        if (bytes.Span is [0xa5 or 0xa6, 0x00, 0x01, 0x01, ..]) return EvidenceBundle.Decode(bytes);
        return new EvidenceBundle { Kind = KindOf(bytes.Span), Evidence = bytes };
    }

    private static EvidenceKind KindOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes is [0xd9, 0x01, 0x8f, ..]) return EvidenceKind.Cca;
        if (bytes is [0xd2, ..]) return EvidenceKind.Psa;
        if (bytes is [0x11, 0xe0, ..]) return EvidenceKind.NvidiaGpu;
        if (bytes.StartsWith("HCLA"u8)) return EvidenceKind.AzureVtpm;
        if (bytes.Length == SnpReport.Size && SnpReport.VersionOf(bytes) is >= 2 and <= 5) return EvidenceKind.Snp;
        if (bytes.Length >= 48 && BinaryPrimitives.ReadUInt16LittleEndian(bytes) is >= 3 and <= 5)
            return BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) == 0 ? EvidenceKind.Sgx : EvidenceKind.Tdx;
        throw new EvidenceException("format.unknown",
            "This is no evidence of any kind that is known: no quote, report, token, paravisor's blob or bundle.");
    }

    private static byte[]? TryHex(ReadOnlySpan<byte> bytes)
    {
        var text = bytes.Trim(" \t\r\n"u8);
        if (text.Length < 64 || text.Length % 2 != 0) return null;
        foreach (var each in text)
            if (!char.IsAsciiHexDigit((char)each)) return null;
        return Convert.FromHexString(Encoding.ASCII.GetString(text));
    }
}
